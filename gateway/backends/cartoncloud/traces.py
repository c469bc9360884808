"""Traces: which record of CartonCloud's is the one that a message of ours made, of which nothing was heard."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.backends.cartoncloud.kinds import RecordKind
from gateway.backends.cartoncloud.mapping.fields import SELLER_NUMBER, moment, reference
from gateway.backends.cartoncloud.records import Sent, kept
from gateway.errors import GatewayError, Rejected
from gateway.mapping import Scope, text
from gateway.models import Backend
from gateway.readmodel.store import Key, ReadModel

_CLOCKS = timedelta(minutes=5)
"""By how much CartonCloud's clock may be behind ours."""

_SCOPE = Scope(zone=UTC, currency=None, fetched_at=datetime.fromtimestamp(0, UTC))


@dataclass(frozen=True, slots=True)
class Trace:
    """By what a record that we made is known: it has the number, is none of those that had it before, and is not older than
    the wish for it. `customer` is the word for the customer: id, code or name."""

    kind: RecordKind
    number: str
    customer: str
    before: Sequence[str]
    wished_at: datetime

    @property
    def label(self) -> str:
        """Such as `outbound order A10004`, for messages."""
        return f"{self.kind.label} {self.number}"

    def of_ours(self, records: Iterable[Sent]) -> Sent | None:
        return next((record for record in records if self._is_ours(record)), None)

    def _is_ours(self, record: Sent) -> bool:
        members = record.record
        created = moment(members.timestamps.created, _SCOPE)
        return (
            record.kind is self.kind
            and reference(members.references, SELLER_NUMBER, _SCOPE) == self.number
            and _may_be(self.customer, members.customer)
            and record.record_id not in self.before
            and (created is None or created > self.wished_at - _CLOCKS)
        )


async def stored(read_model: ReadModel, kind: RecordKind, number: str) -> list[Sent]:
    """What the read model has of this number."""
    found = await read_model.by_key(Backend.CARTONCLOUD, kind.stored_as, Key.NUMBER, [number])
    return [kept(record) for record in found.get(number, ())]


def issues(record: Sent, *, with_issues: bool = False) -> list[GatewayError]:
    """What is wrong with a record all the same; `with_issues`: CartonCloud said so when it made it."""
    found = record.record.details.errors
    said = [text(issue.message, _SCOPE) for issue in found if issue.isResolved is not True]
    messages = [message for message in said if message]
    if not messages and (with_issues or text(record.record.status, _SCOPE) == "REJECTED"):
        messages = ["CartonCloud has made it, but with issues of which it does not tell."]
    return [Rejected(Backend.CARTONCLOUD, message) for message in messages]


def _may_be(word: str, customer: Any) -> bool:
    """Whether the customer of a record is the one that is meant; where it is told by less than id, code and name, it may be."""
    known = [text(each, _SCOPE) for each in (customer.id, customer.references.code, customer.name)]
    return word in known or None in known
