"""Engines: how each kind of database is opened, how its writers take turns, and when it is given up on."""

import os
import socket
import time
from contextlib import suppress
from math import ceil
from sqlite3 import OperationalError
from typing import Any

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.pool import ConnectionPoolEntry

_WRITERS = 0x67617465  # the advisory lock of those who write
_PAUSE = 0.02  # seconds between looks at a database that another process is about to set up


def make_engine(url: str, *, timeout: float, writes: bool, connections: int) -> Engine:
    """An engine of so many connections at most, for those who write or for those who read.

    Who writes holds the lock of all writers, in this process and others, from the beginning of a transaction to its end, so
    that what it has read stays true until it has written. Who reads sees one moment, and cannot write. Nothing takes longer
    than `timeout` seconds: connecting, a statement, waiting for the lock.
    """
    address = make_url(url)
    make = _postgresql if address.drivername == "postgresql" else _sqlite
    return make(address, timeout, writes, {"pool_size": connections, "max_overflow": 0, "pool_timeout": timeout})


class Pulse:
    """When each connection that is at work last began a statement: one that a server has forgotten never ends by itself.

    PostgreSQL ends statements that take too long, and the system notices machines that are gone. A server that hangs, or was
    replaced by another while its machine lives on, does neither.
    """

    def __init__(self, engine: Engine) -> None:
        self._begun: dict[DBAPIConnection, float] = {}
        event.listen(engine, "before_cursor_execute", self._began)
        event.listen(engine, "commit", self._began)
        for end in ("checkin", "invalidate"):
            event.listen(engine, end, self._ended)

    def break_off(self, silence: float) -> None:
        """Hang up where a server has been silent for so many seconds: whoever waits for it is told that it is gone."""
        for connection, begun in list(self._begun.items()):
            if time.monotonic() - begun > silence:
                _hang_up(connection)

    def _began(self, connection: Connection, *_: Any) -> None:
        if (used := connection.connection.dbapi_connection) is not None:
            self._begun[used] = time.monotonic()

    def _ended(self, connection: DBAPIConnection | None, *_: Any) -> None:
        if connection is not None:
            self._begun.pop(connection, None)


def _hang_up(connection: DBAPIConnection) -> None:
    """SQLite's connections have nobody at the other end."""
    if isinstance(connection, psycopg.Connection):
        with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(connection.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)


def _postgresql(address: URL, timeout: float, writes: bool, pool: dict[str, Any]) -> Engine:
    """What the address says itself goes before what is said here.

    A server that is gone without a word (a machine or a network that died) is noticed by `keepalives` and `tcp_user_timeout`.
    """
    engine = create_engine(_complete(address, timeout, writes), hide_parameters=True, **pool)
    event.listen(engine, "handle_error", _leave_out_values)
    if writes:
        event.listen(engine, "begin", _wait_for_the_other_writers)
    return engine


def listener_of(url: str, timeout: float) -> dict[str, Any] | None:
    """How psycopg reaches a PostgreSQL, to listen to it; None for SQLite."""
    address = make_url(url)
    if address.drivername != "postgresql":
        return None
    complete = _complete(address, timeout, writes=False)
    _, arguments = complete.get_dialect()().create_connect_args(complete)
    return dict(arguments)


def _complete(address: URL, timeout: float, writes: bool) -> URL:
    milliseconds = ceil(timeout * 1000)
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    options = [f"-c {name}={milliseconds}" for name in names]
    if not writes:
        options += ["-c default_transaction_read_only=on", "-c default_transaction_isolation=repeatable\\ read"]
    ours = {
        "application_name": "gateway",
        "connect_timeout": str(max(2, ceil(timeout / 2))),
        "keepalives_idle": "5",
        "keepalives_interval": "2",
        "keepalives_count": "3",
        "tcp_user_timeout": str(milliseconds),
        "options": " ".join(options),
    }
    return address.set(drivername="postgresql+psycopg", query={**ours, **address.query})


def _wait_for_the_other_writers(connection: Connection) -> None:
    connection.execute(select(func.pg_advisory_xact_lock(_WRITERS)))


def _leave_out_values(context: ExceptionContext) -> None:
    """PostgreSQL quotes rows in the details of an error, and what is in them belongs in no log."""
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args:
            error.args = (str(error.args[0]).partition("\nDETAIL:")[0], *error.args[1:])


def _sqlite(address: URL, timeout: float, writes: bool, pool: dict[str, Any]) -> Engine:
    engine = create_engine(address, hide_parameters=True, **pool)

    def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        """Readers beside one writer, nothing lost in a power cut, and a wait instead of an error when two write at once."""
        connection.isolation_level = None
        for pragma in (f"busy_timeout={ceil(timeout * 1000)}", "synchronous=FULL", "foreign_keys=ON"):
            _pragma(connection, pragma)
        _keep_a_log(connection, timeout)
        _pragma(connection, f"query_only={'OFF' if writes else 'ON'}")

    def begin(connection: Connection) -> None:
        """A writer takes its lock at once: one that read first could not wait for another writer, but would fail."""
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


def _keep_a_log(connection: DBAPIConnection, timeout: float) -> None:
    """WAL mode. While another process sets up a new database SQLite refuses the switch at once, not after `busy_timeout`."""
    end = time.monotonic() + timeout
    while True:
        try:
            _pragma(connection, "journal_mode=WAL")
            break
        except OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(_PAUSE)


def _pragma(connection: DBAPIConnection, pragma: str) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
