"""Cenports' operations: one method each, questions in, records as Cenports sends them out.

Whether a GET's parameters count in its address or in its JSON body the page does not say: both carry the same.
"""

import asyncio
import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Generic, TypeVar, cast
from urllib.parse import parse_qsl, urlsplit

import httpx
import msgspec

from gateway.backends.cenports import wire
from gateway.backends.cenports.settings import CenportsSettings
from gateway.errors import BackendError, MalformedReply, Rejected, Unauthenticated
from gateway.models import Backend
from gateway.transport import Token, check, decode, error_of, fetched_at

W = TypeVar("W")

MAX_SHIPMENTS = 99
"""`limit` of GET /shipments is int(2)."""

_AT_ONCE = 8
USUAL_LIMITS = frozenset((30, 50, 300))
_encode = msgspec.json.Encoder(decimal_format="number").encode
_ENVELOPE = msgspec.json.Decoder(dict[str, msgspec.Raw] | list[msgspec.Raw] | None)
_STATUS = re.compile(rb'"status"\s*:\s*"(\w+)"')
_PRINTED_ERROR = re.compile(rb'"index"\s*:\s*"?(\d+)"?\s*,\s*"message"\s*:\s*("(?:[^"\\]|\\.)*")')
_LIFE = 12 * 60 * 60
_REFUSED = "Cenports refuses the gateway's credentials."


class Refused(Rejected):
    """A call that Cenports will not do. `errors` is what it says of what was sent, in whatever form."""

    errors: object = None


class Invalid(Refused):
    """Some of what was sent in one call has a wrong form, and nothing of it was done."""


_REFUSALS: Mapping[int, type[Refused]] = {400: Refused, 422: Invalid}


