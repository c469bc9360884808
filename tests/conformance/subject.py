"""A subject: one backend before its simulated system, over the wire, that has learnt all that there is; and others like it."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.backends import backend_class, sandbox_class
from gateway.models import Backend
from gateway.ports import Resources, Synchronised, WebhookReceiver
from gateway.sandbox.collisions import Collision, with_collisions
from gateway.sandbox.server import running
from gateway.sandbox.world import make_world
from gateway.settings import BackendSettings
from tests import databases
from tests.conformance.distorted import Distorted
from tests.conformance.known import Known, everything
from tests.conformance.questions import answers

WORLD = with_collisions(make_world(seed=543, orders=12), [Collision.PACK])
PATIENCE = 20.0

SYSTEMS: Mapping[str, Mapping[str, Any]] = {"CENPORTS": {"calls_per_minute": 1_000_000}}
"""Arguments of simulated systems, so that these suites need not wait. A backend that needs none is not named."""

SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "CENTRA": {"queue": "consume"},
    "CENPORTS": {"channel_id": "AMAZON"},
    "CENTRY": {"refresh_token": ""},  # refused, it is waited for that another process may have got a newer one
}
"""Settings besides those that reach the system, for a backend that tells more, or is done sooner, with them."""


@dataclass(frozen=True)
class Webhook:
    """What came to the address for webhooks."""

    headers: Mapping[str, str] = field(repr=False)
    query: Mapping[str, str]
    body: bytes
    secret: str = field(default="", repr=False)

    async def status(self, backend: Any) -> int:
        """What the backend answers it with."""
        status: int = (await backend.receive(self.headers, self.query, self.body, self.secret)).status
        return status


class Receiver:
    """The address for webhooks: hands each to the backend, in the loop that the backend lives in, and keeps it."""

    port = 0
    path = ""

    def __init__(self, receive: Callable[[Webhook], Awaitable[int]]) -> None:
        self.webhooks: list[Webhook] = []
        self._receive = receive
        self._loop = asyncio.get_running_loop()
        paths = ("/webhooks", "/webhooks/{secret}")
        self.app = Starlette(routes=[Route(path, self._take, methods=["POST"]) for path in paths])

    def operation(self, method: str, path: str, body: bytes) -> str | None:
        return None

    def settings(self, address: str) -> Mapping[str, str]:
        return {}

    def revoke_tokens(self) -> None: ...

    async def run(self) -> None: ...

    async def _take(self, request: Request) -> Response:
        secret = request.path_params.get("secret", "")
        webhook = Webhook(dict(request.headers), dict(request.query_params), await request.body(), secret)
        taken = asyncio.run_coroutine_threadsafe(self._status(webhook), self._loop)
        return Response(status_code=await asyncio.wrap_future(taken))

    async def _status(self, webhook: Webhook) -> int:
        status = await self._receive(webhook)
        self.webhooks.append(webhook)
        return status


@dataclass(frozen=True, kw_only=True, repr=False)
class Subject:
    """`backend` offers whatever its class offers. `resources` are its own; `home` is a folder for those of others.

    `control` reaches the system's own controls. `known` is what it told when it was well, `answers` what it answered to
    each of the `QUESTIONS`.
    """

    name: Backend
    system: Distorted
    control: httpx.Client
    variables: Mapping[str, str]
    resources: Resources
    backend: Any
    known: Known
    answers: Mapping[str, Any]
    webhooks: list[Webhook]
    home: Path

    def __repr__(self) -> str:
        """Short: the event loop writes it for every test."""
        return f"Subject({self.name})"

    @asynccontextmanager
    async def another(self, *, fresh: bool = False, **changes: Any) -> AsyncIterator[Any]:
        """A backend like this one, with connections of its own; `fresh`: with a database of its own too."""
        with ExitStack() as stack:
            resources = stack.enter_context(new_resources(self.home)) if fresh else self.resources
            made = backend_class(self.name)(self.settings(**changes), resources)
            try:
                yield made
            finally:
                await made.close()

    def settings(self, **changes: Any) -> BackendSettings:
        return settings_of(self.name, self.variables, **changes)

    def fault(self, **fault: Any) -> None:
        self.control.put("/__faults", json=fault).raise_for_status()

    def distort(self, seed: int) -> None:
        """Let every answer hold odd values from now on."""
        self.system.seed = seed

    def mend(self) -> None:
        self.system.seed = None
        self.control.delete("/__faults").raise_for_status()


@asynccontextmanager
async def standing(name: Backend, home: Path) -> AsyncIterator[Subject]:
    """A subject that has learnt all that its system holds."""
    simulated = sandbox_class(name)
    assert simulated is not None
    system = Distorted(simulated(WORLD, **SYSTEMS.get(name, {})))
    with new_resources(home) as resources:
        receiver = Receiver(lambda webhook: webhook.status(backend))
        with running({name: system, "receiver": receiver}) as addresses, httpx.Client(base_url=addresses[name]) as control:
            variables = system.settings(addresses[name])
            backend = backend_class(name)(settings_of(name, variables), resources)
            try:
                await _taught(backend, addresses)
                known = await everything(backend)
                yield Subject(
                    name=name,
                    system=system,
                    control=control,
                    variables=variables,
                    resources=resources,
                    backend=backend,
                    known=known,
                    answers=await answers(backend, known),
                    webhooks=receiver.webhooks,
                    home=home,
                )
            finally:
                await backend.close()


@contextmanager
def new_resources(home: Path) -> Iterator[Resources]:
    """What the gateway hands to a backend, on a new database: a copy of an empty one, which takes a tenth of the time."""
    empty = home / "empty.db"
    if not empty.exists():
        with databases.opened(f"sqlite:///{empty}"):
            pass
    with databases.opened(f"sqlite:///{shutil.copy(empty, home / f'{len(list(home.iterdir()))}.db')}") as database:
        yield databases.resources(database)


def settings_of(name: Backend, variables: Mapping[str, str], **changes: Any) -> BackendSettings:
    """Without a cache, so that every read is a call."""
    kind = backend_class(name).settings_type
    prefix = kind.model_config.get("env_prefix", "")
    given = {variable.removeprefix(prefix).lower(): value for variable, value in variables.items()}
    return kind(**{"cache_ttl": 0, **given, **SETTINGS.get(name, {}), **changes})


async def _taught(backend: Any, addresses: Mapping[str, str]) -> None:
    """Whatever a backend is told of has come to it."""
    if isinstance(backend, WebhookReceiver):
        system = addresses[backend.name]  # type: ignore[attr-defined]  # it is a BackendPort too
        async with asyncio.timeout(PATIENCE), httpx.AsyncClient(base_url=system) as http:
            await http.put("/__webhooks", json={"url": f"{addresses['receiver']}/webhooks"})
            while True:
                if not (await http.get("/__webhooks")).json()["pending"]:
                    break
                await asyncio.sleep(0.02)
    if isinstance(backend, Synchronised):
        await backend.synchronise()
        assert (await backend.freshness()).error is None
