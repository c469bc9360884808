"""Saving: products, variants and warehouses made or changed in Centry, and found again where nobody answered."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

from gateway.backends.centry import catalogue_messages as messages
from gateway.backends.centry.catalogue_rules import wrong_products, wrong_variants, wrong_warehouses
from gateway.backends.centry.client import Sent, written
from gateway.backends.centry.means import AGAIN, LATE, CentryChange
from gateway.backends.centry.messages import body_of, kept
from gateway.backends.centry.results import done
from gateway.backends.centry.wire import Asset, Product
from gateway.catalogue.records import CatalogueKind
from gateway.changes import ProductChange, VariantChange, WarehouseChange
from gateway.errors import GatewayError, NotFound, NotSupported, Rejected, Unavailable
from gateway.merging import merged
from gateway.models import Backend
from gateway.transactions.work import Done, Job, NotApplied, Ready, TakenOn, Wrong
from gateway.transport import skip_cache

F = TypeVar("F", ProductChange, VariantChange, WarehouseChange)

_CLOCKS = timedelta(minutes=15)
"""By how much Centry's clock may be behind ours."""


class _Saving(CentryChange[F]):
    """A record that is changed, or made where there is none. `type_name` is its type in the graph, `kinds` the lists that it
    changes."""

    done_when = "Centry answers 2xx, or has a record like the new one that it had not before."
    unknowable = LATE
    type_name: ClassVar[str]
    kinds: ClassVar[tuple[CatalogueKind, ...]] = ()

    @abstractmethod
    async def alike(self, body: Mapping[str, Any], job: Job[F]) -> Sequence[str]:
        """The ids of records that may be the new one, as far as what was sent tells."""

    @abstractmethod
    async def create(self, body: Mapping[str, Any]) -> str | None: ...

    @abstractmethod
    async def change(self, record_id: str, body: Mapping[str, Any]) -> None: ...

    async def ready(self, job: Job[F], body: Mapping[str, Any], record_id: str | None) -> Ready:
        """The message. Of a new record, with those like it that are there already."""
        known = [] if record_id else await self.alike(body, job)
        return Ready({**kept(body), "id": record_id, "known": list(known)})

    async def send(self, job: Job[F]) -> Done | TakenOn:
        """What is refused, sent again, may be what an earlier message has made."""
        body, record_id = body_of(job.message), job.message["id"]
        if record_id:
            await self.change(record_id, body)
            return self.saved(job, record_id)
        try:
            made = await self.create(body)
        except Rejected:
            if AGAIN in job.message and (found := await self._made_after_all(job)):
                return self.saved(job, found)
            raise
        return self.saved(job, made) if made else TakenOn(self.type_name)

    def saved(self, job: Job[F], record_id: str) -> Done:
        """Lists are brought in step soon."""
        self.means.look_again(*self.kinds)
        return done(job, self.type_name, record_id)

    async def poll(self, job: Job[F]) -> Done | TakenOn:
        """Centry took it, but did not say as which record."""
        found = await self._made(job)
        return self.saved(job, found) if found else TakenOn(job.remote or "")

    async def settle(self, job: Job[F]) -> Done | NotApplied:
        """What says how a record shall be can be sent again."""
        if job.message["id"]:
            return NotApplied()
        found = await self._made(job)
        return self.saved(job, found) if found else self.not_made(job)

    async def _made(self, job: Job[F]) -> str | None:
        found = await self.alike(body_of(job.message), job)
        return next((record for record in found if record not in job.message["known"]), None)

    async def _made_after_all(self, job: Job[F]) -> str | None:
        """Raises what leaves the outcome open, whatever goes wrong here."""
        skip_cache()
        try:
            return await self._made(job)
        except GatewayError:
            raise Unavailable(Backend.CENTRY, "Centry could not be asked what became of the record.") from None


