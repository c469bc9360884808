"""How tests reach the Cenports backend: against the simulated Cenports, or against one that answers what a test writes."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import gateway.backends.cenports
from gateway.backends.cenports.backend import CenportsBackend
from gateway.backends.cenports.sandbox import CenportsSandbox
from gateway.backends.cenports.settings import CenportsSettings
from gateway.models import Order, OrderFilter, Shipment, ShipmentFilter, Sort
from gateway.ports import ListQuery, Position, Resources, Slice
from gateway.sandbox.server import running
from gateway.sandbox.system import SimulatedSystem
from gateway.sandbox.world import ShopOrder, System, World

PREFIX = "GATEWAY_CENPORTS__"
MANY = 1_000_000
"""Calls a minute, for tests that are not about them."""

CONTRACT = Path(gateway.backends.cenports.__file__).parent / "contract"


def recorded(name: str) -> bytes:
    """A message that the vendor's page prints."""
    return (CONTRACT / name).read_bytes()


class Calls:
    """The calls that a simulated system has counted."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def counted(self) -> dict[str, int]:
        """How many of each operation since the last time, token calls aside."""
        async with httpx.AsyncClient() as http:
            calls = (await http.get(f"{self._address}/__calls")).json()
            await http.delete(f"{self._address}/__calls")
        names = [call["operation"] for call in calls if call["operation"] != "cenports-01"]
        return {name: names.count(name) for name in names}

    async def fault(self, **fault: Any) -> None:
        async with httpx.AsyncClient() as http:
            (await http.put(f"{self._address}/__faults", json=fault)).raise_for_status()


@asynccontextmanager
async def reaching(
    system: SimulatedSystem, resources: Resources, **settings: Any
) -> AsyncIterator[tuple[CenportsBackend, Calls]]:
    with running({"CENPORTS": system}) as addresses:
        address = addresses["CENPORTS"]
        given = {name.removeprefix(PREFIX).lower(): value for name, value in system.settings(address).items()}
        backend = CenportsBackend(CenportsSettings(**{"cache_ttl": 0, **given, **settings}), resources)
        try:
            yield backend, Calls(address)
        finally:
            await backend.close()


@asynccontextmanager
async def simulated(world: World, resources: Resources, **settings: Any) -> AsyncIterator[tuple[CenportsBackend, Calls]]:
    async with reaching(CenportsSandbox(world, calls_per_minute=MANY), resources, **settings) as both:
        yield both


class Scripted:
    """A Cenports that answers each GET as `answer` says of its path and parameters; `asked` has the parameters."""

    port = 0
    path = "/v2"

    def __init__(self, answer: Callable[[str, Mapping[str, str]], Any]) -> None:
        self.asked: list[dict[str, str]] = []
        self.bodies: list[Any] = []
        self._answer = answer
        routes = [Route("/v2/authorize", self._token, methods=["POST"]), Route("/v2/{path}", self._reply)]
        self.app = Starlette(routes=routes)

    async def _token(self, _request: Request) -> Response:
        return Response(recorded("cenports-01-authorize.reply.json"))

    async def _reply(self, request: Request) -> Response:
        parameters = dict(request.query_params)
        self.asked.append(parameters)
        self.bodies.append(await request.json())
        answer = self._answer(request.path_params["path"], parameters)
        return answer if isinstance(answer, Response) else Response(answer if isinstance(answer, bytes) else json.dumps(answer))

    def operation(self, method: str, path: str, body: bytes) -> str | None:
        return f"{method} {path}"

    def settings(self, address: str) -> Mapping[str, str]:
        values = {"BASE_URL": f"{address}/v2", "CLIENT_ID": "id", "CLIENT_SECRET": "-", "PARTNER_ID": "111AAA"}
        return {f"{PREFIX}{name}": value for name, value in values.items()}

    def revoke_tokens(self) -> None: ...

    async def run(self) -> None: ...


def orders_of(world: World) -> list[ShopOrder]:
    return world.orders_of(System.CENPORTS)


def order_id(order: ShopOrder) -> str:
    return f"{order.channel}/{order.number}"


def asking(
    wanted: OrderFilter | None = None, *, sort: Sort = Sort.DESC, after: Position | None = None, limit: int = 50
) -> ListQuery[OrderFilter]:
    return ListQuery(filter=wanted or OrderFilter(), sort=sort, after=after, limit=limit)


def asking_shipments(
    wanted: ShipmentFilter | None = None, *, sort: Sort = Sort.DESC, after: Position | None = None, limit: int = 50
) -> ListQuery[ShipmentFilter]:
    return ListQuery(filter=wanted or ShipmentFilter(), sort=sort, after=after, limit=limit)


async def walked(backend: CenportsBackend, wanted: OrderFilter, sort: Sort, limit: int) -> list[Slice[Order]]:
    """All pages, to the end."""
    pages = [await backend.orders(asking(wanted, sort=sort, limit=limit))]
    while pages[-1].more:
        pages.append(await backend.orders(asking(wanted, sort=sort, limit=limit, after=pages[-1].position)))
    return pages


async def walked_shipments(backend: CenportsBackend, wanted: ShipmentFilter, sort: Sort, limit: int) -> list[Slice[Shipment]]:
    pages = [await backend.shipments(asking_shipments(wanted, sort=sort, limit=limit))]
    while pages[-1].more:
        after = pages[-1].position
        pages.append(await backend.shipments(asking_shipments(wanted, sort=sort, limit=limit, after=after)))
    return pages
