"""What changes of Centra's have to work with."""

import asyncio
import logging
from dataclasses import dataclass
from typing import TypeVar

from gateway.backends.centra import wire
from gateway.backends.centra.archive import Archive
from gateway.backends.centra.client import CentraClient
from gateway.backends.centra.copies import order_copy
from gateway.backends.centra.settings import CentraSettings
from gateway.backends.centra.visits import Visits
from gateway.errors import DatabaseUnavailable, RateLimited, TimedOut, Unavailable
from gateway.models import Backend
from gateway.readmodel.store import Kind, ReadModel
from gateway.warehouses import WarehouseNames

log = logging.getLogger(__name__)

T = TypeVar("T")

_LOOK = 5.0
"""Seconds that a look at the queue may take after a change: its event may as well be found by the next visit."""


@dataclass(frozen=True, slots=True)
class Means:
    """Its client, its settings, what is known of its records and the visits that make it newer, and which of its warehouses is
    which."""

    client: CentraClient
    settings: CentraSettings
    read_model: ReadModel
    archive: Archive
    visits: Visits
    warehouse_names: WarehouseNames

    @property
    def events_tell_within(self) -> float:
        """Seconds after a call in which its event is in the queue, if one comes of it at all."""
        return self.settings.timeout + 6 * self.settings.poll_interval

    async def learn(self) -> None:
        """Read what the queue has. Raises where it cannot be reached; what else is wrong with it keeps nobody from working."""
        error = await self.visits.make()
        if isinstance(error, Unavailable | TimedOut | RateLimited):
            raise error

    async def learn_of_change(self) -> None:
        """Read what the queue tells of a change that was made: whatever goes wrong, it was made."""
        try:
            async with asyncio.timeout(_LOOK):
                await self.visits.make()
        except (TimeoutError, DatabaseUnavailable):
            log.info("what Centra tells of a change is left to the next visit")

    async def order(self, order_id: str) -> wire.Order | None:
        """An order as Centra's events last told it, by its id in the graph. Raises MalformedReply."""
        stored = await self.read_model.by_id(Backend.CENTRA, Kind.ORDER, [order_id])
        return order_copy(stored[order_id]).order if order_id in stored else None
