"""What CartonCloud can be asked to change: how each mutation is done there."""

from collections.abc import Mapping
from typing import Any

from gateway.backends.cartoncloud.means import CartonCloudChange
from gateway.backends.cartoncloud.new_orders import CreateOrders
from gateway.backends.cartoncloud.new_shipments import CreateShipments

CHANGES: Mapping[str, type[CartonCloudChange[Any]]] = {"createOrders": CreateOrders, "createShipments": CreateShipments}
