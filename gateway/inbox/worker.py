"""The inbox's part of the background work: letters that wait are dealt with, and old ones forgotten."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from gateway.clock import now
from gateway.errors import DatabaseUnavailable
from gateway.inbox.letters import Inbox, Letter, Trouble
from gateway.leases import Leases
from gateway.models import Backend
from gateway.ports import BackendPort, LetterReader
from gateway.registry import Registry
from gateway.transport import skip_cache

log = logging.getLogger("gateway.inbox")

AT_ONCE = 100
"""Letters of one backend that are dealt with together."""

_LOOK_EVERY = 1.0  # seconds: another process may have taken a letter
_HOUR, _SOME = 3600.0, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """`patience` is how long a letter is tried, `kept` how long one is kept that was dealt with or given up; in seconds."""

    patience: float
    kept: float


class InboxWorker:
    """One process's part in it. The letters of one backend are dealt with by one process of all at a time."""

    def __init__(self, inbox: Inbox, registry: Registry, leases: Leases, pace: Pace) -> None:
        self._inbox = inbox
        self._registry = registry
        self._leases = leases
        self._pace = pace
        self._forget_at = 0.0

    async def work(self) -> None:
        """Until cancelled."""
        while True:
            self._inbox.woken.clear()
            pause = _LOOK_EVERY
            try:
                if await self.round():
                    pause = 0.0
                await self._forget()
            except DatabaseUnavailable:
                pass  # its log tells of it; the next round may succeed
            except Exception:  # whatever it is, the letters wait for the next round
                log.exception("dealing with messages failed unexpectedly")
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._inbox.woken.wait()

    async def round(self) -> bool:
        """Deal with what is due, of all backends at once; gives whether there may be more at once."""
        skip_cache()  # of this task: what a letter says has changed is never read from the cache
        readers = [backend for backend in self._registry.configured if isinstance(backend, LetterReader)]
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._read(backend, backend)) for backend in readers]
        return any(task.result() for task in tasks)

    async def _read(self, backend: BackendPort, reader: LetterReader) -> bool:
        if not await self._inbox.due(backend.name, 1):
            return False
        async with self._leases.held(f"inbox/{backend.name}") as ours:
            if not ours:
                return False
            letters = await self._inbox.due(backend.name, AT_ONCE)
            troubles = await self._troubles(reader, letters)
            await self._inbox.settle(letters, troubles, timedelta(seconds=self._pace.patience))
        _tell(backend.name, letters, troubles)
        return len(letters) == AT_ONCE

    async def _troubles(self, reader: LetterReader, letters: Sequence[Letter]) -> dict[int, Trouble]:
        try:
            return dict(await reader.read_letters(letters))
        except DatabaseUnavailable:
            raise
        except Exception as error:  # whatever it is, it is no reason to forget them
            log.exception("dealing with messages failed unexpectedly")
            return {letter.id: Trouble(f"dealing with it failed: {type(error).__name__}") for letter in letters}

    async def _forget(self) -> None:
        loop = asyncio.get_running_loop()
        if loop.time() < self._forget_at:
            return
        gone = await self._inbox.forget(now() - timedelta(seconds=self._pace.kept), _SOME)
        self._forget_at = loop.time() + (_HOUR if gone < _SOME else 0)


def _tell(name: Backend, letters: Sequence[Letter], troubles: dict[int, Trouble]) -> None:
    first = next(iter(troubles.values()), None)
    if first is not None:
        log.warning("%d of %d messages of %s are not dealt with: %s", len(troubles), len(letters), name.label, first.problem)
