"""Authentication by bearer token: fetched once for all callers, renewed before it ends and once after a 401."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextvars import Context
from dataclasses import dataclass, field

import httpx

from gateway.models import Backend
from gateway.transport.calls import call_log, log_calls
from gateway.transport.layer import Layer

log = logging.getLogger("gateway.transport")


@dataclass(frozen=True, slots=True)
class Token:
    """An access token, as a backend gives it out. `expires_in` is its life in seconds from then on."""

    value: str = field(repr=False)
    expires_in: float


FetchToken = Callable[[httpx.AsyncClient], Awaitable[Token]]


@dataclass(frozen=True, slots=True)
class _Held:
    """A token in use; instants are monotonic."""

    header: str = field(repr=False)
    renew_at: float
    expires_at: float


class TokenAuth(Layer):
    """`fetch_token` is given a client without authentication (`http`). What it raises reaches every caller that waits.

    A fetch, once begun, is never broken off: a backend that rotates refresh tokens has forgotten the old one by then.
    """

    def __init__(
        self, inner: httpx.AsyncBaseTransport, *, backend: Backend, http: httpx.AsyncClient, fetch_token: FetchToken
    ) -> None:
        super().__init__(inner)
        self._backend = backend
        self._http = http
        self._fetch_token = fetch_token
        self._held: _Held | None = None
        self._fetching: asyncio.Task[_Held] | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host != self._http.base_url.host:  # a token is its backend's alone, whatever a link may say
            return await self._inner.handle_async_request(request)
        used = await self._usable()
        response = await self._send(request, used)
        if response.status_code == 401:
            response = await self._send(request, await self._other_than(used))
        return response

    async def _send(self, request: httpx.Request, token: _Held) -> httpx.Response:
        request.headers["Authorization"] = token.header
        return await self._inner.handle_async_request(request)

    async def _usable(self) -> _Held:
        held, instant = self._held, time.monotonic()
        if held is None or instant >= held.expires_at:
            return await asyncio.shield(self._fetch())
        if instant >= held.renew_at:
            self._fetch()  # nobody waits for it: the token in hand still serves
        return held

    async def _other_than(self, refused: _Held) -> _Held:
        held = self._held
        return held if held and held is not refused else await asyncio.shield(self._fetch())

    def _fetch(self) -> asyncio.Task[_Held]:
        """The fetch in flight, or a new one. It belongs to no operation, so no operation's deadline ends it; but the one that
        needs it is told of its calls."""
        if self._fetching is None:
            context = Context()
            context.run(log_calls, call_log())
            self._fetching = asyncio.get_running_loop().create_task(self._fetched(), context=context)
            self._fetching.add_done_callback(self._ended)
        return self._fetching

    async def _fetched(self) -> _Held:
        asked_at = time.monotonic()
        token = await self._fetch_token(self._http)
        self._held = _hold(token, asked_at)
        return self._held

    def _ended(self, task: asyncio.Task[_Held]) -> None:
        self._fetching = None
        if not task.cancelled() and (error := task.exception()):
            log.warning("%s: no token: %s", self._backend, type(error).__name__)

    async def aclose(self) -> None:
        if self._fetching:
            await asyncio.wait([self._fetching])
        await super().aclose()


def _hold(token: Token, asked_at: float) -> _Held:
    """Renewed at 90 % of its life or a minute before its end, whichever is earlier, but not before half of its life."""
    life = token.expires_in
    renew_after = min(0.9 * life, max(life - 60, 0.5 * life))
    return _Held(f"Bearer {token.value}", asked_at + renew_after, asked_at + life)
