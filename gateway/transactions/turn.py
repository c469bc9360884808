"""A turn: what a worker does with one step that is due, and what it writes down of it.

What was certainly not sent is tried again, what was refused has failed, and of what nothing was heard is found out first.
"""

import asyncio
import hashlib
import logging
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import msgspec
from sqlalchemy import Connection

from gateway.clock import micros, now, of_micros, set_deadline
from gateway.database import Database
from gateway.errors import (
    BadUserInput,
    Conflict,
    DatabaseUnavailable,
    ErrorCode,
    Forbidden,
    GatewayError,
    NotConfigured,
    NotFound,
    NotSupported,
    RateLimited,
    Rejected,
    TimedOut,
    Unauthenticated,
)
from gateway.models import Backend
from gateway.transactions import claims
from gateway.transactions.claims import Claim, ItemEnd, Lost
from gateway.transactions.facts import TransactionError, error_of
from gateway.transactions.tables import State
from gateway.transactions.work import Achieved, Again, Change, Done, Job, NotApplied, Ready, Result, TakenOn, Unknowable, Unsure
from gateway.transport import note_change, skip_cache

log = logging.getLogger("gateway.transactions")

Changes = Callable[[Backend, str], Change[Any] | None]
"""How a backend does what a mutation asks; None where it does not, or is not configured any more."""

