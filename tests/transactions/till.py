"""A simulated backend of the engine's own tests: a till that adds up amounts, and does as a test tells it."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from gateway.errors import BackendError, Rejected, TimedOut, Unavailable
from gateway.models import Backend
from gateway.transactions.facts import RecordRef
from gateway.transactions.work import (
    Achieved,
    Again,
    Change,
    Done,
    Job,
    NotApplied,
    Ready,
    TakenOn,
    Unknowable,
    Unsure,
    Wrong,
)

OPERATION = "payIn"


@dataclass(frozen=True, kw_only=True)
class Payment:
    """What is asked: an amount for a name."""

    name: str
    amount: int = 1


@dataclass
class Till:
    """`paid` has what was booked, message by message. `answers` are what the next calls do instead of answering at once."""

    paid: list[dict[str, int]] = field(default_factory=list)
    answers: list[Callable[[], None] | BackendError] = field(default_factory=list)
    before: BackendError | None = None
    keys: list[str] = field(default_factory=list)
    lasts: float = 0.0
    slow: bool = False
    knows: bool = True
    correction: dict[str, int] | None = None
    under_way: int = 0
    most: int = 0

    def booked(self, name: str) -> list[int]:
        return [message[name] for message in self.paid if name in message]


class PayIn(Change[Payment]):
    """Books amounts; a name that begins with `no` is refused."""

    facts = Payment
    calls = ("till-01",)
    done_when = "the till has booked it"
    found_out = "by looking into the till"
    batch = 3
    settle_after = 0.2
    poll_after = 0.05

    def __init__(self, till: Till) -> None:
        self._till = till

    def problems(self, item: Payment) -> Iterable[Wrong]:
        if not item.name:
            yield Wrong(path=("name",), message="Give a name.")

    def lanes(self, item: Payment) -> Iterable[str]:
        return [item.name]

    async def prepare(self, job: Job[Payment]) -> Ready | Done:
        if self._till.before:
            raise self._till.before
        known = {index: item for index, item in job.items.items() if not item.name.startswith("no")}
        refused = {index: Unavailable(Backend.CENTRY, "No.") for index in job.items if index not in known}
        return Ready({item.name: item.amount for item in known.values()}, refused)

    async def send(self, job: Job[Payment]) -> Done | TakenOn:
        till = self._till
        till.keys.append(job.key)
        till.under_way += 1
        till.most = max(till.most, till.under_way)
        try:
            await asyncio.sleep(till.lasts)
            if till.answers:
                answer = till.answers.pop(0)
                if isinstance(answer, BackendError):
                    raise answer
                answer()
            till.paid.append(dict(job.message))
        finally:
            till.under_way -= 1
        refused = {index: Rejected(Backend.CENTRY, "Not me.") for index, item in job.items.items() if item.name == "late no"}
        return TakenOn("R-1", refused) if till.slow else self._done(job)

    async def settle(self, job: Job[Payment]) -> Done | TakenOn | NotApplied | Unknowable:
        if not self._till.knows:
            return Unknowable("Look into the till.")
        return self._done(job) if dict(job.message) in self._till.paid else NotApplied(self._till.correction)

    async def poll(self, job: Job[Payment]) -> Done | TakenOn | Unsure:
        if self._till.slow:
            return TakenOn(job.remote or "")
        return self._done(job)

    def _done(self, job: Job[Payment]) -> Done:
        return Done({index: Achieved(RecordRef("Order", Backend.CENTRY, item.name)) for index, item in job.items.items()})


def lost_answer(till: Till, **message: int) -> Callable[[], None]:
    """Booked, but nobody hears of it."""

    def answer() -> None:
        till.paid.append(message)
        raise TimedOut(Backend.CENTRY, "Centry did not answer in time.")

    return answer


def not_sent() -> BackendError:
    error = Unavailable(Backend.CENTRY, "Centry cannot be reached.")
    error.sent = False
    return error


def overtaken() -> None:
    raise Again
