"""How tests ask the simulated Cenports."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from gateway.backends.cenports.sandbox import CenportsSandbox
from gateway.sandbox.server import running
from gateway.sandbox.world import ShopOrder, System, World

CREDENTIALS = {"grant_type": "client_credentials", "client_id": "sandbox-client", "client_secret": "sandbox-secret"}
PARTNER = "111AAA"
CHANNEL = "AMAZON"


@dataclass
class Clock:
    """A clock that a test moves on."""

    seconds: float = 1000

    def __call__(self) -> float:
        return self.seconds


@contextmanager
def connected(system: CenportsSandbox) -> Iterator[httpx.Client]:
    """A client with a token."""
    with running({"CENPORTS": system}) as addresses:
        client = httpx.Client(base_url=addresses["CENPORTS"] + "/v2")
        with client:
            client.headers["Authorization"] = f"Bearer {token(client)}"
            yield client


def token(client: httpx.Client) -> str:
    answer: str = client.post("/authorize", json=CREDENTIALS).json()["access_token"]
    return answer


def ask(client: httpx.Client, path: str, **parameters: object) -> httpx.Response:
    return client.get(path, params={"partnerId": PARTNER, **{k: str(v) for k, v in parameters.items()}})


def numbers(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [record["orderNo"] for record in answer.json()["data"]]


def refused(answer: httpx.Response, *names: str) -> dict[str, list[str]]:
    assert answer.status_code == 422
    assert answer.json()["message"] == "The given data was invalid."
    errors: dict[str, list[str]] = answer.json()["errors"]
    assert tuple(errors) == names
    return errors


def orders(world: World, holds: Callable[[ShopOrder], bool] = lambda _: True) -> set[str]:
    return {order.number for order in world.orders_of(System.CENPORTS) if holds(order)}


def one_order(world: World, holds: Callable[[ShopOrder], bool]) -> ShopOrder:
    return next(order for order in world.orders_of(System.CENPORTS) if holds(order))
