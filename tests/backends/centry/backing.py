"""Centry as a backend of the gateway, before a simulated Centry, with a count of what reaches that."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx

from gateway.backends.centry.backend import CentryBackend
from gateway.backends.centry.sandbox import CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, CentrySandbox
from gateway.backends.centry.settings import CentrySettings
from gateway.models import OrderFilter, ShipmentFilter, Sort, VariantRecord
from gateway.ports import ListQuery, Position, Resources
from gateway.sandbox.server import running

TOKEN = "centry-02"
ORDERS, ORDER = "centry-55", "centry-56"
PRODUCTS, PRODUCT = "centry-03", "centry-04"
VARIANTS, VARIANT = "centry-15", "centry-17"
WAREHOUSES, STOCK = "centry-23", "centry-28"
ASSETS, VARIANT_ASSETS = "centry-11", "centry-35"
LABELS, NOTES, DOCUMENTS = "centry-59", "centry-64", "centry-66"
CATEGORY, BRAND, USER = "centry-40", "centry-42", "centry-82"


class Backing:
    """The backend under test, and the control of the system behind it."""

    def __init__(self, backend: CentryBackend, control: httpx.AsyncClient) -> None:
        self.backend = backend
        self.control = control

    async def calls(self) -> Counter[str]:
        """How often each operation was called since the last time this was asked, token calls apart."""
        recorded = (await self.control.get("/__calls")).json()
        await self.control.delete("/__calls")
        return Counter(call["operation"] for call in recorded if call["path"] != "/oauth/token")

    async def fault(self, **fault: Any) -> None:
        (await self.control.put("/__faults", json=fault)).raise_for_status()

    async def until_called(self, times: int) -> None:
        """Wait until so many calls have reached Centry, answered or not."""
        async with asyncio.timeout(10):
            while len([call for call in (await self.control.get("/__calls")).json() if call["path"] != "/oauth/token"]) < times:
                pass

    async def mend(self) -> None:
        (await self.control.delete("/__faults")).raise_for_status()

    async def write(self, method: str, path: str, **fields: Any) -> None:
        """What somebody else changes in Centry."""
        login = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "redirect_uri": REDIRECT_URI}
        token = (await self.control.post("/oauth/token", json={**login, "grant_type": "client_credentials"})).json()
        headers = {"Authorization": f"Bearer {token['access_token']}"}
        answer = await self.control.request(method, f"/conexion/v1{path}", json=fields or None, headers=headers)
        answer.raise_for_status()
        await self.calls()


@asynccontextmanager
async def backing(sandbox: CentrySandbox, resources: Resources, **changes: Any) -> AsyncIterator[Backing]:
    """Without a cache, unless `changes` say so: every read is a call."""
    with running({"CENTRY": sandbox}) as addresses:
        backend = CentryBackend(settings(sandbox.settings(addresses["CENTRY"]), **{"cache_ttl": 0, **changes}), resources)
        async with httpx.AsyncClient(base_url=addresses["CENTRY"]) as control:
            try:
                yield Backing(backend, control)
            finally:
                await backend.close()


def settings(variables: Mapping[str, str], **changes: Any) -> CentrySettings:
    names = {name.removeprefix("GATEWAY_CENTRY__").lower(): value for name, value in variables.items()}
    return CentrySettings(**{**names, **changes})


def orders(limit: int, *, sort: Sort = Sort.DESC, after: Position | None = None, **wanted: Any) -> ListQuery[OrderFilter]:
    return ListQuery(filter=OrderFilter(**wanted), sort=sort, after=after, limit=limit)


def shipments(limit: int, *, sort: Sort = Sort.DESC, after: Position | None = None, **wanted: Any) -> ListQuery[ShipmentFilter]:
    return ListQuery(filter=ShipmentFilter(**wanted), sort=sort, after=after, limit=limit)


def variants_of(found: Any) -> list[VariantRecord]:
    """The different variants of a slice's orders."""
    lines = [line for order in found.records for line in order.lines]
    return list({line.variant_record.backend_id: line.variant_record for line in lines if line.variant_record}.values())
