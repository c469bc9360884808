"""The first records in order of time, out of lists in order of id: all of them, in order, and in few calls."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

import pytest

from gateway.backends.centry.walk import MILLISECOND, Part, Seen, Stride, Window, first_part, whole_milliseconds
from gateway.clock import now
from gateway.models import Sort

T = TypeVar("T")

PAGE = 100
Records = Sequence[Seen[None]]


class Listing(Generic[T]):
    """A list of records as Centry gives it: by id, at most `maximum` at once, in no order within a page."""

    def __init__(self, records: Sequence[Seen[T]], maximum: int = PAGE) -> None:
        self._records = sorted(records, key=lambda seen: seen.id)
        self._maximum = min(maximum, PAGE)
        self.calls = 0

    async def page(self, window: Window, after: str | None) -> Sequence[Seen[T]]:
        self.calls += 1
        fitting = [seen for seen in self._records if (after is None or seen.id > after) and _within(seen, window)]
        page = fitting[: self._maximum]
        random.Random(self.calls).shuffle(page)
        return page

    async def first(self, sort: Sort, wanted: int, stride: Stride | None = None) -> Part[T]:
        return await first_part(self.page, Window(), sort=sort, wanted=wanted, keep=lambda _: True, stride=stride)

    async def behind(self, last: Seen[T] | None, sort: Sort, wanted: int, stride: Stride | None) -> Part[T]:
        """The next records behind this one."""
        if last is None:
            return await self.first(sort, wanted)
        begins = whole_milliseconds(last.time)
        window = Window(start=begins) if sort is Sort.ASC else Window(end=begins + MILLISECOND)

        def keep(seen: Seen[T]) -> bool:
            return seen.key > last.key if sort is Sort.ASC else seen.key < last.key

        return await first_part(self.page, window, sort=sort, wanted=wanted, keep=keep, stride=stride)


def _within(seen: Seen[Any], window: Window) -> bool:
    """By the time that Centry keeps, which may be more exact than the one that it shows."""
    kept = seen.record or seen.time
    return (window.start is None or kept >= window.start) and (window.end is None or kept < window.end)


def records(count: int, *, ids_follow_time: bool = False, until: datetime | None = None) -> Records:
    rng = random.Random(count)
    end = until or now()
    times = sorted(end - timedelta(milliseconds=rng.randrange(120 * 86_400_000)) for _ in range(count))
    ids = [f"{index:024x}" if ids_follow_time else f"{rng.getrandbits(96):024x}" for index in range(count)]
    return [Seen(time, id_, None) for time, id_ in zip(times, ids, strict=True)]


def in_order(found: Sequence[Seen[T]], sort: Sort) -> list[Seen[T]]:
    return sorted(found, key=lambda seen: seen.key, reverse=sort is Sort.DESC)


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize(("count", "calls"), [(0, 1), (50, 2), (100, 2), (200, 3)])
async def test_a_short_list_is_read_whole(sort: Sort, count: int, calls: int) -> None:
    everything = records(count)
    listing = Listing(everything)

    part = await listing.first(sort, 51)

    assert listing.calls == calls
    assert list(part.records) == in_order(everything, sort)
    assert part.whole


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("ids_follow_time", [False, True])
@pytest.mark.parametrize("wanted", [20, 51, 101])
async def test_a_long_list_costs_about_ten_calls(sort: Sort, ids_follow_time: bool, wanted: int) -> None:
    everything = records(10_000, ids_follow_time=ids_follow_time)
    listing = Listing(everything)

    part = await listing.first(sort, wanted)

    assert listing.calls <= 10
    assert not part.whole
    assert list(part.records[:wanted]) == list(in_order(everything, sort)[:wanted])


async def test_known_gaps_make_the_first_records_of_a_long_list_cheap() -> None:
    everything = records(10_000)
    listing = Listing(everything)

    part = await listing.first(Sort.DESC, 51, stride=Stride(timedelta(days=120) * 80 / 10_000))

    assert listing.calls == 2
    assert list(part.records[:51]) == list(in_order(everything, Sort.DESC)[:51])


@pytest.mark.parametrize("ids_follow_time", [False, True])
async def test_a_maximum_that_nobody_told_changes_nothing_but_the_calls(ids_follow_time: bool) -> None:
    everything = records(500, ids_follow_time=ids_follow_time)
    listing = Listing(everything, maximum=30)

    part = await listing.first(Sort.DESC, 51)

    assert list(part.records[:51]) == list(in_order(everything, Sort.DESC)[:51])


async def test_newest_records_are_found_where_nothing_came_for_months() -> None:
    everything = records(2_000, ids_follow_time=True, until=now() - timedelta(days=150))
    listing = Listing(everything)

    part = await listing.first(Sort.DESC, 51)

    assert list(part.records[:51]) == list(in_order(everything, Sort.DESC)[:51])


@pytest.mark.parametrize("sort", Sort)
async def test_records_of_one_instant_are_not_torn_apart(sort: Sort) -> None:
    instant = datetime(2026, 6, 1, 12, tzinfo=UTC)
    everything = [Seen(instant, f"{index * 7919 % 1000:024x}", None) for index in range(300)]
    listing = Listing(everything)

    part = await listing.first(sort, 51)

    assert list(part.records[:51]) == list(in_order(everything, sort)[:51])


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("ids", ["follow time", "run against time", "mean nothing"])
@pytest.mark.parametrize("shown", ["as kept", "rounded"])
async def test_whatever_ids_mean_and_however_dense_times_are_a_walk_loses_and_doubles_nothing(
    sort: Sort, ids: str, shown: str
) -> None:
    for seed in (*range(31), 333):
        rng = random.Random(seed)
        everything = dense(rng, ids, timedelta(microseconds=500 if shown == "rounded" else 0))
        listing = Listing(everything, maximum=rng.choice([7, 30]))
        wanted = rng.choice([1, 4, 21, 101])

        found: list[Seen[datetime]] = []
        part: Part[datetime] = Part((), whole=False)
        while not part.whole:
            width = abs(part.records[0].time - part.records[-1].time) if part.records and rng.random() < 0.5 else None
            stride = None if width is None else Stride(width)
            part = await listing.behind(found[-1] if found else None, sort, wanted, stride)
            found += part.records
            assert part.whole or len(part.records) >= (wanted if stride is None else 1)

        assert found == in_order(everything, sort), f"seed {seed}"


def dense(rng: random.Random, ids: str, rounding: timedelta) -> Sequence[Seen[datetime]]:
    """Many records of the same or neighbouring milliseconds; some come in bursts. Each holds the time that Centry keeps."""
    count, span = rng.choice([40, 150, 400]), rng.choice([1_000, 50_000, 5_000_000, 10**13])
    end, burst = now() - timedelta(days=rng.choice([0, 200])), rng.choice([1, 1_000])
    kept = sorted(end - timedelta(microseconds=rng.randrange(rng.choice([span, span // burst]))) for _ in range(count))
    order = {"follow time": range(count), "run against time": range(count, 0, -1), "mean nothing": range(count)}[ids]
    numbers = rng.sample(order, count) if ids == "mean nothing" else order
    return [Seen(whole_milliseconds(time + rounding), f"{id_:024x}", time) for time, id_ in zip(kept, numbers, strict=True)]
