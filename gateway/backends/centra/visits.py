"""Visits: how Centra's event queue gets into the read model.

Whoever acknowledges an event takes it from everyone else who reads the same queue, for good. So `peek` acknowledges nothing,
and `consume` acknowledges only what has been committed.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence

from gateway.backends.centra.client import CentraClient
from gateway.backends.centra.projection import Lesson, lesson
from gateway.backends.centra.settings import CentraSettings, Queue
from gateway.backends.centra.soap import read_event
from gateway.backends.centra.wire import Event
from gateway.errors import BackendError, Incomplete, MalformedReply
from gateway.inbox.letters import Letter, Trouble
from gateway.models import Backend
from gateway.readmodel.store import Change, Kind, ReadModel

AT_ONCE = 100
"""Events that Centra hands out in one reply at most: always the oldest."""

MOST_ROUNDS = 50
"""Replies that one visit takes over."""

_SOON = 8
"""After news the next visit comes so many times sooner, and then later and later, up to the interval of the settings: where
something happens, more does."""


class Visits:
    """Visits of this process to the queue, one at a time."""

    def __init__(self, settings: CentraSettings, client: CentraClient, read_model: ReadModel) -> None:
        self._settings = settings
        self._client = client
        self._read_model = read_model
        self._one_at_a_time = asyncio.Lock()
        self._peeked: frozenset[str] = frozenset()
        self._begun_at = 0.0
        self._failure: BackendError | None = None
        self._news = False
        self.pause = settings.poll_interval
        """Seconds until the next visit is due."""

    async def make(self) -> BackendError | None:
        """One visit, or the end of one that has begun since. What Centra fails to do is recorded and given, not raised; errors
        of the database are raised."""
        if self._settings.queue is Queue.OFF:
            return None
        visit = self._consume if self._settings.queue is Queue.CONSUME else self._peek
        asked_at = time.monotonic()
        async with self._one_at_a_time:
            if self._begun_at > asked_at:
                return self._failure
            begun_at, error = time.monotonic(), None
            self._news = False
            try:
                await visit()
            except BackendError as failure:
                error = failure
            await self._read_model.synchronised(Backend.CENTRA, error)
            self._begun_at, self._failure = begun_at, error
            interval = self._settings.poll_interval
            self.pause = interval / _SOON if self._news else min(interval, 2 * self.pause)
            return error

    async def read(self, letters: Sequence[Letter]) -> Mapping[int, Trouble]:
        """Take over what can be learnt from these events, which may have been acknowledged long ago, if it still is news."""
        learnt = await asyncio.to_thread(self._kept_lessons, letters)
        await self._read_model.take(Backend.CENTRA, [], _newest([each for _, each in learnt]))
        return {key: Trouble(each.message.problem, again=False) for key, each in learnt if each.message.problem}

    async def _peek(self) -> None:
        """Take over what is new among the oldest events. Raises Incomplete where there may be more behind them."""
        events = await self._events()
        await self._take([event for event in events if event.id not in self._peeked])
        self._peeked = frozenset(event.id for event in events if event.id)
        if len(events) >= AT_ONCE:
            raise Incomplete(
                Backend.CENTRA,
                f"Centra shows the oldest {AT_ONCE} events of its queue only, as long as nothing acknowledges them.",
            )

    async def _consume(self) -> None:
        """Take over and acknowledge, until the queue is empty. Raises Incomplete where one visit is not enough."""
        done: list[str] = []
        for _ in range(MOST_ROUNDS):
            events = await self._events()
            if not events:
                return
            ids = [event.id for event in events if event.id]
            if not ids:
                raise MalformedReply(Backend.CENTRA, "Centra's queue holds events without an id.")
            if ids == done:
                raise MalformedReply(Backend.CENTRA, "Centra hands out events again that it confirmed to have forgotten.")
            await self._take(events)
            await self._client.events_done(ids)
            done = ids
        raise Incomplete(Backend.CENTRA, "Centra's queue holds more events than could be read so far.")

    async def _events(self) -> list[Event]:
        if markets := self._settings.market_ids:
            return await self._client.events_get_by_markets("all", markets)
        return await self._client.events_get("all")

    async def _take(self, events: Sequence[Event]) -> None:
        """All of them, in one transaction, which has been committed when this returns."""
        learnt = await asyncio.to_thread(self._lessons, events)
        await self._read_model.take(Backend.CENTRA, [each.message for each in learnt], _newest(learnt))
        self._news = self._news or bool(learnt)

    def _kept_lessons(self, letters: Sequence[Letter]) -> list[tuple[int, Lesson]]:
        events = ((letter.id, read_event(letter.body)) for letter in letters)
        return [(key, lesson(event, self._settings.zone)) for key, event in events]

    def _lessons(self, events: Sequence[Event]) -> list[Lesson]:
        return [lesson(event, self._settings.zone) for event in events]


def _newest(learnt: Sequence[Lesson]) -> list[Change]:
    """One change of each record: every event holds the whole of it, and a hundred orders mention the same few goods."""
    newest: dict[tuple[Kind, str], Change] = {}
    for change in (change for each in learnt for change in each.changes):
        known = newest.setdefault((change.kind, change.record_id), change)
        if (change.version or 0) > (known.version or 0):
            newest[change.kind, change.record_id] = change
    return list(newest.values())