@dataclass(frozen=True, slots=True)
class Span:
    """Days of Cenports' own calendar, of whose zone nothing is known, asked for as startDate and endDate.

    Whether the last one counts, the page does not say: surely answered are the days before it.
    """

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days are surely answered."""
        return (self.end - self.start).days


@dataclass(frozen=True, slots=True)
class Reply(Generic[W]):
    """The records of a list. `cut` says that there may be more which match what was asked; `linked`, that there surely are."""

    records: Sequence[W]
    cut: bool = False
    linked: bool = False


class CenportsClient:
    """Raises BackendErrors. `connect` is `gateway.transport.connect`."""

    def __init__(self, settings: CenportsSettings, connect: Callable[..., httpx.AsyncClient]) -> None:
        self._settings = settings
        headers = {"Accept": "application/json"}
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self._http = connect(
            Backend.CENPORTS, settings, base_url=settings.base_url, fetch_token=self.authorize, headers=headers
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def authorize(self, http: httpx.AsyncClient) -> Token:
        """POST /authorize. `expires_in` counts: the page's "12 hours" and its 86400 seconds disagree."""
        credentials = {
            "grant_type": "client_credentials",
            "client_id": self._settings.client_id,
            "client_secret": self._settings.client_secret.get_secret_value(),
        }
        extensions = {"operation": "cenports-01", "read": True}
        response = await http.post("/authorize", json=credentials, extensions=extensions)
        if response.status_code in (400, 401, 403, 422):
            raise Unauthenticated(Backend.CENPORTS, _REFUSED)
        token = decode(Backend.CENPORTS, check(Backend.CENPORTS, response), wire.Token)
        return Token(token.access_token, _seconds(token.expires_in))

    async def orders(
        self,
        *,
        numbers: Sequence[str] = (),
        channel_id: str | None = None,
        acknowledged: bool | None = None,
        days: Span | None = None,
        whole: bool = True,
    ) -> Reply[wire.Sent[wire.Order]]:
        """GET /orders. The page's `isPaginated` is asked for, since links to further pages are followed.

        Not `whole`: only until as many are there as one reply may hold, for whoever can ask for less instead.
        """
        limit = self._settings.page_size
        asked = {
            "channelId": channel_id,
            "orders": ",".join(numbers) or None,
            "limit": limit,
            **_dates(days),
            "isAcknowledged": acknowledged,
            "isPaginated": True,
        }
        return await self._list("cenports-02", "/orders", wire.Order, asked, limit=limit, whole=whole)

    async def channels(self) -> Sequence[wire.Sent[wire.Channel]]:
        """GET /channels."""
        return (await self._list("cenports-05", "/channels", wire.Channel, {})).records

    async def shipments(
        self,
        channel_id: str,
        *,
        numbers: Sequence[str] = (),
        acknowledged: bool | None = None,
        days: Span | None = None,
    ) -> Reply[wire.Sent[wire.Shipment]]:
        """GET /shipments of one channel, which is required."""
        limit = min(MAX_SHIPMENTS, self._settings.page_size)
        asked = {"channelId": channel_id, **_dates(days), "limit": limit, "acknowledged": acknowledged}
        in_body = {"orders": [{"orderNo": number} for number in numbers]} if numbers else {}
        in_query = {f"orders[{index}][orderNo]": number for index, number in enumerate(numbers)}
        return await self._list(
            "cenports-07", "/shipments", wire.Shipment, asked, in_body=in_body, in_query=in_query, limit=limit
        )

    async def actual_stock(self) -> Sequence[wire.Sent[wire.Warehouse]]:
        """GET /inventories, case 2: what lies in each warehouse."""
        return (await self._list("cenports-09", "/inventories", wire.Warehouse, {"actualStock": True})).records

    async def available_stock(self, channel_id: str) -> Sequence[wire.Sent[wire.Warehouse]]:
        """GET /inventories, case 1: what a channel may sell of each warehouse."""
        return (await self._list("cenports-09", "/inventories", wire.Warehouse, {"channelId": channel_id})).records

    async def acknowledge_orders(self, channel_id: str, numbers: Sequence[str]) -> None:
        """PATCH /orders/acknowledge. The numbers joined by commas are at most 255 characters. It may be sent again."""
        body = {"channelId": channel_id, "orders": ",".join(numbers)}
        await self._write("cenports-04", "PATCH", "/orders/acknowledge", body)

    async def create_orders(self, channel_id: str, orders: Sequence[Any]) -> wire.Transaction:
        """POST /orders. What `orders` may be created in one call, the page does not say. Raises Invalid."""
        return await self._submit("cenports-03", "POST", "/orders", {"channelId": channel_id, "orders": orders})

    async def update_inventories(self, warehouse_code: str, inventories: Sequence[Any]) -> wire.Transaction:
        """PATCH /inventories of one warehouse. Raises Invalid."""
        body = {"warehouseCode": warehouse_code, "inventories": inventories}
        return await self._submit("cenports-10", "PATCH", "/inventories", body)

    async def acknowledge_shipments(self, shipments: Sequence[Any]) -> wire.Transaction:
        """PATCH /shipments/acknowledge, by their orders' numbers, in every channel. It may be sent again. Raises Invalid."""
        return await self._submit("cenports-08", "PATCH", "/shipments/acknowledge", {"shipments": shipments})

    async def create_channel(self, channel: Mapping[str, Any]) -> None:
        """POST /channels. Raises Invalid, also where the id is taken."""
        await self._write("cenports-06", "POST", "/channels", channel)

    async def transaction(self, handle: str) -> wire.Transaction:
        """GET /transaction."""
        asked = {"partnerId": self._settings.partner_id, "handle": handle}
        response = await self._get("cenports-11", "/transaction", asked, asked)
        return read_transaction(check(Backend.CENPORTS, response, _says))

    async def _submit(self, operation: str, method: str, path: str, body: Mapping[str, Any]) -> wire.Transaction:
        return read_transaction(await self._write(operation, method, path, body))

    async def _write(self, operation: str, method: str, path: str, body: Mapping[str, Any]) -> httpx.Response:
        """One change; `partnerId` goes with it. Raises Rejected where an answer 200 says by its own `code` that it is none."""
        content = _encode({"partnerId": self._settings.partner_id, **body})
        headers, extensions = {"Content-Type": "application/json"}, {"operation": operation}
        async with self._at_once:
            response = await self._http.request(method, path, content=content, headers=headers, extensions=extensions)
        if response.status_code in _REFUSALS:
            raise _refused(response)
        check(Backend.CENPORTS, response, _says)
        shape = _taken_apart(decode(Backend.CENPORTS, response, msgspec.Raw))
        if isinstance(shape, dict):
            _refuse(shape)
        return response

    async def _list(
        self,
        operation: str,
        path: str,
        type_: type[W],
        asked: Mapping[str, Any],
        *,
        in_body: Mapping[str, Any] | None = None,
        in_query: Mapping[str, str] | None = None,
        limit: int | None = None,
        whole: bool = True,
    ) -> Reply[wire.Sent[W]]:
        """The records that one question brings, over the pages that the replies link to."""
        body = {"partnerId": self._settings.partner_id, **{k: v for k, v in asked.items() if v is not None}}
        query = {**{name: _written(value) for name, value in body.items()}, **(in_query or {})}
        body.update(in_body or {})
        records: list[wire.Sent[W]] = []
        trail: list[dict[str, str]] = [{}]
        while True:
            response = await self._get(operation, path, {**query, **trail[-1]}, {**body, **trail[-1]})
            found, link = _page(check(Backend.CENPORTS, response, _says))
            records += (_read(raw, fetched_at(response), type_) for raw in found)
            if link is None:
                return Reply(records, cut=limit is not None and len(trail) == 1 and _may_be_cut(len(records), limit))
            if not whole and limit is not None and len(records) >= limit:
                return Reply(records, cut=True, linked=True)
            trail.append(_onward(link, query, trail))

    async def _get(self, operation: str, path: str, query: Mapping[str, str], body: Mapping[str, Any]) -> httpx.Response:
        extensions = {"operation": operation}
        async with self._at_once:
            return await self._http.request("GET", path, params=query, json=body, extensions=extensions)


