"""Registration: having Centry send its webhooks to this gateway, by chapter "Webhooks" of the page."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from gateway.backends.centry import own_wire
from gateway.backends.centry.client import CentryClient, Sent
from gateway.backends.centry.settings import CentrySettings
from gateway.errors import MalformedReply, NotConfigured
from gateway.models import Backend
from gateway.ports import RegisteredWebhook
from gateway.transport import skip_cache

_WANTED = ("on_order_save", "on_order_delete", "on_product_save", "on_product_delete")
_NEEDLESS = ("on_integration_config_save", "on_integration_config_delete")
_PATH = "/webhooks/centry/"
_HIDDEN = "…"

SentWebhook = Sent[own_wire.Webhook]


class Registration:
    """The secret part of an address is never told, whoever registered it."""

    def __init__(self, settings: CentrySettings, client: CentryClient) -> None:
        self._secret = quote(settings.webhook_secret.get_secret_value(), safe="")
        self._client = client

    async def all(self) -> list[RegisteredWebhook]:
        return [self._told(sent) for sent in await self._sent()]

    async def register(self, gateway: str) -> RegisteredWebhook:
        """What leads to the gateway at this address is changed to what it has to be, if need be, and is one.

        Raises NotConfigured without a secret.
        """
        if not self._secret:
            raise NotConfigured(
                Backend.CENTRY, "Set GATEWAY_CENTRY__WEBHOOK_SECRET, a long random word: Centry's webhooks end in it."
            )
        begins = f"{gateway}{_PATH}"
        known = [sent for sent in await self._sent() if str(sent.record.callback_url).startswith(begins)]
        right = [sent for sent in known if self._is_right(sent, begins)]
        if not right:
            wanted = self._wanted(begins)
            if known:
                await self._client.alter("centry-86", f"/webhooks/{quote(known[0].id, safe='')}.json", wanted)
            else:
                await self._client.make("centry-85", "/webhooks.json", wanted)
            return await self._registered(begins)
        for needless in (sent for sent in known if sent is not right[0]):
            await self.remove(needless.id)
        return self._told(right[0])

    async def remove(self, webhook_id: str) -> None:
        """One that is not there is removed."""
        await self._client.remove("centry-87", f"/webhooks/{quote(webhook_id, safe='')}.json")

    async def _registered(self, begins: str) -> RegisteredWebhook:
        """Read back: only what Centry shows is registered."""
        right = [sent for sent in await self._sent() if self._is_right(sent, begins)]
        if not right:
            raise MalformedReply(Backend.CENTRY, "Centry took the webhook, but does not show it as it was sent.")
        return self._told(right[0])

    async def _sent(self) -> Sequence[SentWebhook]:
        skip_cache()
        return [sent async for page in self._client.pages(self._client.webhooks) for sent in page]

    def _wanted(self, begins: str) -> Mapping[str, object]:
        return {"callback_url": begins + self._secret} | dict.fromkeys(_WANTED, True) | dict.fromkeys(_NEEDLESS, False)

    def _is_right(self, sent: SentWebhook, begins: str) -> bool:
        told = all(getattr(sent.record, name) is True for name in _WANTED)
        return told and sent.record.callback_url == begins + self._secret

    def _told(self, sent: SentWebhook) -> RegisteredWebhook:
        address, topics = str(sent.record.callback_url or ""), (*_WANTED, *_NEEDLESS)
        host, path, secret = address.partition(_PATH)
        ours = bool(self._secret) and secret == self._secret
        shown = f"{host}{path}{_HIDDEN}" if path else _without_secrets(address)
        return RegisteredWebhook(sent.id, shown, tuple(name for name in topics if getattr(sent.record, name) is True), ours)


def _without_secrets(address: str) -> str:
    """Of someone else's address the host alone is told: what stands behind it may be a secret too."""
    scheme, _, rest = address.partition("://")
    return f"{scheme}://{rest.split('/')[0].rpartition('@')[2]}/{_HIDDEN}"
