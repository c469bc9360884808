"""Copies: the last good answer to each read, kept in the database for a day, for when its backend cannot be asked.

They hold personal data as the read model does, so nothing of them is logged. Other processes of the same database serve
them too.
"""

import asyncio
import time
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import Context
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from math import inf
from typing import Any

import httpx
import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from gateway.clock import micros, now, of_micros
from gateway.database import Database, metadata
from gateway.errors import DatabaseUnavailable
from gateway.models import Backend

KEPT_FOR = timedelta(hours=24)
LARGEST = 5_000_000
"""Bytes of the largest body that is kept."""

_MOST_WAITING = 32_000_000  # bytes of bodies that wait to be written
_AT_ONCE = 500  # keys in one statement
_PAUSE = 0.5  # seconds in which answers gather to be written together
_CLEAN_EVERY, _CLEAN_AFTER = 600.0, 1_000  # seconds, or copies written, whichever comes first
_UNKEPT = frozenset((b"set-cookie", b"content-length", b"transfer-encoding", b"connection"))

copies = Table(
    "copies",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("backend", String(20), nullable=False),
    Column("read_at", BigInteger, nullable=False),
    Column("size", Integer, nullable=False),
    Column("headers", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("copies_by_age", "read_at"),
)


@dataclass(frozen=True, slots=True)
class Copy:
    """An answer 200 as it was read, and when that was."""

    headers: Sequence[tuple[str, str]]
    body: bytes
    read_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to be kept. `response` is None where the copy of `known_at` has the same body: it only becomes younger.

    `lost` is called where it could not be written.
    """

    key: str
    backend: Backend
    read_at: datetime
    response: httpx.Response | None
    known_at: datetime | None
    lost: Callable[[], None]

    @property
    def size(self) -> int:
        return len(self.response.content) if self.response else 0


class Copies:
    """Those of one process's database. Keeping costs the caller nothing but a note; a task writes what has gathered.

    There are `most` of them at most, and their packed bodies have `most_bytes`; the oldest go first.
    """

    def __init__(self, database: Database, *, most: int = 10_000, most_bytes: int = 200_000_000) -> None:
        self._database = database
        self._clean = partial(_clean, most=most, most_bytes=most_bytes)
        self._waiting: dict[str, list[Answer]] = {}
        self._going: Mapping[str, list[Answer]] = {}
        self._bytes = 0
        self._soon: asyncio.Task[None] | None = None
        self._one_at_a_time = asyncio.Lock()
        self._cleaned_at, self._written = -inf, 0

    def keep(self, answer: Answer) -> None:
        """Have it written soon, unless too much waits already (a database that is slower than the backends)."""
        if self._bytes + answer.size > _MOST_WAITING:
            answer.lost()
            return
        self._bytes += answer.size
        self._waiting.setdefault(answer.key, []).append(answer)  # the last one may yet prove useless
        if self._soon is None:
            self._soon = asyncio.get_running_loop().create_task(self._write_soon(), context=Context())

    async def find(self, key: str) -> Copy | None:
        """The copy, if there is one that is young enough."""
        for held in (self._waiting, self._going):
            answer = _best(held.get(key, ()))
            if answer and answer.response:
                return Copy(_headers(answer.response), answer.response.content, answer.read_at)
        try:
            return await self._database.read(partial(_find, key=key, since=now() - KEPT_FOR))
        except DatabaseUnavailable:
            return None

    async def close(self) -> None:
        """Write what waits."""
        if self._soon:
            self._soon.cancel()
            self._soon = None
        await self._write()

    async def _write_soon(self) -> None:
        await asyncio.sleep(_PAUSE)
        self._soon = None
        await self._write()

    async def _write(self) -> None:
        async with self._one_at_a_time:
            if not self._waiting:
                return
            going, self._going = self._waiting, self._waiting
            self._waiting, self._bytes = {}, 0
            try:
                rows = await asyncio.to_thread(_packed, going.values())
                clean = self._clean if self._is_to_clean(len(rows)) else None
                unwritten = await self._database.write(partial(_write, rows=rows, clean=clean))
            except DatabaseUnavailable:
                unwritten = set(going)
            finally:
                self._going = {}
            for key in unwritten:
                going[key][-1].lost()

    def _is_to_clean(self, written: int) -> bool:
        self._written += written
        due = self._written >= _CLEAN_AFTER or time.monotonic() >= self._cleaned_at + _CLEAN_EVERY
        if due:
            self._written, self._cleaned_at = 0, time.monotonic()
        return due


def spoil(response: httpx.Response) -> None:
    """Say that an answer cannot be used after all, so that it does not take the place of an older one that can."""
    response.extensions["spoilt"] = True


def _best(answers: Iterable[Answer]) -> Answer | None:
    """The last of them that can be used, with the body of the one before where it has none of its own."""
    best: Answer | None = None
    for answer in answers:
        if answer.response is None and best is not None:
            best = replace(best, read_at=answer.read_at)
        elif answer.response is None or not answer.response.extensions.get("spoilt"):
            best = answer
    return best


@dataclass(frozen=True, slots=True)
class _Row:
    """An answer as it is written. `columns` are its time alone where the copy that was read at `known_at` has the same body."""

    key: str
    known_at: int | None
    columns: dict[str, Any]


def _packed(waiting: Iterable[Sequence[Answer]]) -> list[_Row]:
    return [_row(answer) for answers in waiting if (answer := _best(answers))]


def _row(answer: Answer) -> _Row:
    read_at: dict[str, Any] = {"read_at": micros(answer.read_at)}
    if answer.response is None:
        return _Row(answer.key, micros(answer.known_at) if answer.known_at else None, read_at)
    body = zlib.compress(answer.response.content, 1)
    headers = msgspec.json.encode(_headers(answer.response)).decode()
    packed = {"backend": answer.backend, "headers": headers, "body": body, "size": len(body)}
    return _Row(answer.key, None, read_at | packed)


def _headers(response: httpx.Response) -> list[tuple[str, str]]:
    told = response.headers.raw
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in told if name.lower() not in _UNKEPT]


def _find(connection: Connection, *, key: str, since: datetime) -> Copy | None:
    row = connection.execute(select(copies).where(copies.c.key == key, copies.c.read_at >= micros(since))).first()
    if row is None:
        return None
    headers = msgspec.json.decode(row.headers, type=list[tuple[str, str]])
    return Copy(headers, zlib.decompress(row.body), of_micros(row.read_at))


def _write(connection: Connection, *, rows: Sequence[_Row], clean: Callable[[Connection], None] | None) -> set[str]:
    """Gives the keys of those that could not be made younger, for the copy is gone or another process's.

    Many rows go in few statements: a statement costs more than a row.
    """
    held = _held(connection, [row.key for row in rows])
    gone = {row.key for row in rows if "body" not in row.columns and held.get(row.key) != row.known_at}
    known = [row for row in rows if row.key in held and row.key not in gone]
    _update(connection, [row for row in known if "body" not in row.columns])
    _update(connection, [row for row in known if "body" in row.columns])
    if new := [{"key": row.key, **row.columns} for row in rows if row.key not in held and row.key not in gone]:
        connection.execute(insert(copies), new)
    if clean:
        clean(connection)
    return gone


def _held(connection: Connection, keys: Sequence[str]) -> dict[str, int]:
    """Which of these there are, and when they were read."""
    held: dict[str, int] = {}
    for start in range(0, len(keys), _AT_ONCE):
        here = copies.c.key.in_(keys[start : start + _AT_ONCE])
        held |= {row.key: row.read_at for row in connection.execute(select(copies.c.key, copies.c.read_at).where(here))}
    return held


def _update(connection: Connection, rows: Sequence[_Row]) -> None:
    """All of them tell the same columns."""
    if rows:
        statement = update(copies).where(copies.c.key == bindparam("which"))
        connection.execute(statement, [{"which": row.key, **row.columns} for row in rows])


def _clean(connection: Connection, *, most: int, most_bytes: int) -> None:
    """Remove those that are too old, and the oldest of what is too much."""
    connection.execute(delete(copies).where(copies.c.read_at < micros(now() - KEPT_FOR)))
    youngest_first = (copies.c.read_at.desc(), copies.c.key)
    ranked = select(
        copies.c.read_at,
        func.row_number().over(order_by=youngest_first).label("place"),
        func.sum(copies.c.size).over(order_by=youngest_first).label("bytes"),
    ).subquery()
    beyond = or_(ranked.c.place > most, ranked.c.bytes > most_bytes)
    last = connection.scalar(select(func.max(ranked.c.read_at)).where(beyond))
    if last is not None:
        connection.execute(delete(copies).where(copies.c.read_at <= last))
