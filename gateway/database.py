"""The gateway's database: units of work that run in threads, each in a transaction or savepoint of its own.

SQLAlchemy's errors become DatabaseUnavailable here, where it is the database that fails and not the work; nothing else of the
gateway knows them.
"""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect, Engine, MetaData, RootTransaction, String, Text, TypeDecorator, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.types import TypeEngine

from gateway.clock import micros, now, time_left
from gateway.engine import Pulse, listener_of, make_engine
from gateway.errors import DatabaseUnavailable
from gateway.migrations import UnusableDatabase, migrate
from gateway.notices import Notices, announced, take_back

T = TypeVar("T")
Work = Callable[[Connection], T]

log = logging.getLogger("gateway.database")

metadata = MetaData()

_READERS = 8  # threads, each with a connection of its own
_MOST = 100  # units in one transaction: another process may wait for its lock
_SILENCE = 1.5  # times the timeout: PostgreSQL itself would have ended the statement by then
_PART = 0.4  # of the time that an operation has left: less than the half that one question is given
_ERRORS_OF_THE_WORK = (IntegrityError, DataError, ProgrammingError, NotSupportedError)
_MINUTE, _REASONS = 60.0, 100
_NO_RIGHTS = "42501"  # PostgreSQL counts it among the errors of the work


