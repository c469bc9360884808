"""Claims: how a worker takes steps, and writes down what it is about to do and what came of it.

A claim is good while nobody else has claimed the step since (`turn`). Whoever has lost one finds `Lost` at the next word that
it writes down, before anything is sent.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, exists, func, not_, select, update

from gateway.clock import micros, now
from gateway.database import moment
from gateway.errors import ErrorCode
from gateway.models import Backend
from gateway.notices import Notice, Topic, announce
from gateway.transactions.facts import TransactionError, TransactionStatus, joined
from gateway.transactions.ledger import NO_ERRORS, errors_of, positions_of, review, written
from gateway.transactions.tables import State, items, lanes, steps, transactions
from gateway.transactions.work import Achieved, Message

_SECOND = 1_000_000
_DELETING = "delete"  # how the names of mutations begin that delete what they name


class Lost(Exception):
    """Another process has the step now, or it was cancelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A step in hand. `facts` are the JSON texts of its items that have not ended; instants are microseconds."""

    step: int
    turn: int
    handle: str
    operation: str
    backend: Backend
    state: State
    facts: Mapping[int, str]
    message: Message | None
    remote: str | None
    submitted_at: int
    begun_at: int
    sent_at: int | None
    failures: int


ItemEnd = Achieved | TransactionError


def claim(
    connection: Connection, holder: str, lease: float, room: Mapping[Backend, int], in_hand: Collection[int] = ()
) -> list[Claim]:
    """Take steps that are due: of each backend so many at most, the longest due first.

    None of those that this process has `in_hand`: while the database was away their leases may have ended.
    """
    at = moment(connection)
    free = and_(_alive(), steps.c.due_at <= at, steps.c.held_until <= at, steps.c.id.not_in(in_hand), _first_in_its_lanes())
    found: list[Row[Any]] = []
    for backend, most in room.items():
        due = select(steps).where(free, steps.c.backend == backend).order_by(steps.c.due_at, steps.c.id).limit(most)
        found += connection.execute(due)
    if not found:
        return []
    values = {"turn": steps.c.turn + 1, "held_by": holder, "held_until": at + int(lease * _SECOND)}
    mine = steps.c.id.in_([row.id for row in found])
    connection.execute(update(steps).where(mine).values(started_at=func.coalesce(steps.c.started_at, at), **values))
    held = _claims(connection, found)
    if new := [row for row in found if row.started_at is None]:
        _begin(connection, new)
    return held


def next_due(connection: Connection, backends: Collection[Backend]) -> float | None:
    """The seconds until another step of these backends is due, as far as is known; None where none is."""
    at = moment(connection)
    free = and_(_alive(), steps.c.held_until <= at, steps.c.backend.in_(backends), _first_in_its_lanes())
    due = connection.scalar(select(steps.c.due_at).where(free).order_by(steps.c.due_at).limit(1))
    return None if due is None else (due - at) / _SECOND


def renew(connection: Connection, holder: str, lease: float, in_hand: Collection[int]) -> None:
    """Hold on to these steps, but not to one that another process has taken meanwhile."""
    until = moment(connection) + int(lease * _SECOND)
    mine = and_(_alive(), steps.c.held_by == holder, steps.c.id.in_(in_hand))
    connection.execute(update(steps).where(mine).values(held_until=until))


def about_to_send(
    connection: Connection, held: Claim, message: Message, refused: Mapping[int, TransactionError], settle_after: float
) -> None:
    """From here on it may have been sent. If nothing more is heard, it is looked at after `settle_after` seconds."""
    at = moment(connection)
    values = {
        "state": State.SENDING,
        "message": msgspec.json.encode(message).decode(),
        "attempts": steps.c.attempts + 1,
        "sent_at": at,
        "due_at": at + int(settle_after * _SECOND),
    }
    _say(connection, held, values)
    for index, error in refused.items():
        _end_item(connection, held, index, error)


def taken_on(connection: Connection, held: Claim, remote: str, after: float, ends: Mapping[int, ItemEnd]) -> None:
    """The backend works on it, but for items that have ended; look again after so many seconds."""
    for index, ended in ends.items():
        _end_item(connection, held, index, ended)
    announce(connection, Notice(Topic.BACKEND, backend=held.backend))
    values = {"state": State.WAITING, "remote": remote, "failures": 0, "errors": NO_ERRORS}
    _let_go(connection, held, after, values)


def put_off(connection: Connection, held: Claim, state: State, after: float, error: TransactionError | None) -> None:
    """Try again after so many seconds: from the beginning (READY), or by finding out (SENDING, WAITING)."""
    errors = written([error] if error else [])
    failures = steps.c.failures + 1 if error else 0
    kept = {"message": None} if state is State.READY else {}
    _let_go(connection, held, after, {"state": state, "failures": failures, "errors": errors, **kept})


def end(connection: Connection, held: Claim, ends: Mapping[int, ItemEnd]) -> None:
    """The step has ended; `ends` tells of each of its items that had not ended."""
    for index, ended in ends.items():
        _end_item(connection, held, index, ended)
    status, errors = _of_items(connection, held)
    values = {"state": status, "errors": written(errors), "completed_at": moment(connection), "held_by": None, "held_until": 0}
    _say(connection, held, values)
    connection.execute(delete(lanes).where(lanes.c.step == held.step))
    review(connection, held.handle)


def _alive() -> ColumnElement[bool]:
    return steps.c.completed_at.is_(None)


def _first_in_its_lanes() -> ColumnElement[bool]:
    mine, theirs = lanes.alias("mine"), lanes.alias("theirs")
    ahead: Select[Any] = select(theirs.c.step).where(
        mine.c.step == steps.c.id, theirs.c.lane == mine.c.lane, theirs.c.step < mine.c.step
    )
    return not_(exists(ahead))


def _claims(connection: Connection, found: Sequence[Row[Any]]) -> list[Claim]:
    """Of rows as they were before they were taken."""
    wanted = select(transactions.c.handle, transactions.c.submitted_at).where(_of(found))
    submitted = {each.handle: each.submitted_at for each in connection.execute(wanted)}
    return [_claim(connection, row, submitted[row.handle]) for row in found]


def _claim(connection: Connection, row: Row[Any], submitted_at: int) -> Claim:
    unended = items.c.status.in_([TransactionStatus.QUEUED, TransactionStatus.PROCESSING])
    here = select(items.c.position, items.c.facts).where(_items_of(row), unended).order_by(items.c.position)
    return Claim(
        step=row.id,
        turn=row.turn + 1,
        handle=row.handle,
        operation=row.operation,
        backend=Backend(row.backend),
        state=State(row.state),
        facts={each.position: each.facts for each in connection.execute(here)},
        message=None if row.message is None else msgspec.json.decode(row.message),
        remote=row.remote,
        submitted_at=submitted_at,
        begun_at=row.begun_at,
        sent_at=row.sent_at,
        failures=row.failures,
    )


def _begin(connection: Connection, found: Sequence[Row[Any]]) -> None:
    """Their items and the whole are under way."""
    for row in found:
        queued = and_(_items_of(row), items.c.status == TransactionStatus.QUEUED)
        connection.execute(update(items).where(queued).values(status=TransactionStatus.PROCESSING))
    whole = and_(_of(found), transactions.c.status == TransactionStatus.QUEUED)
    connection.execute(update(transactions).where(whole).values(status=TransactionStatus.PROCESSING))
    announce(connection, Notice(Topic.TRANSACTION, row.handle))


def _of(found: Iterable[Row[Any]]) -> ColumnElement[bool]:
    """The transactions of these steps."""
    return transactions.c.handle.in_({row.handle for row in found})


def _items_of(row: Row[Any]) -> ColumnElement[bool]:
    """A step's items."""
    here = and_(items.c.handle == row.handle, items.c.backend == row.backend)
    return and_(here, items.c.position.in_(positions_of(row.positions)))


