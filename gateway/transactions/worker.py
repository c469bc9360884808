"""The worker: takes steps that are due, of all that processes on this database have accepted, and does one turn of each.

A step that has to wait costs a row with a later time, not a sleeping task. Every backend has a share of the places alone, so
that one which does not answer keeps nothing but its own steps waiting.
"""

import asyncio
import logging
import uuid
from collections import Counter
from collections.abc import Awaitable
from contextlib import suppress
from datetime import timedelta

from gateway.clock import now
from gateway.database import Database
from gateway.errors import DatabaseUnavailable
from gateway.models import Backend
from gateway.transactions import claims, ledger
from gateway.transactions.claims import Claim
from gateway.transactions.turn import Changes, Pace, Turn

log = logging.getLogger("gateway.transactions")

_AT_ONCE = 8
"""Turns of one backend that one process takes at a time."""

_LOOK_EVERY = 1.0  # seconds: another process may have accepted something
_SHORTEST = 0.05  # seconds: what is due but could not be taken is not looked for without a pause
_HOUR = 3600.0
_SOME = 500  # transactions removed in one database transaction


class Worker:
    """One process's part in the work. `woken` is set where something may have become due."""

    def __init__(self, database: Database, changes: Changes, woken: asyncio.Event, pace: Pace) -> None:
        self._database = database
        self._changes = changes
        self._woken = woken
        self._pace = pace
        self._name = uuid.uuid4().hex
        self._running: dict[asyncio.Task[None], Turn] = {}
        self._alone_until: dict[Backend, float] = {}
        self._forget_at = 0.0

    def wake(self) -> None:
        """Something may have become due."""
        self._woken.set()

    async def work(self) -> None:
        """Until cancelled. What is under way then may end within the grace; what does not is handed back."""
        renewing = asyncio.create_task(self._renew())
        try:
            while True:
                await self._round()
        finally:
            await self._stop()
            renewing.cancel()
            with suppress(asyncio.CancelledError):
                await renewing

    async def _round(self) -> None:
        self._woken.clear()
        pause = _LOOK_EVERY
        try:
            for held in await self._claim():
                turn = Turn(self._database, self._changes, held, self._pace)
                task = asyncio.create_task(turn.take())
                self._running[task] = turn
                task.add_done_callback(self._ended)
            free = list(self._room())
            due = await self._database.read(lambda connection: claims.next_due(connection, free))
            pause = _LOOK_EVERY if due is None else min(max(due, _SHORTEST), _LOOK_EVERY)
            await self._forget()
        except DatabaseUnavailable:
            pass  # its log tells of it; the next round may succeed
        except Exception:  # whatever it is, accepted changes wait for the next round
            log.exception("looking for steps that are due failed unexpectedly")
        with suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await self._woken.wait()

    async def _claim(self) -> list[Claim]:
        room, in_hand, lease = self._room(), self._in_hand(), self._pace.lease
        return await self._database.write(lambda connection: claims.claim(connection, self._name, lease, room, in_hand))

    def _room(self) -> dict[Backend, int]:
        """The turns that may be begun, of each backend that has any left. None of one that wants to be left alone: to hear
        so once is enough, however many steps wait for it."""
        instant = asyncio.get_running_loop().time()
        busy = Counter(turn.held.backend for turn in self._running.values())
        free = (backend for backend in Backend if self._alone_until.get(backend, 0) <= instant)
        return {backend: _AT_ONCE - busy[backend] for backend in free if busy[backend] < _AT_ONCE}

    def _in_hand(self) -> list[int]:
        return [turn.held.step for turn in self._running.values()]

    def _ended(self, task: asyncio.Task[None]) -> None:
        turn = self._running.pop(task, None)
        if turn is not None and turn.pause:
            self._alone_until[turn.held.backend] = asyncio.get_running_loop().time() + turn.pause
        self._woken.set()
        if not task.cancelled() and (error := task.exception()):
            log.error("a step's turn failed unexpectedly", exc_info=error)

    async def _renew(self) -> None:
        """Say that this process is alive, as long as it holds anything."""
        while True:
            await asyncio.sleep(self._pace.lease / 3)
            if in_hand := self._in_hand():
                await self._hold_on(in_hand)

    async def _hold_on(self, in_hand: list[int]) -> None:
        """What is in nobody's hands here any more is left alone, so that its lease ends."""
        with suppress(DatabaseUnavailable):
            await self._database.write(lambda connection: claims.renew(connection, self._name, self._pace.lease, in_hand))

    async def _forget(self) -> None:
        loop = asyncio.get_running_loop()
        if loop.time() < self._forget_at:
            return
        before = now() - timedelta(seconds=self._pace.kept)
        gone = await self._database.write(lambda connection: ledger.forget(connection, before, _SOME))
        self._forget_at = loop.time() + (_HOUR if gone < _SOME else 0)

    async def _stop(self) -> None:
        if self._running:
            await asyncio.wait(self._running, timeout=self._pace.grace)
        left: list[Awaitable[None]] = list(self._running)
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
