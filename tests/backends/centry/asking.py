"""A caller of the simulated Centry, over a real socket."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeAlias

import httpx

from gateway.backends.centry.sandbox import CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, CentrySandbox
from gateway.sandbox.server import running
from gateway.sandbox.world import System, make_world

WORLD = make_world(seed=3, orders=120)
ORDERS = WORLD.orders_of(System.CENTRY)
LISTS = (
    "orders", "products", "variants", "warehouses", "variant_warehouses", "brands", "categories", "colors", "sizes",
    "locations/countries", "locations/regions", "locations/cities", "locations/communes",
)  # fmt: skip
Query: TypeAlias = Mapping[str, str | int]


class Caller:
    """A client of the simulated Centry."""

    def __init__(self, http: httpx.Client, token: str = "") -> None:
        self.http = http
        self.token = token

    def grant(self, **parameters: str) -> httpx.Response:
        known = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        return self.http.post("/oauth/token", json=known | parameters)

    def refresh(self, refresh_token: str, **parameters: str) -> httpx.Response:
        known = {"redirect_uri": REDIRECT_URI, "grant_type": "refresh_token", "refresh_token": refresh_token}
        return self.grant(**(known | parameters))

    def ask(self, path: str, query: Query | None = None, *, method: str = "GET") -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.http.request(method, f"/conexion/v1/{path}", params=query or None, headers=headers)

    def write(self, method: str, path: str, body: object = None, *, status: int = 200) -> Any:
        """The answer to a write, which must have this status."""
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = self.http.request(method, f"/conexion/v1/{path}", json=body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    def get(self, path: str, **query: str | int) -> Any:
        answer = self.ask(path, query)
        assert answer.status_code == 200, answer.text
        return answer.json()


@contextmanager
def calling(sandbox: CentrySandbox) -> Iterator[Caller]:
    with running({"CENTRY": sandbox}) as addresses, signed_in(addresses["CENTRY"]) as caller:
        yield caller


@contextmanager
def signed_in(address: str) -> Iterator[Caller]:
    """A client with a token, at this address."""
    with httpx.Client(base_url=address) as http:
        caller = Caller(http)
        caller.token = caller.grant(grant_type="client_credentials").json()["access_token"]
        yield caller


def ids(records: list[dict[str, Any]]) -> list[str]:
    return [record["_id"] for record in records]


def every_order(caller: Caller, **query: str | int) -> list[dict[str, Any]]:
    orders: list[dict[str, Any]] = caller.get("orders.json", limit=1000, **query)
    return orders
