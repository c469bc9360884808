"""The engine while its database is away or slow, and when processes lose what they hold."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import Connection

from gateway.database import Database
from gateway.errors import RateLimited
from gateway.models import Backend
from gateway.transactions import claims
from gateway.transactions.facts import Transaction
from gateway.transactions.facts import TransactionStatus as Status
from gateway.transactions.turn import Pace
from gateway.transactions.work import Done, Job, Ready
from tests.databases import locked
from tests.transactions.conftest import ADMIN, QUICK, Engine
from tests.transactions.till import PayIn, Payment, Till

_HURRIED = 0.6  # seconds that the database has for a piece of work


class Paused(PayIn):
    """Waits for a word after the message is made, and another after it has arrived."""

    def __init__(self, till: Till) -> None:
        super().__init__(till)
        self.made, self.arrived = asyncio.Event(), asyncio.Event()
        self.go_on = asyncio.Event()

    async def prepare(self, job: Job[Payment]) -> Ready | Done:
        ready = await super().prepare(job)
        self.made.set()
        await self.go_on.wait()
        return ready


class Answering(Paused):
    async def prepare(self, job: Job[Payment]) -> Ready | Done:
        return await PayIn.prepare(self, job)

    async def send(self, job: Job[Payment]) -> Done:
        await super().send(job)
        self.arrived.set()
        await self.go_on.wait()
        return self._done(job)


@pytest.fixture
def hurried(database_url: str, database: Database) -> Iterator[Database]:
    """The database, for a worker that does not wait for it as its clients do."""
    made = Database(database_url, timeout=_HURRIED)
    yield made
    made.close()


@asynccontextmanager
async def away(address: str, seconds: float) -> AsyncIterator[None]:
    """The database takes no writes while the block runs, and so many seconds longer."""
    with locked(address):
        yield
        await asyncio.sleep(seconds)


async def test_an_outcome_is_kept_until_the_database_takes_it(database_url: str, database: Database, hurried: Database) -> None:
    """Longer than a lease: nobody can find out what became of it, but its process knows."""
    engine = Engine(database, Till(knows=False))
    engine.change = change = Answering(engine.till)
    async with engine.working(database=hurried):
        handed_in = await engine.submit("a")
        await change.arrived.wait()
        async with away(database_url, 3 * QUICK.lease):
            change.go_on.set()
        ended = await engine.ended(handed_in)

    assert (ended.status, ended.steps[0].attempts) == (Status.COMPLETED, 1)
    assert engine.till.booked("a") == [1]


async def test_what_could_not_be_announced_is_not_sent(database_url: str, database: Database, hurried: Database) -> None:
    engine = Engine(database, Till(knows=False))
    engine.change = change = Paused(engine.till)
    async with engine.working(database=hurried):
        handed_in = await engine.submit("a")
        await change.made.wait()
        async with away(database_url, 1.5):
            change.go_on.set()
            await asyncio.sleep(2 * _HURRIED)
            assert engine.till.keys == []
        ended = await engine.ended(handed_in)

    assert ended.status is Status.COMPLETED
    assert engine.till.booked("a") == [1]


async def test_a_process_that_was_held_up_too_long_before_it_could_send_does_not(database_url: str, database: Database) -> None:
    """Others may have begun to find out what became of it by then. As it was not sent, it is no unknown outcome.

    A slow machine may hold it up again.
    """
    engine = Engine(database, Till(knows=False))
    engine.change = change = Paused(engine.till)
    async with engine.working(Pace(lease=1.5, turn=20)):
        handed_in = await engine.submit("a")
        await change.made.wait()
        async with away(database_url, 1):
            change.go_on.set()
        ended = await engine.ended(handed_in)

    assert ended.status is Status.COMPLETED
    assert ended.steps[0].attempts > 1
    assert len(engine.till.keys) == 1


async def test_only_what_is_in_hand_is_held_on_to(engine: Engine) -> None:
    """A process that is alive and busy, but whose turn of a step has ended without a word, must not keep it for ever."""
    kept, dropped = await engine.submit("a"), await engine.submit("b")

    def hold(connection: Connection) -> None:
        mine, _ = claims.claim(connection, "busy", 0.3, {Backend.CENTRY: 2})
        claims.renew(connection, "busy", 60, [mine.step])

    await engine.database.write(hold)
    async with engine.working():
        assert (await engine.ended(dropped)).status is Status.COMPLETED
        found = await engine.desk.find(ADMIN, kept.handle)
    assert found
    assert found.status is Status.PROCESSING
    assert engine.till.booked("a") == []


async def test_a_process_does_not_take_what_it_has_in_hand(engine: Engine) -> None:
    await engine.submit("a")

    def twice(connection: Connection) -> int:
        (held,) = claims.claim(connection, "busy", 0, {Backend.CENTRY: 9})
        assert claims.claim(connection, "busy", 0, {Backend.CENTRY: 9}, [held.step]) == []
        return len(claims.claim(connection, "other", 0, {Backend.CENTRY: 9}))

    assert await engine.database.write(twice) == 1


async def test_a_turn_that_took_too_long_is_written_down_all_the_same(engine: Engine) -> None:
    engine.till.lasts = 30
    async with engine.working(Pace(lease=5, turn=0.8)):
        handed_in = await engine.submit("a")
        late = "Centry did not answer in time."
        told = await engine.until(lambda found: any(error.message == late for error in found.errors), handed_in)
    assert told.status is Status.PROCESSING


async def test_a_backend_that_wants_to_be_left_alone_hears_of_no_other_step(engine: Engine) -> None:
    """However many wait for it: they keep their turns until it may be asked again."""
    engine.till.answers = [RateLimited(Backend.CENTRY, "Wait.", retry_after=1)]
    async with engine.working():
        first = await engine.submit("first")
        await engine.until(lambda found: bool(found.errors), first)
        began = asyncio.get_running_loop().time()
        later = [await engine.submit(f"name {number}") for number in range(20)]
        assert len(engine.till.keys) == 1
        for each in [*later, first]:
            assert (await engine.ended(each)).status is Status.COMPLETED
    assert asyncio.get_running_loop().time() - began > 0.8
    assert {step.attempts for each in later for step in (await found(engine, each)).steps} == {1}


async def found(engine: Engine, handed_in: Transaction) -> Transaction:
    seen = await engine.desk.find(ADMIN, handed_in.handle)
    assert seen
    return seen
