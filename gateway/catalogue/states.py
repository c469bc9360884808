"""States: how far the index of each backend's catalogue is, and which process keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, or_, select, true, update

from gateway.catalogue import entries
from gateway.catalogue.entries import Shelf
from gateway.catalogue.records import CatalogueKind
from gateway.catalogue.tables import states
from gateway.clock import after, micros, of_micros, seconds_until, written
from gateway.errors import BackendError, ErrorCode, of_code
from gateway.models import Backend

_TIMES = ("as_of", "retry_at", "pass_started_at", "passed_at", "changed_at", "moved_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One shelf's state, as `tables.states` describes it."""

    shelf: Shelf
    form: str
    as_of: datetime | None = None
    error_code: ErrorCode | None = None
    error_message: str | None = None
    retry_at: datetime | None = None
    pass_number: int = 0
    pass_started_at: datetime | None = None
    pass_after: str | None = None
    pass_read: int = 0
    passed_at: datetime | None = None
    unreadable: int = 0
    changed_at: datetime | None = None
    moved_at: datetime | None = None

    @property
    def error(self) -> BackendError | None:
        """What kept the index from being brought in step at the last try."""
        if self.error_code is None:
            return None
        name = self.shelf.backend
        message = self.error_message or f"{name.label} could not be read."
        return of_code(self.error_code, name, message, seconds_until(self.retry_at))


def claim(
    connection: Connection,
    shelf: Shelf,
    form: str,
    keeper: str,
    at: datetime,
    lease: timedelta,
    *,
    out_of_turn: bool = False,
) -> State | None:
    """Its state, if it is due and no other process keeps it; then this one does, for so long. Another form begins anew."""
    if connection.execute(select(states.c.form).where(_is(shelf))).first() is None:
        fresh = _values(State(shelf=shelf, form=form)) | {"due_at": 0}
        connection.execute(insert(states).values(backend=shelf.backend, kind=shelf.kind, **fresh))
    free = or_(states.c.keeper.is_(None), states.c.keeper == keeper, states.c.kept_until < micros(at))
    due = true() if out_of_turn else states.c.due_at <= micros(at)
    taken = update(states).where(_is(shelf), free, due)
    if not connection.execute(taken.values(keeper=keeper, kept_until=micros(at + lease))).rowcount:
        return None
    state = _state(shelf, connection.execute(select(states).where(_is(shelf))).one())
    return state if state.form == form else _anew(connection, shelf, form)


def save(connection: Connection, state: State, keeper: str, kept_until: datetime) -> bool:
    """Write it down and keep the shelf until then; false where another process has taken it over meanwhile."""
    values = _values(state) | {"kept_until": micros(kept_until)}
    mine = and_(_is(state.shelf), states.c.keeper == keeper)
    return bool(connection.execute(update(states).where(mine).values(values)).rowcount)


def failed(connection: Connection, shelf: Shelf, keeper: str, error: BackendError) -> None:
    """Write down what kept the backend from being read; everything else stays as it is."""
    mine = and_(_is(shelf), states.c.keeper == keeper)
    told = {"error_code": error.code, "error_message": error.message, "retry_at": written(after(error.retry_after))}
    connection.execute(update(states).where(mine).values(told))


def release(connection: Connection, shelf: Shelf, keeper: str, due_at: datetime) -> None:
    """Leave the shelf to whoever comes first from then on."""
    mine = and_(_is(shelf), states.c.keeper == keeper)
    connection.execute(update(states).where(mine).values(keeper=None, kept_until=None, due_at=micros(due_at)))


def of_kind(connection: Connection, kind: CatalogueKind) -> Mapping[Backend, State]:
    """The state of each backend whose catalogue has been begun."""
    rows = connection.execute(select(states).where(states.c.kind == kind))
    known = {row.backend: row for row in rows}
    return {name: _state(Shelf(kind, name), known[name]) for name in Backend if name in known}


def _anew(connection: Connection, shelf: Shelf, form: str) -> State:
    entries.clear(connection, shelf)
    fresh = State(shelf=shelf, form=form)
    connection.execute(update(states).where(_is(shelf)).values(_values(fresh)))
    return fresh


def _is(shelf: Shelf) -> Any:
    return and_(states.c.backend == shelf.backend, states.c.kind == shelf.kind)


def _values(state: State) -> dict[str, Any]:
    plain = ("form", "error_code", "error_message", "pass_number", "pass_after", "pass_read", "unreadable")
    return {name: written(getattr(state, name)) for name in _TIMES} | {name: getattr(state, name) for name in plain}


def _state(shelf: Shelf, row: Row[Any]) -> State:
    read = {name: None if (at := getattr(row, name)) is None else of_micros(at) for name in _TIMES}
    return State(
        shelf=shelf,
        form=row.form,
        error_code=ErrorCode(row.error_code) if row.error_code else None,
        error_message=row.error_message,
        pass_number=row.pass_number,
        pass_after=row.pass_after,
        pass_read=row.pass_read,
        unreadable=row.unreadable,
        **read,
    )