def read_transaction(response: httpx.Response) -> wire.Transaction:
    """A transaction, as itself or within `data`. Raises MalformedReply."""
    try:
        shape = _taken_apart(decode(Backend.CENPORTS, response, msgspec.Raw))
    except MalformedReply:
        if printed := _as_printed(response.content):
            return printed
        raise
    if isinstance(shape, dict) and "data" in shape and "status" not in shape:
        _refuse(shape)
        shape = _taken_apart(shape["data"])
    if not isinstance(shape, dict):
        raise _malformed()
    return wire.Transaction(**{name: _decoded(shape.get(name), Any) for name in wire.Transaction.__struct_fields__})


def _as_printed(body: bytes) -> wire.Transaction | None:
    """The page prints a failed transaction's errors as PHP writes lists, which is no JSON: read all the same."""
    status, errors = _STATUS.search(body), _PRINTED_ERROR.findall(body)
    if not status or not errors:
        return None
    found = [{"index": int(index), "message": msgspec.json.decode(message)} for index, message in errors]
    return wire.Transaction(status=status[1].decode(), errors=found)


def _refused(response: httpx.Response) -> BackendError:
    """The refusal of a call of which single entries are wrong, and what is said of them."""
    told = error_of(Backend.CENPORTS, response, _says)
    refused = _REFUSALS[response.status_code](Backend.CENPORTS, told.message)
    with suppress(msgspec.MsgspecError, UnicodeDecodeError):
        body = msgspec.json.decode(response.content)
        refused.errors = body.get("errors") if isinstance(body, dict) else None
    return refused


def _dates(days: Span | None) -> dict[str, str]:
    """Both or neither: the page requires each where the other is."""
    return {} if days is None else {"startDate": days.start.isoformat(), "endDate": days.end.isoformat()}


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _seconds(value: Any) -> float:
    """The token's life; where it cannot be read, the 12 hours that the page speaks of."""
    try:
        return max(0.0, float(value))
    except (TypeError, ValueError):
        return _LIFE


def _may_be_cut(count: int, limit: int) -> bool:
    """As many as asked for, or one of the page's limits: 30 or 50 without a word of ours (a proxy may drop it), 300 at most."""
    return count >= limit or count in USUAL_LIMITS


