"""The database: units of work stand or fall alone, in order, and nobody waits for more than has to be waited for."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Column, Connection, Engine, Integer, MetaData, Table, event, insert, select
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateTable

from gateway.database import Database
from gateway.readmodel.store import record_keys, records

notes = Table("notes", MetaData(), Column("place", Integer, primary_key=True), Column("note", Integer, unique=True))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'gateway.db'}")
    made.run(notes.create, write=True)
    yield made
    made.close()


def noting(note: int) -> Callable[[Connection], int]:
    def work(connection: Connection) -> int:
        connection.execute(insert(notes).values(note=note))
        return note

    return work


async def noted(database: Database) -> list[int]:
    """In the order in which they were written."""
    return await database.read(lambda connection: list(connection.scalars(select(notes.c.note).order_by(notes.c.place))))


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """While another process writes."""
    other = Database(f"sqlite:///{path / 'gateway.db'}")
    begun, ended = threading.Event(), threading.Event()

    def work(_connection: Connection) -> None:
        begun.set()
        ended.wait()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(other.run, work, write=True)
        begun.wait()
        try:
            yield
        finally:
            ended.set()
    other.close()


async def started(database: Database, notes: range) -> list["asyncio.Task[int]"]:
    tasks = [asyncio.create_task(database.write(noting(note))) for note in notes]
    await asyncio.sleep(0)
    return tasks


async def test_writes_take_effect_in_the_order_in_which_they_were_asked_for(database: Database) -> None:
    assert await asyncio.gather(*(database.write(noting(note)) for note in range(300))) == list(range(300))

    assert await noted(database) == list(range(300))


async def test_a_read_does_not_wait_for_writes_that_wait(database: Database, tmp_path: Path) -> None:
    with locked(tmp_path):
        writes = await started(database, range(50))
        assert await asyncio.wait_for(noted(database), 5) == []

    await asyncio.gather(*writes)
    assert len(await noted(database)) == 50


async def test_what_waits_together_is_committed_together(database: Database, tmp_path: Path) -> None:
    commits: list[Connection] = []
    note = commits.append
    event.listen(Engine, "commit", note)
    try:
        with locked(tmp_path):
            writes = await started(database, range(50))
        await asyncio.gather(*writes)
    finally:
        event.remove(Engine, "commit", note)

    assert len(commits) <= 3, "the other process, the first write, and all that came meanwhile"


async def test_a_unit_that_fails_takes_nothing_with_it(database: Database, tmp_path: Path) -> None:
    def half(connection: Connection) -> None:
        noting(7)(connection)
        noting(1)(connection)

    with locked(tmp_path):
        writes = [asyncio.create_task(database.write(work)) for work in (noting(0), noting(1), half, noting(2))]
        await asyncio.sleep(0)
    outcomes = await asyncio.gather(*writes, return_exceptions=True)

    assert isinstance(outcomes.pop(2), IntegrityError)
    assert outcomes == [0, 1, 2]
    assert await noted(database) == [0, 1, 2]


async def test_nobody_is_told_of_a_success_that_was_not_committed(database: Database, tmp_path: Path) -> None:
    with locked(tmp_path):
        writes = [asyncio.create_task(database.write(work)) for work in (noting(0), noting(1), give_up, noting(2))]
        await asyncio.sleep(0)
    outcomes = await asyncio.gather(*writes, return_exceptions=True)

    told = [outcome for outcome in outcomes if isinstance(outcome, int)]
    assert [type(outcome).__name__ for outcome in outcomes].count("OperationalError") >= 2
    assert await noted(database) == told


def give_up(connection: Connection) -> None:
    """As a full disk does: the database gives up the whole transaction, not only the statement."""
    connection.exec_driver_sql("INSERT OR ROLLBACK INTO notes (note) SELECT 5 UNION ALL SELECT 5")


async def test_whoever_gives_up_waiting_leaves_nothing_behind(database: Database, tmp_path: Path) -> None:
    with locked(tmp_path):
        first, second, third = await started(database, range(3))
        second.cancel()
        await asyncio.sleep(0)
    await asyncio.gather(first, third)

    assert await noted(database) == [0, 2]


def test_a_database_that_another_process_sets_up_is_waited_for(tmp_path: Path) -> None:
    setting_up = sqlite3.connect(tmp_path / "new.db", isolation_level=None, check_same_thread=False)
    setting_up.execute("BEGIN IMMEDIATE")
    database = Database(f"sqlite:///{tmp_path / 'new.db'}")
    with ThreadPoolExecutor(1) as thread:
        made = thread.submit(database.migrate)
        assert not wait([made], 0.2).done
        setting_up.execute("ROLLBACK")
        made.result()
    setting_up.close()
    database.close()


@pytest.mark.parametrize("table", [records, record_keys])
def test_ids_have_one_order_in_every_database(table: Table) -> None:
    """PostgreSQL compares text by the rules of a language unless it is told otherwise; SQLite compares code points."""
    dialect = PGDialect()  # type: ignore[no-untyped-call]  # SQLAlchemy does not say its types

    statement = str(CreateTable(table).compile(dialect=dialect))

    assert 'record_id VARCHAR(255) COLLATE "C"' in statement
