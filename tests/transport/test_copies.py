"""Copies in the database: written behind the caller's back, found again by any process, and never too many or too old."""

import asyncio
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta

import httpx
import pytest
from sqlalchemy import func, insert, select

from gateway.clock import micros, now
from gateway.database import Database
from gateway.models import Backend
from gateway.transport.copies import KEPT_FOR, Answer, Copies, Copy, copies, spoil
from tests.stack import until

A_SECOND = timedelta(seconds=1)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    made.migrate()
    yield made
    made.close()


class Caller:
    """Keeps answers, and remembers which of them it was told are lost."""

    def __init__(self, copies: Copies) -> None:
        self.copies = copies
        self.lost: list[str] = []

    def keep(self, key: str, body: bytes | None, at: datetime, known_at: datetime | None = None) -> httpx.Response | None:
        response = None if body is None else httpx.Response(200, headers={"X-Total": "7", "Set-Cookie": "a=b"}, content=body)
        self.copies.keep(Answer(key, Backend.CENTRY, at, response, known_at, lambda: self.lost.append(key)))
        return response

    async def finds(self, key: str) -> Copy | None:
        """What another process finds, once all is written."""
        await self.copies.close()
        return await Copies(self.copies._database).find(key)


@pytest.fixture
def caller(database: Database) -> Caller:
    return Caller(Copies(database))


def older(database: Database, *ages: timedelta, size: int = 10) -> None:
    """Copies of these ages, as an earlier run left them."""
    row = {"backend": "CENTRY", "headers": "[]", "body": zlib.compress(b"old"), "size": size}
    rows = [{"key": str(n), "read_at": micros(now() - age), **row} for n, age in enumerate(ages)]
    database.run(lambda connection: connection.execute(insert(copies), rows), write=True)


def held(database: Database) -> set[str]:
    return database.run(lambda connection: set(connection.scalars(select(copies.c.key))))


async def test_a_copy_is_found_again_with_its_headers_and_its_time(caller: Caller) -> None:
    at = now()
    caller.keep("k", b"body" * 1000, at)
    found = await caller.finds("k")
    assert found is not None
    assert (found.body, found.read_at) == (b"body" * 1000, at)
    assert ("x-total", "7") in [(name.lower(), value) for name, value in found.headers]
    assert "set-cookie" not in [name.lower() for name, _ in found.headers]


async def test_what_waits_to_be_written_is_found_too(caller: Caller) -> None:
    caller.keep("k", b"1", now())
    found = await caller.copies.find("k")
    assert found is not None
    assert found.body == b"1"
    assert await caller.copies.find("other") is None
    await caller.copies.close()


async def test_it_is_written_by_itself_soon(caller: Caller, database: Database) -> None:
    caller.keep("a", b"1", now())
    caller.keep("b", b"2", now())
    await asyncio.to_thread(until, lambda: held(database) == {"a", "b"})


async def test_a_newer_answer_takes_the_place_of_the_older(caller: Caller, database: Database) -> None:
    at = now()
    caller.keep("k", b"1", at)
    await caller.copies.close()
    caller.keep("k", b"2", at + A_SECOND)
    caller.keep("k", b"3", at + 2 * A_SECOND)
    found = await caller.finds("k")
    assert found is not None
    assert (found.body, found.read_at) == (b"3", at + 2 * A_SECOND)
    assert held(database) == {"k"}


async def test_an_unchanged_copy_only_becomes_younger(caller: Caller) -> None:
    at = now()
    caller.keep("k", b"1", at)
    await caller.copies.close()
    caller.keep("k", None, at + A_SECOND, known_at=at)
    found = await caller.finds("k")
    assert found is not None
    assert (found.body, found.read_at) == (b"1", at + A_SECOND)
    assert caller.lost == []


async def test_a_copy_of_another_process_does_not_become_younger_by_what_this_one_read(
    caller: Caller, database: Database
) -> None:
    at = now()
    caller.keep("k", b"1", at)
    await caller.copies.close()
    other = Caller(Copies(database))
    other.keep("k", b"2", at + A_SECOND)
    await other.copies.close()

    caller.keep("k", None, at + 2 * A_SECOND, known_at=at)
    caller.keep("gone", None, at, known_at=at)
    found = await caller.finds("k")

    assert found is not None
    assert (found.body, found.read_at) == (b"2", at + A_SECOND)
    assert sorted(caller.lost) == ["gone", "k"]


async def test_an_answer_that_proves_useless_is_not_written(caller: Caller) -> None:
    at = now()
    caller.keep("k", b"good", at)
    await caller.copies.close()
    useless = caller.keep("k", b"<html>", at + A_SECOND)
    assert useless is not None
    spoil(useless)
    found = await caller.copies.find("k")
    assert found is not None
    assert found.body == b"good"
    assert await caller.finds("k") == found


async def test_a_copy_of_yesterday_is_not_served_and_goes(caller: Caller, database: Database) -> None:
    older(database, KEPT_FOR + A_SECOND, KEPT_FOR - timedelta(minutes=1))
    assert await caller.copies.find("0") is None
    young = await caller.copies.find("1")
    assert young is not None
    assert young.body == b"old"
    caller.keep("k", b"1", now())
    await caller.copies.close()
    assert held(database) == {"1", "k"}


@pytest.mark.parametrize("bounds", [{"most": 3}, {"most_bytes": 25}])
async def test_the_oldest_of_what_is_too_much_go(database: Database, bounds: dict[str, int]) -> None:
    older(database, *(timedelta(minutes=n + 1) for n in range(10)))
    caller = Caller(Copies(database, **bounds))
    caller.keep("k", b"1", now())
    await caller.copies.close()
    assert held(database) == {"0", "1", "k"} if "most" in bounds else {"0", "k"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_database_that_is_away_loses_copies_and_nothing_else(caller: Caller, database: Database) -> None:
    database.run(copies.drop, write=True)
    caller.keep("k", b"1", now())
    await caller.copies.close()
    assert caller.lost == ["k"]
    assert await caller.copies.find("k") is None


async def test_what_waits_is_bounded(caller: Caller, database: Database) -> None:
    for n in range(10):
        caller.keep(str(n), bytes(5_000_000), now())
    await caller.copies.close()
    assert caller.lost == [str(n) for n in range(6, 10)]
    assert database.run(lambda connection: connection.scalar(select(func.count()).select_from(copies))) == 6
