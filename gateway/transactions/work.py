"""Work: what a backend has to say of each kind of change that it can do, and the outcomes that the worker goes by.

A step goes its way in these parts, each of which may be the last before a crash:

1. `prepare` reads what has to be known, and gives the message. Nothing has been sent.
2. The message is written down: from here on nobody knows whether it was sent, until an outcome is written down too.
3. `send` makes the call. It has done its work (`Done`), or the backend works on it (`TakenOn`), or it raises.
4. `poll` asks what became of what was taken on.
5. `settle` finds out what became of a message of which nothing was heard. Only `NotApplied` lets it be sent again.
"""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeAlias, TypeVar

from gateway.errors import ErrorCode, GatewayError
from gateway.models import Backend
from gateway.transactions.facts import RecordRef

F = TypeVar("F")
Message: TypeAlias = dict[str, Any]
"""What is going to be sent, as JSON: it is written down before it is sent, and is the same at each attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """What is wrong with one item of an input. `path` leads from the item to the field, under the names of the graph."""

    path: tuple[str, ...]
    message: str
    code: ErrorCode = ErrorCode.BAD_USER_INPUT


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(Generic[F]):
    """A step as its change sees it: what is wanted, by the item's place in the input.

    `key` is the same at each attempt and no other step's: good for a reference of ours in the backend. `message` is there
    once it was prepared, `remote` (the backend's own handle) once the backend has taken it on. `submitted_at` is when the
    caller asked for it, `sent_at` when the message was last about to be sent.
    """

    key: str
    items: Mapping[int, F]
    submitted_at: datetime
    message: Message = field(default_factory=dict)
    remote: str | None = None
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Achieved:
    """An item that was done; `issues` are what the backend had to remark on it all the same."""

    record: RecordRef | None = None
    issues: Sequence[GatewayError] = ()


Result: TypeAlias = Achieved | GatewayError
"""Of one item: an error is a refusal, and nothing was changed."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The message for the items; those in `refused` need not be sent, for what was looked up is against them."""

    message: Message
    refused: Mapping[int, GatewayError] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Done:
    """The step has ended. An item without a result was done."""

    results: Mapping[int, Result] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TakenOn:
    """The backend works on it, under a handle of its own: ask again later. Items with results have ended already."""

    remote: str
    results: Mapping[int, Result] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NotApplied:
    """The backend has done nothing of it, and will not: it may be sent. `message` is what to send, where it has changed."""

    message: Message | None = None


class Unsure:
    """The backend has forgotten what it took on: settle it."""


@dataclass(frozen=True, slots=True)
class Unknowable:
    """There is no way to find out. `hint` tells a person where to look."""

    hint: str


class Again(Exception):
    """Raised by `send`: certainly not applied, and the message has to be made anew (its version was overtaken)."""


class Change(ABC, Generic[F]):
    """How one backend does what one mutation asks of it: `facts` is what it is asked for each item.

    What it raises is a GatewayError. In `prepare`: a refusal (Rejected, NotSupported, Unauthenticated, Conflict, …) fails all
    items, anything else is tried again later. In `send`: a refusal fails all items; what was certainly not sent is sent again
    later; of anything else nobody knows the outcome. In `poll` and `settle`: everything is tried again later.
    """

    facts: type[F]
    calls: tuple[str, ...]
    """The vendor's operations that it consists of, by their ids in the list of documented operations."""
    done_when: str
    """What counts as done, for readers of docs/mutations.md."""
    found_out: str
    """How an unknown outcome is found out."""
    unknowable: str = ""
    """What cannot be found out; empty where everything can."""
    batch: int = 1
    """How many items one step takes."""
    settle_after: float = 10.0
    """Seconds after which a message of which nothing was heard has landed, if it ever does."""
    poll_after: float = 2.0
    """Seconds before the first look at what a backend has taken on; later ones come at growing distances."""

    def problems(self, item: F) -> Iterable[Wrong]:
        """What is wrong with an item by what the vendor documents, found without asking anybody."""
        return ()

    def group(self, item: F) -> Hashable:
        """Items of the same group may share a step."""
        return None

    def fits(self, items: Sequence[F]) -> bool:
        """Whether these items may share a step, by their number and size."""
        return len(items) <= self.batch

    @abstractmethod
    def lanes(self, item: F) -> Iterable[str]:
        """What an item changes, in words of its backend: changes to the same thing run in the order in which they came."""

    @abstractmethod
    async def prepare(self, job: Job[F]) -> Ready | Done:
        """The message; or the end, if nothing has to be sent."""

    @abstractmethod
    async def send(self, job: Job[F]) -> Done | TakenOn:
        """Send the message: one call, or several that may all be sent again."""

    @abstractmethod
    async def settle(self, job: Job[F]) -> Done | TakenOn | NotApplied | Unknowable:
        """What became of the message. What may be sent again without harm is simply `NotApplied`."""

    async def poll(self, job: Job[F]) -> Done | TakenOn | Unsure:
        """What became of what was taken on."""
        raise NotImplementedError(f"{type(self).__name__} takes nothing on.")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """An item of an input for one backend. `facts` is what its change is asked."""

    index: int
    backend: Backend
    facts: Any
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStep:
    """A step that is going to be stored: its items by their places in the input, and what it changes."""

    backend: Backend
    items: tuple[int, ...]
    lanes: frozenset[str]


def steps_for(change: Change[Any], backend: Backend, items: Sequence[tuple[int, Any]]) -> list[NewStep]:
    """Items of one backend in steps: those of a group together, as many as one step takes.

    An item goes into no step that comes before another one which changes the same thing: the order of the input holds.
    """
    parts: list[list[tuple[int, Any]]] = []
    open_parts: dict[Hashable, int] = {}
    last_in: dict[str, int] = {}
    for index, facts in items:
        group, lanes = change.group(facts), tuple(change.lanes(facts))
        at = open_parts.get(group)
        overtakes = at is not None and any(last_in.get(lane, 0) > at for lane in lanes)
        if at is None or overtakes or not change.fits([*(known for _, known in parts[at]), facts]):
            at = open_parts[group] = len(parts)
            parts.append([])
        parts[at].append((index, facts))
        last_in.update(dict.fromkeys(lanes, at))
    return [_step(change, backend, part) for part in parts]


def _step(change: Change[Any], backend: Backend, part: Sequence[tuple[int, Any]]) -> NewStep:
    lanes = frozenset(f"{backend}/{lane}" for _, facts in part for lane in change.lanes(facts))
    return NewStep(backend=backend, items=tuple(index for index, _ in part), lanes=lanes)
