"""CartonCloud's documented operations: one method each, records as CartonCloud sends them out."""

import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import quote

import httpx
import msgspec

from gateway.backends.cartoncloud import wire
from gateway.backends.cartoncloud.kinds import RecordKind
from gateway.backends.cartoncloud.records import Sent, SentUser, sent
from gateway.backends.cartoncloud.settings import CartonCloudSettings
from gateway.errors import NotFound, Rejected, Unauthenticated
from gateway.models import Backend
from gateway.transport import Token, check, decode, fetched_at, unreadable
from gateway.transport.reply import error_of

_SEARCH, _DELETE = "cartoncloud-search", "cartoncloud-delete"
"""Operations of the newer documents, which have no number in the list of documented operations."""

VERSION = "1"
"""Of the interface, demanded by every call."""


@dataclass(frozen=True, slots=True)
class _Operations:
    """Where a kind of record is, and what its documented operations are called."""

    path: str
    create: str
    read: str
    replace: str


_OF = {
    RecordKind.INBOUND: _Operations("inbound-orders", create="cartoncloud-03", read="cartoncloud-04", replace="cartoncloud-05"),
    RecordKind.OUTBOUND: _Operations(
        "outbound-orders", create="cartoncloud-07", read="cartoncloud-08", replace="cartoncloud-09"
    ),
    RecordKind.CONSIGNMENT: _Operations(
        "consignments", create="cartoncloud-11", read="cartoncloud-12", replace="cartoncloud-13"
    ),
}
_ID = re.compile(r"[\w.~:-]+", re.ASCII)
"""Ids are UUIDs. What could lead to another address, such as `../`, is none, however it is encoded."""

_LIFE = 3600.0
_REFUSED = "CartonCloud refuses the gateway's credentials."
_CREATED_WITH_ISSUES = 228
_NO_SEARCH = (400, 403, 404, 405, 422, 501)
"""What an interface answers that does not know searches, or not for these credentials."""

_LARGEST_PAGE = 100
_encode = msgspec.json.Encoder(decimal_format="number").encode
_LIST = msgspec.json.Decoder(list[msgspec.Raw])


class Refusal(Rejected):
    """What CartonCloud has against a message: the JSON pointers into it, and the id of the record that has its number already,
    if that is the reason."""

    def __init__(self, message: str, fields: Sequence[str], duplicate_of: str | None) -> None:
        super().__init__(Backend.CARTONCLOUD, message)
        self.fields = fields
        self.duplicate_of = duplicate_of


