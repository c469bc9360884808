"""Lists read by days: what one reply may not hold is asked for in shorter and shorter spans, the nearest first."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Generic, TypeVar

from gateway.backends.cenports.client import Reply, Span
from gateway.errors import Incomplete
from gateway.models import Backend, Sort

T = TypeVar("T")

FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2099, 12, 31, tzinfo=UTC)
"""For a span that is open at one side. The order that the page prints is of 1970; an order may be dated ahead."""

_DAY = timedelta(days=1)
_ALL = Span(FIRST.date(), LAST.date())
_FILLING = 0.7  # of a reply, by a span that is chosen to fit into one
_SPARSE = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Generic[T]):
    """A list that can be asked for by days and, if `channels` lists some, by channel as well.

    With `divisible`, acknowledged records and others can be asked for apart. `dated` gives the instant by which a record
    probably falls into a day; `channel_of` its channel.
    """

    ask: Callable[[Span | None, str | None, bool | None], Awaitable[Reply[T]]]
    dated: Callable[[T], datetime | None]
    channel_of: Callable[[T], str | None]
    channels: Callable[[], Awaitable[Sequence[str]]] | None
    divisible: bool
    named: str


@dataclass(frozen=True, slots=True)
class _Window:
    """A span yet to be read. `seen_to` is how far the last reply for a span around it went in the list's direction."""

    span: Span | None
    seen_to: date | None = None


@dataclass(frozen=True, slots=True)
class Rest:
    """What of a list has yet to be read: windows, the next one at the end.

    `pace` is in how many days a reply's worth of records lies, where that is known; `longest` is the longest reply so far.
    """

    windows: tuple[_Window, ...]
    pace: int | None = None
    longest: int = 0


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """Records that have been read, in no order; some may come again. `gaps` is what cannot be read, `rest` what lies behind.

    Nothing that comes later belongs between these and what came before: a calendar's days are in order in every zone.
    """

    records: Sequence[T]
    gaps: Sequence[Incomplete] = ()
    rest: Rest | None = None


def span_of(start: datetime | None, end: datetime | None) -> Span | None:
    """The days that surely hold these instants (both included), in whatever zone they are; None: all days there are.

    One day more on both sides for the zone, and one at the end, as it may not count.
    """
    if start is None and end is None:
        return None
    first = min(max(start or FIRST, FIRST), LAST).astimezone(UTC).date()
    last = max(first, min(max(end or LAST, FIRST), LAST).astimezone(UTC).date())
    return Span(first - _DAY, last + 2 * _DAY)


@dataclass(frozen=True, slots=True)
class Pace:
    """What earlier reading has shown of a list: in how many days a reply's worth of it lies, and on which day it begins."""

    days: int
    front: date | None = None


def beginning(span: Span | None, known: Pace | None, sort: Sort) -> Rest:
    """A list of these days, nothing of which has been read."""
    whole = span or _ALL
    if known is None:
        return Rest((_Window(span),))
    if known.front is None or not _is_open(whole, sort):
        return Rest((_Window(span),), known.days)
    ahead = known.days * _DAY
    day = known.front - ahead if sort is Sort.DESC else known.front + ahead
    if not whole.start < day < whole.end:
        return Rest((_Window(span),), known.days)
    older, newer = _Window(Span(whole.start, day)), _Window(Span(day, whole.end))
    return Rest((older, newer) if sort is Sort.DESC else (newer, older), known.days)


def _is_open(span: Span, sort: Sort) -> bool:
    """Whether nobody knows how far from a span's beginning, in the list's direction, its first record is."""
    return span.end >= LAST.date() if sort is Sort.DESC else span.start <= FIRST.date()


async def next_part(asking: "Asking[T]", rest: Rest, sort: Sort) -> Part[T]:
    """The next part of the list, in the direction of `sort`."""
    question, asking.longest = asking.question, max(asking.longest, rest.longest)
    pending = list(rest.windows)
    pace = rest.pace
    while True:
        window, further = _nearest(pending[-1], pace, sort)
        pending[-1:] = further
        reply = await asking.ask(window.span)
        span = window.span or _ALL
        if reply.cut and _strays(question, reply, span):
            return Part(asking.seen(), (_unheeded(question.named),))
        if reply.cut and span.days > 1:
            pending += _halves(span, window.seen_to, _days(question, reply), sort)
            pace = None
            continue
        part = await _day(asking, span, reply) if reply.cut else Part(reply.records)
        pace = None if reply.cut else _pace(_days(question, reply), len(reply.records), asking.longest, pace)
        return replace(part, rest=Rest(tuple(pending), pace, asking.longest) if pending else None)


def _nearest(window: _Window, pace: int | None, sort: Sort) -> tuple[_Window, list[_Window]]:
    """The part of a window that will probably fit into a reply, and what is left of it. They share a day, as halves do."""
    span = window.span or _ALL
    if pace is None or span.days <= 2 * pace or _is_open(span, sort):
        return window, []
    if sort is Sort.DESC:
        day = span.end - pace * _DAY
        return _Window(Span(day, span.end)), [_Window(Span(span.start, day))]
    day = span.start + pace * _DAY
    return _Window(Span(span.start, day)), [_Window(Span(day, span.end))]


