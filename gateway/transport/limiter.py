"""Limiter: every call waits for its turn, so that all processes together keep within a backend's rate limit."""

import asyncio
import math
import time
from contextvars import Context

import httpx

from gateway.clock import micros, now
from gateway.errors import DatabaseUnavailable, RateLimited
from gateway.models import Backend
from gateway.rates import Rates
from gateway.transport.layer import Layer
from gateway.transport.reads import is_read
from gateway.transport.retry import ROOM, retry_after
from gateway.turns import Budget, Limit, Turn, Turns, Wish

_PAUSE = 2.0
"""Seconds that nobody calls after a 429 that does not say how long."""


class Turnstiles:
    """The turnstiles of one process: one for each backend that has a limit, however many clients it makes."""

    def __init__(self, rates: Rates) -> None:
        self._rates = rates
        self._turnstiles: dict[Backend, Turnstile] = {}

    def of(self, backend: Backend, limit: Limit) -> "Turnstile":
        if backend not in self._turnstiles:
            self._turnstiles[backend] = Turnstile(backend, limit, self._rates)
        return self._turnstiles[backend]

    async def budget(self, backend: Backend) -> Budget | None:
        """What is left of a backend's limit; None where it has none."""
        turnstile = self._turnstiles.get(backend)
        return None if turnstile is None else Budget(turnstile.limit.calls, await turnstile.left())


class Turnstile:
    """Gives turns. Those who come while it asks the database are asked for together.

    While the database is away each process keeps to the limit by itself.
    """

    def __init__(self, backend: Backend, limit: Limit, rates: Rates) -> None:
        self.limit = limit
        self._backend = backend
        self._rates = rates
        self._own = Turns(limit)
        self._waiting: list[tuple[Wish, asyncio.Future[Turn]]] = []
        self._asking: asyncio.Task[None] | None = None

    async def turn(self, wish: Wish) -> Turn:
        told: asyncio.Future[Turn] = asyncio.get_running_loop().create_future()
        self._waiting.append((wish, told))
        if self._asking is None:  # of no operation: nobody's deadline ends it
            self._asking = asyncio.get_running_loop().create_task(self._ask(), context=Context())
        return await told

    async def pause(self, seconds: float) -> None:
        self._own.paused_until = max(self._own.paused_until, micros(now()) + int(seconds * 1_000_000))
        try:
            await self._rates.pause(self._backend, self.limit, seconds)
        except DatabaseUnavailable:
            return  # its log tells of it

    async def left(self) -> int | None:
        try:
            return await self._rates.left(self._backend, self.limit)
        except DatabaseUnavailable:
            return None

    async def _ask(self) -> None:
        try:
            while self._waiting:
                waiting, self._waiting = self._waiting, []
                turns = await self._turns([wish for wish, _ in waiting])
                for (_, told), turn in zip(waiting, turns, strict=True):
                    if not told.done():
                        told.set_result(turn)
        finally:
            self._asking = None

    async def _turns(self, wishes: list[Wish]) -> list[Turn]:
        at = micros(now())
        self._own.forget(at)
        try:
            turns = await self._rates.take(self._backend, self.limit, wishes)
        except DatabaseUnavailable:
            return [self._own.take(wish, at) for wish in wishes]
        self._own.keep([(wish, at + int(turn.wait * 1_000_000)) for wish, turn in zip(wishes, turns, strict=True) if turn.kept])
        return turns


class Limiter(Layer):
    """Raises RateLimited at once for a call whose turn would come too late for its caller. A 429 makes everybody pause."""

    def __init__(self, inner: httpx.AsyncBaseTransport, *, backend: Backend, turnstile: Turnstile) -> None:
        super().__init__(inner)
        self._backend = backend
        self._turnstile = turnstile

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        ends: float = request.extensions.get("ends", math.inf)
        patience = ends - time.monotonic() - ROOM
        request.extensions["seconds"] = 0.0  # what its backend has been given so far: a turn is no time of the backend's
        turn = await self._turnstile.turn(Wish(not is_read(request), patience))
        if not turn.kept:
            message = f"{self._backend.label}'s rate limit is used up for the moment."
            raise RateLimited(self._backend, message, retry_after=max(1, math.ceil(turn.wait)))
        if turn.wait > 0:
            await asyncio.sleep(turn.wait)
        request.extensions["seconds"] = ends - time.monotonic()
        response = await self._inner.handle_async_request(request)
        if response.status_code == 429:
            told = retry_after(response)
            await self._turnstile.pause(_PAUSE if told is None else told)
        return response
