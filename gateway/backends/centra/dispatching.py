"""Dispatching: shipments that have been sent, and the payments that are taken for them."""

from collections.abc import Iterable, Mapping
from typing import Any

from gateway.backends.centra import wire
from gateway.backends.centra.goods import is_yes, standings
from gateway.backends.centra.new_order_messages import told
from gateway.backends.centra.rows import plain, shipment_id
from gateway.backends.centra.settings import StoreType
from gateway.backends.centra.updates import ChangeOfOrder
from gateway.changes import Dispatch
from gateway.errors import GatewayError, NotFound, Rejected
from gateway.models import Backend
from gateway.transactions.facts import RecordRef
from gateway.transactions.work import Job, NotApplied, Ready, Unknowable


class MarkShipmentsShipped(ChangeOfOrder[Dispatch]):
    """orders_Update with `shipped`, for all shipments of one order together; and the order's status `completed`, if it is one
    of a retail store of which nothing is left to be shipped."""

    facts = Dispatch
    found_out = (
        "Centra's events are looked at; where they do not show it, it is sent again, unless it asks for a payment to be taken."
    )
    unknowable = "`capture`, where no event tells of it in time."

    def order_of(self, item: Dispatch) -> str:
        return item.shipment_id.partition("/")[0]

    def message(self, job: Job[Dispatch], order: wire.Order) -> Ready:
        there = shipments_of(order)
        refused: dict[int, GatewayError] = {}
        sent: dict[str, Mapping[str, Any]] = {}
        for index, item in job.items.items():
            if item.shipment_id not in there:
                refused[index] = NotFound("The order has no such shipment any more.", backend=Backend.CENTRA)
            elif (name := name_of(order, there[item.shipment_id])) is None:
                refused[index] = Rejected(Backend.CENTRA, "Centra's events have told of no id by which to call this shipment.")
            else:
                sent[item.shipment_id] = _dispatched(name, item)
        left_open = [known for known, each in there.items() if not is_yes(each.shipped) and known not in sent]
        ends = sent and not left_open and _is_retail(order) and not _has_more(order)
        status = {"status": "completed"} if ends else {}
        message = self.sent(order, **status, shipments={"shipment": list(sent.values())})
        before = [known for known in sent if is_yes(there[known].shipped)]
        return Ready({"order": message, "sent": dict(sent), "shipped_before": before}, refused)

    def shows(self, order: wire.Order, job: Job[Dispatch]) -> bool:
        there = shipments_of(order)
        before = job.message["shipped_before"]
        return all(
            known in there and _is_so(there[known], sent, known in before) for known, sent in job.message["sent"].items()
        )

    def when_not_told(self, job: Job[Dispatch]) -> NotApplied | Unknowable:
        sent: Iterable[Mapping[str, Any]] = job.message["sent"].values()
        if not any("capture" in each for each in sent):
            return NotApplied()
        return self.unless_told_later(job, f"Look at the payments of order {job.message['order']['id']} in Centra.")

    def record(self, job: Job[Dispatch], index: int) -> RecordRef:
        return RecordRef("Shipment", Backend.CENTRA, job.items[index].shipment_id)


def shipments_of(order: wire.Order) -> dict[str, wire.Shipment]:
    """By their ids in the graph."""
    return {shipment_id(plain(order.id), each, place): each for place, each in enumerate(order.shipments.shipment, 1)}


def name_of(order: wire.Order, shipment: wire.Shipment) -> str | None:
    """Its id, else as the page calls the first shipment of order 30: `30-1`."""
    appendix = plain(shipment.appendix)
    return plain(shipment.id) or (f"{plain(order.id)}-{appendix}" if appendix else None)


def _dispatched(name: str, item: Dispatch) -> dict[str, Any]:
    carrier = told({"carrier": item.carrier, "service": item.service, "tracking": item.tracking_number})
    capture = "yes" if item.capture else None
    return told({"id": name, "shipped": "yes", "capture": capture, "carrierinformation": carrier})


def _is_retail(order: wire.Order) -> bool:
    return (plain(order.type) or "").lower() == StoreType.RETAIL


def _has_more(order: wire.Order) -> bool:
    """Whether goods are left that are in no shipment."""
    return any(each.left and each.is_sent for each in standings(order).values())


def _is_so(shipment: wire.Shipment, sent: Mapping[str, Any], was_shipped: bool) -> bool:
    """A payment was taken with what the same message did besides; where it did nothing else, `paid` alone shows it."""
    tracking = sent.get("carrierinformation", {}).get("tracking")
    is_shipped = is_yes(shipment.shipped) and tracking in (None, plain(shipment.carrierinformation.tracking))
    return is_shipped and ("capture" not in sent or not was_shipped or is_yes(shipment.paid))
