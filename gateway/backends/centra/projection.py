"""Projection: what the read model learns from an event.

An order is kept as it came, its shipments as parts of it. What it says in passing of variants, products, warehouses and
markets is kept as mentioned, beside what their own events say of them: an order knows the name of a size, but neither
barcode nor status, so neither may take the other's place. Quantities are kept apart from both, for a stock event may
consist of nothing else. Reading puts the parts together again (see `copies`).
"""

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

import msgspec

from gateway.backends.centra import wire
from gateway.backends.centra.mapping.line import line_quantity
from gateway.backends.centra.rows import Row, joined, joined_id, joined_sku, lacks_sku, plain, row_sku, rows, shipment_id
from gateway.errors import BackendError
from gateway.mapping import Scope, instant
from gateway.readmodel.store import LONGEST, Change, Kind, Message

log = logging.getLogger(__name__)

JSON = dict[str, Any]

_LARGEST_ID = 2**63
_UNDATED = datetime.fromtimestamp(0, UTC)
_OF_SIZES = frozenset(("variations", "variation", "sizes"))
_NO_DATA = frozenset(("id", "stockid", "sizetable", "warehouseitems", "qty"))
"""What names a size or counts it, but tells nothing of it."""


class Unreadable(Exception):
    """An event from which nothing can be learnt. The message says why, without any of its data."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """An event as it is kept, and what it changes. `message.problem` says why it changes nothing, where it should have."""

    message: Message
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class _Source:
    """The event that a change comes from. Its id is the version: Centra counts its events up."""

    version: int
    date: str | None
    scope: Scope

    def change(self, kind: Kind, record_id: str, payload: Any, **more: Any) -> Change:
        """Raises Unreadable for an id that the read model has no room for."""
        if len(record_id) > LONGEST:
            raise Unreadable("one of its ids is too long to be kept")
        text = None if payload is None else msgspec.json.encode(payload)
        return Change(kind=kind, record_id=record_id, payload=text, version=self.version, **more)

    def part(self, kind: Kind, record_id: str, skus: Iterable[str | None] = (), **parts: Any) -> Change:
        """A change of a record that is put together from parts."""
        return self.change(kind, record_id, {"date": self.date, **parts}, skus=filter(None, skus))


def lesson(event: wire.Event, zone: tzinfo) -> Lesson:
    """Never raises: what cannot be read is kept all the same, so that it does not hold up the queue."""
    try:
        return Lesson(_message(event), tuple(_changes(event, zone)))
    except Unreadable as error:
        problem = str(error)
    except msgspec.ValidationError as error:
        problem = f"not of the documented form: {error}"
    except BackendError as error:
        problem = error.message
    except Exception as error:  # whatever it is, the events behind this one must not wait for it
        problem = f"reading it failed: {type(error).__name__}"
    log.warning("Centra's event %s cannot be read: %s", event.id, problem)
    return Lesson(_message(event, problem))


def _message(event: wire.Event, problem: str | None = None) -> Message:
    """Events without an id, which cannot be acknowledged either, are told apart by what they say."""
    nameless = f"without-id/{hashlib.sha256(event.body.encode()).hexdigest()[:32]}"
    return Message(message_id=event.id or nameless, type=(event.type or "")[:50], body=event.body, problem=problem)


def _changes(event: wire.Event, zone: tzinfo) -> Iterator[Change]:
    kind = (event.type or "").lower()
    if kind not in _READERS:
        kind = next((name for name in event.data if name in _READERS), "")
    if not kind:
        return
    source = _Source(_version(event), event.date, Scope(zone=zone, currency=None, fetched_at=_UNDATED))
    reader = _deleted if (event.mission or "").lower() == "delete" else _READERS[kind]
    yield from reader(source, kind, event)


def _version(event: wire.Event) -> int:
    try:
        version = int(event.id or "")
    except ValueError:
        raise Unreadable("its id is no number") from None
    if not 0 <= version < _LARGEST_ID:
        raise Unreadable("its id is no number that can be kept")
    return version


def _deleted(source: _Source, kind: str, event: wire.Event) -> Iterator[Change]:
    """`data` names what was deleted, or `entry` does. Of products, the sizes that `data` names are gone as well."""
    if kind in _GOODS:
        yield from _deleted_goods(source, kind, event)
        return
    record_id = joined_id(_object(event.data.get(kind)).get("id")) or joined_id(event.entry)
    if record_id is None:
        raise Unreadable("it does not say what was deleted")
    for stored_as in _STORED_AS[kind]:
        yield source.change(stored_as, record_id, None)


def _deleted_goods(source: _Source, kind: str, event: wire.Event) -> Iterator[Change]:
    """The page does not say what the `entry` of a stock event is, so it is not taken for a product's id."""
    products = list(_products(event.data)) or ([] if kind == "stock" else [{"id": event.entry}])
    gone = {(stored_as, joined_id(product.get("id"))) for product in products for stored_as in _PRODUCTS}
    gone |= {(stored_as, found[0]) for product in products for found in _sizes(product) for stored_as in _VARIANTS}
    if not any(record_id for _, record_id in gone):
        raise Unreadable("it does not say what was deleted")
    yield from (source.change(stored_as, record_id, None) for stored_as, record_id in sorted(gone, key=str) if record_id)


