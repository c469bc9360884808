"""Centry's variants, read by id and SKU."""

from collections.abc import Iterable, Mapping, Sequence

from gateway.backends.centry import goods, wire
from gateway.backends.centry.batch import Passes, each
from gateway.backends.centry.client import CentryClient, ScopeOf, Sent
from gateway.errors import BackendError
from gateway.mapping import text
from gateway.models import VariantRecord


class Variants:
    """`scope_of` gives what the mapping of a record needs to know."""

    def __init__(self, client: CentryClient, scope_of: ScopeOf) -> None:
        self._client = client
        self._scope_of = scope_of
        self._passes = Passes()

    async def by_id(self, ids: Iterable[str]) -> Mapping[str, VariantRecord | BackendError]:
        """One call for each; one that does not exist is missing."""
        return await each(ids, self._with_id)

    async def by_sku(self, skus: Iterable[str]) -> Mapping[str, Sequence[VariantRecord] | BackendError]:
        """One call for each SKU, or page by page through all variants where that is likely to take fewer."""
        asked = {sku: sku.strip() for sku in skus if sku.strip()}
        wanted = frozenset(asked.values())
        whole = await self._by_pages(wanted) if self._passes.cheaper_than(len(wanted)) else None
        found = await each(wanted, self._with_sku) if whole is None else whole
        return {sku: found[trimmed] for sku, trimmed in asked.items() if trimmed in found}

    async def _with_id(self, variant_id: str) -> VariantRecord | None:
        sent = await self._client.variant(variant_id)
        return self.mapped(sent) if sent else None

    async def _with_sku(self, sku: str) -> Sequence[VariantRecord] | None:
        sent = await self._client.found(lambda after: self._client.variants({"sku": sku}, after))
        return [variant for one in sent if (variant := self.mapped(one)).sku == sku] or None

    async def _by_pages(self, wanted: frozenset[str]) -> Mapping[str, Sequence[VariantRecord]] | None:
        """All pages, for several variants may have one SKU; None where the SKUs by themselves cost less."""
        found: dict[str, list[VariantRecord]] = {}
        calls = 0
        async for page in self._client.pages(lambda after: self._client.variants({}, after)):
            calls += 1
            for sent in page:
                sku = text(sent.record.sku, self._scope_of(sent))
                if sku in wanted:
                    found.setdefault(sku, []).append(self.mapped(sent))
            if self._passes.give_up(calls, len(found), len(wanted)):
                return None
        self._passes.took(calls + 1)
        return found

    def mapped(self, sent: Sent[wire.Variant]) -> VariantRecord:
        return goods.VARIANT(sent.record, self._scope_of(sent))
