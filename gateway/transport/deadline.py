"""Deadline: how long a caller waits for one call, all told: token, tries, pauses between them and the whole answer."""

import asyncio
import time

import httpx

from gateway.clock import time_for_a_call
from gateway.errors import TimedOut
from gateway.models import Backend
from gateway.transport.layer import Layer


class Deadline(Layer):
    """`seconds` for a call, or what the running question has left for calls, if that is less. Raises TimedOut.

    Time-outs of httpx and aiohttp count from byte to byte: an answer that drips never ends by them.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, *, backend: Backend, seconds: float) -> None:
        super().__init__(inner)
        self._backend = backend
        self._seconds = seconds

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        seconds = time_for_a_call(self._seconds)
        if seconds <= 0:
            raise self._late()
        request.extensions["ends"] = time.monotonic() + seconds
        request.extensions["seconds"] = seconds
        try:
            async with asyncio.timeout(seconds):
                return await self._inner.handle_async_request(request)
        except TimeoutError:
            raise self._late() from None

    def _late(self) -> TimedOut:
        return TimedOut(self._backend, f"{self._backend.label} did not answer in time.")
