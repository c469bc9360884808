"""The vendor's printed examples of records, and variations of them."""

import json
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path
from typing import Any

from gateway.backends.cartoncloud import wire
from gateway.backends.cartoncloud.kinds import RecordKind
from gateway.backends.cartoncloud.records import Sent, sent
from gateway.backends.cartoncloud.settings import CartonCloudSettings

FOLDER = Path(__file__).parents[3] / "gateway/backends/cartoncloud/contract"
TENANT = "318782ea-75b1-11e8-adc0-fa7ae01babab"
SECRET = "the-right-webhook-token"
HEADERS = {"x-webhook-token": SECRET}
FETCHED_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


_RECORDS = {
    "inbound-order": ("cartoncloud-03-create-inbound-order.reply.json", "cartoncloud-04-inbound-order.reply.json"),
    "outbound-order": ("cartoncloud-07-create-outbound-order.reply.json", "cartoncloud-08-outbound-order.reply.json"),
    "consignment": ("cartoncloud-11-create-consignment.reply.json", "cartoncloud-12-consignment.reply.json"),
    "inbound-order-webhook": ("cartoncloud-06-inbound-order-status.request.http",),
    "outbound-order-webhook": ("cartoncloud-10-outbound-order-status.request.http",),
    "consignment-webhook": ("cartoncloud-14-consignment-status.request.http",),
}


def recorded(name: str, **changes: Any) -> dict[str, Any]:
    """A record with all members that the page's examples show of it.

    `changes` name members by their path, with `__` for each step, and give their new values.
    """
    message: dict[str, Any] = {}
    for file in _RECORDS[name]:
        message |= json.loads((FOLDER / file).read_text().rpartition("\n\n")[2])
    for path, value in changes.items():
        *steps, last = path.split("__")
        parent = reduce(_member, steps, message)
        parent[last] = value
    return message


def _member(part: Any, step: str) -> Any:
    return part[int(step) if step.isdigit() else step]


def written(message: object) -> bytes:
    return json.dumps(message).encode()


def as_sent(kind: RecordKind, message: dict[str, Any]) -> Sent:
    """A message as the client hands it on."""
    return sent(kind, written(message), wire.parse(written(message)), FETCHED_AT)


def settings(address: str = "http://127.0.0.1:9", **changes: Any) -> CartonCloudSettings:
    """Complete settings; by default of a CartonCloud that cannot be reached."""
    given = {"client_id": "client", "client_secret": "a-client-secret", "tenant_id": TENANT, "webhook_token": SECRET}
    return CartonCloudSettings(base_url=address, **(given | changes))
