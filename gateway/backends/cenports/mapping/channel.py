"""How a sales channel of GET /channels becomes ours."""

from typing import Any

from gateway.backends.cenports.mapping.identity import first, first_text
from gateway.errors import MalformedReply
from gateway.mapping import Field, Scope, Table, constant, raw_text, text
from gateway.models import Backend, SalesChannel


def channel_id_of(value: Any, scope: Scope) -> str:
    """text; a channel without one cannot be asked about"""
    channel_id = first(value)
    if channel_id is None:
        raise MalformedReply(Backend.CENPORTS, "Cenports sent a sales channel without channelId.")
    return channel_id


CHANNEL = Table(
    SalesChannel,
    "sales channel",
    (
        Field("backend", "", constant(Backend.CENPORTS)),
        Field("channel_id", "channelId", channel_id_of),
        Field("name", "channelName", text),
        Field("email", "channelEmail", text),
        Field("phone", "channelPhone", text),
        Field("location", "location", first_text),
        Field("raw", "", raw_text),
    ),
)
