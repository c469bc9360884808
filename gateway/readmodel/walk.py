"""Walks through a list in the read model, page by page, for what matches a filter."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from gateway.errors import BackendError, Incomplete
from gateway.models import Backend
from gateway.ports import ListQuery, Position, Slice
from gateway.readmodel.store import MOST_KEYS, Key, Kind, ReadModel, StoredRecord

R = TypeVar("R")
Within: TypeAlias = Mapping[Key, Sequence[str]]

MOST_RECORDS = 2_000
"""Records that one call looks at, where few of them match. The rest is for the next call."""

_CHUNK = 250


@dataclass(frozen=True, slots=True)
class Walk(Generic[R]):
    """`within` are keys of which every matching record has one, where there are such. What they find is matched again."""

    read_model: ReadModel
    backend: Backend
    kind: Kind
    within: Within | None
    read: Callable[[Sequence[StoredRecord]], Awaitable[Mapping[str, R | BackendError]]]
    matches: Callable[[R], bool]

    async def page(self, query: ListQuery[object], gaps: Sequence[Incomplete] = ()) -> Slice[R]:
        """The next records that match, and where the walk goes on. What cannot be read is a gap."""
        found: list[R] = []
        missed = list(gaps)
        place, looked, chunk = query.after, 0, query.limit + 1
        while looked < MOST_RECORDS:
            stored = await self._stored(query, place, chunk)
            read = await self.read(stored)
            for record in stored:
                place, looked, model = Position(record.list_time, record.record_id), looked + 1, read[record.record_id]
                if isinstance(model, BackendError):
                    missed.append(Incomplete(self.backend, model.message))
                elif self.matches(model):
                    found.append(model)
                if len(found) == query.limit:
                    more = record is not stored[-1] or len(stored) == chunk
                    return Slice(records=found, position=place, more=more, gaps=missed)
            if len(stored) < chunk:
                return Slice(records=found, position=place if looked else None, more=False, gaps=missed)
            chunk = _CHUNK
        return Slice(records=found, position=place, more=True, gaps=missed)

    async def _stored(self, query: ListQuery[object], place: Position | None, limit: int) -> list[StoredRecord]:
        after = None if place is None else (place.list_time, place.backend_id)
        few = self.within is not None and sum(map(len, self.within.values())) <= MOST_KEYS
        within = self.within if few else None
        return await self.read_model.page(self.backend, self.kind, query.sort, after, limit, within)
