"""The databases that tests run on: SQLite files, and a PostgreSQL database that is one test run's alone."""

import os
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
from sqlalchemy import Connection, make_url

from gateway.catalogue.index import CatalogueIndex
from gateway.database import Database
from gateway.inbox.letters import Inbox
from gateway.ports import Resources
from gateway.readmodel.store import ReadModel
from gateway.transport import connect
from gateway.vault import Vault
from gateway.warehouses import WarehouseNames

SERVER = os.environ.get("GATEWAY_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/test")
"""A PostgreSQL server on which databases may be made."""


def answers() -> bool:
    """Whether there is a PostgreSQL to test on."""
    try:
        psycopg.connect(SERVER, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def own_database(*, waits: bool = False) -> Iterator[str]:
    """The address of a database that is dropped when the block ends. It `waits` for the disk or not, and compares as Swedes
    do: the gateway wants its ids compared in its own way."""
    name = f"gateway_test_{os.getpid()}"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'sv'")
        server.execute(f"ALTER DATABASE {name} SET synchronous_commit = {'on' if waits else 'off'}")
        try:
            yield make_url(SERVER).set(database=name).render_as_string(hide_password=False)
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def emptied(address: str) -> str:
    """The same address, once nothing is in the database, and nobody who was left behind holds on to anything."""
    disconnect_all(address)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return address


def disconnect_all(address: str) -> None:
    """End every connection to the database, as a restart of the server does."""
    with psycopg.connect(address, autocommit=True) as connection:
        others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        connection.execute(f"SELECT pg_terminate_backend(pid, 5000) {others}")


@contextmanager
def opened(address: str) -> Iterator[Database]:
    """With all of its tables. A new SQLite file is a copy of one that has them: the steps to there take longer than a test."""
    file = Path(make_url(address).database or "")
    if address.startswith("sqlite:") and not file.exists():
        file.write_bytes(_up_to_date())
    database = Database(address, timeout=60)
    try:
        database.migrate()
        yield database
    finally:
        database.close()


def resources(database: Database) -> Resources:
    """What the gateway hands to every backend, on this database."""
    return Resources(
        connect=connect,
        database=database,
        read_model=ReadModel(database),
        catalogue=CatalogueIndex(database),
        inbox=Inbox(database),
        vault=Vault(database),
        warehouse_names=WarehouseNames({}),
    )


@cache
def _up_to_date() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/gateway.db")
        database.migrate()
        database.close()
        return (Path(folder) / "gateway.db").read_bytes()


@contextmanager
def locked(address: str) -> Iterator[None]:
    """While another process writes."""
    begun, ended = threading.Event(), threading.Event()

    def work(_connection: Connection) -> None:
        begun.set()
        ended.wait()

    other = Database(address)
    with ThreadPoolExecutor(1) as thread:
        thread.submit(other.run, work, write=True)
        begun.wait()
        try:
            yield
        finally:
            ended.set()
    other.close()


def refuse_inserts(connection: Connection, table: str) -> None:
    """Let the database raise an IntegrityError for every new row."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"CREATE TRIGGER refusal BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'refused'); END")
    else:
        _trigger(connection, table, "refusal", "RAISE EXCEPTION 'refused' USING ERRCODE = 'check_violation'")


def delay_inserts(connection: Connection, table: str, seconds: int) -> None:
    """Let PostgreSQL take its time for every new row."""
    _trigger(connection, table, "delay", f"PERFORM pg_sleep({seconds}); RETURN NEW")


def _trigger(connection: Connection, table: str, name: str, body: str) -> None:
    function = f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN {body}; END$$"
    connection.exec_driver_sql(function)
    connection.exec_driver_sql(f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def accept_inserts(connection: Connection, table: str) -> None:
    """Take `refuse_inserts` back."""
    on = "" if connection.dialect.name == "sqlite" else f" ON {table}"
    connection.exec_driver_sql(f"DROP TRIGGER refusal{on}")
