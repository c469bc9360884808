"""Upkeep: the index gets filled, stays in step with few calls, goes on where it was broken off, and is kept by one process."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from gateway.backends.centry.sandbox import CentrySandbox
from gateway.catalogue.entries import Shelf
from gateway.catalogue.index import CatalogueIndex, Part, Place
from gateway.catalogue.records import CatalogueKind
from gateway.catalogue.states import State
from gateway.catalogue.tables import states
from gateway.catalogue.upkeep import Keeper, Lost
from gateway.clock import micros, now
from gateway.database import Database
from gateway.errors import BackendError, Unavailable
from gateway.models import Backend, VariantRecord
from gateway.sandbox.world import System, make_world
from tests import databases
from tests.backends.centry.backing import BRAND, CATEGORY, PRODUCT, PRODUCTS, VARIANTS, Backing, backing
from tests.cluster import Cluster

WORLD = make_world(orders=0)
SKUS = sorted(item.sku for item in WORLD.items_of(System.CENTRY))
PAGE = 30
SHELF = Shelf(CatalogueKind.VARIANT, Backend.CENTRY)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with databases.opened(database_url) as made:
        yield made


@dataclass
class Kept:
    """An index of Centry's variants, in few pages, and the process that keeps it."""

    centry: Backing
    database: Database
    keeper: Keeper

    async def due(self) -> None:
        """Let the next turn be due at once."""
        await self.database.write(lambda connection: connection.execute(update(states).values(due_at=0)))

    async def turn(self) -> list[str]:
        """A turn that is due; gives the calls that it took."""
        await self.due()
        await self.keeper.turn()
        return sorted((await self.centry.calls()).elements())

    async def skus(self) -> list[str]:
        part = Part(kind=CatalogueKind.VARIANT, backends=[Backend.CENTRY])
        return [place.key for place in await CatalogueIndex(self.database).places(part, None, 1000)]

    async def records(self) -> list[VariantRecord]:
        held = await CatalogueIndex(self.database).records(CatalogueKind.VARIANT, [Place(False, sku) for sku in SKUS])
        return [record for records in held.values() for record in records]

    async def state(self) -> State:
        return (await CatalogueIndex(self.database).states(CatalogueKind.VARIANT))[Backend.CENTRY]


@asynccontextmanager
async def kept(database: Database, **settings: Any) -> AsyncIterator[Kept]:
    async with backing(CentrySandbox(WORLD), databases.resources(database), page_size=PAGE, **settings) as centry:
        yield Kept(centry, database, keeper(centry, database))


def keeper(centry: Backing, database: Database) -> Keeper:
    return Keeper(SHELF, centry.backend.catalogue[CatalogueKind.VARIANT], database, asyncio.Event())