def _order(source: _Source, _kind: str, event: wire.Event) -> Iterator[Change]:
    data = event.data.get("order")
    if not isinstance(data, dict):
        raise Unreadable("it holds no order")
    order = msgspec.convert(data, wire.Order, strict=False)
    order_id = joined_id(order.id)
    if order_id is None:
        raise Unreadable("its order has no id")
    sold = rows(order.products)
    for row in sold:
        line_quantity(row, source.scope)  # raises where a line could not be shown
    created = instant(order.created, source.scope)
    yield source.change(
        Kind.ORDER,
        order_id,
        {"date": source.date, "order": data},
        list_time=created,
        numbers=_known(order.id, order.ordernumber, order.ponumber),
        skus=_known(*(row_sku(row, {}) for row in sold)),
        variants=_known(*(row.variant_id for row in sold if lacks_sku(row))),
        children=_shipments(source, data, order, created),
    )
    yield from _mentioned(source, data, order, sold)


def _shipments(source: _Source, data: JSON, order: wire.Order, created: datetime | None) -> list[Change]:
    head = {name: data[name] for name in ("id", "ordernumber", "shippingaddress") if name in data}
    texts = _list(_object(data.get("shipments")).get("shipment"))
    found: dict[str, Change] = {}
    for place, (shipment, sent) in enumerate(zip(order.shipments.shipment, texts, strict=True), 1):
        record_id = shipment_id(plain(order.id), shipment, place)
        found[record_id] = source.change(
            Kind.SHIPMENT,
            record_id,
            {"date": source.date, "order": head, "shipment": sent},
            list_time=instant(shipment.created, source.scope) or created,
            numbers=_known(order.ordernumber or order.id, shipment.carrierinformation.tracking),
            variants=_known(*(row.variant_id for row in rows(shipment.products) if lacks_sku(row))),
        )
    return list(found.values())


def _mentioned(source: _Source, data: JSON, order: wire.Order, sold: list[Row]) -> Iterator[Change]:
    """What an order says in passing. One that occurs twice in the order is told by its first place."""
    found: dict[tuple[Kind, str], Change] = {}
    for change in _mentions(source, data, order, sold):
        found.setdefault((change.kind, change.record_id), change)
    yield from found.values()


def _mentions(source: _Source, data: JSON, order: wire.Order, sold: list[Row]) -> Iterator[Change]:
    for row in sold:
        product = _told(row.product, ("id", "sku", "description", "brand"))
        variation = _told(row.product.variation, ("id", "sku", "description"))
        size = _told(row.size, ("id", "sku", "description", "ean"))
        if variant_id := row.variant_id:
            parts = {"product": product, "variation": variation, "size": size}
            yield source.part(Kind.MENTIONED_VARIANT, variant_id, skus=[row_sku(row, {})], **parts)
        if product_id := joined_id(row.product.id):
            yield source.part(Kind.MENTIONED_PRODUCT, product_id, skus=[plain(row.product.sku)], product=product)
    at_all = [plain(item.id) for item in order.primary_warehouse.warehouse]
    yield from _warehouses(source, [*at_all, *(known for row in sold for known in row.warehouses)])
    if market_id := joined_id(order.market.id):
        yield source.part(Kind.MENTIONED_CHANNEL, market_id, market=data["market"])


def _warehouses(source: _Source, ids: Iterable[str | None]) -> Iterator[Change]:
    for known in dict.fromkeys(filter(None, ids)):
        yield source.part(Kind.MENTIONED_WAREHOUSE, joined(known), warehouse={"id": known})


def _stock(source: _Source, _kind: str, event: wire.Event) -> Iterator[Change]:
    """Products in the form of products_Update. The page does not show the event: any depth of `stock`, `products`, `product`
    is taken, one product or several."""
    products = list(_products(event.data))
    if not products:
        raise Unreadable("it holds no product")
    found: dict[tuple[Kind, str], Change] = {}
    for product in products:
        for change in _of_product(source, product):
            found[change.kind, change.record_id] = change
    yield from found.values()