def _pace(days: Sequence[date], count: int, longest: int, before: int | None) -> int | None:
    """In how many days so many records lie as fill a reply well; None where they lie far apart, or the list may be short.

    What served well is not changed: copies of answers are found by the same questions.
    """
    if count <= longest * _SPARSE or before is not None:
        return None if count <= longest * _SPARSE else before
    return max(1, int(((days[-1] - days[0]).days + 1) * longest * _FILLING / count)) if days else None


class Asking(Generic[T]):
    """A question while it is being asked: a reply shorter than one of its others was not cut, no limit being so low.

    Unless it links to more.
    """

    def __init__(self, question: Question[T]) -> None:
        self.question = question
        self.longest = 0
        self._known: dict[tuple[Span | None, str | None, bool | None], Reply[T]] = {}

    async def ask(self, days: Span | None, channel: str | None = None, acknowledged: bool | None = None) -> Reply[T]:
        """Asks for the same once."""
        key = days, channel, acknowledged
        if key not in self._known:
            reply = self._known[key] = await self.question.ask(*key)
            self.longest = max(self.longest, len(reply.records))
        reply = self._known[key]
        return Reply(reply.records, reply.linked or (reply.cut and len(reply.records) >= self.longest))

    def seen(self) -> list[T]:
        """All that any reply held."""
        return [record for reply in self._known.values() for record in reply.records]


def _strays(question: Question[T], reply: Reply[T], span: Span) -> bool:
    """Whether a reply shows that the days do not count (a proxy may have dropped them): no zone is more than a day off."""
    return any(day < span.start - _DAY or day > span.end + _DAY for day in _days(question, reply))


def _days(question: Question[T], reply: Reply[T]) -> list[date]:
    return sorted(at.date() for at in map(question.dated, reply.records) if at)


def _halves(span: Span, seen_to: date | None, seen: Sequence[date], sort: Sort) -> list[_Window]:
    """Both halves, the one to be read first at the end. They share a day, as a span's last day may not count."""
    day = _middle(span, seen_to, seen, sort)
    older, newer = Span(span.start, day), Span(day, span.end)
    near, far = (newer, older) if sort is Sort.DESC else (older, newer)
    edge = None if not seen else seen[-1] if sort is Sort.DESC else seen[0]
    return [_Window(far), _Window(near, edge)]


def _middle(span: Span, seen_to: date | None, seen: Sequence[date], sort: Sort) -> date:
    """Any day within would do; a good one saves calls: the one that halves the records that the cut reply showed.

    But if it shows the far end only, the near half has to be shorter: half of what was not shown, or (where nobody knows
    how far the list goes) as far again as this reply went beyond the one before.
    """
    if not seen:
        return span.start + (span.end - span.start) // 2
    edge, near = (seen[-1], span.end) if sort is Sort.DESC else (seen[0], span.start)
    shown, day = seen[-1] - seen[0], seen[len(seen) // 2]
    if near in (FIRST.date(), LAST.date()):
        if seen_to and abs(edge - seen_to) > shown / 4:
            day = edge + (edge - seen_to)
    elif abs(near - edge) > shown:
        day = edge + (near - edge) // 2
    return min(max(day, span.start + _DAY), span.end - _DAY)


async def _day(asking: Asking[T], span: Span, cut: Reply[T]) -> Part[T]:
    """One day, of which a call for it and the start of the next showed a part only.

    It is asked for by itself: an answer shows that a span's last day counts. Where there is none, the next day's tells.
    """
    only = Span(span.start, span.start)
    reply = await asking.ask(only)
    if reply.records:
        return await _by_channel(asking, only, reply) if reply.cut else Part(reply.records)
    if (await asking.ask(Span(span.end, span.end))).records:
        return Part(())
    return await _by_channel(asking, span, cut)


async def _by_channel(asking: Asking[T], span: Span, cut: Reply[T]) -> Part[T]:
    """A day, channel by channel; also of channels that only the records name."""
    question = asking.question
    if question.channels is None:
        return await _by_acknowledgement(asking, span, None, cut)
    records, gaps = list(cut.records), list[Incomplete]()
    named = [channel for channel in map(question.channel_of, records) if channel]
    for channel in dict.fromkeys((*await question.channels(), *named)):
        reply = await asking.ask(span, channel)
        part = await _by_acknowledgement(asking, span, channel, reply) if reply.cut else Part(reply.records)
        records += part.records
        gaps += part.gaps
    return Part(records, gaps)


async def _by_acknowledgement(asking: Asking[T], span: Span, channel: str | None, cut: Reply[T]) -> Part[T]:
    """What is not acknowledged first: a record that moves on meanwhile is then seen twice, not lost. What still does not
    fit is a gap."""
    named = asking.question.named if channel is None else f"channel {channel}"
    gap = Incomplete(Backend.CENPORTS, f"Cenports holds more of {span.start} in {named} than it lets anyone read.")
    if not asking.question.divisible:
        return Part(cut.records, (gap,))
    replies = [await asking.ask(span, channel, acknowledged) for acknowledged in (False, True)]
    records = [record for reply in (cut, *replies) for record in reply.records]
    return Part(records, (gap,) if any(reply.cut for reply in replies) else ())


def _unheeded(named: str) -> Incomplete:
    return Incomplete(Backend.CENPORTS, f"Cenports gives a part of {named} that may not be all, whatever days it is asked for.")
