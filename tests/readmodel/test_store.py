"""The read model keeps the newest copy of every record, in list order, found by its keys."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, func, select

from gateway.database import Database
from gateway.errors import ErrorCode, Incomplete, Unavailable
from gateway.models import Backend, Sort
from gateway.readmodel.store import Change, Key, Kind, Message, ReadModel, StoredRecord
from gateway.readmodel.tables import inbox, records
from tests.databases import opened

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
CENTRA = Backend.CENTRA


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with opened(database_url) as made:
        yield made


@pytest.fixture
def read_model(database: Database) -> ReadModel:
    return ReadModel(database)


def order(record_id: str, payload: bytes | None = b"{}", **more: Any) -> Change:
    return Change(kind=Kind.ORDER, record_id=record_id, payload=payload, **more)


def shipment(record_id: str, payload: bytes = b"{}", **more: Any) -> Change:
    return Change(kind=Kind.SHIPMENT, record_id=record_id, payload=payload, **more)


async def learn(read_model: ReadModel, *changes: Change, backend: Backend = CENTRA) -> None:
    await read_model.take(backend, [], changes)


async def payloads(read_model: ReadModel, *ids: str, kind: Kind = Kind.ORDER) -> list[bytes | None]:
    found = await read_model.by_id(CENTRA, kind, ids)
    return [found[each].payload if each in found else None for each in ids]


async def walk(read_model: ReadModel, sort: Sort, limit: int) -> list[str]:
    """All orders, page by page."""
    ids: list[str] = []
    after: tuple[datetime, str] | None = None
    while page := await read_model.page(CENTRA, Kind.ORDER, sort, after, limit):
        ids += [record.record_id for record in page]
        after = (page[-1].list_time, page[-1].record_id)
    return ids


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
async def test_a_list_is_walked_both_ways_with_each_record_once_also_where_times_are_equal(
    read_model: ReadModel, limit: int
) -> None:
    times = {"b": 0, "a": 0, "Z": 0, "c": 1, "ä": 0, "d": -1, "10": 0, "9": 0}
    await learn(read_model, *(order(each, list_time=NOON + timedelta(microseconds=t)) for each, t in times.items()))

    ascending = ["d", "10", "9", "Z", "a", "b", "ä", "c"]  # by code points, as the gateway compares ids
    assert await walk(read_model, Sort.ASC, limit) == ascending
    assert await walk(read_model, Sort.DESC, limit) == ascending[::-1]


async def test_a_list_holds_its_own_kind_and_backend_alone(read_model: ReadModel) -> None:
    await learn(read_model, order("1"), shipment("2"))
    await learn(read_model, order("3"), backend=Backend.CARTONCLOUD)

    assert await walk(read_model, Sort.ASC, 10) == ["1"]


async def test_a_list_time_stays_as_it_was_first_told(read_model: ReadModel) -> None:
    await learn(read_model, order("1", list_time=NOON, version=1))
    await learn(read_model, order("1", b"2", list_time=NOON + timedelta(days=1), version=2))

    (stored,) = await read_model.page(CENTRA, Kind.ORDER, Sort.ASC, None, 10)
    assert (stored.list_time, stored.payload) == (NOON, b"2")


async def test_a_record_without_a_list_time_is_listed_by_when_it_was_stored(read_model: ReadModel) -> None:
    before = datetime.now(UTC)
    await learn(read_model, order("1"))

    (stored,) = await read_model.page(CENTRA, Kind.ORDER, Sort.ASC, None, 10)
    assert before - timedelta(seconds=1) < stored.list_time == stored.fetched_at <= datetime.now(UTC)


async def test_only_a_newer_version_is_taken_over(read_model: ReadModel) -> None:
    await learn(read_model, order("1", b"new", version=5, numbers=["A"]))
    await learn(read_model, order("1", b"same", version=5, numbers=["B"]), order("1", b"old", version=4, numbers=["B"]))
    assert await payloads(read_model, "1") == [b"new"]
    assert list(await read_model.by_key(CENTRA, Kind.ORDER, Key.NUMBER, ["A", "B"])) == ["A"]

    await learn(read_model, order("1", b"newer", version=6))
    assert await payloads(read_model, "1") == [b"newer"]


async def test_a_change_without_version_is_taken_over_and_forgets_no_version(read_model: ReadModel) -> None:
    await learn(read_model, order("1", b"five", version=5))
    await learn(read_model, order("1", b"unversioned"))
    assert await payloads(read_model, "1") == [b"unversioned"]

    await learn(read_model, order("1", b"four", version=4))
    assert await payloads(read_model, "1") == [b"unversioned"]


async def test_a_deleted_record_is_gone_and_no_older_change_brings_it_back(read_model: ReadModel) -> None:
    await learn(read_model, order("1", b"x", version=2, numbers=["A"], children=[shipment("1/1", version=2)]))
    await learn(read_model, order("1", None, version=3))
    await learn(read_model, order("1", b"late", version=2, numbers=["A"], children=[shipment("1/1", version=2)]))

    assert await walk(read_model, Sort.ASC, 10) == []
    assert await payloads(read_model, "1") == [None]
    assert await payloads(read_model, "1/1", kind=Kind.SHIPMENT) == [None]
    assert await read_model.by_key(CENTRA, Kind.ORDER, Key.NUMBER, ["A"]) == {}
    assert await read_model.every(CENTRA, Kind.ORDER) == []


async def test_a_deletion_that_comes_first_holds_back_what_is_older_and_sets_no_list_time(read_model: ReadModel) -> None:
    await learn(read_model, order("1", None, version=3))
    await learn(read_model, order("1", b"late", version=2, list_time=NOON))
    assert await payloads(read_model, "1") == [None]

    await learn(read_model, order("1", b"again", version=4, list_time=NOON))
    (stored,) = await read_model.page(CENTRA, Kind.ORDER, Sort.ASC, None, 10)
    assert (stored.payload, stored.list_time) == (b"again", NOON)


async def test_children_that_are_no_longer_named_are_deleted_and_may_return(read_model: ReadModel) -> None:
    both = [shipment("1/1", version=1), shipment("1/2", version=1)]
    await learn(read_model, order("1", version=1, children=both))
    await learn(read_model, order("1", version=2, children=[shipment("1/2", b"2", version=2)]))

    children = await read_model.by_parent(CENTRA, Kind.SHIPMENT, ["1", "unknown"])
    assert {parent: [each.record_id for each in found] for parent, found in children.items()} == {"1": ["1/2"]}

    await learn(read_model, order("1", version=3, children=[shipment("1/1", b"3", version=3)]))
    assert await payloads(read_model, "1/1", "1/2", kind=Kind.SHIPMENT) == [b"3", None]


async def test_children_belong_to_a_record_of_a_kind_not_to_whatever_has_its_id(read_model: ReadModel) -> None:
    await learn(read_model, order("30", version=1, children=[shipment("30/8", version=1)]))
    await learn(read_model, Change(kind=Kind.WAREHOUSE, record_id="30", payload=b"{}", version=2))
    await learn(read_model, Change(kind=Kind.WAREHOUSE, record_id="30", payload=b"{}", version=3))

    assert await payloads(read_model, "30/8", kind=Kind.SHIPMENT) == [b"{}"]


async def test_an_old_parent_does_not_touch_its_children(read_model: ReadModel) -> None:
    await learn(read_model, order("1", version=2, children=[shipment("1/1", b"2", version=2)]))
    await learn(read_model, order("1", version=1, children=[]))

    assert await payloads(read_model, "1/1", kind=Kind.SHIPMENT) == [b"2"]


async def test_a_record_is_found_by_the_keys_of_its_newest_copy(read_model: ReadModel) -> None:
    await learn(read_model, order("1", version=1, numbers=["A", " B ", "", " "], skus=["S"], variants=["p/v/s"]))
    assert list(await read_model.by_key(CENTRA, Kind.ORDER, Key.NUMBER, ["A", "B", "", "S"])) == ["A", "B"]
    assert list(await read_model.by_key(CENTRA, Kind.ORDER, Key.SKU, ["A", "S"])) == ["S"]
    assert list(await read_model.by_key(CENTRA, Kind.ORDER, Key.VARIANT, ["p/v/s"])) == ["p/v/s"]

    await learn(read_model, order("1", version=2, numbers=["C"]))
    assert list(await read_model.by_key(CENTRA, Kind.ORDER, Key.NUMBER, ["A", "B", "C"])) == ["C"]


async def test_records_of_one_key_come_by_id_and_many_keys_in_one_call(read_model: ReadModel) -> None:
    await learn(read_model, *(order(f"{i:04}", numbers=["shared", f"own {i}"]) for i in range(1_200)))

    found = await read_model.by_key(CENTRA, Kind.ORDER, Key.NUMBER, ["shared", *(f"own {i}" for i in range(1_200))])
    assert len(found) == 1_201
    assert [record.record_id for record in found["shared"]] == [f"{i:04}" for i in range(1_200)]
    assert [record.record_id for record in found["own 700"]] == ["0700"]
    assert len(await read_model.by_id(CENTRA, Kind.ORDER, (f"{i:04}" for i in range(1_200)))) == 1_200


async def test_a_list_within_keys_holds_what_is_found_by_any_of_them(read_model: ReadModel) -> None:
    changes = [order(f"{i}", list_time=NOON + timedelta(hours=i), numbers=[f"N{i}"], skus=[f"S{i % 2}"]) for i in range(6)]
    await learn(read_model, *changes, shipment("9", numbers=["N0"]))
    first = {Key.NUMBER: ["N0", "N4"], Key.SKU: ["S1"]}

    page = await read_model.page(CENTRA, Kind.ORDER, Sort.DESC, None, 3, first)
    rest = await read_model.page(CENTRA, Kind.ORDER, Sort.DESC, (page[-1].list_time, page[-1].record_id), 3, first)
    assert [record.record_id for record in [*page, *rest]] == ["5", "4", "3", "1", "0"]
    assert await read_model.page(CENTRA, Kind.ORDER, Sort.DESC, None, 3, {Key.NUMBER: []}) == []


async def test_messages_are_kept_once(read_model: ReadModel, database: Database) -> None:
    first = Message(message_id="115", type="order", body="<event/>")
    await read_model.take(CENTRA, [first, first], [])
    await read_model.take(CENTRA, [Message(message_id="115", type="order", body="other", problem="late")], [])
    await read_model.take(Backend.CARTONCLOUD, [first], [])

    rows = await database.read(lambda connection: connection.execute(select(inbox).order_by(inbox.c.id)).all())
    assert [(row.backend, row.message_id, row.body, row.problem) for row in rows] == [
        ("CENTRA", "115", "<event/>", None),
        ("CARTONCLOUD", "115", "<event/>", None),
    ]


async def test_message_and_changes_are_written_together_or_not_at_all(read_model: ReadModel, database: Database) -> None:
    unwritable = order("2", b"\xff")
    with pytest.raises(UnicodeDecodeError):
        await read_model.take(CENTRA, [Message(message_id="1", type="order", body="")], [order("1"), unwritable])

    def counts(connection: Connection) -> list[int | None]:
        return [connection.scalar(select(func.count()).select_from(table)) for table in (inbox, records)]

    assert await database.read(counts) == [0, 0]


async def test_writers_at_the_same_time_lose_nothing_and_the_newest_version_stays(
    database_url: str, database: Database
) -> None:
    others = [Database(database_url) for _ in range(3)]
    models = [ReadModel(each) for each in (database, *others)]

    async def write(writer: int) -> None:
        for version in range(writer, 60, 4):
            own = order(f"own {version}", version=version)
            contested = order("contested", str(version).encode(), version=version, numbers=[f"v{version}"])
            await models[writer].take(CENTRA, [Message(message_id=f"{version}", type="order", body="")], [own, contested])

    await asyncio.gather(*(write(writer) for writer in range(4)))

    stored: dict[str, StoredRecord] = {each.record_id: each for each in await models[0].every(CENTRA, Kind.ORDER)}
    assert len(stored) == 61
    assert (stored["contested"].payload, stored["contested"].version) == (b"59", 59)
    assert list(await models[1].by_key(CENTRA, Kind.ORDER, Key.NUMBER, [f"v{v}" for v in range(60)])) == ["v59"]
    for each in others:
        each.close()


async def test_the_state_of_a_backend_says_when_it_was_in_step_and_what_went_wrong_since(read_model: ReadModel) -> None:
    never = await read_model.synchronisation(CENTRA)
    assert (never.synced_at, never.attempted_at, never.error_code) == (None, None, None)

    await read_model.synchronised(CENTRA, Unavailable(CENTRA, "Centra is down."))
    failed = await read_model.synchronisation(CENTRA)
    assert (failed.synced_at, failed.error_code, failed.error_message) == (
        None,
        ErrorCode.BACKEND_UNAVAILABLE,
        "Centra is down.",
    )

    await read_model.synchronised(CENTRA)
    well = await read_model.synchronisation(CENTRA)
    assert (well.synced_at, well.error_code, well.error_message) == (well.attempted_at, None, None)

    await read_model.synchronised(CENTRA, Unavailable(CENTRA, "Centra is down."))
    since = await read_model.synchronisation(CENTRA)
    assert since.synced_at == well.synced_at
    assert since.error_code == ErrorCode.BACKEND_UNAVAILABLE
    assert (await read_model.synchronisation(Backend.CARTONCLOUD)).attempted_at is None


async def test_a_backend_that_shows_only_a_part_is_in_step_with_that_part(read_model: ReadModel) -> None:
    await read_model.synchronised(CENTRA, Incomplete(CENTRA, "There is more."))

    state = await read_model.synchronisation(CENTRA)
    assert state.synced_at is not None
    assert (state.error_code, state.error_message) == (ErrorCode.BACKEND_INCOMPLETE, "There is more.")


@pytest.mark.parametrize("sort", list(Sort))
async def test_a_deep_place_of_a_list_is_reached_by_its_index(read_model: ReadModel, database: Database, sort: Sort) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        await read_model.page(CENTRA, Kind.ORDER, sort, (NOON, "5"), 10)
    finally:
        event.remove(Engine, "before_cursor_execute", note)

    statement, parameters = next(each for each in asked if "list_time" in each[0])
    plan = await database.read(lambda connection: the_plan(connection, statement, parameters))
    (searched,) = (step for step in plan if "(list_time,record_id)" in step)
    assert "INDEX" in searched.upper()
    assert not any("SORT" in step.upper() or "B-TREE" in step.upper() for step in plan), "of all that is behind the place"


def the_plan(connection: Connection, statement: str, parameters: Any) -> list[str]:
    """How the database would go about it, on a table that is worth an index."""
    explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    if explain == "EXPLAIN":
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
    steps: list[str] = [row[-1] for row in connection.exec_driver_sql(f"{explain} {statement}", parameters)]
    return [step.replace("(record_id)::text", "record_id").replace(", ", ",") for step in steps]


async def test_text_with_a_nul_is_kept_and_found_as_any_other(read_model: ReadModel, database: Database) -> None:
    """PostgreSQL has no room for one, and a message that cannot be kept would come again for ever."""
    odd = order("a\x00b", b'{"a": "\x00"}', list_time=NOON, numbers=["N\x00"], children=[shipment("c\x00")])
    message = Message(message_id="m\x00", type="\x00", body="<\x00>", problem="\x00")
    await read_model.take(CENTRA, [message, message], [odd, order("a", list_time=NOON), order("a\x01", list_time=NOON)])
    await read_model.take(CENTRA, [message], [])
    await read_model.synchronised(CENTRA, Unavailable(CENTRA, "Centra says \x00."))

    assert await walk(read_model, Sort.ASC, 1) == ["a", "a\x00b", "a\x01"]
    found = await read_model.by_key(CENTRA, Kind.ORDER, Key.NUMBER, ["N\x00", "N"])
    assert {number: [each.payload for each in orders] for number, orders in found.items()} == {"N\x00": [odd.payload]}
    assert list(await read_model.by_parent(CENTRA, Kind.SHIPMENT, ["a\x00b"])) == ["a\x00b"]
    assert (await read_model.synchronisation(CENTRA)).error_message == "Centra says \x00."
    rows = await database.read(lambda connection: connection.execute(select(inbox)).all())
    assert [(row.message_id, row.type, row.body, row.problem) for row in rows] == [("m\x00", "\x00", "<\x00>", "\x00")]


async def test_keys_of_any_length_are_found_and_told_apart(read_model: ReadModel, database: Database) -> None:
    long = "N" * 5_000
    nuls = "\x00" * 200
    await learn(read_model, order("1", numbers=[long + "1", nuls]), order("2", numbers=[long + "2"]))
    messages = [Message(message_id=long + end, type="order", body="") for end in "1121"]
    await read_model.take(CENTRA, messages, [])

    found = await read_model.by_key(CENTRA, Kind.ORDER, Key.NUMBER, [long + "1", long + "2", long, nuls])
    assert {number: [each.record_id for each in orders] for number, orders in found.items()} == {
        long + "1": ["1"],
        long + "2": ["2"],
        nuls: ["1"],
    }
    page = await read_model.page(CENTRA, Kind.ORDER, Sort.ASC, None, 3, {Key.NUMBER: [long + "2"]})
    assert [record.record_id for record in page] == ["2"]
    assert await database.read(lambda connection: connection.scalar(select(func.count()).select_from(inbox))) == 2