def _say(connection: Connection, held: Claim, values: Mapping[str, Any]) -> None:
    """Raises Lost."""
    ours = and_(steps.c.id == held.step, steps.c.turn == held.turn, _alive())
    if not connection.execute(update(steps).where(ours).values(values)).rowcount:
        raise Lost
    announce(connection, Notice(Topic.TRANSACTION, held.handle))


def _let_go(connection: Connection, held: Claim, after: float, values: Mapping[str, Any]) -> None:
    due = moment(connection) + int(after * _SECOND)
    _say(connection, held, {"due_at": due, "held_by": None, "held_until": 0, **values})


def _end_item(connection: Connection, held: Claim, index: int, ended: ItemEnd) -> None:
    here = and_(items.c.handle == held.handle, items.c.backend == held.backend, items.c.position == index)
    connection.execute(update(items).where(here).values(_item_values(held, index, ended)))
    if isinstance(ended, Achieved):
        announce(connection, _told(held, ended, micros(now())))


def _told(held: Claim, done: Achieved, at: int) -> Notice:
    """To everybody: what was read of the backend before is out of date; of an order, that it was changed."""
    if done.record is None or done.record.type != "Order":
        return Notice(Topic.BACKEND, backend=held.backend)
    deleted = held.operation.startswith(_DELETING)
    return Notice(Topic.ORDER, done.record.backend_id, held.backend, deleted=deleted, at=at)


def _item_values(held: Claim, index: int, ended: ItemEnd) -> dict[str, Any]:
    match ended:
        case Achieved(record, issues):
            told = [TransactionError(code=e.code, message=e.message, backend=held.backend, index=index) for e in issues]
            place = {"record_type": record.type, "record_id": record.backend_id} if record else {}
            return {"status": TransactionStatus.COMPLETED, "errors": written(told), **place}
        case TransactionError() as error:
            unknown = error.code is ErrorCode.OUTCOME_UNKNOWN
            status = TransactionStatus.UNKNOWN if unknown else TransactionStatus.FAILED
            return {"status": status, "errors": written([error])}


def _of_items(connection: Connection, held: Claim) -> tuple[TransactionStatus, list[TransactionError]]:
    """What a step's end is called, by its items, and all that is said of them."""
    row = connection.execute(select(steps.c.positions).where(steps.c.id == held.step)).one()
    here = and_(
        items.c.handle == held.handle, items.c.backend == held.backend, items.c.position.in_(positions_of(row.positions))
    )
    found = connection.execute(select(items.c.status, items.c.errors).where(here).order_by(items.c.position)).all()
    return joined(TransactionStatus(each.status) for each in found), [
        error for each in found for error in errors_of(each.errors)
    ]
