"""Cache: answers that a backend gave a moment ago, served again without asking it."""

import time
from collections.abc import Hashable
from typing import NamedTuple

import httpx
from cachetools import TTLCache

from gateway.models import Backend
from gateway.transport.layer import Layer
from gateway.transport.reads import asked_since, identity, is_read

_OVERHEAD = 2_000  # bytes that an answer costs beside its body


class _Answer(NamedTuple):
    asked_at: float
    response: httpx.Response

    @property
    def size(self) -> int:
        return len(self.response.content) + _OVERHEAD


class Cache(Layer):
    """Keeps answers 200 to GETs for `ttl` seconds, as long as all of them fit into `max_bytes`; the oldest go first."""

    def __init__(self, inner: httpx.AsyncBaseTransport, *, backend: Backend, ttl: float, max_bytes: int = 32_000_000) -> None:
        super().__init__(inner)
        self._backend = backend
        self._max_bytes = max_bytes
        self._answers: TTLCache[Hashable, _Answer] = TTLCache(max_bytes, ttl, getsizeof=lambda answer: answer.size)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method != "GET" or not is_read(request):
            return await self._inner.handle_async_request(request)
        key = identity(request)
        known = self._answers.get(key)
        if known is not None and known.asked_at >= asked_since(self._backend):
            request.extensions["cached"] = True
            return known.response
        asked_at = time.monotonic()
        response = await self._inner.handle_async_request(request)
        self._keep(key, _Answer(asked_at, response))
        return response

    def _keep(self, key: Hashable, answer: _Answer) -> None:
        if answer.response.status_code == 200 and answer.size <= self._max_bytes:
            self._answers[key] = answer
