"""The merge: many backends' lists become one, in order, with nothing lost and nothing twice, whoever fails on the way."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from gateway.catalogue.index import CatalogueIndex
from gateway.cursors import CursorSeal
from gateway.database import Database
from gateway.entities import Page
from gateway.errors import BadUserInput, TimedOut
from gateway.links.channels import Channels
from gateway.links.words import Words
from gateway.models import Backend, Sort, SourceState
from gateway.order_changes import OrderChanges
from gateway.ports import Position, Slice
from gateway.principal import Principal
from gateway.registry import Registry
from gateway.transactions.desk import Desk
from gateway.warehouses import WarehouseNames
from resolvers.context import Context
from resolvers.loaders import Loaders
from resolvers.merge import merged_page
from resolvers.sources import Sources

START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Thing:
    backend: Backend
    backend_id: str
    list_time: datetime
    fetched_at: datetime = START


Read = Callable[[Backend, Position | None, int], object]


def context() -> Context:
    sources = Sources(Registry([], {name: ["X"] for name in Backend}))
    database = Database("sqlite:///never-opened.db")
    catalogue, words = CatalogueIndex(database), Words(database)
    return Context(
        principal=Principal("test", frozenset()),
        sources=sources,
        loaders=Loaders(sources, catalogue, WarehouseNames({}), words),
        catalogue=catalogue,
        cursors=CursorSeal(b"k" * 32),
        desk=Desk(database, lambda *_: None, asyncio.Event()),
        order_changes=OrderChanges(database.notices, 1),
        stock_preference=(),
        link_channels=Channels(),
        link_words=words,
    )


def things(rng: random.Random, count: int) -> list[Thing]:
    """Few different times, so that many are equal."""
    return [
        Thing(rng.choice(list(Backend)), f"{n:03}", START + timedelta(hours=rng.randrange(count // 3 + 1)))
        for n in range(count)
    ]


def key(thing: Thing) -> tuple[datetime, str, str]:
    return thing.list_time, thing.backend, thing.backend_id


class Shelf:
    """Backends that hold things: each gives its next ones, at most `chunk` at a time, and fails when it is told to."""

    def __init__(self, held: Sequence[Thing], sort: Sort, chunk: int = 1000) -> None:
        self.held, self.sort, self.chunk = held, sort, chunk
        self.failing: set[Backend] = set()

    async def read(self, name: Backend, position: Position | None, limit: int) -> Slice[Thing]:
        if name in self.failing:
            raise TimedOut(name, "late")
        mine = sorted((t for t in self.held if t.backend is name), key=key, reverse=self.sort is Sort.DESC)
        if position is not None:
            at = position.list_time, name, position.backend_id
            mine = [t for t in mine if (key(t) < at if self.sort is Sort.DESC else key(t) > at)]
        given = mine[: min(limit, self.chunk)]
        last = Position(given[-1].list_time, given[-1].backend_id) if given else position
        return Slice(records=given, position=last, more=len(given) < len(mine))


async def page(shelf: Shelf, first: int, after: str | None, at: Context) -> Page[Thing]:
    return await merged_page(at, list(Backend), shelf.read, bound=b"12345678", first=first, after=after, sort=shelf.sort)


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("first", [1, 7, 50, 250])
@pytest.mark.parametrize("chunk", [1, 3, 1000])
async def test_a_walk_is_the_sorted_whole(sort: Sort, first: int, chunk: int) -> None:
    held = things(random.Random(f"{sort} {first} {chunk}"), 60)
    shelf, at = Shelf(held, sort, chunk), context()
    found: list[Thing] = []
    after, more = None, True
    while more:
        part = await page(shelf, first, after, at)
        assert len(part.nodes) <= first
        found += part.nodes
        after, more = part.end_cursor, part.has_next_page
    assert found == sorted(held, key=key, reverse=sort is Sort.DESC)


@pytest.mark.parametrize("sort", list(Sort))
async def test_each_edge_is_a_place_to_go_on(sort: Sort) -> None:
    held = things(random.Random(5), 40)
    shelf, at = Shelf(held, sort), context()
    whole = await page(shelf, 40, None, at)
    for edge in whole.edges:
        rest = await page(shelf, 40, edge.cursor, at)
        assert rest.nodes == whole.nodes[edge.index + 1 :]


async def test_records_of_a_backend_that_fails_for_some_pages_come_later() -> None:
    for seed in range(30):
        rng = random.Random(seed)
        held = things(rng, 50)
        shelf, at = Shelf(held, Sort.DESC), context()
        found: list[Thing] = []
        after = None
        for _ in range(200):
            shelf.failing = set(rng.sample(list(Backend), rng.randrange(3)))
            part = await page(shelf, 6, after, at)
            failed = {source.backend for source in part.sources if source.state is SourceState.FAILED}
            assert failed == shelf.failing
            assert list(part.nodes) == sorted(part.nodes, key=key, reverse=True)
            found += part.nodes
            after = part.end_cursor
        assert sorted(found, key=key) == sorted(held, key=key)


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("first", [1, 4])
async def test_what_is_added_ahead_of_a_walk_comes_too_late_for_it(sort: Sort, first: int) -> None:
    """Also where it is a backend's first record: the walk keeps its order."""
    for seed in range(30):
        rng = random.Random(seed)
        held = [thing for thing in things(rng, 30) if thing.backend is not Backend.CENPORTS]
        shelf, at = Shelf(list(held), sort), context()
        found: list[Thing] = []
        after, more = None, True
        while more:
            part = await page(shelf, first, after, at)
            found += part.nodes
            assert sum(source.count for source in part.sources) == len(part.nodes)
            after, more = part.end_cursor, part.has_next_page
            shelf.held = [*shelf.held, Thing(rng.choice(list(Backend)), f"new {len(found)}", rng.choice(held).list_time)]
            more = more and len(found) < 200
        assert found == sorted(found, key=key, reverse=sort is Sort.DESC)
        assert set(held) <= set(found)
        assert len(set(found)) == len(found)