class SaveProducts(_Saving[ProductChange]):
    """POST /products.json, or PUT /products/<id>.json, a call for each product with its variants and pictures."""

    facts = ProductChange
    calls = ("centry-05", "centry-06")
    found_out = (
        "Products made since then are read: a new one with this SKU and name is done. Changes are sent again, unless they "
        "brought new variants or pictures, which are there by then."
    )
    type_name = "ProductRecord"
    kinds = CatalogueKind.PRODUCT, CatalogueKind.VARIANT

    def problems(self, item: ProductChange) -> Iterable[Wrong]:
        return wrong_products(item, self.means.settings)

    def lanes(self, item: ProductChange) -> Iterable[str]:
        return [f"product/{item.record_id or item.sku or item.name}"]

    async def prepare(self, job: Job[ProductChange]) -> Ready:
        (change,) = job.items.values()
        assets = await self._assets(change) if change.record_id else []
        body = merged(messages.product(change, assets), change.extra or {})
        ready = await self.ready(job, body, change.record_id)
        return Ready({**ready.message, "parts": await self._parts(change, assets) if change.record_id else None})

    async def alike(self, body: Mapping[str, Any], job: Job[ProductChange]) -> Sequence[str]:
        """Products that were made about when this was asked for: Centry cannot be asked for a SKU."""
        client = self.means.client
        since = {"created_at_gte": written(job.submitted_at - _CLOCKS)}
        found = await client.found(lambda after: client.products(since, after))
        return [one.id for one in found if _is_like(one, body)]

    async def create(self, body: Mapping[str, Any]) -> str | None:
        return await self.means.client.create_product(body)

    async def change(self, record_id: str, body: Mapping[str, Any]) -> None:
        await self.means.client.change_product(record_id, body)

    async def settle(self, job: Job[ProductChange]) -> Done | NotApplied:
        """Sent again, new variants and pictures would come twice."""
        product_id, parts = job.message["id"], job.message["parts"]
        if not product_id or not (parts["skus"] or parts["assets"] is not None):
            return await super().settle(job)
        return self.saved(job, product_id) if await self._are_there(product_id, parts) else self.not_made(job)

    async def _assets(self, change: ProductChange) -> list[str]:
        """The ids of the pictures that the product has, in their order. Raises NotFound and NotSupported."""
        client, product_id = self.means.client, change.record_id or ""
        if await client.product(product_id) is None:
            raise NotFound("Centry does not have this product, or not any more.", backend=Backend.CENTRY)
        if change.images is None:
            return []
        found = await client.product_assets(product_id) or ()
        if len(found) >= len(change.images):
            message = f"Centry documents no way to remove pictures. Give at least {len(found) + 1}."
            raise NotSupported(message, backend=Backend.CENTRY)
        return [asset.id for asset in sorted(found, key=_place)]

    async def _parts(self, change: ProductChange, assets: Sequence[str]) -> dict[str, Any]:
        """What a change of a product brings that is new: SKUs with the ids that have them so far, and whether pictures."""
        skus = [variant.sku.strip() for variant in change.variants or () if variant.record_id is None]
        known = {sku: await self._variant_ids(change.record_id or "", sku) for sku in skus}
        return {"skus": known, "assets": len(assets) if len(change.images or ()) - 1 > len(assets) else None}

    async def _are_there(self, product_id: str, parts: Mapping[str, Any]) -> bool:
        """Whether there is anything new of these parts: they come all at once."""
        for sku, known in parts["skus"].items():
            if set(await self._variant_ids(product_id, sku)) - set(known):
                return True
        if parts["assets"] is None:
            return False
        had: int = parts["assets"]
        return len(await self.means.client.product_assets(product_id) or ()) > had

    async def _variant_ids(self, product_id: str, sku: str) -> list[str]:
        client = self.means.client
        found = await client.found(lambda after: client.variants({"sku": sku}, after))
        return [one.id for one in found if str(one.record.product_id) == product_id]


