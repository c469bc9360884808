"""How what CartonCloud sends becomes the gateway's records: tables of fields, a module for each kind of record."""

from typing import Any

from gateway.backends.cartoncloud.mapping.catalogue import VARIANT, WAREHOUSE
from gateway.backends.cartoncloud.mapping.order import ORDER, ORDER_LINE, TOTALS
from gateway.backends.cartoncloud.mapping.party import ACCOUNT, ADDRESS, CUSTOMER
from gateway.backends.cartoncloud.mapping.shipment import SHIPMENT, SHIPMENT_LINE
from gateway.backends.cartoncloud.mapping.user import USER
from gateway.mapping import Table

TABLES: tuple[Table[Any], ...] = (
    ORDER,
    ORDER_LINE,
    TOTALS,
    CUSTOMER,
    ACCOUNT,
    ADDRESS,
    SHIPMENT,
    SHIPMENT_LINE,
    VARIANT,
    WAREHOUSE,
    USER,
)
