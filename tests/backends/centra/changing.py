"""How tests have a change make its message and send it, without the engine around it."""

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from gateway.backends.centra.archive import Archive
from gateway.backends.centra.changes import CHANGES
from gateway.backends.centra.client import CentraClient
from gateway.backends.centra.means import Means
from gateway.backends.centra.settings import CentraSettings, Queue
from gateway.backends.centra.updates import Update
from gateway.backends.centra.visits import Visits
from gateway.clock import now
from gateway.readmodel.store import ReadModel
from gateway.transactions.work import Done, Job, Ready
from gateway.transport import connect
from gateway.warehouses import WarehouseNames
from tests.databases import opened


@dataclass(frozen=True)
class Prepared:
    """A change and what it is going to send."""

    change: Update[Any]
    job: Job[Any]

    async def send(self) -> Done:
        return await self.change.send(self.job)


@asynccontextmanager
async def at_work(settings: CentraSettings, client: CentraClient | None = None) -> AsyncIterator[Means]:
    """What changes work with, once the queue has been read. With a `client` of its own nothing else is asked of Centra."""
    with tempfile.TemporaryDirectory() as home, opened(f"sqlite:///{home}/gateway.db") as database:
        read_model = ReadModel(database)
        reader = CentraClient(settings, connect)
        try:
            assert await Visits(settings, reader, read_model).make() is None
            yield _means(settings, read_model, reader, client)
        finally:
            await reader.aclose()


def _means(settings: CentraSettings, read_model: ReadModel, reader: CentraClient, client: CentraClient | None) -> Means:
    silent = settings if client is None else settings.model_copy(update={"queue": Queue.OFF})
    visits = Visits(silent, reader, read_model)
    return Means(client or reader, settings, read_model, Archive(settings, read_model), visits, WarehouseNames({}))


async def prepared(means: Means, mutation: str, facts: Sequence[object]) -> Prepared:
    """The message of one step for all of them; none may be refused."""
    change = CHANGES[mutation](means)
    job = Job(key="key", items=dict(enumerate(facts)), submitted_at=now())
    ready = await change.prepare(job)
    assert isinstance(ready, Ready)
    assert not ready.refused, ready.refused
    return Prepared(change, replace(job, message=ready.message))
