"""Leases: one process of all does the work, and another takes over from one that is gone."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import update

from gateway.database import Database
from gateway.leases import Leases, leases
from tests import databases

WORK = "visits/CENTRA"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    with databases.opened(database_url) as made:
        yield made


async def free(leases_of_one: Leases) -> bool:
    async with leases_of_one.held(WORK) as ours:
        return ours


async def end_all(database: Database) -> None:
    await database.write(lambda connection: connection.execute(update(leases).values(until=0)))


async def test_one_of_all_has_it(database: Database) -> None:
    one, other = Leases(database, 60), Leases(database, 60)
    async with one.held(WORK) as ours:
        assert ours
        assert not await free(other)
        async with other.held("another work") as another:
            assert another
    assert await free(other)


async def test_who_rests_keeps_it_and_may_come_back(database: Database) -> None:
    one, other = Leases(database, 60), Leases(database, 60)
    async with one.held(WORK, rest=1):
        pass
    assert not await free(other)
    assert await free(one)
    assert await free(other)


async def test_after_its_end_another_takes_over_and_the_first_has_no_say(database: Database) -> None:
    one, other = Leases(database, 60), Leases(database, 60)
    async with one.held(WORK, rest=1):
        await one.come_to(WORK, "as far as this")
        await end_all(database)
        async with other.held(WORK) as theirs:
            assert theirs
            assert await other.place(WORK) == "as far as this"
            await one.come_to(WORK, "further")
    assert await one.place(WORK) == "as far as this"


async def test_it_is_renewed_as_long_as_it_is_held(database: Database) -> None:
    one, other = Leases(database, 0.3), Leases(database, 60)
    async with one.held(WORK):
        await asyncio.sleep(0.8)
        assert not await free(other)


async def test_who_is_told_to_end_leaves_it_free(database: Database) -> None:
    one, other = Leases(database, 60), Leases(database, 60)
    begun = asyncio.Event()

    async def hold() -> None:
        async with one.held(WORK, rest=60):
            begun.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(hold())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await free(other)


async def test_who_has_rested_may_leave_it_to_others(database: Database) -> None:
    one, other = Leases(database, 60), Leases(database, 60)
    async with one.held(WORK, rest=60):
        pass
    await other.leave(WORK)
    assert not await free(other)
    await one.leave(WORK)
    assert await free(other)
