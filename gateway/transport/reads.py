"""Reads: which requests ask without changing anything, which of them are the same, and how fresh their answer must be."""

import time
from collections.abc import Hashable
from contextvars import ContextVar

import httpx

from gateway.models import Backend

_asked_since: ContextVar[float] = ContextVar("asked_since", default=0.0)
_changed_at: dict[Backend, float] = {}

# Headers that differ from call to call without changing the answer.
_PASSING = frozenset((b"authorization", b"traceparent", b"tracestate", b"x-request-id"))


def is_read(request: httpx.Request) -> bool:
    """Whether the request may be sent twice. A GET may, another only if its caller says so (`extensions={"read": True}`)."""
    return bool(request.extensions.get("read", request.method == "GET"))


def identity(request: httpx.Request) -> Hashable:
    """The same for two requests if one answer serves both."""
    known: Hashable | None = request.extensions.get("identity")
    if known is None:
        headers = tuple(pair for pair in request.headers.raw if pair[0].lower() not in _PASSING)
        known = request.extensions["identity"] = (request.method, str(request.url), request.content, headers)
    return known


def skip_cache() -> None:
    """Let the running operation, and every task that it starts from here on, read only what is asked for after this instant."""
    _asked_since.set(time.monotonic())


def note_change(backend: Backend) -> None:
    """Say that this process has changed something in a backend: what was asked for before this instant is out of date."""
    _changed_at[backend] = time.monotonic()


def caller_asks_since() -> float:
    """The same for what no change of the gateway's can change."""
    return _asked_since.get()


def asked_since(backend: Backend) -> float:
    """The monotonic time before which no answer of this backend's may have been asked for; 0 where any cached one will do."""
    return max(_asked_since.get(), _changed_at.get(backend, 0.0))
