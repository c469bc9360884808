"""Time: what the clock says, and how much of an operation's time is left."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from math import ceil, inf

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)
_calls_end: ContextVar[float] = ContextVar("calls_end", default=inf)


def now() -> datetime:
    return datetime.now(UTC)


def micros(instant: datetime) -> int:
    """An instant as it is written down: microseconds since 1970."""
    return (instant - _EPOCH) // timedelta(microseconds=1)


def written(instant: datetime | None) -> int | None:
    """The same of one that may be missing."""
    return None if instant is None else micros(instant)


def of_micros(written: int) -> datetime:
    """The instant again, in UTC."""
    return _EPOCH + timedelta(microseconds=written)


def after(seconds: int | None) -> datetime | None:
    """The instant that lies so many seconds ahead."""
    return None if seconds is None else now() + timedelta(seconds=seconds)


def seconds_until(instant: datetime | None) -> int | None:
    """Whole seconds until then; None once it is past."""
    left = None if instant is None else (instant - now()).total_seconds()
    return ceil(left) if left is not None and left > 0 else None


def set_deadline(seconds: float) -> None:
    """Say that the running operation, and every task that it starts from here on, has this many seconds."""
    _deadline.set(time.monotonic() + seconds)


def time_left(limit: float) -> float:
    """Seconds that work with this limit of its own may take within the operation's deadline; never negative."""
    deadline = _deadline.get()
    return limit if deadline is None else max(0.0, min(limit, deadline - time.monotonic()))


@contextmanager
def calls_end_in(seconds: float) -> Iterator[None]:
    """Within the block no call outlasts these seconds: what is behind them is for doing without its answer."""
    before = _calls_end.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _calls_end.reset(before)


def time_for_a_call(limit: float) -> float:
    """Seconds that a call with this limit of its own may take; never negative."""
    return max(0.0, min(time_left(limit), _calls_end.get() - time.monotonic()))


class Patience:
    """A quarter of the time that the running operation had left when this was made: a sparse page ends then.

    One question is given half of that time, and what has been begun by then must come to its end.
    """

    def __init__(self) -> None:
        self._least = time_left(inf) * 3 / 4

    @property
    def ended(self) -> bool:
        """Whether that quarter is spent."""
        return time_left(inf) < self._least
