"""Creation: how a record of CartonCloud's is made by one POST, and found again where no answer came."""

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

import msgspec

from gateway.backends.cartoncloud import wire
from gateway.backends.cartoncloud.client import Refusal
from gateway.backends.cartoncloud.kinds import RecordKind
from gateway.backends.cartoncloud.mapping.fields import SELLER_NUMBER
from gateway.backends.cartoncloud.means import CartonCloudChange
from gateway.backends.cartoncloud.parts import Members, customers
from gateway.backends.cartoncloud.records import Sent
from gateway.backends.cartoncloud.traces import Trace, issues, stored
from gateway.clock import now
from gateway.errors import Unavailable
from gateway.models import Backend
from gateway.transactions.facts import RecordRef
from gateway.transactions.work import Achieved, Done, Job, NotApplied, Ready, Unknowable

F = TypeVar("F")
T = TypeVar("T")

_PATIENCE = timedelta(hours=1)
"""How long a webhook is waited for that tells of what was sent."""

_AGAIN = "again"
"""Stands in a message that is sent again because nothing was found of it: only then may a duplicate of it be itself."""

_encode = msgspec.json.Encoder(decimal_format="number").encode


@dataclass(frozen=True, slots=True)
class Draft:
    """A message before it is sent: `body` is without the customer, for which `customer` is the word."""

    kind: RecordKind
    customer: str
    body: Members


class Creation(CartonCloudChange[F]):
    """One POST for each item. `type` is what the record is in the graph."""

    type: ClassVar[str]
    found_out = (
        "By its number and customer: in what webhooks have told, then by CartonCloud's search where it has one. Where it has "
        "none, a webhook is waited for, for an hour. Where numbers must be unique, DUPLICATE of what was sent counts as done."
    )
    unknowable = (
        "Without searches: whether it was made, if no webhook has told of it within an hour. With them: whether a call lands "
        "later than three times `GATEWAY_CARTONCLOUD__TIMEOUT` after it was sent, which makes it twice unless numbers must be "
        "unique."
    )

    @abstractmethod
    async def draft(self, item: F, key: str) -> Draft:
        """What has to be sent. `key` is good for a number where there is none. Raises what is against it."""

    def customer(self, account: str | None) -> str:
        """The word for the customer: the item's own, else that of the settings."""
        return (account or self.means.settings.customer).strip()

    async def prepare(self, job: Job[F]) -> Ready | Done:
        [item] = job.items.values()
        draft = await self.draft(item, job.key)
        number = draft.body["references"][SELLER_NUMBER]
        before = [record.record_id for record in await stored(self.means.read_model, draft.kind, number)]
        message = {"kind": draft.kind, "number": number, "customer": draft.customer, "before": before}
        # As text: in the message itself, which is kept as JSON, decimals would become texts.
        return Ready({**message, "body": _encode(draft.body).decode()})

    async def send(self, job: Job[F]) -> Done:
        trace, body = _trace(job), wire.parse(job.message["body"].encode())
        try:
            client = self.means.client
            created = await for_customer(trace.customer, lambda each: client.create(trace.kind, {**body, "customer": each}))
        except Refusal as refusal:
            return self._done(job, await self._duplicate(trace, job.message, refusal))
        return self._done(job, await self.means.seen(created.record), with_issues=created.with_issues)

    async def settle(self, job: Job[F]) -> Done | NotApplied | Unknowable:
        trace = _trace(job)
        found = trace.of_ours(await stored(self.means.read_model, trace.kind, trace.number))
        if found is not None:
            return self._done(job, found)
        records = await self.means.search.by_number(trace.kind, trace.number)
        if records is None:
            return self._unheard(job, trace)
        found = trace.of_ours(records)
        if found is not None:
            return self._done(job, await self.means.seen(found))
        if not self._waited(job, timedelta(seconds=3 * self.means.settings.timeout)):
            # It may land late, and what has just been made may not be found yet.
            raise Unavailable(Backend.CARTONCLOUD, f"The {trace.label} is not to be found. It is looked for once more.")
        return NotApplied({**job.message, _AGAIN: True})

    async def _duplicate(self, trace: Trace, message: Mapping[str, Any], refusal: Refusal) -> Sent:
        """The record that has the number already, if it is what an earlier attempt has made after all. Raises the refusal."""
        if refusal.duplicate_of is None or not message.get(_AGAIN):
            raise refusal
        other = await self.means.client.record(trace.kind, refusal.duplicate_of)
        if other is None or trace.of_ours([other]) is None:
            raise refusal
        return await self.means.seen(other)

    def _unheard(self, job: Job[F], trace: Trace) -> Unknowable:
        """Raises as long as a webhook may still tell of it."""
        if not self.means.settings.webhook_token.get_secret_value():
            return Unknowable(f"Neither searches nor webhooks are set up: look for the {trace.label} in CartonCloud.")
        if not self._waited(job, _PATIENCE):
            message = f"No webhook has told of the {trace.label} yet. It is waited for until an hour after it was sent."
            raise Unavailable(Backend.CARTONCLOUD, message)
        return Unknowable(f"No webhook has told of the {trace.label} within an hour: look for it in CartonCloud.")

    def _waited(self, job: Job[F], span: timedelta) -> bool:
        return job.sent_at is None or now() >= job.sent_at + span

    def _done(self, job: Job[F], record: Sent, *, with_issues: bool = False) -> Done:
        achieved = Achieved(
            RecordRef(self.type, Backend.CARTONCLOUD, record.record_id), issues(record, with_issues=with_issues)
        )
        return Done(dict.fromkeys(job.items, achieved))


async def for_customer(word: str, make: Callable[[Members], Awaitable[T]]) -> T:
    """A word for a customer may be a code or a name: what CartonCloud does not know as one, it may know as the other."""
    *others, last = customers(word)
    for customer in others:
        try:
            return await make(customer)
        except Refusal as refusal:
            if not any(field.startswith("/customer") for field in refusal.fields):
                raise
    return await make(last)


def _trace(job: Job[Any]) -> Trace:
    told = job.message
    return Trace(RecordKind(told["kind"]), told["number"], told["customer"], told["before"], job.submitted_at)
