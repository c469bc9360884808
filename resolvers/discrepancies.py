"""Stock that backends tell differently: a walk through the index, SKU by SKU, that keeps where readings of one kind differ."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from gateway.catalogue.index import Place, RecordKey, Shown, StockPlace, StockRow, StockRows
from gateway.catalogue.records import CatalogueKind
from gateway.entities import Page, StockDiscrepancy, Variant, Warehouse
from gateway.errors import DatabaseUnavailable
from gateway.models import Backend, StockKind
from resolvers.catalogue import level_of
from resolvers.context import Context
from resolvers.pages import counted, exact, page_size
from resolvers.standings import Standings, without_database

Sites = Mapping[RecordKey, Warehouse]

_CHUNK = 1_000
_MOST_CHUNKS = 20
"""Chunks of rows that one page looks at: where few differ, the rest is for the next page."""

_MOST_COUNTED = 200
"""Chunks of rows that are looked at to count: of more than that nobody is told how many differ."""

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
class _Looked:
    """What differs, where the walk stands behind it, and whether more may follow."""

    found: Sequence[_Differing]
    end: _At | None
    more: bool


@dataclass(frozen=True, slots=True)
class _Chunk:
    """What differs in a part of the index, and where that part ends."""

    found: Sequence[_Differing]
    end: _At


async def page_of_discrepancies(
    context: Context,
    warehouses: Sequence[Warehouse],
    standings: Standings,
    kind: StockKind,
    *,
    bound: bytes,
    first: int | None,
    after: str | None,
) -> Page[StockDiscrepancy]:
    """The next ones in these warehouses, by SKU and warehouse code. `standings` are of all that is needed for them."""
    size = page_size(first)
    start = None if after is None else context.cursors.open(bound, after, _At)
    sites = {
        (record.backend, record.backend_id): warehouse
        for warehouse in warehouses
        for record in warehouse.records
        if standings[record.backend].error is None
    }
    try:
        looked = await context.catalogue.through_stock(list(sites), lambda rows: _next(rows, sites, kind, start, size))
        pairs = await _nodes(context, looked.found, sites, standings)
    except DatabaseUnavailable:
        looked, pairs, standings = _Looked([], start, False), [], without_database(standings)
    nodes = [node for _, node in pairs]
    shown = Shown(start, [at for at, _ in pairs], looked.more)
    sources = [counted(standing.report(()), nodes, _tellers) for standing in standings.values()]
    return Page(
        nodes=nodes,
        cursor_behind=lambda index: context.cursors.seal(bound, shown.places[index]),
        end_cursor=context.cursors.seal(bound, looked.end or _At(Place(False, ""), "")),
        has_next_page=looked.more,
        has_previous_page=after is not None,
        sources=sources,
        count=(lambda: _count(context, sites, kind, shown, looked.end)) if exact(sources) else None,
    )


def _next(rows: StockRows, sites: Sites, kind: StockKind, start: _At | None, size: int) -> _Looked:
    found: list[_Differing] = []
    end, looked = start, 0
    for chunk in _chunks(rows, sites, kind, start):
        found += chunk.found
        if len(found) > size:
            return _Looked(found[:size], found[size - 1].at, True)
        end, looked = chunk.end, looked + 1
        if looked == _MOST_CHUNKS:
            return _Looked(found, end, True)
    return _Looked(found, end, False)


async def _count(context: Context, sites: Sites, kind: StockKind, shown: Shown[_At], end: _At | None) -> int | None:
    """How many there are at one moment; None where the page that was shown is not as it was, or there is too much to read."""

    def work(rows: StockRows) -> int | None:
        found: list[_At] = []
        for looked, chunk in enumerate(_chunks(rows, sites, kind, None)):
            if looked == _MOST_COUNTED:
                return None
            found += [one.at for one in chunk.found]
        behind = [at for at in found if shown.after is None or at > shown.after]
        page = [at for at in behind if end is not None and at <= end] if shown.more else behind
        return len(found) if page == shown.places else None

    return await context.catalogue.through_stock(list(sites), work)


def _chunks(rows: StockRows, sites: Sites, kind: StockKind, start: _At | None) -> Iterator[_Chunk]:
    """To the end. All rows of one SKU are in one chunk."""
    place, limit = None if start is None else StockPlace(start.variant), _CHUNK
    while found := rows(place, limit):
        by_variant = [list(group) for _, group in groupby(found, key=lambda row: row.variant)]
        ended = len(found) < limit
        whole = by_variant if ended else by_variant[:-1]
        if not whole:  # one SKU in more places than a chunk has rows
            limit *= 2
            continue
        last = whole[-1][-1]
        differing = [one for group in whole for one in _differing(group, sites, kind) if start is None or one.at > start]
        yield _Chunk(differing, _At(last.variant, _BEHIND_ALL))
        if ended:
            return
        place, limit = last.place, _CHUNK


def _differing(rows: Iterable[StockRow], sites: Sites, kind: StockKind) -> list[_Differing]:
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


def _warehouse(row: StockRow, sites: Sites) -> Warehouse:
    return sites[row.record.backend, row.record.warehouse_backend_id]


async def _nodes(
    context: Context, found: Sequence[_Differing], sites: Sites, standings: Standings
) -> list[tuple[_At, StockDiscrepancy]]:
    """With their places; a variant may be gone by now."""
    loader = context.loaders.entity_by_place[CatalogueKind.VARIANT]
    variants: Sequence[Variant | None] = await loader.load_many([one.at.variant for one in found])
    pairs = zip(found, variants, strict=True)
    return [(one.at, _node(one, variant, sites, standings)) for one, variant in pairs if variant is not None]


def _node(one: _Differing, variant: Variant, sites: Sites, standings: Standings) -> StockDiscrepancy:
    levels = [level_of(row, variant, _warehouse(row, sites), standings[row.record.backend]) for row in one.rows]
    return StockDiscrepancy(variant=variant, warehouse=levels[0].warehouse, readings=levels, spread=one.spread)


def _tellers(node: StockDiscrepancy) -> set[Backend]:
    return {reading.backend for reading in node.readings}
