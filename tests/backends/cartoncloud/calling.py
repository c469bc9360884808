"""Callers of the simulated CartonCloud, and a receiver of its webhooks, over real sockets."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.backends.cartoncloud.sandbox import CLIENT_ID, CLIENT_SECRET, TENANT_ID, CartonCloudSandbox
from gateway.sandbox.server import running
from gateway.sandbox.world import make_world

WORLD = make_world(seed=3, orders=20)
NOWHERE = "http://127.0.0.1:9/webhooks"
TENANT = f"/tenants/{TENANT_ID}"
FORM = {"grant_type": "client_credentials"}
COLLECTIONS = {"inbound": "inbound-orders", "outbound": "outbound-orders", "consignment": "consignments"}
PATIENCE = 20


class Receiver:
    """Takes webhooks at any address. Answers those of a record with its `statuses` first, then with `then`."""

    port = 0
    path = ""

    def __init__(self, statuses: Mapping[str, Sequence[int]] | None = None, then: int = 200) -> None:
        self.app: ASGIApp = self._take
        self.taken: list[dict[str, Any]] = []
        self.tries: list[dict[str, Any]] = []
        self.headers: list[Mapping[str, str]] = []
        self._statuses, self._then = {key: list(values) for key, values in (statuses or {}).items()}, then
        self._changed = threading.Condition()

    def operation(self, method: str, path: str, body: bytes) -> str | None:
        return None

    def settings(self, address: str) -> Mapping[str, str]:
        return {}

    def revoke_tokens(self) -> None: ...

    async def run(self) -> None: ...

    def wait_for(self, condition: Callable[["Receiver"], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: condition(self), PATIENCE), "the webhooks did not come"

    async def _take(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = json.loads((await receive())["body"])
        with self._changed:
            left = self._statuses.get(body["id"])
            status = left.pop(0) if left else self._then
            self.headers.append({name.decode(): value.decode() for name, value in scope["headers"]})
            self.tries.append(body)
            if status < 300:
                self.taken.append(body)
            self._changed.notify_all()
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})


def make_sandbox(**options: Any) -> CartonCloudSandbox:
    return CartonCloudSandbox(WORLD, **{"webhook_url": NOWHERE, **options})


@contextmanager
def visiting(sandbox: CartonCloudSandbox) -> Iterator[httpx.Client]:
    """A client without token, but with the version that every call needs."""
    with (
        running({"cartoncloud": sandbox}) as at,
        httpx.Client(base_url=at["cartoncloud"], headers={"Accept-Version": "1"}) as client,
    ):
        yield client


@contextmanager
def logged_in(sandbox: CartonCloudSandbox) -> Iterator[httpx.Client]:
    with visiting(sandbox) as client:
        reply = client.post("/uaa/oauth/token", data=FORM, auth=(CLIENT_ID, CLIENT_SECRET))
        client.headers["Authorization"] = f"Bearer {reply.json()['access_token']}"
        yield client


@contextmanager
def backstage(sandbox: CartonCloudSandbox) -> Iterator[httpx.Client]:
    """The sandbox with its webhooks, and a client for its addresses for tests."""
    with (
        running({"cartoncloud": sandbox}) as at,
        httpx.Client(base_url=at["cartoncloud"]) as client,
    ):
        yield client


def everything(sandbox: CartonCloudSandbox) -> list[dict[str, Any]]:
    return [record for kind in COLLECTIONS for record in sandbox.records(kind).values()]


def wait_until_sent(client: httpx.Client, delivered: int) -> None:
    """Nothing is waiting or on its way any more, so nothing more can come, and this many were delivered."""
    end = time.monotonic() + PATIENCE
    while (state := client.get("/__webhooks").json())["pending"]:
        assert time.monotonic() < end, f"{state['pending']} webhooks are still to be sent"
        time.sleep(0.02)
    assert state["delivered"] == delivered


def assert_refused(reply: httpx.Response, status: int) -> None:
    """The status, and the page's array of messages."""
    assert reply.status_code == status
    assert [list(error) for error in reply.json()] == [["message"]]
