"""Batches: records that are saved together, for to save them once more does no harm."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from gateway.backends.centra.updates import Update, issues_of, too_long
from gateway.centra_changes import Identified
from gateway.errors import Rejected
from gateway.readmodel.store import LONGEST
from gateway.transactions.facts import RecordRef
from gateway.transactions.work import Achieved, Done, Job, Message, NotApplied, Ready, Result, Wrong

F = TypeVar("F")


class Batch(Update[F]):
    """Several items in one request. A reply refuses all of it: then each part is sent alone, and has a reply of its own.

    The message has `parts`: what each sends (`elements`), and for which items.
    """

    batch = 25

    @abstractmethod
    async def save(self, elements: Sequence[Mapping[str, Any]]) -> Sequence[str]:
        """Make the call; gives what Centra remarks."""

    async def update(self, message: Message) -> Sequence[str]:
        return await self.save([element for part in message["parts"] for element in part["elements"]])

    async def send(self, job: Job[F]) -> Done:
        try:
            return await super().send(job)
        except Rejected:
            if len(job.message["parts"]) == 1:
                raise
        results: dict[int, Result] = {}
        for part in job.message["parts"]:
            results |= await self._alone(job, part)
        await self.means.learn_of_change()
        return Done(results)

    async def _alone(self, job: Job[F], part: Mapping[str, Any]) -> dict[int, Result]:
        try:
            issues = issues_of(await self.save(part["elements"]))
        except Rejected as error:
            return dict.fromkeys(part["items"], error)
        return {index: Achieved(self.record(job, index), issues) for index in part["items"]}


class Save(Batch[F]):
    """Records that are known by ids of the caller's: an unknown one is made."""

    needs_queue = False
    found_out = "It need not be: what is saved twice is as it was saved."

    @abstractmethod
    def named(self, item: F) -> str:
        """What it is, and by which id."""

    @abstractmethod
    def elements(self, item: F) -> Sequence[Mapping[str, Any]]:
        """What is sent of an item."""

    def lanes(self, item: F) -> Iterable[str]:
        return [self.named(item)]

    async def prepare(self, job: Job[F]) -> Ready:
        parts = [{"items": [index], "elements": list(self.elements(item))} for index, item in job.items.items()]
        return Ready({"parts": parts})

    async def settle(self, job: Job[F]) -> NotApplied:
        return NotApplied()

    async def is_told(self, job: Job[F]) -> bool:
        return False

    def record(self, job: Job[F], index: int) -> RecordRef | None:
        return None


def sent(message: Mapping[str, Any]) -> dict[str, Any]:
    """What was given: blank texts too, for they are said to be blank."""
    return {name: value for name, value in message.items() if value is not None}


def held(name: str, value: Any) -> dict[str, Any] | None:
    """An element around another one, if there is something to be said."""
    return None if value is None else {name: value}


def unkept(given: str) -> Iterable[Wrong]:
    """What is wrong with the id of a record by which alone its events are kept: of one that is longer they could not be."""
    return too_long(given, "id", most=LONGEST)


def unfit_id(given: str, *path: str) -> Iterable[Wrong]:
    """What is wrong with the id of an item, or of a part of it."""
    if not given.strip():
        yield Wrong(path=(*path, "id"), message="Give an id.")
    yield from too_long(given, *path, "id")


def unfit_ids(parts: Iterable[Identified] | None, *path: str) -> Iterable[Wrong]:
    """What is wrong with the ids of an item's parts, which stand for one part each."""
    seen: set[str] = set()
    for at, part in enumerate(parts or ()):
        yield from unfit_id(part.id, *path, str(at))
        known = part.id.strip()
        if known and known in seen:
            yield Wrong(path=(*path, str(at), "id"), message="This is named twice.")
        seen.add(known)
