"""Arguments: what clients may ask with, and how it becomes the gateway's own filters."""

from collections.abc import Iterable
from dataclasses import MISSING
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

import strawberry
from strawberry import UNSET

from gateway import ids
from gateway.catalogue.records import CatalogueFilter
from gateway.docstrings import attribute_docs
from gateway.errors import BadUserInput
from gateway.models import (
    Backend,
    CatalogStatus,
    LinkStatus,
    OrderFilter,
    OrderKind,
    OrderRelation,
    OrderStatus,
    ShipmentFilter,
    ShipmentStatus,
    TimeRange,
)
from gateway.transactions.facts import TransactionStatus
from gateway.transactions.ledger import Wanted

T = TypeVar("T")

_KEY = "The same key with the same input gives the same transaction, however often it is sent."


def described_input(cls: type[T]) -> type[T]:
    """An input object of a query, whose docstring and attribute docstrings are its descriptions."""
    return _described(cls, cls.__name__.removesuffix("Input"))


def mutation_input(cls: type[T]) -> type[T]:
    """The same for a mutation, whose input is called so in the graph too."""
    return _described(cls, cls.__name__)


def transaction_input(cls: type[T]) -> type[T]:
    """The same for all that one mutation is given, which becomes a transaction: its last field is `idempotency_key`."""
    key = strawberry.field(description=_KEY, default=UNSET)
    cls.__annotations__["idempotency_key"] = str | None
    setattr(cls, "idempotency_key", key)  # noqa: B010  # mypy knows no such attribute
    return _described(cls, cls.__name__)


def _described(cls: type[T], name: str) -> type[T]:
    for attribute, text in attribute_docs(cls).items():
        field = getattr(cls, attribute, MISSING)
        if isinstance(field, strawberry.types.field.StrawberryField):
            field.description = text
        else:
            setattr(cls, attribute, strawberry.field(description=text, default=field))
    return strawberry.input(cls, name=name, description=cls.__doc__)


class OrderSort(StrEnum):
    """The order of a list of orders."""

    PLACED_AT_DESC = "PLACED_AT_DESC"
    PLACED_AT_ASC = "PLACED_AT_ASC"


@described_input
class TimeRangeInput:
    """A span of time; either end may be left open."""

    from_: datetime | None = strawberry.field(name="from", default=UNSET)
    """Inclusive."""
    to: datetime | None = UNSET
    """Exclusive."""


@described_input
class OrderFilterInput:
    """Which orders to list. Conditions are joined by AND, the values of one condition by OR."""

    backends: list[Backend] | None = UNSET
    """Only orders that these backends hold."""
    kinds: list[OrderKind] | None = UNSET
    """Only orders of these kinds."""
    statuses: list[OrderStatus] | None = UNSET
    """Only orders that stand here."""
    numbers: list[str] | None = UNSET
    """Any number that an order goes by: its own, or one of its references.

    A backend that cannot be searched by one of its references is PARTIAL, and `error` names that reference.
    """
    channel_ids: list[str] | None = UNSET
    """Only orders of these sales channels (`Order.channelId`)."""
    skus: list[str] | None = UNSET
    """Only orders with a line of one of these SKUs."""
    acknowledged: bool | None = UNSET
    """Only orders that were, or were not, acknowledged to their backend."""
    placed_at: TimeRangeInput | None = UNSET
    """Only orders placed in this span."""
    updated_at: TimeRangeInput | None = UNSET
    """Only orders last changed in this span. A backend that does not tell changes is NOT_SUPPORTED."""


@described_input
class ShipmentFilterInput:
    """Which shipments to list. Conditions are joined by AND, the values of one condition by OR."""

    backends: list[Backend] | None = UNSET
    """Only shipments that these backends hold."""
    statuses: list[ShipmentStatus] | None = UNSET
    """Only shipments that stand here."""
    order_numbers: list[str] | None = UNSET
    """Only shipments of orders with these numbers."""
    tracking_numbers: list[str] | None = UNSET
    """Only shipments with these tracking numbers."""
    acknowledged: bool | None = UNSET
    """Only shipments that were, or were not, acknowledged to their backend."""
    shipped_at: TimeRangeInput | None = UNSET
    """Only shipments that left in this span."""


@described_input
class ProductFilterInput:
    """Which products to list. Conditions are joined by AND, the values of one condition by OR."""

    backends: list[Backend] | None = UNSET
    """Only products that one of these backends knows."""
    skus: list[str] | None = UNSET
    """Only the products with these SKUs."""
    statuses: list[CatalogStatus] | None = UNSET
    """Only products whose `status` is one of these."""
    updated_at: TimeRangeInput | None = UNSET
    """Only products with a record that was last changed in this span. A backend that does not tell changes is NOT_SUPPORTED."""


@described_input
class VariantFilterInput:
    """Which variants to list. Conditions are joined by AND, the values of one condition by OR."""

    backends: list[Backend] | None = UNSET
    """Only variants that one of these backends knows."""
    skus: list[str] | None = UNSET
    """Only the variants with these SKUs."""
    barcodes: list[str] | None = UNSET
    """Only variants with a record that has one of these barcodes."""
    updated_at: TimeRangeInput | None = UNSET
    """Only variants with a record that was last changed in this span. A backend that does not tell changes is NOT_SUPPORTED."""


