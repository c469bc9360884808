"""New orders: how they are made at Cenports, which refuses a number that its channel already has."""

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from gateway.backends.cenports import order_message, wire
from gateway.backends.cenports.mapping.identity import order_id
from gateway.backends.cenports.submitting import Submission, written
from gateway.changes import NewOrder
from gateway.errors import BackendError, Rejected
from gateway.models import Backend
from gateway.transactions.facts import RecordRef
from gateway.transactions.work import Achieved, Done, Job, Message, NotApplied, Ready, Result, Unsure, Wrong

_AT_ONCE = 50
_AGAIN = "sent before"
"""In the message: an earlier one may have arrived, so that an order which exists may be ours."""


class CreateOrders(Submission[NewOrder]):
    """POST /orders, a call for each channel and 50 orders. Cenports works on it, and is asked what became of it.

    An order that Cenports has already fails, unless it may be ours: then it was made. What the page has no place for
    (instructions, a billing address, …) is refused, as it would be lost.
    """

    facts = NewOrder
    calls = ("cenports-03", "cenports-11")
    done_when = "Its transaction is COMPLETED, or FAILED without naming the order."
    found_out = "The orders are read by their numbers. What is missing is sent again: no channel takes a number twice."
    batch = _AT_ONCE

    def problems(self, item: NewOrder) -> Iterable[Wrong]:
        return order_message.problems(item, self._channel(item), self._means.settings.currency)

    def group(self, item: NewOrder) -> str | None:
        return item.channel_id

    def fits(self, items: Sequence[NewOrder]) -> bool:
        """The same number twice in one call could not be told apart."""
        return len(items) <= _AT_ONCE and len({item.number.strip() for item in items}) == len(items)

    def lanes(self, item: NewOrder) -> Iterable[str]:
        return [f"order/{self._id(item)}"]

    def record_of(self, item: NewOrder) -> RecordRef:
        return RecordRef("Order", Backend.CENPORTS, self._id(item))

    def names_of(self, item: NewOrder) -> Collection[str]:
        return [item.number.strip()]

    async def prepare(self, job: Job[NewOrder]) -> Ready:
        zone = self._means.settings.zone
        orders = {
            index: order_message.entry(item, (item.placed_at or job.submitted_at).astimezone(zone).date())
            for index, item in job.items.items()
        }
        channel = self._channel(next(iter(job.items.values())))
        return Ready({"channel": channel, "entries": written(orders)})

    async def submit(self, message: Message, entries: list[msgspec.Raw]) -> wire.Transaction:
        return await self._means.client.create_orders(message["channel"], entries)

    async def settle(self, job: Job[NewOrder]) -> Done | NotApplied:
        found = await self._existing(job.items)
        if len(found) == len(job.items):
            return Done(self._achieved(found))
        return NotApplied({**job.message, _AGAIN: True})

    async def refused(self, job: Job[NewOrder], errors: Mapping[int, str]) -> Mapping[int, Result]:
        """An order that exists was made by a message of ours, if there was one before."""
        ours: Mapping[int, NewOrder] = {}
        if job.message.get(_AGAIN):
            ours = await self._existing({index: job.items[index] for index in errors})
        refused = await super().refused(job, errors)
        return {**refused, **self._achieved(ours)}

    async def undecided(self, job: Job[NewOrder], items: Mapping[int, NewOrder], why: str) -> Mapping[int, Result] | Unsure:
        """Those that exist were made."""
        found = await self._existing(items)
        made = {index: Achieved(self.record_of(item)) for index, item in found.items()}
        return {index: made.get(index) or Rejected(Backend.CENPORTS, why) for index in items}

    async def _existing(self, items: Mapping[int, NewOrder]) -> dict[int, NewOrder]:
        found = await self._means.orders.by_id([self._id(item) for item in items.values()])
        for answer in found.values():
            if isinstance(answer, BackendError):
                raise answer
        return {index: item for index, item in items.items() if self._id(item) in found}

    def _channel(self, item: NewOrder) -> str:
        return item.channel_id or self._means.settings.channel_id

    def _id(self, item: NewOrder) -> str:
        return order_id(self._channel(item), item.number.strip())
