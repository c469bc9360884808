"""How the warehouses and rows of GET /inventories become warehouses, variants and readings of stock."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from gateway.backends.cenports import wire
from gateway.backends.cenports.mapping.address import warehouse_address
from gateway.backends.cenports.mapping.identity import sku_id, warehouse_id
from gateway.errors import MalformedReply
from gateway.mapping import Absent, Field, Scope, Table, constant, day, decimal, raw_text, read_at, text, yes_or_no
from gateway.models import Backend, CatalogStatus, StockReading, VariantRecord, WarehouseRecord

_NOT_IN_STOCK = "not part of a row of stock, and Cenports documents no catalogue"


@dataclass(frozen=True, slots=True)
class StockGiven:
    """The warehouse of a SKU's rows: of actual stock, and of a channel's available stock, if that was read."""

    warehouse: WarehouseRecord
    actual: wire.InventoryRow | None
    available: wire.InventoryRow | None


def code_of(value: Any, scope: Scope) -> str:
    """text; a warehouse without one cannot be told from others"""
    code = text(value, scope)
    if code is None:
        raise MalformedReply(Backend.CENPORTS, "Cenports sent a warehouse without warehouseCode.")
    return code


def discontinued(value: Any, scope: Scope) -> CatalogStatus:
    """DISCONTINUED if true, ACTIVE if false"""
    told = yes_or_no(value, scope)
    if told is None:
        return CatalogStatus.UNKNOWN
    return CatalogStatus.DISCONTINUED if told else CatalogStatus.ACTIVE


def on_hand(_row: Any, scope: Scope) -> Decimal | None:
    """`quantity` of the actual stock: an exact number, sent as text"""
    row: wire.InventoryRow | None = scope.given.actual
    return None if row is None else decimal(row.quantity, scope)


def available(_row: Any, scope: Scope) -> Decimal | None:
    """`quantity` of the configured channel's available stock; null without such a channel"""
    row: wire.InventoryRow | None = scope.given.available
    return None if row is None else decimal(row.quantity, scope)


def kept_in(_row: Any, scope: Scope) -> WarehouseRecord:
    """the warehouse that the row stands in"""
    warehouse: WarehouseRecord = scope.given.warehouse
    return warehouse


def sku_of(value: Any, scope: Scope) -> str:
    """text, trimmed"""
    return text(value, scope) or ""


def incoming(as_documented: Any, well_spelt: Any, scope: Scope) -> Decimal | None:
    """an exact number; under the page's spelling or the right one"""
    number = decimal(as_documented, scope)
    return decimal(well_spelt, scope) if number is None else number


WAREHOUSE = Table(
    WarehouseRecord,
    "warehouse",
    (
        Field("backend", "", constant(Backend.CENPORTS)),
        Field("backend_id", "warehouseCode", warehouse_id),
        Field("fetched_at", "", read_at),
        Absent("created_at", "not part of a warehouse"),
        Absent("updated_at", "not part of a warehouse"),
        Field("raw", "", raw_text),
        Field("code", "warehouseCode", code_of),
        Field("name", "warehouseName", text),
        Field("address", "warehouseAddress", warehouse_address),
    ),
)

VARIANT = Table(
    VariantRecord,
    "row of stock",
    (
        Field("backend", "", constant(Backend.CENPORTS)),
        Field("backend_id", "productSku", sku_id),
        Field("fetched_at", "", read_at),
        Absent("created_at", _NOT_IN_STOCK),
        Absent("updated_at", _NOT_IN_STOCK),
        Field("raw", "", raw_text),
        Field("sku", "productSku", text),
        Field("barcode", "productUpc", text),
        Field("name", "productName", text),
        Absent("color", _NOT_IN_STOCK),
        Absent("size", _NOT_IN_STOCK),
        Field("status", "isDiscontinued", discontinued),
        Absent("price", _NOT_IN_STOCK),
        Absent("compare_at_price", _NOT_IN_STOCK),
        Absent("prices", _NOT_IN_STOCK),
        Absent("product_backend_id", "Cenports knows SKUs only"),
    ),
)

STOCK = Table(
    StockReading,
    "row of stock",
    (
        Field("backend", "", constant(Backend.CENPORTS)),
        Field("sku", "productSku", sku_of),
        Field("warehouse", "", kept_in),
        Field("as_of", "", read_at),
        Field("available", "", available),
        Field("on_hand", "", on_hand),
        Field("incoming", ("nextAvailabileQuantity", "nextAvailableQuantity"), incoming),
        Field("incoming_on", "nextAvailabilityDate", day),
    ),
)


def reading(given: StockGiven, scope: Scope) -> StockReading:
    """One SKU in one warehouse, of one or both kinds of stock. `scope` is of the older one."""
    return STOCK(given.actual or given.available, replace(scope, given=given))
