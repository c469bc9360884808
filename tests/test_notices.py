"""Notices: told once what they tell of is committed, to this process and to all others on its database."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Connection

from gateway.database import Database, Work
from gateway.errors import DatabaseUnavailable, Missed, TooSlow
from gateway.listening import listen
from gateway.models import Backend
from gateway.notices import Notice, Notices, Topic, announce
from gateway.order_changes import ChangeKind, OrderChanges
from tests.databases import disconnect_all, emptied, opened

SOON = 5.0


class Refused(Exception):
    """What a unit of work raises that fails."""


@dataclass
class Ear:
    """All that was heard, in order."""

    notices: Notices
    heard: list[Notice] = field(default_factory=list)
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    @contextmanager
    def open(self) -> Iterator["Ear"]:
        self.notices.bind()
        with self.notices.listening(self._hear, *Topic):
            yield self

    def _hear(self, notice: Notice) -> None:
        self.heard.append(notice)
        self._moved.set()

    async def until(self, count: int) -> list[Notice]:
        async with asyncio.timeout(SOON):
            while len(self.heard) < count:
                self._moved.clear()
                await self._moved.wait()
        return self.heard


def telling(*notices: Notice, fail: bool = False) -> Work[None]:
    def work(connection: Connection) -> None:
        announce(connection, *notices)
        if fail:
            raise Refused

    return work


def order(number: int) -> Notice:
    return Notice(Topic.ORDER, f"{number}", Backend.CENTRA, at=number)


async def test_what_is_committed_is_told_in_order_and_what_fails_is_not(database_url: str) -> None:
    with opened(database_url) as database, Ear(database.notices).open() as ear:
        works = [database.write(telling(order(n), order(n), fail=n % 3 == 0)) for n in range(20)]
        await asyncio.gather(*works, return_exceptions=True)
        await asyncio.to_thread(database.run, telling(order(20)), write=True)
        wanted = [order(n) for n in range(21) if n % 3 or n == 20]
        assert await ear.until(len(wanted)) == wanted


async def test_a_unit_that_fails_alone_tells_nothing_later_either(database_url: str) -> None:
    with opened(database_url) as database, Ear(database.notices).open() as ear:
        with pytest.raises(Refused):
            await asyncio.to_thread(database.run, telling(order(1), fail=True), write=True)
        await asyncio.to_thread(database.run, telling(order(2)), write=True)
        await database.write(telling(order(3)))
        assert await ear.until(2) == [order(2), order(3)]


@asynccontextmanager
async def replicas(address: str) -> AsyncIterator[tuple[Database, Ear, Ear]]:
    """A database as one process has it open, what that hears, and what another one hears."""
    with ExitStack() as stack:
        one, other = (stack.enter_context(opened(address)) for _ in range(2))
        ears = [stack.enter_context(Ear(each.notices).open()) for each in (one, other)]
        tasks = [asyncio.create_task(listen(each)) for each in (one, other)]
        try:
            while not ears[1].heard:  # it listens once it hears
                await one.write(telling(Notice(Topic.WORK)))
                await asyncio.sleep(0.02)
            await asyncio.sleep(0.1)
            for ear in ears:
                ear.heard.clear()
            yield one, ears[0], ears[1]
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def test_other_processes_hear_it_too_and_nobody_twice(postgres: str) -> None:
    """However much it is: what one message of PostgreSQL's carries is no bound."""
    async with replicas(emptied(postgres)) as (database, own, other):
        many = [Notice(Topic.ORDER, f"{n}/" + "ü\x00" * 100, Backend.CARTONCLOUD, deleted=True, at=n) for n in range(500)]
        await database.write(telling(*many))
        with pytest.raises(Refused):
            await database.write(telling(order(1), fail=True))
        await database.write(telling(order(2)))
        wanted = [*many, order(2)]
        assert await other.until(len(wanted)) == wanted
        assert await own.until(len(wanted)) == wanted


async def test_who_was_cut_off_says_so_and_hears_again(postgres: str) -> None:
    address = emptied(postgres)
    async with replicas(address) as (database, _, other):
        await asyncio.to_thread(disconnect_all, address)
        assert (await other.until(1))[0] == Notice(Topic.MISSED)
        async with asyncio.timeout(SOON):
            while len(other.heard) < 2:
                with suppress(DatabaseUnavailable):
                    await database.write(telling(order(7)))
                await asyncio.sleep(0.05)
        assert other.heard[1] == order(7)


async def test_who_watches_orders_hears_of_those_that_it_wants() -> None:
    notices = Notices()
    notices.bind()
    watching = OrderChanges(notices, 5).watch(lambda change: change.backend_id != "2")
    first = asyncio.create_task(anext(watching))
    await asyncio.sleep(0)
    notices.tell([order(2), order(3), Notice(Topic.ORDER, "4", Backend.CENTRA, deleted=True)])
    assert (await first).backend_id == "3"
    assert (await anext(watching)).kind is ChangeKind.DELETED
    await watching.aclose()


async def test_who_does_not_take_them_in_time_is_dropped_and_nobody_waits() -> None:
    notices = Notices()
    notices.bind()
    watching = OrderChanges(notices, 5).watch(lambda change: True)
    first = asyncio.create_task(anext(watching))
    await asyncio.sleep(0)
    notices.tell([order(n) for n in range(7)])
    with pytest.raises(TooSlow):
        await first


async def test_who_may_have_missed_some_is_told_so() -> None:
    notices = Notices()
    watching = OrderChanges(notices, 5).watch(lambda change: True)
    first = asyncio.create_task(anext(watching))
    await asyncio.sleep(0)
    notices.missed()
    with pytest.raises(Missed):
        await first
