"""Confirming: how Centry is told, for the marketplace, that an order is accepted, and in which boxes it goes."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from gateway.backends.centry import wire
from gateway.backends.centry.answers import AlreadyConfirmed
from gateway.backends.centry.means import CentryChange, status_of
from gateway.backends.centry.messages import body_of, filled, kept
from gateway.backends.centry.results import done, not_supported
from gateway.changes import Box, Confirmation
from gateway.errors import BadUserInput
from gateway.models import Backend, OrderStatus
from gateway.transactions.work import Done, Job, NotApplied, Ready, Wrong

_ON_ITS_WAY = (OrderStatus.SHIPPED, OrderStatus.DELIVERED)
_DIVIDES = "mercadolibre"


class ConfirmOrders(CentryChange[Confirmation]):
    """POST …/order_status/confirmations.json, a call for each order."""

    facts = Confirmation
    calls = ("centry-60",)
    done_when = "The answer has the marketplace's `success_response`, or says that the order is confirmed in the same boxes."
    found_out = "The order is read: one that was sent is done, else it is sent again; Centry refuses a second confirmation."

    def problems(self, item: Confirmation) -> Iterable[Wrong]:
        if item.lock:
            yield not_supported("Centry has no locks. Leave it out.", "lock")
        for index, box in enumerate(item.boxes):
            yield from _box_problems(box, ("boxes", str(index)))

    def lanes(self, item: Confirmation) -> Iterable[str]:
        return [f"order/{item.order_id}"]

    async def prepare(self, job: Job[Confirmation]) -> Ready | Done:
        """Only MercadoLibre takes a reason, and wants one."""
        ((index, task),) = job.items.items()
        if not task.reason_id:
            order = await self.means.order(task.order_id)
            if str(order.origin or "").strip().lower() == _DIVIDES:
                return Done({index: BadUserInput("MercadoLibre wants a reason: give `reasonId`.", backend=Backend.CENTRY)})
        return Ready(kept(confirmation(task)))

    async def send(self, job: Job[Confirmation]) -> Done:
        (task,) = job.items.values()
        try:
            await self.means.client.confirm_order(task.order_id, body_of(job.message))
        except AlreadyConfirmed as refusal:
            if _contents(refusal.confirmation) != Counter(_box_contents(box) for box in task.boxes):
                raise
        return done(job, "Order", task.order_id)

    async def settle(self, job: Job[Confirmation]) -> Done | NotApplied:
        (task,) = job.items.values()
        sent = await self.means.client.order(task.order_id)
        return done(job, "Order", task.order_id) if sent and status_of(sent.record) in _ON_ITS_WAY else NotApplied()


def confirmation(task: Confirmation) -> dict[str, Any]:
    """What Centry is sent of it."""
    return filled(reason_id=task.reason_id, boxes=[_box(box) for box in task.boxes] or None)


def _box(box: Box) -> dict[str, Any]:
    sizes = filled(length=box.length, width=box.width, height=box.height, weight=box.weight)
    items = {item.sku.strip(): item.quantity for item in box.items}
    return filled(dimensions=sizes or None, items=items, package_id=box.package_id)


def _box_problems(box: Box, path: tuple[str, ...]) -> Iterator[Wrong]:
    for name, size in (("length", box.length), ("width", box.width), ("height", box.height), ("weight", box.weight)):
        if size is not None and size <= 0:
            yield Wrong(path=(*path, name), message="Give a measure above zero, or leave it out.")
    if not box.items:
        yield Wrong(path=(*path, "items"), message="Say what is in the box.")
    seen: set[str] = set()
    for index, item in enumerate(box.items):
        sku = item.sku.strip()
        if not sku or sku in seen:
            message = "This SKU is given twice in this box: give it once, with all pieces." if sku else "Give the SKU."
            yield Wrong(path=(*path, "items", str(index), "sku"), message=message)
        seen.add(sku)


def _box_contents(box: Box) -> frozenset[tuple[str, int]]:
    return frozenset((item.sku.strip(), item.quantity) for item in box.items)


def _contents(confirmed: wire.StateChange) -> Counter[frozenset[tuple[str, int]]]:
    """The boxes of a confirmation, as often as it has each: marketplaces keep neither all measures nor all numbers."""
    boxes = confirmed.boxes if isinstance(confirmed.boxes, list) else []
    skus = (box.skus if isinstance(box.skus, list) else [] for box in boxes)
    return Counter(frozenset((str(one.sku), int(one.quantity or 0)) for one in box) for box in skus)
