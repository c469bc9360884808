"""The index as it is read: which SKUs there are, in their order, and what every backend holds of them."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, and_, distinct, false, func, literal, or_, select, tuple_

from gateway.catalogue import states
from gateway.catalogue.entries import Shelf, batches, comparable, read, remove, remove_of
from gateway.catalogue.records import CatalogueFilter, CatalogueKind, StockRecord
from gateway.catalogue.states import State
from gateway.catalogue.tables import entries
from gateway.clock import micros
from gateway.database import Database
from gateway.models import Backend, TimeRange

T = TypeVar("T")
P = TypeVar("P")

RecordKey = tuple[Backend, str]
"""A backend, and its id of a record."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """What stands at one place of a list: all records of a key, or (those come last) one record that has none."""

    keyless: bool
    key: str
    """The key, else the record's id."""
    backend: str = ""
    """Of a record that has no key."""

    @property
    def record(self) -> RecordKey | None:
        return (Backend(self.backend), self.key) if self.keyless else None


def place_of(key: str | None, record: RecordKey) -> Place:
    """Where a record stands."""
    return Place(False, key) if key else Place(True, record[1], record[0])


@dataclass(frozen=True, slots=True, order=True)
class StockPlace:
    """A row's place in a list of stock: by SKU, then backend, then record."""

    variant: Place
    backend: str = ""
    record_id: str = ""


