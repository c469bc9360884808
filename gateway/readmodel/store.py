"""The read model: the newest copy of every record that a backend told us of, because it cannot be asked for lists.

What arrives is kept twice: as the message that came (`inbox`), and as the records that it says something of
(`records`, with the numbers and SKUs that they are found by in `record_keys`). Both are written in one transaction, so a
message may be acknowledged to its sender as soon as `take` has returned.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Row,
    Select,
    String,
    Table,
    UniqueConstraint,
    and_,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    update,
)

from gateway.clock import micros, now, of_micros
from gateway.database import Database, ForeignText, escaped, metadata
from gateway.errors import BackendError, ErrorCode, Incomplete, of_code
from gateway.models import Backend, Sort

MOST_KEYS = 500
"""Keys in one statement: below the number of parameters that any SQLite allows."""

LONGEST = 255
"""Characters of an id or key. Ids may not be longer; longer keys, which others make, are told apart by their digests."""

records = Table(
    "records",
    metadata,
    Column("backend", String(20), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("record_id", ForeignText(LONGEST, ordered=True), nullable=False),
    Column("parent_kind", String(20)),
    Column("parent_id", ForeignText(LONGEST)),
    Column("list_time", BigInteger, nullable=False),
    Column("version", BigInteger),
    Column("fetched_at", BigInteger, nullable=False),
    Column("payload", ForeignText()),
    PrimaryKeyConstraint("backend", "kind", "record_id"),
    Index("records_in_list_order", "backend", "kind", "list_time", "record_id"),
    Index("records_by_parent", "backend", "parent_id"),
    Index("records_by_time", "backend", "kind", "fetched_at"),
)
"""Times are microseconds since 1970 in UTC. A row without payload says that the record was deleted."""

record_keys = Table(
    "record_keys",
    metadata,
    Column("backend", String(20), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("sort", String(10), nullable=False),
    Column("key", ForeignText(LONGEST), nullable=False),
    Column("record_id", ForeignText(LONGEST, ordered=True), nullable=False),
    PrimaryKeyConstraint("backend", "kind", "sort", "key", "record_id"),
    Index("record_keys_by_record", "backend", "kind", "record_id"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("backend", String(20), nullable=False),
    Column("message_id", ForeignText(LONGEST), nullable=False),
    Column("type", ForeignText(50), nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("body", ForeignText(), nullable=False),
    Column("problem", ForeignText()),
    UniqueConstraint("backend", "message_id"),
)

synchronisations = Table(
    "synchronisations",
    metadata,
    Column("backend", String(20), primary_key=True),
    Column("synced_at", BigInteger),
    Column("attempted_at", BigInteger, nullable=False),
    Column("error_code", String(50)),
    Column("error_message", ForeignText()),
)


class Kind(StrEnum):
    """What a stored record is.

    MENTIONED_... is what a message of something else says of it (an order of its variants): less than its own messages
    say, so it is kept beside them and never in their place. STOCK is what a variant's warehouses hold, by its id.
    """

    ORDER = "ORDER"
    SHIPMENT = "SHIPMENT"
    VARIANT = "VARIANT"
    PRODUCT = "PRODUCT"
    WAREHOUSE = "WAREHOUSE"
    CHANNEL = "CHANNEL"
    STOCK = "STOCK"
    MENTIONED_VARIANT = "MENTIONED_VARIANT"
    MENTIONED_PRODUCT = "MENTIONED_PRODUCT"
    MENTIONED_WAREHOUSE = "MENTIONED_WAREHOUSE"
    MENTIONED_CHANNEL = "MENTIONED_CHANNEL"


class Key(StrEnum):
    """By what a record may be found. VARIANT is the id of a variant that it sells."""

    NUMBER = "NUMBER"
    SKU = "SKU"
    VARIANT = "VARIANT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Something that a backend sent. `message_id` is unique in its backend; a second one of the same id is not kept.

    `problem` says why nothing could be learnt from it, if so.
    """

    message_id: str
    type: str
    body: str = field(repr=False)
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A record as it is now: `payload` is its JSON text; None: it was deleted.

    Taken over only if `version` is newer than the stored one; without a version always, and the stored one stays.
    `list_time` counts for a new record only, or one that was deleted: a list time never changes. `children` are records
    that exist only as parts of this one: those that are no longer among them are deleted. `numbers`, `skus` and
    `variants` are what it is found by, without white space around them; blank ones are left out.
    """

    kind: Kind
    record_id: str
    payload: bytes | None = field(repr=False)
    version: int | None = None
    list_time: datetime | None = None
    numbers: Iterable[str] = ()
    skus: Iterable[str] = ()
    variants: Iterable[str] = ()
    children: Sequence["Change"] = ()


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

    def error(self, backend: Backend) -> BackendError | None:
        """What went wrong at the last try, as it was then."""
        if self.error_code is None:
            return None
        return of_code(self.error_code, backend, self.error_message or f"{backend.label} could not be read.")


class ReadModel:
    """The stored copies. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, backend: Backend, messages: Sequence[Message], changes: Sequence[Change]) -> None:
        """Keep the messages and take over the changes. Committed when it returns."""
        received_at = now()

        def work(connection: Connection) -> None:
            _keep(connection, backend, messages, received_at)
            for change in changes:
                _apply(connection, backend, change, received_at, None)

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
        """The ids of those that were taken over or deleted since then, and when: the latest goes last."""
        at = func.max(records.c.fetched_at)
        of_kinds = select(records.c.record_id, at.label("at")).where(_of(backend, kinds), records.c.fetched_at >= micros(since))
        statement = of_kinds.group_by(records.c.record_id).order_by(at)

        def work(connection: Connection) -> dict[str, datetime]:
            return {row.record_id: of_micros(row.at) for row in connection.execute(statement)}

        return await self._database.read(work)

    async def by_id(self, backend: Backend, kind: Kind, ids: Iterable[str]) -> dict[str, StoredRecord]:
        def work(connection: Connection) -> dict[str, StoredRecord]:
            found = (connection.execute(_live(backend, kind).where(records.c.record_id.in_(batch))) for batch in _batches(ids))
            return {row.record_id: _stored(row) for rows in found for row in rows}

        return await self._database.read(work)

    async def by_key(self, backend: Backend, kind: Kind, key: Key, values: Iterable[str]) -> dict[str, list[StoredRecord]]:
        """Records by a number or SKU that they go by. Each list is ordered by record id; unknown values are missing."""

        def work(connection: Connection) -> dict[str, list[StoredRecord]]:
            found: dict[str, list[StoredRecord]] = {}
            wanted = {_fitting(value): value for value in values}
            for batch in _batches(wanted):
                for row in connection.execute(_by_key(backend, kind, key, batch)):
                    found.setdefault(wanted[row.key], []).append(_stored(row))
            return found

        return await self._database.read(work)

    async def by_parent(self, backend: Backend, kind: Kind, parents: Iterable[str]) -> dict[str, list[StoredRecord]]:
        """Children by the id of their parent, each list ordered by record id."""

        def work(connection: Connection) -> dict[str, list[StoredRecord]]:
            found: dict[str, list[StoredRecord]] = {}
            for batch in _batches(parents):
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
        )


