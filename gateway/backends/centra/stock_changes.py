"""Stock changes: how Centra is told what is free to allocate of a size in its warehouses."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from gateway.backends.centra.rows import joined
from gateway.backends.centra.updates import Update, unsupported
from gateway.backends.centra.variants import find_variants
from gateway.changes import StockAdjustment
from gateway.errors import BackendError, ErrorCode, GatewayError, NotFound, NotSupported, Rejected
from gateway.models import Backend, StockChange, StockKind, WarehouseRecord
from gateway.transactions.facts import RecordRef
from gateway.transactions.work import Job, Message, Ready, Wrong


class AdjustStock(Update[StockAdjustment]):
    """products_Update with `warehouseitems`: all warehouses of one size together."""

    facts = StockAdjustment
    calls = ("centra-05",)
    found_out = "Centra's events are looked at; where they do not show the quantities, they are sent again."

    def unfit(self, item: StockAdjustment) -> Iterable[Wrong]:
        if item.kind is not StockKind.AVAILABLE:
            yield unsupported("kind", what="what is on the shelf; its quantity is what is free to sell (AVAILABLE)")
        if item.change is not StockChange.SET:
            yield unsupported("change", what="adding to stock; SET the quantity")

    def group(self, item: StockAdjustment) -> str:
        return _variant(item)

    def fits(self, items: Sequence[StockAdjustment]) -> bool:
        return True

    def lanes(self, item: StockAdjustment) -> Iterable[str]:
        return [f"stock/{_variant(item)}/{item.warehouse}"]

    async def prepare(self, job: Job[StockAdjustment]) -> Ready:
        """The last quantity that is given for a warehouse counts."""
        items = job.items
        found = await find_variants(self.means, list(items.values()))
        warehouses = await self._warehouses({item.warehouse for item in items.values()})
        ids: list[str] = []
        held: dict[str, str] = {}
        refused: dict[int, GatewayError] = {}
        for index, item in items.items():
            try:
                self._check(item)
                ids = found.ids(item)
                held[_the_one(item.warehouse, warehouses[item.warehouse])] = str(item.quantity)
            except GatewayError as error:
                refused[index] = error
        return Ready({"product": _product(ids, held) if ids else {}, "variant": joined(*ids), "held": held}, refused)

    async def update(self, message: Message) -> Sequence[str]:
        return await self.means.client.products_update(message["product"])

    async def is_told(self, job: Job[StockAdjustment]) -> bool:
        variant: str = job.message["variant"]
        told = (await self.means.archive.stock({variant: None})).get(variant, [])
        if isinstance(told, BackendError):
            return False
        there = {unquote(reading.warehouse.backend_id): reading.available for reading in told}
        return all(there.get(warehouse) == int(quantity) for warehouse, quantity in job.message["held"].items())

    def record(self, job: Job[StockAdjustment], index: int) -> RecordRef:
        return RecordRef("VariantRecord", Backend.CENTRA, job.message["variant"])

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


def _variant(item: StockAdjustment) -> str:
    return item.sku or item.variant_record_id or ""


def _the_one(key: str, found: Sequence[WarehouseRecord]) -> str:
    """The id of Centra's warehouse. Raises NotFound, and Rejected where there are several."""
    if not found:
        raise NotFound(f"Centra's events have told of no warehouse {key}.", backend=Backend.CENTRA)
    if len(found) > 1:
        raise Rejected(Backend.CENTRA, f"Centra has several warehouses that are {key}. Give each a name in GATEWAY_WAREHOUSES.")
    return unquote(found[0].backend_id)


def _product(variant: Sequence[str], held: Mapping[str, str]) -> dict[str, Any]:
    """The stock id of a variation is its id, as the page says."""
    product, variation, size = variant
    items = {"warehouse": [{"id": warehouse, "qty": quantity} for warehouse, quantity in held.items()]}
    sizes = {"size": [{"id": size, "warehouseitems": items}]}
    return {"id": product, "variations": {"variation": [{"id": variation, "stockid": variation, "sizes": sizes}]}}
