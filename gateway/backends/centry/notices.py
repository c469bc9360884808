"""Notices: Centry's webhooks, which say that a record was saved or deleted, and not what it is now.

They are stored and answered at once. Then the order is read anew, and the index of the catalogue told to ask for what changed:
that is one call for all products that were named, whatever their number.
"""

import asyncio
import hmac
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from gateway import notices
from gateway.backends.centry.client import CentryClient
from gateway.backends.centry.settings import CentrySettings
from gateway.catalogue.entries import Shelf
from gateway.catalogue.index import CatalogueIndex
from gateway.catalogue.records import CatalogueKind
from gateway.clock import micros, now
from gateway.errors import BackendError
from gateway.inbox.letters import Inbox, Letter, Trouble
from gateway.models import Backend
from gateway.ports import WebhookOutcome
from gateway.readmodel.store import Message
from gateway.transport import note_change

_AT_ONCE = 4  # calls
_TOPIC = re.compile("on_(order|product|integration_config)_(save|delete)")
_NAME = "on_order_save/{}"
_NOT_KNOWN = "It names no topic that Centry's page documents."
_NAMELESS = "It does not say which record it is about."


class Notice(NamedTuple):
    """Chapter "Webhooks" of the page: `{"topic": "on_product_save", "product_id": "…"}`."""

    resource: str
    event: str
    record_id: str


class Unreadable(Exception):
    """A notice from which nothing can be learnt. The message says why."""


class Notices:
    """The vendor documents no signature: whoever knows the secret part of the address is believed."""

    def __init__(self, settings: CentrySettings, client: CentryClient, inbox: Inbox, index: CatalogueIndex) -> None:
        self._secret = settings.webhook_secret.get_secret_value().encode()
        self._client = client
        self._inbox = inbox
        self._index = index

    async def receive(self, secret: str, body: bytes) -> WebhookOutcome:
        """404 unless the address has the secret of the settings, 400 for what is no JSON object; 200 once stored.

        What cannot be read is stored all the same, as a dead letter: refused, it would come again and again for two days.
        """
        if not (self._secret and hmac.compare_digest(secret.encode("utf-8", "replace"), self._secret)):
            return WebhookOutcome(404)
        members = _members(body)
        if members is None:
            return WebhookOutcome(400)
        await self._keep(body, members)
        return WebhookOutcome(200)

    async def saved(self, orders: Mapping[str, datetime]) -> None:
        """Orders that were saved at these times, as if a notice of each had come; but for those of which one came since."""
        names = {_NAME.format(order_id): order_id for order_id in orders}
        came = await self._inbox.came(Backend.CENTRY, names)
        missed = [order_id for name, order_id in names.items() if name not in came or came[name] < orders[order_id]]
        notices = [{"topic": "on_order_save", "order_id": order_id} for order_id in missed]
        await asyncio.gather(*(self._keep(msgspec.json.encode(notice), notice) for notice in notices))

    async def _keep(self, body: bytes, members: Mapping[str, Any]) -> None:
        await self._inbox.put(Backend.CENTRY, _message(body, members), *_told(members))
        note_change(Backend.CENTRY)

    async def read(self, letters: Sequence[Letter]) -> Mapping[int, Trouble]:
        """What is known of Centry is out of date from here on. Several that name the same record are one."""
        note_change(Backend.CENTRY)
        troubles: dict[int, Trouble] = {}
        read: dict[int, Notice] = {}
        for letter in letters:
            try:
                read[letter.id] = _notice(_members(letter.body.encode()) or {})
            except Unreadable as error:
                troubles[letter.id] = Trouble(str(error), again=False)
        await self._tell_the_index(read.values())
        failed = await self._orders(read.values())
        return troubles | {key: failed[notice] for key, notice in read.items() if notice in failed}

    async def _tell_the_index(self, notices: Collection[Notice]) -> None:
        products = [notice for notice in notices if notice.resource == "product"]
        gone = {notice.record_id for notice in products if notice.event == "delete"}
        if gone:
            await self._index.forget(Backend.CENTRY, families=gone)
        if any(notice.event == "save" for notice in products):
            for kind in CatalogueKind:
                self._index.look_again(Shelf(kind, Backend.CENTRY))

    async def _orders(self, notices: Collection[Notice]) -> Mapping[Notice, Trouble]:
        """Orders that were saved, read anew: their newest copy is at hand from here on. One that is gone is no trouble."""
        wanted = list(dict.fromkeys(notice for notice in notices if (notice.resource, notice.event) == ("order", "save")))
        room = asyncio.Semaphore(_AT_ONCE)

        async def trouble(notice: Notice) -> Trouble | None:
            try:
                async with room:
                    await self._client.order(notice.record_id)
            except BackendError as error:
                return Trouble(error.message, retry_after=error.retry_after)
            return None

        found = await asyncio.gather(*map(trouble, wanted))
        return {notice: each for notice, each in zip(wanted, found, strict=True) if each is not None}


def _members(body: bytes) -> Mapping[str, Any] | None:
    """Those of a JSON object; None for anything else."""
    try:
        members = msgspec.json.decode(body)
        body.decode()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return members if isinstance(members, dict) else None


def _message(body: bytes, members: Mapping[str, Any]) -> Message:
    """A notice that comes again says the same, so it has the same name."""
    text = body.decode()
    try:
        notice = _notice(members)
    except Unreadable as error:
        return Message(message_id=text, type=str(members.get("topic") or "")[:50], body=text, problem=str(error))
    topic = f"on_{notice.resource}_{notice.event}"
    return Message(message_id=f"{topic}/{notice.record_id}", type=topic, body=text)


def _told(members: Mapping[str, Any]) -> Iterator[notices.Notice]:
    """What all processes hear of a notice, once it is stored: whoever watches orders wants to know of those."""
    with suppress(Unreadable):
        notice = _notice(members)
        if notice.resource == "order":
            deleted = notice.event == "delete"
            yield notices.Notice(notices.Topic.ORDER, notice.record_id, Backend.CENTRY, deleted=deleted, at=micros(now()))


def _notice(members: Mapping[str, Any]) -> Notice:
    """Raises Unreadable. Of integrations, which the gateway keeps nothing of, the page does not show how they are named."""
    topic = _TOPIC.fullmatch(str(members.get("topic")).strip())
    if topic is None:
        raise Unreadable(_NOT_KNOWN)
    resource, event = topic.groups()
    record_id = members.get(f"{resource}_id", "-" if resource == "integration_config" else None)
    if not isinstance(record_id, str | int) or not str(record_id).strip():
        raise Unreadable(_NAMELESS)
    return Notice(resource, event, str(record_id).strip())
