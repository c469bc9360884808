"""Changes: what messages tell of records, and how that is taken over, in a few statements however many there are.

The records are read, changed in memory one after the other, and written. That is right because whoever writes is alone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, delete, insert, null, select, update

from gateway.clock import micros
from gateway.models import Backend
from gateway.notices import Notice, Topic, announce
from gateway.readmodel.tables import batches, fitting, inbox, record_keys, records

Id = tuple[str, str]
"""A record's kind and its id: an order and a warehouse may well have the same id."""


class Kind(StrEnum):
    """What a stored record is.

    MENTIONED_... is what a message of something else says of it (an order of its variants): less than its own messages
    say, so it is kept beside them and never in their place. STOCK is what a variant's warehouses hold, by its id. Those from
    ACCOUNT on are kept as they came, for whoever looks into the database: messages themselves are forgotten in time.
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
    ACCOUNT = "ACCOUNT"
    CUSTOMER = "CUSTOMER"
    INVOICE = "INVOICE"
    PAYMENT_TERM = "PAYMENT_TERM"
    PRICE_LIST = "PRICE_LIST"
    SALES_REP = "SALES_REP"
    SHIPPING_TERM = "SHIPPING_TERM"
    SIZE = "SIZE"


class Key(StrEnum):
    """By what a record may be found. VARIANT is the id of a variant that it sells."""

    NUMBER = "NUMBER"
    SKU = "SKU"
    VARIANT = "VARIANT"


class MessageState(StrEnum):
    """What has become of a message: it waits to be dealt with, is dealt with, or was given up (a dead letter)."""

    WAITING = "WAITING"
    DONE = "DONE"
    DEAD = "DEAD"


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


@dataclass(slots=True)
class _Row:
    """A record while changes are taken over. `change` is the last one that was; None: it is as it was read."""

    parent: Id | None
    list_time: int
    version: int | None
    live: bool
    change: Change | None = None
    is_new: bool = False


@dataclass(slots=True)
class _Rows:
    """All records that the changes may touch, and the children of each, present and past."""

    at: datetime
    rows: dict[Id, _Row] = field(default_factory=dict)
    born: dict[Id, set[Id]] = field(default_factory=dict)

    def put(self, place: Id, row: _Row) -> None:
        self.rows[place] = row
        if row.parent:
            self.born.setdefault(row.parent, set()).add(place)

    def apply(self, change: Change, parent: Id | None) -> None:
        """Take a change over, if it is news, and its children with it."""
        place = _id(change)
        row = self.rows.get(place)
        if row and change.version is not None and row.version is not None and change.version <= row.version:
            return
        live = change.payload is not None
        if row is None:
            first_time = micros(change.list_time or self.at)
            self.put(place, _Row(parent, first_time, change.version, live, change, is_new=True))
        else:
            revived = change.list_time and not row.live
            list_time = micros(change.list_time) if change.list_time and revived else row.list_time
            version = row.version if change.version is None else change.version
            self.put(place, _Row(parent, list_time, version, live, change, row.is_new))
            self._delete_lost_children(place, change)
        for child in change.children:
            self.apply(child, place)

    def _delete_lost_children(self, place: Id, change: Change) -> None:
        kept = {_id(child) for child in change.children}
        for kind, record_id in sorted(self.born.get(place, set()) - kept):
            row = self.rows[kind, record_id]
            if row.live and row.parent == place:
                self.apply(Change(kind=Kind(kind), record_id=record_id, payload=None, version=change.version), place)


def keep(connection: Connection, backend: Backend, messages: Sequence[Message], at: datetime) -> None:
    """Keep those messages that have not been kept before, as dealt with; as dead where nothing could be learnt from them."""
    sent = {fitting(message.message_id): message for message in messages}
    known = _come_again(connection, backend, sent)
    rows = [
        {"backend": backend, "message_id": message_id, "type": m.type, "body": m.body, "problem": m.problem}
        | {"received_at": micros(at), "handled_at": micros(at), "times": 1, "attempts": 1}
        | {"state": MessageState.DEAD if m.problem else MessageState.DONE}
        for message_id, m in sent.items()
        if message_id not in known
    ]
    if rows:
        connection.execute(insert(inbox), rows)


def _come_again(connection: Connection, backend: Backend, sent: Mapping[str, Message]) -> set[str]:
    """Count those that were kept before. One that was dead, and can be read by now, is so no longer."""
    known: set[str] = set()
    for batch in batches(sent):
        here = (inbox.c.backend == backend, inbox.c.message_id.in_(batch))
        known.update(connection.scalars(select(inbox.c.message_id).where(*here)))
    for batch in batches(known):
        read = and_(inbox.c.state == MessageState.DEAD, inbox.c.message_id.in_([i for i in batch if not sent[i].problem]))
        mended = {
            "state": case((read, MessageState.DONE), else_=inbox.c.state),
            "problem": case((read, null()), else_=inbox.c.problem),
        }
        here = (inbox.c.backend == backend, inbox.c.message_id.in_(batch))
        connection.execute(update(inbox).where(*here).values(times=inbox.c.times + 1, **mended))
    return known


def take_over(connection: Connection, backend: Backend, changes: Sequence[Change], at: datetime) -> None:
    """Take over what is news among the changes, in their order."""
    rows = _Rows(at)
    for place, row in _stored(connection, backend, changes):
        rows.put(place, row)
    for change in changes:
        rows.apply(change, None)
    changed = {place: row for place, row in rows.rows.items() if row.change}
    _write(connection, backend, at, changed)
    if changed:
        announce(connection, Notice(Topic.BACKEND, backend=backend), *_notices(backend, at, changed))


def _notices(backend: Backend, at: datetime, changed: Mapping[Id, _Row]) -> Iterator[Notice]:
    """One for each order."""
    for (kind, record_id), row in changed.items():
        if kind == Kind.ORDER:
            yield Notice(Topic.ORDER, record_id, backend, deleted=not row.live, at=micros(at))


def _stored(connection: Connection, backend: Backend, changes: Iterable[Change]) -> Iterator[tuple[Id, _Row]]:
    """The records that the changes are about, with their children, and the children of these."""
    seen: set[Id] = set()
    for kind, ids in _by_kind(_places(changes)).items():
        for batch in batches(ids):
            for place, row in _read(connection, backend, records.c.kind == kind, records.c.record_id.in_(batch)):
                seen.add(place)
                yield place, row
    parents = seen
    while parents:
        born = dict(_children(connection, backend, parents))
        parents = born.keys() - seen
        seen = seen | parents
        yield from ((place, born[place]) for place in parents)


def _children(connection: Connection, backend: Backend, parents: set[Id]) -> Iterator[tuple[Id, _Row]]:
    for batch in batches(record_id for _, record_id in parents):
        theirs = (records.c.parent_id.in_(batch), records.c.payload.is_not(None))
        yield from ((place, row) for place, row in _read(connection, backend, *theirs) if row.parent in parents)


def _read(connection: Connection, backend: Backend, *here: ColumnElement[bool]) -> Iterator[tuple[Id, _Row]]:
    columns = records.c
    told = (columns.kind, columns.record_id, columns.parent_kind, columns.parent_id, columns.list_time, columns.version)
    statement = select(*told, columns.payload.is_not(None).label("live")).where(columns.backend == backend, *here)
    for row in connection.execute(statement):
        parent = None if row.parent_kind is None else (row.parent_kind, row.parent_id)
        yield (row.kind, row.record_id), _Row(parent, row.list_time, row.version, row.live)


def _write(connection: Connection, backend: Backend, at: datetime, rows: Mapping[Id, _Row]) -> None:
    new = [_identity(backend, place) | _values(row, at) for place, row in rows.items() if row.is_new]
    old = {place: row for place, row in rows.items() if not row.is_new}
    keys = [key for place, row in rows.items() for key in _keys(backend, place, row)]
    if new:
        connection.execute(insert(records), new)
    if old:
        here = (
            records.c.backend == backend,
            records.c.kind == bindparam("its_kind"),
            records.c.record_id == bindparam("its_id"),
        )
        values = [{"its_kind": kind, "its_id": record_id, **_values(row, at)} for (kind, record_id), row in old.items()]
        connection.execute(update(records).where(*here), values)
    for kind, ids in _by_kind(old).items():
        for batch in batches(ids):
            theirs = (record_keys.c.backend == backend, record_keys.c.kind == kind, record_keys.c.record_id.in_(batch))
            connection.execute(delete(record_keys).where(*theirs))
    if keys:
        connection.execute(insert(record_keys), keys)


def _identity(backend: Backend, place: Id) -> dict[str, Any]:
    return {"backend": backend, "kind": place[0], "record_id": place[1]}


def _values(row: _Row, at: datetime) -> dict[str, Any]:
    payload = row.change.payload if row.change else None
    return {
        "parent_kind": row.parent[0] if row.parent else None,
        "parent_id": row.parent[1] if row.parent else None,
        "list_time": row.list_time,
        "version": row.version,
        "fetched_at": micros(at),
        "payload": None if payload is None else payload.decode(),
    }


def _keys(backend: Backend, place: Id, row: _Row) -> list[dict[str, Any]]:
    change = row.change
    if change is None or change.payload is None:
        return []
    named = ((Key.NUMBER, change.numbers), (Key.SKU, change.skus), (Key.VARIANT, change.variants))
    found_by = {(sort, fitting(key.strip())) for sort, keys in named for key in keys}
    return [_identity(backend, place) | {"sort": sort, "key": key} for sort, key in sorted(found_by) if key]


def _places(changes: Iterable[Change]) -> Iterator[Id]:
    for change in changes:
        yield _id(change)
        yield from _places(change.children)


def _by_kind(places: Iterable[Id]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for kind, record_id in places:
        found.setdefault(kind, []).append(record_id)
    return found


def _id(change: Change) -> Id:
    return change.kind, change.record_id
