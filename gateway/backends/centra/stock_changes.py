"""Stock changes: how Centra is told what is free to allocate of a size in its warehouses."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from gateway.backends.centra.batches import Batch
from gateway.backends.centra.rows import joined
from gateway.backends.centra.updates import unsupported
from gateway.backends.centra.variants import find_variants
from gateway.changes import StockAdjustment
from gateway.errors import BackendError, ErrorCode, GatewayError, NotFound, NotSupported, Rejected
from gateway.models import Backend, StockChange, StockKind, StockReading, WarehouseRecord
from gateway.transactions.facts import RecordRef
from gateway.transactions.work import Job, Ready, Wrong


class AdjustStock(Batch[StockAdjustment]):
    """products_Update with `warehouseitems`: what the sizes of products have in which warehouses."""

    facts = StockAdjustment
    calls = ("centra-05",)
    found_out = "Centra's events are looked at; where they do not show the quantities, they are sent again."
    unknowable = "A message that arrives when it was sent again, and a later one has set another quantity."

    def unfit(self, item: StockAdjustment) -> Iterable[Wrong]:
        if item.kind is not StockKind.AVAILABLE:
            yield unsupported("kind", what="what is on the shelf; its quantity is what is free to sell (AVAILABLE)")
        if item.change is not StockChange.SET:
            yield unsupported("change", what="adding to stock; SET the quantity")

    def lanes(self, item: StockAdjustment) -> Iterable[str]:
        return [f"stock/{item.sku or item.variant_record_id}/{item.warehouse}"]

    async def prepare(self, job: Job[StockAdjustment]) -> Ready:
        """The last quantity that is given for a size in a warehouse counts."""
        items = job.items
        found = await find_variants(self.means, list(items.values()))
        warehouses = await self._warehouses({item.warehouse for item in items.values()})
        refused: dict[int, GatewayError] = {}
        variants: dict[int, tuple[str, ...]] = {}
        held: dict[tuple[str, ...], dict[str, str]] = {}
        for index, item in items.items():
            try:
                self._check(item)
                variant = tuple(found.ids(item))
                held.setdefault(variant, {})[_the_one(item.warehouse, warehouses[item.warehouse])] = str(item.quantity)
                variants[index] = variant
            except GatewayError as error:
                refused[index] = error
        told = {joined(*variant): quantities for variant, quantities in held.items()}
        ids = {str(index): joined(*variant) for index, variant in variants.items()}
        return Ready({"parts": _parts(variants, held), "held": told, "variants": ids}, refused)

    async def save(self, elements: Sequence[Mapping[str, Any]]) -> Sequence[str]:
        return await self.means.client.products_update(elements)

    async def is_told(self, job: Job[StockAdjustment]) -> bool:
        wanted: Mapping[str, Mapping[str, str]] = job.message["held"]
        told = await self.means.archive.stock(dict.fromkeys(wanted))
        return all(_shows(told.get(variant, []), quantities) for variant, quantities in wanted.items())

    def record(self, job: Job[StockAdjustment], index: int) -> RecordRef:
        return RecordRef("VariantRecord", Backend.CENTRA, job.message["variants"][str(index)])

    async def _warehouses(self, keys: Iterable[str]) -> Mapping[str, Sequence[WarehouseRecord]]:
        """By their keys. The queue is looked at where one is not known yet."""
        wanted = list(keys)
        found = await self._known(wanted)
        if all(found.values()):
            return found
        await self.means.learn()
        return await self._known(wanted)

    async def _known(self, keys: Iterable[str]) -> dict[str, Sequence[WarehouseRecord]]:
        records = await self.means.archive.every_warehouse()
        return {key: self.means.warehouse_names.among(key, records) for key in keys}

    def _check(self, item: StockAdjustment) -> None:
        """Raises NotSupported for one that was handed in for whichever backends can do it."""
        for wrong in self.problems(item):
            if wrong.code is ErrorCode.NOT_SUPPORTED:
                raise NotSupported(wrong.message, backend=Backend.CENTRA)


def _the_one(key: str, found: Sequence[WarehouseRecord]) -> str:
    """The id of Centra's warehouse. Raises NotFound, and Rejected where there are several."""
    if not found:
        raise NotFound(f"Centra's events have told of no warehouse {key}.", backend=Backend.CENTRA)
    if len(found) > 1:
        raise Rejected(Backend.CENTRA, f"Centra has several warehouses that are {key}. Give each a name in GATEWAY_WAREHOUSES.")
    return unquote(found[0].backend_id)


def _parts(variants: Mapping[int, tuple[str, ...]], held: Mapping[tuple[str, ...], Mapping[str, str]]) -> list[dict[str, Any]]:
    """One for each product, with what its sizes have where. The stock id of a variation is its id, as the page says."""
    sizes: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for (product, variation, size), quantities in held.items():
        items = {"warehouse": [{"id": warehouse, "qty": quantity} for warehouse, quantity in quantities.items()]}
        sizes.setdefault(product, {}).setdefault(variation, []).append({"id": size, "warehouseitems": items})
    return [
        {
            "items": [index for index, variant in variants.items() if variant[0] == product],
            "elements": [{"id": product, "variations": {"variation": [_variation(*each) for each in variations.items()]}}],
        }
        for product, variations in sizes.items()
    ]


def _variation(variation: str, sizes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"id": variation, "stockid": variation, "sizes": {"size": sizes}}


def _shows(told: Sequence[StockReading] | BackendError, wanted: Mapping[str, str]) -> bool:
    if isinstance(told, BackendError):
        return False
    there = {unquote(reading.warehouse.backend_id): reading.available for reading in told}
    return all(there.get(warehouse) == int(quantity) for warehouse, quantity in wanted.items())
