"""Asks: what each field asks of which backends, for how many objects at most. A field states it beside its resolver.

Pure, but for what `Known` holds: nothing is asked here. Each function takes a field's arguments as its resolver does, and
refuses the same; it must ask for all that the resolver can ask for, and should ask for little more.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any, TypeAlias

import strawberry
from strawberry import UNSET

from gateway import ids
from gateway.costs import Asked, Question
from gateway.errors import BadUserInput
from gateway.ids import Ref
from gateway.links.channels import Channels
from gateway.links.rules import THRESHOLD
from gateway.models import Backend, OrderKind, Sort
from gateway.ports import (
    AcknowledgementSource,
    AddressSource,
    BackendPort,
    ChannelSource,
    DocumentSource,
    ImageSource,
    LabelSource,
    NoteSource,
    OrderSource,
    PackSource,
    ProductSource,
    ShipmentSource,
    StockSource,
    VariantSource,
    WarehouseSource,
)
from gateway.registry import Registry
from resolvers.arguments import given
from resolvers.inputs import (
    OrderFilterInput,
    OrderSort,
    ShipmentFilterInput,
    order_filter,
    shipment_filter,
    wanted_backends,
    warehouse_codes,
)
from resolvers.pages import page_size

_ONE_EACH = "An order number is counted as that of one order in each backend."
_CHANGED = "What a transaction has changed is not known beforehand."
_LOOKUPS = 4
"""In how many steps the orders that belong to some orders are found: by numbers, by rivals' numbers, by what people said."""
_TRIES = 3
"""In how many steps the products of variants are found: their records are looked at one after the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What can be told without asking. `tied` is how many orders people have tied to another one by hand."""

    registry: Registry
    link_channels: Channels
    tied: int

    @property
    def numbers(self) -> int:
        """By how many numbers of an order other backends are looked through: its own or `customer`, and what is configured."""
        return 1 + len({entry.reference for entry in self.link_channels.configured})


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Parents:
    """Objects of which a field is asked: how many at most, of which backends' records they may be made.

    They come up in so many `waves` at most, each of which is asked about by itself. They are no more `unless` one of these
    things is so. `listed` are those that are read out of lists, and not by their ids.
    """

    count: float = 1
    backends: frozenset[Backend] = frozenset(Backend)
    waves: float = 1
    unless: frozenset[str] = frozenset()
    listed: bool = True

    def times(self, each: float, *, waves: int = 1, unless: Iterable[str] = ()) -> "Parents":
        """So many other objects for each, of any backend."""
        return Parents(count=self.count * each, waves=self.waves * waves, unless=self.unless.union(unless))


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A question to those of some backends that offer its port. It may come up in several steps."""

    port: type[Any]
    question: Question
    backends: Iterable[Backend] = tuple(Backend)
    asked: Asked = field(default_factory=Asked)
    steps: int = 1
    unless: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asks:
    """`below` are the objects that the field gives, by their type where there are several; None: one for each parent."""

    needs: Sequence[Need] = ()
    below: Parents | Mapping[str, Parents] | None = None


Stated: TypeAlias = Callable[..., Asks]
"""Called with Known, the Parents and the field's arguments. Raises BadUserInput."""


def nothing(_known: Known, _parents: Parents, **_arguments: object) -> Asks:
    """No backend: what is at hand, or in the gateway's database."""
    return Asks()


def indexed(_known: Known, parents: Parents, first: int | None = None, **_arguments: object) -> Asks:
    """A page out of the index of all catalogues."""
    return Asks(below=parents.times(page_size(first)))


def changed(known: Known, parents: Parents) -> Asks:
    """What transactions made or changed: nobody knows beforehand what and how many that is."""
    asked = Asked(keys=inf, listed=False)
    ways = dict.fromkeys(_BY_ID.values())
    needs = [Need(port=port, question=question, asked=asked, unless=frozenset((_CHANGED,))) for port, question in ways]
    return Asks(needs=needs, below=replace(parents.times(inf, unless=(_CHANGED,)), listed=False))


