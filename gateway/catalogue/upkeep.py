"""Upkeep: how the index gets filled, and is kept in step with its backends, by one process of all that share the database.

A pass reads everything, and what it does not meet is gone. It is broken off and goes on where it was. Once the first has
ended, changes are asked for in the feed's own rhythm, and a pass once a day looks for what was deleted.
"""

import asyncio
import logging
import math
import time
import uuid
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from gateway.catalogue import entries, states
from gateway.catalogue.entries import Shelf
from gateway.catalogue.index import CatalogueIndex
from gateway.catalogue.records import CatalogueKind
from gateway.catalogue.states import State
from gateway.clock import now, of_micros
from gateway.database import Database
from gateway.errors import BackendError, DatabaseUnavailable
from gateway.ports import CatalogueFeed, CataloguePage, CatalogueSource
from gateway.registry import Registry
from gateway.transport import skip_cache

log = logging.getLogger("gateway.catalogue")

_FORM = "1"
"""How entries are written. Another one has every backend's catalogue read anew."""

LEASE = timedelta(minutes=1)
"""How long a process that says nothing more is believed to be at work."""

_A_DAY = timedelta(days=1)
_SKEW = timedelta(minutes=15)
"""By how much a backend's clock may be behind ours: what changed during the first pass is asked for from so much earlier."""

_OVERLAP = timedelta(seconds=60)
"""A change may become visible later than others that are newer. For `_SETTLED` after news it is asked for again from so
much earlier, but not more often than every `_LOOK_BACK`."""

_SETTLED = timedelta(minutes=10)
_LOOK_BACK = timedelta(seconds=15)
_AGAIN = 2.0  # seconds after which a first pass that failed, or a look that is owed, is tried again
_TELL_EVERY = 10.0  # seconds between two log lines of one pass
_NOTHING = CataloguePage(records=())


class Lost(Exception):
    """Another process has taken the shelf over: this one was silent for too long."""


async def keep(registry: Registry, database: Database, index: CatalogueIndex) -> None:
    """Keep the index of every backend that has a catalogue, until cancelled."""
    async with asyncio.TaskGroup() as group:
        for backend in registry.configured:
            if isinstance(backend, CatalogueSource):
                for kind, feed in backend.catalogue.items():
                    shelf = Shelf(kind, backend.name)
                    group.create_task(Keeper(shelf, feed, database, index.called(shelf)).work())


