"""What changes of Cenports' have to work with."""

from dataclasses import dataclass

from gateway.backends.cenports.client import CenportsClient
from gateway.backends.cenports.orders import Orders
from gateway.backends.cenports.settings import CenportsSettings
from gateway.backends.cenports.stock import Stock


@dataclass(frozen=True, slots=True)
class Means:
    """Its client, its settings, and how its orders and its stock are read."""

    client: CenportsClient
    settings: CenportsSettings
    orders: Orders
    stock: Stock
