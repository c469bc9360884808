"""Submitting: changes that Cenports takes on under a handle and works on for up to 15 minutes, entry by entry."""

from abc import abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
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
    """A change whose message has an entry for each item, in JSON as it is sent, by the item's index. Equal ones go once."""

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
            places = _places(job.message, items)
            try:
                taken = await self.submit(job.message, [msgspec.Raw(entry.encode()) for entry in places])
            except Invalid as invalid:
                wrong = self._told(invalid.errors, job, places)
                if wrong.rest or not wrong.of:
                    raise
                refused |= await self.refused(job, wrong.of)
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
                return await self._failed(job, self._told(found.errors, job, _places(job.message, job.items)))
            case _:
                return TakenOn(job.remote or "")

    async def _failed(self, job: Job[F], wrong: Told) -> Done | Unsure:
        """The page: what is not listed was processed successfully. That holds where all that is said is said of entries."""
        refused = await self.refused(job, wrong.of)
        rest = {index: item for index, item in job.items.items() if index not in refused}
        if wrong.of and not wrong.rest:
            return Done({**self._achieved(rest), **refused})
        found = await self.undecided(job, rest, wrong.rest or _NO_REASON)
        return found if isinstance(found, Unsure) else Done({**refused, **found})

    def _told(self, errors: object, job: Job[F], places: Mapping[str, Sequence[int]]) -> Told:
        """What is said, by the indexes of items."""
        indexes = list(places.values())
        wrong = told(errors, [self.names_of(job.items[first_one]) for first_one, *_ in indexes])
        of = {index: passed_on(text) for place, text in wrong.of.items() for index in indexes[place]}
        return Told(of, passed_on(wrong.rest))

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


def _places(message: Message, items: Iterable[int]) -> dict[str, list[int]]:
    """The entries of these items in the order in which they are sent, each with the indexes that it is of."""
    places: dict[str, list[int]] = {}
    for index in items:
        places.setdefault(message["entries"][str(index)], []).append(index)
    return places


def _status(transaction: wire.Transaction) -> str:
    return (first(transaction.status) or "").upper()
