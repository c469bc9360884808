"""Submitting: changes that Cenports takes on under a handle and works on for up to 15 minutes, entry by entry."""

from abc import abstractmethod
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import Any, TypeVar

import msgspec

from gateway.backends.cenports import wire
from gateway.backends.cenports.client import Invalid
from gateway.backends.cenports.entries import Told, told
from gateway.backends.cenports.mapping.identity import first
from gateway.backends.cenports.means import CenportsChange
from gateway.clock import now
from gateway.errors import MalformedReply, Rejected
from gateway.models import Backend
from gateway.transactions.facts import RecordRef
from gateway.transactions.work import Achieved, Done, Job, Message, Result, TakenOn, Unsure
from gateway.transport import passed_on

F = TypeVar("F")

_FORGOTTEN = timedelta(minutes=20)
"""It works on nothing for longer than 15 minutes: a handle that is not known by then never will be."""

_NO_REASON = "Cenports was not able to do this, and does not say why."
_encode = msgspec.json.Encoder(decimal_format="number").encode


class Submission(CenportsChange[F]):
    """A change whose message has an entry for each item, in JSON as it is sent, by the item's index."""

    @abstractmethod
    async def submit(self, message: Message, entries: list[msgspec.Raw]) -> wire.Transaction:
        """The call."""

    @abstractmethod
    def record_of(self, item: F) -> RecordRef | None:
        """What it makes or changes."""

    @abstractmethod
    def names_of(self, item: F) -> Collection[str]:
        """The texts by which Cenports speaks of the item."""

    async def undecided(self, job: Job[F], items: Mapping[int, F], why: str) -> Mapping[int, Result] | Unsure:
        """What became of items of a failed transaction which does not say whose fault it is."""
        return dict.fromkeys(items, Rejected(Backend.CENPORTS, why))

    async def refused(self, job: Job[F], errors: Mapping[int, str]) -> Mapping[int, Result]:
        """What the errors of single items mean."""
        return {index: Rejected(Backend.CENPORTS, message) for index, message in errors.items()}

    async def send(self, job: Job[F]) -> Done | TakenOn:
        """What is refused at once for single entries is sent again without them: nothing of it was done."""
        refused: dict[int, Result] = {}
        while items := {index: item for index, item in job.items.items() if index not in refused}:
            try:
                taken = await self.submit(job.message, entries(job.message, items))
            except Invalid as invalid:
                wrong = told(invalid.errors, [self.names_of(item) for item in items.values()])
                if wrong.rest or not wrong.of:
                    raise
                refused |= await self.refused(job, _by_index(wrong, items))
            else:
                return self._taken_on(taken, items, refused)
        return Done(refused)

    async def poll(self, job: Job[F]) -> Done | TakenOn | Unsure:
        try:
            found = await self._means.client.transaction(job.remote or "")
        except Rejected:
            if job.sent_at and now() - job.sent_at > _FORGOTTEN:
                return Unsure()
            raise
        match _status(found):
            case "COMPLETED":
                return Done(self._achieved(job.items))
            case "FAILED":
                return await self._failed(job, told(found.errors, [self.names_of(item) for item in job.items.values()]))
            case _:
                return TakenOn(job.remote or "")

    async def _failed(self, job: Job[F], wrong: Told) -> Done | Unsure:
        """The page: what is not listed was processed successfully. That holds where all that is said is said of entries."""
        refused = await self.refused(job, _by_index(wrong, job.items))
        rest = {index: item for index, item in job.items.items() if index not in refused}
        if wrong.of and not wrong.rest:
            return Done({**self._achieved(rest), **refused})
        found = await self.undecided(job, rest, passed_on(wrong.rest) or _NO_REASON)
        return found if isinstance(found, Unsure) else Done({**refused, **found})

    def _taken_on(self, taken: wire.Transaction, items: Mapping[int, F], refused: Mapping[int, Result]) -> Done | TakenOn:
        if handle := first(taken.handle):
            return TakenOn(handle, refused)
        if _status(taken) == "COMPLETED":
            return Done({**self._achieved(items), **refused})
        raise MalformedReply(Backend.CENPORTS, "Cenports took this on without a handle.")

    def _achieved(self, items: Mapping[int, F]) -> dict[int, Result]:
        return {index: Achieved(self.record_of(item)) for index, item in items.items()}


def written(given: Mapping[int, Mapping[str, Any]]) -> dict[str, str]:
    """Entries as they are kept and sent."""
    return {str(index): _encode(entry).decode() for index, entry in given.items()}


def entries(message: Message, items: Iterable[int]) -> list[msgspec.Raw]:
    """Those of these items, in their order."""
    return [msgspec.Raw(message["entries"][str(index)].encode()) for index in items]


def _by_index(wrong: Told, items: Mapping[int, object]) -> dict[int, str]:
    """What is said of places, by the items that stood there."""
    indexes = list(items)
    return {indexes[place]: passed_on(text) for place, text in wrong.of.items()}


def _status(transaction: wire.Transaction) -> str:
    return (first(transaction.status) or "").upper()
