"""The ledger: what is written down of transactions for their callers, one function for each question or change."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, func, insert, or_, select, update

from gateway.clock import micros, of_micros
from gateway.database import moment
from gateway.models import Backend
from gateway.notices import Notice, Topic, announce
from gateway.readmodel.tables import fitting
from gateway.transactions.facts import Item, RecordRef, Step, Transaction, TransactionError, TransactionStatus, joined
from gateway.transactions.tables import State, items, lanes, steps, transactions
from gateway.transactions.work import NewItem, NewStep

errors_of = msgspec.json.Decoder(tuple[TransactionError, ...]).decode
positions_of = msgspec.json.Decoder(tuple[int, ...]).decode
NO_ERRORS = "[]"


class KeyReused(Exception):
    """The caller's idempotency key stands for another input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A transaction that is going to be stored. `digest` is the same for the same input."""

    operation: str
    caller: str
    key: str | None
    digest: str
    items: Sequence[NewItem]
    steps: Sequence[NewStep]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which transactions to list; None: any. `caller`: only this one's."""

    caller: str | None = None
    statuses: frozenset[TransactionStatus] | None = None
    operations: frozenset[str] | None = None
    submitted_from: datetime | None = None
    submitted_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Behind:
    """A place in the list of transactions, the newest first."""

    submitted_at: int
    handle: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A part of the list, how many match in all, and whether any lie behind it."""

    transactions: Sequence[Transaction]
    total: int
    more: bool


@dataclass(frozen=True, slots=True)
class Backlog:
    """The steps of one backend in one state that have not ended: how many, and for how many seconds the oldest is tried."""

    backend: Backend
    state: State
    size: int
    seconds: float


def written(errors: Iterable[TransactionError]) -> str:
    """Errors as they are kept."""
    return msgspec.json.encode(tuple(errors)).decode()


def by_key(connection: Connection, caller: str, key: str, digest: str) -> str | None:
    """The handle of the transaction that this key of the caller's stands for. Raises KeyReused."""
    here = and_(transactions.c.caller == caller, transactions.c.idempotency_key == key)
    row = connection.execute(select(transactions.c.handle, transactions.c.digest).where(here)).first()
    if row is None:
        return None
    if row.digest != digest:
        raise KeyReused
    handle: str = row.handle
    return handle


def store(connection: Connection, order: Order) -> Transaction:
    """As it stands then. The same key and input as before is the transaction of before. Raises KeyReused."""
    known = None if order.key is None else by_key(connection, order.caller, order.key, order.digest)
    [stored] = _whole(connection, select(transactions).where(transactions.c.handle == (known or _added(connection, order))))
    return stored


def _added(connection: Connection, order: Order) -> str:
    """Give its handle."""
    handle, at = secrets.token_hex(16), moment(connection)
    connection.execute(
        insert(transactions).values(
            handle=handle,
            operation=order.operation,
            caller=order.caller,
            idempotency_key=order.key,
            digest=order.digest,
            status=TransactionStatus.QUEUED,
            submitted_at=at,
        )
    )
    if order.items:
        connection.execute(insert(items), [_item_row(handle, item) for item in order.items])
    add_steps(connection, handle, order.operation, order.steps, at)
    return handle


def add_steps(connection: Connection, handle: str, operation: str, new: Sequence[NewStep], at: int) -> None:
    """Steps that are due now. Those of one lane are done in the order in which they are added."""
    if not new:
        return
    numbered = insert(steps).returning(steps.c.id, sort_by_parameter_order=True)
    numbers = connection.scalars(numbered, [_step_row(handle, operation, step, at) for step in new])
    both = zip(new, numbers, strict=True)
    changed = [{"lane": lane, "step": number} for step, number in both for lane in sorted(map(fitting, step.lanes))]
    if changed:
        connection.execute(insert(lanes), changed)


def find(connection: Connection, handle: str) -> Transaction | None:
    """One transaction, whoever made it."""
    found = _whole(connection, select(transactions).where(transactions.c.handle == handle))
    return found[0] if found else None


