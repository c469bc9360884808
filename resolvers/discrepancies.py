"""Stock that backends tell differently: a walk through the index, SKU by SKU, that keeps where readings of one kind differ."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from gateway.catalogue.index import Place, RecordKey, StockPlace, StockRow
from gateway.catalogue.records import CatalogueKind
from gateway.entities import Page, StockDiscrepancy, Variant, Warehouse
from gateway.errors import DatabaseUnavailable
from gateway.models import Backend
from resolvers.catalogue import level_of
from resolvers.context import Context
from resolvers.inputs import StockKind
from resolvers.pages import counted, exact, page_size
from resolvers.standings import Standings, without_database

_CHUNK = 1_000
_MOST_CHUNKS = 20
"""Chunks of rows that one page looks at: where few differ, the rest is for the next page."""

_BEHIND_ALL = "\U0010ffff"


@dataclass(frozen=True, slots=True, order=True)
class _At:
    """A place in the list: by SKU, then warehouse code."""

    variant: Place
    warehouse: str


@dataclass(frozen=True, slots=True)
class _Differing:
    """Rows of one SKU in one warehouse, of which backends tell different quantities."""

    at: _At
    rows: Sequence[StockRow]
    spread: Decimal


@dataclass(frozen=True, slots=True)
class _Chunk:
    """What differs in a part of the index, and where that part ends."""

    found: Sequence[_Differing]
    end: _At


async def page_of_discrepancies(
    context: Context,
    warehouses: Sequence[Warehouse],
    kind: StockKind,
    *,
    bound: bytes,
    first: int | None,
    after: str | None,
) -> Page[StockDiscrepancy]:
    """The next ones in these warehouses, by SKU and warehouse code."""
    size = page_size(first)
    start = None if after is None else context.cursors.open(bound, after, _At)
    standings = await context.loaders.stock_standings()
    sites = {
        (record.backend, record.backend_id): warehouse
        for warehouse in warehouses
        for record in warehouse.records
        if standings[record.backend].error is None
    }
    try:
        found, end, more = await _next(context, sites, kind, start, size)
        nodes = await _shown(context, found, sites, standings)
    except DatabaseUnavailable:
        found, end, more, nodes, standings = [], start, False, [], without_database(standings)
    sources = [counted(standing.report(()), nodes, _tellers) for standing in standings.values()]
    return Page(
        nodes=nodes,
        cursor_behind=lambda index: context.cursors.seal(bound, found[index].at),
        end_cursor=context.cursors.seal(bound, end or _At(Place(False, ""), "")),
        has_next_page=more,
        has_previous_page=after is not None,
        sources=sources,
        count=(lambda: _count(context, sites, kind)) if exact(sources) else None,
    )


async def _next(
    context: Context, sites: Mapping[RecordKey, Warehouse], kind: StockKind, start: _At | None, size: int
) -> tuple[list[_Differing], _At | None, bool]:
    """What differs, where the walk stands behind it, and whether more may follow."""
    found: list[_Differing] = []
    end, looked = start, 0
    async for chunk in _chunks(context, sites, kind, start):
        found += chunk.found
        if len(found) > size:
            return found[:size], found[size - 1].at, True
        end, looked = chunk.end, looked + 1
        if looked == _MOST_CHUNKS:
            return found, end, True
    return found, end, False


async def _count(context: Context, sites: Mapping[RecordKey, Warehouse], kind: StockKind) -> int:
    counts = [len(chunk.found) async for chunk in _chunks(context, sites, kind, None)]
    return sum(counts)


async def _chunks(
    context: Context, sites: Mapping[RecordKey, Warehouse], kind: StockKind, start: _At | None
) -> AsyncIterator[_Chunk]:
    """To the end. All rows of one SKU are in one chunk."""
    place, limit = None if start is None else StockPlace(start.variant), _CHUNK
    while rows := await context.catalogue.stock(list(sites), None, place, limit):
        by_variant = [list(group) for _, group in groupby(rows, key=lambda row: row.variant)]
        ended = len(rows) < limit
        whole = by_variant if ended else by_variant[:-1]
        if not whole:  # one SKU in more places than a chunk has rows
            limit *= 2
            continue
        found = [one for group in whole for one in _differing(group, sites, kind) if start is None or one.at > start]
        last = whole[-1][-1]
        yield _Chunk(found, _At(last.variant, _BEHIND_ALL))
        if ended:
            return
        place, limit = StockPlace(last.variant, last.record.backend, last.record.backend_id), _CHUNK


def _differing(rows: Iterable[StockRow], sites: Mapping[RecordKey, Warehouse], kind: StockKind) -> list[_Differing]:
    """Of one SKU, by warehouse code. What a backend keeps at several of its sites in one warehouse counts together."""
    by_warehouse: dict[str, list[StockRow]] = {}
    for row in rows:
        if _quantity(row, kind) is not None:
            by_warehouse.setdefault(_warehouse(row, sites).code, []).append(row)
    return [
        _Differing(_At(told[0].variant, code), told, spread)
        for code, told in sorted(by_warehouse.items())
        if (spread := _spread(told, kind))
    ]


def _spread(rows: Iterable[StockRow], kind: StockKind) -> Decimal:
    by_backend: dict[Backend, Decimal] = {}
    for row in rows:
        by_backend[row.record.backend] = by_backend.get(row.record.backend, Decimal(0)) + (_quantity(row, kind) or 0)
    return max(by_backend.values()) - min(by_backend.values())


def _quantity(row: StockRow, kind: StockKind) -> Decimal | None:
    return row.record.available if kind is StockKind.AVAILABLE else row.record.on_hand


def _warehouse(row: StockRow, sites: Mapping[RecordKey, Warehouse]) -> Warehouse:
    return sites[row.record.backend, row.record.warehouse_backend_id]


async def _shown(
    context: Context, found: Sequence[_Differing], sites: Mapping[RecordKey, Warehouse], standings: Standings
) -> list[StockDiscrepancy]:
    loader = context.loaders.entity_by_place[CatalogueKind.VARIANT]
    variants: Sequence[Variant | None] = await loader.load_many([one.at.variant for one in found])
    return [_node(one, variant, sites, standings) for one, variant in zip(found, variants, strict=True) if variant is not None]


def _node(one: _Differing, variant: Variant, sites: Mapping[RecordKey, Warehouse], standings: Standings) -> StockDiscrepancy:
    levels = [level_of(row, variant, _warehouse(row, sites), standings[row.record.backend]) for row in one.rows]
    return StockDiscrepancy(variant=variant, warehouse=levels[0].warehouse, readings=levels, spread=one.spread)


def _tellers(node: StockDiscrepancy) -> set[Backend]:
    return {reading.backend for reading in node.readings}
