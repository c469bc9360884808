"""The server of the simulated systems: each on its own port, all in one event loop, under control of tests."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Generator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

import uvicorn
from anyio.from_thread import start_blocking_portal
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from gateway.backends import sandbox_class
from gateway.models import Backend
from gateway.sandbox.control import Controlled
from gateway.sandbox.faults import CONNECTION
from gateway.sandbox.system import SimulatedSystem
from gateway.sandbox.world import World, make_world

HOST = "127.0.0.1"


class PortTaken(Exception):
    """A system's port is in use by another program. The message is one line that says which and what to do."""


@contextmanager
def running(systems: Mapping[str, SimulatedSystem], *, ports: Mapping[str, int] | None = None) -> Iterator[dict[str, str]]:
    """Have the systems answer, in a thread of their own, until the block ends; gives name -> `http://127.0.0.1:PORT`.

    A system without a port takes a free one. Raises PortTaken; at the end, what a system's own life ended with.
    """
    sockets = _listen(systems, ports or {})
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(_serving(systems, sockets)):
        yield {name: f"http://{HOST}:{listener.getsockname()[1]}" for name, listener in sockets.items()}


async def serve(systems: Mapping[str, SimulatedSystem], ports: Mapping[str, int] | None = None) -> None:
    """Have the systems answer until cancelled, each on its usual port where `ports` has no other. Raises PortTaken."""
    usual = {name: system.port for name, system in systems.items()}
    async with _serving(systems, _listen(systems, {**usual, **(ports or {})})):
        await asyncio.Event().wait()


def load_sandboxes(
    world: World, only: Iterable[Backend] | None = None, options: Mapping[Backend, Mapping[str, Any]] | None = None
) -> dict[str, SimulatedSystem]:
    """A new simulated system for each backend that has one (or these alone), by its name. `options` are further arguments."""
    wanted = set(Backend if only is None else only)
    given = options or {}
    classes = {name: made for name in Backend if name in wanted and (made := sandbox_class(name))}
    return {name.value: made(world, **given.get(name, {})) for name, made in classes.items()}


def environment(systems: Mapping[str, SimulatedSystem], addresses: Mapping[str, str]) -> dict[str, str]:
    """The gateway's environment variables that reach these systems, and tell which of their warehouses are one."""
    variables = {"GATEWAY_WAREHOUSES": _warehouses()}
    for name, system in systems.items():
        variables.update(system.settings(addresses[name]))
    return variables


def _warehouses() -> str:
    """The sites are the same in every world, whatever its seed."""
    sites = make_world(orders=0).sites
    return json.dumps({site.key: {system.value: code for system, code in site.codes.items()} for site in sites})


def _listen(systems: Mapping[str, SimulatedSystem], ports: Mapping[str, int]) -> dict[str, socket.socket]:
    sockets: dict[str, socket.socket] = {}
    try:
        for name in systems:
            sockets[name] = _bind(name, ports.get(name, 0))
    except PortTaken:
        for listener in sockets.values():
            listener.close()
        raise
    return sockets


def _bind(name: str, port: int) -> socket.socket:
    # asyncio turns off the delay of small packets (40 ms a call) only where the protocol is named.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen()
    except OSError:
        listener.close()
        raise PortTaken(f"{name}: port {port} of {HOST} cannot be had; end what uses it, or choose another") from None
    return listener


@asynccontextmanager
async def _serving(systems: Mapping[str, SimulatedSystem], sockets: Mapping[str, socket.socket]) -> AsyncIterator[None]:
    layers = {name: Controlled(system) for name, system in systems.items()}
    servers = {name: _Server(layer) for name, layer in layers.items()}
    serving = [asyncio.create_task(servers[name].serve(sockets=[sockets[name]])) for name in systems]
    lives: list[asyncio.Task[None]] = []
    try:
        for server in servers.values():
            await server.ready.wait()
        lives += [asyncio.create_task(system.run()) for system in systems.values()]
        yield
    finally:
        for life in lives:
            life.cancel()
        for server in servers.values():
            server.end()
        for layer in layers.values():
            layer.end()
        ends = await asyncio.gather(*lives, *serving, return_exceptions=True)
    for end in ends:
        if isinstance(end, Exception):
            raise end


class _Connection(H11Protocol):
    """HTTP that lets faults get at the connection beneath it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        app: Any = self.app

        async def with_connection(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, "extensions": {CONNECTION: {"transport": transport}}}, receive, send)

        self.app = with_connection


class _Server(uvicorn.Server):
    """A uvicorn server that says when it is ready, ends without delay and leaves signals to the command."""

    def __init__(self, layer: Controlled) -> None:
        super().__init__(
            uvicorn.Config(
                layer, http=_Connection, ws="none", lifespan="off", log_config=None, log_level="warning",
                access_log=False, server_header=False, timeout_keep_alive=60, timeout_graceful_shutdown=2,
            )
        )  # fmt: skip
        self.ready = asyncio.Event()
        self._ended = asyncio.Event()

    def end(self) -> None:
        self.should_exit = True
        self._ended.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def main_loop(self) -> None:
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), 1)

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield
