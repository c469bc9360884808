"""Lists out of the index of all backends' catalogues: products, variants and stock, in the order of their SKUs.

Which SKUs match is asked of the backends that are wanted; what is shown of a SKU is what all backends know of it.
"""

from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

from gateway.catalogue.index import Part, Place, Shown, StockPlace, StockRow
from gateway.catalogue.records import CatalogueFilter, CatalogueKind
from gateway.entities import Page, Product, StockLevel, Variant, Warehouse
from gateway.errors import DatabaseUnavailable
from gateway.models import Backend
from resolvers.context import Context
from resolvers.pages import counted, exact, page_size
from resolvers.standings import Standing, Standings, needing_all, without_database

E = TypeVar("E", Product, Variant)

_BEFORE_ALL = Place(False, "")
_ROUNDS = 5
"""How often the index is asked for one page, where the filter leaves few of what it gives."""


async def page_of_entities(
    context: Context,
    kind: CatalogueKind,
    names: Sequence[Backend],
    wanted: CatalogueFilter,
    *,
    matches: Callable[[E], bool] | None = None,
    bound: bytes,
    first: int | None,
    after: str | None,
) -> Page[E]:
    """The next products or variants that one of these backends knows. `matches` is what must hold of the merged entity."""
    size = page_size(first)
    start = None if after is None else context.cursors.open(bound, after, Place)
    known = await context.loaders.standings(kind)
    standings: Standings = {name: known[name].asked(wanted) for name in names}
    part = Part(kind=kind, backends=[name for name in names if standings[name].error is None], filter=wanted)
    try:
        found, end, more = await _walk(context, part, matches, start, size)
    except DatabaseUnavailable:
        found, end, more, standings = [], start, False, without_database(standings)
    nodes = [entity for _, entity in found]
    shown = Shown(start, [place for place, _ in found], more)
    sources = [counted(standings[name].report(()), nodes, _holders) for name in names]
    return Page(
        nodes=nodes,
        cursor_behind=lambda index: context.cursors.seal(bound, found[index][0]),
        end_cursor=context.cursors.seal(bound, end or _BEFORE_ALL),
        has_next_page=more,
        has_previous_page=after is not None,
        sources=sources,
        count=(lambda: context.catalogue.count(part, shown)) if exact(sources) and matches is None else None,
    )


async def page_of_stock(
    context: Context, warehouse: Warehouse, skus: Collection[str] | None, *, bound: bytes, first: int | None, after: str | None
) -> Page[StockLevel]:
    """The next rows of stock of a warehouse, by SKU and backend."""
    size = page_size(first)
    start = None if after is None else context.cursors.open(bound, after, StockPlace)
    # A backend that could not be asked for its warehouses may keep stock in this one.
    standings = needing_all(await context.loaders.stock_standings(), warehouse.sources)
    sites = [(record.backend, record.backend_id) for record in warehouse.records if standings[record.backend].error is None]
    try:
        rows = await context.catalogue.stock(sites, skus, start, size + 1)
        found = await _levels(context, warehouse, standings, rows[:size])
    except DatabaseUnavailable:
        rows, found, standings = [], [], without_database(standings)
    nodes = [level for _, level in found]
    shown = Shown(start, [row.place for row, _ in found], len(rows) > size)
    sources = [counted(standing.report(()), nodes, lambda level: {level.backend}) for standing in standings.values()]
    end = rows[:size][-1].place if rows else start
    return Page(
        nodes=nodes,
        cursor_behind=lambda index: context.cursors.seal(bound, shown.places[index]),
        end_cursor=context.cursors.seal(bound, end or StockPlace(_BEFORE_ALL)),
        has_next_page=shown.more,
        has_previous_page=after is not None,
        sources=sources,
        count=(lambda: context.catalogue.count_stock(sites, skus, shown)) if exact(sources) else None,
    )


async def _walk(
    context: Context, part: Part, matches: Callable[[E], bool] | None, start: Place | None, size: int
) -> tuple[list[tuple[Place, E]], Place | None, bool]:
    """Places with their entities, where the walk stands behind them, and whether more may follow."""
    found: list[tuple[Place, E]] = []
    more, place = True, start
    for _ in range(_ROUNDS):
        room = size - len(found)
        places = await context.catalogue.places(part, place, room + 1)
        more, places = len(places) > room, places[:room]
        entities: Sequence[E | None] = await context.loaders.entity_by_place[part.kind].load_many(places)
        found += [
            (one, entity)
            for one, entity in zip(places, entities, strict=True)
            if entity is not None and (matches is None or matches(entity))
        ]
        place = places[-1] if places else place
        if not more or len(found) == size:
            break
    return found, place, more


async def _levels(
    context: Context, warehouse: Warehouse, standings: Standings, rows: Sequence[StockRow]
) -> list[tuple[StockRow, StockLevel]]:
    loader = context.loaders.entity_by_place[CatalogueKind.VARIANT]
    variants: Sequence[Variant | None] = await loader.load_many([row.variant for row in rows])
    pairs = zip(rows, variants, strict=True)
    return [(row, level_of(row, variant, warehouse, standings[row.record.backend])) for row, variant in pairs if variant]


def level_of(row: StockRow, variant: Variant, warehouse: Warehouse, standing: Standing) -> StockLevel:
    """A row as clients see it. What the backend does not date is as of when the index was last in step."""
    record = row.record
    return StockLevel(
        backend=record.backend,
        variant=variant,
        warehouse=warehouse,
        as_of=record.counted_at or (standing.fresh.as_of if standing.fresh else None) or record.fetched_at,
        available=record.available,
        on_hand=record.on_hand,
        incoming=record.incoming,
        incoming_on=record.incoming_on,
    )


def _holders(entity: Product | Variant) -> set[Backend]:
    return {record.backend for record in entity.records}
