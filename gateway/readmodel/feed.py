"""Feeds of the catalogue out of the read model, for backends that told of their goods by events and webhooks."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.models import Backend
from gateway.ports import CataloguePage
from gateway.readmodel.store import Kind, ReadModel

_AT_ONCE = 1_000


@dataclass(frozen=True, kw_only=True)
class Feed:
    """What the read model's records of these kinds say. `read` makes a page of their ids: what it does not find is gone."""

    read_model: ReadModel
    backend: Backend
    kinds: Collection[Kind]
    read: Callable[[Sequence[str]], Awaitable[CataloguePage]]
    untold: frozenset[str]
    interval: float
    form: str
    tells_changes: bool = True

    async def everything(self, after: str | None) -> AsyncIterator[CataloguePage]:
        """In the order of ids."""
        while ids := await self.read_model.ids(self.backend, self.kinds, after or "", _AT_ONCE):
            after = ids[-1]
            yield replace(await self.read(ids), after=after)
        if after is None:  # asked for nothing too: there may be nothing because nothing was ever told
            yield await self.read(())

    async def changed(self, since: datetime) -> AsyncIterator[CataloguePage]:
        """What was taken over since then, by the gateway's own clock."""
        taken = await self.read_model.taken(self.backend, self.kinds, since)
        ids = list(taken)
        for start in range(0, max(len(ids), 1), _AT_ONCE):  # asked for nothing too: there may be a gap to tell of
            batch = ids[start : start + _AT_ONCE]
            yield replace(await self.read(batch), changed_at=taken[batch[-1]] if batch else None)
