"""The database: units of work stand or fall alone, in order, and nobody waits for more than has to be waited for."""

import asyncio
import sqlite3
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import Column, Connection, Engine, Integer, MetaData, Table, event, func, insert, select, text
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.exc import IntegrityError

from gateway.clock import set_deadline
from gateway.database import Database, ForeignText
from gateway.errors import DatabaseUnavailable, ErrorCode
from tests.databases import disconnect_all, locked, opened
from tests.forwarder import forwarded

POSTGRESQL = PGDialect()  # type: ignore[no-untyped-call]  # SQLAlchemy does not say its types
notes = Table("notes", MetaData(), Column("place", Integer, primary_key=True), Column("note", Integer, unique=True))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with opened(database_url) as made:
        made.run(notes.create, write=True)
        yield made


def noting(note: int) -> Callable[[Connection], int]:
    def work(connection: Connection) -> int:
        connection.execute(insert(notes).values(note=note))
        return note

    return work


async def noted(database: Database) -> list[int]:
    """In the order in which they were written."""
    return await database.read(lambda connection: list(connection.scalars(select(notes.c.note).order_by(notes.c.place))))


async def started(database: Database, notes: range) -> list["asyncio.Task[int]"]:
    tasks = [asyncio.create_task(database.write(noting(note))) for note in notes]
    await asyncio.sleep(0)
    return tasks


async def test_writes_take_effect_in_the_order_in_which_they_were_asked_for(database: Database) -> None:
    assert await asyncio.gather(*(database.write(noting(note)) for note in range(300))) == list(range(300))

    assert await noted(database) == list(range(300))


async def test_a_read_does_not_wait_for_writes_that_wait(database: Database, database_url: str) -> None:
    with locked(database_url):
        writes = await started(database, range(50))
        assert await asyncio.wait_for(noted(database), 5) == []

    await asyncio.gather(*writes)
    assert len(await noted(database)) == 50


async def test_what_waits_together_is_committed_together(database: Database, database_url: str) -> None:
    commits: list[Connection] = []
    note = commits.append
    event.listen(Engine, "commit", note)
    try:
        with locked(database_url):
            writes = await started(database, range(50))
        await asyncio.gather(*writes)
    finally:
        event.remove(Engine, "commit", note)

    assert len(commits) <= 3, "the other process, the first write, and all that came meanwhile"


async def test_a_unit_that_fails_takes_nothing_with_it(database: Database, database_url: str) -> None:
    def half(connection: Connection) -> None:
        noting(7)(connection)
        noting(1)(connection)

    with locked(database_url):
        writes = [asyncio.create_task(database.write(work)) for work in (noting(0), noting(1), half, noting(2))]
        await asyncio.sleep(0)
    outcomes = await asyncio.gather(*writes, return_exceptions=True)

    assert isinstance(outcomes.pop(2), IntegrityError)
    assert outcomes == [0, 1, 2]
    assert await noted(database) == [0, 1, 2]


async def test_an_error_tells_no_value_of_a_row(database: Database) -> None:
    value = 7_391_845
    await database.write(noting(value))
    with pytest.raises(IntegrityError) as told:
        await database.write(noting(value))

    assert str(value) not in "".join(traceback.format_exception(told.value))


async def test_nobody_is_told_of_a_success_that_was_not_committed(database: Database, database_url: str) -> None:
    with locked(database_url):
        writes = [asyncio.create_task(database.write(work)) for work in (noting(0), noting(1), give_up, noting(2))]
        await asyncio.sleep(0)
    outcomes = await asyncio.gather(*writes, return_exceptions=True)

    told = [outcome for outcome in outcomes if isinstance(outcome, int)]
    assert sum(isinstance(outcome, DatabaseUnavailable) for outcome in outcomes) >= 2
    assert await noted(database) == told


