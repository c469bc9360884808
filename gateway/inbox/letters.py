"""Letters: messages of backends as they are kept, from their arrival until they are forgotten."""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from gateway.clock import micros, now, of_micros
from gateway.database import Database
from gateway.models import Backend
from gateway.notices import Notice, Topic, announce
from gateway.readmodel.changes import Message, MessageState
from gateway.readmodel.tables import MOST_KEYS, batches, fitting, inbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message as it is kept. `received_at` is since when it is to be dealt with, `problem` what kept it from that."""

    id: int
    backend: Backend
    type: str
    body: str = field(repr=False)
    received_at: datetime
    state: MessageState
    times: int
    attempts: int
    due_at: datetime | None
    handled_at: datetime | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a letter could not be dealt with; and, unless it will be the same each time, when to try again at the earliest."""

    problem: str
    again: bool = True
    retry_after: int | None = None


class Inbox:
    """All letters. `woken` is set where one may have become due. Every method raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.woken = asyncio.Event()

    async def put(self, backend: Backend, message: Message, *told: Notice) -> None:
        """Keep a message that is to be dealt with: stored when this returns, and all processes hear of it, and of what it told.

        One that says the same as an earlier one has that one's place: while that waits it is no news, and it is dealt with
        once more where that was dealt with, or is being so.
        """
        received_at = micros(now())

        def work(connection: Connection) -> None:
            _put(connection, backend, message, received_at)
            announce(connection, Notice(Topic.LETTER, backend=backend), *told)

        await self._database.write(work)
        self.woken.set()

    async def came(self, backend: Backend, message_ids: Collection[str]) -> Mapping[str, datetime]:
        """Since when those of these messages that are kept are to be dealt with, or were."""
        wanted = {fitting(message_id): message_id for message_id in message_ids}
        columns = select(inbox.c.message_id, inbox.c.received_at).where(inbox.c.backend == backend)

        def work(connection: Connection) -> dict[str, datetime]:
            rows = (connection.execute(columns.where(inbox.c.message_id.in_(batch))) for batch in batches(wanted))
            return {wanted[row.message_id]: of_micros(row.received_at) for found in rows for row in found}

        return await self._database.read(work)

    async def due(self, backend: Backend, limit: int) -> list[Letter]:
        """Those that wait and are due, the longest waiting first."""
        waiting = select(inbox).where(inbox.c.backend == backend, inbox.c.state == MessageState.WAITING)
        statement = waiting.where(inbox.c.due_at <= micros(now())).order_by(inbox.c.due_at, inbox.c.id).limit(limit)
        return await self._read(statement)

    async def settle(self, letters: Sequence[Letter], troubles: Mapping[int, Trouble], patience: timedelta) -> None:
        """Write down what became of them. Of one that came again meanwhile, nothing: it has to be dealt with once more."""
        at = now()
        values = {each.id: _settled(each, troubles.get(each.id), patience, at) for each in letters}

        def work(connection: Connection) -> None:
            for letter in letters:
                here = (inbox.c.id == letter.id, inbox.c.times == letter.times, inbox.c.state == MessageState.WAITING)
                connection.execute(update(inbox).where(*here).values(values[letter.id]))

        await self._database.write(work)

    async def listed(self, states: Collection[MessageState], backends: Collection[Backend], limit: int) -> list[Letter]:
        """The newest first."""
        here = (inbox.c.state.in_(list(states)), inbox.c.backend.in_(list(backends)))
        return await self._read(select(inbox).where(*here).order_by(inbox.c.id.desc()).limit(limit))

    async def find(self, letter_id: int) -> Letter | None:
        return next(iter(await self._read(select(inbox).where(inbox.c.id == letter_id))), None)

    async def counts(self) -> Mapping[tuple[Backend, MessageState], int]:
        """How many letters of each backend there are in each state."""
        columns = (inbox.c.backend, inbox.c.state)
        statement = select(*columns, func.count().label("size")).group_by(*columns)

        def work(connection: Connection) -> dict[tuple[Backend, MessageState], int]:
            rows = connection.execute(statement)
            return {(Backend(row.backend), MessageState(row.state)): row.size for row in rows}

        return await self._database.read(work)

    async def replay(self, letters: Collection[int]) -> int:
        """Let these be dealt with once more, from now on; gives how many there are."""
        at = micros(now())
        again = {"state": MessageState.WAITING, "attempts": 0, "due_at": at, "received_at": at, "handled_at": None}

        def work(connection: Connection) -> int:
            updates = (update(inbox).where(inbox.c.id.in_(batch)) for batch in _batches(letters))
            return sum(connection.execute(each.values(times=inbox.c.times + 1, **again)).rowcount for each in updates)

        count = await self._database.write(work)
        self.woken.set()
        return count

    async def forget(self, before: datetime, limit: int) -> int:
        """Remove what was dealt with or given up before then, so many at most; gives how many were."""
        old = select(inbox.c.id).where(inbox.c.handled_at < micros(before)).order_by(inbox.c.handled_at).limit(limit)

        def work(connection: Connection) -> int:
            ids = list(connection.scalars(old))
            return sum(connection.execute(delete(inbox).where(inbox.c.id.in_(batch))).rowcount for batch in _batches(ids))

        return await self._database.write(work)

    async def _read(self, statement: Select[Any]) -> list[Letter]:
        return await self._database.read(lambda connection: [_letter(row) for row in connection.execute(statement)])


def _batches(ids: Collection[int]) -> Iterator[list[int]]:
    unique = list(dict.fromkeys(ids))
    return (unique[start : start + MOST_KEYS] for start in range(0, len(unique), MOST_KEYS))


def _put(connection: Connection, backend: Backend, message: Message, at: int) -> None:
    message_id = fitting(message.message_id)
    here = (inbox.c.backend == backend, inbox.c.message_id == message_id)
    fresh = {"state": MessageState.WAITING, "attempts": 0, "due_at": at, "received_at": at, "handled_at": None, "problem": None}
    if message.problem:
        fresh |= {"state": MessageState.DEAD, "due_at": None, "handled_at": at, "problem": message.problem}
    known = connection.execute(select(inbox.c.state).where(*here)).first()
    if known is None:
        row = {"backend": backend, "message_id": message_id, "type": message.type, "body": message.body, "times": 1}
        connection.execute(insert(inbox).values(row | fresh))
        return
    waits = known.state == MessageState.WAITING
    connection.execute(update(inbox).where(*here).values(times=inbox.c.times + 1, **({} if waits else fresh)))


_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 900.0


def _settled(letter: Letter, trouble: Trouble | None, patience: timedelta, at: datetime) -> dict[str, Any]:
    attempts = letter.attempts + 1
    told: dict[str, Any] = {"attempts": attempts, "problem": trouble.problem if trouble else None}
    if trouble is None:
        return told | {"state": MessageState.DONE, "due_at": None, "handled_at": micros(at)}
    if not trouble.again or at - letter.received_at >= patience:
        return told | {"state": MessageState.DEAD, "due_at": None, "handled_at": micros(at)}
    pause = min(_FIRST_PAUSE * 2 ** min(letter.attempts, 20), _LONGEST_PAUSE)
    return told | {"due_at": micros(at + timedelta(seconds=max(pause, trouble.retry_after or 0)))}


def _letter(row: Row[Any]) -> Letter:
    return Letter(
        id=row.id,
        backend=Backend(row.backend),
        type=row.type,
        body=row.body,
        received_at=of_micros(row.received_at),
        state=MessageState(row.state),
        times=row.times,
        attempts=row.attempts,
        due_at=of_micros(row.due_at) if row.due_at is not None else None,
        handled_at=of_micros(row.handled_at) if row.handled_at is not None else None,
        problem=row.problem,
    )
