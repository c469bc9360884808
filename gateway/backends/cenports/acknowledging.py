"""Acknowledging: how Cenports is told that orders, or shipments, were received."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from urllib.parse import unquote

import msgspec

from gateway.backends.cenports import allowed, wire
from gateway.backends.cenports.client import Refused
from gateway.backends.cenports.entries import told
from gateway.backends.cenports.mapping.identity import split_id
from gateway.backends.cenports.means import CenportsChange
from gateway.backends.cenports.submitting import Submission, written
from gateway.changes import OrderTask, ShipmentAcknowledgement
from gateway.errors import Rejected
from gateway.models import Backend
from gateway.transactions.facts import RecordRef
from gateway.transactions.work import Achieved, Done, Job, Message, NotApplied, Ready, Result, Wrong
from gateway.transport import passed_on

_LONGEST = 255
"""`orders` is string(255): the numbers, and the commas between them."""


class AcknowledgeOrders(CenportsChange[OrderTask]):
    """PATCH /orders/acknowledge, a call for each channel and 255 characters of numbers."""

    facts = OrderTask
    calls = ("cenports-04",)
    done_when = "Cenports answers 200. An order that its refusal names fails, and the others are sent without it."
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
        return Ready({"channel": channel_of(tasks[0])})

    async def send(self, job: Job[OrderTask]) -> Done:
        """Cenports acknowledges all or none: without those that it names, it is asked again."""
        results: dict[int, Result] = {}
        while left := {index: number_of(task) for index, task in job.items.items() if index not in results}:
            try:
                await self._means.client.acknowledge_orders(job.message["channel"], list(left.values()))
            except Refused as refusal:
                results |= _named(refusal, left)
            else:
                results |= {index: Achieved(RecordRef("Order", Backend.CENPORTS, job.items[index].order_id)) for index in left}
        return Done(results)

    async def settle(self, job: Job[OrderTask]) -> NotApplied:
        return NotApplied()


class AcknowledgeShipments(Submission[ShipmentAcknowledgement]):
    """PATCH /shipments/acknowledge, a call for 100 numbers of orders. It names no channel: a number stands for the shipments of
    its orders in every channel, also where it comes from a shipment's id."""

    facts = ShipmentAcknowledgement
    calls = ("cenports-08", "cenports-11")
    done_when = "Its transaction is COMPLETED, or FAILED without naming the order."
    found_out = "It need not be: a shipment that is acknowledged twice is acknowledged."
    batch = 100

    def problems(self, item: ShipmentAcknowledgement) -> Iterable[Wrong]:
        """By id or by number, the path is the item's own."""
        number = shipped_number_of(item)
        if not number:
            yield Wrong(path=(), message="This is the id of no shipment of Cenports'. Take ids from `id` fields.")
        yield from allowed.text((), number)

    def lanes(self, item: ShipmentAcknowledgement) -> Iterable[str]:
        return [f"shipments/{shipped_number_of(item)}"]

    def names_of(self, item: ShipmentAcknowledgement) -> Collection[str]:
        return [shipped_number_of(item)]

    def record_of(self, item: ShipmentAcknowledgement) -> RecordRef | None:
        """A number may be that of many shipments, or none."""
        return RecordRef("Shipment", Backend.CENPORTS, item.shipment_id) if item.shipment_id else None

    async def prepare(self, job: Job[ShipmentAcknowledgement]) -> Ready:
        return Ready({"entries": written({i: {"orderNo": shipped_number_of(item)} for i, item in job.items.items()})})

    async def submit(self, message: Message, entries: list[msgspec.Raw]) -> wire.Transaction:
        return await self._means.client.acknowledge_shipments(entries)

    async def settle(self, job: Job[ShipmentAcknowledgement]) -> NotApplied:
        return NotApplied()


def channel_of(task: OrderTask) -> str:
    """An order's id is channelId/orderNo, each percent-encoded."""
    return unquote(task.order_id.partition("/")[0])


def number_of(task: OrderTask) -> str:
    return unquote(task.order_id.partition("/")[2])


def _named(refusal: Refused, numbers: Mapping[int, str]) -> dict[int, Result]:
    """The orders that a refusal speaks of. Raises it where it speaks of none, or of something else too."""
    wrong, indexes = told(refusal.errors, [[number] for number in numbers.values()]), list(numbers)
    if wrong.rest or not wrong.of:
        raise refusal
    return {indexes[place]: Rejected(Backend.CENPORTS, passed_on(text)) for place, text in wrong.of.items()}


def shipped_number_of(item: ShipmentAcknowledgement) -> str:
    """A shipment's id begins with its order's: channelId/orderNo/shipment."""
    if item.shipment_id is None:
        return (item.order_number or "").strip()
    _, number, _ = split_id(item.shipment_id, 3) or ("", "", "")
    return number
