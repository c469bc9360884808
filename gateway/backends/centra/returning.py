"""Returns: goods of a shipment that come back, and what is paid back for them."""

from collections.abc import Iterable
from decimal import Decimal

from gateway.backends.centra import wire
from gateway.backends.centra.dispatching import name_of, shipments_of
from gateway.backends.centra.goods import asked_of, is_yes, not_whole, products_of, same_currency
from gateway.backends.centra.new_order_messages import amount, told
from gateway.backends.centra.rows import Row, plain, rows
from gateway.backends.centra.updates import ChangeOfOrder, below_zero
from gateway.changes import NewReturn
from gateway.errors import NotFound, Rejected
from gateway.models import Backend
from gateway.transactions.facts import RecordRef
from gateway.transactions.work import Job, NotApplied, Ready, Unknowable, Wrong


class CreateReturn(ChangeOfOrder[NewReturn]):
    """orders_Update with `refunds` of a shipment: a confirmed return, under an id that is unique in all of Centra."""

    facts = NewReturn
    found_out = "Centra's events show the shipment's returns with their ids. It is never sent again, for money is paid back."
    unknowable = "Where no event tells of it in time."
    batch = 1

    def order_of(self, item: NewReturn) -> str:
        return item.shipment_id.partition("/")[0]

    def fits(self, items: object) -> bool:
        """A return is the only item of its input."""
        return False

    def unfit(self, item: NewReturn) -> Iterable[Wrong]:
        if item.return_id is not None and not item.return_id.strip():
            yield Wrong(path=("returnId",), message="Give an id, or leave it out.")
        for name, paid in (("shipping", item.shipping), ("handling", item.handling), ("returnFee", item.return_fee)):
            yield from below_zero(paid.amount if paid else None, name, "amount")
        for index, line in enumerate(item.lines):
            if line.order_id not in (None, self.order_of(item)):
                yield Wrong(path=("lines", str(index), "lineId"), message="This is a line of another order than the shipment.")
            yield from not_whole(line.quantity, "lines", str(index), "quantity")

    def message(self, job: Job[NewReturn], order: wire.Order) -> Ready:
        (item,) = job.items.values()
        shipment = shipments_of(order).get(item.shipment_id)
        name = name_of(order, shipment) if shipment else None
        if shipment is None or name is None:
            raise NotFound("The order has no such shipment any more.", backend=Backend.CENTRA)
        if not is_yes(shipment.shipped):
            raise Rejected(Backend.CENTRA, "This shipment has not been shipped: nothing of it can come back.")
        same_currency(order, self.means.settings, item.shipping, item.handling, item.return_fee)
        return_id = (item.return_id or job.key).strip()
        if return_id in _returns(shipment):
            raise Rejected(Backend.CENTRA, f"The shipment has a return {return_id} already.")
        refund = {
            "id": return_id,
            "status": "confirmed",
            "shipping": _cost(amount(item.shipping)),
            "products": {"product": products_of(_wanted(item, shipment))},
            "comment": item.comment,
            "returnfee": _cost(amount(item.return_fee)),
            "handling": _cost(amount(item.handling)),
        }
        sent = told({"id": name, "appendix": plain(shipment.appendix), "refunds": {"refund": [told(refund)]}})
        return Ready({"order": self.sent(order, shipments={"shipment": [sent]}), "return": return_id})

    def shows(self, order: wire.Order, job: Job[NewReturn]) -> bool:
        (item,) = job.items.values()
        shipment = shipments_of(order).get(item.shipment_id)
        return shipment is not None and job.message["return"] in _returns(shipment)

    def when_not_told(self, job: Job[NewReturn]) -> NotApplied | Unknowable:
        order_id = job.message["order"]["id"]
        return self.unless_told_later(job, f"Look at order {order_id} in Centra: is there a return {job.message['return']}?")

    def record(self, job: Job[NewReturn], index: int) -> RecordRef:
        return RecordRef("Shipment", Backend.CENTRA, job.items[index].shipment_id)


def _returns(shipment: wire.Shipment) -> set[str | None]:
    return {plain(each.id) for each in shipment.refunds.refund}


def _wanted(item: NewReturn, shipment: wire.Shipment) -> list[tuple[Row, Decimal]]:
    """The rows of the shipment that come back. Raises NotFound, or Rejected where the shipment holds fewer."""
    packed = {row.line_id: row for row in rows(shipment.products)}
    wanted = []
    for line_id, quantity in asked_of(item.lines).items():
        if line_id not in packed:
            raise NotFound(f"The shipment has no line {line_id}.", backend=Backend.CENTRA)
        held = (packed[line_id].quantity or Decimal(0)) - _returned(shipment, packed[line_id])
        if quantity > held:
            raise Rejected(Backend.CENTRA, f"The shipment holds {held:f} of line {line_id}: {quantity:f} cannot come back.")
        wanted.append((packed[line_id], quantity))
    return wanted


def _returned(shipment: wire.Shipment, row: Row) -> Decimal:
    """How many have come back already. The page's own return names no row, but what the row sells."""
    back = (each for refund in shipment.refunds.refund for each in rows(refund.products))
    same = (each for each in back if each.item in (None, row.item) and each.variant_id == row.variant_id)
    return sum((each.quantity or Decimal(0) for each in same), Decimal(0))


def _cost(value: str | None) -> dict[str, str] | None:
    return None if value is None else {"subtotal": value}
