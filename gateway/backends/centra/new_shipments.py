"""New shipments: lines of an order that are packed together."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from gateway.backends.centra import wire
from gateway.backends.centra.elements import with_extra, wrong_extra
from gateway.backends.centra.goods import (
    Standing,
    asked_of,
    check_left,
    not_whole,
    products_of,
    same_currency,
    standings,
)
from gateway.backends.centra.new_order_messages import amount, told
from gateway.backends.centra.parties import address, unfit_address
from gateway.backends.centra.rows import joined, plain
from gateway.backends.centra.updates import ChangeOfOrder, below_zero, too_long, unsupported
from gateway.changes import NewShipment
from gateway.errors import GatewayError, Rejected
from gateway.models import Backend
from gateway.transactions.facts import RecordRef
from gateway.transactions.work import Job, Ready, Wrong

_ELSEWHERE = {"capture": "markShipmentsShipped", "refunds": "createReturn"}
"""What may do harm if it is sent twice."""


class CreateShipments(ChangeOfOrder[NewShipment]):
    """orders_Update with `shipments`: all that are made of one order go out together, each under an id of its own."""

    facts = NewShipment
    found_out = (
        "Centra's events are looked at; where they do not show them, they are sent again: their ids and numbers stay the same."
    )

    def order_of(self, item: NewShipment) -> str:
        return item.order_id or ""

    def unfit(self, item: NewShipment) -> Iterable[Wrong]:
        if item.order_id is None:
            yield Wrong(path=("orderId",), message="Centra's shipments are of an order: name it.")
        if item.number is not None and not item.number.strip():
            yield Wrong(path=("number",), message="Give a number, or leave it out.")
        yield from too_long(item.number, "number")
        for index, line in enumerate(item.lines or ()):
            yield from not_whole(line.quantity, "lines", str(index), "quantity")
        yield from below_zero(item.shipping_cost.amount if item.shipping_cost else None, "shippingCost", "amount")
        yield from _without_place(item)
        yield from unfit_address(item.destination, "destination")
        yield from wrong_extra("Shipment", _shipment(item, "", "", "retail", {}), item.extra, elsewhere=_ELSEWHERE)

    def message(self, job: Job[NewShipment], order: wire.Order) -> Ready:
        """What one of them takes is not left for the next."""
        known = standings(order)
        left = {line_id: each.left for line_id, each in known.items()}
        taken, appendix = _names(order), _next_appendix(order)
        made: dict[int, dict[str, Any]] = {}
        refused: dict[int, GatewayError] = {}
        for index, item in job.items.items():
            try:
                shipment_id = (item.number or f"{job.key}-{index}").strip()
                self._check(item, shipment_id, order, taken)
                wanted = asked_of(item.lines or ()) or _all_of(known, left)
                check_left(wanted, left)
            except GatewayError as error:
                refused[index] = error
                continue
            rows = {line_id: (known[line_id], quantity) for line_id, quantity in wanted.items()}
            filled = _shipment(item, shipment_id, str(appendix), plain(order.type) or self.means.settings.store_type, rows)
            made[index] = with_extra(filled, item.extra)
            left |= {line_id: left[line_id] - quantity for line_id, quantity in wanted.items()}
            taken, appendix = taken | {shipment_id}, appendix + 1
        return Ready(
            {"order": self.sent(order, shipments={"shipment": list(made.values())}), "records": _records(order, made)}, refused
        )

    def shows(self, order: wire.Order, job: Job[NewShipment]) -> bool:
        there = {plain(each.id) for each in order.shipments.shipment}
        return all(sent["id"] in there for sent in job.message["order"]["shipments"]["shipment"])

    def record(self, job: Job[NewShipment], index: int) -> RecordRef:
        return RecordRef("Shipment", Backend.CENTRA, job.message["records"][str(index)])

    def _check(self, item: NewShipment, shipment_id: str, order: wire.Order, taken: frozenset[str]) -> None:
        """Raises Rejected. A shipment under an id that is taken would change the one that is there."""
        if shipment_id in taken:
            raise Rejected(Backend.CENTRA, f"The order has a shipment {shipment_id} already.")
        same_currency(order, self.means.settings, item.shipping_cost)


def _all_of(known: Mapping[str, Standing], left: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """All that is left of what is sent. Raises Rejected where that is nothing."""
    wanted = {line_id: left[line_id] for line_id, each in known.items() if left[line_id] and each.is_sent}
    if not wanted:
        raise Rejected(Backend.CENTRA, "All of this order is cancelled or in shipments.")
    return wanted


def _without_place(item: NewShipment) -> Iterable[Wrong]:
    given = {
        "references": item.references,
        "origin": item.origin,
        "account": item.account,
        "requiredDate": item.required_date,
        "instructions": item.instructions,
        "cashOnDelivery": item.cash_on_delivery,
        "invoiceValue": item.invoice_value,
        "items": item.items,
        "properties": item.properties,
    }
    return (unsupported(name) for name, value in given.items() if value)


def _shipment(
    item: NewShipment, shipment_id: str, appendix: str, store_type: str, rows: dict[str, tuple[Standing, Decimal]]
) -> dict[str, Any]:
    carrier = {"carrier": item.carrier, "service": item.service, "tracking": item.tracking_number}
    cost = amount(item.shipping_cost)
    message = {
        "id": shipment_id,
        "shipped": "no",
        "goodtogo": "yes" if item.good_to_go else "no",
        "appendix": appendix,
        "shippingaddress": item.destination and address(item.destination, store_type),
        "carrierinformation": told(carrier),
        "products": {"product": products_of((each.row, quantity) for each, quantity in rows.values())},
        "shipping": cost and {"subtotal": cost},
    }
    return told(message)


def _names(order: wire.Order) -> frozenset[str]:
    """Whatever a shipment of the order goes by: its id, or `30-1` as the page calls the first of order 30."""
    numbers = [plain(order.id), plain(order.ordernumber)]
    shipments = order.shipments.shipment
    counted = {f"{number}-{plain(each.appendix)}" for number in numbers for each in shipments}
    return frozenset(counted | {known for each in shipments if (known := plain(each.id))})


def _next_appendix(order: wire.Order) -> int:
    used = [number for each in order.shipments.shipment if (number := plain(each.appendix)) and number.isdecimal()]
    return max(map(int, used), default=0) + 1


def _records(order: wire.Order, made: dict[int, dict[str, Any]]) -> dict[str, str]:
    """The ids in the graph, by the place in the input."""
    return {str(index): joined(plain(order.id) or "", sent["id"]) for index, sent in made.items()}
