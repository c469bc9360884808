"""The simulated Harbour: a small shop's system, on goods of the seeded world. This is its whole page:

Every call carries the header `X-Harbour-Key`, else the answer is 401. An error is `{"error": "…"}`. Every other reply is
`{"records": […], "more": false}`. Times are in UTC, such as `2026-06-30T18:00:00Z`; amounts are texts.

harbour-01  GET  /api/shop          {"name": "Harbour"}
harbour-02  GET  /api/orders        ordered by `placed` and `id`: ?direction=up|down &limit=1…50 &behind=TIME,ID &state=WORD
harbour-03  POST /api/orders/find   {"ids": […]} or {"numbers": […]} (`no` or `ref`), 50 at most; in no order
harbour-04  GET  /api/parcels       as orders, by `created` and `id`
harbour-05  POST /api/parcels/find  {"ids": […]} or {"orders": […]} (their ids)
harbour-06  POST /api/goods/find    {"ids": […]} or {"skus": […]}
harbour-07  GET  /api/depots        all of them
"""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from gateway.sandbox.system import SimulatedSystem
from gateway.sandbox.world import LAST_DAY, Item, World

Record = dict[str, Any]

MOST = 50
_KEY = "harbour-sandbox-access-token"
_STATES = ("open", "packed", "sent", "sent", "void")
_KEYS: dict[str, dict[str, tuple[str, ...]]] = {
    "orders": {"ids": ("id",), "numbers": ("no", "ref")},
    "parcels": {"ids": ("id",), "orders": ("order",)},
    "goods": {"ids": ("id",), "skus": ("sku",)},
}
_TIMES = {"orders": "placed", "parcels": "created"}
_OPERATIONS = {
    ("GET", "/api/shop"): "harbour-01",
    ("GET", "/api/orders"): "harbour-02",
    ("POST", "/api/orders/find"): "harbour-03",
    ("GET", "/api/parcels"): "harbour-04",
    ("POST", "/api/parcels/find"): "harbour-05",
    ("POST", "/api/goods/find"): "harbour-06",
    ("GET", "/api/depots"): "harbour-07",
}


class HarbourSandbox:
    """A Harbour with as many orders as each shop of the world has."""

    port = 8105
    path = ""

    def __init__(self, world: World) -> None:
        self._world = world
        self.records = _records(world)
        self._key = _KEY
        self._routes = Starlette(
            routes=[
                Route("/api/shop", lambda _: JSONResponse({"name": "Harbour"})),
                Route("/api/depots", lambda _: _reply(self.records["depots"])),
                Route("/api/{kind}", self._list),
                Route("/api/{kind}/find", self._find, methods=["POST"]),
            ]
        )
        self.app = self._application

    def operation(self, method: str, path: str, body: bytes) -> str | None:
        """The operation of the page that a request is for."""
        return _OPERATIONS.get((method, path))

    def settings(self, address: str) -> Mapping[str, str]:
        """The gateway's settings for this system at this address."""
        return {"GATEWAY_HARBOUR__BASE_URL": address, "GATEWAY_HARBOUR__ACCESS_TOKEN": _KEY}

    def revoke_tokens(self) -> None:
        """Harbour gives out none: its key holds for ever."""

    async def run(self) -> None:
        """Nothing happens by itself."""

    async def _application(self, scope: Scope, receive: Receive, send: Send) -> None:
        allowed = dict(scope["headers"]).get(b"x-harbour-key") == self._key.encode()
        answer = self._routes if allowed else _refusal(401, "Say who you are.")
        await answer(scope, receive, send)

    async def _list(self, request: Request) -> JSONResponse:
        kind, asked = request.path_params["kind"], request.query_params
        if kind not in _TIMES:
            return _refusal(404, "There is no such list.")
        down = asked.get("direction") == "down"
        limit = min(int(asked.get("limit", MOST)), MOST)
        time, _, behind_id = asked.get("behind", "").partition(",")
        behind = (datetime.fromisoformat(time), behind_id) if time else None
        listed = sorted(self.records[kind], key=lambda record: _place(kind, record), reverse=down)
        wanted = [record for record in listed if asked.get("state") in (None, record.get("state"))]
        rest = [r for r in wanted if behind is None or (_place(kind, r) < behind if down else _place(kind, r) > behind)]
        return _reply(rest[:limit], more=len(rest) > limit)

    async def _find(self, request: Request) -> JSONResponse:
        kind, body = request.path_params["kind"], await request.json()
        by, values = next(iter(body.items()))
        if by not in _KEYS.get(kind, {}) or len(values) > MOST:
            return _refusal(422, f"Name at most {MOST} keys.")
        found = [record for record in self.records[kind] if any(record[name] in values for name in _KEYS[kind][by])]
        return _reply(self._world.shuffled(found, by))