def _of_product(source: _Source, product: JSON) -> Iterator[Change]:
    own = {name: value for name, value in product.items() if name not in _OF_SIZES}
    if (product_id := joined_id(product.get("id"))) and own.keys() - _NO_DATA:
        yield source.part(Kind.PRODUCT, product_id, skus=[plain(own.get("sku"))], product=own)
    for variant_id, variation, size in _sizes(product):
        parts = {"product": own, "variation": variation, "size": {k: v for k, v in size.items() if k != "warehouseitems"}}
        msgspec.convert(parts, wire.Variant, strict=False)  # raises where it could not be read again
        if any(part.keys() - _NO_DATA for part in parts.values()):
            sku = joined_sku(*(part.get("sku") for part in parts.values()))
            yield source.part(Kind.VARIANT, variant_id, skus=[sku], **parts)
        if "warehouseitems" in size:
            items = _objects(_object(size["warehouseitems"]).get("warehouse"))
            msgspec.convert(items, list[wire.WarehouseItem], strict=False)
            ids = {name: {"id": part.get("id")} for name, part in parts.items()}
            yield source.part(Kind.STOCK, variant_id, warehouses=items, **ids)
            yield from _warehouses(source, (plain(item.get("id")) for item in items))


def _sizes(product: JSON) -> Iterator[tuple[str, JSON, JSON]]:
    """Variant id, variation and size of each size. An order's form, with the sizes beside the variation, is taken too."""
    variations = _objects(_object(product.get("variations")).get("variation")) or _objects(product.get("variation"))
    for variation in variations:
        own = {name: value for name, value in variation.items() if name != "sizes"}
        sizes = variation.get("sizes") or product.get("sizes")
        for size in _objects(_object(sizes).get("size")):
            if variant_id := joined_id(product.get("id"), variation.get("id"), size.get("id")):
                yield variant_id, own, size


def _products(data: JSON) -> Iterator[JSON]:
    """The products at any of the places where an event may have them."""
    for name in ("stock", "products", "product"):
        for member in _objects(data.get(name)):
            if "id" in member:
                yield member
            else:
                yield from _products(member)


def _warehouse(source: _Source, _kind: str, event: wire.Event) -> Iterator[Change]:
    for sent in _named(event.data, "warehouse"):
        yield source.part(Kind.WAREHOUSE, joined(str(sent["id"]).strip()), warehouse=sent)


def _market(source: _Source, _kind: str, event: wire.Event) -> Iterator[Change]:
    for sent in _named(event.data, "market"):
        yield source.part(Kind.CHANNEL, joined(str(sent["id"]).strip()), market=sent)


def _other(source: _Source, kind: str, event: wire.Event) -> Iterator[Change]:
    """As it came. The page shows none of these, so one without an id is no trouble: the message is kept."""
    for sent in _objects(event.data.get(kind)):
        if record_id := joined_id(sent.get("id")) or joined_id(event.entry):
            yield source.part(_OTHERS[kind], record_id, **{kind: sent})


def _named(data: JSON, name: str) -> list[JSON]:
    """The objects of this name that have an id. Raises Unreadable if there are none."""
    found = [sent for sent in _objects(data.get(name)) if plain(sent.get("id"))]
    if not found:
        raise Unreadable(f"it holds no {name} with an id")
    return found


def _told(part: wire.Wire, names: Iterable[str]) -> JSON:
    """The members that were sent: blank ones too, for blank is not the same as absent."""
    members = {name: msgspec.to_builtins(getattr(part, name)) for name in names}
    return {name: value for name, value in members.items() if value is not None}


def _known(*values: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(known for value in values if (known := plain(value))))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _objects(value: Any) -> list[JSON]:
    """The objects among what was sent, once or repeatedly."""
    return [member for member in _list(value) if isinstance(member, dict) and member]


def _object(value: Any) -> JSON:
    return value if isinstance(value, dict) else {}


_GOODS = frozenset(("stock", "product", "products"))
_PRODUCTS = (Kind.PRODUCT, Kind.MENTIONED_PRODUCT)
_VARIANTS = (Kind.STOCK, Kind.VARIANT, Kind.MENTIONED_VARIANT)
_OTHERS = {
    "account": Kind.ACCOUNT,
    "customer": Kind.CUSTOMER,
    "invoice": Kind.INVOICE,
    "paymentterm": Kind.PAYMENT_TERM,
    "pricelist": Kind.PRICE_LIST,
    "salesrep": Kind.SALES_REP,
    "shippingterm": Kind.SHIPPING_TERM,
    "size": Kind.SIZE,
}
_STORED_AS: Mapping[str, tuple[Kind, ...]] = {
    "order": (Kind.ORDER,),
    "warehouse": (Kind.WAREHOUSE, Kind.MENTIONED_WAREHOUSE),
    "market": (Kind.CHANNEL, Kind.MENTIONED_CHANNEL),
    **{name: (kind,) for name, kind in _OTHERS.items()},
}

_READERS: Mapping[str, Callable[[_Source, str, wire.Event], Iterator[Change]]] = {
    "order": _order,
    "warehouse": _warehouse,
    "market": _market,
    **dict.fromkeys(_OTHERS, _other),
    **dict.fromkeys(_GOODS, _stock),
}
"""By the type of the event. Of types that are not documented nothing is learnt; they are kept and acknowledged."""