def give_up(connection: Connection) -> None:
    """As a full disk does: the database gives up the whole transaction, not only the statement."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT OR ROLLBACK INTO notes (note) SELECT 5 UNION ALL SELECT 5")
    connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")


async def test_whoever_gives_up_waiting_leaves_nothing_behind(database: Database, database_url: str) -> None:
    with locked(database_url):
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


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_connections_that_died_meanwhile_are_replaced(database: Database, database_url: str) -> None:
    await asyncio.gather(*(noted(database) for _ in range(20)), database.write(noting(1)))
    disconnect_all(database_url)
    assert await noted(database) == [1]

    disconnect_all(database_url)
    assert await database.write(noting(2)) == 2


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_server_that_is_silent_for_ever_is_hung_up_on(database: Database, database_url: str) -> None:
    """As after a failover: the machine of the old server lives, and new connections reach another."""
    async with forwarded(database_url) as line:
        hasty = Database(line.address, timeout=1)
        assert await hasty.write(noting(1)) == 1
        line.hold()

        asked = [noted(hasty) for _ in range(20)]
        outcomes = await asyncio.gather(*asked, hasty.write(noting(2)), return_exceptions=True)
        assert any(isinstance(outcome, DatabaseUnavailable) for outcome in outcomes)

        for _ in range(20):
            if await works(hasty):
                break
        else:
            pytest.fail("it did not come back")
        await asyncio.to_thread(hasty.close)
    assert 1 in await noted(database)


async def works(database: Database) -> bool:
    asked = [*(noted(database) for _ in range(10)), database.write(lambda _: None)]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    return not any(isinstance(outcome, DatabaseUnavailable) for outcome in outcomes)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_statement_that_takes_too_long_is_ended(database: Database, database_url: str) -> None:
    hasty = Database(database_url, timeout=1)
    for ask in (hasty.read, hasty.write):
        with pytest.raises(DatabaseUnavailable):
            await asyncio.wait_for(ask(lambda connection: connection.execute(text("SELECT pg_sleep(30)"))), 5)

    assert await hasty.write(noting(1)) == 1
    assert await noted(hasty) == [1]
    hasty.close()


async def test_who_waits_for_a_lock_that_is_not_given_back_is_told_in_time(database: Database, database_url: str) -> None:
    hasty = Database(database_url, timeout=1)
    with locked(database_url):
        with pytest.raises(DatabaseUnavailable) as told:
            await asyncio.wait_for(hasty.write(noting(1)), 5)
        assert await noted(hasty) == []

    assert (told.value.code, told.value.retry_after) == (ErrorCode.BACKEND_UNAVAILABLE, 5)
    assert await hasty.write(noting(2)) == 2
    assert await noted(database) == [2]
    hasty.close()


async def test_no_work_takes_longer_than_the_operation_may(database: Database, database_url: str) -> None:
    set_deadline(2)
    with locked(database_url), pytest.raises(DatabaseUnavailable):
        await asyncio.wait_for(database.write(noting(1)), 2)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_full_disk_is_an_error_of_the_database_and_passes(database: Database) -> None:
    def fill(connection: Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    await database.write(fill)
    with pytest.raises(DatabaseUnavailable):
        await database.write(lambda connection: connection.execute(text("CREATE TABLE more AS SELECT 1")))
    assert await noted(database) == []

    await database.write(lambda connection: connection.exec_driver_sql("PRAGMA max_page_count=1000000"))
    assert await database.write(noting(1)) == 1


async def test_those_who_read_see_one_moment_and_cannot_write(database: Database) -> None:
    def twice(connection: Connection) -> list[int]:
        before = connection.scalar(select(func.count()).select_from(notes))
        database.run(noting(1), write=True)
        return [before or 0, connection.scalar(select(func.count()).select_from(notes)) or 0]

    assert await database.read(twice) == [0, 0]
    with pytest.raises(DatabaseUnavailable):
        await database.read(noting(2))
    assert await noted(database) == [1]


ODD = ("", "a", "\x00", "\x01", "\x02", "ä")


@pytest.mark.parametrize("parts", [2, 3])
def test_text_with_a_nul_keeps_its_place_among_other_texts(parts: int) -> None:
    texts = sorted({"".join(each) for each in product(ODD, repeat=parts)})

    stored = [ForeignText().process_bind_param(text, POSTGRESQL) for text in texts]

    assert stored == sorted(set(map(str, stored)))
    assert [ForeignText().process_result_value(text, POSTGRESQL) for text in stored] == texts
    assert not any("\x00" in str(text) for text in stored)
