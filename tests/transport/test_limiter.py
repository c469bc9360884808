"""The limiter: all processes together keep within a backend's limit, whoever cannot wait hears of it, and a 429 stops all."""

import asyncio
import sys
import time
from array import array
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from gateway.clock import micros, now
from gateway.database import Database
from gateway.errors import RateLimited, TimedOut
from gateway.models import Backend, CircuitState
from gateway.rates import Rates, rate_limits
from gateway.settings import BackendSettings
from gateway.transport import Circuits, Turnstiles, connect
from tests import databases
from tests.transport.server import Request, Writer, send, serving

ROOT = Path(__file__).parents[2]


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with databases.opened(database_url) as made:
        yield made


@asynccontextmanager
async def calling(
    address: str, database: Database, limit: str, patience: float = 5, circuits: Circuits | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """A client as a process of its own has it: with others it shares the database alone."""
    settings = BackendSettings.model_validate({"timeout": patience, "cache_ttl": 0, "rate_limit": limit})
    turnstiles = Turnstiles(Rates(database))
    async with connect(Backend.CENTRY, settings, base_url=address, turnstiles=turnstiles, circuits=circuits) as http:
        yield http


def most_in(moments: list[int], span: int) -> int:
    return max(sum(start <= moment < start + span for moment in moments) for start in moments)


async def given(database: Database, seen: Counter[int]) -> None:
    """Look again and again how many turns are kept at which moment: each is for longer than a second."""
    while True:
        written = await database.read(lambda connection: connection.scalar(select(rate_limits.c.turns)))
        seen |= Counter(turn >> 1 for turn in array("q", written or b""))
        await asyncio.sleep(0.05)


async def test_two_processes_on_one_database_never_exceed_the_limit_in_any_window(
    database: Database, database_url: str
) -> None:
    """A call goes when its turn has come, and no window holds more turns: on a busy machine it may arrive later."""
    arrived: list[int] = []
    seen = Counter[int]()

    async def note(request: Request, writer: Writer) -> None:
        arrived.append(micros(now()))
        send(writer)

    looking = asyncio.create_task(given(database, seen))
    async with serving(note) as server:
        command = (sys.executable, "-m", "tests.transport.rated", server.address, database_url, "10/second", "3")
        processes = [await asyncio.create_subprocess_exec(*command, cwd=ROOT) for _ in range(2)]
        assert [await process.wait() for process in processes] == [0, 0]
    looking.cancel()
    turns = sorted(seen.elements())

    assert most_in(turns, 1_000_000) <= 10
    assert len(turns) == len(arrived) >= 20, "they are let through as soon as there is room"
    assert all(at >= turn for at, turn in zip(arrived, turns, strict=True))
    assert len({request.connection for request in server.requests}) >= 2


async def test_a_caller_that_cannot_wait_is_told_when_to_come_again_and_calls_nobody(database: Database) -> None:
    async with serving(fine) as server, calling(server.address, database, "2/minute", patience=1) as http:
        await http.get("/1")
        begun = time.monotonic()
        with pytest.raises(RateLimited) as refused:
            await http.get("/2")

        assert time.monotonic() - begun < 0.5
        assert 50 < (refused.value.retry_after or 0) <= 61
        assert len(server.requests) == 1
        assert (await http.post("/3", json={})).status_code == 200, "a share is kept for writes"


async def test_a_429_stops_all_processes_for_as_long_as_it_says(database: Database) -> None:
    times: list[float] = []

    async def refuse_once(request: Request, writer: Writer) -> None:
        times.append(time.monotonic())
        if len(times) == 1:
            send(writer, status=429, retry_after="1")
        else:
            send(writer)

    async with (
        serving(refuse_once) as server,
        calling(server.address, database, "100/second") as one,
        calling(server.address, database, "100/second") as other,
    ):
        assert (await one.post("/", json={})).status_code == 429
        assert (await other.get("/")).status_code == 200
    assert times[1] - times[0] >= 1


async def test_without_the_database_a_process_keeps_the_limit_by_itself(database: Database, database_url: str) -> None:
    hurried = Database(database_url, timeout=0.2)
    async with serving(fine) as server, calling(server.address, hurried, "2/minute", patience=2) as http:
        await http.post("/1", json={})
        with databases.locked(database_url):
            await http.post("/2", json={})
            with pytest.raises(RateLimited):
                await http.post("/3", json={})
        assert len(server.requests) == 2
    hurried.close()


async def fine(_request: Request, writer: Writer) -> None:
    send(writer)


@pytest.mark.parametrize("waits", [True, False])
async def test_the_time_for_which_a_call_waits_for_its_turn_is_not_its_backends(database: Database, waits: bool) -> None:
    """A backend that is given half of a call's time and does not answer may well be slow, and is not known to be down."""

    async def busy_then_silent(request: Request, writer: Writer) -> None:
        if request.target == "/busy":
            send(writer, status=429, retry_after="0.8")
        else:
            await asyncio.sleep(30)

    circuits = Circuits(30)
    async with (
        serving(busy_then_silent) as server,
        calling(server.address, database, "100/second", patience=1.2, circuits=circuits) as http,
    ):
        if waits:
            await http.post("/busy", json={})
        calls = [http.post(f"/{number}", json={}) for number in range(5)]
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [TimedOut] * 5
    assert circuits.state(Backend.CENTRY) is (CircuitState.CLOSED if waits else CircuitState.OPEN)