class SaveVariants(_Saving[VariantChange]):
    """PUT /variants/<id>.json, or PUT /variants/sku.json; POST /variants.json where Centry has no variant of the SKU."""

    facts = VariantChange
    calls = ("centry-16", "centry-18", "centry-19")
    found_out = "Variants of this SKU are read: a new one is done. Changes are sent again, for they say how it shall be."
    type_name = "VariantRecord"
    kinds = (CatalogueKind.VARIANT,)

    def problems(self, item: VariantChange) -> Iterable[Wrong]:
        return wrong_variants(item, self.means.settings)

    def lanes(self, item: VariantChange) -> Iterable[str]:
        return [f"variant/{name}" for name in (item.sku.strip(), item.record_id) if name]

    async def prepare(self, job: Job[VariantChange]) -> Ready:
        (change,) = job.items.values()
        body = merged(messages.variant(change), change.extra or {})
        if change.record_id:
            if await self.means.client.variant(change.record_id) is None:
                raise NotFound("Centry does not have this variant, or not any more.", backend=Backend.CENTRY)
            return await self.ready(job, body, change.record_id)
        found = await self.alike(body, job)
        if len(found) > 1:
            raise Rejected(Backend.CENTRY, f"Centry has several variants with the SKU {body['sku']}. Give `recordId`.")
        if not found and not change.product_record_id:
            message = f"Centry has no variant with the SKU {body['sku']}. Give `productRecordId` to have one made."
            raise NotFound(message, backend=Backend.CENTRY)
        ready = await self.ready(job, body, found[0] if found else None)
        return Ready({**ready.message, "by_sku": bool(found)})

    async def send(self, job: Job[VariantChange]) -> Done | TakenOn:
        if not job.message.get("by_sku"):
            return await super().send(job)
        await self.means.client.change_variant_by_sku(body_of(job.message))
        return self.saved(job, job.message["id"])

    async def alike(self, body: Mapping[str, Any], job: Job[VariantChange]) -> Sequence[str]:
        client = self.means.client
        found = await client.found(lambda after: client.variants({"sku": body["sku"]}, after))
        return [one.id for one in found if str(one.record.sku or "").strip() == body["sku"]]

    async def create(self, body: Mapping[str, Any]) -> str | None:
        return await self.means.client.create_variant(body)

    async def change(self, record_id: str, body: Mapping[str, Any]) -> None:
        await self.means.client.change_variant(record_id, body)


class SaveWarehouses(_Saving[WarehouseChange]):
    """POST /warehouses.json, or PUT /warehouses/<id>.json, a call for each warehouse."""

    facts = WarehouseChange
    calls = ("centry-25", "centry-26")
    found_out = "The warehouses are read: a new one of this name and address is done. Changes are sent again."
    type_name = "WarehouseRecord"

    def problems(self, item: WarehouseChange) -> Iterable[Wrong]:
        return wrong_warehouses(item)

    def lanes(self, item: WarehouseChange) -> Iterable[str]:
        return [f"warehouse/{item.record_id or item.name}"]

    async def prepare(self, job: Job[WarehouseChange]) -> Ready:
        (change,) = job.items.values()
        if change.record_id and not await self.means.warehouses.by_id([change.record_id]):
            raise NotFound("Centry does not have this warehouse, or not any more.", backend=Backend.CENTRY)
        return await self.ready(job, merged(messages.warehouse(change), change.extra or {}), change.record_id)

    async def alike(self, body: Mapping[str, Any], job: Job[WarehouseChange]) -> Sequence[str]:
        records = (await self.means.warehouses.all()).values()
        wanted = (body["name"].strip(), body.get("address"))
        return [one.backend_id for one in records if (one.name, one.address.line1 if one.address else None) == wanted]

    async def create(self, body: Mapping[str, Any]) -> str | None:
        return await self.means.client.create_warehouse(body)

    async def change(self, record_id: str, body: Mapping[str, Any]) -> None:
        await self.means.client.change_warehouse(record_id, body)


def _place(asset: Sent[Asset]) -> float:
    position = asset.record.position
    return position if isinstance(position, int | float) else 0


def _is_like(sent: Sent[Product], body: Mapping[str, Any]) -> bool:
    return all(str(getattr(sent.record, name) or "").strip() == str(body.get(name) or "").strip() for name in ("sku", "name"))
