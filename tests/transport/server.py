"""A server that speaks HTTP/1.1 on a real socket as a test tells it to, badly too, and remembers what it was asked."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

from tests.ports import free_port

Writer = asyncio.StreamWriter


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    connection: int


Handler = Callable[[Request, Writer], Awaitable[None]]


class Reader(asyncio.StreamReader):
    """Knows at once when the other side has gone, also while nobody reads."""

    def __init__(self) -> None:
        super().__init__()
        self.ended = asyncio.Event()

    def feed_eof(self) -> None:
        super().feed_eof()
        self.ended.set()

    def set_exception(self, exc: Exception) -> None:
        super().set_exception(exc)
        self.ended.set()


@dataclass
class Server:
    """`open` holds the connections that the other side has not closed."""

    handler: Handler
    requests: list[Request] = field(default_factory=list)
    open: set[Writer] = field(default_factory=set)
    connections: int = 0
    address: str = ""

    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def asked(self, target: str) -> int:
        return sum(request.target == target for request in self.requests)

    async def until(self, holds: Callable[["Server"], bool]) -> None:
        """Returns once it holds; looks at every request and every connection that comes or goes."""
        async with asyncio.timeout(3), self.changed:
            await self.changed.wait_for(lambda: holds(self))

    async def emptied(self) -> None:
        """Returns when the other side has closed all its connections."""
        await self.until(lambda server: not server.open)

    async def _answer(self, request: Request, reader: Reader, writer: Writer) -> None:
        """Until the handler is done or the other side is gone."""
        tasks = [asyncio.ensure_future(self.handler(request, writer)), asyncio.create_task(reader.ended.wait())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
        for task in done:
            task.result()
        await writer.drain()

    async def _tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    async def converse(self, reader: Reader, writer: Writer) -> None:
        self.connections += 1
        number = self.connections
        self.open.add(writer)
        try:
            while request := await _read(reader, number):
                self.requests.append(request)
                await self._tell()
                await self._answer(request, reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.open.discard(writer)
            writer.close()
            await self._tell()


async def _read(reader: asyncio.StreamReader, connection: int) -> Request | None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
    method, target, _ = head[0].split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method, target, headers, body, connection)


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[Server]:
    server = Server(handler)
    tasks: set[asyncio.Task[None]] = set()

    def meet() -> asyncio.StreamReaderProtocol:
        reader = Reader()

        def begin(_: asyncio.StreamReader, writer: Writer) -> None:
            task = asyncio.create_task(server.converse(reader, writer))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        return asyncio.StreamReaderProtocol(reader, begin)

    listener = await asyncio.get_running_loop().create_server(meet, "127.0.0.1", 0)
    server.address = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    async with listener:
        yield server
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def send(writer: Writer, body: object = None, status: int = 200, **headers: str) -> None:
    """Bytes as they are, anything else as JSON. `retry_after="1"` is the header `retry-after: 1`."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    fields = {"content-type": "application/json", "content-length": str(len(raw))}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Of a kind of its own"
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in fields.items())]
    writer.write("\r\n".join([*lines, "", ""]).encode() + raw)


def send_packed(writer: Writer, body: bytes) -> None:
    send(writer, gzip.compress(body), content_encoding="gzip")


def reset(writer: Writer) -> None:
    writer.transport.abort()


def refusing() -> str:
    """An address at which nothing listens."""
    return f"http://127.0.0.1:{free_port()}"
