"""Deletion: inbound orders that are not to come, which CartonCloud's newer documents let one delete."""

from collections.abc import Iterable

from gateway.backends.cartoncloud.kinds import RecordKind
from gateway.backends.cartoncloud.means import CartonCloudChange
from gateway.changes import OrderTask
from gateway.errors import NotFound, NotSupported
from gateway.models import Backend
from gateway.readmodel.store import Kind
from gateway.transactions.facts import RecordRef
from gateway.transactions.work import Achieved, Done, Job, NotApplied, Ready


class DeleteOrders(CartonCloudChange[OrderTask]):
    """DELETE /inbound-orders/{id}. There is no such thing for outbound orders."""

    facts = OrderTask
    calls = ("cartoncloud-04", "cartoncloud-08", "cartoncloud-delete")
    done_when = "CartonCloud answers 204, or does not know the order any more."
    found_out = "It need not be: what is gone cannot be deleted twice."

    def lanes(self, item: OrderTask) -> Iterable[str]:
        return [f"order/{item.order_id}"]

    async def prepare(self, job: Job[OrderTask]) -> Ready:
        [item] = job.items.values()
        for kind in (RecordKind.INBOUND, RecordKind.OUTBOUND):
            if await self.means.client.record(kind, item.order_id):
                if kind is RecordKind.OUTBOUND:
                    message = "CartonCloud documents no way to delete an outbound order."
                    raise NotSupported(message, backend=Backend.CARTONCLOUD)
                return Ready({})
        raise NotFound("CartonCloud knows no order with this id, or not any more.", backend=Backend.CARTONCLOUD)

    async def send(self, job: Job[OrderTask]) -> Done:
        [item] = job.items.values()
        await self.means.client.delete_inbound_order(item.order_id)
        await self.means.forgotten(Kind.ORDER, item.order_id)
        achieved = Achieved(RecordRef("Order", Backend.CARTONCLOUD, item.order_id))
        return Done(dict.fromkeys(job.items, achieved))

    async def settle(self, job: Job[OrderTask]) -> NotApplied:
        return NotApplied()
