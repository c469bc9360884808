"""New orders: an order whose id Centra does not know is made."""

from collections.abc import Iterable, Sequence

from gateway.backends.centra.elements import with_extra
from gateway.backends.centra.means import Means
from gateway.backends.centra.new_order_messages import new_order
from gateway.backends.centra.new_order_rules import unfit_order
from gateway.backends.centra.rows import joined, plain
from gateway.backends.centra.updates import Update
from gateway.backends.centra.variants import find_variants
from gateway.changes import NewOrder
from gateway.errors import GatewayError
from gateway.models import Backend
from gateway.transactions.facts import RecordRef
from gateway.transactions.work import Job, Message, Ready, Wrong


class CreateOrders(Update[NewOrder]):
    """orders_Update with an id that is the step's own, in the store of the settings."""

    facts = NewOrder
    calls = ("centra-04",)
    found_out = (
        "Centra's events are looked at; where they do not tell of it, it is sent again: its id and those of its rows are ours."
    )

    def __init__(self, means: Means) -> None:
        super().__init__(means)
        self._settings = means.settings

    def unfit(self, item: NewOrder) -> Iterable[Wrong]:
        return unfit_order(item, self._settings)

    def lanes(self, item: NewOrder) -> Iterable[str]:
        return [f"new order/{item.number.strip()}"]

    async def prepare(self, job: Job[NewOrder]) -> Ready:
        (item,) = job.items.values()
        found = await find_variants(self.means, item.lines)
        message = new_order(item, job.key, [found.ids(line) for line in item.lines], self._settings)
        return Ready({"order": with_extra(message, item.extra)})

    async def update(self, message: Message) -> Sequence[str]:
        return await self.means.client.orders_update(message["order"])

    def record(self, job: Job[NewOrder], index: int) -> RecordRef:
        return RecordRef("Order", Backend.CENTRA, _order_id(job))

    async def is_told(self, job: Job[NewOrder]) -> bool:
        return await self.means.order(_order_id(job)) is not None

    async def remarks(self, job: Job[NewOrder]) -> Sequence[str]:
        """The page says that `ordernumber` is always Centra's own."""
        try:
            order = await self.means.order(_order_id(job))
        except GatewayError:
            return ()
        given = plain(order.ordernumber) if order else None
        return (
            [f"Centra gave it a number of its own: {given}."] if given and given != job.message["order"]["ordernumber"] else ()
        )


def _order_id(job: Job[NewOrder]) -> str:
    return joined(job.message["order"]["id"])
