"""Rate limits: the turns of the calls to each backend, kept in one row for all processes that share the database."""

from array import array
from collections.abc import Iterable, Sequence

from sqlalchemy import BigInteger, Column, Connection, LargeBinary, String, Table, insert, select, update

from gateway.database import Database, metadata, moment
from gateway.models import Backend
from gateway.turns import Limit, Turn, Turns, Wish

rate_limits = Table(
    "rate_limits",
    metadata,
    Column("backend", String(20), primary_key=True),
    Column("turns", LargeBinary, nullable=False),
    Column("paused_until", BigInteger, nullable=False),
)
"""`turns` are 8 bytes each: twice the microseconds since 1970, and one more for a write."""


class Rates:
    """The turns of all processes. Raises DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, backend: Backend, limit: Limit, wishes: Sequence[Wish]) -> list[Turn]:
        """A turn for each wish, in their order."""

        def work(connection: Connection) -> list[Turn]:
            at, turns = moment(connection), _read(connection, backend, limit)
            turns.forget(at)
            taken = [turns.take(wish, at) for wish in wishes]
            _write(connection, backend, turns)
            return taken

        return await self._database.write(work)

    async def pause(self, backend: Backend, limit: Limit, seconds: float) -> None:
        """Let nobody call for so long: the backend has said that it takes no more."""

        def work(connection: Connection) -> None:
            turns = _read(connection, backend, limit)
            turns.paused_until = max(turns.paused_until, moment(connection) + int(seconds * 1_000_000))
            _write(connection, backend, turns)

        await self._database.write(work)

    async def left(self, backend: Backend, limit: Limit) -> int:
        """How many calls could go at once now."""

        def work(connection: Connection) -> int:
            at, turns = moment(connection), _read(connection, backend, limit)
            return 0 if turns.paused_until > at else turns.left(at)

        return await self._database.read(work)


def _read(connection: Connection, backend: Backend, limit: Limit) -> Turns:
    row = connection.execute(select(rate_limits).where(rate_limits.c.backend == backend)).first()
    if row is None:
        return Turns(limit)
    written = array("q", row.turns)
    return Turns(limit, [turn >> 1 for turn in written], [turn >> 1 for turn in written if not turn & 1], row.paused_until)


def _write(connection: Connection, backend: Backend, turns: Turns) -> None:
    values = {"turns": array("q", _marked(turns)).tobytes(), "paused_until": turns.paused_until}
    here = rate_limits.c.backend == backend
    if not connection.execute(update(rate_limits).where(here).values(values)).rowcount:
        connection.execute(insert(rate_limits).values(backend=backend, **values))


def _marked(turns: Turns) -> Iterable[int]:
    """Of several at one moment, as many are reads as there are reads at it."""
    reads = list(turns.reads)
    for turn in turns.every:
        if reads and reads[0] == turn:
            reads.pop(0)
            yield turn << 1
        else:
            yield turn << 1 | 1
