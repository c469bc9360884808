"""The read model: the newest copy of every record that a backend told us of, because it cannot be asked for lists.

What arrives is kept twice: as the message that came (`inbox`), and as the records that it says something of
(`records`, with the numbers and SKUs that they are found by in `record_keys`). Both are written in one transaction, so a
message may be acknowledged to its sender as soon as `take` has returned.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    update,
)

from gateway.clock import after, micros, now, of_micros, seconds_until, written
from gateway.database import Database
from gateway.errors import BackendError, ErrorCode, Incomplete, of_code
from gateway.models import Backend, Sort
from gateway.readmodel.changes import Change, Key, Kind, Message, MessageState, keep, take_over
from gateway.readmodel.tables import LONGEST, MOST_KEYS, batches, fitting, record_keys, records, synchronisations

__all__ = [
    "LONGEST",
    "MOST_KEYS",
    "Change",
    "Key",
    "Kind",
    "Message",
    "MessageState",
    "ReadModel",
    "StoredRecord",
    "Synchronisation",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecord:
    record_id: str
    parent_id: str | None
    payload: bytes = field(repr=False)
    list_time: datetime
    fetched_at: datetime
    version: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Synchronisation:
    """When the read model was last in step with a backend, and what went wrong at the last try.

    With BACKEND_INCOMPLETE it is in step as far as the backend lets itself be read.
    """

    synced_at: datetime | None
    attempted_at: datetime | None
    error_code: ErrorCode | None = None
    error_message: str | None = None
    retry_at: datetime | None = None

    def error(self, backend: Backend) -> BackendError | None:
        """What went wrong at the last try, as it was then."""
        if self.error_code is None:
            return None
        message = self.error_message or f"{backend.label} could not be read."
        return of_code(self.error_code, backend, message, seconds_until(self.retry_at))


class ReadModel:
    """The stored copies. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, backend: Backend, messages: Sequence[Message], changes: Sequence[Change]) -> None:
        """Keep the messages and take over the changes. Committed when it returns."""
        received_at = now()

        def work(connection: Connection) -> None:
            keep(connection, backend, messages, received_at)
            take_over(connection, backend, changes, received_at)

        await self._database.write(work)

    async def page(
        self,
        backend: Backend,
        kind: Kind,
        sort: Sort,
        after: tuple[datetime, str] | None,
        limit: int,
        within: Mapping[Key, Collection[str]] | None = None,
    ) -> list[StoredRecord]:
        """The next records in list order (list time, then id, both turned by `sort`) behind a list time and id.

        `within`: only those that are found by one of these, of which there may be MOST_KEYS.
        """
        statement = _live(backend, kind).order_by(*_order(sort)).limit(limit)
        if after is not None:
            statement = statement.where(_behind(sort, after))
        if within is not None:
            statement = statement.where(_found_by_any(backend, kind, within))
        return await self._database.read(lambda connection: [_stored(row) for row in connection.execute(statement)])

    async def every(self, backend: Backend, kind: Kind) -> list[StoredRecord]:
        """All records of a kind, by id. For kinds of which there are few (warehouses, channels)."""
        statement = _live(backend, kind).order_by(records.c.record_id)
        return await self._database.read(lambda connection: [_stored(row) for row in connection.execute(statement)])

    async def ids(self, backend: Backend, kinds: Collection[Kind], after: str, limit: int) -> list[str]:
        """The next ids, in order, of records of any of these kinds; each once."""
        ids = select(records.c.record_id).where(
            _of(backend, kinds), records.c.payload.is_not(None), records.c.record_id > after
        )
        statement = ids.distinct().order_by(records.c.record_id).limit(limit)
        return await self._database.read(lambda connection: list(connection.scalars(statement)))

    async def taken(self, backend: Backend, kinds: Collection[Kind], since: datetime) -> dict[str, datetime]:
        """The ids of those that were taken over or deleted after this time, and when: the latest goes last."""
        at = func.max(records.c.fetched_at)
        of_kinds = select(records.c.record_id, at.label("at")).where(_of(backend, kinds), records.c.fetched_at > micros(since))
        statement = of_kinds.group_by(records.c.record_id).order_by(at)

        def work(connection: Connection) -> dict[str, datetime]:
            return {row.record_id: of_micros(row.at) for row in connection.execute(statement)}

        return await self._database.read(work)

    async def by_id(self, backend: Backend, kind: Kind, ids: Iterable[str]) -> dict[str, StoredRecord]:
        def work(connection: Connection) -> dict[str, StoredRecord]:
            found = (connection.execute(_live(backend, kind).where(records.c.record_id.in_(batch))) for batch in batches(ids))
            return {row.record_id: _stored(row) for rows in found for row in rows}

        return await self._database.read(work)

    async def by_key(self, backend: Backend, kind: Kind, key: Key, values: Iterable[str]) -> dict[str, list[StoredRecord]]:
        """Records by a number or SKU that they go by. Each list is ordered by record id; unknown values are missing."""

        def work(connection: Connection) -> dict[str, list[StoredRecord]]:
            found: dict[str, list[StoredRecord]] = {}
            wanted = {fitting(value): value for value in values}
            for batch in batches(wanted):
                for row in connection.execute(_by_key(backend, kind, key, batch)):
                    found.setdefault(wanted[row.key], []).append(_stored(row))
            return found

        return await self._database.read(work)

    async def by_parent(self, backend: Backend, kind: Kind, parents: Iterable[str]) -> dict[str, list[StoredRecord]]:
        """Children by the id of their parent, each list ordered by record id."""

        def work(connection: Connection) -> dict[str, list[StoredRecord]]:
            found: dict[str, list[StoredRecord]] = {}
            for batch in batches(parents):
                statement = _live(backend, kind).where(records.c.parent_id.in_(batch)).order_by(records.c.record_id)
                for row in connection.execute(statement):
                    found.setdefault(row.parent_id, []).append(_stored(row))
            return found

        return await self._database.read(work)

    async def synchronised(self, backend: Backend, error: BackendError | None = None) -> None:
        """Say that the read model is in step with the backend as of now, or what kept it from that.

        Incomplete: in step with all that the backend lets one read, which is not all that it holds.
        """
        instant = micros(now())
        values = {
            "attempted_at": instant,
            "error_code": error.code if error else None,
            "error_message": error.message if error else None,
            "retry_at": written(after(error.retry_after)) if error else None,
        } | ({"synced_at": instant} if error is None or isinstance(error, Incomplete) else {})

        def work(connection: Connection) -> None:
            known = synchronisations.c.backend == backend
            if not connection.execute(update(synchronisations).where(known).values(values)).rowcount:
                connection.execute(insert(synchronisations).values(backend=backend, **values))

        await self._database.write(work)

    async def synchronisation(self, backend: Backend) -> Synchronisation:
        statement = select(synchronisations).where(synchronisations.c.backend == backend)
        row = await self._database.read(lambda connection: connection.execute(statement).first())
        if row is None:
            return Synchronisation(synced_at=None, attempted_at=None)
        return Synchronisation(
            synced_at=of_micros(row.synced_at) if row.synced_at is not None else None,
            attempted_at=of_micros(row.attempted_at),
            error_code=ErrorCode(row.error_code) if row.error_code else None,
            error_message=row.error_message,
            retry_at=of_micros(row.retry_at) if row.retry_at is not None else None,
        )


