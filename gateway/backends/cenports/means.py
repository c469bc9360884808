"""What changes of Cenports' have to work with."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from gateway.backends.cenports.client import CenportsClient
from gateway.backends.cenports.orders import Orders
from gateway.backends.cenports.settings import CenportsSettings
from gateway.backends.cenports.stock import Stock
from gateway.catalogue.entries import Shelf
from gateway.transactions.work import Change
from gateway.warehouses import WarehouseNames

F = TypeVar("F")


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """Its client and settings, how orders and stock are read, which warehouses are one, and who has the index look again."""

    client: CenportsClient
    settings: CenportsSettings
    orders: Orders
    stock: Stock
    warehouse_names: WarehouseNames
    look_again: Callable[[Shelf], None]


class CenportsChange(Change[F]):
    """A change of Cenports'."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self.poll_after = means.settings.poll_interval
        self.settle_after = means.settings.timeout * 1.25
