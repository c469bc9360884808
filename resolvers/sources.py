"""Asking backends on behalf of one operation: in time, each error told once, and no second wait for one that did not answer."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from math import inf
from typing import Any, Protocol, TypeVar

from gateway.clock import calls_end_in, now, time_left
from gateway.entities import SourceReport
from gateway.errors import (
    BackendError,
    DatabaseUnavailable,
    GatewayError,
    Incomplete,
    MalformedReply,
    NotConfigured,
    NotSupported,
    RateLimited,
    Rejected,
    TimedOut,
    Unauthenticated,
    Unavailable,
)
from gateway.models import Backend, SourceState
from gateway.ports import BackendPort, Copied, Freshness, Slice
from gateway.registry import Registry
from gateway.staleness import Fallback, falling_back

P = TypeVar("P")
R = TypeVar("R")
T = TypeVar("T")


class Fetched(Protocol):
    """Something that a backend told at a known time."""

    @property
    def fetched_at(self) -> datetime: ...


_log = logging.getLogger("gateway.sources")

_FOR_CALLS = 0.9
"""The part of a question's time that calls may take: in the rest older copies can still be served."""

_GIVES_UP = (TimedOut, Unavailable, RateLimited)
_UNHEALTHY = (TimedOut, Unavailable, Unauthenticated, RateLimited, MalformedReply)


class Sources:
    """The backends as one operation may ask them.

    No question may spend more than half of the time that is left, so that there is always some for those that follow. A
    backend that could not be reached, did not answer in time or would not be asked is not asked again in the same operation:
    what is at hand, and older copies, answer for it. One that refuses our credentials is not even asked for those.
    """

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self._silent: dict[Backend, GatewayError] = {}
        self._given_up: dict[Backend, BackendError] = {}
        self._older: dict[tuple[Backend, type[Any]], Freshness] = {}
        self._freshness: dict[Backend, asyncio.Task[Freshness]] = {}

    def names(self, wanted: Iterable[Backend] | None = None) -> list[Backend]:
        """The backends that a question goes to: those that are wanted, or all."""
        known = self.registry.names
        return known if wanted is None else [name for name in known if name in set(wanted)]

    async def ask(self, name: Backend, port: type[P], question: Callable[[P], Awaitable[T]]) -> T:
        """The backend's answer. Raises a GatewayError that says why there is none."""
        answer, _ = await self._asked(name, port, question)
        return answer

    async def ask_for_slice(self, name: Backend, port: type[P], question: Callable[[P], Awaitable[Slice[R]]]) -> Slice[R]:
        """The same for a list; the slice tells whether older copies were used for it."""
        answer, older = await self._asked(name, port, question)
        return answer if older is None else replace(answer, older=older)

    async def try_ask(self, name: Backend, port: type[P], question: Callable[[P], Awaitable[T]]) -> T | GatewayError:
        """The same, with the error as the answer."""
        try:
            return await self.ask(name, port, question)
        except GatewayError as error:
            return error

    async def freshness(self, names: Iterable[Backend], *ports: type[Any]) -> dict[Backend, Freshness]:
        """How current the answers are of those backends that are read from a copy, or for which older copies answered.

        The latter so far in this operation, to any question of these ports.
        """
        copied = {name: self._freshness_of(name) for name in names}
        found = {name: await task if task else None for name, task in copied.items()}
        for name in found:
            for port in ports:
                found[name] = older_of(found[name], self._older.get((name, port)))
        return {name: fresh for name, fresh in found.items() if fresh}

    def older(self, name: Backend, port: type[Any]) -> Freshness | None:
        """What older copies answered for the backend so far in this operation, to questions of this port; None: none did."""
        return self._older.get((name, port))

    async def _asked(self, name: Backend, port: type[P], question: Callable[[P], Awaitable[T]]) -> tuple[T, Freshness | None]:
        backend = self.registry.require(name, port)
        if silent := self._silent.get(name):
            raise silent
        use = Fallback(self._given_up.get(name))
        try:
            # Whether a backend can be used, no copy tells.
            with falling_back(None if port is BackendPort else use):
                answer = await _in_time(question(backend))
        except TimeoutError:
            self._silent[name] = TimedOut(name, f"{name.label} did not answer in time.")
            raise self._failed(name, self._silent[name]) from None
        except DatabaseUnavailable:  # no fault of the backend's
            raise self._failed(name, DatabaseUnavailable(name)) from None
        except GatewayError as error:
            if isinstance(error, MalformedReply | Rejected):
                use.unreadable()
            raise self._failed(name, error) from None
        except Exception:
            use.unreadable()
            _log.exception("asking %s failed unexpectedly", name)
            raise GatewayError("The gateway failed to read this backend's answer.", backend=name) from None
        if use.because:
            return answer, self._used(name, port, use.because, use.oldest)
        # A read model, and what is at hand, answer whether the backend is there or not.
        if port is BackendPort or not (isinstance(backend, Copied) or use.given_up):
            self.registry.succeeded(name)
        return answer, None

    def _used(self, name: Backend, port: type[Any], because: BackendError, oldest: datetime | None) -> Freshness | None:
        """Note that older copies answered a question."""
        self._failed(name, because)
        older = Freshness(as_of=oldest, error=because)
        self._older[name, port] = older_of(self._older.get((name, port)), older) or older
        return older

    def _freshness_of(self, name: Backend) -> asyncio.Task[Freshness] | None:
        backend = self.registry.find(name, Copied)
        if backend is not None and name not in self._freshness:
            self._freshness[name] = asyncio.ensure_future(_freshness(name, backend))
        return self._freshness.get(name)

    def _failed(self, name: Backend, error: GatewayError) -> GatewayError:
        if isinstance(error, Unauthenticated | DatabaseUnavailable):
            self._silent[name] = error
        elif isinstance(error, _GIVES_UP):
            self._given_up.setdefault(name, error)
        if isinstance(error, _UNHEALTHY):
            self.registry.failed(name, error)
        return error