@dataclass(frozen=True, slots=True)
class Created:
    """A record that was made, as the reply tells it; `with_issues`: there is something that has to be looked after."""

    record: Sent
    with_issues: bool


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

    async def user_info(self) -> SentUser:
        """GET /uaa/userinfo."""
        response = check(Backend.CARTONCLOUD, await self._get("cartoncloud-02", "/uaa/userinfo"), _says)
        return SentUser(wire.user_info(_members(response)), wire.plain(response.content), fetched_at(response))

    async def record(self, kind: RecordKind, record_id: str) -> Sent | None:
        """GET by id; None where CartonCloud knows no such record (or knows no such id: both are 404)."""
        if not _ID.fullmatch(record_id) or not record_id.strip("."):
            return None
        at = _OF[kind]
        response = await self._get(at.read, f"{self._tenant}/{at.path}/{record_id}")
        if response.status_code == 404:
            return None
        check(Backend.CARTONCLOUD, response, _says)
        return sent(kind, response.content, _members(response), fetched_at(response))

    async def create(self, kind: RecordKind, message: Mapping[str, Any]) -> Created:
        """POST. Raises Refusal for a message that is refused for what it says: nothing was made then."""
        at = _OF[kind]
        response = await self._post(at.create, f"{self._tenant}/{at.path}", message)
        _refuse(response)
        record = sent(kind, response.content, _members(response), fetched_at(response))
        return Created(record, response.status_code == _CREATED_WITH_ISSUES)

    async def create_product(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """POST /products: the product as the reply tells it. Raises Refusal as `create` does."""
        response = await self._post("cartoncloud-15", f"{self._tenant}/products", message)
        _refuse(response)
        return _members(response)

    async def replace(self, kind: RecordKind, record_id: str, version: int, message: Mapping[str, Any]) -> Sent:
        """PUT in the place of this version. Raises Conflict where there is another one: nothing was changed then."""
        at, headers = _OF[kind], {"Content-Type": "application/json", "If-Match": str(version)}
        path, extensions = f"{self._tenant}/{at.path}/{record_id}", {"operation": at.replace}
        response = await self._http.put(path, content=_encode(message), headers=headers, extensions=extensions)
        if response.status_code == 404:
            raise NotFound(f"CartonCloud does not know this {kind.label}, or not any more.", backend=Backend.CARTONCLOUD)
        _refuse(response)
        return sent(kind, response.content, _members(response), fetched_at(response))

    async def delete_inbound_order(self, record_id: str) -> None:
        """DELETE of the newer documents. One that is gone is no error."""
        path = f"{self._tenant}/{_OF[RecordKind.INBOUND].path}/{record_id}"
        response = await self._http.delete(path, extensions={"operation": _DELETE})
        if response.status_code != 404:
            check(Backend.CARTONCLOUD, response, _says)

    async def search(self, kind: RecordKind, condition: Mapping[str, Any]) -> Sequence[Sent] | None:
        """POST …/search of the newer documents, page by page; None where there is no such thing.

        The page of 2019 and the newer documents name the parameters of pages differently: both are sent.
        """
        path, found = f"{self._tenant}/{_OF[kind].path}/search", list[Sent]()
        for number in count(1):
            page = {"page": number, "size": _LARGEST_PAGE, "pageNumber": number, "pageSize": _LARGEST_PAGE}
            response = await self._post(_SEARCH, path, {"condition": condition}, read=True, params=page)
            if number == 1 and response.status_code in _NO_SEARCH:
                return None
            records = _all(kind, check(Backend.CARTONCLOUD, response, _says))
            found += records
            if not records or number >= _pages(response, number + len(records) // _LARGEST_PAGE):
                break
        return found

    async def _post(
        self, operation: str, path: str, message: Mapping[str, Any], *, read: bool = False, params: Any = None
    ) -> httpx.Response:
        extensions = {"operation": operation, "read": read}
        headers = {"Content-Type": "application/json"}
        return await self._http.post(path, content=_encode(message), headers=headers, params=params, extensions=extensions)

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


def _all(kind: RecordKind, response: httpx.Response) -> list[Sent]:
    try:
        parts = [bytes(part) for part in _LIST.decode(response.content)]
        return [sent(kind, part, wire.parse(part), fetched_at(response)) for part in parts]
    except (msgspec.MsgspecError, UnicodeDecodeError, wire.NotAnObject):
        raise unreadable(Backend.CARTONCLOUD, response, "a list of JSON objects") from None


def _pages(response: httpx.Response, otherwise: int) -> int:
    """How many pages there are, where the answer says so."""
    told = response.headers.get("Total-Pages", "")
    return int(told) if told.isascii() and told.isdecimal() else otherwise


def _refuse(response: httpx.Response) -> None:
    """Raises what an answer means that is none of success."""
    errors = _errors(response) if response.status_code in (400, 409, 422) else []
    duplicates = [error.get("details") for error in errors if error.get("type") == "DUPLICATE"]
    if not errors or (response.status_code == 409 and not duplicates):
        check(Backend.CARTONCLOUD, response, _says)
        return
    ids = (str(details["duplicateId"]) for details in duplicates if isinstance(details, dict) and details.get("duplicateId"))
    fields = [str(error["field"]) for error in errors if error.get("field")]
    raise Refusal(error_of(Backend.CARTONCLOUD, response, _says).message, fields, next(ids, None))


def _seconds(value: Any) -> float:
    """The token's life; where it cannot be read, that of the page's example."""
    try:
        return max(0.0, float(value))
    except (TypeError, ValueError):
        return _LIFE


def _says(response: httpx.Response) -> str | None:
    """What the errors of an answer say: an array of them, or one. `field` is a JSON pointer into what was sent."""
    told = ((error.get("field"), error.get("message")) for error in _errors(response))
    return "; ".join(f"{field}: {message}" if field else str(message) for field, message in told if message) or None


def _errors(response: httpx.Response) -> list[dict[str, Any]]:
    """The error objects of an answer; none where it cannot be read."""
    try:
        body = msgspec.json.decode(response.content)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return []
    return [error for error in (body if isinstance(body, list) else [body]) if isinstance(error, dict)]
