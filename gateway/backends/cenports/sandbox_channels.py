"""The sales channels of the simulated Cenports: GET and POST /channels."""

import base64
import binascii
import secrets

from gateway.backends.cenports.sandbox_parameters import Parameters
from gateway.backends.cenports.sandbox_records import Record

NO_CHANNEL = "The partner id does not exist, please try again."
_DONE = "Success! Your request has been processed successfully!"
_IMAGES = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"<svg", b"<?xml")


class Channels:
    """`records` are the channels by their ids, as GET tells them."""

    def __init__(self) -> None:
        self.records: dict[str, Record] = {}

    def put(self, record: Record) -> None:
        self.records[record["channelId"]] = record

    def name(self, channel_id: str) -> str:
        name: str = self.records[channel_id]["channelName"] if channel_id in self.records else channel_id
        return name

    def asked(self, asked: Parameters, *, required: bool = False) -> str | None:
        """The channel that a call names. An unknown one is refused in the page's own (mistaken) words."""
        channel = asked.text("channelId", required=required)
        if channel is not None and channel not in self.records:
            asked.refuse("channelId", NO_CHANNEL)
        return channel

    def get(self, asked: Parameters) -> object:
        asked.check()
        return {"data": list(self.records.values())}

    def create(self, asked: Parameters, partner_id: str) -> object:
        """POST /channels. The page names no status: 200."""
        channel = asked.text("channelId") or secrets.token_hex(4).upper()
        name = asked.text("channelName", required=True)
        if channel in self.records:
            asked.refuse("channelId", "The {} has already been taken.")
        email, phone = _contact(asked)
        location = _location(asked.inner("contactInfo"))
        if asked.has("billInfo"):
            _read_bill(asked.inner("billInfo"))
        _check_logo(asked)
        asked.check()
        self.records[channel] = {
            "channelName": name,
            "channelId": channel,
            "channelEmail": email,
            "channelPhone": phone,
            "location": location,
            "features": None,
        }
        return {"message": _DONE, "data": {"partnerId": partner_id, "channelId": channel, "channalName": name}}


def _contact(asked: Parameters) -> tuple[str | None, str | None]:
    """E-mail and telephone: one of the two must be there."""
    email, phone = asked.text("contactEmail"), asked.text("contactPhone")
    if email is None and phone is None:
        asked.refuse("contactEmail", "The {} field is required when contact phone is not present.")
        asked.refuse("contactPhone", "The {} field is required when contact email is not present.")
    return email, phone


def _location(contact: Parameters) -> str:
    """In one line. The page's table writes `Address`, its example `address`: the example counts."""
    contact.text("address", required=True)
    parts = (
        contact.text("city", required=True),
        contact.text("state", required=True, most=20),
        contact.text("country", required=True, most=2),
        contact.text("postalCode", required=True, most=10),
    )
    return ", ".join(part or "" for part in parts)


def _read_bill(bill: Parameters) -> None:
    for name in ("name", "email", "phone", "address", "city", "state", "country", "postalCode"):
        bill.text(name)


def _check_logo(asked: Parameters) -> None:
    """JPEG, PNG or SVG, in base64."""
    logo = asked.text("logo", most=10_000_000)
    try:
        image = base64.b64decode(logo or "", validate=True)
    except binascii.Error:
        image = b"-"
    if image and not image.lstrip().startswith(_IMAGES):
        asked.refuse("logo", "The {} must be a file of type: jpg, jpeg, png, svg.")
