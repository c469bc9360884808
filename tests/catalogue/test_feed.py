"""The feed out of the read model: each change is read once, and one that becomes visible late is not missed."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import update

from gateway.catalogue.entries import Shelf
from gateway.catalogue.records import CatalogueKind
from gateway.catalogue.tables import states
from gateway.catalogue.upkeep import Keeper
from gateway.clock import micros, now
from gateway.database import Database
from gateway.models import Backend
from gateway.ports import CataloguePage
from gateway.readmodel.feed import Feed
from gateway.readmodel.store import Change, Kind, ReadModel
from gateway.readmodel.tables import records
from tests import databases


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with databases.opened(database_url) as made:
        yield made


class Told:
    """What Centra told of its variants, and which of it is read for the index."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._read_model = ReadModel(database)
        self._asked: list[str] = []

    def keeper(self) -> Keeper:
        """A process that keeps the index."""
        feed = Feed(
            read_model=self._read_model,
            backend=Backend.CENTRA,
            kinds=(Kind.VARIANT,),
            read=self._page,
            untold=frozenset(),
            interval=10,
            form="",
        )
        return Keeper(Shelf(CatalogueKind.VARIANT, Backend.CENTRA), feed, self._database, asyncio.Event())

    async def take(self, record_id: str, *, seconds_ago: float = 0) -> None:
        """Take over a variant; with a time, as if it had been under way for so long before anybody could see it."""
        await self._read_model.take(Backend.CENTRA, [], [Change(kind=Kind.VARIANT, record_id=record_id, payload=b"{}")])
        at = update(records).where(records.c.record_id == record_id)
        taken_at = micros(now() - timedelta(seconds=seconds_ago))
        await self._database.write(lambda connection: connection.execute(at.values(fetched_at=taken_at)))

    async def read_by(self, keeper: Keeper) -> list[str]:
        """What its next turn reads."""
        self._asked.clear()
        await self._database.write(lambda connection: connection.execute(update(states).values(due_at=0)))
        await keeper.turn()
        return sorted(self._asked)

    async def _page(self, ids: Sequence[str]) -> CataloguePage:
        self._asked += ids
        return CataloguePage(records=())


async def test_a_change_is_read_once(database: Database) -> None:
    centra = Told(database)
    keeper = centra.keeper()
    await centra.take("1")
    assert await centra.read_by(keeper) == ["1"]
    assert await centra.read_by(keeper) == ["1"], "what was taken over while everything was read may have been missed"

    assert await centra.read_by(keeper) == []
    await centra.take("2")
    assert await centra.read_by(keeper) == ["2"]
    assert await centra.read_by(keeper) == []


async def test_a_change_that_others_have_overtaken_is_read_when_it_is_looked_back(database: Database) -> None:
    centra = Told(database)
    keeper = centra.keeper()
    await centra.take("1")
    await centra.read_by(keeper)
    await centra.read_by(keeper)
    await centra.take("overtaken", seconds_ago=30)

    assert await centra.read_by(keeper) == [], "it has looked back a moment ago"
    assert await centra.read_by(centra.keeper()) == ["1", "overtaken"]
