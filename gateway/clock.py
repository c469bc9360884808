"""Time: what the clock says, and how much of an operation's time is left."""

import time
from contextvars import ContextVar
from datetime import UTC, datetime

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


def now() -> datetime:
    return datetime.now(UTC)


def set_deadline(seconds: float) -> None:
    """Say that the running operation, and every task that it starts from here on, has this many seconds."""
    _deadline.set(time.monotonic() + seconds)


def time_left(limit: float) -> float:
    """Seconds that work with this limit of its own may take within the operation's deadline; never negative."""
    deadline = _deadline.get()
    return limit if deadline is None else max(0.0, min(limit, deadline - time.monotonic()))
