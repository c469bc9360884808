"""The gateway's database: one engine, and units of work that run in threads, each in a transaction or savepoint of its own."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from sqlite3 import OperationalError
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, MetaData, String, create_engine, event, func, make_url, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeEngine

from gateway.migrations import migrate

T = TypeVar("T")
Work = Callable[[Connection], T]

metadata = MetaData()

_WRITERS = 0x67617465  # the advisory lock of those who write
_MOST = 100  # units in one transaction: another process may wait for its lock
_LOOKS, _PAUSE = 500, 0.02  # seconds between looks at a database that another process is about to set up


def ordered_text(length: int) -> TypeEngine[str]:
    """Text whose order is that of its code points, as the gateway compares ids: PostgreSQL's own is that of a language."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class Database:
    """Give `read` or `write` a plain function of a connection; what it returns comes back once its transaction has ended."""

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        self._writer = _Writer(self._engine)

    async def read(self, work: Work[T]) -> T:
        return await asyncio.to_thread(self.run, work)

    async def write(self, work: Work[T]) -> T:
        """Committed when it returns. Writes take effect in the order in which they were asked for."""
        return await self._writer.do(work)

    def run(self, work: Work[T], *, write: bool = False) -> T:
        """The same in this thread, for commands and start-up."""
        with self._engine.connect().execution_options(write=write) as connection, connection.begin():
            return work(connection)

    def migrate(self) -> None:
        """Make the tables what the code expects. Processes that start at once wait for each other. Raises NewerDatabase."""
        self.run(migrate, write=True)

    def close(self) -> None:
        self._writer.close()
        self._engine.dispose()


@dataclass(frozen=True, slots=True)
class _Unit:
    """A unit of work, and whom to tell what came of it."""

    work: Work[Any]
    told: Future[Any]


class _Writer:
    """The process's one thread that writes. Those who wait for it do so outside of the threads that read.

    What waits together is committed together: the way to the disk costs more than the work. Each unit has its savepoint,
    so that one which fails takes nothing with it, and nobody is told of a success before the commit.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._thread = ThreadPoolExecutor(1, "database-writer")
        self._waiting: deque[_Unit] = deque()

    async def do(self, work: Work[T]) -> T:
        told: Future[T] = Future()
        self._waiting.append(_Unit(work, told))
        self._thread.submit(self._turn)
        return await asyncio.wrap_future(told)

    def close(self) -> None:
        self._thread.shutdown()

    def _turn(self) -> None:
        """One turn for each unit that was asked for; most find that an earlier one has done theirs."""
        waiting = [self._waiting.popleft() for _ in range(min(len(self._waiting), _MOST))]
        units = [unit for unit in waiting if unit.told.set_running_or_notify_cancel()]
        if not units:
            return
        try:
            outcomes = self._committed(units)
        except BaseException as error:  # whoever waits must hear of it, whatever it is
            outcomes = [_failed(error)] * len(units)
        for unit, tell in zip(units, outcomes, strict=True):
            tell(unit.told)

    def _committed(self, units: list[_Unit]) -> list[Callable[[Future[Any]], None]]:
        with self._engine.connect().execution_options(write=True) as connection, connection.begin():
            return [_outcome(connection, unit.work) for unit in units]


def _outcome(connection: Connection, work: Work[Any]) -> Callable[[Future[Any]], None]:
    savepoint = connection.begin_nested()
    try:
        value = work(connection)
    except Exception as error:
        savepoint.rollback()  # where this fails, the database has given up the whole transaction: so does the group
        return _failed(error)
    savepoint.commit()
    return lambda told: told.set_result(value)


def _failed(error: BaseException) -> Callable[[Future[Any]], None]:
    return lambda told: told.set_exception(error)


def _engine(url: str) -> Engine:
    address = make_url(url)
    if address.drivername == "postgresql":
        engine = create_engine(address.set(drivername="postgresql+psycopg"), hide_parameters=True)
        event.listen(engine, "begin", _on_begin_postgresql)
    else:
        engine = create_engine(address, hide_parameters=True)
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    """Readers beside one writer, nothing lost in a power cut, and a wait instead of an error when two write at once."""
    connection.isolation_level = None
    for pragma in ("busy_timeout=10000", "synchronous=FULL", "foreign_keys=ON"):
        _pragma(connection, pragma)
    _keep_a_log(connection)


def _keep_a_log(connection: DBAPIConnection) -> None:
    """WAL mode. While another process sets up a new database SQLite refuses the switch at once, not after `busy_timeout`."""
    for look in range(_LOOKS):
        try:
            _pragma(connection, "journal_mode=WAL")
            break
        except OperationalError:
            if look == _LOOKS - 1:
                raise
            time.sleep(_PAUSE)


def _pragma(connection: DBAPIConnection, pragma: str) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    """A writer takes its lock at once: one that read first could not wait for another writer, but would fail."""
    writes = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _on_begin_postgresql(connection: Connection) -> None:
    """Writers take turns here too, those of all processes: what one has read does not change before it has written."""
    if connection.get_execution_options().get("write", False):
        connection.execute(select(func.pg_advisory_xact_lock(_WRITERS)))
