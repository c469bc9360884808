"""Updates: what all changes of Centra's have in common, and those of an order that exists.

A reply refuses all of its request or nothing, so each order has a request of its own. What Centra did is not told by any
read: its events tell it, if they do, so these are looked at before anything is sent again.
"""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeVar

from gateway.backends.centra import wire
from gateway.backends.centra.means import Means
from gateway.backends.centra.rows import joined, plain
from gateway.backends.centra.settings import Queue
from gateway.backends.centra.texts import unwritable
from gateway.clock import now
from gateway.errors import ErrorCode, GatewayError, NotFound, Rejected, Unavailable
from gateway.models import Backend
from gateway.readmodel.store import LONGEST
from gateway.transactions.facts import RecordRef
from gateway.transactions.work import Achieved, Change, Done, Job, Message, NotApplied, Ready, Unknowable, Wrong

F = TypeVar("F")

_LONGEST_ID = LONGEST // 3 - 1
"""A variant's id is made of three."""

_OFF = (
    "Centra's event queue, by which the gateway knows store, type and rows of orders, is switched off (GATEWAY_CENTRA__QUEUE)."
)


class Update(Change[F]):
    """One request: an update of one record, which its message holds beside what has to be remembered."""

    done_when = "Centra says `success`, or OK. What it remarks is in the item's errors."

    needs_queue = True
    """Whether it rests on what events told."""

    def __init__(self, means: Means) -> None:
        self.means = means
        self.settle_after = means.settings.timeout + 1

    def problems(self, item: F) -> Iterable[Wrong]:
        if self.needs_queue and self.means.settings.queue is Queue.OFF:
            yield Wrong(path=(), message=_OFF, code=ErrorCode.NOT_SUPPORTED)
        yield from unwritable(item)
        yield from self.unfit(item)

    def unfit(self, item: F) -> Iterable[Wrong]:
        """What else is wrong with an item."""
        return ()

    @abstractmethod
    async def update(self, message: Message) -> Sequence[str]:
        """Make the call; gives what Centra remarks."""

    @abstractmethod
    def record(self, job: Job[F], index: int) -> RecordRef | None:
        """What an item made or changed; None where the graph has no such records."""

    @abstractmethod
    async def is_told(self, job: Job[F]) -> bool:
        """Whether what the events told so far shows that it was done."""

    def when_not_told(self, job: Job[F]) -> NotApplied | Unknowable:
        """What may be sent again is. Overridden where it must not."""
        return NotApplied()

    async def send(self, job: Job[F]) -> Done:
        remarks = await self.update(job.message)
        await self.means.learn_of_change()
        return await self._done(job, remarks)

    async def settle(self, job: Job[F]) -> Done | NotApplied | Unknowable:
        await self.means.learn()
        return await self._done(job) if await self.is_told(job) else self.when_not_told(job)

    async def remarks(self, job: Job[F]) -> Sequence[str]:
        """What the gateway has to say of the outcome, besides what Centra remarks."""
        return ()

    async def _done(self, job: Job[F], said: Iterable[str] = ()) -> Done:
        issues = issues_of([*said, *await self.remarks(job)])
        return Done({index: Achieved(self.record(job, index), issues) for index in job.items})

    def unless_told_later(self, job: Job[F], hint: str) -> Unknowable:
        """The end for what must not be sent again. Raises Unavailable as long as its event may still come."""
        within = timedelta(seconds=self.means.events_tell_within)
        if job.sent_at and now() - job.sent_at < within:
            raise Unavailable(Backend.CENTRA, "Centra's events do not tell yet whether this was done.")
        return Unknowable(hint)


class ChangeOfOrder(Update[F]):
    """A change of one order that exists, under its own store and type: a request for all items of the order."""

    calls = ("centra-04",)
    depends_on_state = True
    """Whether what is sent depends on where the order stands, and not on store and type alone, which never change."""

    @abstractmethod
    def order_of(self, item: F) -> str:
        """The order's id in the graph."""

    @abstractmethod
    def message(self, job: Job[F], order: wire.Order) -> Ready | Done:
        """The message for the order as it stands, from `sent` on."""

    @abstractmethod
    def shows(self, order: wire.Order, job: Job[F]) -> bool:
        """Whether the order is as the message wants it."""

    def group(self, item: F) -> str:
        return self.order_of(item)

    def fits(self, items: Sequence[F]) -> bool:
        return True

    def lanes(self, item: F) -> Iterable[str]:
        return [f"order/{self.order_of(item)}"]

    def record(self, job: Job[F], index: int) -> RecordRef:
        return RecordRef("Order", Backend.CENTRA, self.order_of(job.items[index]))

    async def prepare(self, job: Job[F]) -> Ready | Done:
        """The queue is read first where that matters, and where the order is not known yet."""
        order_id = self._order_id(job)
        order = None if self.depends_on_state else await self.means.order(order_id)
        if order is None:
            await self.means.learn()
            order = await self.means.order(order_id)
        if order is None:
            raise NotFound("Centra's events have told of no such order.", backend=Backend.CENTRA)
        return self.message(job, order)

    async def update(self, message: Message) -> Sequence[str]:
        return await self.means.client.orders_update(message["order"])

    async def is_told(self, job: Job[F]) -> bool:
        order = await self.means.order(self._order_id(job))
        return order is not None and self.shows(order, job)

    def sent(self, order: wire.Order, **fields: Any) -> Mapping[str, Any]:
        """What names the order, and what is changed of it."""
        settings = self.means.settings
        where = {"type": plain(order.type) or settings.store_type, "store": plain(order.store) or settings.store}
        return {"id": plain(order.id), **where, **fields}

    def _order_id(self, job: Job[F]) -> str:
        return self.order_of(next(iter(job.items.values())))


def issues_of(remarks: Iterable[str]) -> list[GatewayError]:
    """What Centra remarks on something that it did all the same."""
    return [Rejected(Backend.CENTRA, remark) for remark in remarks]


def too_long(given: str | None, *path: str, most: int = _LONGEST_ID) -> Iterable[Wrong]:
    """What is wrong with an id of which the gateway could keep no record."""
    if given and len(joined(given.strip())) > most:
        yield Wrong(path=path, message=f"Give an id of at most {most} characters, percent-encoded.")


def below_zero(given: Decimal | None, *path: str) -> Iterable[Wrong]:
    """What is wrong with an amount that is paid, or paid back."""
    if given is not None and given < 0:
        yield Wrong(path=path, message="Give an amount of zero or more.")


def unsupported(*path: str, what: str = "") -> Wrong:
    """Centra's messages have no place for this field, or for `what` it says."""
    message = f"Centra documents nothing for {what or f'`{path[-1]}`'}: leave it out."
    return Wrong(path=path, message=message, code=ErrorCode.NOT_SUPPORTED)
