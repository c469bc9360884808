"""What is sold, where it lies and through which market: variants, products, warehouses, stock and sales channels."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.backends.centra.mapping.fields import BACKEND, FETCHED_AT, RAW, UPDATED_AT, own_id
from gateway.backends.centra.rows import joined_id, joined_sku, plain
from gateway.mapping import Absent, Field, Scope, Table, decimal, text
from gateway.models import CatalogStatus, ProductRecord, SalesChannel, StockReading, VariantRecord, WarehouseRecord

CATALOG_STATUSES = {
    "active": CatalogStatus.ACTIVE,
    "inactive": CatalogStatus.INACTIVE,
    "cancelled": CatalogStatus.DISCONTINUED,
    "canceled": CatalogStatus.DISCONTINUED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueGiven:
    """When the newest event was that told of a variant, product, warehouse or channel."""

    updated_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockGiven:
    """What a quantity is of, where it lies, and when it was so."""

    sku: str
    warehouse: WarehouseRecord
    as_of: datetime


def catalog_status(*values_and_scope: Any) -> CatalogStatus:
    """the contract's word for it; of several that are sent the one that keeps most from selling; UNKNOWN if none is"""
    *values, _scope = values_and_scope
    known = [CATALOG_STATUSES.get(word.lower(), CatalogStatus.UNKNOWN) for word in map(plain, values) if word]
    ranked = (CatalogStatus.DISCONTINUED, CatalogStatus.INACTIVE, CatalogStatus.UNKNOWN, CatalogStatus.ACTIVE)
    return next((status for status in ranked if status in known), CatalogStatus.UNKNOWN)


def full_sku(product: Any, variation: Any, size: Any, _scope: Scope) -> str | None:
    """the three joined; blank is null"""
    return joined_sku(product, variation, size)


def variant_id(product: Any, variation: Any, size: Any, _scope: Scope) -> str | None:
    """the three ids, percent-encoded, joined by `/`"""
    return joined_id(product, variation, size)


def size_name(description: Any, size_id: Any, _scope: Scope) -> str | None:
    """the description, which is blank where sizes are not spoken of; if none was sent, the id"""
    return plain(size_id) if description is None else plain(description)


_PRICE_LISTS = "prices stand in price lists, which are not read"
_UNDATED = "Centra does not say when it was made"

VARIANT = Table(
    VariantRecord,
    "product, variation and size, of stock events and of orders",
    (
        BACKEND,
        Field("backend_id", ("product.id", "variation.id", "size.id"), variant_id),
        FETCHED_AT,
        Absent("created_at", _UNDATED),
        UPDATED_AT,
        RAW,
        Field("sku", ("product.sku", "variation.sku", "size.sku"), full_sku),
        Field("barcode", "size.ean", text),
        Field("name", "product.description", text),
        Field("color", "variation.description", text),
        Field("size", ("size.description", "size.id"), size_name),
        Field("status", ("product.status", "variation.status"), catalog_status),
        Absent("price", _PRICE_LISTS),
        Absent("compare_at_price", _PRICE_LISTS),
        Absent("prices", _PRICE_LISTS),
        Field("product_backend_id", "product.id", own_id),
    ),
)

PRODUCT = Table(
    ProductRecord,
    "product, of stock events and of orders",
    (
        BACKEND,
        Field("backend_id", "id", own_id),
        FETCHED_AT,
        Absent("created_at", _UNDATED),
        UPDATED_AT,
        RAW,
        Field("sku", "sku", text),
        Field("name", "description", text),
        Absent("description", "Centra's `description` is the name"),
        Field("brand", "brand.description", text),
        Field("category", "folder.description", text),
        Field("status", "status", catalog_status),
        Absent("price", _PRICE_LISTS),
        Absent("compare_at_price", _PRICE_LISTS),
        Absent("prices", _PRICE_LISTS),
        Absent("images", "Centra takes pictures with `products_Update`, but sends none with its events"),
    ),
)

WAREHOUSE = Table(
    WarehouseRecord,
    "warehouse, of its events, of stock and of orders",
    (
        BACKEND,
        Field("backend_id", "id", own_id),
        FETCHED_AT,
        Absent("created_at", _UNDATED),
        UPDATED_AT,
        RAW,
        Field("code", "id", text),
        Field("name", "description", text),
        Absent("address", "Centra's warehouses have an id and a name"),
    ),
)

_NOT_OF_MARKETS = "Centra's markets have an id and a name"

CHANNEL = Table(
    SalesChannel,
    "market, of its events and of orders",
    (
        BACKEND,
        Field("channel_id", "id", text),
        Field("name", "description", text),
        Absent("email", _NOT_OF_MARKETS),
        Absent("phone", _NOT_OF_MARKETS),
        Absent("location", _NOT_OF_MARKETS),
        RAW,
    ),
)


def stock_sku(_wire: Any, scope: Scope) -> str:
    """the variant's SKU"""
    sku: str = scope.given.sku
    return sku


def stock_warehouse(_wire: Any, scope: Scope) -> WarehouseRecord:
    """the warehouse of this `id`"""
    warehouse: WarehouseRecord = scope.given.warehouse
    return warehouse


def stock_time(_wire: Any, scope: Scope) -> datetime:
    """the date of the event"""
    as_of: datetime = scope.given.as_of
    return as_of


STOCK = Table(
    StockReading,
    "warehouse among a size's warehouseitems, of stock events",
    (
        BACKEND,
        Field("sku", (), stock_sku),
        Field("warehouse", (), stock_warehouse),
        Field("as_of", (), stock_time),
        Field("available", "qty", decimal),
        Absent("on_hand", "Centra's quantity is free to allocate, not what lies on the shelf"),
        Absent("incoming", "not in Centra's stock"),
        Absent("incoming_on", "not in Centra's stock"),
    ),
)