async def test_where_all_fail_the_walk_can_go_on_from_the_same_place() -> None:
    shelf, at = Shelf(things(random.Random(2), 20), Sort.ASC), context()
    first = await page(shelf, 5, None, at)
    shelf.failing = set(Backend)
    nothing = await page(shelf, 5, first.end_cursor, at)
    assert (list(nothing.nodes), nothing.has_next_page) == ([], False)
    shelf.failing = set()
    assert (await page(shelf, 5, nothing.end_cursor, at)).nodes == (await page(shelf, 5, first.end_cursor, at)).nodes


LONGEST_IDS = {
    Backend.CARTONCLOUD: "c3706e8c-7526-11e8-adc0-fa7ae01b3ebc",
    Backend.CENPORTS: "WALMART-MARKETPLACE-US/113-7284916-4402633-0001/420945459405511206206830423177",
    Backend.CENTRA: "1000030001/1000030001-12",
    Backend.CENTRY: "577eb7b8f82f456ef4000001/BLUE-EXPRESS-7012345678901234",
}
"""A shipment of each backend: of Cenports with channel, a marketplace's order number and a label's 30 digits."""


async def test_a_cursor_over_all_backends_with_long_ids_is_short() -> None:
    held = [
        Thing(name, backend_id, datetime(2099, 12, 31, 23, 59, 59, 999_999, UTC)) for name, backend_id in LONGEST_IDS.items()
    ]
    whole = await page(Shelf(held, Sort.DESC), 50, None, context())

    assert len(whole.nodes) == len(Backend)
    assert len(whole.end_cursor) < 400
    assert len(whole.edges[-1].cursor) < 400


async def test_a_cursor_belongs_to_its_backends() -> None:
    shelf, at = Shelf(things(random.Random(4), 20), Sort.ASC), context()
    cursor = (await page(shelf, 5, None, at)).end_cursor
    with pytest.raises(BadUserInput, match="another list"):
        await merged_page(at, [Backend.CENTRA], shelf.read, bound=b"12345678", first=5, after=cursor, sort=Sort.ASC)


async def test_counts_are_of_this_page() -> None:
    shelf, at = Shelf(things(random.Random(3), 30), Sort.DESC), context()
    part = await page(shelf, 11, None, at)
    assert {s.backend: s.count for s in part.sources} == {
        name: sum(thing.backend is name for thing in part.nodes) for name in Backend
    }
    assert Decimal(sum(s.count for s in part.sources)) == 11
