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
from math import inf
from typing import Any, TypeAlias

import msgspec
from sqlalchemy import Connection

from gateway.clock import micros, now, of_micros, set_deadline
from gateway.database import Database
from gateway.errors import (
    BackendError,
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

Word: TypeAlias = Callable[[Connection], None]
"""What came of a turn, as it is going to be written down. Raises Lost."""

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
    """One turn of one claim. `pause` is for how many seconds its backend wants to be left alone, as far as it said so."""

    def __init__(self, database: Database, changes: Changes, held: Claim, pace: Pace) -> None:
        self._database = database
        self._changes = changes
        self.held = self._held = held
        self.pause = 0.0
        self._pace = pace
        self._settle_after = pace.longest_settle
        self._stage = _Stage.PREPARE if held.state is State.READY else _Stage.FIND_OUT
        self._word: Word | None = None

    async def take(self) -> None:
        """Until an outcome is written down. What fails unexpectedly is logged, and is an outcome too."""
        skip_cache()
        try:
            self._word = await self._in_time()
            await self._write_down(self._word)
            log.debug("a turn of step %d (%s, %s) has ended", self._held.step, self._held.operation, self._held.backend)
        except Lost:
            log.info("step %d was taken over or cancelled", self._held.step)
        except asyncio.CancelledError:
            with suppress(Lost, DatabaseUnavailable):
                set_deadline(inf)
                await self._database.write(self._word or self._handed_back())
            raise

    async def _in_time(self) -> Word:
        set_deadline(self._pace.turn)
        try:
            async with asyncio.timeout(self._pace.turn):
                change = self._change()
                return await self._part(change, self._job(change))
        except TimeoutError:
            return self._failed(TimedOut(self._held.backend, f"{self._held.backend.label} did not answer in time."))
        except Again:
            return self._put_off(State.READY, self._pause(), None)
        except GatewayError as error:
            return self._failed(error)
        except Lost:
            raise
        except Exception:
            log.exception("step %d (%s, %s) failed unexpectedly", self._held.step, self._held.operation, self._held.backend)
            return self._failed(GatewayError("The gateway failed here; its log has more."))

    async def _write_down(self, word: Word) -> None:
        """Until the database takes it: what is known must not be lost because it is away. Who has lost the step is told so."""
        set_deadline(inf)
        while True:
            try:
                return await self._database.write(word)
            except DatabaseUnavailable:
                log.warning("what became of step %d cannot be written down yet", self._held.step)
            await asyncio.sleep(_WRITE_AGAIN)

    def _change(self) -> Change[Any]:
        held = self._held
        change = self._changes(held.backend, held.operation)
        if change is None:
            raise NotConfigured(held.backend, f"{held.backend.label} is not configured for this any more.")
        self._settle_after = min(change.settle_after, self._pace.longest_settle)
        return change

    async def _part(self, change: Change[Any], job: Job[Any]) -> Word:
        """The next part of the step's way."""
        if not job.items:
            return self._ended({})
        if self._held.state is State.READY:
            ready = await change.prepare(job)
            return self._ended(_of(ready, job)) if isinstance(ready, Done) else await self._send(change, job, ready)
        if self._held.state is State.SENDING:
            return await self._found_out(change, job, await change.settle(job))
        polled = await change.poll(job)
        return self._put_off(State.SENDING, 0, None) if isinstance(polled, Unsure) else self._heard(change, job, polled)

    async def _found_out(self, change: Change[Any], job: Job[Any], found: Done | TakenOn | NotApplied | Unknowable) -> Word:
        match found:
            case NotApplied(message):
                return await self._send(change, job, Ready(job.message if message is None else message))
            case Unknowable(hint):
                return self._unknown(hint)
            case heard:
                return self._heard(change, job, heard)

    async def _send(self, change: Change[Any], job: Job[Any], ready: Ready) -> Word:
        items = {index: facts for index, facts in job.items.items() if index not in ready.refused}
        refused = {index: self._told(error, index) for index, error in ready.refused.items()}
        if not items:
            return self._ended({**refused})
        held, after, loop = self._held, self._settle_after, asyncio.get_running_loop()
        begun = loop.time()
        await self._database.write(lambda c: claims.about_to_send(c, held, ready.message, refused, after))
        if loop.time() - begun > self._pace.lease / 3:
            # The process was stopped, or the database took long: others may be about to find out what became of it.
            return self._put_off(held.state, self._pause(), None)
        self._stage = _Stage.SEND
        job = replace(job, items=items, message=ready.message, sent_at=now())
        return self._heard(change, job, await change.send(job))

    def _heard(self, change: Change[Any], job: Job[Any], heard: Done | TakenOn) -> Word:
        note_change(self._held.backend)
        if isinstance(heard, Done):
            return self._ended(_of(heard, job))
        at_work = (now() - job.sent_at).total_seconds() if job.sent_at else 0.0
        after = max(change.poll_after, min(_LONGEST_PAUSE, at_work / 2))
        if self._impatient and self._stage is _Stage.FIND_OUT:
            return self._unknown(f"{self._held.backend.label} has worked on it for too long.")
        held, ends = self._held, self._ends(heard.results)
        return lambda connection: claims.taken_on(connection, held, heard.remote, after, ends)

    def _failed(self, error: GatewayError) -> Word:
        """What an error means depends on what was under way."""
        if isinstance(error, _NEVER_SENT) or not error.sent:
            self.pause = float(error.retry_after or 0)
        if self._stage is _Stage.FIND_OUT:
            return self._not_found_out(error)
        if self._stage is _Stage.PREPARE:
            return self._not_done(error, isinstance(error, _REFUSALS) or error.code is ErrorCode.INTERNAL_ERROR)
        if isinstance(error, _REFUSALS):
            return self._not_done(error, refused=True)
        if (isinstance(error, _NEVER_SENT) or not error.sent) and self._held.state is State.READY:
            return self._not_done(error, refused=False)
        return self._put_off(State.SENDING, self._settle_after, error)

    def _not_done(self, error: GatewayError, refused: bool) -> Word:
        """Certainly not: all items fail, or it is tried again."""
        if refused or self._impatient:
            return self._ended(dict.fromkeys(self._held.facts, error))
        return self._put_off(State.READY, self._pause(error), error)

    def _not_found_out(self, error: GatewayError) -> Word:
        if self._impatient:
            return self._unknown(error.message)
        return self._put_off(self._held.state, self._pause(error), error)

    def _ended(self, results: Mapping[int, Result | TransactionError]) -> Word:
        """An item of which nothing is said was done."""
        held, ends = self._held, self._ends(results)
        return lambda connection: claims.end(connection, held, ends)

    def _ends(self, results: Mapping[int, Result | TransactionError]) -> dict[int, ItemEnd]:
        ends: dict[int, ItemEnd] = {}
        for index, result in results.items():
            ends[index] = self._told(result, index) if isinstance(result, GatewayError) else result
        return ends

    def _unknown(self, hint: str) -> Word:
        label = self._held.backend.label
        message = f"{label} may or may not have done this, and there is no way to find out. {hint}".strip()
        unknown = TransactionError(code=ErrorCode.OUTCOME_UNKNOWN, message=message, backend=self._held.backend)
        return self._ended({index: replace(unknown, index=index) for index in self._held.facts})

    def _put_off(self, state: State, after: float, error: GatewayError | None) -> Word:
        held = self._held
        told = self._told(error) if error else None
        return lambda connection: claims.put_off(connection, held, state, after, told)

    def _handed_back(self) -> Word:
        """The process ends: another one goes on from here."""
        if self._stage is _Stage.PREPARE:
            return self._put_off(State.READY, 0, None)
        if self._stage is _Stage.SEND:
            return self._put_off(State.SENDING, self._settle_after, None)
        return self._put_off(self._held.state, 0, None)

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
        """Longer each time, and no shorter than a backend wants it. Once this is written, the database is back."""
        pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(self._held.failures, 10)) * random.uniform(0.5, 1)
        wanted = error.retry_after if isinstance(error, BackendError) else None
        return max(pause, wanted * random.uniform(1, 1.1) if wanted else 0.0)


def _of(done: Done, job: Job[Any]) -> dict[int, Result | TransactionError]:
    return {index: done.results.get(index, Achieved()) for index in job.items}
