"""The gateway's database: one engine, and units of work that run in a thread, each in a transaction of its own."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, Engine, MetaData, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

T = TypeVar("T")

metadata = MetaData()


class Database:
    """Give `read` or `write` a plain function of a connection; what it returns comes back once its transaction has ended."""

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)

    async def read(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.to_thread(self.run, work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.to_thread(self.run, work, write=True)

    def run(self, work: Callable[[Connection], T], *, write: bool = False) -> T:
        """The same in this thread, for commands and start-up."""
        with self._engine.connect().execution_options(write=write) as connection, connection.begin():
            return work(connection)

    def create_tables(self) -> None:
        metadata.create_all(self._engine)

    def close(self) -> None:
        self._engine.dispose()


def _engine(url: str) -> Engine:
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    """Readers beside one writer, nothing lost in a power cut, and a wait instead of an error when two write at once."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON"):
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


def _on_begin(connection: Connection) -> None:
    """A writer takes its lock at once: one that read first could not wait for another writer, but would fail."""
    writes = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
