"""Calls: what one operation asked of the backends, written down where its caller wants to be told."""

from contextvars import ContextVar
from dataclasses import dataclass

import httpx

from gateway.models import Backend


@dataclass(slots=True)
class Tally:
    """One documented operation of one backend: how often it was called (every try), and how often that was not needed.

    `milliseconds` are those that were waited for it, all told; calls that ran side by side count each.
    """

    backend: Backend
    operation: str
    calls: int = 0
    cached: int = 0
    coalesced: int = 0
    milliseconds: float = 0.0


class CallLog:
    """The tallies of one operation, in the order in which they began."""

    def __init__(self) -> None:
        self._tallies: dict[tuple[Backend, str], Tally] = {}

    def note(self, backend: Backend, request: httpx.Request, response: httpx.Response | None, seconds: float) -> None:
        """A request that has ended, with an answer or without."""
        operation = str(request.extensions.get("operation", "-"))
        tally = self._tallies.setdefault((backend, operation), Tally(backend, operation))
        tally.calls += request.extensions.get("tries", 0)
        tally.cached += "cached" in request.extensions
        tally.coalesced += "coalesced" in request.extensions
        tally.milliseconds += seconds * 1000

    @property
    def tallies(self) -> list[Tally]:
        return list(self._tallies.values())


_log: ContextVar[CallLog | None] = ContextVar("call_log", default=None)


def log_calls(log: CallLog | None) -> None:
    """Let the running operation, and every task that it starts from here on, write down its calls; or none of them."""
    _log.set(log)


def call_log() -> CallLog | None:
    return _log.get()
