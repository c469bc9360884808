"""How the products of the simulated CartonCloud are made, in both scopes."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any
from uuid import uuid4

from gateway.backends.cartoncloud.sandbox_goods import Goods
from gateway.backends.cartoncloud.sandbox_reading import read_product
from gateway.backends.cartoncloud.sandbox_records import Record


def create_product(message: Mapping[str, Any], goods: Goods) -> Record:
    """Make a product of what is sent, which orders may name from now on. Raises Refused."""
    product = {"id": str(uuid4()), **read_product(message, goods), "status": "ACTIVE", "version": 1}
    goods.products[product["id"]] = product
    return deepcopy(product)
