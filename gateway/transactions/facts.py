"""What a caller sees of a transaction: values, as they were read from the database at one moment."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from gateway.errors import ErrorCode, GatewayError
from gateway.models import Backend


class TransactionStatus(StrEnum):
    QUEUED = "QUEUED"
    PROCESSING = "PROCESSING"
    COMPLETED = "COMPLETED"
    PARTIALLY_COMPLETED = "PARTIALLY_COMPLETED"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"
    CANCELLED = "CANCELLED"

    @property
    def ended(self) -> bool:
        return self not in (TransactionStatus.QUEUED, TransactionStatus.PROCESSING)


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionError:
    """What went wrong. `index` is the item of the input, `path` leads into the input."""

    code: ErrorCode
    message: str
    backend: Backend | None = None
    index: int | None = None
    path: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class RecordRef:
    """A record that was made or changed: the name of its type in the graph, and where it lives."""

    type: str
    backend: Backend
    backend_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What became of one item of the input in one backend. An `optional` one is for a backend that need not know of it."""

    index: int
    backend: Backend
    status: TransactionStatus
    record: RecordRef | None
    errors: tuple[TransactionError, ...]
    optional: bool = False

    @property
    def record_is_missing(self) -> bool:
        """Whether its backend turned out not to know what it is about."""
        return self.status is TransactionStatus.FAILED and any(error.code is ErrorCode.NOT_FOUND for error in self.errors)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One call, or one batch, that one backend has to do."""

    id: int
    backend: Backend
    items: tuple[int, ...]
    status: TransactionStatus
    attempts: int
    backend_handle: str | None
    started_at: datetime | None
    completed_at: datetime | None
    errors: tuple[TransactionError, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How many steps have ended, and how many there are."""

    done: int
    total: int


@dataclass(frozen=True, kw_only=True)
class Transaction:
    """A change on its way. `caller` is the name of the principal who made it."""

    handle: str
    operation: str
    caller: str
    status: TransactionStatus
    submitted_at: datetime
    completed_at: datetime | None
    steps: Sequence[Step]
    every_item: Sequence[Item]

    @cached_property
    def items(self) -> Sequence[Item]:
        return shown(self.every_item)

    @cached_property
    def progress(self) -> Progress:
        return Progress(sum(step.completed_at is not None for step in self.steps), len(self.steps))

    @cached_property
    def errors(self) -> Sequence[TransactionError]:
        """Of the items, and what keeps steps that have not ended."""
        kept = (error for step in self.steps if step.completed_at is None for error in step.errors)
        return [*(error for item in self.items for error in item.errors), *kept]


def shown(items: Sequence[Item]) -> Sequence[Item]:
    """The items without optional ones whose backends do not know what they are about, unless no backend does."""
    told = {item.index for item in items if not (item.optional and item.record_is_missing)}
    return [item for item in items if item.index not in told or not (item.optional and item.record_is_missing)]


def joined(statuses: Iterable[TransactionStatus]) -> TransactionStatus:
    """Of the whole, once nothing is left to do: unknown, else partly completed, else what all have in common."""
    found = set(statuses)
    if TransactionStatus.UNKNOWN in found:
        return TransactionStatus.UNKNOWN
    if TransactionStatus.COMPLETED in found and len(found) > 1:
        return TransactionStatus.PARTIALLY_COMPLETED
    if TransactionStatus.FAILED in found:
        return TransactionStatus.FAILED
    return found.pop() if found else TransactionStatus.COMPLETED


def error_of(error: GatewayError, backend: Backend, index: int | None = None) -> TransactionError:
    """An error of ours as it is written down and shown."""
    return TransactionError(code=error.code, message=error.message, backend=error.backend or backend, index=index)
