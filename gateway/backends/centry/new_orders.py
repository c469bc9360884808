"""New orders: how an order is made in Centry, and found again where nobody answered."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gateway.backends.centry.client import Sent
from gateway.backends.centry.means import AGAIN, LATE, CentryChange
from gateway.backends.centry.messages import body_of, kept, new_order
from gateway.backends.centry.new_order_rules import wrongs
from gateway.backends.centry.variants import meant
from gateway.backends.centry.wire import Order
from gateway.changes import NewOrder
from gateway.errors import Conflict, GatewayError, Rejected, Unavailable
from gateway.merging import merged
from gateway.models import Backend
from gateway.transactions.facts import RecordRef
from gateway.transactions.work import Achieved, Done, Job, NotApplied, Ready, TakenOn, Wrong
from gateway.transport import skip_cache

_EXISTS = "Centry has an order with this number in this channel already. Give another number, or change that order."
_TWICE = "Centry has this order more than once: a message that was given up arrived after all. Delete all but one."


class CreateOrders(CentryChange[NewOrder]):
    """POST /orders.json, a call for each order. A number is new within its channel: by it the order is found again."""

    facts = NewOrder
    calls = ("centry-57",)
    done_when = "Centry answers 2xx, or has an order with this number in this channel, which it had not before."
    found_out = "Orders with this `number_origin` are read; of ours are those with the same `id_origin` and `origin`."
    unknowable = LATE

    def problems(self, item: NewOrder) -> Iterable[Wrong]:
        return wrongs(item, self.means.settings)

    def lanes(self, item: NewOrder) -> Iterable[str]:
        return [f"new order/{item.number.strip()}"]

    async def prepare(self, job: Job[NewOrder]) -> Ready | Done:
        ((index, order),) = job.items.items()
        variant_ids = await meant(self.means.variants, order.lines)
        body = merged(new_order(order, variant_ids, self.means.settings.zone), order.extra or {})
        if await self._found(body):
            return Done({index: Rejected(Backend.CENTRY, _EXISTS)})
        return Ready(kept(body))

    async def send(self, job: Job[NewOrder]) -> Done | TakenOn:
        """What is refused, sent again, may be what an earlier message has made. If it is not refused, both may be there."""
        body, again = body_of(job.message), AGAIN in job.message
        try:
            made = await self.means.client.create_order(body)
        except Rejected:
            if again and (found := await self._found_after_all(body)):
                return _done(job, found)
            raise
        if made is None:
            return TakenOn(body["number_origin"])
        return _done(job, await self._found_after_all(body) or [made] if again else [made])

    async def poll(self, job: Job[NewOrder]) -> Done | TakenOn:
        """Centry took it, but did not say as which order."""
        found = await self._found(body_of(job.message))
        return _done(job, found) if found else TakenOn(job.remote or "")

    async def settle(self, job: Job[NewOrder]) -> Done | NotApplied:
        found = await self._found(body_of(job.message))
        return _done(job, found) if found else self.not_made(job)

    async def _found(self, body: Mapping[str, Any]) -> list[str]:
        """The ids of the orders of this number in this channel."""
        number = body["number_origin"]
        sent = await self.means.client.found(lambda after: self.means.client.orders({"number_origin": number}, after))
        return [one.id for one in sent if _is_ours(one, body)]

    async def _found_after_all(self, body: Mapping[str, Any]) -> list[str]:
        """The same once the message has been sent. Raises what leaves the outcome open, whatever goes wrong here."""
        skip_cache()
        try:
            return await self._found(body)
        except GatewayError:
            raise Unavailable(Backend.CENTRY, "Centry could not be asked what became of the order.") from None


def _is_ours(sent: Sent[Order], body: Mapping[str, Any]) -> bool:
    names = ("number_origin", "id_origin", "origin")
    return all(str(getattr(sent.record, name) or "").strip() == str(body.get(name) or "").strip() for name in names)


def _done(job: Job[NewOrder], ids: Sequence[str]) -> Done:
    issues = [Conflict(Backend.CENTRY, _TWICE)] if len(ids) > 1 else []
    return Done({index: Achieved(RecordRef("Order", Backend.CENTRY, ids[0]), issues) for index in job.items})
