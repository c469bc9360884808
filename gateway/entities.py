"""What several backends answer together: entities merged by a key, pages merged from lists, and who took part in it."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Generic, TypeVar

from gateway.errors import ErrorCode, GatewayError, Problem
from gateway.gtin import gtin, is_placeholder
from gateway.models import (
    Backend,
    CatalogStatus,
    CircuitState,
    LinkStatus,
    Order,
    OrderRelation,
    ProductRecord,
    Reference,
    SourceState,
    VariantRecord,
    WarehouseRecord,
)
from gateway.transactions.facts import Transaction

T = TypeVar("T")

_MOST_GAPS = 3
"""So many are told in full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """How one backend took part in an answer. `failure` is what kept it from answering, or answering completely.

    `gaps` are what else is missing.
    """

    backend: Backend
    state: SourceState
    count: int = 0
    as_of: datetime | None = None
    failure: GatewayError | None = None
    gaps: Sequence[GatewayError] = ()

    @property
    def error(self) -> Problem | None:
        """The failure, and in its message all that is missing: the first few, and how many more there are."""
        if self.failure is None:
            return None
        told = list(dict.fromkeys(each.message for each in (self.failure, *self.gaps)))
        more = [f"And {len(told) - _MOST_GAPS} more."] if len(told) > _MOST_GAPS else []
        return replace(self.failure.problem, message=" ".join([*told[:_MOST_GAPS], *more]))


@dataclass(frozen=True, slots=True, kw_only=True)
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@dataclass(frozen=True, slots=True)
class Edge(Generic[T]):
    """A node of a page, and the cursor right behind it (made when it is asked for)."""

    page: "Page[T]"
    index: int

    @property
    def node(self) -> T:
        return self.page.nodes[self.index]

    @property
    def cursor(self) -> str:
        return self.page.cursor_behind(self.index)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """A part of a list. `cursor_behind(i)` is the cursor behind node i, `end_cursor` the one behind the whole page.

    `count` counts the whole list, where that costs something: only if it is asked for.
    """

    nodes: Sequence[T]
    cursor_behind: Callable[[int], str]
    end_cursor: str
    has_next_page: bool
    has_previous_page: bool
    sources: Sequence[SourceReport] = ()
    total_count: int | None = None
    count: Callable[[], Awaitable[int | None]] | None = None

    @property
    def edges(self) -> list[Edge[T]]:
        return [Edge(self, index) for index in range(len(self.nodes))]

    @property
    def page_info(self) -> PageInfo:
        return PageInfo(
            has_next_page=self.has_next_page,
            has_previous_page=self.has_previous_page,
            start_cursor=self.cursor_behind(0) if self.nodes else None,
            end_cursor=self.end_cursor,
        )


def _first(values: Iterable[T | None]) -> T | None:
    return next((value for value in values if value is not None), None)


def _status(records: Sequence[ProductRecord | VariantRecord]) -> CatalogStatus:
    known = (record.status for record in records if record.status is not CatalogStatus.UNKNOWN)
    return next(known, CatalogStatus.UNKNOWN)


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One SKU, as all backends together know it. `sku` is null only for a record that has none: an entity of its own.

    What the records tell differently is taken from the first that tells it, in the order of the backends.
    """

    sku: str | None
    records: Sequence[VariantRecord]
    sources: Sequence[SourceReport]

    @cached_property
    def barcode(self) -> str | None:
        """The GTIN that the records agree on, in 14 digits; None where they tell different ones. Where none tells a GTIN, the
        first other code."""
        told = [record.barcode for record in self.records if record.barcode]
        numbers = {number for code in told if (number := gtin(code))}
        if numbers:
            return numbers.pop() if len(numbers) == 1 else None
        return _first(code for code in told if not is_placeholder(code))

    @cached_property
    def name(self) -> str | None:
        return _first(record.name for record in self.records)

    @cached_property
    def color(self) -> str | None:
        return _first(record.color for record in self.records)

    @cached_property
    def size(self) -> str | None:
        return _first(record.size for record in self.records)

    @cached_property
    def status(self) -> CatalogStatus:
        return _status(self.records)


@dataclass(frozen=True, kw_only=True)
class Product:
    """One product SKU, as all backends together know it; merged as variants are."""

    sku: str | None
    records: Sequence[ProductRecord]
    sources: Sequence[SourceReport]

    @cached_property
    def name(self) -> str | None:
        return _first(record.name for record in self.records)

    @cached_property
    def description(self) -> str | None:
        return _first(record.description for record in self.records)

    @cached_property
    def brand(self) -> str | None:
        return _first(record.brand for record in self.records)

    @cached_property
    def category(self) -> str | None:
        return _first(record.category for record in self.records)

    @cached_property
    def status(self) -> CatalogStatus:
        return _status(self.records)


@dataclass(frozen=True, kw_only=True)
class Warehouse:
    """One place where stock is kept. `code` is its name in the settings, else the code that its records share."""

    code: str
    records: Sequence[WarehouseRecord]
    sources: Sequence[SourceReport]

    @cached_property
    def name(self) -> str | None:
        return _first(record.name for record in self.records)


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLevel:
    """One backend's reading of one SKU in one warehouse."""

    backend: Backend
    variant: Variant
    warehouse: Warehouse
    as_of: datetime
    available: Decimal | None
    on_hand: Decimal | None
    incoming: Decimal | None
    incoming_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockDiscrepancy:
    """One SKU of which backends tell different quantities of one kind for the same warehouse. `spread`: highest less lowest."""

    variant: Variant
    warehouse: Warehouse
    readings: Sequence[StockLevel]
    spread: Decimal


INVERSE = {
    OrderRelation.FULFILLED_BY: OrderRelation.FULFILS,
    OrderRelation.FULFILS: OrderRelation.FULFILLED_BY,
    OrderRelation.SAME_ORDER: OrderRelation.SAME_ORDER,
    OrderRelation.PACK_SIBLING: OrderRelation.PACK_SIBLING,
}
"""What the first is to the second, by what the second is to the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkWord:
    """What a person said last of two orders: `other` is to `order` what `relation` says (CONFIRMED), or it is not (REJECTED).

    Orders are told by backend and backend id. `said_by` is the principal's name.
    """

    order: tuple[Backend, str]
    other: tuple[Backend, str]
    relation: OrderRelation
    status: LinkStatus
    said_by: str
    said_at: datetime

    @property
    def turned(self) -> "LinkWord":
        """The same word, seen from the other order."""
        return replace(self, order=self.other, other=self.order, relation=INVERSE[self.relation])


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLink:
    """Why two orders are held to be the same, or parts of one. `order` is the other one; null where it could not be read."""

    backend: Backend
    backend_id: str
    order: Order | None
    relation: OrderRelation
    status: LinkStatus
    confidence: float
    rule: str
    evidence: Sequence[Reference]


@dataclass(frozen=True, slots=True, kw_only=True)
class UserError:
    """What is wrong with a mutation's input. `path` leads into the input."""

    code: ErrorCode
    message: str
    path: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOrdersPayload:
    """With `user_errors` nothing was stored, and there is no link."""

    link: OrderLink | None = None
    user_errors: Sequence[UserError] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionPayload:
    """With `user_errors` nothing was accepted, and there is no transaction."""

    transaction: Transaction | None = None
    user_errors: Sequence[UserError] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendStatus:
    """The state of one backend, as the gateway sees it."""

    backend: Backend
    configured: bool
    healthy: bool | None
    circuit: CircuitState
    budget_remaining: int | None
    budget_limit: int | None
    last_success_at: datetime | None
    last_error: Problem | None
    synced_at: datetime | None