def listed(connection: Connection, wanted: Wanted, behind: Behind | None, limit: int) -> Listed:
    """The newest first."""
    which, at = _which(wanted), transactions.c
    total = connection.scalar(select(func.count()).select_from(transactions).where(*which)) or 0
    if behind is not None:
        earlier = and_(at.submitted_at == behind.submitted_at, at.handle < behind.handle)
        which.append(or_(at.submitted_at < behind.submitted_at, earlier))
    order = (at.submitted_at.desc(), at.handle.desc())
    found = _whole(connection, select(transactions).where(*which).order_by(*order).limit(limit + 1))
    return Listed(found[:limit], total, len(found) > limit)


def backlog(connection: Connection) -> list[Backlog]:
    """What is left to do."""
    key = (steps.c.backend, steps.c.state)
    left = select(*key, func.count().label("size"), func.min(steps.c.begun_at).label("since"))
    at = moment(connection)
    return [
        Backlog(Backend(row.backend), State(row.state), row.size, (at - row.since) / 1_000_000)
        for row in connection.execute(left.where(steps.c.completed_at.is_(None)).group_by(*key))
    ]


def cancel(connection: Connection, handle: str) -> None:
    """Stop every step of which nothing is under way. Who holds one finds that it has lost it."""
    at, here = moment(connection), and_(steps.c.handle == handle, steps.c.state == State.READY, steps.c.completed_at.is_(None))
    stopped = connection.execute(select(steps.c.id, steps.c.backend, steps.c.positions).where(here)).all()
    for row in stopped:
        values = {"state": TransactionStatus.CANCELLED, "turn": steps.c.turn + 1, "completed_at": at, "held_until": 0}
        connection.execute(update(steps).where(steps.c.id == row.id).values(held_by=None, **values))
        connection.execute(delete(lanes).where(lanes.c.step == row.id))
        _set_items(connection, handle, Backend(row.backend), positions_of(row.positions), TransactionStatus.CANCELLED)
    if stopped:
        review(connection, handle)


Plan = Callable[[str, Sequence[NewItem]], Sequence[NewStep]]
"""The steps for items of one mutation. `facts` of the items are JSON."""


def retry(connection: Connection, handle: str, plan: Plan, *, resend_unknown: bool) -> None:
    """New steps for items that failed; for those of which nothing is known too, if a person says so."""
    which = {TransactionStatus.FAILED, *([TransactionStatus.UNKNOWN] if resend_unknown else [])}
    here = and_(items.c.handle == handle, items.c.status.in_(which))
    rows = connection.execute(select(items).where(here).order_by(items.c.position)).all()
    if not rows:
        return
    operation = connection.scalar(select(transactions.c.operation).where(transactions.c.handle == handle)) or ""
    again = plan(operation, [_new_item(row) for row in rows])
    for step in again:
        _set_items(connection, handle, step.backend, step.items, TransactionStatus.QUEUED)
    add_steps(connection, handle, operation, again, moment(connection))
    review(connection, handle)


def review(connection: Connection, handle: str) -> None:
    """Write down where the whole stands, after items or steps have changed."""
    found = connection.execute(select(steps.c.started_at, steps.c.completed_at).where(steps.c.handle == handle)).all()
    if any(step.completed_at is None for step in found):
        begun = any(step.started_at is not None for step in found)
        status = TransactionStatus.PROCESSING if begun else TransactionStatus.QUEUED
        values: dict[str, Any] = {"status": status, "completed_at": None}
    else:
        transaction = find(connection, handle)
        values = {
            "status": joined(item.status for item in transaction.items) if transaction else TransactionStatus.COMPLETED,
            "completed_at": moment(connection),
        }
    connection.execute(update(transactions).where(transactions.c.handle == handle).values(values))
    announce(connection, Notice(Topic.TRANSACTION, handle), Notice(Topic.WORK))


def forget(connection: Connection, before: datetime, most: int) -> int:
    """Remove transactions that ended before, at most so many. Gives how many are gone."""
    old = select(transactions.c.handle).where(transactions.c.completed_at < micros(before)).limit(most)
    handles = list(connection.scalars(old))
    if handles:
        for table in (items, steps):
            connection.execute(delete(table).where(table.c.handle.in_(handles)))
        connection.execute(delete(transactions).where(transactions.c.handle.in_(handles)))
    return len(handles)


