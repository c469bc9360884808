"""Centry's notes, documents and shipping labels, read for orders."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from gateway.backends.centry import papers, wire
from gateway.backends.centry.batch import each
from gateway.backends.centry.client import CentryClient, Page, ScopeOf
from gateway.errors import BackendError, MalformedReply, Rejected
from gateway.models import OrderDocument, OrderNote

AT_ONCE = 20
"""Orders whose labels are asked for in one call: the files come within the reply, and a reply may have 20 MB."""


class OrderPapers:
    """`scope_of` gives what the mapping of a record needs to know."""

    def __init__(self, client: CentryClient, scope_of: ScopeOf) -> None:
        self._client = client
        self._scope_of = scope_of

    async def notes(self, order_ids: Iterable[str]) -> Mapping[str, Sequence[OrderNote] | BackendError]:
        """One call for each order; one that does not exist is missing."""
        return await each(order_ids, self._notes)

    async def documents(self, order_ids: Iterable[str]) -> Mapping[str, Sequence[OrderDocument] | BackendError]:
        """One call for each order; one that does not exist is missing."""
        return await each(order_ids, self._documents)

    async def labels(self, order_ids: Iterable[str]) -> Mapping[str, Sequence[OrderDocument] | BackendError]:
        """One call for 20 orders; where that gives no answer, because of one of them perhaps, one more for each.

        An order that does not exist is missing.
        """
        different = list(dict.fromkeys(order_ids))
        parts = [tuple(different[start : start + AT_ONCE]) for start in range(0, len(different), AT_ONCE)]
        found: dict[str, Sequence[OrderDocument] | BackendError] = {}
        for part, answer in (await each(parts, self._labels)).items():
            found |= dict.fromkeys(part, answer) if isinstance(answer, BackendError) else answer
        return found

    async def _notes(self, order_id: str) -> Sequence[OrderNote] | None:
        sent = await self._client.order_notes(order_id)
        return None if sent is None else [papers.NOTE(note.record, self._scope_of(note)) for note in sent]

    async def _documents(self, order_id: str) -> Sequence[OrderDocument] | None:
        sent = await self._client.order_documents(order_id)
        return None if sent is None else [papers.DOCUMENT(one.record, self._scope_of(one)) for one in sent]

    async def _labels(self, order_ids: Sequence[str]) -> Mapping[str, Sequence[OrderDocument] | BackendError]:
        if len(order_ids) > 1:
            with suppress(Rejected, MalformedReply):  # one is refused, or the files are too large together
                sent = await self._client.shipping_labels(order_ids)
                if sent is not None:
                    return self._by_order(order_ids, sent)
        return await each(order_ids, self._labels_of)

    async def _labels_of(self, order_id: str) -> Sequence[OrderDocument] | None:
        sent = await self._client.shipping_labels([order_id])
        return None if sent is None else self._by_order([order_id], sent)[order_id]

    def _by_order(self, order_ids: Sequence[str], sent: Page[wire.Labels]) -> dict[str, list[OrderDocument]]:
        """An order that the answer does not name has no labels."""
        found: dict[str, list[OrderDocument]] = {order_id: [] for order_id in order_ids}
        for labels in sent:
            files = [papers.LABEL(file, self._scope_of(labels)) for file in labels.record.files]
            for order_id in found.keys() & {str(order._id or order.id) for order in labels.record.orders}:
                found[order_id] += files
        return found
