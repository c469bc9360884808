"""The databases that tests run on: SQLite files, and a PostgreSQL database that is one test run's alone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import make_url

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
def own_database() -> Iterator[str]:
    """The address of a database that is dropped when the block ends. It does not wait for the disk."""
    name = f"gateway_test_{os.getpid()}"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        server.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        try:
            yield make_url(SERVER).set(database=name).render_as_string(hide_password=False)
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def emptied(address: str) -> str:
    """The same address, once nothing is in the database, and nobody who was left behind holds on to anything."""
    with psycopg.connect(address, autocommit=True) as connection:
        others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        connection.execute(f"SELECT pg_terminate_backend(pid) {others}")
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return address
