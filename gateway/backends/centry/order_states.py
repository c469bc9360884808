"""States of orders: how Centry is told, for the marketplace, that an order is cancelled, delivered, or sent on another day."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, TypeVar

from gateway.backends.centry.means import AGAIN, CentryChange, not_applied, status_of
from gateway.backends.centry.messages import body_of, filled, kept
from gateway.backends.centry.results import done, not_supported
from gateway.changes import Cancellation, DeliveryConfirmation, OrderRescheduling
from gateway.errors import GatewayError, Rejected, Unavailable
from gateway.models import Backend, OrderStatus
from gateway.transactions.work import Done, Job, NotApplied, Ready, Wrong
from gateway.transport import skip_cache

F = TypeVar("F", Cancellation, DeliveryConfirmation)


class _Towards(CentryChange[F]):
    """A change by which an order comes to a state that shows in it: `goal`, called `called`."""

    goal: ClassVar[OrderStatus]
    called: ClassVar[str]

    @abstractmethod
    def message(self, task: F) -> dict[str, Any]:
        """What Centry is sent of it."""

    @abstractmethod
    async def call(self, order_id: str, body: Mapping[str, Any]) -> None: ...

    def lanes(self, item: F) -> Iterable[str]:
        return [f"order/{item.order_id}"]

    async def prepare(self, job: Job[F]) -> Ready | Done:
        ((index, task),) = job.items.items()
        if status_of(await self.means.order(task.order_id)) is self.goal:
            return Done({index: Rejected(Backend.CENTRY, f"The order is {self.called} already.")})
        return Ready(kept(self.message(task)))

    async def send(self, job: Job[F]) -> Done:
        """What is refused, sent again, may be what an earlier message has done."""
        (task,) = job.items.values()
        try:
            await self.call(task.order_id, body_of(job.message))
        except Rejected:
            if AGAIN not in job.message or not await self._is_there_after_all(task.order_id):
                raise
        return done(job, "Order", task.order_id)

    async def settle(self, job: Job[F]) -> Done | NotApplied:
        (task,) = job.items.values()
        sent = await self.means.client.order(task.order_id)
        return done(job, "Order", task.order_id) if sent and status_of(sent.record) is self.goal else not_applied(job)

    async def _is_there_after_all(self, order_id: str) -> bool:
        """Raises what leaves the outcome open, whatever goes wrong here."""
        skip_cache()
        try:
            return status_of(await self.means.order(order_id)) is self.goal
        except GatewayError:
            raise Unavailable(Backend.CENTRY, "Centry could not be asked what became of the order.") from None


class CancelOrders(_Towards[Cancellation]):
    """POST …/order_status/cancellations.json, a call for each order."""

    facts = Cancellation
    calls = ("centry-62",)
    done_when = "The answer has the marketplace's `success_response`, or the order is cancelled by then."
    found_out = "The order is read: a cancelled one is done, any other is sent again."
    goal, called = OrderStatus.CANCELLED, "cancelled"

    def problems(self, item: Cancellation) -> Iterable[Wrong]:
        if item.lines:
            yield not_supported("Centry cancels whole orders only. Leave it out.", "lines")

    def message(self, task: Cancellation) -> dict[str, Any]:
        return cancellation(task)

    async def call(self, order_id: str, body: Mapping[str, Any]) -> None:
        await self.means.client.cancel_order(order_id, body)


class ConfirmDelivery(_Towards[DeliveryConfirmation]):
    """POST …/order_status/delivery_confirmations.json."""

    facts = DeliveryConfirmation
    calls = ("centry-63",)
    done_when = "The answer has the marketplace's `success_response`, or the order is received by then."
    found_out = "The order is read: a received one is done, any other is sent again."
    goal, called = OrderStatus.DELIVERED, "delivered"

    def message(self, task: DeliveryConfirmation) -> dict[str, Any]:
        return delivery(task)

    async def call(self, order_id: str, body: Mapping[str, Any]) -> None:
        await self.means.client.confirm_delivery(order_id, body)


class RescheduleOrder(CentryChange[OrderRescheduling]):
    """POST …/order_status/reschedules.json."""

    facts = OrderRescheduling
    calls = ("centry-61",)
    done_when = "The answer has the marketplace's `success_response`."
    found_out = "It need not be: an order that is put on the same day twice is on that day."

    def lanes(self, item: OrderRescheduling) -> Iterable[str]:
        return [f"order/{item.order_id}"]

    async def prepare(self, job: Job[OrderRescheduling]) -> Ready:
        (task,) = job.items.values()
        return Ready(kept(rescheduling(task)))

    async def send(self, job: Job[OrderRescheduling]) -> Done:
        (task,) = job.items.values()
        await self.means.client.reschedule_order(task.order_id, body_of(job.message))
        return done(job, "Order", task.order_id)

    async def settle(self, job: Job[OrderRescheduling]) -> NotApplied:
        return NotApplied()


def cancellation(task: Cancellation) -> dict[str, Any]:
    """What Centry is sent of it."""
    return filled(buyer_rate_id=task.buyer_rate_id, reason_id=task.reason_id, message=task.message, restock=task.restock)


def delivery(task: DeliveryConfirmation) -> dict[str, Any]:
    """What Centry is sent of it."""
    return filled(buyer_rate_id=task.buyer_rate_id, message=task.message)


def rescheduling(task: OrderRescheduling) -> dict[str, Any]:
    """What Centry is sent of it."""
    return {"date": task.date.isoformat()}