class Keeper:
    """What one process does for one shelf. `called` is set where it has changed, so that it is looked at out of turn."""

    def __init__(self, shelf: Shelf, feed: CatalogueFeed, database: Database, called: asyncio.Event) -> None:
        self._shelf = shelf
        self._feed = feed
        self._database = database
        self._called = called
        self._owing = False
        self._looked_back_at = of_micros(0)
        self._name = uuid.uuid4().hex
        self._form = f"{_FORM}/{feed.form}"
        self._told_at = 0.0
        self._failing = ""

    async def work(self) -> None:
        """Turn after turn, until cancelled."""
        skip_cache()  # of this task: an answer from the cache would pass for newer than it is
        while True:
            pause = self._feed.interval
            self._owing = self._owing or self._called.is_set()
            self._called.clear()
            try:
                pause = await self.turn()
            except DatabaseUnavailable:
                pass  # its log tells of it; the next turn may succeed
            except Exception:
                log.exception("keeping %s failed unexpectedly", self._label)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._called.wait()

    async def turn(self) -> float:
        """Bring the shelf in step, if it is this process's turn. Gives the seconds until the next.

        What keeps the backend from being read is written down, not raised; errors of the database are raised.
        """
        state = await self._claimed()
        if state is None:
            return min(self._feed.interval, _AGAIN) if self._owing else self._feed.interval
        self._owing = False
        reached: State | None = None
        try:
            reached = await self._in_step(state)
            pause = self._feed.interval if reached.pass_started_at is None else 0.0
        except BackendError as error:
            await self._failed(error)
            pause = self._feed.interval if state.passed_at else min(self._feed.interval, _AGAIN)
        except Lost:
            return self._feed.interval
        except asyncio.CancelledError:
            with suppress(DatabaseUnavailable):
                await self._release(now())  # whoever comes next need not wait for the end of the lease
            raise
        await self._release(now() + timedelta(seconds=pause), reached)
        return pause

    async def _in_step(self, state: State) -> State:
        """What changed, and a pass where one is due. One that was broken off is gone on with at once."""
        state = await self._changes(state) if state.passed_at and self._feed.tells_changes else state
        state = await self._pass(state) if self._pass_is_due(state) else state
        self._failing = ""
        return state

    async def _claimed(self) -> State | None:
        def work(connection: Connection) -> State | None:
            return states.claim(connection, self._shelf, self._form, self._name, now(), LEASE, out_of_turn=self._owing)

        return await self._database.write(work)

    async def _changes(self, state: State) -> State:
        """Take over what changed since the last turn. What was reached is still to be written down."""
        started_at = now()
        state = replace(state, error_code=None, error_message=None, retry_at=None)
        async for page in self._feed.changed(self._since(state, started_at)):
            state = _moved(state, page)
            if page.records or page.gone or page.whole:
                await self._take(state, page)
        return replace(state, as_of=started_at)

    def _since(self, state: State, at: datetime) -> datetime:
        """From when on to ask for changes."""
        known, moved_at = state.changed_at or at, state.moved_at or at
        if at - moved_at >= _SETTLED or at - self._looked_back_at < _LOOK_BACK:
            return known
        self._looked_back_at = at
        return known - _OVERLAP

    def _pass_is_due(self, state: State) -> bool:
        """The first, one that was broken off, the daily one, and each time where nothing else tells of changes."""
        if state.passed_at is None or state.pass_started_at is not None:
            return True
        return not self._feed.tells_changes or now() - state.passed_at >= _A_DAY

    async def _pass(self, state: State) -> State:
        """Read everything. Later passes leave off after a while, so that changes are not waited for."""
        if state.pass_started_at is None:
            state = replace(state, pass_number=state.pass_number + 1, pass_started_at=now(), pass_read=0, unreadable=0)
            log.log(_level(state), "%s: reading everything", self._label)
        state = replace(state, error_code=None, error_message=None, retry_at=None) if state.passed_at is None else state
        await self._take(state, _NOTHING)
        leave_off = math.inf if state.passed_at is None else time.monotonic() + self._feed.interval
        async for page in self._feed.everything(state.pass_after):
            state = await self._take(_read_on(state, page), page)
            self._tell(state)
            if time.monotonic() > leave_off and page.after is not None:
                return state
        return await self._end(state)

    async def _end(self, state: State) -> State:
        """The end of a pass: what it did not meet is gone."""
        first, started_at = state.passed_at is None, state.pass_started_at or now()
        ended = replace(
            state,
            as_of=started_at if first or not self._feed.tells_changes else state.as_of,
            pass_started_at=None,
            pass_after=None,
            passed_at=now(),
            changed_at=started_at - _SKEW if first else state.changed_at,
            moved_at=now() if first else state.moved_at,
        )

        def work(connection: Connection) -> int:
            self._save(connection, ended)
            return entries.remove_unseen(connection, self._shelf, state.pass_number)

        gone = await self._database.write(work)
        log.log(_level(state), "%s: %d records read, %d are gone", self._label, state.pass_read, gone)
        return ended

    async def _take(self, state: State, page: CataloguePage) -> State:
        """Records and state in one transaction: a process that dies goes on where it was."""

        def work(connection: Connection) -> None:
            self._save(connection, state)
            entries.put(connection, self._shelf, page.records, state.pass_number)
            entries.remove(connection, self._shelf, page.gone)
            if self._shelf.kind is CatalogueKind.STOCK:
                entries.keep_only(connection, self._shelf, page.whole, page.records)

        await self._database.write(work)
        return state

    async def _failed(self, error: BackendError) -> None:
        if error.message != self._failing:  # again and again it is told once
            log.warning("%s cannot be read: %s", self._label, error.message)
        self._failing = error.message

        def work(connection: Connection) -> None:
            states.failed(connection, self._shelf, self._name, error)

        await self._database.write(work)

    async def _release(self, due_at: datetime, reached: State | None = None) -> None:
        """Leave the shelf to whoever comes first from then on, with what was reached."""

        def work(connection: Connection) -> None:
            if reached is not None:
                states.save(connection, reached, self._name, now() + LEASE)
            states.release(connection, self._shelf, self._name, due_at)

        await self._database.write(work)

    def _save(self, connection: Connection, state: State) -> None:
        if not states.save(connection, state, self._name, now() + LEASE):
            raise Lost

    def _tell(self, state: State) -> None:
        """How far the first pass is, now and then."""
        if state.passed_at is None and time.monotonic() > self._told_at + _TELL_EVERY:
            self._told_at = time.monotonic()
            log.info("%s: %d records read so far", self._label, state.pass_read)

    @property
    def _label(self) -> str:
        return f"the index of {_NAMES[self._shelf.kind]} of {self._shelf.backend.label}"


def _moved(state: State, page: CataloguePage) -> State:
    """Behind a page of changes."""
    state = _with_gap(state, page)
    news = page.changed_at is not None and (state.changed_at is None or page.changed_at > state.changed_at)
    return replace(state, changed_at=page.changed_at, moved_at=now()) if news else state


def _read_on(state: State, page: CataloguePage) -> State:
    """Behind a page of a pass."""
    read, unreadable = state.pass_read + len(page.records), state.unreadable + page.unreadable
    return replace(_with_gap(state, page), pass_after=page.after, pass_read=read, unreadable=unreadable)


def _with_gap(state: State, page: CataloguePage) -> State:
    if page.gap is None:
        return state
    return replace(state, error_code=page.gap.code, error_message=page.gap.message, retry_at=None)


def _level(state: State) -> int:
    return logging.INFO if state.passed_at is None else logging.DEBUG


_NAMES = {CatalogueKind.PRODUCT: "products", CatalogueKind.VARIANT: "variants", CatalogueKind.STOCK: "stock"}
