"""How what Centra's events tell becomes the gateway's records: tables of fields, a module for each kind of record."""

from typing import Any

from gateway.backends.centra.mapping.catalogue import CHANNEL, PRODUCT, STOCK, VARIANT, WAREHOUSE
from gateway.backends.centra.mapping.line import ORDER_LINE, SHIPMENT_LINE
from gateway.backends.centra.mapping.order import ORDER, TOTALS
from gateway.backends.centra.mapping.party import ACCOUNT, ADDRESS, CUSTOMER
from gateway.backends.centra.mapping.shipment import SHIPMENT
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
    PRODUCT,
    WAREHOUSE,
    STOCK,
    CHANNEL,
)
