"""Asking backends on behalf of one operation: in time, each error told once, and no second wait for one that did not answer."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from math import inf
from typing import Protocol, TypeVar

from gateway.clock import now, time_left
from gateway.entities import SourceReport
from gateway.errors import (
    DatabaseUnavailable,
    GatewayError,
    Incomplete,
    MalformedReply,
    NotConfigured,
    NotSupported,
    RateLimited,
    TimedOut,
    Unauthenticated,
    Unavailable,
)
from gateway.models import Backend, SourceState
from gateway.ports import BackendPort, Copied, Freshness
from gateway.registry import Registry

P = TypeVar("P")
T = TypeVar("T")


class Fetched(Protocol):
    """Something that a backend told at a known time."""

    @property
    def fetched_at(self) -> datetime: ...


_log = logging.getLogger("gateway.sources")

_NOT_ASKED_AGAIN = (TimedOut, Unavailable, Unauthenticated, RateLimited, DatabaseUnavailable)
_UNHEALTHY = (TimedOut, Unavailable, Unauthenticated, RateLimited, MalformedReply)


class Sources:
    """The backends as one operation may ask them.

    No question may spend more than half of the time that is left, so that there is always some for those that follow; and a
    backend that could not be reached, did not answer in time or would not be asked is not asked again in the same operation.
    """

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self._silent: dict[Backend, GatewayError] = {}
        self._freshness: dict[Backend, asyncio.Task[Freshness]] = {}

    def names(self, wanted: Iterable[Backend] | None = None) -> list[Backend]:
        """The backends that a question goes to: those that are wanted, or all."""
        known = self.registry.names
        return known if wanted is None else [name for name in known if name in set(wanted)]

    async def ask(self, name: Backend, port: type[P], question: Callable[[P], Awaitable[T]]) -> T:
        """The backend's answer. Raises a GatewayError that says why there is none."""
        backend = self.registry.require(name, port)
        if silent := self._silent.get(name):
            raise silent
        try:
            async with asyncio.timeout(_half_of_what_is_left()):
                answer = await question(backend)
        except TimeoutError:
            raise self._failed(name, TimedOut(name, f"{name.label} did not answer in time.")) from None
        except DatabaseUnavailable:  # no fault of the backend's
            raise self._failed(name, DatabaseUnavailable(name)) from None
        except GatewayError as error:
            raise self._failed(name, error) from None
        except Exception:
            _log.exception("asking %s failed unexpectedly", name)
            raise GatewayError("The gateway failed to read this backend's answer.", backend=name) from None
        if port is BackendPort or not isinstance(backend, Copied):  # a copy answers whether its backend is there or not
            self.registry.succeeded(name)
        return answer

    async def try_ask(self, name: Backend, port: type[P], question: Callable[[P], Awaitable[T]]) -> T | GatewayError:
        """The same, with the error as the answer."""
        try:
            return await self.ask(name, port, question)
        except GatewayError as error:
            return error

    async def freshness(self, names: Iterable[Backend]) -> dict[Backend, Freshness]:
        """How current the copies of those backends are that are read from a copy."""
        copied = {name: self._freshness_of(name) for name in names}
        return {name: await task for name, task in copied.items() if task is not None}

    def _freshness_of(self, name: Backend) -> asyncio.Task[Freshness] | None:
        backend = self.registry.find(name, Copied)
        if backend is not None and name not in self._freshness:
            self._freshness[name] = asyncio.ensure_future(_freshness(name, backend))
        return self._freshness.get(name)

    def _failed(self, name: Backend, error: GatewayError) -> GatewayError:
        if isinstance(error, _NOT_ASKED_AGAIN):
            self._silent[name] = error
        if isinstance(error, _UNHEALTHY):
            self.registry.failed(name, error)
        return error


async def _freshness(name: Backend, backend: Copied) -> Freshness:
    """Where the database cannot tell how current a copy is, only this backend's answer suffers."""
    try:
        async with asyncio.timeout(_half_of_what_is_left()):
            return await backend.freshness()
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
    gaps: Sequence[Incomplete] = (),
) -> SourceReport:
    """How a backend took part in an answer: the records that came from it, or the error that kept it from it."""
    if isinstance(answer, GatewayError):
        return SourceReport(backend=name, state=_state_of(answer), failure=answer)
    if fresh is not None and fresh.error is not None:
        return SourceReport(backend=name, state=SourceState.STALE, count=len(answer), as_of=fresh.as_of, failure=fresh.error)
    as_of = fresh.as_of if fresh else min((record.fetched_at for record in answer), default=now())
    if gaps:
        return SourceReport(backend=name, state=SourceState.PARTIAL, count=len(answer), as_of=as_of, failure=gaps[0])
    return SourceReport(backend=name, state=SourceState.OK, count=len(answer), as_of=as_of)


def _state_of(error: GatewayError) -> SourceState:
    return next((state for kind, state in _STATES.items() if isinstance(error, kind)), SourceState.FAILED)


_STATES = {
    NotConfigured: SourceState.NOT_CONFIGURED,
    NotSupported: SourceState.NOT_SUPPORTED,
    Incomplete: SourceState.PARTIAL,
}


def _half_of_what_is_left() -> float | None:
    left = time_left(inf)
    return None if left == inf else left / 2
