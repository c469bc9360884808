"""Centry's documented operations: one method each, wire records in and out.

Every list pages by `limit` and `after`, the largest id seen (chapter "Filters" of the page; `offset` is deprecated there).
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from gateway.backends.centry import own_wire, wire
from gateway.backends.centry.answers import answered, id_of, not_yet_confirmed, says, taken
from gateway.errors import BackendError, MalformedReply, NotFound, Rejected
from gateway.mapping import LARGEST_INTEGER, Scope
from gateway.models import Backend
from gateway.staleness import fallback
from gateway.transport import check, decode, fetched_at, unreadable

W = TypeVar("W", bound=wire.Record, covariant=True)
V = TypeVar("V", bound=wire.Record)

ROOT = "/conexion/v1"

_encode = msgspec.json.Encoder(decimal_format="number").encode
_SECRET = frozenset(("centry-76", "centry-77", "centry-83", "centry-84"))
"""Reads of which no copies are kept: integrations hold the marketplaces' keys, webhooks the secret of our own address."""

_GONE = (404, 410)  # 410: "The resource requested has been removed from our servers"


@dataclass(frozen=True, slots=True)
class Sent(Generic[W]):
    """A record as Centry sent it, with its JSON text and when it was read."""

    id: str
    record: W
    raw: bytes
    fetched_at: datetime


Page = Sequence[Sent[V]]
ReadPage = Callable[[str | None], Awaitable[Page[V]]]
"""The page behind an id (None: the first)."""

ScopeOf = Callable[[Sent[wire.Record]], Scope]
"""What the mapping of a record needs to know besides it."""


