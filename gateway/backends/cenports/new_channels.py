"""New sales channels: how they are made at Cenports, under an id that is known before."""

import binascii
from base64 import b64decode
from collections.abc import Iterable, Iterator
from typing import Any

from gateway.backends.cenports import allowed
from gateway.backends.cenports.client import Invalid
from gateway.backends.cenports.means import CenportsChange
from gateway.backends.cenports.order_message import given, recipient
from gateway.changes import NewSalesChannel
from gateway.models import Address
from gateway.transactions.work import Done, Job, NotApplied, Ready, Wrong

_AGAIN = "sent before"
"""In the message: an earlier one may have arrived, so that a channel which exists may be ours."""

_ID_LENGTH = 12
_IMAGES = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"<svg", b"<?xml")
_UTF8_MARK = b"\xef\xbb\xbf"


class CreateSalesChannel(CenportsChange[NewSalesChannel]):
    """POST /channels. Where the caller names no id the gateway chooses one, not Cenports: so that it can be found again."""

    facts = NewSalesChannel
    calls = ("cenports-05", "cenports-06")
    done_when = "Cenports answers 200."
    found_out = "The channels are read. One that is missing is sent again: Cenports takes no id twice."

    def problems(self, item: NewSalesChannel) -> Iterator[Wrong]:
        yield from allowed.text(("name",), item.name, required=True)
        if item.channel_id is not None:
            yield from allowed.text(("channelId",), item.channel_id, required=True)
        if not (item.email or item.phone):
            yield Wrong(
                path=("email",), message="Cenports requires an e-mail address or a phone number: give `email` or `phone`."
            )
        yield from allowed.text(("email",), item.email)
        yield from allowed.text(("phone",), item.phone)
        yield from _of_contact(item.contact)
        yield from _of_billing(item.billing or Address())
        if item.logo_base64 and not _is_image(item.logo_base64):
            yield Wrong(path=("logoBase64",), message="Cenports takes a jpg, jpeg, png or svg file, in Base64.")

    def lanes(self, item: NewSalesChannel) -> Iterable[str]:
        return [f"channel/{item.channel_id or item.name}"]

    async def prepare(self, job: Job[NewSalesChannel]) -> Ready:
        (item,) = job.items.values()
        return Ready({"channel": channel_message(item, item.channel_id or job.key[:_ID_LENGTH].upper())})

    async def send(self, job: Job[NewSalesChannel]) -> Done:
        try:
            await self._means.client.create_channel(job.message["channel"])
        except Invalid:
            if not (job.message.get(_AGAIN) and await self._exists(job)):
                raise
        return Done()

    async def settle(self, job: Job[NewSalesChannel]) -> Done | NotApplied:
        return Done() if await self._exists(job) else NotApplied({**job.message, _AGAIN: True})

    async def _exists(self, job: Job[NewSalesChannel]) -> bool:
        channels = await self._means.client.channels()
        return job.message["channel"]["channelId"] in {str(sent.record.channelId) for sent in channels}


def channel_message(item: NewSalesChannel, channel_id: str) -> dict[str, Any]:
    """What is sent, in the order of the page."""
    contact, billing = item.contact, item.billing
    return given(
        channelId=channel_id,
        channelName=item.name,
        contactEmail=item.email,
        contactPhone=item.phone,
        contactInfo=_place(contact),
        billInfo=billing and given(name=recipient(billing), email=billing.email, phone=billing.phone, **_place(billing)),
        logo=item.logo_base64,
    )


def _place(address: Address) -> dict[str, Any]:
    return given(
        address=address.line1,
        city=address.city,
        state=address.state,
        country=address.country,
        postalCode=address.postal_code,
    )


def _of_contact(address: Address) -> Iterator[Wrong]:
    at = "contact"
    yield from allowed.text((at, "line1"), address.line1, required=True)
    yield from allowed.text((at, "city"), address.city, required=True)
    yield from allowed.text((at, "state"), address.state, most=20, required=True)
    yield from allowed.text((at, "country"), address.country, most=2, required=True)
    yield from allowed.text((at, "postalCode"), address.postal_code, most=10, required=True)
    people = {"name": address.name, "firstName": address.first_name, "lastName": address.last_name}
    yield from allowed.nothing((at,), {**people, "phone": address.phone, "email": address.email, **_no_place(address)})


def _of_billing(address: Address) -> Iterator[Wrong]:
    at = "billing"
    told = {"name": recipient(address), "email": address.email, "phone": address.phone, "line1": address.line1}
    places = {"city": address.city, "state": address.state, "country": address.country, "postalCode": address.postal_code}
    for name, value in {**told, **places}.items():
        yield from allowed.text((at, name), value)
    yield from allowed.nothing((at,), _no_place(address))


def _no_place(address: Address) -> dict[str, object]:
    return {"company": address.company, "line2": address.line2, "suburb": address.suburb}


def _is_image(encoded: str) -> bool:
    try:
        image = b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return False
    return image.removeprefix(_UTF8_MARK).lstrip().startswith(_IMAGES)