def _keep(connection: Connection, backend: Backend, messages: Sequence[Message], received_at: datetime) -> None:
    sent = {_fitting(message.message_id): message for message in messages}
    known: set[str] = set()
    for batch in _batches(sent):
        statement = select(inbox.c.message_id).where(inbox.c.backend == backend, inbox.c.message_id.in_(batch))
        known.update(connection.scalars(statement))
    rows = [
        {"backend": backend, "message_id": message_id, "type": m.type, "body": m.body, "problem": m.problem}
        | {"received_at": micros(received_at)}
        for message_id, m in sent.items()
        if message_id not in known
    ]
    if rows:
        connection.execute(insert(inbox), rows)


def _apply(connection: Connection, backend: Backend, change: Change, at: datetime, parent: Change | None) -> None:
    here = _is(backend, change.kind, change.record_id)
    found = select(records.c.version, records.c.list_time, records.c.payload.is_not(None).label("live"))
    stored = connection.execute(found.where(here)).first()
    if stored and change.version is not None and stored.version is not None and change.version <= stored.version:
        return
    values = _values(change, at, parent)
    if stored is None:
        identity = {"backend": backend, "kind": change.kind, "record_id": change.record_id}
        connection.execute(insert(records).values(list_time=micros(change.list_time or at), **identity, **values))
    else:
        kept = {"version": stored.version} if change.version is None else {}
        revived = {"list_time": micros(change.list_time)} if change.list_time and not stored.live else {}
        connection.execute(update(records).where(here).values(values | kept | revived))
        connection.execute(delete(record_keys).where(_keys_of(backend, change)))
        _delete_lost_children(connection, backend, change, at)
    _index(connection, backend, change)
    for child in change.children:
        _apply(connection, backend, child, at, change)


