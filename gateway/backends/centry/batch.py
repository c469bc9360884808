"""Batches: many keys read at once, each with its own end, and what it takes to read them one by one or with all others."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from gateway.errors import BackendError

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_AT_ONCE = 8
_FEW = 4


async def each(keys: Iterable[K], read: Callable[[K], Awaitable[V | None]]) -> dict[K, V | BackendError]:
    """What is read for each different key, or the error; a key that gives None is missing."""
    turns = asyncio.Semaphore(_AT_ONCE)

    async def one(key: K) -> V | BackendError | None:
        async with turns:
            try:
                return await read(key)
            except BackendError as error:
                return error

    different = list(dict.fromkeys(keys))
    values = await asyncio.gather(*(one(key) for key in different))
    return {key: value for key, value in zip(different, values, strict=True) if value is not None}


async def every(keys: Iterable[str], read: Callable[[str], Awaitable[V | None]]) -> dict[str, V]:
    """The same where one error spoils everything: it is raised."""
    values = await each(keys, read)
    return {key: sure(value) for key, value in values.items()}


def sure(value: V | BackendError) -> V:
    """The value; raises it if it is an error."""
    if isinstance(value, BackendError):
        raise value
    return value


@dataclass
class Passes:
    """What one pass over a whole list costs in calls, as far as is known from earlier ones."""

    calls: int | None = None

    def cheaper_than(self, keys: int) -> bool:
        """Whether to read the whole list instead of so many keys. While nobody knows, a few keys are read by themselves."""
        return keys > _FEW if self.calls is None else self.calls < keys

    def give_up(self, calls: int, met: int, keys: int) -> bool:
        """Whether a pass that met so many of its keys in so many calls had better read those that are left by themselves.

        A page pays if it brings something of a key that would cost a call. What the whole pass would have cost is
        estimated from that, so that the next one need not begin in vain.
        """
        if calls < keys and calls <= met + _FEW:
            return False
        self.at_least(max(calls + 1, calls * keys // max(met, 1)))
        return True

    def at_least(self, calls: int) -> None:
        """A pass that was not whole says only that a whole one takes no less."""
        self.calls = max(self.calls or 0, calls)

    def took(self, calls: int) -> None:
        """A whole pass took so many calls."""
        self.calls = calls
