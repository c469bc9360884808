"""Locking and confirming orders: what Centra's staff may still change, and what the shop has accepted."""

from collections.abc import Iterable

from gateway.backends.centra import wire
from gateway.backends.centra.goods import is_yes
from gateway.backends.centra.rows import plain
from gateway.backends.centra.updates import ChangeOfOrder, unsupported
from gateway.changes import Confirmation, OrderTask
from gateway.errors import Rejected
from gateway.models import Backend
from gateway.transactions.work import Job, Ready, Wrong

_CONFIRMED = ("confirmed", "processing", "completed", "archived")
_CONFIRMABLE = ("pending", "confirmed")
_AGAIN = "Centra's events are looked at; where they do not show it, it is sent again: it says how the order shall be."


class LockOrders(ChangeOfOrder[OrderTask]):
    """orders_Update with `locked`: nothing else of the order changes."""

    facts = OrderTask
    found_out = _AGAIN
    depends_on_state = False

    def order_of(self, item: OrderTask) -> str:
        return item.order_id

    def message(self, job: Job[OrderTask], order: wire.Order) -> Ready:
        return Ready({"order": self.sent(order, locked="yes")})

    def shows(self, order: wire.Order, job: Job[OrderTask]) -> bool:
        return is_yes(order.locked)


class ConfirmOrders(ChangeOfOrder[Confirmation]):
    """orders_Update with the status `confirmed`, for orders that are pending; and `locked`, if that is asked for."""

    facts = Confirmation
    found_out = _AGAIN

    def order_of(self, item: Confirmation) -> str:
        return item.order_id

    def unfit(self, item: Confirmation) -> Iterable[Wrong]:
        for name, given in (("reasonId", item.reason_id), ("boxes", item.boxes or None)):
            if given is not None:
                yield unsupported(name)

    def message(self, job: Job[Confirmation], order: wire.Order) -> Ready:
        """An order that is further on would be set back."""
        status = _status(order)
        if status not in _CONFIRMABLE:
            raise Rejected(
                Backend.CENTRA, f"Only pending orders can be confirmed; this one is {status or 'of no known status'}."
            )
        (item,) = job.items.values()
        lock = {"locked": "yes"} if item.lock else {}
        return Ready({"order": self.sent(order, status="confirmed", **lock)})

    def shows(self, order: wire.Order, job: Job[Confirmation]) -> bool:
        (item,) = job.items.values()
        return _status(order) in _CONFIRMED and (is_yes(order.locked) or not item.lock)


def _status(order: wire.Order) -> str:
    return (plain(order.status) or "").lower()
