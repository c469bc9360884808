"""The walk: the first records of a list in order of time, out of a system that hands out its records in order of their ids.

Centry's lists go by `_id` and can be narrowed by `created_at`, but not sorted by it. So a window of time is swept page by
page behind the largest id seen, and after each page everything is cut off that can no longer be among the first: once
enough records of the window are known, those before the last of them suffice. Whatever ids mean, nothing is lost by that,
and no page is read twice.

Where ids follow time (they may be made of it) and the newest records are wanted, pages come in oldest first and cut off
nothing. Then the part of the window at its front is swept on its own, as wide as the records are dense.

Here a place is a time in whole milliseconds, counted in the direction of the list: smaller places come first, whether the
list begins with its oldest or its newest record.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from gateway.clock import now
from gateway.models import Sort

T = TypeVar("T")

MILLISECOND = timedelta(milliseconds=1)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PAGES_TO_SEE = 2  # before a window is narrowed: a list that is not much longer is read whole
PATIENCE = 4  # pages of the first sweep that may cut off nothing: a list that ends by then needs no other
_PATIENCE_AHEAD = 2  # the same for a sweep at the front
_GROWTH = 4  # of strides: nobody knows how far away the first records are
_STRIDES = 6
_KNOWN_STRIDES = 2  # where it is known how close together the records lie
_SPARE = 1.5
_SHORTEST = 1000  # milliseconds


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


@dataclass(frozen=True, slots=True)
class Stride:
    """The width in which so many pages of records are likely to lie, from the beginning of the window.

    Where that is open, from the time `front`, which is that of the first record as far as is known.
    """

    width: timedelta
    pages: int = 0
    front: datetime | None = None


async def first_part(
    read: ReadPage[T], window: Window, *, sort: Sort, wanted: int, keep: Keep[T], stride: Stride | None = None, full: int = 1
) -> Part[T]:
    """At least `wanted` records of the window that `keep` lets through, the first ones in list order; fewer if it has no more.

    With a `stride`, those that lie in it, if there are any. A page of `full` records or more may have been cut.
    """
    found: dict[str, Seen[T]] = {}
    first = Sweep[T](_span(window, sort), sort, patience=PATIENCE, full=full, pages=0 if stride else _PAGES_TO_SEE)
    if stride is not None:
        first.look_ahead(stride.width // MILLISECOND, _KNOWN_STRIDES, stride)
    sweeps = [first]  # one behind the other; the last of them is at the front
    while sweeps:
        sweep = sweeps[-1]
        if ahead := sweep.cut_off():
            sweeps.append(ahead)
        elif page := await read(_window(sweep.span, sort), sweep.last):
            sweep.take(page, keep, wanted - len(found))
        else:
            found |= sweeps.pop().known
            if sweep.narrowed or (sweeps and len(found) >= (wanted if stride is None else 1)):
                return Part(_sorted(found, sort), whole=False)
    return Part(_sorted(found, sort), whole=True)


@dataclass(frozen=True, slots=True)
class Span:
    """Places from `front` (inclusive) to `back` (exclusive); either may be open."""

    front: int | None
    back: int | None

    def holds(self, place: int) -> bool:
        """Whether the place is one of these."""
        return (self.front is None or place >= self.front) and (self.back is None or place < self.back)


class Sweep(Generic[T]):
    """What is known of a span: every record whose id is at most `last`. It is at its end when a page is empty.

    A short page is no end, for nobody knows how much the system gives at most.
    """

    def __init__(self, span: Span, sort: Sort, *, patience: int, full: int, pages: int = 0, last: str | None = None) -> None:
        self.span = span
        self.last = last
        self.known: dict[str, Seen[T]] = {}
        self.narrowed = False
        self._sort = sort
        self._patience = patience
        self._full = full
        self._pages = pages  # that are expected: so few are not worth a narrower window
        self._largest_page = 0
        self._planned: Stride | None = None
        self._stride = 0
        self._strides = 0

    def take(self, page: Sequence[Seen[T]], keep: Keep[T], wanted: int) -> None:
        """Take in the next page, where `wanted` records of the span would be enough."""
        kept = [seen for seen in page if self.span.holds(self._place(seen)) and keep(seen)]
        in_time_order = self._comes_before_known(kept) and len(page) >= self._largest_page
        # A shorter page may well be the last one: what it brought is worth more than a narrower window.
        cut = len(page) >= self._full or 0 < self._largest_page <= len(page)
        self._largest_page = max(self._largest_page, len(page))
        self._patience -= 1
        self._pages -= 1
        self.last = max(seen.id for seen in page)
        self.known |= {seen.id: seen for seen in kept}
        if cut and self._pages < 0 and len(self.known) >= wanted:
            self._narrow(wanted)
        if in_time_order and self._patience <= 0:
            places = [self._place(seen) for seen in kept]
            width = round((max(places) - min(places)) * _SPARE * wanted / len(places))
            self.look_ahead(max(width, _SHORTEST), _STRIDES)

    def look_ahead(self, stride: int, strides: int, planned: Stride | None = None) -> None:
        """Sweep the front on its own next, in so many steps, of which the first is so wide."""
        self._stride, self._strides, self._planned = max(stride, 1), strides, planned

    def cut_off(self) -> "Sweep[T] | None":
        """A sweep of the front, as wide as the next stride, which is no longer part of this one; None if none is worth it.

        Nothing that is known lies in it, so it goes on behind the ids that were seen here.
        """
        front = self._beginning()
        if front is None or not self._strides:
            return None
        border = front + self._stride
        if not (Span(None, self.span.back).holds(border) and all(self._place(seen) >= border for seen in self.known.values())):
            self._strides = 0
            return None
        self._stride, self._strides = self._stride * _GROWTH, self._strides - 1
        pages = self._planned.pages if self._planned else 0
        span = replace(self.span, back=border)
        ahead = Sweep[T](span, self._sort, patience=_PATIENCE_AHEAD, full=self._full, pages=pages, last=self.last)
        self.span = replace(self.span, front=border)
        return ahead

    def _narrow(self, wanted: int) -> None:
        """Cut off what lies behind the record that is the last one wanted, but keep its whole millisecond."""
        back = sorted(map(self._place, self.known.values()))[wanted - 1] + 1
        self.span = replace(self.span, back=back)
        self.known = {key: seen for key, seen in self.known.items() if self._place(seen) < back}
        self.narrowed = True

    def _comes_before_known(self, page: Sequence[Seen[T]]) -> bool:
        """Whether the ids seem to run against the list, so that page by page would mean the whole window."""
        known = [self._place(seen) for seen in self.known.values()]
        return bool(page and known) and max(map(self._place, page)) <= min(known)

    def _beginning(self) -> int | None:
        """Where its first record may be; None where nobody knows."""
        if self.span.front is not None:
            return self.span.front
        if self._planned and self._planned.front:
            return _place(self._planned.front, self._sort)
        return _place(now(), Sort.DESC) if self._sort is Sort.DESC else None

    def _place(self, seen: Seen[T]) -> int:
        return _place(seen.time, self._sort)


def whole_milliseconds(instant: datetime) -> datetime:
    """Rounded down to what Centry's times hold."""
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def _place(time: datetime, sort: Sort) -> int:
    milliseconds = (time - _EPOCH) // MILLISECOND
    return milliseconds if sort is Sort.ASC else -milliseconds


def _span(window: Window, sort: Sort) -> Span:
    start, end = (None if time is None else _place(time, Sort.ASC) for time in (window.start, window.end))
    return Span(start, end) if sort is Sort.ASC else Span(_turned(end), _turned(start))


def _window(span: Span, sort: Sort) -> Window:
    """A millisecond wider on both sides: a system may keep times more exactly than it shows them."""
    start, end = (span.front, span.back) if sort is Sort.ASC else (_turned(span.back), _turned(span.front))
    return Window(None if start is None else _time(start - 1), None if end is None else _time(end + 1))


def _turned(bound: int | None) -> int | None:
    """The bound of whole milliseconds seen from the other direction: there the inclusive one is exclusive."""
    return None if bound is None else 1 - bound


def _time(milliseconds: int) -> datetime | None:
    """None for what no calendar holds."""
    try:
        return _EPOCH + milliseconds * MILLISECOND
    except OverflowError:
        return None


def _sorted(records: dict[str, Seen[T]], sort: Sort) -> list[Seen[T]]:
    return sorted(records.values(), key=lambda seen: seen.key, reverse=sort is Sort.DESC)