class ForeignText(TypeDecorator[str]):
    """Text as others wrote it, whatever stands in it.

    PostgreSQL holds no NUL. There it is escaped, in such a way that texts keep their order; an `ordered` column has the order
    of code points, as the gateway compares ids, where PostgreSQL's own would be that of a language.
    """

    impl = Text
    cache_ok = True

    def __init__(self, length: int | None = None, *, ordered: bool = False) -> None:
        super().__init__()
        self.length = length
        self.ordered = ordered

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        collation = "C" if self.ordered and dialect.name == "postgresql" else None
        return String(self.length, collation) if self.length else Text(collation=collation)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return value if value is None or dialect.name != "postgresql" else escaped(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return value if value is None or dialect.name != "postgresql" else _unescaped(value)


def escaped(text: str) -> str:
    """As it stands in PostgreSQL, and so long: NUL and the character behind it are two characters each."""
    return text.replace("\x01", "\x01\x02").replace("\x00", "\x01\x01") if "\x00" in text or "\x01" in text else text


def _unescaped(text: str) -> str:
    return text.replace("\x01\x01", "\x00").replace("\x01\x02", "\x01") if "\x01" in text else text


def moment(connection: Connection) -> int:
    """The microseconds since 1970 by the one clock that all processes share: those on a SQLite file are on one machine."""
    if connection.dialect.name == "postgresql":
        read = connection.scalar(text("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"))
        return int(read or 0)
    return micros(now())


class Database:
    """Give `read` or `write` a plain function of a connection; what it returns comes back once its transaction has ended.

    Both raise DatabaseUnavailable where the database cannot be reached, has no room, or takes longer than `timeout` seconds
    or the running operation may. A write that had begun by then may still take effect.
    """

    def __init__(self, url: str, timeout: float = 10) -> None:
        self.notices = Notices()
        self.listener = listener_of(url, timeout)
        self._timeout = timeout
        self._reading = make_engine(url, timeout=timeout, writes=False, connections=_READERS)
        self._writing = make_engine(url, timeout=timeout, writes=True, connections=2)
        self._pulses = [Pulse(engine) for engine in (self._reading, self._writing)]
        self._log = _Log()
        self._readers = ThreadPoolExecutor(_READERS, "database-reader")
        self._writer = _Writer(self._writing, self._log, self.notices)

    async def read(self, work: Work[T]) -> T:
        return await self._in_time(asyncio.wrap_future(self._readers.submit(self.run, work)))

    async def write(self, work: Work[T]) -> T:
        """Committed when it returns. Writes take effect in the order in which they were asked for."""
        return await self._in_time(self._writer.do(work))

    def run(self, work: Work[T], *, write: bool = False) -> T:
        """The same in this thread, for commands and start-up."""
        with self._log.watching():
            if write:
                with _begun(self._writing) as connection:
                    take_back(connection)
                    done, told = work(connection), self.notices.post(connection)
                self.notices.tell(told)
                return done
            try:
                return _do(self._reading, work)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
                return _do(self._reading, work)  # the connection had died while it lay in the pool

    def migrate(self) -> None:
        """Make the tables what the code expects. Processes that start at once wait for each other. Raises UnusableDatabase."""
        try:
            _do(self._writing, _migrate)
        except (DBAPIError, NoConnection) as error:
            if (reason := _reason(error)) is None:
                raise
            raise UnusableDatabase(f"this database cannot be opened or written ({reason}); check address and rights") from None

    def close(self) -> None:
        """Whatever is at work may end, but nothing is waited for that does not."""
        ending = threading.Timer(self._timeout, self._break_off, [0])
        ending.start()
        self._readers.shutdown(cancel_futures=True)
        self._writer.close()
        ending.cancel()
        self._reading.dispose()
        self._writing.dispose()

    async def _in_time(self, outcome: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(min(self._timeout, _PART * time_left(inf))):
                return await outcome
        except TimeoutError:
            self._break_off(_SILENCE * self._timeout)
            raise self._log.failed("it did not answer in time") from None

    def _break_off(self, silence: float) -> None:
        for pulse in self._pulses:
            pulse.break_off(silence)


def _do(engine: Engine, work: Work[T]) -> T:
    with _begun(engine) as connection:
        return work(connection)


@contextmanager
def _begun(engine: Engine) -> Iterator[Connection]:
    """A transaction, on a connection that has not died while it lay in the pool."""
    try:
        connection, transaction = _begin(engine)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        connection, transaction = _begin(engine)
    with connection, transaction:
        yield connection


def _begin(engine: Engine) -> tuple[Connection, RootTransaction]:
    connection = engine.connect()
    try:
        return connection, connection.begin()
    except BaseException:
        connection.close()
        raise


def _migrate(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        if connection.scalar(text("SHOW server_encoding")) != "UTF8":
            raise UnusableDatabase("the database must be one of UTF8, not of another encoding")
        connection.execute(text("SET LOCAL statement_timeout = 0"))
    migrate(connection)


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

    def __init__(self, engine: Engine, log: "_Log", notices: Notices) -> None:
        self._engine = engine
        self._log = log
        self._notices = notices
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
        if not self._waiting:
            return
        units: list[_Unit] = []
        try:
            with self._log.watching(), _begun(self._engine) as connection:
                take_back(connection)  # what a transaction told that came to nothing
                units = self._taken()  # only now: who has given up while the lock was waited for is left out
                outcomes = [self._outcome(connection, unit.work) for unit in units]
                told = self._notices.post(connection)
            self._notices.tell(told)
        except BaseException as error:  # whoever waits must hear of it, whatever it is
            units = units or self._taken()
            outcomes = [_failed(error)] * len(units)
        for unit, tell in zip(units, outcomes, strict=True):
            tell(unit.told)

    def _taken(self) -> list[_Unit]:
        waiting = [self._waiting.popleft() for _ in range(min(len(self._waiting), _MOST))]
        return [unit for unit in waiting if unit.told.set_running_or_notify_cancel()]

    def _outcome(self, connection: Connection, work: Work[Any]) -> Callable[[Future[Any]], None]:
        savepoint, before = connection.begin_nested(), announced(connection)
        try:
            value = work(connection)
        except Exception as error:
            if connection.invalidated:  # with the connection, the work of the units before this one is gone
                raise
            take_back(connection, before)
            savepoint.rollback()  # where this fails, the database has given up the whole transaction: so does the group
            return _failed(self._log.public(error))
        savepoint.commit()
        return lambda told: told.set_result(value)


def _failed(error: BaseException) -> Callable[[Future[Any]], None]:
    return lambda told: told.set_exception(error)


class _Log:
    """Tells why the database cannot be used: each reason once a minute, however many meet it."""

    def __init__(self) -> None:
        self._told_at: dict[str, float] = {}

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Raises DatabaseUnavailable for errors that are the database's."""
        try:
            yield
        except (DBAPIError, NoConnection) as error:
            raise self.public(error) from None

    def public(self, error: Exception) -> Exception:
        """DatabaseUnavailable for an error that is the database's; else the error itself."""
        reason = _reason(error)
        return error if reason is None else self.failed(reason)

    def failed(self, reason: str) -> DatabaseUnavailable:
        instant = time.monotonic()
        if instant - self._told_at.get(reason, -inf) > _MINUTE:
            self._told_at = {**self._told_at, reason: instant} if len(self._told_at) < _REASONS else {reason: instant}
            log.warning("the database cannot be used: %s", reason)
        return DatabaseUnavailable()


def _reason(error: Exception) -> str | None:
    """What is wrong with the database, in one line; None where it is not the database that failed."""
    match error:
        case DBAPIError() if not _is_of_the_work(error):
            return " ".join(str(error.orig).split())  # names hosts and users, but no values
        case NoConnection():
            return "every connection is in use"
        case _:
            return None


def _is_of_the_work(error: DBAPIError) -> bool:
    return isinstance(error, _ERRORS_OF_THE_WORK) and getattr(error.orig, "sqlstate", None) != _NO_RIGHTS
