"""Stretches: what a page leaves over serves the next, as long as it is fresh enough and there is room for it."""

import asyncio
import random
import time
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from gateway.clock import now
from gateway.errors import BackendError, Rejected, Unavailable
from gateway.models import Backend, Sort
from gateway.staleness import Fallback, falling_back
from gateway.stretches import Place, Shelf, Stretch, Walk, asked_at, is_behind
from gateway.transport import skip_cache

Numbers = Stretch[int, str]


@dataclass
class Listing:
    """A list of numbers that gives so many at once; `read` has the places that it was read behind, and how."""

    numbers: list[int]
    sort: Sort = Sort.ASC
    at_once: int = 10
    age: float = 0.0
    error: BackendError | None = None
    asked: list[tuple[Place | None, str | None]] = field(default_factory=list)

    async def read(self, place: Place | None, rest: str | None) -> Numbers:
        self.asked.append((place, rest))
        if self.error:
            raise self.error
        ordered = sorted(self.numbers, reverse=self.sort is Sort.DESC)
        behind = [number for number in ordered if is_behind((number,), place, self.sort)]
        given = behind[: self.at_once]
        return Stretch(
            start=place,
            places=[(number,) for number in given],
            records=given,
            rest=f"behind {given[-1]}" if len(behind) > len(given) else None,
            asked_at=time.monotonic() - self.age,
        )

    def walk(self, shelf: Shelf[int, str], place: Place | None = None, key: str = "list") -> Walk[int, str]:
        return Walk(shelf, key, place, self.sort, self.read)


def shelf(ttl: float = 60, room: int = 16_000_000) -> Shelf[int, str]:
    return Shelf(Backend.CENTRY, ttl, lambda _: 100, room)


async def test_what_one_page_leaves_over_serves_the_next() -> None:
    listing, kept = Listing(list(range(25))), shelf()
    await listing.walk(kept).next()

    left = await listing.walk(kept, (3,)).next()

    assert list(left.records) == [4, 5, 6, 7, 8, 9]
    assert len(listing.asked) == 1


async def test_behind_all_that_is_known_it_is_read_on_as_the_stretch_before_told() -> None:
    listing, kept = Listing(list(range(25))), shelf()
    await listing.walk(kept).next()

    further = await listing.walk(kept, (9,)).next()

    assert list(further.records) == list(range(10, 20))
    assert listing.asked == [(None, None), ((9,), "behind 9")]


async def test_where_the_list_ends_it_is_not_read_again() -> None:
    listing, kept = Listing(list(range(5))), shelf()
    await listing.walk(kept).next()

    for place in [(4,), (7,)]:
        end = await listing.walk(kept, place).next()
        assert (list(end.records), end.rest) == ([], None)
    assert len(listing.asked) == 1


@pytest.mark.parametrize("place", [None, (2,), (40,)])
async def test_a_place_that_no_stretch_reaches_is_read(place: Place | None) -> None:
    listing, kept = Listing(list(range(60))), shelf()
    await listing.walk(kept, (4,)).next()

    await listing.walk(kept, place).next()

    assert listing.asked == [((4,), None), (place, None)]


async def test_another_list_or_direction_has_stretches_of_its_own() -> None:
    listing, kept = Listing(list(range(25))), shelf()
    await listing.walk(kept).next()
    await listing.walk(kept, key="another").next()
    await Listing(listing.numbers, Sort.DESC, asked=listing.asked).walk(kept).next()

    assert len(listing.asked) == 3


async def test_what_is_too_old_is_read_again() -> None:
    listing = Listing(list(range(25)), age=2)
    for ttl, reads in [(0, 2), (1, 2), (3, 1)]:
        kept = shelf(ttl)
        listing.asked.clear()
        await listing.walk(kept).next()
        await listing.walk(kept, (3,)).next()
        assert len(listing.asked) == reads, f"kept for {ttl} s"


async def test_who_skips_the_cache_reads_anew_and_fills_it_for_others() -> None:
    listing, kept = Listing(list(range(25))), shelf()
    await listing.walk(kept).next()

    async def fresh() -> None:
        skip_cache()
        await listing.walk(kept, (3,)).next()

    await asyncio.create_task(fresh())
    assert len(listing.asked) == 2
    assert list((await listing.walk(kept, (11,)).next()).records) == [12, 13]
    assert len(listing.asked) == 2


async def test_where_room_is_short_the_oldest_go_first() -> None:
    listing, kept = Listing(list(range(100))), shelf(room=100_000)
    for start in (None, (19,), (39,)):
        await listing.walk(kept, start).next()

    for start, known in [((40,), True), ((20,), True), (None, False)]:
        before = len(listing.asked)
        await listing.walk(kept, start).next()
        assert (len(listing.asked) == before) is known, start


async def test_a_stretch_without_room_is_given_all_the_same() -> None:
    listing, kept = Listing(list(range(25))), shelf(room=1_000)
    assert len((await listing.walk(kept).next()).records) == 10
    assert len((await listing.walk(kept).next()).records) == 10


DOWN = Unavailable(Backend.CENTRY, "down")


async def test_where_the_backend_cannot_be_asked_an_older_stretch_answers_and_says_so() -> None:
    listing, kept = Listing(list(range(25)), age=20), shelf(ttl=30)
    await listing.walk(kept).next()
    listing.error = DOWN

    question = Fallback()
    with falling_back(question):
        skip_cache()
        left = await listing.walk(kept, (3,)).next()

    assert list(left.records) == [4, 5, 6, 7, 8, 9]
    assert question.because is DOWN
    assert question.oldest == pytest.approx(now() - timedelta(seconds=20), abs=timedelta(seconds=5))


@pytest.mark.parametrize(
    ("place", "error", "asked_for_a_visit"),
    [
        ((9,), DOWN, False),  # what lies behind was never read
        ((3,), Rejected(Backend.CENTRY, "no"), False),
        ((3,), DOWN, True),
    ],
)
async def test_else_the_error_is_told(place: Place, error: BackendError, asked_for_a_visit: bool) -> None:
    listing, kept = Listing(list(range(25))), shelf()
    await listing.walk(kept).next()
    listing.error = error

    with falling_back(None if asked_for_a_visit else Fallback()):
        skip_cache()
        with pytest.raises(type(error)):
            await listing.walk(kept, place).next()


def test_a_stretch_is_as_old_as_the_oldest_answer_in_it() -> None:
    started = time.monotonic()
    assert asked_at(started, []) == started
    assert asked_at(started, [now()]) == started
    assert asked_at(started, [now(), now() - timedelta(seconds=20)]) == pytest.approx(started - 20, abs=1)


@pytest.mark.parametrize("sort", Sort)
async def test_walks_of_all_steps_at_once_are_whole(sort: Sort) -> None:
    for seed in range(50):
        rng = random.Random(seed)
        listing = Listing(sorted(rng.sample(range(1000), 60)), sort, at_once=rng.choice([1, 7, 60]))
        kept = shelf(rng.choice([0, 60]), rng.choice([20_000, 16_000_000]))

        async def walked(step: int, listing: Listing = listing, kept: Shelf[int, str] = kept) -> list[int]:
            found: list[int] = []
            while True:
                stretch = await listing.walk(kept, (found[-1],) if found else None).next()
                found += stretch.records[:step]
                if stretch.rest is None and len(stretch.records) <= step:
                    return found

        expected = sorted(listing.numbers, reverse=sort is Sort.DESC)
        assert await asyncio.gather(*map(walked, (1, 5, 100))) == [expected] * 3, f"seed {seed}"