async def test_one_pass_reads_everything_and_then_one_call_tells_what_changed(database: Database) -> None:
    async with kept(database) as index:
        first = await index.turn()
        assert await index.skus() == SKUS
        assert len(first) == -(-len(SKUS) // PAGE) + 1  # the last page is empty

        assert await index.turn() == [VARIANTS]
        assert (await index.state()).as_of is not None


async def test_a_changed_a_new_and_a_deleted_variant(database: Database) -> None:
    async with kept(database) as index:
        await index.turn()
        first, second, *_ = sorted(await index.records(), key=lambda record: record.sku or "")
        await index.centry.write("PUT", f"/variants/{first.backend_id}.json", sku="A-CHANGED")
        await index.centry.write("POST", "/variants.json", sku="A-NEW", product_id=first.product_backend_id)
        await index.centry.write("DELETE", f"/variants/{second.backend_id}.json")

        await index.turn()
        assert (await index.skus())[:2] == ["A-CHANGED", "A-NEW"]
        assert SKUS[1] in await index.skus(), "nothing tells of a deletion but the next pass"
        await database.write(
            lambda connection: connection.execute(update(states).values(passed_at=micros(now() - timedelta(days=2))))
        )
        await index.turn()
        assert await index.skus() == ["A-CHANGED", "A-NEW", *SKUS[2:]]


async def test_what_this_process_has_changed_is_looked_at_out_of_turn(database: Database) -> None:
    async with kept(database, index_interval=3600) as index:
        await index.turn()
        catalogue = CatalogueIndex(database)
        feed = index.centry.backend.catalogue[CatalogueKind.VARIANT]
        task = asyncio.create_task(Keeper(SHELF, feed, database, catalogue.called(SHELF)).work())
        await index.centry.write(
            "POST", "/variants.json", sku="A-NEW", product_id=(await index.records())[0].product_backend_id
        )
        catalogue.look_again(SHELF)

        async with asyncio.timeout(20):
            while True:
                await asyncio.sleep(0.02)
                if "A-NEW" in await index.skus():
                    break
        task.cancel()


async def test_a_pass_that_fails_is_told_of_and_goes_on_where_it_was(database: Database) -> None:
    async with kept(database) as index:
        await index.centry.fault(match="GET /conexion/v1/variants.json", times=2)
        await index.centry.fault(match="GET /conexion/v1/variants.json", status=500)
        await index.turn()
        held_up = await index.state()
        assert isinstance(held_up.error, Unavailable)
        assert (held_up.as_of, held_up.pass_read) == (None, 2 * PAGE)
        await index.centry.mend()

        rest = await index.turn()
        assert await index.skus() == SKUS
        assert len(rest) == -(-len(SKUS) // PAGE) + 1 - 2
        assert (await index.state()).error is None


async def test_a_backend_that_keeps_failing_is_left_in_peace_between_two_tries(database: Database) -> None:
    async with kept(database) as index:
        await index.centry.fault(match="GET /conexion/v1/variants.json", times=2)
        await index.centry.fault(match="GET /conexion/v1/variants.json", status=500)
        for _ in range(3):
            await index.due()
            assert await index.keeper.turn() == 2, "a first pass is tried again soon, but not at once"
        assert (await index.state()).pass_read == 2 * PAGE


async def test_an_index_stays_when_its_backend_fails(database: Database) -> None:
    async with kept(database) as index:
        await index.turn()
        before = await index.state()
        await index.centry.fault(match="GET /conexion/v1/variants.json", status=500)
        await index.turn()

        after = await index.state()
        assert isinstance(after.error, Unavailable)
        assert after.as_of == before.as_of
        assert await index.skus() == SKUS


async def test_of_two_processes_one_keeps_the_index_until_it_is_silent_for_too_long(database: Database) -> None:
    async with kept(database) as index:
        other = keeper(index.centry, database)
        await index.turn()
        await other.turn()
        assert not await index.centry.calls(), "it is not due"

        await index.due()
        claimed = await index.keeper._claimed()
        assert claimed is not None
        await other.turn()
        assert not await index.centry.calls(), "somebody is at it"

        await database.write(lambda connection: connection.execute(update(states).values(kept_until=0)))
        await other.turn()
        assert await index.centry.calls()


async def test_a_process_that_was_thought_dead_writes_nothing_more(database: Database) -> None:
    async with kept(database) as index:
        stalled = await index.keeper._claimed()
        assert stalled is not None
        await database.write(lambda connection: connection.execute(update(states).values(kept_until=0)))
        await keeper(index.centry, database).turn()
        state = await index.state()

        with pytest.raises(Lost):
            await index.keeper._pass(stalled)
        assert await index.state() == state
        assert await index.skus() == SKUS


async def test_other_settings_have_everything_read_anew(database: Database) -> None:
    async with kept(database) as index:
        await index.turn()
        assert {record.price.currency for record in await index.records() if record.price} == {"CLP"}

    async with kept(database, currency="USD") as index:
        await index.turn()
        assert {record.price.currency for record in await index.records() if record.price} == {"USD"}


async def test_a_process_that_ends_in_the_middle_leaves_its_place_to_the_next_at_once(database: Database) -> None:
    async with kept(database) as index:
        await index.centry.fault(match="GET /conexion/v1/variants.json", times=1)
        await index.centry.fault(match="GET /conexion/v1/variants.json", latency=30)
        ending = asyncio.create_task(index.keeper.turn())
        await index.centry.until_called(2)
        ending.cancel()
        with suppress(asyncio.CancelledError):
            await ending
        await index.centry.mend()

        await keeper(index.centry, database).turn()
        assert await index.skus() == SKUS


async def test_a_process_ends_when_it_is_told_to_though_the_database_is_away(cluster: Cluster) -> None:
    with databases.opened(cluster.address) as database:
        async with kept(database) as index:
            await index.centry.fault(match="GET /conexion/v1/variants.json", latency=30)
            ending = asyncio.create_task(index.keeper.work())
            await index.centry.until_called(1)
            cluster.kill()
            ending.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.wait_for(ending, 10)
            await index.centry.mend()


async def test_a_product_is_found_by_its_sku_without_reading_all_of_them(database: Database) -> None:
    async with kept(database) as index:
        shelf, feed = Shelf(CatalogueKind.PRODUCT, Backend.CENTRY), index.centry.backend.catalogue[CatalogueKind.PRODUCT]
        await Keeper(shelf, feed, database, asyncio.Event()).turn()
        await index.centry.calls()
        sku = WORLD.items_of(System.CENTRY)[0].product

        assert await products(index, sku) == {sku: [sku]}
        assert await index.centry.calls() == {PRODUCT: 1, BRAND: 1, CATEGORY: 1}

        assert await products(index, "NEW") == {}
        assert await index.centry.calls() == {PRODUCTS: 1}, "it may be newer than the index: one look at what changed"
        await index.centry.write("POST", "/products.json", sku="NEW", name="New", brand_id=None)
        assert await products(index, "NEW") == {"NEW": ["NEW"]}


async def products(index: Kept, sku: str) -> dict[str, list[str | None]]:
    found = await index.centry.backend.products_by_sku([sku])
    return {key: [record.sku for record in of] for key, of in found.items() if not isinstance(of, BackendError)}