_REFUSALS = (Rejected, Unauthenticated, Conflict, NotSupported, NotFound, BadUserInput, Forbidden)
_NEVER_SENT = (RateLimited, NotConfigured)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 60.0
_WRITE_AGAIN = 0.5  # seconds after which a word that could not be written down is written again


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long things take, in seconds.

    `lease`: how long a process of which nothing more is heard is believed to be at work. `turn`: what one turn of a step may
    take. `patience`: how long is tried what cannot be done, or found out, for the moment. `kept`: how long transactions are
    kept after their end. `grace`: how long a turn may go on once the process has been asked to stop. `longest_settle`: the
    most that is waited for a message of which nothing was heard to land.
    """

    lease: float = 15.0
    turn: float = 60.0
    patience: float = 86_400.0
    kept: float = 90 * 86_400.0
    grace: float = 10.0
    longest_settle: float = 3600.0


class _Stage(Enum):
    """What is under way. Of what is SENT, nobody knows what became of it until it is heard."""

    PREPARE = "PREPARE"
    SEND = "SEND"
    FIND_OUT = "FIND_OUT"


class Turn:
    """One turn of one claim."""

    def __init__(self, database: Database, changes: Changes, held: Claim, pace: Pace) -> None:
        self._database = database
        self._changes = changes
        self._held = held
        self._pace = pace
        self._settle_after = pace.longest_settle
        self._stage = _Stage.PREPARE if held.state is State.READY else _Stage.FIND_OUT

    async def take(self) -> None:
        """Until an outcome is written down. What fails unexpectedly is logged, and is an outcome too."""
        skip_cache()
        set_deadline(self._pace.turn)
        try:
            await self._go()
        except Lost:
            log.info("step %d was taken over or cancelled", self._held.step)
        except DatabaseUnavailable:
            log.warning("what became of step %d could not be written down; it is found out later", self._held.step)
        except asyncio.CancelledError:
            with suppress(Lost, DatabaseUnavailable):
                await self._hand_back()
            raise

    async def _go(self) -> None:
        try:
            async with asyncio.timeout(self._pace.turn):
                change = self._change()
                await self._part(change, self._job(change))
        except TimeoutError:
            await self._fails(TimedOut(self._held.backend, f"{self._held.backend.label} did not answer in time."))
        except Again:
            await self._put_off(State.READY, self._pause(), None)
        except DatabaseUnavailable:
            raise
        except GatewayError as error:
            await self._fails(error)
        except (Lost, asyncio.CancelledError):
            raise
        except Exception:
            log.exception("step %d (%s, %s) failed unexpectedly", self._held.step, self._held.operation, self._held.backend)
            await self._fails(GatewayError("The gateway failed here; its log has more."))

    def _change(self) -> Change[Any]:
        held = self._held
        change = self._changes(held.backend, held.operation)
        if change is None:
            raise NotConfigured(held.backend, f"{held.backend.label} is not configured for this any more.")
        self._settle_after = min(change.settle_after, self._pace.longest_settle)
        return change

    async def _part(self, change: Change[Any], job: Job[Any]) -> None:
        """The next part of the step's way."""
        if not job.items:
            await self._end({})
        elif self._held.state is State.READY:
            ready = await change.prepare(job)
            if isinstance(ready, Done):
                await self._end(_of(ready, job))
            else:
                await self._send(change, job, ready)
        elif self._held.state is State.SENDING:
            await self._found_out(change, job, await change.settle(job))
        else:
            polled = await change.poll(job)
            await (self._put_off(State.SENDING, 0, None) if isinstance(polled, Unsure) else self._heard(change, job, polled))

    async def _found_out(self, change: Change[Any], job: Job[Any], found: Done | TakenOn | NotApplied | Unknowable) -> None:
        match found:
            case NotApplied(message):
                await self._send(change, job, Ready(job.message if message is None else message))
            case Unknowable(hint):
                await self._end_unknown(hint)
            case heard:
                await self._heard(change, job, heard)

    async def _send(self, change: Change[Any], job: Job[Any], ready: Ready) -> None:
        items = {index: facts for index, facts in job.items.items() if index not in ready.refused}
        refused = {index: self._told(error, index) for index, error in ready.refused.items()}
        if not items:
            await self._end({**refused})
            return
        held, after = self._held, self._settle_after
        await self._write(lambda c: claims.about_to_send(c, held, ready.message, refused, after), once=True)
        self._stage = _Stage.SEND
        job = replace(job, items=items, message=ready.message, sent_at=now())
        await self._heard(change, job, await change.send(job))

    async def _heard(self, change: Change[Any], job: Job[Any], heard: Done | TakenOn) -> None:
        note_change(self._held.backend)
        if isinstance(heard, Done):
            await self._end(_of(heard, job))
            return
        at_work = (now() - job.sent_at).total_seconds() if job.sent_at else 0.0
        after = max(change.poll_after, min(_LONGEST_PAUSE, at_work / 2))
        if self._impatient and self._stage is _Stage.FIND_OUT:
            await self._end_unknown(f"{self._held.backend.label} has worked on it for too long.")
            return
        held, ends = self._held, self._ends(heard.results)
        await self._write(lambda c: claims.taken_on(c, held, heard.remote, after, ends))

    async def _fails(self, error: GatewayError) -> None:
        """What an error means depends on what was under way."""
        if self._stage is _Stage.FIND_OUT:
            await self._not_found_out(error)
        elif self._stage is _Stage.PREPARE:
            await self._not_done(error, isinstance(error, _REFUSALS) or error.code is ErrorCode.INTERNAL_ERROR)
        elif isinstance(error, _REFUSALS):
            await self._not_done(error, refused=True)
        elif (isinstance(error, _NEVER_SENT) or not error.sent) and self._held.state is State.READY:
            await self._not_done(error, refused=False)
        else:
            await self._put_off(State.SENDING, self._settle_after, error)

    async def _not_done(self, error: GatewayError, refused: bool) -> None:
        """Certainly not: all items fail, or it is tried again."""
        if refused or self._impatient:
            await self._end(dict.fromkeys(self._held.facts, error))
        else:
            await self._put_off(State.READY, self._pause(error), error)

    async def _not_found_out(self, error: GatewayError) -> None:
        if self._impatient:
            await self._end_unknown(error.message)
        else:
            await self._put_off(self._held.state, self._pause(error), error)

    async def _end(self, results: Mapping[int, Result | TransactionError]) -> None:
        """An item of which nothing is said was done."""
        held, ends = self._held, self._ends(results)
        await self._write(lambda c: claims.end(c, held, ends))
        log.info("step %d (%s, %s) has ended", held.step, held.operation, held.backend)

    def _ends(self, results: Mapping[int, Result | TransactionError]) -> dict[int, ItemEnd]:
        ends: dict[int, ItemEnd] = {}
        for index, result in results.items():
            ends[index] = self._told(result, index) if isinstance(result, GatewayError) else result
        return ends

    async def _end_unknown(self, hint: str) -> None:
        label = self._held.backend.label
        message = f"{label} may or may not have done this, and there is no way to find out. {hint}".strip()
        unknown = TransactionError(code=ErrorCode.OUTCOME_UNKNOWN, message=message, backend=self._held.backend)
        await self._end({index: replace(unknown, index=index) for index in self._held.facts})

    async def _put_off(self, state: State, after: float, error: GatewayError | None) -> None:
        held = self._held
        told = self._told(error) if error else None
        await self._write(lambda c: claims.put_off(c, held, state, after, told))

    async def _hand_back(self) -> None:
        """The process ends: another one goes on from here."""
        if self._stage is _Stage.PREPARE:
            await self._put_off(State.READY, 0, None)
        elif self._stage is _Stage.SEND:
            await self._put_off(State.SENDING, self._settle_after, None)
        else:
            await self._put_off(self._held.state, 0, None)

    async def _write(self, work: Callable[[Connection], None], *, once: bool = False) -> None:
        """What came of a step has to be written down: it is tried for as long as nobody else can have taken the step."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self._pace.lease
        while True:
            try:
                return await self._database.write(work)
            except DatabaseUnavailable:
                if once or loop.time() > until:
                    raise
            await asyncio.sleep(_WRITE_AGAIN)

    def _job(self, change: Change[Any]) -> Job[Any]:
        held = self._held
        return Job(
            key=hashlib.sha256(f"{held.handle}/{held.step}".encode()).hexdigest()[:24],
            items={index: msgspec.json.decode(facts, type=change.facts) for index, facts in held.facts.items()},
            submitted_at=of_micros(held.submitted_at),
            message=held.message or {},
            remote=held.remote,
            sent_at=None if held.sent_at is None else of_micros(held.sent_at),
        )

    def _told(self, error: GatewayError, index: int | None = None) -> TransactionError:
        return error_of(error, self._held.backend, index)

    @property
    def _impatient(self) -> bool:
        return micros(now()) - self._held.begun_at > self._pace.patience * 1_000_000

    def _pause(self, error: GatewayError | None = None) -> float:
        """Longer each time, and no shorter than a backend wants it."""
        pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(self._held.failures, 10)) * random.uniform(0.5, 1)
        wanted = error.retry_after if error else None
        return max(pause, wanted * random.uniform(1, 1.1) if wanted else 0.0)


def _of(done: Done, job: Job[Any]) -> dict[int, Result | TransactionError]:
    return {index: done.results.get(index, Achieved()) for index in job.items}
