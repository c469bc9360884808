"""Stretches: parts of lists that were read a moment ago. A page behind another is served from what that one left over.

A backend gives its records in native pages. Who walks in smaller steps gets the rest of a native page without a call.
"""

import time
from bisect import bisect_left
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Generic, TypeAlias, TypeVar

from gateway.clock import now
from gateway.errors import Incomplete, RateLimited, TimedOut, Unavailable
from gateway.models import Backend, Sort
from gateway.staleness import fallback
from gateway.transport.reads import asked_since

R = TypeVar("R")
S = TypeVar("S")

Place: TypeAlias = tuple[Any, ...]
"""Where a record stands, or a walk: what lists are ordered by. All places of one list can be compared."""

REMEMBERED = 6 * 60 * 60.0
"""Seconds that backends remember how dense a list is. Then it is found out anew, by questions that a new process asks too:
where it cannot ask them, the copies of their answers must not be too old."""

_DAY = 24 * 60 * 60.0
_OVERHEAD = 4_000  # bytes that a record costs beside its text


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch(Generic[R, S]):
    """All records of a list from just behind `start` (None: its beginning) to the last of these, in the list's direction.

    `places` are those of the records. `rest` says how to read on, None that nothing lies behind. `gaps` names what cannot be
    read here. `asked_at` is the monotonic time of the oldest question whose answer is in it.
    """

    start: Place | None
    places: Sequence[Place]
    records: Sequence[R]
    rest: S | None
    gaps: Sequence[Incomplete] = ()
    asked_at: float

    @property
    def end(self) -> Place | None:
        """Where it ends, and what `rest` lies behind."""
        return self.places[-1] if self.places else self.start

    def behind(self, place: Place | None, sort: Sort) -> "Stretch[R, S]":
        """The part of it behind this place, which it reaches."""
        passed = bisect_left(self.places, True, key=lambda own: is_behind(own, place, sort))
        return replace(self, start=place, places=self.places[passed:], records=self.records[passed:]) if passed else self

    def reaches(self, place: Place | None, sort: Sort) -> bool:
        """Whether all that it holds behind this place is all that there is, up to its end."""
        if self.start is not None and (place is None or is_behind(self.start, place, sort)):
            return False
        return place is None or self.rest is None or not is_behind(place, self.end, sort)


def is_behind(own: Place, place: Place | None, sort: Sort) -> bool:
    """Whether the one place comes after the other; any does after None."""
    return place is None or (own > place if sort is Sort.ASC else own < place)


def asked_at(started: float, fetched: Iterable[datetime]) -> float:
    """The monotonic time of the oldest answer, where questions began to be asked at `started` and some came from a cache."""
    age = max(((now() - at).total_seconds() for at in fetched), default=0.0)
    return min(started, time.monotonic() - age)


class Shelf(Generic[R, S]):
    """Keeps stretches as long as all fit into `max_bytes`; the oldest go first. `size_of` is that of a record's text.

    They are fresh for `ttl` seconds. Older ones are there for a day, for when the backend cannot be asked.
    """

    def __init__(self, backend: Backend, ttl: float, size_of: Callable[[R], int], max_bytes: int = 16_000_000) -> None:
        self._backend = backend
        self._ttl = ttl
        self._size_of = size_of
        self._room = max_bytes
        self._kept: deque[tuple[Hashable, Stretch[R, S], int]] = deque()

    def find(self, key: Hashable, place: Place | None, sort: Sort) -> Stretch[R, S] | None:
        """The newest stretch of the list `key` with something behind this place, else one that tells how to read on."""
        fresh = list(self._reaching(key, place, sort, max(time.monotonic() - self._ttl, asked_since(self._backend))))
        return next(filter(_tells, fresh), fresh[0] if fresh else None)

    def older(self, key: Hashable, place: Place | None, sort: Sort) -> Stretch[R, S] | None:
        """The newest with something behind this place, or the list's end, that was read within a day."""
        return next(filter(_tells, self._reaching(key, place, sort, time.monotonic() - _DAY)), None)

    def keep(self, key: Hashable, stretch: Stretch[R, S]) -> None:
        """Have it found, unless it is too old already: older copies may have answered for the backend."""
        if stretch.asked_at <= time.monotonic() - self._ttl:
            return
        size = sum(self._size_of(record) + _OVERHEAD for record in stretch.records) + _OVERHEAD
        self._room -= size
        self._kept.append((key, stretch, size))
        while self._room < 0:
            self._room += self._kept.popleft()[2]

    def _reaching(self, key: Hashable, place: Place | None, sort: Sort, oldest: float) -> Iterator[Stretch[R, S]]:
        """What is left behind the place of each stretch that reaches it, the newest first."""
        for known_key, stretch, _ in reversed(self._kept):
            if known_key == key and stretch.asked_at >= oldest and stretch.reaches(place, sort):
                yield stretch.behind(place, sort)


def _tells(stretch: Stretch[R, S]) -> bool:
    """Whether it tells what comes next, or that nothing does."""
    return bool(stretch.records) or stretch.rest is None


class Walk(Generic[R, S]):
    """One walk through the list `key`, stretch by stretch: out of the shelf, or read.

    `read` is given the place that it is to read behind, and the `rest` of the stretch before, if that is known. `is_old` once
    an older stretch had to answer: then what it gave is worth showing, though the next cannot be read.
    """

    def __init__(
        self,
        shelf: Shelf[R, S],
        key: Hashable,
        place: Place | None,
        sort: Sort,
        read: Callable[[Place | None, S | None], Awaitable[Stretch[R, S]]],
    ) -> None:
        self._shelf = shelf
        self._key = (key, sort)
        self._place = place
        self._sort = sort
        self._read = read
        self._rest: S | None = None
        self.is_old = False

    async def next(self) -> Stretch[R, S]:
        """The next stretch. Not to be called behind one without `rest`."""
        stretch = self._shelf.find(self._key, self._place, self._sort)
        if stretch is None or not _tells(stretch):
            stretch = await self._read_on(self._rest if stretch is None else stretch.rest)
        self._place, self._rest = stretch.end, stretch.rest
        return stretch

    async def _read_on(self, rest: S | None) -> Stretch[R, S]:
        """Where the backend cannot be asked, an older stretch answers: the copies of answers are of other questions perhaps."""
        try:
            stretch = await self._read(self._place, rest)
        except (TimedOut, Unavailable, RateLimited) as error:
            question = fallback()
            older = self._shelf.older(self._key, self._place, self._sort) if question else None
            if question is None or older is None:
                raise
            self.is_old = True
            question.served(now() - timedelta(seconds=time.monotonic() - older.asked_at), error)
            return older
        self._shelf.keep(self._key, stretch)
        return stretch
