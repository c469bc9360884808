"""Stock changes: how Centry is told what a warehouse has of a variant."""

from collections.abc import Iterable, Iterator
from typing import Any

from gateway.backends.centry.means import CentryChange
from gateway.backends.centry.results import done, not_supported
from gateway.backends.centry.variants import meant
from gateway.catalogue.records import CatalogueKind
from gateway.changes import StockAdjustment
from gateway.errors import GatewayError, NotFound, NotSupported, Rejected, Unavailable
from gateway.models import Backend, StockChange, StockKind
from gateway.transactions.work import Again, Done, Job, NotApplied, Ready, Wrong
from gateway.transport import skip_cache


class AdjustStock(CentryChange[StockAdjustment]):
    """PUT /variant_warehouses/<id>.json, or POST /variant_warehouses.json where the warehouse had nothing of the variant."""

    facts = StockAdjustment
    calls = ("centry-29", "centry-31")
    done_when = "Centry answers 2xx."
    found_out = "It need not be: a quantity that is set twice is set."

    def problems(self, item: StockAdjustment) -> Iterator[Wrong]:
        if item.kind is not StockKind.AVAILABLE:
            yield not_supported("Centry keeps one number, what is free to sell. Set AVAILABLE.", "kind")
        if item.change is not StockChange.SET:
            yield not_supported("Centry documents no way to add to stock. SET the quantity.", "change")

    def lanes(self, item: StockAdjustment) -> Iterable[str]:
        return [f"stock/{item.sku or item.variant_record_id}/{item.warehouse}"]

    async def prepare(self, job: Job[StockAdjustment]) -> Ready | Done:
        (item,) = job.items.values()
        for wrong in self.problems(item):
            raise NotSupported(wrong.message, backend=Backend.CENTRY)
        (variant_id,) = await meant(self.means.variants, [item])
        warehouse_id = await self._warehouse_id(item.warehouse)
        return Ready({"row": await self._row(variant_id, warehouse_id), "variant": variant_id, "warehouse": warehouse_id})

    async def send(self, job: Job[StockAdjustment]) -> Done:
        ((item,), told) = job.items.values(), job.message
        try:
            await self._set(told, item.quantity)
        except NotFound:
            raise Again from None  # the row was removed since it was looked up
        self.means.look_again(CatalogueKind.STOCK)
        return done(job, "VariantRecord", told["variant"])

    async def settle(self, job: Job[StockAdjustment]) -> NotApplied:
        return NotApplied()

    async def _set(self, told: Any, quantity: int) -> None:
        """A row that is refused is there by now: an earlier message has made it, or somebody else."""
        client = self.means.client
        if told["row"]:
            return await client.change_variant_warehouse(told["row"], changed_stock(quantity))
        try:
            await client.create_variant_warehouse(new_stock(told["variant"], told["warehouse"], quantity))
        except Rejected:
            row = await self._row_after_all(told["variant"], told["warehouse"])
            if row is None:
                raise
            await client.change_variant_warehouse(row, changed_stock(quantity))

    async def _warehouse_id(self, key: str) -> str:
        """The id of Centry's warehouse of this key. Raises NotFound, and Rejected where there are several."""
        found = self.means.warehouse_names.among(key, (await self.means.warehouses.all()).values())
        if not found:
            raise NotFound(f"Centry has no warehouse {key}.", backend=Backend.CENTRY)
        if len(found) > 1:
            raise Rejected(
                Backend.CENTRY, f"Centry has several warehouses that are {key}. Give each a name in GATEWAY_WAREHOUSES."
            )
        return found[0].backend_id

    async def _row(self, variant_id: str, warehouse_id: str) -> str | None:
        """The id of what the warehouse has of the variant."""
        client, asked = self.means.client, {"variant_id": variant_id, "warehouse_id": warehouse_id}
        rows = await client.found(lambda after: client.variant_warehouses(asked, after))
        return next(
            (row.id for row in rows if (row.record.variant_id, row.record.warehouse_id) == (variant_id, warehouse_id)), None
        )

    async def _row_after_all(self, variant_id: str, warehouse_id: str) -> str | None:
        """Raises what leaves the outcome open, whatever goes wrong here."""
        skip_cache()
        try:
            return await self._row(variant_id, warehouse_id)
        except GatewayError:
            raise Unavailable(Backend.CENTRY, "Centry could not be asked what it has of this.") from None


def new_stock(variant_id: str, warehouse_id: str, quantity: int) -> dict[str, Any]:
    """What Centry is sent where a warehouse had nothing of a variant."""
    return {"quantity": quantity, "variant_id": variant_id, "warehouse_id": warehouse_id}


def changed_stock(quantity: int) -> dict[str, Any]:
    """What it is sent of a quantity that was another."""
    return {"quantity": quantity}
