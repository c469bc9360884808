"""Bounded size: answers are unpacked, and what is too large ends early."""

import gzip
import tracemalloc
import zlib

import pytest

from gateway.errors import MalformedReply
from tests.transport.conftest import Connect
from tests.transport.server import Request, Writer, send, send_packed, serving

BOMB = gzip.compress(bytes(200_000_000), 1)


@pytest.mark.parametrize("size", [10_000, 10_001, 3_000_000])
async def test_an_answer_may_be_this_large_and_no_larger(client: Connect, size: int) -> None:
    async def answer(_: Request, writer: Writer) -> None:
        send(writer, bytes(size))

    async with serving(answer) as server:
        http = client(server.address, max_bytes=10_000)
        if size == 10_000:
            assert len((await http.get("/")).content) == size
            return
        with pytest.raises(MalformedReply) as caught:
            await http.get("/")

    assert str(caught.value) == "Centry's answer is too large."


async def test_a_bomb_does_not_go_off(client: Connect) -> None:
    async def answer(_: Request, writer: Writer) -> None:
        send(writer, BOMB, content_encoding="gzip")

    async with serving(answer) as server:
        http = client(server.address, max_bytes=1_000_000)
        tracemalloc.start()
        with pytest.raises(MalformedReply, match="too large"):
            await http.get("/")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert peak < 10_000_000


async def test_packed_answers_are_unpacked(client: Connect) -> None:
    text = b'{"name": "Customer 17"}' * 1000

    async def answer(request: Request, writer: Writer) -> None:
        assert request.headers["accept-encoding"] == "gzip"
        if request.target == "/gzip":
            send_packed(writer, text)
        else:
            send(writer, zlib.compress(text), content_encoding="Deflate")

    async with serving(answer) as server:
        http = client(server.address)
        assert (await http.get("/gzip")).content == text
        assert (await http.get("/deflate")).content == text


@pytest.mark.parametrize(
    ("encoding", "body", "says"),
    [
        ("gzip", gzip.compress(bytes(1000), mtime=0)[:-10], "is cut short"),
        ("gzip", b"not packed at all", "cannot be unpacked"),
        ("br", b"whatever", "is packed in a way that was not asked for"),
    ],
)
async def test_what_cannot_be_unpacked_is_malformed(client: Connect, encoding: str, body: bytes, says: str) -> None:
    async def answer(_: Request, writer: Writer) -> None:
        send(writer, body, content_encoding=encoding)

    async with serving(answer) as server:
        with pytest.raises(MalformedReply, match=says):
            await client(server.address).get("/")
