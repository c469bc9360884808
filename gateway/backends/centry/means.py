"""What changes of Centry's have to work with."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from gateway.backends.centry import wire
from gateway.backends.centry.client import CentryClient
from gateway.backends.centry.mapping import STATUS_WORDS
from gateway.backends.centry.settings import CentrySettings
from gateway.backends.centry.variants import Variants
from gateway.backends.centry.warehouses import Warehouses
from gateway.catalogue.entries import Shelf
from gateway.catalogue.index import CatalogueIndex
from gateway.catalogue.records import CatalogueKind
from gateway.clock import now
from gateway.errors import NotFound, Unavailable
from gateway.models import Backend, OrderStatus
from gateway.transactions.work import Change, Job, NotApplied
from gateway.warehouses import WarehouseNames

F = TypeVar("F")

AGAIN = "again"
"""In a message that was sent before."""


LATE = "Whether a message arrives later than three times `GATEWAY_CENTRY__TIMEOUT` after it was sent: it makes it twice."


@dataclass(frozen=True, slots=True)
class Means:
    """Its client, its settings, how its variants and warehouses are read, which warehouse is meant by a key, and the index."""

    client: CentryClient
    settings: CentrySettings
    variants: Variants
    warehouses: Warehouses
    warehouse_names: WarehouseNames
    catalogue: CatalogueIndex

    def look_again(self, *kinds: CatalogueKind) -> None:
        """Have lists of these kinds brought in step with what was changed."""
        for kind in kinds:
            self.catalogue.look_again(Shelf(kind, Backend.CENTRY))

    async def order(self, order_id: str) -> wire.Order:
        """The order as it stands. Raises NotFound."""
        sent = await self.client.order(order_id)
        if sent is None:
            raise NotFound("Centry does not have this order, or not any more.", backend=Backend.CENTRY)
        return sent.record


class CentryChange(Change[F]):
    """A change for one call each: Centry takes one record at a time."""

    def __init__(self, means: Means) -> None:
        self.means = means
        self.settle_after = 1.5 * means.settings.timeout

    def not_made(self, job: Job[F]) -> NotApplied:
        """What is to be made and is not there is looked for again until nothing lands any more; only then is it sent again."""
        if job.sent_at is not None and now() < job.sent_at + timedelta(seconds=3 * self.means.settings.timeout):
            raise Unavailable(Backend.CENTRY, "What was to be made is not there. It is looked for once more.")
        return not_applied(job)


def not_applied(job: Job[F]) -> NotApplied:
    """The message is sent again, and says so: what is refused then may be what an earlier message has done."""
    return NotApplied({**job.message, AGAIN: True})


def status_of(order: wire.Order) -> OrderStatus:
    """Where it stands, by the page's words."""
    return STATUS_WORDS.get(str(order._status or "").strip().lower(), OrderStatus.UNKNOWN)
