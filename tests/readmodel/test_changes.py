"""Changes that are taken over together leave what they leave one by one, in few statements."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, select

from gateway.database import Database
from gateway.models import Backend
from gateway.readmodel.store import Change, Kind, Message, ReadModel
from gateway.readmodel.tables import record_keys, records
from tests.databases import opened

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
LEVELS = (Kind.ORDER, Kind.WAREHOUSE, Kind.SHIPMENT, Kind.PRODUCT)
"""Each of these may be a part of those before it."""

TOGETHER, ONE_BY_ONE = Backend.CENTRA, Backend.CARTONCLOUD


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with opened(database_url) as made:
        yield made


def some_change(rng: random.Random, highest: int = 0) -> Change:
    """Of one of few records, so that changes meet."""
    level = rng.randrange(highest, len(LEVELS))
    deleted = rng.random() < 0.2
    number = f"n{rng.randrange(3)}"
    children = rng.choice([0, 1, 2]) if level + 1 < len(LEVELS) else 0
    return Change(
        kind=LEVELS[level],
        record_id=f"{rng.randrange(4)}",
        payload=None if deleted else f"{rng.randrange(1_000)}".encode(),
        version=rng.choice([None, *range(6)]),
        list_time=NOON + timedelta(hours=rng.randrange(9)),
        numbers=[number, number, " "],
        skus=[f"s{rng.randrange(3)}"],
        children=[some_change(rng, level + 1) for _ in range(children)],
    )


async def stored(database: Database, backend: Backend) -> list[list[tuple[Any, ...]]]:
    """All that is kept of a backend, but for when it was taken over."""

    def work(connection: Connection) -> list[list[tuple[Any, ...]]]:
        columns = [column for column in records.c if column.name not in ("backend", "fetched_at")]
        kept = select(*columns).where(records.c.backend == backend)
        keys = select(*(c for c in record_keys.c if c.name != "backend")).where(record_keys.c.backend == backend)
        return [sorted((tuple(row) for row in connection.execute(rows)), key=repr) for rows in (kept, keys)]

    return await database.read(work)


@pytest.mark.parametrize("seed", range(12))
async def test_together_and_one_by_one_come_to_the_same(database: Database, seed: int) -> None:
    rng = random.Random(seed)
    read_model = ReadModel(database)
    for _ in range(4):
        changes = [some_change(rng) for _ in range(rng.randrange(1, 8))]
        await read_model.take(TOGETHER, [], changes)
        for change in changes:
            await read_model.take(ONE_BY_ONE, [], [change])

        together = await stored(database, TOGETHER)
        assert together == await stored(database, ONE_BY_ONE)
        assert together[0]


async def test_many_changes_take_few_statements(database: Database) -> None:
    read_model = ReadModel(database)
    part = Change(kind=Kind.SHIPMENT, record_id="", payload=b"{}", numbers=["N"])
    changes = [
        Change(kind=Kind.ORDER, record_id=f"{i}", payload=b"{}", numbers=[f"{i}"], children=[replace(part, record_id=f"{i}/1")])
        for i in range(400)
    ]
    messages = [Message(message_id=f"{i}", type="order", body="") for i in range(400)]
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, _parameters: Any, _context: Any, _many: bool) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        await read_model.take(TOGETHER, messages, changes)
        await read_model.take(TOGETHER, messages, changes)
    finally:
        event.remove(Engine, "before_cursor_execute", note)

    assert len(statements) < 40