@dataclass(frozen=True, slots=True)
class StockRow:
    """A row of stock, and where the variant stands that it is of."""

    variant: Place
    record: StockRecord

    @property
    def place(self) -> StockPlace:
        return StockPlace(self.variant, self.record.backend, self.record.backend_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Which entries a list may hold: of these backends, those that match the filter."""

    kind: CatalogueKind
    backends: Collection[Backend]
    filter: CatalogueFilter = field(default_factory=CatalogueFilter)


@dataclass(frozen=True, slots=True)
class Known:
    """The ids of a backend's records by their keys, and since when changes may not have been looked for yet."""

    by_key: Mapping[str, Sequence[str]]
    since: datetime


@dataclass(frozen=True, slots=True)
class Shown(Generic[P]):
    """A page of a list as it was read: what stood behind `after`, and whether more followed."""

    after: P | None
    places: Sequence[P]
    more: bool

    def fits(self, behind: Sequence[P]) -> bool:
        """Whether the list still is as it was shown: `behind` are the places that are there now, one more than was shown."""
        end = len(self.places)
        return list(behind[:end]) == list(self.places) and (len(behind) > end) == self.more


StockRows = Callable[[StockPlace | None, int], list[StockRow]]
"""The next rows of stock behind a place, at most so many."""


class CatalogueIndex:
    """Each method is one read of the database, but for `look_again` and `forget`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._called: dict[Shelf, asyncio.Event] = {}

    def look_again(self, shelf: Shelf) -> None:
        """Say that this process has changed what stands on a shelf: its keeper looks at once."""
        self.called(shelf).set()

    def called(self, shelf: Shelf) -> asyncio.Event:
        """Set where a shelf is to be looked at."""
        return self._called.setdefault(shelf, asyncio.Event())

    async def forget(
        self,
        backend: Backend,
        *,
        products: Collection[str] = (),
        variants: Collection[str] = (),
        stock: Collection[str] = (),
        warehouses: Collection[str] = (),
        families: Collection[str] = (),
    ) -> None:
        """Say that these records were deleted, by their ids: nothing else tells of it before the next pass.

        What variants and warehouses had of stock is deleted with them; `families` are products with all their variants.
        """

        def work(connection: Connection) -> None:
            shelf = Shelf(CatalogueKind.VARIANT, backend)
            gone = [*variants, *_of_parents(connection, shelf, families)]
            remove(connection, Shelf(CatalogueKind.PRODUCT, backend), [*products, *families])
            remove(connection, shelf, gone)
            shelf = Shelf(CatalogueKind.STOCK, backend)
            remove(connection, shelf, stock)
            remove_of(connection, shelf, parents=gone, sites=warehouses)

        await self._database.write(work)

    async def places(self, part: Part, after: Place | None, limit: int) -> list[Place]:
        """The next places behind one, in order."""
        return await self._database.read(lambda connection: _places(connection, part, after, limit))

    async def count(self, part: Part, shown: Shown[Place] | None = None) -> int | None:
        """How many places there are; None where the page that was shown of them is no longer as it was."""

        def work(connection: Connection) -> int | None:
            if shown and not shown.fits(_places(connection, part, shown.after, len(shown.places) + 1)):
                return None
            return _count(connection, part)

        return await self._database.read(work)

    async def records(self, kind: CatalogueKind, places: Iterable[Place]) -> dict[Place, list[Any]]:
        """What all backends hold at these places, in the order of backends and record ids."""
        wanted = list(dict.fromkeys(places))
        return await self._database.read(lambda connection: _records(connection, kind, wanted))

    async def ids(self, shelf: Shelf, keys: Collection[str]) -> "Known | None":
        """What a backend's index knows of these keys; None before its first pass has ended."""
        return await self._database.read(lambda connection: _ids(connection, shelf, keys))

    async def children(self, kind: CatalogueKind, parents: Collection[RecordKey]) -> dict[RecordKey, list[Place]]:
        """The places of the records that belong to these, by the records that they belong to."""
        return await self._database.read(lambda connection: _children(connection, kind, parents))

    async def stock(
        self, sites: Collection[RecordKey], skus: Collection[str] | None, after: StockPlace | None, limit: int
    ) -> list[StockRow]:
        """The next rows of stock of some backends' warehouses, by their variants' SKUs, then backends."""
        return await self._database.read(lambda connection: _stock(connection, sites, skus, after, limit))

    async def count_stock(
        self, sites: Collection[RecordKey], skus: Collection[str] | None, shown: Shown[StockPlace] | None = None
    ) -> int | None:
        """How many rows of stock there are in these warehouses; None where the page that was shown is no longer as it was."""

        def work(connection: Connection) -> int | None:
            rows = _stock(connection, sites, skus, shown.after, len(shown.places) + 1) if shown else ()
            if shown and not shown.fits([row.place for row in rows]):
                return None
            return _count_stock(connection, sites, skus)

        return await self._database.read(work)

    async def through_stock(self, sites: Collection[RecordKey], work: Callable[[StockRows], T]) -> T:
        """What the work makes of the stock of some backends' warehouses: all that it reads is of one moment."""
        return await self._database.read(
            lambda connection: work(lambda after, limit: _stock(connection, sites, None, after, limit))
        )

    async def sizes(self) -> Mapping[Shelf, int]:
        """How many records of each backend and kind there are."""
        columns = (entries.c.kind, entries.c.backend)
        statement = select(*columns, func.count().label("size")).group_by(*columns)

        def work(connection: Connection) -> dict[Shelf, int]:
            rows = connection.execute(statement)
            return {Shelf(CatalogueKind(row.kind), Backend(row.backend)): row.size for row in rows}

        return await self._database.read(work)

    async def states(self, kind: CatalogueKind) -> Mapping[Backend, State]:
        """How far each backend's index is; a backend whose index was never begun is missing."""
        return await self._database.read(lambda connection: states.of_kind(connection, kind))


def _of_parents(connection: Connection, shelf: Shelf, parents: Collection[str]) -> list[str]:
    statement = select(entries.c.record_id).where(shelf.here)
    return [
        found for batch in batches(parents) for found in connection.scalars(statement.where(entries.c.parent_id.in_(batch)))
    ]


def _ids(connection: Connection, shelf: Shelf, keys: Collection[str]) -> Known | None:
    state = states.of_kind(connection, shelf.kind).get(shelf.backend)
    if state is None or state.as_of is None:
        return None
    found: dict[str, list[str]] = {}
    for batch in batches(keys):
        here = select(entries.c.key, entries.c.record_id).where(shelf.here, entries.c.key.in_(batch))
        for row in connection.execute(here.order_by(entries.c.record_id)):
            found.setdefault(row.key, []).append(row.record_id)
    return Known(found, state.changed_at or state.as_of)


def _places(connection: Connection, part: Part, after: Place | None, limit: int) -> list[Place]:
    found: list[Place] = []
    if after is None or not after.keyless:
        found += _keys(connection, part, after.key if after else None, limit)
    if len(found) < limit and part.filter.skus is None:
        found += _keyless(connection, part, after, limit - len(found))
    return found


def _count(connection: Connection, part: Part) -> int:
    keys = select(func.count(distinct(entries.c.key))).where(_matching(part, entries.c.key.is_not(None)))
    if part.filter.skus is not None:
        counts = [keys.where(entries.c.key.in_(batch)) for batch in batches(part.filter.skus)]
    else:
        counts = [keys, select(func.count()).select_from(entries).where(_matching(part, entries.c.key.is_(None)))]
    return sum(connection.scalar(count) or 0 for count in counts)


def _keys(connection: Connection, part: Part, after: str | None, limit: int) -> list[Place]:
    behind = entries.c.key.is_not(None) if after is None else entries.c.key > after
    statement = select(entries.c.key).where(_matching(part, behind)).distinct().order_by(entries.c.key).limit(limit)
    if part.filter.skus is None:
        return [Place(False, key) for key in connection.scalars(statement)]
    found: list[Place] = []
    for batch in batches(sorted(sku for sku in part.filter.skus if after is None or sku > after)):
        found += [Place(False, key) for key in connection.scalars(statement.where(entries.c.key.in_(batch)))]
        if len(found) >= limit:
            break
    return found[:limit]


def _keyless(connection: Connection, part: Part, after: Place | None, limit: int) -> list[Place]:
    columns = (entries.c.record_id, entries.c.backend)
    behind = _behind(columns, after.key, after.backend) if after and after.keyless else None
    here = _matching(part, entries.c.key.is_(None))
    statement = select(*columns).where(here).order_by(*columns).limit(limit)
    rows = connection.execute(statement if behind is None else statement.where(behind))
    return [Place(True, row.record_id, row.backend) for row in rows]


def _matching(part: Part, here: ColumnElement[bool]) -> ColumnElement[bool]:
    wanted, columns = part.filter, entries.c
    conditions = [columns.kind == part.kind, columns.backend.in_(list(part.backends)), here]
    if wanted.barcodes is not None:
        conditions.append(columns.barcode.in_(list(filter(None, map(comparable, wanted.barcodes)))))
    if wanted.statuses is not None:
        conditions.append(columns.status.in_(list(wanted.statuses)))
    return and_(*conditions, *_within(wanted.updated_at))


def _within(span: TimeRange | None) -> list[ColumnElement[bool]]:
    ends = [] if span is None else [(span.start, entries.c.changed_at.__ge__), (span.end, entries.c.changed_at.__lt__)]
    return [compare(micros(end)) for end, compare in ends if end is not None]


def _records(connection: Connection, kind: CatalogueKind, places: Sequence[Place]) -> dict[Place, list[Any]]:
    of_kind = select(entries).where(entries.c.kind == kind)
    found: dict[Place, list[Any]] = {place: [] for place in places}
    keys = [place.key for place in places if not place.keyless]
    ids = [place.key for place in places if place.keyless]
    for column, values in ((entries.c.key, keys), (entries.c.record_id, ids)):
        for batch in batches(values):
            for row in connection.execute(of_kind.where(column.in_(batch))):
                records = found.get(place_of(row.key, (Backend(row.backend), row.record_id)))
                if records is not None:
                    records.append(read(row))
    for records in found.values():
        records.sort(key=_in_order)
    return found


def _children(connection: Connection, kind: CatalogueKind, parents: Collection[RecordKey]) -> dict[RecordKey, list[Place]]:
    columns = (entries.c.backend, entries.c.parent_id, entries.c.record_id, entries.c.key)
    found: dict[RecordKey, list[Place]] = {}
    for backend, ids in _by_backend(parents).items():
        for batch in batches(ids):
            here = (entries.c.kind == kind, entries.c.backend == backend, entries.c.parent_id.in_(batch))
            for row in connection.execute(select(*columns).where(*here)):
                found.setdefault((backend, row.parent_id), []).append(place_of(row.key, (backend, row.record_id)))
    return found


def _stock(
    connection: Connection, sites: Collection[RecordKey], skus: Collection[str] | None, after: StockPlace | None, limit: int
) -> list[StockRow]:
    found: list[StockRow] = []
    if after is None or not after.variant.keyless:
        found += _stock_of_skus(connection, sites, skus, after, limit)
    if len(found) < limit and skus is None:
        found += _stock_without_sku(connection, sites, after, limit - len(found))
    return found


def _count_stock(connection: Connection, sites: Collection[RecordKey], skus: Collection[str] | None) -> int:
    rows = _at(sites).with_only_columns(func.count())
    counts = [rows] if skus is None else [rows.where(_variants.c.key.in_(batch)) for batch in batches(skus)]
    return sum(connection.scalar(count) or 0 for count in counts)


def _stock_of_skus(
    connection: Connection, sites: Collection[RecordKey], skus: Collection[str] | None, after: StockPlace | None, limit: int
) -> list[StockRow]:
    columns = (_variants.c.key, entries.c.backend, entries.c.record_id)
    statement = _at(sites).where(_variants.c.key.is_not(None)).order_by(*columns).limit(limit)
    if after is not None:
        statement = statement.where(_behind(columns, after.variant.key, after.backend, after.record_id))
    if skus is None:
        return _stock_rows(connection, statement)
    found: list[StockRow] = []
    for batch in batches(sorted(sku for sku in skus if after is None or sku >= after.variant.key)):
        found += _stock_rows(connection, statement.where(_variants.c.key.in_(batch)))
        if len(found) >= limit:
            break
    return found[:limit]


def _stock_without_sku(
    connection: Connection, sites: Collection[RecordKey], after: StockPlace | None, limit: int
) -> list[StockRow]:
    columns = (_variants.c.record_id, entries.c.backend, entries.c.record_id)
    statement = _at(sites).where(_variants.c.key.is_(None)).order_by(*columns).limit(limit)
    if after is not None and after.variant.keyless:
        statement = statement.where(_behind(columns, after.variant.key, after.backend, after.record_id))
    return _stock_rows(connection, statement)


def _at(sites: Collection[RecordKey]) -> Select[Any]:
    """Rows of stock in these warehouses, with the SKUs of the variants that they are of."""
    of_variant = and_(
        _variants.c.kind == CatalogueKind.VARIANT,
        _variants.c.backend == entries.c.backend,
        _variants.c.record_id == entries.c.parent_id,
    )
    by_backend = _by_backend(sites).items()
    there = or_(false(), *(and_(entries.c.backend == name, entries.c.site_id.in_(ids)) for name, ids in by_backend))
    stock = select(entries, _variants.c.key.label("sku")).join(_variants, of_variant)
    return stock.where(entries.c.kind == CatalogueKind.STOCK, there)


def _stock_rows(connection: Connection, statement: Select[Any]) -> list[StockRow]:
    rows = connection.execute(statement)
    return [StockRow(place_of(row.sku, (Backend(row.backend), row.parent_id)), read(row)) for row in rows]


def _behind(columns: Sequence[ColumnElement[str]], *place: str) -> ColumnElement[bool]:
    """Each part of the place is written as its column writes texts."""
    return tuple_(*columns) > tuple_(*(literal(part, column.type) for part, column in zip(place, columns, strict=True)))


def _by_backend(keys: Iterable[RecordKey]) -> dict[Backend, list[str]]:
    found: dict[Backend, list[str]] = {}
    for backend, record_id in keys:
        found.setdefault(backend, []).append(record_id)
    return found


def _in_order(record: Any) -> tuple[int, str]:
    return _ORDER[record.backend], record.backend_id


_ORDER = {name: position for position, name in enumerate(Backend)}
_variants = entries.alias("variants")
