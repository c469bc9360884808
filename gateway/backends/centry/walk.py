"""The walk: the first records of a list in order of time, out of a system that hands out its records in order of their ids.

Centry's lists go by `_id` and can be narrowed by `created_at`, but not sorted by it. So a window of time is swept page by
page behind the largest id seen, and after each page everything is cut off that can no longer be among the first: once
enough records of the window are known, those before the last of them suffice. Whatever ids mean, nothing is lost by that,
and no page is read twice.

Where ids follow time (they may be made of it) and the newest records are wanted, pages come in oldest first and cut off
nothing. Then the part of the window at its front is swept on its own, as wide as the records are dense.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from gateway.clock import now
from gateway.models import Sort

T = TypeVar("T")

MILLISECOND = timedelta(milliseconds=1)

_PATIENCE = 4  # pages of one sweep that may cut off nothing
_GROWTH = 4
_STRIDES = 6
_SPARE = 1.5


@dataclass(frozen=True, slots=True)
class Seen(Generic[T]):
    """A record with its place in the list."""

    time: datetime
    id: str
    record: T

    @property
    def key(self) -> tuple[datetime, str]:
        """Where it stands in the list."""
        return self.time, self.id


@dataclass(frozen=True, slots=True)
class Window:
    """Times from `start` (inclusive) to `end` (exclusive); either may be open."""

    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """The first records of a window, in list order; `whole` if nothing of the window lies behind them."""

    records: Sequence[Seen[T]]
    whole: bool


ReadPage = Callable[[Window, str | None], Awaitable[Sequence[Seen[T]]]]
"""The next page of a window: those with the smallest ids above the given one, in any order; empty at the end."""

Keep = Callable[[Seen[T]], bool]


async def first_part(
    read: ReadPage[T],
    window: Window,
    *,
    sort: Sort,
    wanted: int,
    keep: Keep[T],
    last: str | None = None,
    patience: int = _PATIENCE,
    strides: Iterable[timedelta] = (),
) -> Part[T]:
    """At least `wanted` records of the window that `keep` lets through, the first ones in list order; fewer if it has no more.

    Records whose ids are not above `last` are known to lie elsewhere. `strides` are the widths of the parts at the front
    that are worth a sweep of their own, before all the rest is swept.
    """
    found: dict[str, Seen[T]] = {}
    sweep = Sweep(read, window, sort, lambda seen: seen.id not in found and keep(seen), last)
    ahead = iter(strides)
    while True:
        nearer = sweep.cut_off(ahead)
        if nearer:
            part = await first_part(read, nearer, sort=sort, wanted=wanted - len(found), keep=keep, last=sweep.last, patience=2)
            found.update((seen.id, seen) for seen in part.records)
            if len(found) >= wanted:
                return Part(_sorted(found, sort), whole=False)
            continue
        if not await sweep.read_page():
            return Part(_sorted(sweep.known | found, sort), whole=not sweep.narrowed)
        sweep.narrow(wanted - len(found))
        if sweep.fruitless(patience):
            ahead = growing(sweep.stride(wanted), _STRIDES)


def growing(width: timedelta, times: int) -> Iterator[timedelta]:
    """Strides that grow fast: nobody knows how far away the first records are."""
    return (width * _GROWTH**step for step in range(times))


class Sweep(Generic[T]):
    """What is known of a window: every record whose id is at most `last`."""

    def __init__(self, read: ReadPage[T], window: Window, sort: Sort, keep: Keep[T], last: str | None) -> None:
        self._read = read
        self._window = window
        self._sort = sort
        self._keep = keep
        self._page: Sequence[Seen[T]] = ()
        self._largest = 0
        self._pages = 0
        self._in_time_order = False
        self.last = last
        self.known: dict[str, Seen[T]] = {}
        self.narrowed = False

    async def read_page(self) -> bool:
        """Take in the next page. False at the end: a short page is none, for nobody knows how much the system gives at most."""
        page = await self._read(self._window, self.last)
        if not page:
            return False
        kept = [seen for seen in page if self._keep(seen)]
        self._in_time_order = bool(self.known and kept) and self._all_before_known(kept) and len(page) >= self._largest
        self._page, self._largest, self._pages = kept, max(self._largest, len(page)), self._pages + 1
        self.last = max(seen.id for seen in page)
        self.known |= {seen.id: seen for seen in kept}
        return True

    def narrow(self, wanted: int) -> None:
        """Cut off what lies behind the record that is the last one wanted, but keep its whole millisecond."""
        if wanted < 1 or len(self.known) < wanted:
            return
        instant = _sorted(self.known, self._sort)[wanted - 1].time
        if self._sort is Sort.DESC:
            start = whole_milliseconds(instant)
            self._window = replace(self._window, start=start)
            self.known = {key: seen for key, seen in self.known.items() if seen.time >= start}
        else:
            end = whole_milliseconds(instant) + MILLISECOND
            self._window = replace(self._window, end=end)
            self.known = {key: seen for key, seen in self.known.items() if seen.time < end}
        self.narrowed = True

    def fruitless(self, patience: int) -> bool:
        """Whether the ids seem to run against the list, so that page by page would mean the whole window."""
        return self._pages >= patience and self._in_time_order

    def stride(self, wanted: int) -> timedelta:
        """The width in which so many records lie, and some to spare, if all lie as close as those of the last page."""
        times = [seen.time for seen in self._page]
        return max((max(times) - min(times)) * _SPARE * wanted / len(times), timedelta(seconds=1))

    def cut_off(self, strides: Iterator[timedelta]) -> Window | None:
        """The part at the front, as wide as the next stride, cut off from this window; None if none is worth it.

        The two overlap by a millisecond: a system may keep times more exactly than it shows them.
        """
        stride = next(strides, None)
        front = self._front()
        if stride is None or front is None:
            return None
        try:
            border = whole_milliseconds(front - stride if self._sort is Sort.DESC else front + stride)
        except OverflowError:
            return None
        if not self._lies_before_known(border):
            return None
        if self._sort is Sort.DESC:
            nearer = replace(self._window, start=border - MILLISECOND)
            self._window = replace(self._window, end=border + MILLISECOND)
        else:
            nearer = replace(self._window, end=border + MILLISECOND)
            self._window = replace(self._window, start=border - MILLISECOND)
        return nearer

    def _front(self) -> datetime | None:
        if self._sort is Sort.ASC:
            return self._window.start
        return self._window.end or now()

    def _lies_before_known(self, border: datetime) -> bool:
        """Whether the border leaves everything that is known, and some of the window, behind it."""
        times = [seen.time for seen in self.known.values()]
        if self._sort is Sort.DESC:
            times += [self._window.start] if self._window.start else []
            return all(border > time for time in times)
        times += [self._window.end] if self._window.end else []
        return all(border < time for time in times)

    def _all_before_known(self, page: Sequence[Seen[T]]) -> bool:
        known = [seen.time for seen in self.known.values()]
        if self._sort is Sort.DESC:
            return min(seen.time for seen in page) >= max(known)
        return max(seen.time for seen in page) <= min(known)


def whole_milliseconds(instant: datetime) -> datetime:
    """Rounded down to what Centry's times hold."""
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def _sorted(records: dict[str, Seen[T]], sort: Sort) -> list[Seen[T]]:
    return sorted(records.values(), key=lambda seen: seen.key, reverse=sort is Sort.DESC)
