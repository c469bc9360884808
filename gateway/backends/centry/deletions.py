"""Deletions: records that Centry is told to remove for good."""

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from gateway.backends.centry import wire
from gateway.backends.centry.batch import each
from gateway.backends.centry.means import CentryChange
from gateway.backends.centry.results import done
from gateway.changes import OrderTask, RecordDeletion
from gateway.errors import NotFound
from gateway.models import Backend
from gateway.transactions.work import Done, Job, NotApplied, Ready
from gateway.transport import skip_cache

_GONE = "Centry answers 2xx, or does not have it any more."
_TWICE = "It need not be: what is gone cannot be deleted twice."


class _Deletion(CentryChange[RecordDeletion]):
    """`type_name` is the record's in the graph, `lane` what changes of it run by."""

    facts = RecordDeletion
    done_when, found_out = _GONE, _TWICE
    type_name: ClassVar[str]
    lane: ClassVar[str]

    @abstractmethod
    async def parts(self, record_id: str) -> Sequence[str] | None:
        """The ids of what may be deleted with the record; None where there is no record."""

    @abstractmethod
    async def call(self, record_id: str, parts: Sequence[str]) -> None:
        """Have it deleted, and say so to the index; what is gone is no error."""

    def lanes(self, item: RecordDeletion) -> Iterable[str]:
        return [f"{self.lane}/{item.record_id}"]

    async def prepare(self, job: Job[RecordDeletion]) -> Ready:
        (task,) = job.items.values()
        parts = await self.parts(task.record_id)
        if parts is None:
            raise NotFound("Centry does not have this record, or not any more.", backend=Backend.CENTRY)
        return Ready({"parts": list(parts)})

    async def send(self, job: Job[RecordDeletion]) -> Done:
        (task,) = job.items.values()
        await self.call(task.record_id, job.message["parts"])
        return done(job, self.type_name, task.record_id)

    async def settle(self, job: Job[RecordDeletion]) -> NotApplied:
        return NotApplied()


class DeleteProducts(_Deletion):
    """DELETE /products/<id>.json, a call for each product; then each of its variants is asked for."""

    calls = ("centry-07",)
    type_name, lane = "ProductRecord", "product"

    async def parts(self, record_id: str) -> Sequence[str] | None:
        sent = await self.means.client.product(record_id)
        return None if sent is None else [str(variant._id or variant.id) for variant in wire.variants_of(sent.record)]

    async def call(self, record_id: str, parts: Sequence[str]) -> None:
        """Whether variants go with their product, the page does not say."""
        await self.means.client.delete_product(record_id)
        skip_cache()
        left = await each(parts, self.means.client.variant)
        await self.means.catalogue.forget(
            Backend.CENTRY, products=[record_id], variants=[id_ for id_ in parts if id_ not in left]
        )


class DeleteVariants(_Deletion):
    """DELETE /variants/<id>.json, a call for each variant."""

    calls = ("centry-20",)
    type_name, lane = "VariantRecord", "variant"

    async def parts(self, record_id: str) -> Sequence[str] | None:
        return None if await self.means.client.variant(record_id) is None else ()

    async def call(self, record_id: str, parts: Sequence[str]) -> None:
        await self.means.client.delete_variant(record_id)
        await self.means.catalogue.forget(Backend.CENTRY, variants=[record_id])


class DeleteWarehouses(_Deletion):
    """DELETE /warehouses/<id>.json, a call for each warehouse."""

    calls = ("centry-27",)
    type_name, lane = "WarehouseRecord", "warehouse"

    async def parts(self, record_id: str) -> Sequence[str] | None:
        return () if await self.means.warehouses.by_id([record_id]) else None

    async def call(self, record_id: str, parts: Sequence[str]) -> None:
        await self.means.client.delete_warehouse(record_id)
        await self.means.catalogue.forget(Backend.CENTRY, warehouses=[record_id])


class DeleteOrders(CentryChange[OrderTask]):
    """DELETE /orders/<id>.json, a call for each order."""

    facts = OrderTask
    calls = ("centry-58",)
    done_when, found_out = _GONE, _TWICE

    def lanes(self, item: OrderTask) -> Iterable[str]:
        return [f"order/{item.order_id}"]

    async def prepare(self, job: Job[OrderTask]) -> Ready:
        (task,) = job.items.values()
        await self.means.order(task.order_id)
        return Ready({})

    async def send(self, job: Job[OrderTask]) -> Done:
        (task,) = job.items.values()
        await self.means.client.delete_order(task.order_id)
        return done(job, "Order", task.order_id)

    async def settle(self, job: Job[Any]) -> NotApplied:
        return NotApplied()
