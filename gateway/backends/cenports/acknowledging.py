"""Acknowledging: how Cenports is told that orders were received."""

from collections.abc import Iterable, Sequence
from urllib.parse import unquote

from gateway.backends.cenports.means import CenportsChange
from gateway.changes import OrderTask
from gateway.models import Backend
from gateway.transactions.facts import RecordRef
from gateway.transactions.work import Achieved, Done, Job, NotApplied, Ready, Wrong

_LONGEST = 255
"""`orders` is string(255): the numbers, and the commas between them."""


class AcknowledgeOrders(CenportsChange[OrderTask]):
    """PATCH /orders/acknowledge, a call for each channel and 255 characters of numbers."""

    facts = OrderTask
    calls = ("cenports-04",)
    done_when = "Cenports answers 200."
    found_out = "It need not be: an order that is acknowledged twice is acknowledged."

    def problems(self, item: OrderTask) -> Iterable[Wrong]:
        """A number with a comma would be read as two."""
        if "," in number_of(item) or len(number_of(item)) > _LONGEST:
            yield Wrong(path=(), message="Cenports cannot be told this number: it has a comma, or more than 255 characters.")

    def group(self, item: OrderTask) -> str:
        return channel_of(item)

    def fits(self, items: Sequence[OrderTask]) -> bool:
        return len(",".join(map(number_of, items))) <= _LONGEST

    def lanes(self, item: OrderTask) -> Iterable[str]:
        return [f"order/{item.order_id}"]

    async def prepare(self, job: Job[OrderTask]) -> Ready | Done:
        tasks = list(job.items.values())
        return Ready({"channel": channel_of(tasks[0]), "numbers": [number_of(task) for task in tasks]})

    async def send(self, job: Job[OrderTask]) -> Done:
        await self._means.client.acknowledge_orders(job.message["channel"], job.message["numbers"])
        return Done({index: Achieved(RecordRef("Order", Backend.CENPORTS, task.order_id)) for index, task in job.items.items()})

    async def settle(self, job: Job[OrderTask]) -> NotApplied:
        return NotApplied()


def channel_of(task: OrderTask) -> str:
    """An order's id is channelId/orderNo, each percent-encoded."""
    return unquote(task.order_id.partition("/")[0])


def number_of(task: OrderTask) -> str:
    return unquote(task.order_id.partition("/")[2])
