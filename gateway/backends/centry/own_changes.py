"""Changes of what Centry alone has: pictures that show variants, rows of stock, connections to channels, webhooks."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, TypeVar
from urllib.parse import quote

from gateway.backends.centry import own_wire, wire
from gateway.backends.centry.client import Sent
from gateway.backends.centry.means import AGAIN, LATE, CentryChange
from gateway.backends.centry.messages import body_of, filled, kept
from gateway.backends.centry.results import done
from gateway.centry_changes import (
    IntegrationConfigRemoval,
    VariantAsset,
    VariantAssetRemoval,
    VariantWarehouseRemoval,
    Webhook,
    WebhookRemoval,
)
from gateway.errors import GatewayError, NotFound, Rejected, Unavailable
from gateway.models import Backend
from gateway.transactions.work import Done, Job, NotApplied, Ready, TakenOn, Wrong
from gateway.transport import skip_cache

F = TypeVar("F", VariantAssetRemoval, VariantWarehouseRemoval, IntegrationConfigRemoval, WebhookRemoval)


class _Removal(CentryChange[F]):
    """`read` is the operation that reads what is removed, as a `sent`."""

    done_when = "Centry answers 2xx, or does not have it any more."
    found_out = "It need not be: what is gone cannot be removed twice."
    read: ClassVar[str]
    sent: ClassVar[type[wire.Record]]

    @abstractmethod
    def place(self, item: F) -> str:
        """Where it is, without the ending."""

    async def gone(self, job: Job[F]) -> Done:
        """What follows from its being gone."""
        return Done()

    def lanes(self, item: F) -> Iterable[str]:
        return [self.place(item)]

    async def prepare(self, job: Job[F]) -> Ready:
        (item,) = job.items.values()
        found = await self.means.client.read(self.read, f"{self.place(item)}.json", self.sent)
        if found is None:
            raise NotFound("Centry does not have this, or not any more.", backend=Backend.CENTRY)
        return Ready({"of": self.told(found)})

    def told(self, found: Sent[Any]) -> str | None:
        """What has to be known of it once it is gone."""
        return None

    async def send(self, job: Job[F]) -> Done:
        (item,) = job.items.values()
        await self.means.client.remove(self.calls[0], f"{self.place(item)}.json")
        return await self.gone(job)

    async def settle(self, job: Job[F]) -> NotApplied:
        return NotApplied()


class UnlinkVariantAsset(_Removal[VariantAssetRemoval]):
    """DELETE /variants/<id>/assets/<id>.json."""

    facts = VariantAssetRemoval
    calls = ("centry-38",)
    read, sent = "centry-37", wire.VariantAsset

    def place(self, item: VariantAssetRemoval) -> str:
        return f"/variants/{_part(item.variant_record_id)}/assets/{_part(item.variant_asset_id)}"

    async def gone(self, job: Job[VariantAssetRemoval]) -> Done:
        (item,) = job.items.values()
        return done(job, "VariantRecord", item.variant_record_id)


class DeleteVariantWarehouse(_Removal[VariantWarehouseRemoval]):
    """DELETE /variant_warehouses/<id>.json."""

    facts = VariantWarehouseRemoval
    calls = ("centry-32",)
    read, sent = "centry-30", wire.VariantWarehouse

    def place(self, item: VariantWarehouseRemoval) -> str:
        return f"/variant_warehouses/{_part(item.variant_warehouse_id)}"

    def told(self, found: Sent[Any]) -> str | None:
        """The row's id in the index."""
        return f"{found.record.variant_id}/{found.record.warehouse_id}"

    async def gone(self, job: Job[VariantWarehouseRemoval]) -> Done:
        row = job.message["of"]
        await self.means.catalogue.forget(Backend.CENTRY, stock=[row])
        return done(job, "VariantRecord", row.partition("/")[0])


class DeleteIntegrationConfig(_Removal[IntegrationConfigRemoval]):
    """DELETE /integration_configs/<id>.json."""

    facts = IntegrationConfigRemoval
    calls = ("centry-78",)
    read, sent = "centry-77", own_wire.IntegrationConfig

    def place(self, item: IntegrationConfigRemoval) -> str:
        return f"/integration_configs/{_part(item.integration_config_id)}"


class DeleteWebhook(_Removal[WebhookRemoval]):
    """DELETE /webhooks/<id>.json."""

    facts = WebhookRemoval
    calls = ("centry-87",)
    read, sent = "centry-84", own_wire.Webhook

    def place(self, item: WebhookRemoval) -> str:
        return f"/webhooks/{_part(item.webhook_id)}"


