"""Cancelling orders, line by line."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from gateway.backends.centra import wire
from gateway.backends.centra.goods import Standing, asked_of, check_left, not_whole, products_of, standings
from gateway.backends.centra.updates import ChangeOfOrder, unsupported
from gateway.changes import Cancellation, LineQuantity
from gateway.errors import Rejected
from gateway.models import Backend
from gateway.transactions.work import Job, NotApplied, Ready, Unknowable, Wrong


class CancelOrders(ChangeOfOrder[Cancellation]):
    """orders_Update with `cancelled`: so many of these rows; of a whole order, what of each row is in no shipment."""

    facts = Cancellation
    found_out = "Centra's events show what is cancelled of each row. It is never sent again, for that may cancel as much again."
    unknowable = "Where no event tells of it in time."

    def order_of(self, item: Cancellation) -> str:
        return item.order_id

    def unfit(self, item: Cancellation) -> Iterable[Wrong]:
        given = {
            "reasonId": item.reason_id,
            "buyerRateId": item.buyer_rate_id,
            "message": item.message,
            "restock": item.restock,
        }
        yield from (unsupported(name) for name, value in given.items() if value is not None)
        for index, line in enumerate(item.lines or ()):
            yield from not_whole(line.quantity, "lines", str(index), "quantity")

    def message(self, job: Job[Cancellation], order: wire.Order) -> Ready:
        (item,) = job.items.values()
        known = standings(order)
        wanted = _named(item.lines, known) if item.lines else _all_left(known)
        rows = [(known[line_id].row, quantity) for line_id, quantity in wanted.items()]
        goods = {"product": products_of(rows, supplierorderitems={})}
        after = {line_id: str(known[line_id].cancelled + quantity) for line_id, quantity in wanted.items()}
        packed = [] if item.lines else [line_id for line_id, each in known.items() if each.packed]
        return Ready({"order": self.sent(order, cancelled=goods), "after": after, "packed": packed})

    async def remarks(self, job: Job[Cancellation]) -> Sequence[str]:
        packed = ", ".join(job.message["packed"])
        return [f"What is in shipments that are not shipped yet was not cancelled: lines {packed}."] if packed else []

    def shows(self, order: wire.Order, job: Job[Cancellation]) -> bool:
        known = standings(order)
        wanted: Mapping[str, str] = job.message["after"]
        return all(line_id in known and known[line_id].cancelled >= Decimal(after) for line_id, after in wanted.items())

    def when_not_told(self, job: Job[Cancellation]) -> NotApplied | Unknowable:
        return self.unless_told_later(job, f"Look at order {job.message['order']['id']} in Centra: what of it is cancelled?")


def _named(lines: Iterable[LineQuantity], known: Mapping[str, Standing]) -> dict[str, Decimal]:
    wanted = asked_of(lines)
    check_left(wanted, {line_id: each.left for line_id, each in known.items()})
    return wanted


def _all_left(known: Mapping[str, Standing]) -> dict[str, Decimal]:
    wanted = {line_id: each.left for line_id, each in known.items() if each.left}
    if not wanted:
        raise Rejected(Backend.CENTRA, "All of this order is cancelled or in shipments.")
    return wanted
