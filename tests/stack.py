"""A whole gateway for journeys: on a real socket, over simulated backends on real sockets."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx

from gateway.app import open_gateway
from gateway.models import Backend
from gateway.sandbox.server import environment, load_sandboxes, running
from gateway.sandbox.world import World, make_world
from gateway.serve import Server, listen
from gateway.settings import Settings
from tests import called
from tests.ports import free_port
from tests.secrets import assert_none_in

PATIENCE = 60.0
"""Seconds: only a machine that has many other things to do needs as much."""

_TLS = httpx.create_ssl_context()
"""Made once: to make one takes longer than most answers, and nothing here goes over TLS."""

QUICK = {
    "GATEWAY_CENTRA__QUEUE": "consume",
    "GATEWAY_CENTRA__POLL_INTERVAL": "60",
    "GATEWAY_CARTONCLOUD__POLL_INTERVAL": "60",
    "GATEWAY_CENTRY__INDEX_INTERVAL": "3600",  # no look for changes in between whose calls would be counted
    "GATEWAY_CENPORTS__INDEX_INTERVAL": "3600",
    "GATEWAY_CENPORTS__RATE_LIMIT": "",  # tests ask more in a minute than a shop does
}
"""What brings a gateway in step soon, and then leaves the simulated systems alone."""

_CATALOGUE = """{
    products(first: 1) { sources { state error { message } } }
    variants(first: 1) { sources { state error { message } } }
    warehouses { nodes { stock(first: 1) { sources { state error { message } } } } }
}"""


@dataclass(frozen=True)
class GatewayClient:
    """Asks the gateway as a frontend would; with a `key` where it wants one."""

    address: str
    key: str | None = field(default=None, repr=False)

    def ask(self, query: str, headers: Mapping[str, str] | None = None, **variables: Any) -> dict[str, Any]:
        """The whole answer. No secret may be in it, whatever was asked."""
        body = {"query": query, "variables": variables}
        known = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        response = httpx.post(
            f"{self.address}/graphql", json=body, headers=known | dict(headers or {}), timeout=PATIENCE, verify=_TLS
        )
        assert_none_in(response.text, "an answer")
        answer: dict[str, Any] = response.json()
        return answer

    def data(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an answer that has no errors."""
        answer = self.ask(query, **variables)
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data


@dataclass(frozen=True)
class Stack:
    """The gateway, the world that it looks into, and the simulated backends (`addresses` by name).

    `settings` are the gateway's; `in_step` is its SQLite database as it was before any question, without copies of answers.
    `systems` are the simulated backends themselves, for tests that change what they hold.
    """

    client: GatewayClient
    world: World
    addresses: Mapping[str, str]
    settings: Mapping[str, str] = field(repr=False)
    in_step: Path | None
    systems: Mapping[str, Any] = field(repr=False)

    def calls(self, backend: str) -> list[str]:
        """The operations that reached a backend since `forget_calls`, without those for tokens."""
        found = httpx.get(f"{self.addresses[backend]}/__calls").json()
        tokens = ("cenports-01", "centry-01", "centry-02", "cartoncloud-01", None)
        return [call["operation"] for call in found if call["operation"] not in tokens]

    def forget_calls(self) -> None:
        note_calls(self.addresses)
        for address in self.addresses.values():
            httpx.delete(f"{address}/__calls").raise_for_status()

    def fault(self, backend: str, **fault: Any) -> None:
        httpx.put(f"{self.addresses[backend]}/__faults", json=fault).raise_for_status()

    def mend(self) -> None:
        for address in self.addresses.values():
            httpx.delete(f"{address}/__faults").raise_for_status()

    @contextmanager
    def newcomer(self, home: Path | None = None, **settings: str) -> Iterator[GatewayClient]:
        """Another gateway with the same settings but for `settings`: in step like this one, but it has asked nothing yet.

        Its database stays in `home`, where one is given. On PostgreSQL it shares this one's database.
        """
        with tempfile.TemporaryDirectory() as temporary:
            place = home or Path(temporary)
            if self.in_step is not None:
                shutil.copy(self.in_step, place / "gateway.db")
            with running_gateway(place, {**self.settings, **settings}) as client:
                yield replace(client, key=self.client.key)


