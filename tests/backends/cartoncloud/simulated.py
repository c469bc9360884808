"""The backend over the simulated CartonCloud, and the address to which that sends its webhooks."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import httpx
from starlette.types import Receive, Scope, Send

from gateway.backends.cartoncloud.backend import CartonCloudBackend
from gateway.backends.cartoncloud.sandbox import CartonCloudSandbox
from gateway.backends.cartoncloud.settings import CartonCloudSettings
from gateway.ports import Resources
from gateway.sandbox.server import running
from gateway.sandbox.world import World

PATIENCE = 20.0


class Receiver:
    """Hands every webhook to the backend, over HTTP."""

    port = 0
    path = ""

    def __init__(self) -> None:
        self.app = self._take
        self.backend: CartonCloudBackend | None = None
        self.statuses: list[int] = []

    def operation(self, method: str, path: str, body: bytes) -> str | None:
        return None

    def settings(self, address: str) -> Mapping[str, str]:
        return {}

    def revoke_tokens(self) -> None: ...

    async def run(self) -> None: ...

    async def _take(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.backend is not None
        parts, more = [], True
        while more:
            message = await receive()
            parts.append(message["body"])
            more = message.get("more_body", False)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        query = dict(parse_qsl(scope["query_string"].decode()))
        outcome = await self.backend.receive(headers, query, b"".join(parts))
        self.statuses.append(outcome.status)
        await send({"type": "http.response.start", "status": outcome.status, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@dataclass(frozen=True)
class CartonCloud:
    """A simulated CartonCloud, what it was asked, and what may go wrong with it."""

    address: str
    hook: str
    variables: Mapping[str, str] = field(repr=False)
    receiver: Receiver = field(default_factory=Receiver)

    def backend(self, resources: Resources, **changes: Any) -> CartonCloudBackend:
        """A backend that reaches it, and to which its webhooks go from now on."""
        prefix = "GATEWAY_CARTONCLOUD__"
        given = {name.removeprefix(prefix).lower(): value for name, value in self.variables.items()}
        self.receiver.backend = CartonCloudBackend(CartonCloudSettings(**(given | changes)), resources)
        return self.receiver.backend

    def calls(self) -> list[str]:
        """The operations that were called, but for those for tokens."""
        return [call["operation"] for call in self._get("/__calls") if call["operation"] != "cartoncloud-01"]

    def tokens(self) -> int:
        """How many tokens were asked for."""
        return sum(call["operation"] == "cartoncloud-01" for call in self._get("/__calls"))

    def forget_calls(self) -> None:
        httpx.delete(f"{self.address}/__calls").raise_for_status()

    def fault(self, **fault: Any) -> None:
        httpx.put(f"{self.address}/__faults", json=fault).raise_for_status()

    def records(self, kind: str) -> list[dict[str, Any]]:
        """All that it holds of a kind: inbound, outbound, consignment, product, customer, warehouse."""
        found: list[dict[str, Any]] = self._get(f"/__records/{kind}")
        return found

    def put(self, kind: str, record: Mapping[str, Any]) -> None:
        httpx.put(f"{self.address}/__records/{kind}", json=record).raise_for_status()

    def mend(self) -> None:
        httpx.delete(f"{self.address}/__faults").raise_for_status()

    def revoke_tokens(self) -> None:
        httpx.delete(f"{self.address}/__tokens").raise_for_status()

    def tell_everything(self) -> None:
        """Have it send the webhooks of all that it holds, and wait until all of them were taken."""
        httpx.put(f"{self.address}/__webhooks", json={"url": self.hook}).raise_for_status()
        self._wait()

    def advance(self, kind: str, number: str, status: str, *, told: bool = True) -> None:
        """Let a record's status change; with `told`, wait until the webhook of it was taken."""
        change = {"kind": kind, "number": number, "status": status}
        httpx.post(f"{self.address}/__advance", json=change).raise_for_status()
        if told:
            self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while self._get("/__webhooks")["pending"]:
            assert time.monotonic() < end, "the webhooks were not taken"
            time.sleep(0.02)

    def _get(self, path: str) -> Any:
        return httpx.get(f"{self.address}{path}").raise_for_status().json()


@contextmanager
def simulated(world: World, **changes: Any) -> Iterator[CartonCloud]:
    """On free ports. Until it is told otherwise, its webhooks go nowhere."""
    system, receiver = CartonCloudSandbox(world, webhook_url="http://127.0.0.1:9", **changes), Receiver()
    with running({"CARTONCLOUD": system, "receiver": receiver}) as addresses:
        address = addresses["CARTONCLOUD"]
        yield CartonCloud(address, f"{addresses['receiver']}/webhooks", system.settings(address), receiver)
