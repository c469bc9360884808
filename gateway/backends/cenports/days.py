"""Lists read by days: what one reply may not hold is asked for in shorter and shorter spans, the nearest first."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Generic[T]):
    """A list that can be asked for by days and, if `channels` lists some, by channel as well.

    `dated` gives the instant by which a record probably falls into a day; `channel_of` its channel.
    """

    ask: Callable[[Span | None, str | None], Awaitable[Reply[T]]]
    dated: Callable[[T], datetime | None]
    channel_of: Callable[[T], str | None]
    channels: Callable[[], Awaitable[Sequence[str]]] | None
    named: str


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """Records that have been read, in no order; some may come again. `gaps` is what cannot be read.

    Nothing that comes later belongs between these and what came before: a calendar's days are in order in every zone.
    With the `last` part all has been read.
    """

    records: Sequence[T]
    gaps: Sequence[Incomplete] = ()
    last: bool = False


@dataclass(frozen=True, slots=True)
class _Window:
    """A span yet to be read. `seen_to` is how far the last reply for a span around it went in the list's direction."""

    span: Span | None
    seen_to: date | None = None


def span_of(start: datetime | None, end: datetime | None) -> Span | None:
    """The days that surely hold these instants (both included), in whatever zone they are; None: all days there are.

    One day more on both sides for the zone, and one at the end, as it may not count.
    """
    if start is None and end is None:
        return None
    first = min(max(start or FIRST, FIRST), LAST).astimezone(UTC).date()
    last = max(first, min(max(end or LAST, FIRST), LAST).astimezone(UTC).date())
    return Span(first - _DAY, last + 2 * _DAY)


async def parts(question: Question[T], whole: Span | None, sort: Sort) -> AsyncGenerator[Part[T], None]:
    """The list, part by part, in the direction of `sort`. Whoever knows enough stops."""
    asking = _Asking(question)
    pending = [_Window(whole)]
    while pending:
        window = pending.pop()
        reply = await asking.ask(window.span)
        span = window.span or Span(FIRST.date(), LAST.date())
        if reply.cut and _strays(question, reply, span):
            yield Part(asking.seen(), (_unheeded(question.named),), last=True)
            return
        if reply.cut and span.days > 1:
            pending += _halves(span, window.seen_to, _days(question, reply), sort)
            continue
        part = await _day(asking, span, reply) if reply.cut else Part(reply.records)
        yield replace(part, last=not pending)


class _Asking(Generic[T]):
    """A question while it is being asked: a reply shorter than one of its others was not cut, no limit being so low.

    Unless it links to more.
    """

    def __init__(self, question: Question[T]) -> None:
        self.question = question
        self._known: dict[tuple[Span | None, str | None], Reply[T]] = {}
        self._longest = 0

    async def ask(self, days: Span | None, channel: str | None = None) -> Reply[T]:
        """Asks for the same once."""
        if (days, channel) not in self._known:
            reply = self._known[days, channel] = await self.question.ask(days, channel)
            self._longest = max(self._longest, len(reply.records))
        reply = self._known[days, channel]
        return Reply(reply.records, reply.linked or (reply.cut and len(reply.records) >= self._longest))

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


async def _day(asking: _Asking[T], span: Span, cut: Reply[T]) -> Part[T]:
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


async def _by_channel(asking: _Asking[T], span: Span, cut: Reply[T]) -> Part[T]:
    """A day, channel by channel; also of channels that only the records name. What still does not fit is a gap."""
    question, records = asking.question, list(cut.records)
    if question.channels is None:
        return Part(records, (_gap(span.start, question.named),))
    gaps = []
    named = [channel for channel in map(question.channel_of, records) if channel]
    for channel in dict.fromkeys((*await question.channels(), *named)):
        reply = await asking.ask(span, channel)
        records += reply.records
        if reply.cut:
            gaps.append(_gap(span.start, f"channel {channel}"))
    return Part(records, gaps)


def _unheeded(named: str) -> Incomplete:
    return Incomplete(Backend.CENPORTS, f"Cenports gives a part of {named} that may not be all, whatever days it is asked for.")


def _gap(day: date, named: str) -> Incomplete:
    return Incomplete(Backend.CENPORTS, f"Cenports holds more of {day} in {named} than it lets anyone read.")
