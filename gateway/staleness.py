"""Staleness: whether a question to a backend may be answered from older copies, and what it made of that."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime

from gateway.errors import BackendError


@dataclass
class Fallback:
    """For one question: what it reads may be answered by older copies where its backend cannot be asked.

    `given_up` is why the backend is not asked (any more) on its behalf. Where copies were used, `oldest` is when the oldest
    one was read, and `because` what kept the backend from being asked. `spoils` take back what it had kept for others.
    """

    given_up: BackendError | None = None
    oldest: datetime | None = None
    because: BackendError | None = None
    spoils: list[Callable[[], None]] = field(default_factory=list)

    def served(self, read_at: datetime, because: BackendError) -> None:
        """Note that a copy was used."""
        self.oldest = read_at if self.oldest is None else min(self.oldest, read_at)
        self.because = self.because or because

    def unreadable(self) -> None:
        """Note that what was read proved useless: it must not take the place of older copies that are not."""
        for spoil in self.spoils:
            spoil()


_fallback: ContextVar[Fallback | None] = ContextVar("fallback", default=None)


@contextmanager
def falling_back(fallback: Fallback | None) -> Iterator[None]:
    """What is read within the block, also by tasks that it starts, falls back as told; None: on nothing."""
    before = _fallback.set(fallback)
    try:
        yield
    finally:
        _fallback.reset(before)


def fallback() -> Fallback | None:
    """That of the running question. There is none in background work: a visit must know that it failed."""
    return _fallback.get()