class CentryClient:
    """`page_size` is asked for in every call; how much Centry gives at most is not documented.

    `largest_page` is the most records that it has given so far.
    """

    def __init__(self, http: httpx.AsyncClient, page_size: int) -> None:
        self._http = http
        self._page_size = page_size
        self.largest_page = 0

    async def orders(self, filters: Mapping[str, str], after: str | None = None) -> Page[wire.Order]:
        """centry-55. `expand` comes bare, as on the page: it asks for the items' variants."""
        return await self._page("centry-55", "/orders.json", wire.Order, filters, after, bare="&expand")

    async def order(self, order_id: str) -> Sent[wire.Order] | None:
        """centry-56. The page names `expand` for the list only; where it is not understood it does no harm."""
        return await self._one("centry-56", f"/orders/{quote(order_id, safe='')}.json?expand", wire.Order)

    async def products(self, filters: Mapping[str, str], after: str | None = None) -> Page[wire.Product]:
        """centry-03"""
        return await self._page("centry-03", "/products.json", wire.Product, filters, after)

    async def product(self, product_id: str) -> Sent[wire.Product] | None:
        """centry-04"""
        return await self._one("centry-04", f"/products/{quote(product_id, safe='')}.json", wire.Product)

    async def product_assets(self, product_id: str) -> Page[wire.Asset] | None:
        """centry-11. Whole, as far as the page tells: it documents no parameters."""
        return await self._whole("centry-11", f"/products/{quote(product_id, safe='')}/assets.json", wire.Asset)

    async def variants(self, filters: Mapping[str, str], after: str | None = None) -> Page[wire.Variant]:
        """centry-15"""
        return await self._page("centry-15", "/variants.json", wire.Variant, filters, after)

    async def variant(self, variant_id: str) -> Sent[wire.Variant] | None:
        """centry-17"""
        return await self._one("centry-17", f"/variants/{quote(variant_id, safe='')}.json", wire.Variant)

    async def warehouses(self, after: str | None = None) -> Page[wire.Warehouse]:
        """centry-23"""
        return await self._page("centry-23", "/warehouses.json", wire.Warehouse, {}, after)

    async def variant_warehouses(self, filters: Mapping[str, str], after: str | None = None) -> Page[wire.VariantWarehouse]:
        """centry-28"""
        return await self._page("centry-28", "/variant_warehouses.json", wire.VariantWarehouse, filters, after)

    async def variant_assets(self, variant_id: str, after: str | None = None) -> Page[wire.VariantAsset]:
        """centry-35"""
        return await self._page(
            "centry-35", f"/variants/{quote(variant_id, safe='')}/assets.json", wire.VariantAsset, {}, after
        )

    async def shipping_labels(self, order_ids: Sequence[str]) -> Page[wire.Labels] | None:
        """centry-59. The files come whole, within the reply. None where one of the orders does not exist or was removed."""
        wanted = httpx.QueryParams([("ids[]", order_id) for order_id in order_ids])
        address = f"{ROOT}/orders/shipping_labels.json?{wanted}"
        response = await self._http.get(address, extensions={"operation": "centry-59"})
        if response.status_code in _GONE:
            return None
        texts = decode(Backend.CENTRY, check(Backend.CENTRY, response, says), list[msgspec.Raw])
        return [_read(wire.Labels, text, response) for text in texts]

    async def order_notes(self, order_id: str) -> Page[wire.Note] | None:
        """centry-64. Whole, as far as the page tells: it documents no parameters."""
        return await self._whole("centry-64", f"/orders/{quote(order_id, safe='')}/order_notes.json", wire.Note)

    async def order_documents(self, order_id: str) -> Page[wire.Document] | None:
        """centry-66. Whole, as far as the page tells: it documents no parameters."""
        return await self._whole("centry-66", f"/orders/{quote(order_id, safe='')}/documents.json", wire.Document)

    async def create_order(self, order: Mapping[str, Any]) -> str | None:
        """centry-57. The new order's id; None where the answer, which the page does not show, has none."""
        return id_of(answered(await self._write("centry-57", "POST", "/orders.json", order)))

    async def confirm_order(self, order_id: str, confirmation: Mapping[str, Any]) -> None:
        """centry-60. Raises AlreadyConfirmed, and Rejected also where the marketplace refuses it."""
        taken(not_yet_confirmed(await self._turn("centry-60", order_id, "confirmations", confirmation)))

    async def cancel_order(self, order_id: str, cancellation: Mapping[str, Any]) -> None:
        """centry-62. Raises Rejected also where the marketplace refuses it."""
        taken(await self._turn("centry-62", order_id, "cancellations", cancellation))

    async def reschedule_order(self, order_id: str, rescheduling: Mapping[str, Any]) -> None:
        """centry-61. Raises Rejected also where the marketplace refuses it."""
        taken(await self._turn("centry-61", order_id, "reschedules", rescheduling))

    async def confirm_delivery(self, order_id: str, delivery: Mapping[str, Any]) -> None:
        """centry-63. Raises Rejected also where the marketplace refuses it."""
        taken(await self._turn("centry-63", order_id, "delivery_confirmations", delivery))

    async def delete_order(self, order_id: str) -> None:
        """centry-58"""
        await self.remove("centry-58", f"/orders/{quote(order_id, safe='')}.json")

    async def add_order_note(self, order_id: str, text: str) -> None:
        """centry-65. Answered with all notes of the order."""
        answered(await self._write("centry-65", "POST", f"/orders/{quote(order_id, safe='')}/order_notes.json", {"text": text}))

    async def attach_order_document(self, order_id: str, form: Mapping[str, str], file: tuple[str, bytes, str]) -> None:
        """centry-68. `file`: its name, what it holds, and of what type that is."""
        path = f"/orders/{quote(order_id, safe='')}/documents.json"
        parts: dict[str, tuple[str | None, str | bytes, str] | tuple[None, str]] = {
            "document_type": (None, form["document_type"]),
            "file": file,
            **{name: (None, value) for name, value in form.items() if name != "document_type"},
        }
        extensions = {"operation": "centry-68"}
        answered(_there(await self._http.request("POST", f"{ROOT}{path}", files=parts, extensions=extensions)))

    async def delete_order_document(self, order_id: str, document_id: str) -> None:
        """centry-69"""
        path = f"/orders/{quote(order_id, safe='')}/documents/{quote(document_id, safe='')}.json"
        await self.remove("centry-69", path)

    async def create_product(self, product: Mapping[str, Any]) -> str | None:
        """centry-05. The new product's id; None where the answer, which the page does not show, has none."""
        return id_of(answered(await self._write("centry-05", "POST", "/products.json", product)))

    async def change_product(self, product_id: str, product: Mapping[str, Any]) -> None:
        """centry-06"""
        answered(await self._write("centry-06", "PUT", f"/products/{quote(product_id, safe='')}.json", product))

    async def delete_product(self, product_id: str) -> None:
        """centry-07"""
        await self.remove("centry-07", f"/products/{quote(product_id, safe='')}.json")

    async def create_variant(self, variant: Mapping[str, Any]) -> str | None:
        """centry-16. The new variant's id; None where the answer, which the page does not show, has none."""
        return id_of(answered(await self._write("centry-16", "POST", "/variants.json", variant)))

    async def change_variant(self, variant_id: str, variant: Mapping[str, Any]) -> None:
        """centry-18"""
        answered(await self._write("centry-18", "PUT", f"/variants/{quote(variant_id, safe='')}.json", variant))

    async def change_variant_by_sku(self, variant: Mapping[str, Any]) -> None:
        """centry-19. Its SKU says which one."""
        answered(await self._write("centry-19", "PUT", "/variants/sku.json", variant))

    async def delete_variant(self, variant_id: str) -> None:
        """centry-20"""
        await self.remove("centry-20", f"/variants/{quote(variant_id, safe='')}.json")

    async def create_warehouse(self, warehouse: Mapping[str, Any]) -> str | None:
        """centry-25. The new warehouse's id; None where the answer has none."""
        return id_of(answered(await self._write("centry-25", "POST", "/warehouses.json", warehouse)))

    async def change_warehouse(self, warehouse_id: str, warehouse: Mapping[str, Any]) -> None:
        """centry-26"""
        answered(await self._write("centry-26", "PUT", f"/warehouses/{quote(warehouse_id, safe='')}.json", warehouse))

    async def delete_warehouse(self, warehouse_id: str) -> None:
        """centry-27"""
        await self.remove("centry-27", f"/warehouses/{quote(warehouse_id, safe='')}.json")

    async def create_variant_warehouse(self, stock: Mapping[str, Any]) -> None:
        """centry-29. What a variant has in a warehouse that had nothing of it."""
        answered(await self._write("centry-29", "POST", "/variant_warehouses.json", stock))

    async def change_variant_warehouse(self, row_id: str, stock: Mapping[str, Any]) -> None:
        """centry-31"""
        answered(await self._write("centry-31", "PUT", f"/variant_warehouses/{quote(row_id, safe='')}.json", stock))

    async def user(self) -> None:
        """centry-82. Who the token belongs to; nobody needs the answer, but it has to be one."""
        response = await self._http.get(f"{ROOT}/user_info.json", extensions={"operation": "centry-82"})
        decode(Backend.CENTRY, check(Backend.CENTRY, response, says), list[dict[str, Any]])

    async def product_count(self) -> int:
        """centry-08. The page shows a bare number."""
        response = await self._http.get(f"{ROOT}/products/count.json", extensions={"operation": "centry-08"})
        number = decode(Backend.CENTRY, check(Backend.CENTRY, response, says), int)
        if not 0 <= number <= LARGEST_INTEGER:
            raise unreadable(Backend.CENTRY, response, "a number of products")
        return number

    async def read(self, operation: str, path: str, kind: type[V]) -> Sent[V] | None:
        """A record of a kind that Centry alone has; see `own`. None for one that does not exist or was removed."""
        return await self._one(operation, path, kind)

    async def listed(self, operation: str, path: str, kind: type[V]) -> Page[V] | None:
        """A list of these. None where what it belongs to does not exist or was removed."""
        return await self._whole(operation, path, kind)

    async def webhooks(self, after: str | None = None) -> Page[own_wire.Webhook]:
        """centry-83"""
        return await self._page("centry-83", "/webhooks.json", own_wire.Webhook, {}, after)

    async def make(self, operation: str, path: str, body: Mapping[str, Any]) -> str | None:
        """One record of any kind, made; its id, where the answer has one."""
        return id_of(answered(await self._write(operation, "POST", path, body)))

    async def alter(self, operation: str, path: str, body: Mapping[str, Any]) -> None:
        """One record of any kind, changed."""
        answered(await self._write(operation, "PUT", path, body))

    async def remove(self, operation: str, path: str) -> None:
        """Have a record removed; one that is gone by then is removed. Raises Rejected also where an answer 200 says no."""
        response = await self._http.delete(f"{ROOT}{path}", extensions={"operation": operation})
        if response.status_code not in _GONE and answered(response) is False:
            raise Rejected(Backend.CENTRY, "Centry has not deleted it.")

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def pages(self, read: ReadPage[V]) -> AsyncIterator[Page[V]]:
        """A list, page by page. Its end is the empty page: a short one may have been cut by a maximum that nobody knows."""
        after = None
        while page := await read(after):
            yield page
            after = last_id(page)

    async def found(self, read: ReadPage[V]) -> list[Sent[V]]:
        """A list that a key narrows to a few records: all of them, and mostly in one call.

        A page with fewer records than Centry has given before, for the same `limit`, was not cut by its maximum, whatever
        that is: it is the last one. So is an older copy that is not full, where what lies behind it cannot be asked for: who
        kept it may have known that there was no more.
        """
        records: list[Sent[V]] = []
        try:
            async for page in self.pages(read):
                records += page
                if len(page) < self.largest_page:
                    break
        except BackendError:
            question = fallback()
            if not records or question is None or question.because is None or len(records) >= self._page_size:
                raise
        return records

    async def _turn(self, operation: str, order_id: str, into: str, body: Mapping[str, Any]) -> httpx.Response:
        """What is answered to a change of an order's state."""
        return await self._write(operation, "POST", f"/orders/{quote(order_id, safe='')}/order_status/{into}.json", body)

    async def _write(self, operation: str, method: str, path: str, body: Mapping[str, Any]) -> httpx.Response:
        """One change. Raises NotFound."""
        headers, extensions = {"Content-Type": "application/json"}, {"operation": operation}
        address = f"{ROOT}{path}"
        return _there(await self._http.request(method, address, content=_encode(body), headers=headers, extensions=extensions))

    async def _page(
        self, operation: str, path: str, kind: type[V], filters: Mapping[str, str], after: str | None, bare: str = ""
    ) -> Page[V]:
        asked = {**filters, "limit": str(self._page_size)} | ({} if after is None else {"after": after})
        address = f"{ROOT}{path}?{httpx.QueryParams(asked)}{bare}"
        response = await self._http.get(address, extensions=_about(operation))
        texts = decode(Backend.CENTRY, check(Backend.CENTRY, response, says), list[msgspec.Raw])
        page = [_sent(kind, text, response) for text in texts]
        if after is not None and page and last_id(page) <= after:
            raise MalformedReply(Backend.CENTRY, "Centry gives the same page of a list again and again.")
        self.largest_page = max(self.largest_page, len(page))
        return page

    async def _whole(self, operation: str, path: str, kind: type[V]) -> Page[V] | None:
        """A list, as it is asked for; None where what it belongs to does not exist or was removed.

        The page shows one object where it speaks of all histories: it is a list of one.
        """
        response = await self._http.get(f"{ROOT}{path}", extensions=_about(operation))
        if response.status_code in _GONE:
            return None
        answer = decode(Backend.CENTRY, check(Backend.CENTRY, response, says), msgspec.Raw)
        one = bytes(answer).lstrip()[:1] == b"{"
        texts = [answer] if one else decode(Backend.CENTRY, response, list[msgspec.Raw])
        return [_sent(kind, text, response) for text in texts]

    async def _one(self, operation: str, path: str, kind: type[V]) -> Sent[V] | None:
        """None for a record that does not exist or was removed."""
        response = await self._http.get(f"{ROOT}{path}", extensions=_about(operation))
        if response.status_code in _GONE:
            return None
        text = decode(Backend.CENTRY, check(Backend.CENTRY, response, says), msgspec.Raw)
        return _sent(kind, text, response)


