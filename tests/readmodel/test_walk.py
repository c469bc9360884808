"""Walks through the read model: what matches, from where it can first be to where it can last be."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from gateway.models import Backend, Sort, TimeRange
from gateway.ports import ListQuery, Position, Slice
from gateway.readmodel.store import Change, Kind, ReadModel, StoredRecord
from gateway.readmodel.walk import MOST_RECORDS, Walk
from tests.databases import opened

START = datetime(2026, 1, 1, tzinfo=UTC)
COUNT = 2_600


def instant(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


@dataclass
class Reader:
    """A list of orders, one a minute, and one of them twice. `looked_at` has the ids that were read."""

    read_model: ReadModel
    looked_at: list[str] = field(default_factory=list)

    async def read(self, stored: Sequence[StoredRecord]) -> Mapping[str, StoredRecord]:
        self.looked_at += [record.record_id for record in stored]
        return {record.record_id: record for record in stored}

    async def page(
        self, sort: Sort, limit: int, span: TimeRange, after: Position | None = None, sparse: bool = False
    ) -> Slice[StoredRecord]:
        self.looked_at.clear()
        walk = Walk(
            self.read_model,
            Backend.CENTRA,
            Kind.ORDER,
            None,
            self.read,
            lambda record: span.holds(record.list_time) and not sparse,
            span,
        )
        return await walk.page(ListQuery(filter=None, sort=sort, after=after, limit=limit))

    async def walked(self, sort: Sort, limit: int, span: TimeRange) -> list[str]:
        found: list[str] = []
        after = None
        while True:
            page = await self.page(sort, limit, span, after)
            found += [record.record_id for record in page.records]
            if not page.more:
                return found
            after = page.position


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    with opened(f"sqlite:///{tmp_path_factory.mktemp('walk') / 'gateway.db'}") as database:
        read_model = ReadModel(database)
        minutes = [*range(COUNT), 1_000]
        orders = [
            Change(kind=Kind.ORDER, record_id=f"{index:04}", payload=b"{}", list_time=instant(minute))
            for index, minute in enumerate(minutes)
        ]
        asyncio.run(read_model.take(Backend.CENTRA, [], orders))
        yield Reader(read_model)


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("limit", [1, 7, 250])
async def test_a_span_of_time_is_looked_at_alone(reader: Reader, sort: Sort, limit: int) -> None:
    span = TimeRange(start=instant(999), end=instant(1_011))
    expected = ["0999", "1000", f"{COUNT}", *(f"{index:04}" for index in range(1_001, 1_011))]

    assert await reader.walked(sort, limit, span) == (expected if sort is Sort.ASC else expected[::-1])

    whole = await reader.page(sort, 250, span)
    assert sorted(reader.looked_at) == sorted(expected)
    assert not whole.more


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("after", [instant(0), instant(999), instant(1_000), instant(1_011), instant(COUNT)])
async def test_a_place_before_within_or_behind_the_span_leads_on(reader: Reader, sort: Sort, after: datetime) -> None:
    span = TimeRange(start=instant(999), end=instant(1_011))
    whole = await reader.page(sort, 250, span)

    rest = await reader.page(sort, 250, span, Position(after, "1000"))

    place = after, "1000"
    assert [record.record_id for record in rest.records] == [
        record.record_id
        for record in whole.records
        if ((record.list_time, record.record_id) > place if sort is Sort.ASC else (record.list_time, record.record_id) < place)
    ]
    assert not rest.more


@pytest.mark.parametrize("sort", Sort)
async def test_a_span_that_is_open_at_one_end_goes_to_the_end_of_the_list(reader: Reader, sort: Sort) -> None:
    assert len(await reader.walked(sort, 250, TimeRange(start=instant(COUNT - 5)))) == 5
    assert len(await reader.walked(sort, 250, TimeRange(end=instant(5)))) == 5
    assert await reader.walked(sort, 250, TimeRange(end=START)) == []


async def test_a_sparse_list_is_looked_at_part_by_part(reader: Reader) -> None:
    page = await reader.page(Sort.ASC, 7, TimeRange(), sparse=True)
    assert (list(page.records), page.more) == ([], True)
    assert MOST_RECORDS <= len(reader.looked_at) < MOST_RECORDS + 250
    rest = await reader.page(Sort.ASC, 7, TimeRange(), page.position, sparse=True)
    assert (list(rest.records), rest.more) == ([], False)
