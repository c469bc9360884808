"""Variants that an input names by SKU or by record: the ids of product, variation and size that Centra knows them by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import unquote

from gateway.backends.centra.means import Means
from gateway.errors import BackendError, NotFound, Rejected
from gateway.models import Backend, VariantRecord


class Names(Protocol):
    """What names a variant in one of two ways."""

    @property
    def sku(self) -> str | None: ...

    @property
    def variant_record_id(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Variants:
    """Those of the read model that were asked for."""

    by_sku: Mapping[str, Sequence[VariantRecord]]
    by_id: Mapping[str, VariantRecord | BackendError]

    def ids(self, named: Names) -> list[str]:
        """Ids of product, variation and size. Raises NotFound, or Rejected where a SKU is of several variants."""
        found = self._found(named)
        if not found:
            what = f"with the SKU {named.sku}" if named.sku else "of this id"
            raise NotFound(f"Centra's events have told of no variant {what}.", backend=Backend.CENTRA)
        if len(found) > 1:
            raise Rejected(Backend.CENTRA, f"Centra has several variants with the SKU {named.sku}. Give `variantRecordId`.")
        return [unquote(part) for part in found[0].backend_id.split("/")]

    def has(self, named: Names) -> bool:
        return bool(self._found(named))

    def _found(self, named: Names) -> Sequence[VariantRecord]:
        if named.sku:
            return self.by_sku.get(named.sku.strip(), ())
        known = self.by_id.get(named.variant_record_id or "")
        return [known] if isinstance(known, VariantRecord) else []


async def find_variants(means: Means, named: Sequence[Names]) -> Variants:
    """The queue is looked at where one is not known yet."""
    found = await _read(means, named)
    if all(found.has(each) for each in named):
        return found
    await means.learn()
    return await _read(means, named)


async def _read(means: Means, named: Sequence[Names]) -> Variants:
    skus = {each.sku.strip() for each in named if each.sku}
    ids = {each.variant_record_id for each in named if each.variant_record_id}
    by_sku = await means.archive.variants_of_skus(sorted(skus)) if skus else {}
    return Variants(by_sku, await means.archive.variants(ids) if ids else {})


def product(variant: Sequence[str], size: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A variant as messages name it: its product, the variation of that, and the one size. `more` is of the product."""
    product_id, variation, size_id = variant
    named = {"id": product_id, **more, "variation": {"id": variation}}
    return named | {"sizes": {"size": [{"id": size_id, **size}]}}
