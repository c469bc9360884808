"""Nodes: anything by its id, whatever it is."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from gateway.entities import Product, Variant, Warehouse
from gateway.errors import BadUserInput
from gateway.ids import Ref
from gateway.models import Backend, Order, ProductRecord, Shipment, SourceState, VariantRecord, WarehouseRecord
from gateway.ports import ProductSource
from gateway.transactions.facts import Transaction
from resolvers.context import Context
from resolvers.loaders import VariantKey
from resolvers.sources import report


async def read_node(ref: Ref, context: Context) -> Any:
    """What an id stands for; None where nobody knows it. Raises BadUserInput for ids of what cannot be asked for by itself."""
    read = _NODES.get(ref.type)
    if read is None:
        raise BadUserInput(f"id: a {ref.type} cannot be asked for by itself.")
    return await read(ref, context)


async def read_order(ref: Ref, context: Context) -> Order | None:
    found: Order | None = await context.loaders.order_by_id.load((_backend(ref), ref.key))
    return found


async def read_shipment(ref: Ref, context: Context) -> Shipment | None:
    found: Shipment | None = await context.loaders.shipment_by_id.load((_backend(ref), ref.key))
    return found


async def read_product(ref: Ref, context: Context) -> Product | None:
    if ref.backend is None:
        merged: Product | None = await context.loaders.product_by_sku.load(ref.key) if ref.key else None
        return merged
    record = await _product_record(ref, context)
    if record is None:
        return None
    fresh = await context.sources.freshness([record.backend], ProductSource)
    return Product(sku=None, records=[record], sources=[report(record.backend, [record], fresh.get(record.backend))])


async def read_variant(ref: Ref, context: Context) -> Variant | None:
    key = VariantKey(ref.key) if ref.backend is None else VariantKey(None, (ref.backend, ref.key))
    found: Variant | None = await context.loaders.variant_by_key.load(key) if ref.key else None
    return found


async def read_warehouse(ref: Ref, context: Context) -> Warehouse | None:
    """One that no backend tells of may be known to a backend that could not be asked: it is shown with that report."""
    known = await context.loaders.warehouses()
    unsure = any(source.state is SourceState.FAILED for source in known.reports)
    return known.by_code.get(ref.key) or (Warehouse(code=ref.key, records=[], sources=known.reports) if unsure else None)


async def _product_record(ref: Ref, context: Context) -> ProductRecord | None:
    found: ProductRecord | None = await context.loaders.product_record_by_id.load((_backend(ref), ref.key))
    return found


async def _variant_record(ref: Ref, context: Context) -> VariantRecord | None:
    found: VariantRecord | None = await context.loaders.variant_record_by_id.load((_backend(ref), ref.key))
    return found


async def _warehouse_record(ref: Ref, context: Context) -> WarehouseRecord | None:
    found: WarehouseRecord | None = await context.loaders.warehouse_record_by_id.load((_backend(ref), ref.key))
    return found


async def _transaction(ref: Ref, context: Context) -> Transaction | None:
    return await context.desk.find(context.principal, ref.key)


_NODES: Mapping[str, Callable[[Ref, Context], Awaitable[Any]]] = {
    "Order": read_order,
    "Transaction": _transaction,
    "Shipment": read_shipment,
    "Product": read_product,
    "ProductRecord": _product_record,
    "Variant": read_variant,
    "VariantRecord": _variant_record,
    "Warehouse": read_warehouse,
    "WarehouseRecord": _warehouse_record,
}


def _backend(ref: Ref) -> Backend:
    if ref.backend is None:
        raise BadUserInput(f"id: the id of a {ref.type} names its backend; this one does not.")
    return ref.backend
