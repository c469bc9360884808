"""States of orders: how Centry is told, for the marketplace, what becomes of an order."""

from collections.abc import Iterable
from typing import Any

from gateway.backends.centry.means import CentryChange, status_of
from gateway.backends.centry.messages import body_of, filled, kept
from gateway.backends.centry.results import done, not_supported
from gateway.changes import Cancellation
from gateway.errors import GatewayError, Rejected, Unavailable
from gateway.models import Backend, OrderStatus
from gateway.transactions.work import Done, Job, NotApplied, Ready, Wrong
from gateway.transport import skip_cache


class CancelOrders(CentryChange[Cancellation]):
    """POST …/order_status/cancellations.json, a call for each order."""

    facts = Cancellation
    calls = ("centry-62",)
    done_when = "The answer has the marketplace's `success_response`, or the order is cancelled by then."
    found_out = "The order is read: a cancelled one is done, any other is sent again."

    def problems(self, item: Cancellation) -> Iterable[Wrong]:
        if item.lines:
            yield not_supported("Centry cancels whole orders only. Leave it out.", "lines")

    def lanes(self, item: Cancellation) -> Iterable[str]:
        return [f"order/{item.order_id}"]

    async def prepare(self, job: Job[Cancellation]) -> Ready | Done:
        ((index, task),) = job.items.items()
        if status_of(await self.means.order(task.order_id)) is OrderStatus.CANCELLED:
            return Done({index: Rejected(Backend.CENTRY, "The order is cancelled already.")})
        return Ready(kept(cancellation(task)))

    async def send(self, job: Job[Cancellation]) -> Done:
        """What refuses an order that an earlier message has cancelled has done it."""
        (task,) = job.items.values()
        try:
            await self.means.client.cancel_order(task.order_id, body_of(job.message))
        except Rejected:
            if not await self._is_cancelled_after_all(task):
                raise
        return done(job, "Order", task.order_id)

    async def settle(self, job: Job[Cancellation]) -> Done | NotApplied:
        (task,) = job.items.values()
        sent = await self.means.client.order(task.order_id)
        return done(job, "Order", task.order_id) if sent and status_of(sent.record) is OrderStatus.CANCELLED else NotApplied()

    async def _is_cancelled_after_all(self, task: Cancellation) -> bool:
        """Raises what leaves the outcome open, whatever goes wrong here."""
        skip_cache()
        try:
            return status_of(await self.means.order(task.order_id)) is OrderStatus.CANCELLED
        except GatewayError:
            raise Unavailable(Backend.CENTRY, "Centry could not be asked what became of the order.") from None


def cancellation(task: Cancellation) -> dict[str, Any]:
    """What Centry is sent of it."""
    return filled(buyer_rate_id=task.buyer_rate_id, reason_id=task.reason_id, message=task.message, restock=task.restock)
