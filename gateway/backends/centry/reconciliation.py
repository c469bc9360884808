"""Reconciliation: orders that changed at Centry without a notice of it, found by `updated_at`.

Products need none: the index of the catalogue asks by itself what changed. What was deleted, no list tells.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from gateway.backends.centry import wire
from gateway.backends.centry.client import CentryClient, ScopeOf, Sent, written
from gateway.backends.centry.notices import Notices
from gateway.clock import now
from gateway.mapping import instant

_OVERLAP = timedelta(seconds=60)
"""A change may become visible later than others that are newer: it is asked for again from so much earlier."""

_SKEW = timedelta(minutes=15)
"""By how much Centry's clock may be behind ours, when it is asked for the first time."""


class Place(msgspec.Struct, frozen=True):
    """How far changes are known: the newest one, and the orders seen with a time close before it."""

    since: datetime
    seen: Mapping[str, datetime] = {}


class Reconciliation:
    """Asks for orders alone."""

    def __init__(self, client: CentryClient, scope_of: ScopeOf, notices: Notices) -> None:
        self._client = client
        self._scope_of = scope_of
        self._notices = notices

    async def run(self, written_place: str | None) -> str:
        """Take in what changed behind the place, as if a notice of it had come; gives the next. The first costs no call."""
        if written_place is None:
            return _text(Place(now() - _SKEW))
        place = msgspec.json.decode(written_place, type=Place)
        since, seen = place.since, dict(place.seen)
        filters = {"updated_at_gte": written(place.since - _OVERLAP)}
        async for page in self._client.pages(lambda after: self._client.orders(filters, after)):
            times = self._times(page)
            await self._notices.saved({order_id: at for order_id, at in times.items() if seen.get(order_id) != at})
            seen |= times
            since = max([since, *times.values()])
        return _text(Place(since, {order_id: at for order_id, at in seen.items() if at >= since - _OVERLAP}))

    def _times(self, page: Sequence[Sent[wire.Order]]) -> dict[str, datetime]:
        times = {sent.id: instant(sent.record.updated_at, self._scope_of(sent)) for sent in page}
        return {order_id: at for order_id, at in times.items() if at is not None}


def _text(place: Place) -> str:
    return msgspec.json.encode(place).decode()
