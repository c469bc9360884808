"""A gateway that takes every message of which nothing was heard for one that did not arrive: chaos shows what comes of that."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import uvicorn

from gateway.app import build_app, open_gateway
from gateway.models import Backend
from gateway.settings import Settings
from gateway.transactions.turn import Changes, Pace
from gateway.transactions.work import Change, Done, Job, NotApplied, Ready, TakenOn, Unsure, Wrong
from gateway.transactions.worker import Worker


class Careless(Change[Any]):
    """Another change in all but `settle`."""

    def __init__(self, change: Change[Any]) -> None:
        self._change = change
        self.facts, self.batch = change.facts, change.batch
        self.settle_after, self.poll_after = change.settle_after, change.poll_after

    def problems(self, item: Any) -> Iterable[Wrong]:
        return self._change.problems(item)

    def fits(self, items: Sequence[Any]) -> bool:
        return self._change.fits(items)

    def lanes(self, item: Any) -> Iterable[str]:
        return self._change.lanes(item)

    async def prepare(self, job: Job[Any]) -> Ready | Done:
        return await self._change.prepare(job)

    async def send(self, job: Job[Any]) -> Done | TakenOn:
        return await self._change.send(job)

    async def settle(self, job: Job[Any]) -> NotApplied:
        return NotApplied()

    async def poll(self, job: Job[Any]) -> Done | TakenOn | Unsure:
        return await self._change.poll(job)


def careless(changes: Changes) -> Changes:
    def of(backend: Backend, operation: str) -> Change[Any] | None:
        change = changes(backend, operation)
        return None if change is None else Careless(change)

    return of


def main() -> None:
    settings = Settings.load()
    with open_gateway(settings) as gateway:
        pace = Pace(lease=settings.transaction_lease)
        worker = Worker(gateway.database, careless(gateway.registry.change), asyncio.Event(), pace)
        app = build_app(replace(gateway, worker=worker))
        uvicorn.run(app, host=settings.host, port=settings.port, log_config=None, access_log=False)


if __name__ == "__main__":
    main()
