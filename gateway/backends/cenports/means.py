"""What changes of Cenports' have to work with."""

from dataclasses import dataclass
from typing import TypeVar

from gateway.backends.cenports.client import CenportsClient
from gateway.backends.cenports.orders import Orders
from gateway.backends.cenports.settings import CenportsSettings
from gateway.backends.cenports.stock import Stock
from gateway.transactions.work import Change
from gateway.warehouses import WarehouseNames

F = TypeVar("F")


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """Its client, its settings, how its orders and its stock are read, and which of its warehouses are meant."""

    client: CenportsClient
    settings: CenportsSettings
    orders: Orders
    stock: Stock
    warehouse_names: WarehouseNames


class CenportsChange(Change[F]):
    """A change of Cenports'."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self.poll_after = means.settings.poll_interval
        self.settle_after = means.settings.timeout * 1.5
