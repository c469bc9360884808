"""The client of Centra's SOAP interface: one method for each documented operation that the gateway calls."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx

from gateway.backends.centra import soap
from gateway.backends.centra.settings import CentraSettings
from gateway.backends.centra.wire import Event
from gateway.models import Backend

_LARGE = 100_000
"""Bytes above which a reply is read in a thread: 700 KB take 40 ms, in which the event loop would stand still."""


class CentraClient:
    """Speaks with one SOAP plugin. Every error is a BackendError."""

    def __init__(self, settings: CentraSettings, connect: Callable[..., httpx.AsyncClient]) -> None:
        login = {"username": settings.username, "password": settings.password.get_secret_value()}
        self._requests = soap.Requests(login)
        self._http = connect(Backend.CENTRA, settings, base_url=settings.soap_url, is_answer=soap.is_fault)

    async def events_get(self, kind: str) -> list[Event]:
        """The oldest events of a type, or of `all`, 100 at most. They stay in the queue."""
        return await self._events("centra-01", "events_Get", type=kind)

    async def events_get_by_markets(self, kind: str, markets: Sequence[str]) -> list[Event]:
        """The oldest events of a type that concern these markets, 100 at most. They stay in the queue."""
        named = {"market": [{"id": market} for market in markets]}
        return await self._events("centra-02", "events_GetByMarkets", type=kind, markets=named)

    async def events_done(self, event_ids: Sequence[str]) -> None:
        """Let Centra forget these events for good."""
        response = await self._call("centra-03", "events_Done", read=False, event=list(event_ids))
        soap.read_done(response)

    async def orders_update(self, order: Mapping[str, Any]) -> list[str]:
        """Change an order, or make it where its id is unknown. Of all updates: what is not sent does not change, and what
        Centra remarks is given."""
        return await self._update("centra-04", "orders_Update", "orders", "order", [order])

    async def products_update(self, products: Sequence[Mapping[str, Any]]) -> list[str]:
        """What is known of products, or what their sizes have where."""
        return await self._update("centra-05", "products_Update", "products", "product", products)

    async def warehouses_update(self, warehouses: Sequence[Mapping[str, Any]]) -> list[str]:
        return await self._update("centra-06", "warehouses_Update", "warehouses", "warehouse", warehouses)

    async def sizes_update(self, sizes: Sequence[Mapping[str, Any]]) -> list[str]:
        """Sizes, each with its size table in it."""
        return await self._update("centra-07", "sizes_Update", "sizes", "size", sizes)

    async def markets_update(self, markets: Sequence[Mapping[str, Any]]) -> list[str]:
        return await self._update("centra-08", "markets_Update", "markets", "market", markets)

    async def pricelists_update(self, pricelists: Sequence[Mapping[str, Any]]) -> list[str]:
        return await self._update("centra-09", "pricelists_Update", "pricelists", "pricelist", pricelists)

    async def price_alteration_dates_update(self, dates: Sequence[Mapping[str, Any]]) -> list[str]:
        return await self._update(
            "centra-10", "pricealterationdates_Update", "pricealterationdates", "pricealterationdate", dates
        )

    async def payment_terms_update(self, terms: Sequence[Mapping[str, Any]]) -> list[str]:
        return await self._update("centra-11", "paymentterms_Update", "paymentterms", "paymentterms", terms)

    async def shipping_terms_update(self, terms: Sequence[Mapping[str, Any]]) -> list[str]:
        return await self._update("centra-12", "shippingterms_Update", "shippingterms", "shippingterms", terms)

    async def accounts_update(self, accounts: Sequence[Mapping[str, Any]]) -> list[str]:
        return await self._update("centra-13", "accounts_Update", "accounts", "account", accounts)

    async def customers_update(self, customers: Sequence[Mapping[str, Any]]) -> list[str]:
        return await self._update("centra-14", "customers_Update", "customers", "customer", customers)

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _events(self, operation: str, name: str, **values: Any) -> list[Event]:
        response = await self._call(operation, name, read=True, **values)
        if len(response.content) > _LARGE:
            return await asyncio.to_thread(soap.read_events, response)
        return soap.read_events(response)

    async def _update(
        self, operation: str, name: str, container: str, element: str, sent: Sequence[Mapping[str, Any]]
    ) -> list[str]:
        response = await self._call(operation, name, read=False, **{container: {element: list(sent)}})
        return soap.read_done(response)

    async def _call(self, operation: str, name: str, *, read: bool, **values: Any) -> httpx.Response:
        body = await self._requests.write(name, **values)
        extensions = {"operation": operation, "read": read}
        return await self._http.post("", content=body, headers=soap.headers(name), extensions=extensions)