@described_input
class WarehouseFilterInput:
    """Which warehouses to list. Conditions are joined by AND."""

    backends: list[Backend] | None = UNSET
    """Only warehouses that one of these backends knows."""
    codes: list[str] | None = UNSET
    """Only the warehouses with these codes."""


@described_input
class TransactionFilterInput:
    """Which transactions to list. Conditions are joined by AND, the values of one condition by OR."""

    statuses: list[TransactionStatus] | None = UNSET
    """Only transactions that stand here."""
    operations: list[str] | None = UNSET
    """Only those that these mutations began, such as `createOrders`."""
    submitted_at: TimeRangeInput | None = UNSET
    """Only those that were accepted in this span."""


@mutation_input
class LinkOrdersInput:
    """What a person knows of two orders. It is said once for a pair of orders, and the last word counts."""

    order_id: strawberry.ID
    """One of the two."""
    other_order_id: strawberry.ID
    """The other one."""
    relation: OrderRelation
    """What the other order is to the first."""
    status: LinkStatus
    """CONFIRMED: it is so. REJECTED: it is not, whatever the rules find. AUTO is for what rules find, and cannot be said."""


def order_filter(given: OrderFilterInput | None) -> OrderFilter:
    """Raises BadUserInput for a span that ends before it begins."""
    if not given:
        return OrderFilter()
    return OrderFilter(
        kinds=_set(given.kinds),
        statuses=_set(given.statuses),
        numbers=trimmed(given.numbers),
        channel_ids=_set(given.channel_ids),
        skus=trimmed(given.skus),
        acknowledged=_flag(given.acknowledged),
        placed_at=_range(given.placed_at, "filter.placedAt"),
        updated_at=_range(given.updated_at, "filter.updatedAt"),
    )


def shipment_filter(given: ShipmentFilterInput | None) -> ShipmentFilter:
    """Raises BadUserInput for a span that ends before it begins."""
    if not given:
        return ShipmentFilter()
    return ShipmentFilter(
        statuses=_set(given.statuses),
        order_numbers=trimmed(given.order_numbers),
        tracking_numbers=trimmed(given.tracking_numbers),
        acknowledged=_flag(given.acknowledged),
        shipped_at=_range(given.shipped_at, "filter.shippedAt"),
    )


def product_filter(given: ProductFilterInput | None) -> CatalogueFilter:
    """Raises BadUserInput for a span that ends before it begins."""
    if not given:
        return CatalogueFilter()
    return CatalogueFilter(
        skus=trimmed(given.skus), statuses=_set(given.statuses), updated_at=_range(given.updated_at, "filter.updatedAt")
    )


def variant_filter(given: VariantFilterInput | None) -> CatalogueFilter:
    """Raises BadUserInput for a span that ends before it begins."""
    if not given:
        return CatalogueFilter()
    return CatalogueFilter(
        skus=trimmed(given.skus), barcodes=trimmed(given.barcodes), updated_at=_range(given.updated_at, "filter.updatedAt")
    )


def transaction_filter(given: TransactionFilterInput | None) -> Wanted:
    """Raises BadUserInput for a span that ends before it begins."""
    if not given:
        return Wanted()
    span = _range(given.submitted_at, "filter.submittedAt") or TimeRange()
    return Wanted(
        statuses=_set(given.statuses),
        operations=_set(given.operations),
        submitted_from=span.start,
        submitted_to=span.end,
    )


def trimmed(values: Iterable[str] | None) -> frozenset[str] | None:
    """Keys as they are compared; None: any."""
    return None if _missing(values) or values is None else frozenset(value.strip() for value in values)


FilterInput = OrderFilterInput | ShipmentFilterInput | WarehouseFilterInput | ProductFilterInput | VariantFilterInput


def wanted_backends(given: FilterInput | None) -> list[Backend] | None:
    """The backends that a filter names; None: all."""
    return None if not given or _missing(given.backends) else given.backends


def wanted_codes(given: WarehouseFilterInput | None) -> frozenset[str] | None:
    """The warehouse codes that a filter names; None: all."""
    return _set(given.codes) if given else None


def warehouse_codes(warehouse_ids: Iterable[str] | None) -> set[str] | None:
    """The codes of the warehouses with these ids; None: all. Raises BadUserInput for other ids."""
    if warehouse_ids is None:
        return None
    return {ids.decode_as("Warehouse", written, "warehouseIds").key for written in warehouse_ids}


def _missing(value: object) -> bool:
    return value is None or value is UNSET


def _set(values: Iterable[T] | None) -> frozenset[T] | None:
    return None if _missing(values) or values is None else frozenset(values)


def _flag(value: bool | None) -> bool | None:
    return None if _missing(value) else value


def _range(given: TimeRangeInput | None, field: str) -> TimeRange | None:
    if not given:
        return None
    start, end = given.from_ or None, given.to or None
    if start is None and end is None:
        return None
    for name, instant in (("from", start), ("to", end)):
        if instant is not None and instant.tzinfo is None:
            raise BadUserInput(f"{field}.{name}: give the offset too, such as 2026-01-31T12:00:00Z.")
    if start is not None and end is not None and end <= start:
        raise BadUserInput(f"{field}: `to` must be later than `from`.")
    return TimeRange(start=start, end=end)