def _of(backend: Backend, kinds: Collection[Kind]) -> ColumnElement[bool]:
    return and_(records.c.backend == backend, records.c.kind.in_(list(kinds)))


def _live(backend: Backend, kind: Kind) -> Select[Any]:
    here = (records.c.backend == backend, records.c.kind == kind, records.c.payload.is_not(None))
    return select(records).where(*here)


def _by_key(backend: Backend, kind: Kind, key: Key, values: Sequence[str]) -> Select[Any]:
    same = and_(
        record_keys.c.backend == records.c.backend,
        record_keys.c.kind == records.c.kind,
        record_keys.c.record_id == records.c.record_id,
    )
    wanted = (
        record_keys.c.backend == backend,
        record_keys.c.kind == kind,
        record_keys.c.sort == key,
        record_keys.c.key.in_(values),
    )
    found = select(records, record_keys.c.key).join(record_keys, same).where(*wanted, records.c.payload.is_not(None))
    return found.order_by(records.c.record_id)


def _found_by_any(backend: Backend, kind: Kind, within: Mapping[Key, Collection[str]]) -> ColumnElement[bool]:
    keys = record_keys.c
    named = ((sort, [fitting(value) for value in values]) for sort, values in within.items())
    wanted = or_(False, *(and_(keys.sort == sort, keys.key.in_(values)) for sort, values in named))
    found = select(keys.record_id).where(keys.backend == backend, keys.kind == kind, wanted)
    return records.c.record_id.in_(found)


def _order(sort: Sort) -> tuple[ColumnElement[Any], ...]:
    columns = (records.c.list_time, records.c.record_id)
    return columns if sort is Sort.ASC else tuple(column.desc() for column in columns)


def _behind(sort: Sort, after: tuple[datetime, str]) -> ColumnElement[bool]:
    """A comparison of both columns at once: the index leads straight to the place, however deep in the list it is."""
    time, record_id = records.c.list_time, records.c.record_id
    place = tuple_(time, record_id)
    here = tuple_(literal(micros(after[0]), time.type), literal(after[1], record_id.type))
    return place > here if sort is Sort.ASC else place < here


def _stored(row: Row[Any]) -> StoredRecord:
    return StoredRecord(
        record_id=row.record_id,
        parent_id=row.parent_id,
        payload=row.payload.encode(),
        list_time=of_micros(row.list_time),
        fetched_at=of_micros(row.fetched_at),
        version=row.version,
    )