def _reply(records: Sequence[Record], *, more: bool = False) -> JSONResponse:
    return JSONResponse({"records": list(records), "more": more})


def _refusal(status: int, why: str) -> JSONResponse:
    return JSONResponse({"error": why}, status)


def _place(kind: str, record: Record) -> tuple[datetime, str]:
    return datetime.fromisoformat(record[_TIMES[kind]]), record["id"]


def _records(world: World) -> dict[str, list[Record]]:
    rng = random.Random(f"harbour {world.seed}")
    goods = [_good(item) for item in world.items]
    depots = [{"id": "north", "name": "Northern Pier", "city": "Bergen", "country": "NO"}]
    orders = [_order(rng, number, goods) for number in range(1, len(world.orders) // 3 + 1)]
    parcels = [parcel for order in orders if order["state"] == "sent" for parcel in _parcels(rng, order)]
    return {"orders": orders, "parcels": parcels, "goods": goods, "depots": depots}


def _good(item: Item) -> Record:
    parts = {"ean": item.barcode, "title": item.title, "colour": item.colour, "size": item.size}
    return {"id": f"good {item.sku}", "sku": item.sku, **parts}


def _order(rng: random.Random, number: int, goods: Sequence[Record]) -> Record:
    """Every third is placed at the same second as the one before: then the id tells them apart."""
    placed = LAST_DAY - timedelta(hours=(number - number % 3 // 2) * 7)
    rows = [
        {"row": row, "sku": good["sku"], "title": good["title"], "count": rng.randrange(1, 4), "price": "10.50"}
        for row, good in enumerate(rng.sample(goods, rng.randrange(1, 4)), 1)
    ]
    return {
        "id": f"o/{number:04}",
        "no": f"H-{number}",
        "ref": rng.choice((None, f"web {number}")),
        "state": rng.choice(_STATES),
        "placed": _written(placed),
        "changed": _written(placed + timedelta(hours=1)),
        "shop": rng.choice(("web", "pier")),
        "buyer": f"Customer {number}",
        "email": f"customer-{number}@example.com",
        "currency": "NOK",
        "total": f"{sum(row['count'] for row in rows) * 10.5:.2f}",
        "rows": rows,
    }


def _parcels(rng: random.Random, order: Record) -> list[Record]:
    """One, or one for each row."""
    split = [[row] for row in order["rows"]] if rng.random() < 0.3 else [order["rows"]]
    created = datetime.fromisoformat(order["placed"]) + timedelta(hours=2)
    sent, arrived = created + timedelta(hours=3), created + timedelta(days=2)
    return [
        {
            "id": f"p/{order['id']}/{place}",
            "order": order["id"],
            "order_no": order["no"],
            "created": _written(created),
            "carrier": "Ferry Post",
            "tracking": f"FP{order['no']}{place}",
            "sent": _written(sent),
            "arrived": rng.choice((None, _written(arrived))),
            "depot": "north",
            "rows": [{key: row[key] for key in ("row", "sku", "title", "count")} for row in rows],
        }
        for place, rows in enumerate(split, 1)
    ]


def _written(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")


SANDBOX: type[SimulatedSystem] = HarbourSandbox
