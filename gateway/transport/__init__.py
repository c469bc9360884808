"""HTTP out: `connect` builds the client of one backend, a stack of layers, each an httpx transport around the next."""

from collections.abc import Callable, Mapping
from functools import partial, reduce

import httpx

from gateway.models import Backend
from gateway.settings import BackendSettings
from gateway.transport.auth import FetchToken, Token, TokenAuth
from gateway.transport.bounded import Bounded
from gateway.transport.breaker import Breaker, Circuits
from gateway.transport.cache import Cache
from gateway.transport.calls import CallLog, log_calls
from gateway.transport.client import Client
from gateway.transport.coalescing import Coalescing
from gateway.transport.copies import Copies
from gateway.transport.deadline import Deadline
from gateway.transport.limiter import Limiter, Turnstiles
from gateway.transport.memory import Memory, begin_operation
from gateway.transport.reads import caller_asks_since, note_change, skip_cache
from gateway.transport.reply import check, decode, error_of, fetched_at, passed_on, unreadable
from gateway.transport.retry import Retry
from gateway.transport.stale import GivenUp, Stale
from gateway.transport.wire import Wire

__all__ = [
    "CallLog",
    "Circuits",
    "Copies",
    "Token",
    "Turnstiles",
    "begin_operation",
    "caller_asks_since",
    "check",
    "connect",
    "decode",
    "error_of",
    "fetched_at",
    "log_calls",
    "note_change",
    "passed_on",
    "skip_cache",
    "unreadable",
]

Around = Callable[[httpx.AsyncBaseTransport], httpx.AsyncBaseTransport]


def connect(
    backend: Backend,
    settings: BackendSettings,
    *,
    base_url: str,
    fetch_token: FetchToken | None = None,
    headers: Mapping[str, str] | None = None,
    max_bytes: int = 20_000_000,
    is_answer: Callable[[httpx.Response], bool] | None = None,
    circuits: Circuits | None = None,
    copies: Copies | None = None,
    turnstiles: Turnstiles | None = None,
) -> httpx.AsyncClient:
    """A client of one backend, to be closed with `await client.aclose()`. It may be made outside of the event loop.

    `is_answer` tells, of a status 5xx, that the backend is well and means us (SOAP has its refusals there). `circuits`,
    `copies` and `turnstiles` are those of the process; the composition root gives them.

    Requests may carry `extensions`: `operation` names the documented operation in the log, and `read` says that
    a POST changes nothing, so that it may be sent again and shared. All errors are BackendErrors; statuses are answers.
    """
    deadline = partial(Deadline, backend=backend, seconds=settings.timeout)
    fixed = headers or {}
    bounded = Bounded(Wire(backend), backend=backend, max_bytes=max_bytes)
    layers = _without_a_call(backend, settings, deadline, copies)
    if circuits:
        # Outside of the retry: one call counts once, a write that is never tried again as much as a read with all its
        # tries. Outside of the token: where no token is to be had the backend cannot be used, and the call that wanted
        # one fails and is counted; token calls by themselves are not. Inside of the cache: what is at hand is served.
        circuit = circuits.of(backend)
        layers.append(partial(Breaker, backend=backend, circuit=circuit, timeout=settings.timeout, is_answer=is_answer))
    if fetch_token:
        # Inside of what answers without a call, and outside of the retry: token calls have one of their own (and are tried
        # again if marked as reads), and a failed one is not tried again by another.
        http = Client(backend, deadline(Retry(bounded)), base_url, fixed)
        layers.append(partial(TokenAuth, backend=backend, http=http, fetch_token=fetch_token))
    layers.append(Retry)
    if turnstiles and settings.limit:
        # Inside of the retry: every try is a call. Token calls do not count.
        layers.append(partial(Limiter, backend=backend, turnstile=turnstiles.of(backend, settings.limit)))
    return Client(backend, _stack(layers, bounded), base_url, fixed)


def _without_a_call(backend: Backend, settings: BackendSettings, deadline: Around, copies: Copies | None) -> list[Around]:
    """The layers that may know an answer, or that there will be none in time."""
    # Settings tell whose copies they are; secrets among them are written as stars.
    account = settings.model_dump_json()
    return [
        # Outermost: an older copy is served after the time for a call has passed, too.
        *([partial(Stale, backend=backend, copies=copies, account=account)] if copies else []),
        # Outside of what other operations share: what this one has read it knows, also where nothing is cached, and also
        # when its time for calls is over.
        Memory,
        # Outside of all that takes time: a caller waits no longer than this, also for a call that others share.
        deadline,
        # Outside of the cache: of many callers that miss it at the same time one fills it.
        partial(Coalescing, backend=backend),
        # Outside of everything that costs a call.
        *([partial(Cache, backend=backend, ttl=settings.cache_ttl)] if settings.cache_ttl else []),
        # Inside of what is at hand: a question that has given the backend up does not ask it again.
        *([GivenUp] if copies else []),
    ]


def _stack(layers: list[Around], innermost: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
    """The layers, said from the outside to the inside, around the innermost transport."""
    return reduce(lambda inner, around: around(inner), reversed(layers), innermost)