def _set_items(
    connection: Connection, handle: str, backend: Backend, positions: Iterable[int], status: TransactionStatus
) -> None:
    here = and_(items.c.handle == handle, items.c.backend == backend, items.c.position.in_(list(positions)))
    unended = items.c.status.in_([TransactionStatus.QUEUED, TransactionStatus.PROCESSING])
    guard = here if status is TransactionStatus.QUEUED else and_(here, unended)
    connection.execute(update(items).where(guard).values(status=status, errors=NO_ERRORS))


def _which(wanted: Wanted) -> list[ColumnElement[bool]]:
    at, which = transactions.c, list[ColumnElement[bool]]()
    if wanted.caller is not None:
        which.append(at.caller == wanted.caller)
    if wanted.statuses is not None:
        which.append(at.status.in_(wanted.statuses))
    if wanted.operations is not None:
        which.append(at.operation.in_(wanted.operations))
    if wanted.submitted_from is not None:
        which.append(at.submitted_at >= micros(wanted.submitted_from))
    if wanted.submitted_to is not None:
        which.append(at.submitted_at < micros(wanted.submitted_to))
    return which


@dataclass(slots=True)
class _Parts:
    items: list[Item] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)


def _whole(connection: Connection, statement: Select[Any]) -> list[Transaction]:
    rows = connection.execute(statement).all()
    parts = {row.handle: _Parts() for row in rows}
    for each in connection.execute(select(items).where(items.c.handle.in_(parts)).order_by(items.c.position, items.c.backend)):
        parts[each.handle].items.append(_item(each))
    for each in connection.execute(select(steps).where(steps.c.handle.in_(parts)).order_by(steps.c.id)):
        parts[each.handle].steps.append(_step(each))
    return [_transaction(row, parts[row.handle]) for row in rows]


def _transaction(row: Row[Any], parts: _Parts) -> Transaction:
    return Transaction(
        handle=row.handle,
        operation=row.operation,
        caller=row.caller,
        status=TransactionStatus(row.status),
        submitted_at=of_micros(row.submitted_at),
        completed_at=_instant(row.completed_at),
        steps=parts.steps,
        every_item=parts.items,
    )


def _item(row: Row[Any]) -> Item:
    backend = Backend(row.backend)
    return Item(
        index=row.position,
        backend=backend,
        status=TransactionStatus(row.status),
        record=RecordRef(row.record_type, backend, row.record_id) if row.record_type else None,
        errors=errors_of(row.errors),
        optional=row.optional,
    )


def _step(row: Row[Any]) -> Step:
    return Step(
        id=row.id,
        backend=Backend(row.backend),
        items=positions_of(row.positions),
        status=_status(row),
        attempts=row.attempts,
        backend_handle=row.remote,
        started_at=_instant(row.started_at),
        completed_at=_instant(row.completed_at),
        errors=errors_of(row.errors),
    )


def _status(row: Row[Any]) -> TransactionStatus:
    if row.completed_at is not None:
        return TransactionStatus(row.state)
    return TransactionStatus.QUEUED if row.started_at is None else TransactionStatus.PROCESSING


def _step_row(handle: str, operation: str, step: NewStep, at: int) -> dict[str, Any]:
    return {
        "handle": handle,
        "operation": operation,
        "backend": step.backend,
        "positions": msgspec.json.encode(step.items).decode(),
        "state": State.READY,
        "turn": 0,
        "attempts": 0,
        "failures": 0,
        "begun_at": at,
        "due_at": at,
        "held_until": 0,
        "errors": NO_ERRORS,
    }


def _item_row(handle: str, item: NewItem) -> dict[str, Any]:
    return {
        "handle": handle,
        "position": item.index,
        "backend": item.backend,
        "optional": item.optional,
        "facts": msgspec.json.encode(item.facts).decode(),
        "status": TransactionStatus.QUEUED,
        "errors": NO_ERRORS,
    }


def _new_item(row: Row[Any]) -> NewItem:
    return NewItem(index=row.position, backend=Backend(row.backend), facts=row.facts, optional=row.optional)


def _instant(written_down: int | None) -> datetime | None:
    return None if written_down is None else of_micros(written_down)
