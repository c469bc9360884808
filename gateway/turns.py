"""Turns: when calls may go, so that no window of time, wherever it begins, ever holds more of them than a limit says."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

_SECOND = 1_000_000
_SPANS = {"second": 1, "minute": 60, "hour": 3600}
_MARGIN = 50_000
"""Microseconds by which a window is taken longer than it is: calls are not all equally long on their way."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many calls in so many seconds, of which reads may take all but a fifth."""

    calls: int
    seconds: int

    @property
    def reads(self) -> int:
        return self.calls - max(1, self.calls // 5) if self.calls > 1 else 1

    @property
    def window(self) -> int:
        return self.seconds * _SECOND + _MARGIN


def parse_limit(written: str) -> Limit:
    """Such as `60/minute`. Raises ValueError."""
    calls, _, span = written.partition("/")
    if not (calls.isascii() and calls.isdigit() and int(calls)) or span not in _SPANS:
        raise ValueError("must be calls per second, minute or hour, such as 60/minute")
    return Limit(int(calls), _SPANS[span])


@dataclass(frozen=True, slots=True)
class Wish:
    """A call that wants its turn within so many seconds."""

    write: bool
    patience: float


@dataclass(frozen=True, slots=True)
class Turn:
    """The seconds until its turn. It has been kept for it only if it is within its patience."""

    wait: float
    kept: bool


@dataclass(frozen=True, slots=True)
class Budget:
    """How many calls a backend takes in its span of time, and how many could go at once now (None: nobody can tell)."""

    limit: int
    left: int | None


@dataclass
class Turns:
    """When calls go, in microseconds: pure, with the clock given."""

    limit: Limit
    every: list[int] = field(default_factory=list)
    reads: list[int] = field(default_factory=list)
    paused_until: int = 0

    def take(self, wish: Wish, at: int) -> Turn:
        """The first turn from `at` on that leaves every window within the limit."""
        moment = self._first(wish, max(at, self.paused_until))
        wait = (moment - at) / _SECOND
        if wait > wish.patience:
            return Turn(wait, kept=False)
        self.keep([(wish, moment)])
        return Turn(wait, kept=True)

    def keep(self, taken: Iterable[tuple[Wish, int]]) -> None:
        """Turns that were given, and when they are."""
        for wish, moment in taken:
            insort(self.every, moment)
            if not wish.write:
                insort(self.reads, moment)

    def forget(self, at: int) -> None:
        """What no window from `at` on can hold any more."""
        for turns in (self.every, self.reads):
            del turns[: bisect_left(turns, at - self.limit.window)]

    def left(self, at: int) -> int:
        """How many calls could go at once now."""
        return max(0, self.limit.calls - len(self.every) + bisect_left(self.every, at - self.limit.window))

    def _first(self, wish: Wish, at: int) -> int:
        window = self.limit.window
        moments = (at, *(turn + window for turn in self.every if turn + window > at))
        return next(moment for moment in moments if self._free(wish, moment))

    def _free(self, wish: Wish, moment: int) -> bool:
        limit = self.limit
        among_all = _fits(self.every, moment, limit.calls, limit.window)
        return among_all and (wish.write or _fits(self.reads, moment, limit.reads, limit.window))


def _fits(turns: Sequence[int], moment: int, most: int, window: int) -> bool:
    """Whether one more at this moment leaves at most so many within any window."""
    place = bisect_left(turns, moment)
    around = [*turns[max(0, place - most) : place], moment, *turns[place : place + most]]
    return all(later - earlier >= window for earlier, later in zip(around, around[most:], strict=False))