class LinkVariantAsset(CentryChange[VariantAsset]):
    """POST /variants/<id>/assets.json."""

    facts = VariantAsset
    calls = ("centry-36",)
    done_when = "Centry answers 2xx, or has the picture show the variant."
    found_out = "The variant's pictures are read: where this one is among them it is done, else it is sent again."

    def lanes(self, item: VariantAsset) -> Iterable[str]:
        return [f"/variants/{item.variant_record_id}/assets"]

    async def prepare(self, job: Job[VariantAsset]) -> Ready | Done:
        (item,) = job.items.values()
        if await self.means.client.variant(item.variant_record_id) is None:
            raise NotFound("Centry does not have this variant, or not any more.", backend=Backend.CENTRY)
        return self._done(job) if await self._is_there(item) else Ready({})

    async def send(self, job: Job[VariantAsset]) -> Done:
        (item,) = job.items.values()
        path = f"/variants/{_part(item.variant_record_id)}/assets.json"
        await self.means.client.make("centry-36", path, {"asset_id": item.asset_id})
        return self._done(job)

    async def settle(self, job: Job[VariantAsset]) -> Done | NotApplied:
        (item,) = job.items.values()
        return self._done(job) if await self._is_there(item) else self.not_made(job)

    async def _is_there(self, item: VariantAsset) -> bool:
        client = self.means.client
        links = await client.found(lambda after: client.variant_assets(item.variant_record_id, after))
        return any(str(link.record.asset_id) == item.asset_id for link in links)

    def _done(self, job: Job[VariantAsset]) -> Done:
        (item,) = job.items.values()
        return done(job, "VariantRecord", item.variant_record_id)


class SaveWebhook(CentryChange[Webhook]):
    """POST /webhooks.json, or PUT /webhooks/<id>.json."""

    facts = Webhook
    calls = ("centry-85", "centry-86")
    done_when = "Centry answers 2xx, or has a webhook of this address that it had not before."
    found_out = "The webhooks are read: a new one of this address is done. Changes are sent again."
    unknowable = LATE

    def problems(self, item: Webhook) -> Iterator[Wrong]:
        if item.callback_url is not None and not item.callback_url.startswith(("http://", "https://")):
            yield Wrong(path=("callbackUrl",), message="Give an address that begins with http:// or https://.")
        if item.webhook_id is not None and not webhook(item):
            yield Wrong(path=("webhookId",), message="Say what is to be changed.")

    def lanes(self, item: Webhook) -> Iterable[str]:
        return [f"/webhooks/{item.webhook_id or item.callback_url}"]

    async def prepare(self, job: Job[Webhook]) -> Ready:
        (item,) = job.items.values()
        known: list[str] = []
        if item.webhook_id is None:
            known = await self._alike(item)
        elif await self.means.client.read("centry-84", f"/webhooks/{_part(item.webhook_id)}.json", own_wire.Webhook) is None:
            raise NotFound("Centry does not have this webhook, or not any more.", backend=Backend.CENTRY)
        return Ready({**kept(webhook(item)), "known": known})

    async def send(self, job: Job[Webhook]) -> Done | TakenOn:
        """What is refused, sent again, may be what an earlier message has made."""
        (item,), client, body = job.items.values(), self.means.client, body_of(job.message)
        if item.webhook_id is not None:
            await client.alter("centry-86", f"/webhooks/{_part(item.webhook_id)}.json", body)
            return Done()
        try:
            await client.make("centry-85", "/webhooks.json", body)
        except Rejected:
            if AGAIN not in job.message or not await self._is_made_after_all(job):
                raise
        return Done()

    async def settle(self, job: Job[Webhook]) -> Done | NotApplied:
        (item,) = job.items.values()
        if item.webhook_id is not None:
            return NotApplied()
        return Done() if await self._is_made(job) else self.not_made(job)

    async def _is_made(self, job: Job[Webhook]) -> bool:
        (item,) = job.items.values()
        return bool(set(await self._alike(item)) - set(job.message["known"]))

    async def _is_made_after_all(self, job: Job[Webhook]) -> bool:
        """Raises what leaves the outcome open, whatever goes wrong here."""
        skip_cache()
        try:
            return await self._is_made(job)
        except GatewayError:
            raise Unavailable(Backend.CENTRY, "Centry could not be asked what became of the webhook.") from None

    async def _alike(self, item: Webhook) -> list[str]:
        """The ids of the webhooks of this address."""
        client = self.means.client
        return [one.id for one in await client.found(client.webhooks) if one.record.callback_url == item.callback_url]


def webhook(item: Webhook) -> dict[str, Any]:
    """What Centry is sent of it."""
    return filled(
        callback_url=item.callback_url,
        on_order_save=item.on_order_save,
        on_order_delete=item.on_order_delete,
        on_product_save=item.on_product_save,
        on_product_delete=item.on_product_delete,
        on_integration_config_save=item.on_integration_config_save,
        on_integration_config_delete=item.on_integration_config_delete,
    )


def _part(identifier: str) -> str:
    return quote(identifier.strip(), safe="")


REMOVALS: Mapping[str, type[CentryChange[Any]]] = {
    "centryUnlinkVariantAsset": UnlinkVariantAsset,
    "centryDeleteVariantWarehouse": DeleteVariantWarehouse,
    "centryDeleteIntegrationConfig": DeleteIntegrationConfig,
    "centryDeleteWebhook": DeleteWebhook,
}
