"""Coalescing: identical reads that are in flight at the same time share one call, its answer and its error."""

import asyncio
from collections.abc import Hashable

import httpx

from gateway.models import Backend
from gateway.transport.layer import Layer
from gateway.transport.reads import asked_since, identity, is_read


class Coalescing(Layer):
    def __init__(self, inner: httpx.AsyncBaseTransport, *, backend: Backend) -> None:
        super().__init__(inner)
        self._backend = backend
        self._calls: dict[Hashable, _Call] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not is_read(request):
            return await self._inner.handle_async_request(request)
        # An operation that skips the cache joins its own calls only: another's may be answered by what it must not see. So
        # does one that asks after a change of ours.
        # And nobody joins a call that is not to be made.
        key = (asked_since(self._backend), request.extensions.get("given_up"), identity(request))
        call = self._calls.get(key)
        if call is None:
            call = self._calls[key] = _Call(asyncio.create_task(self._inner.handle_async_request(request)))
            call.task.add_done_callback(lambda _: self._forget(key, call))
        else:
            request.extensions["coalesced"] = True
        try:
            return await call.join()
        finally:
            if not call.waiting:
                self._forget(key, call)

    def _forget(self, key: Hashable, call: "_Call") -> None:
        """Nobody may join a call that has ended or that nobody waits for any more."""
        if self._calls.get(key) is call:
            del self._calls[key]
        call.end()

    async def aclose(self) -> None:
        tasks = [call.task for call in self._calls.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await super().aclose()


class _Call:
    """A call in flight, in a task of its own: a waiter that gives up leaves it to the others, the last one ends it."""

    __slots__ = ("task", "waiting")

    def __init__(self, task: asyncio.Task[httpx.Response]) -> None:
        self.task = task
        self.waiting = 0

    async def join(self) -> httpx.Response:
        self.waiting += 1
        try:
            return await asyncio.shield(self.task)
        finally:
            self.waiting -= 1

    def end(self) -> None:
        if not self.task.done():
            self.task.cancel()
        elif not self.task.cancelled():
            self.task.exception()  # seen, also where every waiter was gone
