"""Centry's variants, read by id and SKU."""

from collections.abc import Iterable, Mapping, Sequence

from gateway.backends.centry import goods, wire
from gateway.backends.centry.batch import Passes, each
from gateway.backends.centry.client import CentryClient, ScopeOf, Sent
from gateway.changes import NewOrderLine, StockAdjustment
from gateway.errors import BackendError, NotFound, Rejected
from gateway.mapping import text
from gateway.models import Backend, VariantRecord


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


async def meant(variants: Variants, named: Sequence[NewOrderLine | StockAdjustment]) -> list[str]:
    """The ids of the variants that are named by SKU or id. Raises NotFound, and Rejected where a SKU is of several."""
    by_sku = await variants.by_sku(one.sku for one in named if one.sku)
    by_id = await variants.by_id(one.variant_record_id for one in named if one.variant_record_id)
    return [_one(one.sku, by_sku.get(one.sku) if one.sku else by_id.get(one.variant_record_id or "")) for one in named]


def _one(sku: str | None, found: Sequence[VariantRecord] | VariantRecord | BackendError | None) -> str:
    if isinstance(found, BackendError):
        raise found
    if found is None:
        raise NotFound(
            f"Centry has no variant {f'with the SKU {sku}' if sku else 'of this id any more'}.", backend=Backend.CENTRY
        )
    records = [found] if isinstance(found, VariantRecord) else found
    if len(records) > 1:
        raise Rejected(Backend.CENTRY, f"Centry has several variants with the SKU {sku}. Give `variantRecordId`.")
    return records[0].backend_id