def _there(response: httpx.Response) -> httpx.Response:
    """The answer to a change. Raises NotFound where what is changed does not exist or was removed."""
    if response.status_code in _GONE:
        raise NotFound("Centry does not have this, or not any more.", backend=Backend.CENTRY)
    return response


def _about(operation: str) -> dict[str, Any]:
    """What the layers are told of a read."""
    return {"operation": operation, "keep": operation not in _SECRET}


def last_id(page: Page[V]) -> str:
    """What the next page lies behind: the largest id, for within a page nothing is said of the order."""
    return max(sent.id for sent in page)


def written(time: datetime) -> str:
    """As the page's examples of products write a time: in UTC with a Z, for a plus would have to be escaped."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def order_of(raw: bytes) -> wire.Order:
    """An order out of the JSON text that it once came in."""
    record: wire.Order = _decoder(wire.Order).decode(raw)
    return record


def product_of(raw: bytes) -> wire.Product:
    """A product out of the JSON text that it once came in."""
    record: wire.Product = _decoder(wire.Product).decode(raw)
    return record


def warehouse_of(raw: bytes) -> wire.Warehouse:
    """A warehouse out of the JSON text that it once came in."""
    record: wire.Warehouse = _decoder(wire.Warehouse).decode(raw)
    return record


def _sent(kind: type[V], text: msgspec.Raw, response: httpx.Response) -> Sent[V]:
    sent = _read(kind, text, response)
    if not sent.id:
        raise MalformedReply(Backend.CENTRY, "A record of Centry's has no id.")
    return sent


def _read(kind: type[V], text: msgspec.Raw, response: httpx.Response) -> Sent[V]:
    """A record whether it has an id or not."""
    raw = bytes(text)
    try:
        record: V = _decoder(kind).decode(raw)
    except msgspec.DecodeError:
        raise MalformedReply(Backend.CENTRY, "A record of Centry's does not have the documented form.") from None
    return Sent(str(record._id or record.id or "").strip(), record, raw, fetched_at(response))


@cache
def _decoder(kind: type[Any]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind, strict=False, float_hook=Decimal)