@contextmanager
def whole_stack(
    home: Path,
    *,
    orders: int = 40,
    world: World | None = None,
    settings: Mapping[str, str] | None = None,
    wait: bool = True,
    centry: Mapping[str, Any] | None = None,
    cartoncloud: Mapping[str, Any] | None = None,
    key: str | None = None,
) -> Iterator[Stack]:
    """All four simulated backends and a gateway on them; with `wait`, once its read model is in step. Cenports lets it ask as
    often as it likes.

    They hold `world`, else the usual one with so many `orders`. The database is SQLite's, in `home`, unless `settings` name
    another. `centry` and `cartoncloud` are arguments of these simulated systems, `key` is what the gateway's client sends.
    """
    world = world or make_world(orders=orders)
    options = {Backend.CENPORTS: {"calls_per_minute": 1_000_000}, Backend.CENTRY: centry or {}}
    options[Backend.CARTONCLOUD] = cartoncloud or {}
    systems = load_sandboxes(world, options=options)
    with ExitStack() as stack:
        addresses = stack.enter_context(running(systems))
        given = environment(systems, addresses) | QUICK | dict(settings or {})
        client = replace(stack.enter_context(running_gateway(home, given)), key=key)
        target = {"url": f"{client.address}/webhooks/cartoncloud"}
        httpx.put(f"{addresses[Backend.CARTONCLOUD]}/__webhooks", json=target).raise_for_status()
        if wait:
            until(lambda: in_step(client, addresses[Backend.CARTONCLOUD]))
        own = home / "gateway.db"
        yield Stack(client, world, addresses, given, _copied(own) if own.exists() else None, systems)
        note_calls(addresses)


@contextmanager
def running_gateway(home: Path, settings: Mapping[str, str]) -> Iterator[GatewayClient]:
    """A gateway on these settings alone, in a thread of its own, on a free port."""
    with _environment({"GATEWAY_DATABASE_URL": f"sqlite:///{home / 'gateway.db'}"} | dict(settings)):
        chosen = Settings.load()
        with open_gateway(chosen) as gateway:
            server, listener = Server(gateway), listen("127.0.0.1", 0)
            thread = threading.Thread(target=server.run, args=([listener],))
            thread.start()
            try:
                until(lambda: server.started)
                yield GatewayClient(f"http://127.0.0.1:{listener.getsockname()[1]}")
            finally:
                server.should_exit = True
                thread.join()


@contextmanager
def gateway_process(home: Path, settings: Mapping[str, str], *options: str) -> Iterator[GatewayClient]:
    """`gateway serve` in a process of its own, with these options, on these settings alone."""
    port = free_port()
    log = home / "gateway.log"
    with log.open("w") as output:
        variables = {"PATH": os.environ["PATH"], "GATEWAY_PORT": str(port), **settings}
        command = [sys.executable, "-m", "gateway", "serve", *options]
        process = subprocess.Popen(command, cwd=home, env=variables, stdout=output, stderr=output)
        client = GatewayClient(f"http://127.0.0.1:{port}")
        try:
            until(lambda: _is_ready(client, process))
            yield client
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE)
            assert_none_in(log.read_text(), "the log of a process")


def _is_ready(client: GatewayClient, process: "subprocess.Popen[bytes]") -> bool:
    assert process.poll() is None, "the process has ended"
    try:
        return httpx.get(f"{client.address}/health/ready").status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def _copied(file: Path) -> Path:
    """A database beside this one that holds what this one does now, but for copies of answers and what its process is at."""
    copy = file.with_name("in-step.db")
    with closing(sqlite3.connect(file)) as database, closing(sqlite3.connect(copy)) as beside:
        database.backup(beside)
        beside.execute("DELETE FROM copies")
        beside.execute("DELETE FROM leases")
        beside.commit()
    return copy


def note_calls(addresses: Mapping[str, str]) -> None:
    """Keep in mind which operations the gateway has called at the systems so far, and CartonCloud at the gateway."""
    for backend, address in addresses.items():
        called.note(httpx.get(f"{address}/__calls").json())
        if backend == Backend.CARTONCLOUD:
            called.note_told(httpx.get(f"{address}/__webhooks").json()["deliveredByKind"])


def until(reached: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Look again and again until it is so; fails when it takes too long.

    What has taken long may take longer: the pauses grow with the time, so that looking takes little from what is looked at.
    """
    began = time.monotonic()
    while not reached():
        spent = time.monotonic() - began
        assert spent < patience, "this took too long"
        time.sleep(min(0.02 + spent / 6, 0.25))


def indexed(client: GatewayClient) -> bool:
    """Whether the first passes over all catalogues have ended."""
    lists = client.ask(_CATALOGUE)["data"]
    pages = (lists["products"], lists["variants"], *(node["stock"] for node in lists["warehouses"]["nodes"]))
    return not any(source["error"] and _begun(source) for page in pages for source in page["sources"])


def _begun(source: Mapping[str, Any]) -> bool:
    return "for the first time" in source["error"]["message"] or source["state"] == "FAILED"


def in_step(client: GatewayClient, cartoncloud: str) -> bool:
    """Whether the read model and the index of the catalogue have everything."""
    if httpx.get(f"{cartoncloud}/__webhooks").json()["pending"]:
        return False
    states = client.data("{ backends { backend syncedAt } }")["backends"]
    return all(state["syncedAt"] for state in states if state["backend"] in ("CENTRA", "CARTONCLOUD")) and indexed(client)


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """The gateway's variables are these, and no others, until the block ends."""
    before = {name: value for name, value in os.environ.items() if name.startswith("GATEWAY_")}
    for name in before:
        del os.environ[name]
    os.environ.update(variables)
    try:
        yield
    finally:
        for name in variables:
            os.environ.pop(name, None)
        os.environ.update(before)
