"""CartonCloud's documented operations: one method each, records as CartonCloud sends them out."""

import re
from base64 import b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
import msgspec

from gateway.backends.cartoncloud import wire
from gateway.backends.cartoncloud.kinds import RecordKind
from gateway.backends.cartoncloud.records import Sent, sent
from gateway.backends.cartoncloud.settings import CartonCloudSettings
from gateway.errors import Unauthenticated
from gateway.models import Backend
from gateway.transport import Token, check, decode, fetched_at, unreadable

VERSION = "1"
"""Of the interface, demanded by every call."""

_PATHS = {
    RecordKind.INBOUND: ("cartoncloud-04", "inbound-orders"),
    RecordKind.OUTBOUND: ("cartoncloud-08", "outbound-orders"),
    RecordKind.CONSIGNMENT: ("cartoncloud-12", "consignments"),
}
_ID = re.compile(r"[\w.~:-]+", re.ASCII)
"""Ids are UUIDs. What could lead to another address, such as `../`, is none, however it is encoded."""

_LIFE = 3600.0
_REFUSED = "CartonCloud refuses the gateway's credentials."


class CartonCloudClient:
    """Speaks with one tenant of CartonCloud. Raises BackendErrors. `connect` is `gateway.transport.connect`."""

    def __init__(self, settings: CartonCloudSettings, connect: Callable[..., httpx.AsyncClient]) -> None:
        secret = settings.client_secret.get_secret_value()
        self._login = b64encode(f"{settings.client_id}:{secret}".encode()).decode()
        self._tenant = f"/tenants/{quote(settings.tenant_id, safe='')}"
        headers = {"Accept": "application/json", "Accept-Version": VERSION}
        self._http = connect(
            Backend.CARTONCLOUD, settings, base_url=settings.base_url, fetch_token=self._fetch_token, headers=headers
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def user_info(self) -> wire.UserInfo:
        """GET /uaa/userinfo."""
        response = check(Backend.CARTONCLOUD, await self._get("cartoncloud-02", "/uaa/userinfo"), _says)
        return wire.user_info(_members(response))

    async def record(self, kind: RecordKind, record_id: str) -> Sent | None:
        """GET by id; None where CartonCloud knows no such record (or knows no such id: both are 404)."""
        if not _ID.fullmatch(record_id) or not record_id.strip("."):
            return None
        operation, path = _PATHS[kind]
        response = await self._get(operation, f"{self._tenant}/{path}/{record_id}")
        if response.status_code == 404:
            return None
        check(Backend.CARTONCLOUD, response, _says)
        return sent(kind, response.content, _members(response), fetched_at(response))

    async def _get(self, operation: str, path: str) -> httpx.Response:
        return await self._http.get(path, extensions={"operation": operation})

    async def _fetch_token(self, http: httpx.AsyncClient) -> Token:
        """POST /uaa/oauth/token. A token may be asked for as often as needed, so a failed call may be repeated."""
        response = await http.post(
            "/uaa/oauth/token",
            data={"grant_type": "client_credentials"},
            headers={"Authorization": f"Basic {self._login}"},
            extensions={"operation": "cartoncloud-01", "read": True},
        )
        if response.status_code in (400, 401, 403):
            raise Unauthenticated(Backend.CARTONCLOUD, _REFUSED)
        token = decode(Backend.CARTONCLOUD, check(Backend.CARTONCLOUD, response, _says), wire.Token)
        return Token(token.access_token, _seconds(token.expires_in))


def _members(response: httpx.Response) -> dict[str, Any]:
    try:
        return wire.parse(response.content)
    except wire.NotAnObject:
        raise unreadable(Backend.CARTONCLOUD, response, "a JSON object") from None


def _seconds(value: Any) -> float:
    """The token's life; where it cannot be read, that of the page's example."""
    try:
        return max(0.0, float(value))
    except (TypeError, ValueError):
        return _LIFE


def _says(response: httpx.Response) -> str | None:
    """What the errors of an answer say: an array of them, or one. `field` is a JSON pointer into what was sent."""
    body = msgspec.json.decode(response.content)
    errors = body if isinstance(body, list) else [body]
    told = ((error.get("field"), error.get("message")) for error in errors if isinstance(error, dict))
    return "; ".join(f"{field}: {message}" if field else str(message) for field, message in told if message) or None
