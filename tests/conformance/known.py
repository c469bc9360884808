"""What a backend tells when it is well: every record that can be got at, read once, against which all answers are held."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from typing import Any, TypeVar

from gateway.errors import BackendError
from gateway.models import (
    Order,
    OrderFilter,
    ProductRecord,
    Shipment,
    ShipmentFilter,
    Sort,
    StockReading,
    VariantRecord,
    WarehouseRecord,
)
from gateway.ports import (
    ListQuery,
    OrderSource,
    ProductSource,
    ShipmentSource,
    Slice,
    StockSource,
    VariantSource,
    WarehouseSource,
)

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Known:
    """Orders and shipments oldest first. What the backend does not offer is empty."""

    orders: Sequence[Order] = ()
    shipments: Sequence[Shipment] = ()
    variants: Sequence[VariantRecord] = ()
    products: Sequence[ProductRecord] = ()
    warehouses: Sequence[WarehouseRecord] = ()
    stock: Mapping[str, Sequence[StockReading] | BackendError] = field(default_factory=dict)

    @property
    def few(self) -> "Known":
        """The first three of each."""
        lists = {each.name: getattr(self, each.name)[:3] for each in fields(self) if each.name != "stock"}
        return Known(**lists)

    @property
    def skus(self) -> list[str]:
        """The different SKUs of all orders and shipments."""
        return sorted(frozenset().union(*(order.skus for order in self.orders), *(sent.skus for sent in self.shipments)))


async def everything(backend: Any) -> Known:
    """All that the backend's own ports lead to, from one another."""
    orders: Sequence[Order] = await _all(backend.orders, OrderFilter()) if isinstance(backend, OrderSource) else ()
    shipments = await _all(backend.shipments, ShipmentFilter()) if isinstance(backend, ShipmentSource) else ()
    skus = Known(orders=orders, shipments=shipments).skus
    variants = _flat(await backend.variants_by_sku(skus)) if isinstance(backend, VariantSource) else []
    product_ids = sorted({each.product_backend_id for each in variants if each.product_backend_id})
    products = await backend.products_by_id(product_ids) if isinstance(backend, ProductSource) else {}
    return Known(
        orders=orders,
        shipments=shipments,
        variants=variants,
        products=[sure(products[each]) for each in product_ids if each in products],
        warehouses=await backend.warehouses() if isinstance(backend, WarehouseSource) else (),
        stock=await backend.stock_by_variant(variants) if isinstance(backend, StockSource) else {},
    )


async def _all(ask: Callable[[ListQuery[Any]], Awaitable[Slice[T]]], wanted: Any) -> Sequence[T]:
    """In one piece: the worlds of these suites are small."""
    found = await ask(ListQuery(filter=wanted, sort=Sort.ASC, after=None, limit=1000))
    assert (found.more, list(found.gaps)) == (False, [])
    return found.records


def _flat(found: Mapping[str, Sequence[T] | BackendError]) -> list[T]:
    return [record for key in sorted(found) for record in sure(found[key])]


def sure(answer: T | BackendError) -> T:
    """The value; raises it if it is an error."""
    if isinstance(answer, BackendError):
        raise answer
    return answer


_OF_THE_REPLY = ("fetched_at", "as_of", "raw", "variant_record", "images", "content_base64")
"""What may differ between two replies that tell of one record: when they came, their text, and what came along.

A file of labels is made for all orders that were asked for together.
"""


def by_id(known: Known) -> dict[str, dict[str, Any]]:
    """The same for two gateways that were told the same, in whatever order and whenever: the rest decides list times."""
    kinds = ("orders", "shipments", "variants", "products", "warehouses")
    found = {kind: {record.backend_id: plain(record) for record in getattr(known, kind)} for kind in kinds}
    for record in (*found["orders"].values(), *found["shipments"].values()):
        record.pop("placed_at", record.pop("list_time", None))
    return found


def plain(value: Any) -> Any:
    """The same for two answers that tell the same: without what is the reply's own, any sequence as a list."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value) if each.name not in _OF_THE_REPLY}
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        return value
    return sorted(value) if isinstance(value, set | frozenset) else [plain(part) for part in value]


def times_in(value: Any) -> list[datetime]:
    """Every time that a record holds, however deep."""
    if isinstance(value, datetime):
        return [value]
    if is_dataclass(value) and not isinstance(value, type):
        return [time for each in fields(value) for time in times_in(getattr(value, each.name))]
    if isinstance(value, list | tuple):
        return [time for part in value for time in times_in(part)]
    return []
