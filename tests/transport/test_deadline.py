"""Deadline: no call outlasts it, in whatever way the backend is slow."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import httpx
import pytest

from gateway.clock import set_deadline
from gateway.errors import TimedOut
from gateway.transport import Token
from tests.transport.conftest import Connect
from tests.transport.server import Request, Writer, send, serving


async def silent(_: Request, _writer: Writer) -> None:
    await asyncio.sleep(30)


async def dripping(_: Request, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
    for _second in range(1000):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.02)


async def busy(_: Request, writer: Writer) -> None:
    send(writer, status=503)


@pytest.mark.parametrize("handler", [silent, dripping])
async def test_a_slow_answer_ends(client: Connect, handler: Callable[[Request, Writer], Awaitable[None]]) -> None:
    async with serving(handler) as server:
        began = time.monotonic()
        with pytest.raises(TimedOut) as caught:
            await client(server.address, timeout=0.3).get("/")

        assert 0.25 < time.monotonic() - began < 5
        assert str(caught.value) == "Centry did not answer in time."
        await server.emptied()  # the call is not left running


async def test_no_call_outlasts_its_operation(client: Connect) -> None:
    async with serving(silent) as server:
        http = client(server.address, timeout=20)
        set_deadline(0.2)
        with pytest.raises(TimedOut):
            await http.get("/")


async def test_nothing_is_sent_when_it_is_too_late(client: Connect) -> None:
    async def prompt(_: Request, writer: Writer) -> None:
        send(writer)

    async with serving(prompt) as server:
        http = client(server.address)
        await http.get("/in-time")
        set_deadline(0)
        with pytest.raises(TimedOut):
            await http.post("/too-late")
        await http.aclose()
        await server.emptied()  # all that was sent has been read

    assert [request.target for request in server.requests] == ["/in-time"]


async def test_fetching_the_token_counts(client: Connect) -> None:
    async def fetch_token(http: httpx.AsyncClient) -> Token:
        await http.post("/token", extensions={"read": True})
        return Token("unreached", 60)

    async with serving(dripping) as server:
        began = time.monotonic()
        with pytest.raises(TimedOut):
            await client(server.address, timeout=0.3, fetch_token=fetch_token).get("/")
        await server.emptied()  # the fetch, which is nobody's, is not left running either

    assert time.monotonic() - began < 5
    assert [request.target for request in server.requests] == ["/token"]


async def test_no_pause_begins_that_leaves_no_time_for_another_try(client: Connect) -> None:
    async with serving(busy) as server:
        response = await client(server.address, timeout=0.2).get("/")

    assert response.status_code == 503
    assert len(server.requests) == 1
