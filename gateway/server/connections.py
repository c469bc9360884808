"""Connections: the streams and sockets that clients keep open to this process, up to a number, and their end with it."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from gateway.errors import ErrorCode
from gateway.server.authentication import Refused

_GRACE = 3.0  # seconds that connections have for their last words
_AGAIN = {"Retry-After": "5"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What clients may use. `queue` are messages that wait for one subscriber; times are seconds."""

    connections: int
    subscriptions: int
    queue: int
    init_timeout: float
    heartbeat: float
    max_bytes: int
    max_upload_bytes: int


class Connections:
    """Those that are open. `subscriptions` are the operations that are under way over them."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.subscriptions = 0
        self._open: set[asyncio.Task[Any]] = set()
        self._ending = asyncio.Event()

    def __len__(self) -> int:
        return len(self._open)

    def check(self) -> None:
        """Raises Refused where no more may be opened."""
        if self._ending.is_set():
            raise Refused("The gateway is about to stop.", ErrorCode.BACKEND_UNAVAILABLE, 503, _AGAIN)
        if len(self._open) >= self.limits.connections:
            raise Refused("The gateway holds as many open streams and sockets as it may.", ErrorCode.RATE_LIMITED, 503, _AGAIN)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Within the block the running task is an open connection."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a connection is a task")
        self._open.add(task)
        try:
            yield
        finally:
            self._open.discard(task)

    @contextmanager
    def subscription(self) -> Iterator[None]:
        self.subscriptions += 1
        try:
            yield
        finally:
            self.subscriptions -= 1

    async def ending(self) -> None:
        """Until the process is about to stop."""
        await self._ending.wait()

    async def close(self) -> None:
        """Let all of them end; those that do not in time are cut off."""
        self._ending.set()
        if self._open:
            await asyncio.wait(set(self._open), timeout=_GRACE)
        for task in self._open:
            task.cancel()


async def until_first(*parts: Coroutine[Any, Any, None]) -> int:
    """Run them together until one has ended, and cancel the others. Gives which it was; raises what it raised."""
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    first = next(task for task in tasks if task in done)
    first.result()
    return tasks.index(first)
