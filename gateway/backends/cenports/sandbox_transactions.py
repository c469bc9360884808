"""The transactions of the simulated Cenports: what takes its time, and what came of it.

The answer to a write says PROCESSING, as the page shows. Asked again, it may still be QUEUED, then PROCESSING, and in the end
COMPLETED or, with errors by index, FAILED. What a write changes is changed when its transaction ends, in the order of writing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeAlias
from uuid import uuid4

import msgspec

from gateway.backends.cenports.sandbox_parameters import Parameters
from gateway.backends.cenports.sandbox_records import Record, written

Work: TypeAlias = Callable[[], Iterable[tuple[int, str]]]
"""What a transaction does when it ends; gives (index, message) of each entry that could not be done."""


@dataclass
class Transaction:
    """`queued_until` and `due` are times by the system's clock."""

    number: int
    handle: str
    submitted: float
    queued_until: float
    due: float
    work: Work
    ended: float | None = None
    errors: list[Record] = field(default_factory=list)


class Pace(msgspec.Struct, forbid_unknown_fields=True):
    """How many seconds a transaction is queued, and how many it takes in all."""

    queued: float
    seconds: float


class Transactions:
    """`pace` is that of those to come; a test may set it."""

    def __init__(self, clock: Callable[[], float], pace: Pace) -> None:
        self.pace = pace
        self._clock = clock
        self._all: dict[str, Transaction] = {}

    def submit(self, work: Work) -> Record:
        now = self._clock()
        handle = str(uuid4())
        number = 12345 + len(self._all)
        transaction = Transaction(number, handle, now, now + self.pace.queued, now + self.pace.seconds, work)
        self._all[handle] = transaction
        return _record(transaction, "PROCESSING")

    def settle(self) -> None:
        """Ends those that are due."""
        now = self._clock()
        for transaction in self._open():
            if transaction.due > now:
                return  # they end in the order of writing
            transaction.ended = now
            transaction.errors = [{"index": index, "message": message} for index, message in transaction.work()]

    def finish(self) -> None:
        """Ends all of them now."""
        for transaction in self._open():
            transaction.due = 0
        self.settle()

    def get(self, asked: Parameters) -> Record:
        """GET /transaction. Upper and lower case are one handle: the page writes both."""
        handle = asked.text("handle", required=True)
        if handle is not None and handle.lower() not in self._all:
            asked.refuse("handle", "The handle is not valid, please try again.")
        asked.check()
        transaction = self._all[str(handle).lower()]
        return _record(transaction, self._status(transaction))

    def _open(self) -> list[Transaction]:
        return [transaction for transaction in self._all.values() if transaction.ended is None]

    def _status(self, transaction: Transaction) -> str:
        if transaction.ended is not None:
            return "FAILED" if transaction.errors else "COMPLETED"
        return "QUEUED" if self._clock() < transaction.queued_until else "PROCESSING"


def _record(transaction: Transaction, status: str) -> Record:
    """One that failed was never completed."""
    completed = transaction.ended if status == "COMPLETED" else None
    return {
        "id": str(transaction.number),
        "handle": transaction.handle,
        "status": status,
        "submitted_at": written(datetime.fromtimestamp(transaction.submitted, UTC)),
        "completed_at": None if completed is None else written(datetime.fromtimestamp(completed, UTC)),
        **({"errors": transaction.errors} if transaction.errors else {}),
    }
