"""The client of Harbour: one method for each of its operations, wire records out."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import httpx
import msgspec

from gateway.backends.harbour import wire
from gateway.backends.harbour.settings import HarbourSettings
from gateway.errors import MalformedReply
from gateway.models import Backend
from gateway.transport import check, decode, fetched_at

W = TypeVar("W", bound=msgspec.Struct)

MOST = 50
"""Records or keys of one call."""


class HarbourClient:
    """Speaks with one Harbour. Raises BackendErrors. `connect` is `gateway.transport.connect`."""

    def __init__(self, settings: HarbourSettings, connect: Callable[..., httpx.AsyncClient]) -> None:
        headers = {"X-Harbour-Key": settings.access_token.get_secret_value()}
        self._http = connect(Backend.HARBOUR, settings, base_url=settings.base_url, headers=headers)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def shop(self) -> None:
        """harbour-01. Nobody needs the answer, but it has to be one."""
        response = await self._http.get("/api/shop", extensions={"operation": "harbour-01"})
        decode(Backend.HARBOUR, check(Backend.HARBOUR, response, _says), dict[str, Any])

    async def orders(self, parameters: Mapping[str, str]) -> tuple[list[wire.Sent[wire.Order]], bool]:
        """harbour-02: a page of the list, and whether it goes on."""
        return await self._page("harbour-02", "/api/orders", parameters, wire.Order)

    async def find_orders(self, by: str, values: Sequence[str]) -> list[wire.Sent[wire.Order]]:
        """harbour-03, by `ids` or `numbers`; at most 50 of them."""
        return await self._found("harbour-03", "/api/orders/find", {by: values}, wire.Order)

    async def parcels(self, parameters: Mapping[str, str]) -> tuple[list[wire.Sent[wire.Parcel]], bool]:
        """harbour-04: a page of the list, and whether it goes on."""
        return await self._page("harbour-04", "/api/parcels", parameters, wire.Parcel)

    async def find_parcels(self, by: str, values: Sequence[str]) -> list[wire.Sent[wire.Parcel]]:
        """harbour-05, by `ids` or `orders` (their ids); at most 50 of them."""
        return await self._found("harbour-05", "/api/parcels/find", {by: values}, wire.Parcel)

    async def find_goods(self, by: str, values: Sequence[str]) -> list[wire.Sent[wire.Good]]:
        """harbour-06, by `ids` or `skus`; at most 50 of them."""
        return await self._found("harbour-06", "/api/goods/find", {by: values}, wire.Good)

    async def depots(self) -> list[wire.Sent[wire.Depot]]:
        """harbour-07: all of them."""
        found, _ = await self._page("harbour-07", "/api/depots", {}, wire.Depot)
        return found

    async def _page(
        self, operation: str, path: str, parameters: Mapping[str, str], kind: type[W]
    ) -> tuple[list[wire.Sent[W]], bool]:
        response = await self._http.get(path, params=parameters, extensions={"operation": operation})
        return _records(response, kind)

    async def _found(self, operation: str, path: str, keys: Mapping[str, Sequence[str]], kind: type[W]) -> list[wire.Sent[W]]:
        """A POST that changes nothing: it may be sent again, and shared."""
        response = await self._http.post(path, json=keys, extensions={"operation": operation, "read": True})
        found, _ = _records(response, kind)
        return found


def _records(response: httpx.Response, kind: type[W]) -> tuple[list[wire.Sent[W]], bool]:
    reply = decode(Backend.HARBOUR, check(Backend.HARBOUR, response, _says), wire.Records)
    return [wire.Sent(_record(kind, text), bytes(text), fetched_at(response)) for text in reply.records], reply.more


def _record(kind: type[W], text: msgspec.Raw) -> W:
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.DecodeError:
        raise MalformedReply(Backend.HARBOUR, "A record of Harbour's does not have the documented form.") from None


def _says(response: httpx.Response) -> str | None:
    """The message of an error: `{"error": "…"}`."""
    said = msgspec.json.decode(response.content, type=dict[str, Any]).get("error")
    return said if isinstance(said, str) else None
