"""Memory: within one operation no two identical reads reach a backend, whether its answers may be cached or not."""

from collections.abc import Hashable
from contextvars import ContextVar

import httpx

from gateway.transport.layer import Layer
from gateway.transport.reads import identity, is_read

_answers: ContextVar[dict[Hashable, httpx.Response] | None] = ContextVar("answers", default=None)


def begin_operation() -> None:
    """Let the running operation, and every task that it starts from here on, remember what it has read."""
    _answers.set({})


class Memory(Layer):
    """Answers of the running operation. Outside of an operation (background work) nothing is remembered."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answers = _answers.get()
        if answers is None or not is_read(request):
            return await self._inner.handle_async_request(request)
        key = (id(self), identity(request))
        known = answers.get(key)
        if known is None:
            known = answers[key] = await self._inner.handle_async_request(request)
        else:
            request.extensions["cached"] = True
        return known