def _page(response: httpx.Response) -> tuple[Sequence[msgspec.Raw], str | None]:
    """The JSON text of each record in a reply, and the link to the next page.

    The page shows a bare object (GET /orders) and `data` with a list; an array, `data` with one object, and both forms of
    paging that Laravel has (`links.next`, `next_page_url`) are read too.
    """
    raw = decode(Backend.CENPORTS, response, msgspec.Raw)
    shape, link = _taken_apart(raw), None
    if not shape and not isinstance(shape, list):
        raise _malformed()
    while isinstance(shape, dict) and "data" in shape:
        _refuse(shape)
        link, raw = link or _link(shape), shape["data"]
        shape = _taken_apart(raw)
    if not isinstance(shape, dict):
        return shape or (), link
    if "errors" in shape or "message" in shape:
        raise _refusal()
    return ([raw] if shape else []), link


def _refuse(envelope: Mapping[str, msgspec.Raw]) -> None:
    """Raises Rejected where an answer 200 says by its own `code` (text or number) that it is none."""
    code = _decoded(envelope.get("code"), object)
    if str(code).isdecimal() and int(str(code)) >= 400:
        raise _refusal()


def _taken_apart(raw: msgspec.Raw) -> dict[str, msgspec.Raw] | list[msgspec.Raw] | None:
    try:
        shape: dict[str, msgspec.Raw] | list[msgspec.Raw] | None = _ENVELOPE.decode(raw)
    except msgspec.MsgspecError:
        raise _malformed() from None
    return shape


def _link(envelope: Mapping[str, msgspec.Raw]) -> str | None:
    """The next page's address, if there is a next page."""
    links = _decoded(envelope.get("links"), dict[str, Any]) or {}
    for link in (links.get("next"), _decoded(envelope.get("next_page_url"), str)):
        if isinstance(link, str) and link:
            return link
    return None


def _decoded(raw: msgspec.Raw | None, type_: Any) -> Any:
    """The value, or None where it is missing or of another type."""
    try:
        return None if raw is None else msgspec.json.decode(raw, type=type_)
    except msgspec.MsgspecError:
        return None


def _onward(link: str, query: Mapping[str, str], trail: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """What a link to the next page adds to the question: its host and path are not followed, so that no token goes astray.

    Laravel's links leave out what was asked, so the question is sent with it again. Raises MalformedReply for a link that
    leads nowhere new.
    """
    added = {name: value for name, value in parse_qsl(urlsplit(link).query) if name not in query}
    if added in trail:
        raise MalformedReply(Backend.CENPORTS, "Cenports sent a link to a next page that leads to none.")
    return added


def _read(raw: msgspec.Raw, at: datetime, type_: type[W]) -> wire.Sent[W]:
    try:
        record: W = _decoder(cast("Hashable", type_)).decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise _malformed() from None
    return wire.Sent(record, bytes(raw), at)


@cache
def _decoder(type_: Hashable) -> msgspec.json.Decoder[Any]:
    """Numbers keep every digit, also where they come without quotation marks."""
    return msgspec.json.Decoder(cast("type[Any]", type_), strict=False, float_hook=Decimal)


def rows_of(warehouse: wire.Sent[wire.Warehouse]) -> list[wire.Sent[wire.InventoryRow]]:
    """What a warehouse holds, row by row; nothing where no list is sent. Raises MalformedReply."""
    rows = warehouse.record.warehouseInventory
    return [_read(raw, warehouse.fetched_at, wire.InventoryRow) for raw in rows] if isinstance(rows, list) else []


def _malformed() -> MalformedReply:
    return MalformedReply(Backend.CENPORTS, "Cenports' answer does not have the documented form.")


def _refusal() -> Rejected:
    return Rejected(Backend.CENPORTS, "Cenports refuses the request.")


def _says(response: httpx.Response) -> str | None:
    """`message`, and what `errors` say: lists of texts by field (validation), or a list (business errors)."""
    body = msgspec.json.decode(response.content)
    errors = body.get("errors") or []
    told = errors.values() if isinstance(errors, dict) else errors
    return " ".join([*_texts(body.get("message")), *(text for each in told for text in _texts(each))]) or None


def _texts(told: Any) -> list[str]:
    if isinstance(told, dict):
        told = list(told.values())
    return [text for text in (told if isinstance(told, list) else [told]) if isinstance(text, str)]
