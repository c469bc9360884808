"""Retry: reads are asked again, within reason; writes are not."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from gateway.errors import Unavailable
from gateway.transport.retry import retry_after
from tests.transport.conftest import Connect
from tests.transport.server import Handler, Request, Writer, refusing, reset, send, serving


def failing(times: int, status: int | None, **headers: str) -> Handler:
    """So many times this status (None: a broken connection), then a good answer."""
    left = times

    async def answer(_: Request, writer: Writer) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            send(writer, "good")
        elif status is None:
            reset(writer)
        else:
            send(writer, status=status, **headers)

    return answer


async def test_a_read_gets_three_tries(client: Connect) -> None:
    async def story(status: int | None) -> None:
        async with serving(failing(2, status)) as server:
            response = await client(server.address).post("/", content=b"again", extensions={"read": True})

        assert response.json() == "good"
        assert [request.body for request in server.requests] == [b"again"] * 3

    await asyncio.gather(*(story(status) for status in (429, 502, 503, 504, None)))


async def test_not_a_fourth(client: Connect) -> None:
    async with serving(failing(3, 503)) as server:
        response = await client(server.address).get("/")

    assert response.status_code == 503
    assert len(server.requests) == 3


@pytest.mark.parametrize("status", [400, 401, 404, 500, 501])
async def test_other_answers_are_final(client: Connect, status: int) -> None:
    async with serving(failing(1, status)) as server:
        assert (await client(server.address).get("/")).status_code == status


async def test_a_write_gets_one(client: Connect) -> None:
    async with serving(failing(1, 503)) as server:
        assert (await client(server.address).post("/")).status_code == 503


async def test_connecting_is_tried_again(client: Connect, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Unavailable):
        await client(refusing()).get("/")

    assert len([line for line in caplog.messages if "ClientConnectorError" in line]) == 3


def seconds(instant: datetime) -> str:
    return "1"


def epoch(instant: datetime) -> str:
    return str(int(instant.timestamp()))


def http_date(instant: datetime) -> str:
    return format_datetime(instant, usegmt=True)


def iso(instant: datetime) -> str:
    return instant.isoformat()


@pytest.mark.parametrize("said", [seconds, epoch, http_date])
async def test_the_backend_says_how_long(client: Connect, said: Callable[[datetime], str]) -> None:
    """Given a backend that is closed until a full second, when it says so, then nobody asks before."""
    opens = (datetime.now(UTC) + timedelta(seconds=1.5)).replace(microsecond=0)
    if said is seconds:
        opens = datetime.now(UTC) + timedelta(seconds=0.9)

    async def answer(_: Request, writer: Writer) -> None:
        if datetime.now(UTC) < opens:
            send(writer, status=429, retry_after=said(opens))
        else:
            send(writer, "good")

    async with serving(answer) as server:
        response = await client(server.address).get("/")

    assert response.json() == "good"
    assert len(server.requests) == 2


async def test_who_cannot_wait_that_long_is_told_at_once(client: Connect) -> None:
    async with serving(failing(1, 429, retry_after="60")) as server:
        began = time.monotonic()
        response = await client(server.address, timeout=5).get("/")

    assert response.status_code == 429
    assert response.headers["retry-after"] == "60"
    assert time.monotonic() - began < 4


@pytest.mark.parametrize("said", [seconds, epoch, http_date, iso])
def test_forms_of_retry_after(said: Callable[[datetime], str]) -> None:
    text = said(datetime.now(UTC) + timedelta(seconds=1))
    told = retry_after(httpx.Response(429, headers={"Retry-After": text}))

    assert told == 1 if said is seconds else told is not None and 0 <= told <= 1


@pytest.mark.parametrize(
    ("text", "told"),
    [("2.5", 2.5), ("-3", 0), ("0", 0), ("Mon, 01 Jan 2024 00:00:00 GMT", 0), ("soon", None), ("nan", None), ("", None)],
)
def test_odd_forms_of_retry_after(text: str, told: float | None) -> None:
    assert retry_after(httpx.Response(429, headers={"Retry-After": text})) == told