def node(known: Known, parents: Parents, id: strawberry.ID) -> Asks:  # noqa: A002
    ref = ids.decode(str(id))
    if ref.type == "Transaction":
        return Asks()
    if ref.type not in _BY_ID:
        raise BadUserInput(f"id: a {ref.type} cannot be asked for by itself.")
    return _by_id(known, [ref])


def nodes(known: Known, parents: Parents, ids: Sequence[strawberry.ID]) -> Asks:
    """Ids that cannot be answered ask nobody."""
    return _by_id(known, [ref for written in ids if (ref := _readable(str(written)))])


def order(known: Known, parents: Parents, id: strawberry.ID) -> Asks:  # noqa: A002
    return _by_id(known, [ids.decode_as("Order", str(id), "id")])


def shipment(known: Known, parents: Parents, id: strawberry.ID) -> Asks:  # noqa: A002
    return _by_id(known, [ids.decode_as("Shipment", str(id), "id")])


def product(known: Known, parents: Parents, id: Any = UNSET, sku: Any = UNSET) -> Asks:  # noqa: A002
    return _by_id(known, [_one_of("Product", id, sku, "sku")])


def variant(known: Known, parents: Parents, id: Any = UNSET, sku: Any = UNSET) -> Asks:  # noqa: A002
    return _by_id(known, [_one_of("Variant", id, sku, "sku")])


def warehouse(known: Known, parents: Parents, id: Any = UNSET, code: Any = UNSET) -> Asks:  # noqa: A002
    return _by_id(known, [_one_of("Warehouse", id, code, "code")])


def orders(
    known: Known,
    parents: Parents,
    first: int | None = 50,
    after: Any = UNSET,
    filter: OrderFilterInput | None = UNSET,  # noqa: A002
    sort: OrderSort | None = OrderSort.PLACED_AT_DESC,
) -> Asks:
    wanted, size = order_filter(filter), page_size(first)
    names = [name for name in _named(wanted_backends(filter)) if _may_hold(known, name, wanted.kinds)]
    page = (size, given(after), Sort.ASC if sort is OrderSort.PLACED_AT_ASC else Sort.DESC)
    need = Need(port=OrderSource, question="orders", backends=names, asked=Asked(orders=wanted, page=page))
    return Asks(needs=[need], below=_listed(size, names, wanted.numbers))


def shipments(
    known: Known,
    parents: Parents,
    first: int | None = 50,
    after: Any = UNSET,
    filter: ShipmentFilterInput | None = UNSET,  # noqa: A002
) -> Asks:
    wanted, size, names = shipment_filter(filter), page_size(first), _named(wanted_backends(filter))
    asked = Asked(shipments=wanted, page=(size, given(after), Sort.DESC))
    need = Need(port=ShipmentSource, question="shipments", backends=names, asked=asked)
    return Asks(needs=[need], below=_listed(size, names, None))


def warehouses(known: Known, parents: Parents, first: int | None = 50, **_arguments: object) -> Asks:
    """The whole list, once in an operation."""
    return Asks(needs=[_ALL_WAREHOUSES], below=parents.times(page_size(first)))


def stock_discrepancies(
    known: Known, parents: Parents, first: int | None = 50, warehouse_ids: Any = UNSET, **_arguments: object
) -> Asks:
    warehouse_codes(given(warehouse_ids))
    return warehouses(known, parents, first)


def backends(known: Known, parents: Parents) -> Asks:
    """Those that nobody has asked yet."""
    unasked = [name for name in known.registry.names if known.registry.health(name).healthy is None]
    return Asks(needs=[Need(port=BackendPort, question="check", backends=unasked)])


def sales_channels(known: Known, parents: Parents, backends: Any = UNSET) -> Asks:
    return Asks(needs=[Need(port=ChannelSource, question="sales_channels", backends=_named(given(backends)))])


def acknowledged(known: Known, parents: Parents) -> Asks:
    return Asks(needs=[_about(parents, AcknowledgementSource, "acknowledged_by_order")])


def notes(known: Known, parents: Parents) -> Asks:
    return Asks(needs=[_about(parents, NoteSource, "notes_by_order")])


def documents(known: Known, parents: Parents) -> Asks:
    return Asks(needs=[_about(parents, DocumentSource, "documents_by_order")])


