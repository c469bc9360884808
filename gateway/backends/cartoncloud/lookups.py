"""Lookups: records by their ids, as CartonCloud has them now; where it cannot be asked, as it last told of them."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from gateway.backends.cartoncloud.client import CartonCloudClient
from gateway.backends.cartoncloud.intake import Intake, Learnt
from gateway.backends.cartoncloud.kinds import RecordKind
from gateway.backends.cartoncloud.records import Sent, is_news, kept, model
from gateway.backends.cartoncloud.settings import CartonCloudSettings
from gateway.clock import time_left
from gateway.errors import BackendError, RateLimited, Rejected, TimedOut, Unavailable
from gateway.models import Backend, Order, Shipment
from gateway.readmodel.store import Kind, ReadModel, StoredRecord

_AT_ONCE = 8
_CANNOT_BE_ASKED = (Unavailable, TimedOut, RateLimited)

_OF_KIND = {
    Kind.ORDER: (RecordKind.OUTBOUND, RecordKind.INBOUND),
    Kind.SHIPMENT: (RecordKind.CONSIGNMENT,),
}
"""What may be asked for an id, in this order."""

Answer = Learnt | BackendError | None


class Lookups:
    """Everything that is read is taken into the read model too, so that lists show the same."""

    def __init__(self, settings: CartonCloudSettings, client: CartonCloudClient, intake: Intake, read_model: ReadModel) -> None:
        self._settings = settings
        self._client = client
        self._intake = intake
        self._read_model = read_model
        self._at_once = asyncio.Semaphore(_AT_ONCE)

    async def by_id(self, kind: Kind, ids: Iterable[str]) -> Mapping[str, Order | Shipment | BackendError]:
        """One call for each record whose kind is known, two at most for another."""
        wanted = list(dict.fromkeys(ids))
        known = await self._read_model.by_id(Backend.CARTONCLOUD, kind, wanted)
        asked = ((record_id, possible_kinds(kind, known.get(record_id))) for record_id in wanted)
        answers = dict(zip(wanted, await self._answers(asked, self._patience()), strict=True))
        learnt = [answer for answer in answers.values() if isinstance(answer, Learnt)]
        await self._intake.take(learnt)
        stored = {**known, **await self._intake.known(each.record for each in learnt)}
        found = {record_id: self._found(record_id, answer, stored) for record_id, answer in answers.items()}
        return {record_id: record for record_id, record in found.items() if record is not None}

    async def read(self, wanted: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], BackendError]:
        """Take records over by kind and id. Gives the errors of those that cannot be."""
        unique = list(dict.fromkeys(wanted))
        asked = ((record_id, _named(kind)) for kind, record_id in unique)
        answers = dict(zip(unique, await self._answers(asked, None), strict=True))
        await self._intake.take([answer for answer in answers.values() if isinstance(answer, Learnt)])
        return {key: _error(key[0], answer) for key, answer in answers.items() if not isinstance(answer, Learnt)}

    async def _answers(self, asked: Iterable[tuple[str, Sequence[RecordKind]]], patience: float | None) -> list[Answer]:
        """Several at once. None: CartonCloud knows no such record."""
        return await asyncio.gather(*(self._answer(record_id, kinds, patience) for record_id, kinds in asked))

    async def _answer(self, record_id: str, kinds: Sequence[RecordKind], patience: float | None) -> Answer:
        try:
            async with asyncio.timeout(patience), self._at_once:
                for kind in kinds:
                    if record := await self._client.record(kind, record_id):
                        return self._intake.learn(record)
        except TimeoutError:
            return TimedOut(Backend.CARTONCLOUD, "CartonCloud did not answer in time.")
        except BackendError as error:
            return error
        return None

    def _patience(self) -> float:
        """Less than half of the time that the operation has left, which is all that one question is given: in the rest the
        copies can still be served."""
        return 0.4 * time_left(2 * self._settings.timeout)

    def _found(
        self, record_id: str, answer: Answer, stored: Mapping[str, StoredRecord]
    ) -> Order | Shipment | BackendError | None:
        """The newest that is known: an answer may come from the cache, and a webhook have overtaken it."""
        if not isinstance(answer, Learnt):
            copy = stored.get(record_id)
            return self._model(kept(copy), copy.list_time) if copy and isinstance(answer, _CANNOT_BE_ASKED) else answer
        copy = stored[answer.record.record_id]
        overtaken = answer.record.version != copy.version and not is_news(answer.record, copy)
        return self._model(kept(copy) if overtaken else answer.record, copy.list_time)

    def _model(self, record: Sent, list_time: datetime) -> Order | Shipment | BackendError:
        try:
            return model(record, list_time, self._settings)
        except BackendError as error:
            return error


def possible_kinds(kind: Kind, copy: StoredRecord | None) -> Sequence[RecordKind]:
    """The kind that is known goes first. It may have been told by a webhook's structure, so a 404 is not the last word."""
    known = None if copy is None else kept(copy).kind
    return sorted(_OF_KIND[kind], key=lambda each: each is not known)


def _named(kind: str) -> Sequence[RecordKind]:
    return [known for known in RecordKind if known == kind.upper()]


def _error(kind: str, answer: BackendError | None) -> BackendError:
    label = next((known.label for known in _named(kind)), f"record of the kind {kind!r}")
    return answer or Rejected(Backend.CARTONCLOUD, f"CartonCloud knows no {label} with this id.")
