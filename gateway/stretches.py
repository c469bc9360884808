"""Stretches: parts of lists that were read a moment ago. A page behind another is served from what that one left over.

A backend gives its records in native pages. Who walks in smaller steps gets the rest of a native page without a call.
"""

import time
from bisect import bisect_left
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeAlias, TypeVar

from gateway.clock import now
from gateway.errors import Incomplete
from gateway.models import Sort
from gateway.transport.reads import asked_since

R = TypeVar("R")
S = TypeVar("S")

Place: TypeAlias = tuple[Any, ...]
"""Where a record stands, or a walk: what lists are ordered by. All places of one list can be compared."""

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
    """Keeps stretches for `ttl` seconds, as long as all fit into `max_bytes`; the oldest go first. `size_of` is a record's."""

    def __init__(self, ttl: float, size_of: Callable[[R], int], max_bytes: int = 16_000_000) -> None:
        self._ttl = ttl
        self._size_of = size_of
        self._room = max_bytes
        self._kept: deque[tuple[Hashable, Stretch[R, S], int]] = deque()

    def find(self, key: Hashable, place: Place | None, sort: Sort) -> Stretch[R, S] | None:
        """The newest stretch of the list `key` with something behind this place, else one that tells how to read on."""
        oldest = max(time.monotonic() - self._ttl, asked_since() or 0.0)
        found = None
        for known_key, stretch, _ in reversed(self._kept):
            if known_key == key and stretch.asked_at >= oldest and stretch.reaches(place, sort):
                left = stretch.behind(place, sort)
                if left.records or left.rest is None:
                    return left
                found = found or left
        return found

    def keep(self, key: Hashable, stretch: Stretch[R, S]) -> None:
        """Have it found, unless it is too old already: older copies may have answered for the backend."""
        oldest = time.monotonic() - self._ttl
        size = sum(self._size_of(record) + _OVERHEAD for record in stretch.records) + _OVERHEAD
        if stretch.asked_at <= oldest:
            return
        self._room -= size
        self._kept.append((key, stretch, size))
        while self._room < 0 or (self._kept and self._kept[0][1].asked_at <= oldest):
            self._room += self._kept.popleft()[2]


class Walk(Generic[R, S]):
    """One walk through the list `key`, stretch by stretch: out of the shelf, or read.

    `read` is given the place that it is to read behind, and the `rest` of the stretch before, if that is known.
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

    async def next(self) -> Stretch[R, S]:
        """The next stretch. Not to be called behind one without `rest`."""
        stretch = self._shelf.find(self._key, self._place, self._sort)
        if stretch is None or (not stretch.records and stretch.rest is not None):
            rest = self._rest if stretch is None else stretch.rest
            stretch = await self._read(self._place, rest)
            self._shelf.keep(self._key, stretch)
        self._place, self._rest = stretch.end, stretch.rest
        return stretch