def shipping_labels(known: Known, parents: Parents) -> Asks:
    return Asks(needs=[_about(parents, LabelSource, "labels_by_order")])


def related(
    known: Known, parents: Parents, min_confidence: float | None = THRESHOLD, first: int | None = 20, **_arguments: object
) -> Asks:
    if min_confidence is not None and not 0 <= min_confidence <= 1:
        raise BadUserInput("minConfidence: give a number from 0 to 1.")
    packs = _about(parents, PackSource, "orders_by_pack")
    below = replace(parents.times(page_size(first), waves=_LOOKUPS), listed=not known.tied)
    return Asks(needs=[*_kin(known, parents), packs], below=below)


def shipments_of_order(known: Known, parents: Parents, first: int | None = 20, **_arguments: object) -> Asks:
    """Its own shipments and those of the orders that it is linked to, of which each backend has one for each number."""
    family = Need(
        port=ShipmentSource,
        question="shipments_by_order",
        asked=Asked(keys=parents.count * known.numbers + known.tied),
        steps=_LOOKUPS,
        unless=frozenset((_ONE_EACH,)),
    )
    below = replace(parents.times(page_size(first), waves=_LOOKUPS + 1), listed=parents.listed and not known.tied)
    return Asks(needs=[*_kin(known, parents), family], below=below)


def order_of_shipment(known: Known, parents: Parents) -> Asks:
    """By its id, or by its number where the backend's shipments name no order."""
    asked = Asked(keys=parents.count, taken_from="shipment", holders=parents.backends)
    by_id = Need(port=OrderSource, question="orders_by_id", backends=parents.backends, asked=asked)
    return Asks(needs=[by_id, replace(by_id, question="orders_by_number")], below=replace(parents, listed=False))


def variant_of_line(known: Known, parents: Parents) -> Asks:
    asked = Asked(keys=parents.count, taken_from="line", holders=parents.backends, listed=parents.listed)
    by_id = Need(port=VariantSource, question="variants_by_id", backends=parents.backends, asked=asked)
    return Asks(needs=[by_id, Need(port=VariantSource, question="variants_by_sku", asked=asked)], below=parents.times(1))


def warehouse_of_record(known: Known, parents: Parents) -> Asks:
    return Asks(needs=[_ALL_WAREHOUSES, _about(parents, WarehouseSource, "warehouses_by_id")], below=parents.times(1))


def address_of_warehouse(known: Known, parents: Parents) -> Asks:
    return Asks(needs=[_about(parents, AddressSource, "addresses_by_warehouse")])


def images_of_product(known: Known, parents: Parents) -> Asks:
    return Asks(needs=[_about(parents, ImageSource, "images_by_product")])


def images_of_variant(known: Known, parents: Parents) -> Asks:
    return Asks(needs=[_about(parents, ImageSource, "images_by_variant")])


def product_of_variant(known: Known, parents: Parents) -> Asks:
    by_id = replace(_about(parents, ProductSource, "products_by_id"), steps=_TRIES)
    return Asks(needs=[by_id, replace(by_id, question="products_by_sku")], below=parents.times(1, waves=_TRIES))


def stock_of_variant(
    known: Known,
    parents: Parents,
    first: int | None = 50,
    backends: Any = UNSET,
    warehouse_ids: Any = UNSET,
    **_arguments: object,
) -> Asks:
    warehouse_codes(given(warehouse_ids))
    stock = replace(_about(parents, StockSource, "stock_by_variant"), backends=_named(given(backends)))
    return Asks(needs=[stock, _ALL_WAREHOUSES], below=parents.times(page_size(first)))


def available(known: Known, parents: Parents) -> Asks:
    return stock_of_variant(known, parents)


_ALL_WAREHOUSES = Need(port=WarehouseSource, question="warehouses")


def _about(parents: Parents, port: type[Any], question: Question) -> Need:
    """A question about the parents, to their own backends."""
    return Need(port=port, question=question, backends=parents.backends, asked=Asked(keys=parents.count))


def _kin(known: Known, parents: Parents) -> list[Need]:
    """What `resolvers.kin` looks up: each number in every backend, and the orders that people named."""
    numbers = Asked(keys=parents.count * known.numbers)
    needs = [Need(port=OrderSource, question="orders_by_number", asked=numbers, steps=_LOOKUPS)]
    if known.tied:
        needs.append(Need(port=OrderSource, question="orders_by_id", asked=Asked(keys=known.tied), steps=known.tied))
    return needs