def _values(change: Change, at: datetime, parent: Change | None) -> dict[str, Any]:
    return {
        "parent_kind": parent.kind if parent else None,
        "parent_id": parent.record_id if parent else None,
        "version": change.version,
        "fetched_at": micros(at),
        "payload": None if change.payload is None else change.payload.decode(),
    }


def _index(connection: Connection, backend: Backend, change: Change) -> None:
    named = ((Key.NUMBER, change.numbers), (Key.SKU, change.skus), (Key.VARIANT, change.variants))
    found_by = {(sort, _fitting(key.strip())) for sort, keys in named for key in keys}
    rows = [
        {"backend": backend, "kind": change.kind, "record_id": change.record_id, "sort": sort, "key": key}
        for sort, key in sorted(found_by)
        if key
    ]
    if rows and change.payload is not None:
        connection.execute(insert(record_keys), rows)


def _delete_lost_children(connection: Connection, backend: Backend, change: Change, at: datetime) -> None:
    """Children are told by their parent's kind too: an order and a warehouse may well have the same id."""
    columns = records.c
    born = and_(columns.parent_kind == change.kind, columns.parent_id == change.record_id)
    mine = and_(columns.backend == backend, born, columns.payload.is_not(None))
    kept = {(child.kind, child.record_id) for child in change.children}
    for row in connection.execute(select(columns.kind, columns.record_id).where(mine)).all():
        if (row.kind, row.record_id) not in kept:
            gone = Change(kind=Kind(row.kind), record_id=row.record_id, payload=None, version=change.version)
            _apply(connection, backend, gone, at, change)


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
    named = ((sort, [_fitting(value) for value in values]) for sort, values in within.items())
    wanted = or_(False, *(and_(keys.sort == sort, keys.key.in_(values)) for sort, values in named))
    found = select(keys.record_id).where(keys.backend == backend, keys.kind == kind, wanted)
    return records.c.record_id.in_(found)


def _keys_of(backend: Backend, change: Change) -> ColumnElement[bool]:
    keys = record_keys.c
    return and_(keys.backend == backend, keys.kind == change.kind, keys.record_id == change.record_id)


def _is(backend: Backend, kind: Kind, record_id: str) -> ColumnElement[bool]:
    return and_(records.c.backend == backend, records.c.kind == kind, records.c.record_id == record_id)


def _order(sort: Sort) -> tuple[ColumnElement[Any], ...]:
    columns = (records.c.list_time, records.c.record_id)
    return columns if sort is Sort.ASC else tuple(column.desc() for column in columns)


def _behind(sort: Sort, after: tuple[datetime, str]) -> ColumnElement[bool]:
    """A comparison of both columns at once: the index leads straight to the place, however deep in the list it is."""
    time, record_id = records.c.list_time, records.c.record_id
    place = tuple_(time, record_id)
    here = tuple_(literal(micros(after[0]), time.type), literal(after[1], record_id.type))
    return place > here if sort is Sort.ASC else place < here


def _fitting(key: str) -> str:
    """The key itself, or its digest where a column has no room for it."""
    return key if len(escaped(key)) <= LONGEST else f"sha256/{sha256(key.encode()).hexdigest()}"


def _stored(row: Row[Any]) -> StoredRecord:
    return StoredRecord(
        record_id=row.record_id,
        parent_id=row.parent_id,
        payload=row.payload.encode(),
        list_time=of_micros(row.list_time),
        fetched_at=of_micros(row.fetched_at),
        version=row.version,
    )


def _batches(values: Iterable[str]) -> Iterable[list[str]]:
    unique = list(dict.fromkeys(values))
    return (unique[start : start + MOST_KEYS] for start in range(0, len(unique), MOST_KEYS))
