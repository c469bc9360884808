"""Coalescing: who asks the same at the same time shares one call."""

import asyncio
import logging

import pytest

from gateway.errors import Unavailable
from tests.transport.conftest import Connect
from tests.transport.server import Request, Server, Writer, reset, send, serving


class Gate:
    """Answers once it is opened."""

    def __init__(self) -> None:
        self.opened = asyncio.Event()

    async def __call__(self, request: Request, writer: Writer) -> None:
        await self.opened.wait()
        send(writer, {"target": request.target})


async def asked(server: Server, times: int) -> None:
    await server.until(lambda server: len(server.requests) >= times)


async def test_a_hundred_identical_reads_are_one_call(client: Connect, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "gateway.transport")
    gate = Gate()
    async with serving(gate) as server:
        http = client(server.address)
        calls = [asyncio.create_task(http.get("/orders", params={"limit": 1})) for _ in range(100)]
        await asked(server, 1)
        gate.opened.set()
        responses = await asyncio.gather(*calls)

    assert len(server.requests) == 1
    assert {response.json()["target"] for response in responses} == {"/orders?limit=1"}
    assert sum(line.endswith("tries 1") for line in caplog.messages) == 1
    assert sum(line.endswith("tries 0") for line in caplog.messages) == 99


async def test_only_what_is_the_same_is_shared(client: Connect) -> None:
    gate = Gate()
    async with serving(gate) as server:
        http = client(server.address)
        calls = [
            http.get("/a"),
            http.get("/b"),
            http.get("/a", params={"page": 2}),
            http.get("/a", headers={"Accept-Version": "8"}),
            http.request("GET", "/a", json={"page": 2}),
            http.post("/a", content=b"1", extensions={"read": True}),
            http.post("/a", content=b"1", extensions={"read": True}),
            http.post("/a", content=b"2", extensions={"read": True}),
            http.post("/a", content=b"3"),
            http.post("/a", content=b"3"),
        ]
        running = [asyncio.create_task(call) for call in calls]
        await asked(server, 9)
        gate.opened.set()
        await asyncio.gather(*running)

    assert len(server.requests) == 9  # the two identical reads by POST are one; two identical writes are two


async def test_a_waiter_that_gives_up_leaves_the_call_to_the_others(client: Connect) -> None:
    gate = Gate()
    async with serving(gate) as server:
        http = client(server.address)
        first, second, third = (asyncio.create_task(http.get("/")) for _ in range(3))
        await asked(server, 1)
        first.cancel()
        third.cancel()
        await asyncio.wait([first, third])
        gate.opened.set()

        assert (await second).status_code == 200
        assert first.cancelled()
    assert len(server.requests) == 1


async def test_the_last_waiter_to_give_up_ends_the_call(client: Connect) -> None:
    gate = Gate()
    async with serving(gate) as server:
        http = client(server.address)
        waiters = [asyncio.create_task(http.get("/")) for _ in range(2)]
        await asked(server, 1)
        for waiter in waiters:
            waiter.cancel()
        await asyncio.wait(waiters)
        newcomer = asyncio.create_task(http.get("/"))  # must not join the call that is ending
        await asked(server, 2)
        gate.opened.set()

        assert (await newcomer).status_code == 200


async def test_the_error_is_shared_and_not_kept(client: Connect) -> None:
    down = True

    async def answer(_: Request, writer: Writer) -> None:
        reset(writer) if down else send(writer)

    async with serving(answer) as server:
        http = client(server.address)
        outcomes = await asyncio.gather(*(http.get("/") for _ in range(10)), return_exceptions=True)
        assert all(isinstance(outcome, Unavailable) for outcome in outcomes)
        assert len(server.requests) == 3  # the tries of one call

        down = False
        assert (await http.get("/")).status_code == 200


async def test_closing_ends_the_calls_in_flight(client: Connect) -> None:
    async with serving(Gate()) as server:
        http = client(server.address)
        waiter = asyncio.create_task(http.get("/"))
        await asked(server, 1)
        await http.aclose()
        await asyncio.wait([waiter])
        await server.emptied()

    assert waiter.cancelled()