def _listed(size: int, names: Sequence[Backend], numbers: frozenset[str] | None) -> Parents:
    """The records of a page. Where numbers are named, there are hardly more than these."""
    if numbers is not None and len(numbers) * len(names) < size:
        return Parents(count=len(numbers) * len(names), backends=frozenset(names), unless=frozenset((_ONE_EACH,)))
    return Parents(count=size, backends=frozenset(names))


def _may_hold(known: Known, name: Backend, kinds: frozenset[OrderKind] | None) -> bool:
    source = known.registry.find(name, OrderSource)
    return source is not None and (kinds is None or not source.order_kinds.isdisjoint(kinds))


def _named(wanted: Iterable[Backend] | None) -> list[Backend]:
    return list(Backend) if wanted is None else [name for name in Backend if name in set(wanted)]


def _readable(written: str) -> Ref | None:
    try:
        ref = ids.decode(written)
    except BadUserInput:
        return None
    return ref if ref.type in _BY_ID and (ref.backend or ref.type in _ENTITIES) else None


def _one_of(kind: str, written: Any, key: Any, name: str) -> Ref:
    if bool(written) == bool(key):
        raise BadUserInput(f"Give exactly one of `id` and `{name}`.")
    return ids.decode_as(kind, str(written), "id") if written else Ref(kind, None, str(key).strip())


_ENTITIES = ("Product", "Variant", "Warehouse")
_BY_ID: Mapping[str, tuple[type[Any], Question]] = {
    "Order": (OrderSource, "orders_by_id"),
    "Shipment": (ShipmentSource, "shipments_by_id"),
    "Product": (ProductSource, "products_by_id"),
    "ProductRecord": (ProductSource, "products_by_id"),
    "Variant": (VariantSource, "variants_by_id"),
    "VariantRecord": (VariantSource, "variants_by_id"),
    "Warehouse": (WarehouseSource, "warehouses"),
    "WarehouseRecord": (WarehouseSource, "warehouses_by_id"),
}
_BY_SKU: Mapping[str, tuple[type[Any], Question]] = {
    "Product": (ProductSource, "products_by_sku"),
    "Variant": (VariantSource, "variants_by_sku"),
}


def _by_id(known: Known, refs: Sequence[Ref]) -> Asks:
    """One batch per type and backend. Entities are asked for by their key, wherever they may be."""
    needs: list[Need] = []
    below: dict[str, Parents] = {}
    for kind in dict.fromkeys(ref.type for ref in refs):
        mine = [ref for ref in refs if ref.type == kind]
        of = frozenset(ref.backend for ref in mine if ref.backend)
        needs += _records(kind, mine, of) + _entities(kind, mine)
        everywhere = kind in _ENTITIES or not of
        below[kind] = Parents(count=len(mine), backends=frozenset(Backend) if everywhere else of, listed=False)
    return Asks(needs=needs, below=below)


def _records(kind: str, refs: Sequence[Ref], backends: Iterable[Backend]) -> list[Need]:
    port, question = _BY_ID[kind]
    keys = {name: tuple(dict.fromkeys(ref.key for ref in refs if ref.backend is name)) for name in backends}
    return [
        Need(port=port, question=question, backends=[name], asked=Asked(keys=len(named), named=named))
        for name, named in keys.items()
    ]


def _entities(kind: str, refs: Sequence[Ref]) -> list[Need]:
    """A record of a variant is merged with those of its SKU, which is known only then."""
    if kind == "Warehouse":
        return [_ALL_WAREHOUSES]
    if kind not in _BY_SKU:
        return []
    port, question = _BY_SKU[kind]
    skus = {ref.key for ref in refs if ref.backend is None and ref.key}
    records = {f"{ref.backend}/{ref.key}" for ref in refs if ref.backend is not None} if kind == "Variant" else set()
    named = (*sorted(skus), *sorted(records))
    return [Need(port=port, question=question, asked=Asked(keys=len(named), named=named))] if named else []