async def _in_time(answer: Awaitable[T]) -> T:
    """The answer to a question, within half of the time that the operation has left. Raises TimeoutError."""
    left = time_left(inf)
    if left == inf:
        return await answer
    async with asyncio.timeout(left / 2):
        with calls_end_in(left / 2 * _FOR_CALLS):
            return await answer


async def _freshness(name: Backend, backend: Copied) -> Freshness:
    """Where the database cannot tell how current a copy is, only this backend's answer suffers."""
    try:
        return await _in_time(backend.freshness())
    except DatabaseUnavailable:
        return Freshness(as_of=None, error=DatabaseUnavailable(name))
    except Exception:
        _log.exception("the copy of %s cannot tell how current it is", name)
        return Freshness(
            as_of=None, error=Unavailable(name, f"The gateway cannot tell how current its copy of {name.label} is.")
        )


def report(
    name: Backend,
    answer: Sequence[Fetched] | GatewayError,
    fresh: Freshness | None = None,
    gaps: Sequence[GatewayError] = (),
) -> SourceReport:
    """How a backend took part in an answer: the records that came from it and what they lack, or what kept it from it."""
    if isinstance(answer, GatewayError):
        return SourceReport(backend=name, state=_state_of(answer), failure=answer)
    if fresh is not None and fresh.error is not None:
        state, failure, as_of = SourceState.STALE, fresh.error, fresh.as_of
        return SourceReport(backend=name, state=state, count=len(answer), as_of=as_of, failure=failure, gaps=gaps)
    as_of = fresh.as_of if fresh else min((record.fetched_at for record in answer), default=now())
    if gaps:
        state, failure = SourceState.PARTIAL, gaps[0]
        return SourceReport(backend=name, state=state, count=len(answer), as_of=as_of, failure=failure, gaps=gaps[1:])
    return SourceReport(backend=name, state=SourceState.OK, count=len(answer), as_of=as_of)


def _state_of(error: GatewayError) -> SourceState:
    return next((state for kind, state in _STATES.items() if isinstance(error, kind)), SourceState.FAILED)


_STATES = {
    NotConfigured: SourceState.NOT_CONFIGURED,
    NotSupported: SourceState.NOT_SUPPORTED,
    Incomplete: SourceState.PARTIAL,
}


def older_of(one: Freshness | None, other: Freshness | None) -> Freshness | None:
    """How current an answer is that both had a part in: as old as the older of them."""
    if one is None or other is None:
        return one or other
    known = [fresh.as_of for fresh in (one, other) if fresh.as_of is not None]
    return Freshness(as_of=min(known, default=None), error=one.error or other.error)
