"""Replacement: how a record of CartonCloud's is changed. It is read, and put back whole in the place of the version read."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from decimal import Decimal
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import msgspec

from gateway.backends.cartoncloud import wire
from gateway.backends.cartoncloud.kinds import RecordKind
from gateway.backends.cartoncloud.lookups import possible_kinds
from gateway.backends.cartoncloud.means import CartonCloudChange
from gateway.backends.cartoncloud.parts import Members
from gateway.backends.cartoncloud.records import Sent
from gateway.errors import Conflict, NotFound, Rejected
from gateway.merging import merged
from gateway.models import Backend
from gateway.readmodel.store import Kind
from gateway.transactions.facts import RecordRef
from gateway.transactions.work import Achieved, Again, Done, Job, NotApplied, Ready, Unknowable

C = TypeVar("C", covariant=True)


class Update(Protocol[C]):
    """Changes of a record. `version`: the one that the caller read; None: whatever there is."""

    @property
    def changes(self) -> C: ...
    @property
    def version(self) -> int | None: ...


U = TypeVar("U", bound=Update[Any])

Place = tuple[str, ...]
"""Where a member is, from the outside to the inside."""

_BEFORE = msgspec.json.Decoder(list[tuple[Place, Any]], float_hook=Decimal)
_encode = msgspec.json.Encoder(decimal_format="number").encode


class Replacement(CartonCloudChange[U], Generic[U]):
    """PUT with If-Match. `type` is what the record is in the graph, `stored_as` what the read model calls it."""

    type: ClassVar[str]
    stored_as: ClassVar[Kind]
    done_when = "CartonCloud answers 200; at once, if the record is as it is wanted already."
    found_out = (
        "By reading the record: in the version that was read it has not been changed, and may be sent again, for a PUT counts "
        "for one version alone. In a later one it is held against what was wanted."
    )
    unknowable = "With `version`: whether it was changed, if others have changed the record since, to something else."

    @abstractmethod
    def record_id(self, item: U) -> str: ...

    @abstractmethod
    def wanted(self, item: U, record: Sent) -> Mapping[Place, Any]:
        """The members that are to be in these places. Raises NotSupported for what this kind of record has no place for."""

    @abstractmethod
    def added(self, item: U) -> Members:
        """What is merged into the record after that."""

    def lanes(self, item: U) -> Iterator[str]:
        yield f"{self.type.lower()}/{self.record_id(item)}"

    async def prepare(self, job: Job[U]) -> Ready | Done:
        [item] = job.items.values()
        record = await self._read(self.record_id(item))
        if record.version is None:
            raise Rejected(
                Backend.CARTONCLOUD, "CartonCloud tells no version of this record, without which nobody can change it."
            )
        if item.version is not None and record.version != item.version:
            message = f"CartonCloud holds version {record.version}, not {item.version}. Read it again before you change it."
            raise Conflict(Backend.CARTONCLOUD, message)
        places, added = self.wanted(item, record), self.added(item)
        body = merged(put(record.members, places), added)
        if body == record.members:
            return self._done(job, record)
        wanted = merged(put({}, places), added)
        before = [[place, _at(record.members, place)] for place in (*places, *((name,) for name in added))]
        # As text: in the message itself, which is kept as JSON, decimals would become texts.
        texts = {"body": _encode(body).decode(), "wanted": _encode(wanted).decode(), "before": _encode(before).decode()}
        return Ready({"kind": record.kind, "id": record.record_id, "version": record.version, **texts})

    async def send(self, job: Job[U]) -> Done:
        """Where another version is there, it may be ours, that landed late; else the change has to be made of the newer one."""
        told, body = job.message, wire.parse(job.message["body"].encode())
        try:
            record = await self.means.client.replace(RecordKind(told["kind"]), told["id"], told["version"], body)
        except Conflict:
            now = await self._now(job)
            if now.version == told["version"] + 1 and _is_ours(now, job):
                return self._done(job, await self.means.seen(now))
            if self._insists(job):
                raise
            raise Again from None
        return self._done(job, await self.means.seen(record))

    async def settle(self, job: Job[U]) -> Done | NotApplied | Unknowable:
        now, before = await self._now(job), job.message["version"]
        if now.version == before:
            return NotApplied()
        if _is_ours(now, job):
            return self._done(job, await self.means.seen(now))
        if now.version == before + 1 or not self._insists(job):
            return NotApplied()  # it is refused, for this version is gone
        return Unknowable(f"The {now.kind.label} has been changed by others since: look at it there.")

    def _insists(self, job: Job[U]) -> bool:
        """Whether the caller wants this version changed, and no other."""
        return any(item.version is not None for item in job.items.values())

    async def _read(self, record_id: str) -> Sent:
        known = await self.means.read_model.by_id(Backend.CARTONCLOUD, self.stored_as, [record_id])
        return await self._one(possible_kinds(self.stored_as, known.get(record_id)), record_id)

    async def _now(self, job: Job[U]) -> Sent:
        return await self._one([RecordKind(job.message["kind"])], job.message["id"])

    async def _one(self, kinds: Sequence[RecordKind], record_id: str) -> Sent:
        for kind in kinds:
            if record := await self.means.client.record(kind, record_id):
                return record
        raise NotFound(f"CartonCloud knows no {self.type.lower()} with this id.", backend=Backend.CARTONCLOUD)

    def _done(self, job: Job[U], record: Sent) -> Done:
        achieved = Achieved(RecordRef(self.type, Backend.CARTONCLOUD, record.record_id))
        return Done(dict.fromkeys(job.items, achieved))


def put(members: Mapping[str, Any], places: Mapping[Place, Any]) -> Members:
    """The members with these values in their places."""
    whole = deepcopy(dict(members))
    for place, value in places.items():
        part = whole
        for step in place[:-1]:
            if not isinstance(part.get(step), dict):
                part[step] = {}
            part = part[step]
        part[place[-1]] = value
    return whole


def _is_ours(now: Sent, job: Job[Any]) -> bool:
    """Whether a later version of the record is what was sent: all that was wanted is there, and it was not before."""
    wanted = wire.parse(job.message["wanted"].encode())
    before = _BEFORE.decode(job.message["before"])
    return _holds(now.members, wanted) and any(_at(now.members, place) != value for place, value in before)


def _at(members: Any, place: Place) -> Any:
    for step in place:
        members = members.get(step) if isinstance(members, dict) else None
    return members


def _holds(there: Any, wanted: Any) -> bool:
    """Whether all that was wanted is there: CartonCloud completes what one property names. Blank is as good as nothing."""
    if isinstance(wanted, dict):
        return isinstance(there, dict) and all(_holds(there.get(name), value) for name, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(there, list) and len(there) == len(wanted) and all(map(_holds, there, wanted))
    return bool(there == wanted or (there in (None, "") and wanted in (None, "")))
