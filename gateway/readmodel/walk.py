"""Walks through a list in the read model, page by page, for what matches a filter."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Generic, TypeAlias, TypeVar

from gateway.errors import BackendError, Incomplete
from gateway.models import Backend, Sort, TimeRange
from gateway.ports import ListQuery, Position, Slice
from gateway.readmodel.store import MOST_KEYS, Key, Kind, ReadModel, StoredRecord

R = TypeVar("R")
Within: TypeAlias = Mapping[Key, Sequence[str]]

MOST_RECORDS = 2_000
"""Records that one call looks at, where few of them match. The rest is for the next call."""

_CHUNK = 250


@dataclass(frozen=True, slots=True)
class Walk(Generic[R]):
    """`within` are keys of which every matching record has one, where there are such. What they find is matched again.

    `span` is where the list times of matching records lie: nothing outside of it is looked at.
    """

    read_model: ReadModel
    backend: Backend
    kind: Kind
    within: Within | None
    read: Callable[[Sequence[StoredRecord]], Awaitable[Mapping[str, R | BackendError]]]
    matches: Callable[[R], bool]
    span: TimeRange | None = None

    async def page(self, query: ListQuery[object], gaps: Sequence[Incomplete] = ()) -> Slice[R]:
        """The next records that match, and where the walk goes on. What cannot be read is a gap."""
        found: list[R] = []
        missed = list(gaps)
        place, looked, chunk = self._beginning(query), 0, query.limit + 1
        while looked < MOST_RECORDS:
            given = await self._stored(query, place, chunk)
            stored = list(takewhile(lambda record: not self._is_past(record, query.sort), given))
            ended = len(stored) < chunk
            read = await self.read(stored)
            for record in stored:
                place, looked, model = Position(record.list_time, record.record_id), looked + 1, read[record.record_id]
                if isinstance(model, BackendError):
                    missed.append(Incomplete(self.backend, model.message))
                elif self.matches(model):
                    found.append(model)
                if len(found) == query.limit:
                    more = record is not stored[-1] or not ended
                    return Slice(records=found, position=place, more=more, gaps=missed)
            if ended:
                return Slice(records=found, position=place if looked else None, more=False, gaps=missed)
            chunk = _CHUNK
        return Slice(records=found, position=place, more=True, gaps=missed)

    def _beginning(self, query: ListQuery[object]) -> Position | None:
        """Behind what the caller has seen, and at the near end of the span: no id is shorter than the empty one."""
        ascending, span = query.sort is Sort.ASC, self.span or TimeRange()
        near = span.start if ascending else span.end
        if near is None or (query.after and (query.after.list_time >= near) is ascending):
            return query.after
        return Position(near, "")

    def _is_past(self, record: StoredRecord, sort: Sort) -> bool:
        """Whether the record lies at or behind the far end of the span."""
        if self.span is None:
            return False
        far = self.span.end if sort is Sort.ASC else self.span.start
        return far is not None and (record.list_time >= far if sort is Sort.ASC else record.list_time < far)

    async def _stored(self, query: ListQuery[object], place: Position | None, limit: int) -> list[StoredRecord]:
        after = None if place is None else (place.list_time, place.backend_id)
        few = self.within is not None and sum(map(len, self.within.values())) <= MOST_KEYS
        within = self.within if few else None
        return await self.read_model.page(self.backend, self.kind, query.sort, after, limit, within)
