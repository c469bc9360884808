"""What is kept and where: products and warehouses, of which orders and consignments tell in passing."""

from typing import Any

from gateway.backends.cartoncloud.mapping.fields import BACKEND, FETCHED_AT, RAW, product_id, warehouse_id
from gateway.mapping import Absent, Field, Scope, Table, text
from gateway.models import VariantRecord, WarehouseRecord

_IN_PASSING = "orders and consignments tell of their products in passing"
_NO_PRICES = "CartonCloud keeps no prices"

VARIANT = Table(
    VariantRecord,
    "Product, as orders and consignments tell of it",
    (
        BACKEND,
        Field("backend_id", ("id", "references.code"), product_id),
        FETCHED_AT,
        Absent("created_at", _IN_PASSING),
        Absent("updated_at", _IN_PASSING),
        RAW,
        Field("sku", "references.code", text),
        Field("barcode", "references.barcode", text),
        Field("name", "name", text),
        Absent("color", "CartonCloud knows one name"),
        Absent("size", "CartonCloud knows one name"),
        Absent("status", _IN_PASSING),
        Absent("price", _NO_PRICES),
        Absent("compare_at_price", _NO_PRICES),
        Absent("prices", _NO_PRICES),
        Absent("product_backend_id", "CartonCloud knows SKUs only"),
    ),
)


def warehouse_code(name: Any, id_: Any, scope: Scope) -> str:
    """the name, else the id"""
    return text(name, scope) or text(id_, scope) or ""


WAREHOUSE = Table(
    WarehouseRecord,
    "Warehouse, as orders tell of it",
    (
        BACKEND,
        Field("backend_id", ("id", "name"), warehouse_id),
        FETCHED_AT,
        Absent("created_at", _IN_PASSING),
        Absent("updated_at", _IN_PASSING),
        RAW,
        Field("code", ("name", "id"), warehouse_code),
        Field("name", "name", text),
        Absent("address", "orders name the warehouse, not its address"),
    ),
)
