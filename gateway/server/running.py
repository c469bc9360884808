"""Running: each answer within the deadline, and with what it read for itself alone."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from graphql import GraphQLError, OperationType

from gateway.clock import set_deadline
from gateway.errors import GatewayError
from gateway.principal import Principal
from gateway.server.answers import body_of, failure, refusal
from gateway.server.authentication import Refused
from gateway.server.operations import Execute, Operation, Outcome, Stream, Subscribe, Wish, check_allowed, kind_of
from gateway.transport import CallLog, begin_operation, log_calls, skip_cache

T = TypeVar("T")

_TIME_TO_COMPOSE = 0.1
"""The part of the deadline that is kept for putting the answer together once the backends have been heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An operation, who asks for it, and how: `fresh` means with nothing out of the cache."""

    operation: Operation
    principal: Principal
    request_id: str
    fresh: bool = False
    wish: Wish | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A response. `ran` is false where it has errors alone, and none of them from running the client's fields."""

    body: dict[str, Any]
    ran: bool


class _Late(GatewayError):
    """The time for an answer is over."""


@dataclass(frozen=True)
class Runner:
    """Runs what clients ask for. `deadline` is what one answer may take, in seconds."""

    execute: Execute
    plan: Execute
    subscribe: Subscribe
    deadline: float

    async def answer(self, asked: Asked) -> Answer:
        """To a query or a mutation."""
        run = self.plan if asked.wish is Wish.PLAN else self.execute
        return await self._answer(asked, partial(run, asked.operation, asked.principal))

    async def answers(self, asked: Asked) -> AsyncGenerator[Answer, None]:
        """One to a query or a mutation, and to a subscription one for each event. Errors are answers, the last ones."""
        try:
            kind = kind_of(asked.operation)
            check_allowed(kind, asked.principal)
            if kind is not OperationType.SUBSCRIPTION or asked.wish is Wish.PLAN:
                yield await self.answer(asked)
                return
            begin = partial(self.subscribe, asked.operation, asked.principal)
            opened = await _apart(self._in_time(asked, None, begin))
            if isinstance(opened, Outcome):
                yield Answer(body_of(opened, None, asked.request_id), opened.ran)
                return
            async with aclosing(self._of_events(asked, opened)) as answers:
                async for answer in answers:
                    yield answer
        except Refused as error:
            yield Answer(refusal(str(error), error.code, asked.request_id), ran=False)
        except Exception as error:
            yield Answer(failure(error, asked.request_id), ran=False)

    async def _of_events(self, asked: Asked, stream: Stream) -> AsyncGenerator[Answer, None]:
        """Each event is answered in a task of its own: its deadline, and what it has read, are no other event's."""
        try:
            async for event in stream.events:
                yield await _apart(self._answer(asked, partial(stream.answer, event)))
        finally:
            if isinstance(stream.events, AsyncGenerator):
                await stream.events.aclose()

    async def _answer(self, asked: Asked, run: Callable[[], Awaitable[Outcome]]) -> Answer:
        calls = CallLog() if asked.wish is Wish.CALLS else None
        try:
            outcome = await self._in_time(asked, calls, run)
        except _Late as late:
            outcome = Outcome(None, [GraphQLError(late.message, original_error=late)], ran=True)
        return Answer(body_of(outcome, calls, asked.request_id), outcome.ran)

    async def _in_time(self, asked: Asked, calls: CallLog | None, run: Callable[[], Awaitable[T]]) -> T:
        if asked.fresh:
            skip_cache()
        set_deadline(self.deadline * (1 - _TIME_TO_COMPOSE))
        begin_operation()
        log_calls(calls)
        try:
            async with asyncio.timeout(self.deadline):
                return await run()
        except TimeoutError:
            raise _Late(f"The operation took longer than the {self.deadline:g} seconds that it may take.") from None


async def _apart(work: Awaitable[T]) -> T:
    """In a task of its own, which ends with this one."""

    async def run() -> T:
        return await work

    return await asyncio.create_task(run())
