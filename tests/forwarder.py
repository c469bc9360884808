"""A forwarder in front of a server: what it holds stays connected, and nothing comes through any more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

from sqlalchemy import make_url


class Forwarder:
    """Connections to `address` reach the server behind it."""

    def __init__(self, server: str) -> None:
        self._server = make_url(server)
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._passing: set[asyncio.Task[None]] = set()
        self.address = ""

    def hold(self) -> None:
        """Let nothing through on the connections that there are. New ones work."""
        self._flowing.clear()
        self._flowing = asyncio.Event()
        self._flowing.set()

    def listens_on(self, port: int) -> None:
        self.address = self._server.set(port=port).render_as_string(hide_password=False)

    def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._connected(reader, writer))
        self._passing.add(task)
        task.add_done_callback(self._passing.discard)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        flowing = self._flowing
        with closing(writer):
            there, back = await asyncio.open_connection(self._server.host, self._server.port)
            await asyncio.gather(_pass_on(reader, back, flowing), _pass_on(there, writer, flowing))

    async def end(self) -> None:
        """Hang up on everybody, also on those whom it holds."""
        passing = [*self._passing]
        for task in passing:
            task.cancel()
        await asyncio.gather(*passing, return_exceptions=True)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, flowing: asyncio.Event) -> None:
    try:
        while data := await reader.read(65_536):
            await flowing.wait()
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


@asynccontextmanager
async def forwarded(server: str) -> AsyncIterator[Forwarder]:
    """A forwarder to the server of a database, by the database's address."""
    forwarder = Forwarder(server)
    listener = await asyncio.start_server(forwarder.connect, "127.0.0.1", 0)
    forwarder.listens_on(listener.sockets[0].getsockname()[1])
    try:
        yield forwarder
    finally:
        listener.close()
        await forwarder.end()
