"""Cache: what was read a moment ago is not asked for again, unless the operation wants it so."""

import asyncio
import itertools
from datetime import UTC, timedelta

import pytest

from gateway.clock import now
from gateway.transport import fetched_at, skip_cache
from tests.transport.conftest import Connect
from tests.transport.server import Handler, Request, Writer, send, serving


def counting(size: int = 0) -> Handler:
    numbers = itertools.count(1)

    async def answer(request: Request, writer: Writer) -> None:
        status = 404 if request.target == "/missing" else 200
        send(writer, {"number": next(numbers), "filling": "x" * size}, status)

    return answer


async def test_a_read_is_answered_from_the_cache_until_it_is_old(client: Connect) -> None:
    async with serving(counting()) as server:
        http = client(server.address, cache_ttl=1)
        numbers = [(await http.get("/a")).json()["number"] for _ in range(3)]
        assert numbers == [1, 1, 1]

        await asyncio.sleep(1.01)
        assert (await http.get("/a")).json()["number"] == 2


async def test_an_answer_tells_when_it_came(client: Connect) -> None:
    async with serving(counting()) as server:
        http = client(server.address, cache_ttl=60)
        before = now()
        fresh = fetched_at(await http.get("/a"))
        between = now()
        cached = fetched_at(await http.get("/a"))
        written = fetched_at(await http.post("/a"))

    assert before <= fresh <= between <= written
    assert cached == fresh
    assert fresh.tzinfo is UTC
    assert now() - written < timedelta(seconds=10)


async def test_zero_means_never(client: Connect) -> None:
    async with serving(counting()) as server:
        http = client(server.address, cache_ttl=0)
        assert [(await http.get("/a")).json()["number"] for _ in range(2)] == [1, 2]


async def test_only_good_answers_to_gets_are_kept(client: Connect) -> None:
    async with serving(counting()) as server:
        http = client(server.address, cache_ttl=60)
        for _ in range(2):
            await http.get("/missing")
            await http.post("/a", extensions={"read": True})
            await http.get("/c", headers={"Accept-Version": "1"})
        await http.get("/c", headers={"Accept-Version": "2"})

    assert len(server.requests) == 6


@pytest.mark.parametrize("path", ["/a", "/missing"])
async def test_what_was_read_before_a_change_of_ours_is_not_served_after_it(client: Connect, path: str) -> None:
    """Whatever came of it: an answer that says no may have come after a change."""
    async with serving(counting()) as server:
        http = client(server.address, cache_ttl=60)
        for _ in range(2):
            await http.get("/a")
        await http.post(path)
        for _ in range(2):
            await http.get("/a")

    assert server.asked("/a") == 2 + (path == "/a")


async def test_an_operation_that_skips_the_cache_reads_anew_and_once(client: Connect) -> None:
    async with serving(counting()) as server:
        http = client(server.address, cache_ttl=60)

        async def operation() -> list[int]:
            skip_cache()
            return [(await http.get("/a")).json()["number"] for _ in range(2)]

        assert (await http.get("/a")).json()["number"] == 1
        assert await asyncio.create_task(operation()) == [2, 2]  # no two identical calls within one operation
        assert (await http.get("/a")).json()["number"] == 2  # and what it read serves the others
        assert await asyncio.create_task(operation()) == [3, 3]


async def test_an_operation_that_skips_the_cache_joins_no_older_call(client: Connect) -> None:
    gate = asyncio.Event()
    numbers = itertools.count(1)

    async def answer(_: Request, writer: Writer) -> None:
        number = next(numbers)
        await gate.wait()
        send(writer, {"number": number})

    async with serving(answer) as server:
        http = client(server.address, cache_ttl=60)
        older = asyncio.create_task(http.get("/a"))
        await server.until(lambda server: len(server.requests) == 1)

        async def operation() -> int:
            skip_cache()
            number: int = (await http.get("/a")).json()["number"]
            return number

        newer = asyncio.create_task(operation())
        await server.until(lambda server: len(server.requests) == 2)
        gate.set()
        assert await newer == 2
        await older


async def test_the_cache_holds_so_many_bytes(client: Connect) -> None:
    async with serving(counting(size=15_000_000)) as server:
        http = client(server.address, cache_ttl=60)
        for target in ("/a", "/b", "/c", "/c", "/a"):
            await http.get(target)

    assert server.asked("/c") == 1
    assert server.asked("/a") == 2  # the oldest had to go
