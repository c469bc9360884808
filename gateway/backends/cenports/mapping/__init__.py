"""How what Cenports sends becomes the gateway's records: tables of fields, a module for each kind of record."""

from typing import Any

from gateway.backends.cenports.mapping.address import PARTY, SHIP_FROM, WAREHOUSE_ADDRESS
from gateway.backends.cenports.mapping.channel import CHANNEL
from gateway.backends.cenports.mapping.order import CUSTOMER, ORDER, ORDER_LINE, TOTALS
from gateway.backends.cenports.mapping.shipment import SHIPMENT, SHIPMENT_LINE
from gateway.backends.cenports.mapping.stock import STOCK, VARIANT, WAREHOUSE
from gateway.backends.cenports.wire import Sent
from gateway.mapping import Scope, Table
from gateway.settings import BackendSettings

TABLES: tuple[Table[Any], ...] = (
    ORDER,
    ORDER_LINE,
    TOTALS,
    CUSTOMER,
    PARTY,
    SHIP_FROM,
    SHIPMENT,
    SHIPMENT_LINE,
    VARIANT,
    STOCK,
    WAREHOUSE,
    WAREHOUSE_ADDRESS,
    CHANNEL,
)


def scope_of(settings: BackendSettings, sent: Sent[Any], given: Any = None) -> Scope:
    """What the tables need to know of a record besides the record."""
    return Scope(zone=settings.zone, currency=settings.currency, fetched_at=sent.fetched_at, raw=sent.raw, given=given)
