"""`gateway demo`: the sandbox, a gateway in a process of its own on environment variables alone, and one query across all four.

It tells each step in plain words, prints the query's answer, and then serves GraphiQL until it is interrupted.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from gateway.models import Backend
from gateway.sandbox.server import HOST, environment, load_sandboxes, running
from gateway.sandbox.world import ShopOrder, System, World, make_world

_PORT = 8000
_PATIENCE = 60.0
_GATEWAY = f"http://{HOST}:{_PORT}"
_PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")

_QUERY = """
query AllFourBackends($number: [String!]) {
  together: orders(first: 8, sort: PLACED_AT_ASC) {
    nodes { backend number kind status placedAt channel totals { total { amount currency } } }
    sources { backend state count error { code message } }
  }
  cenports: orders(first: 2, filter: { backends: [CENPORTS] }) { ...page }
  centra: orders(first: 2, filter: { backends: [CENTRA] }) { ...page }
  centry: orders(first: 2, filter: { backends: [CENTRY] }) { ...page }
  cartoncloud: orders(first: 2, filter: { backends: [CARTONCLOUD] }) { ...page }
  oneOrder: orders(first: 5, filter: { numbers: $number, kinds: [SALE] }) {
    nodes {
      backend
      number
      lines {
        sku
        quantity
        variant {
          name
          available
          stock {
            nodes { backend available onHand warehouse { code name } }
            sources { backend state }
          }
        }
      }
      related { nodes { relation rule order { backend number status } } }
      shipments { nodes { backend number status trackingNumber carrier } }
    }
  }
}
fragment page on OrderConnection {
  nodes { backend number kind status }
  sources { backend state error { code message } }
}
"""


class DemoFailed(Exception):
    """The demo cannot go on. The message says why, in one line."""


def run_demo(*, once: bool, without: str | None = None) -> int:
    """0 if every backend answered, 1 if one did not. Raises DemoFailed and PortTaken."""
    absent = _backend(without)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # end as after Ctrl-C: the gateway must not be left behind
    world = make_world()
    systems = load_sandboxes(world)
    addresses = {name: f"http://{HOST}:{system.port}" for name, system in systems.items()}
    present = {name: system for name, system in systems.items() if name != absent}
    _say(f"Starting {len(present)} simulated backends: {', '.join(f'{n} {addresses[n]}' for n in present)}")
    ports = {name: system.port for name, system in present.items()}
    with running(present, ports=ports), tempfile.TemporaryDirectory() as home, httpx.Client(timeout=_PATIENCE) as http:
        settings = environment(systems, addresses) | _demo_settings(home)
        with _gateway_process(http, settings, Path(home)):
            _wait("the gateway's read model", lambda: _in_step(http, set(present), addresses))
            return _show(_ask(http, world), once=once)


def _backend(written: str | None) -> str | None:
    if written is not None and written.upper() not in Backend.__members__:
        raise DemoFailed(f"--without: {written} is no backend; name one of {', '.join(b.lower() for b in Backend)}")
    return written.upper() if written else None


def _demo_settings(home: str) -> dict[str, str]:
    return {
        "GATEWAY_HOST": HOST,
        "GATEWAY_PORT": str(_PORT),
        "GATEWAY_DATABASE_URL": f"sqlite:///{home}/gateway.db",
        "GATEWAY_CENTRA__QUEUE": "consume",
        "GATEWAY_CENTRA__POLL_INTERVAL": "1",
    }


@contextmanager
def _gateway_process(http: httpx.Client, settings: Mapping[str, str], home: Path) -> Iterator[None]:
    """`gateway serve`, with nothing but these settings, in an empty folder (so that no .env is read)."""
    _say("Starting the gateway as a process of its own, with these environment variables:")
    for name, value in sorted(settings.items()):
        _say(f"  {name}={'***' if _is_secret(name) else value}")
    inherited = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    log = (home / "gateway.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "gateway", "serve"], env=inherited | dict(settings), cwd=home, stdout=log, stderr=log
    )
    try:
        _wait("the gateway", lambda: _is_ready(http, process, home))
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)
        log.close()


def _is_secret(name: str) -> bool:
    return name.endswith(("SECRET", "PASSWORD", "TOKEN"))


def _is_ready(http: httpx.Client, process: "subprocess.Popen[bytes]", home: Path) -> bool:
    if process.poll() is not None:
        last = (home / "gateway.log").read_text().strip().splitlines()[-1:]
        raise DemoFailed(f"the gateway did not start: {''.join(last)}")
    try:
        return http.get(f"{_GATEWAY}/health/ready").status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def _in_step(http: httpx.Client, present: set[str], addresses: Mapping[str, str]) -> bool:
    """Whether Centra's queue has been read and CartonCloud's webhooks have all arrived, where these two are there."""
    if System.CARTONCLOUD in present:
        webhooks = http.get(f"{addresses[System.CARTONCLOUD]}/__webhooks").json()
        if webhooks["pending"]:
            return False
    states = _graphql(http, "{ backends { backend syncedAt lastError { code } } }", {})["data"]["backends"]
    return all(state["syncedAt"] or state["lastError"] for state in states if state["backend"] in ("CENTRA", "CARTONCLOUD"))


def _ask(http: httpx.Client, world: World) -> dict[str, Any]:
    _say("Asking all four backends with one query:")
    print(_QUERY.strip(), flush=True)
    return _graphql(http, _QUERY, {"number": [_telling_order(world).number]})


def _telling_order(world: World) -> ShopOrder:
    """A shop order that CartonCloud dispatched, of goods that lie in two backends' warehouses."""
    sellers = {System.CENPORTS, System.CENTRY}
    return next(
        order
        for order in world.orders
        if order.warehoused and order.dispatch and all(sellers <= line.item.systems for line in order.lines)
    )


def _show(answer: dict[str, Any], *, once: bool) -> int:
    _say("The answer:")
    print(json.dumps(answer, indent=2, ensure_ascii=False), flush=True)
    states = {source["backend"]: source["state"] for source in answer["data"]["together"]["sources"]}
    _say("Backends: " + ", ".join(f"{name} {state}" for name, state in states.items()))
    if not once:
        _serve_until_interrupted()
    return 0 if all(state == "OK" for state in states.values()) and not answer.get("errors") else 1


def _serve_until_interrupted() -> None:
    try:
        _say(f"GraphiQL: {_GATEWAY}/graphql    (end with Ctrl-C)")
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        _say("Stopped.")


def _graphql(http: httpx.Client, query: str, variables: dict[str, Any]) -> dict[str, Any]:
    asked = {"query": query, "variables": variables}
    answer: dict[str, Any] = http.post(f"{_GATEWAY}/graphql", json=asked).json()
    return answer


def _wait(what: str, reached: Callable[[], bool]) -> None:
    _say(f"Waiting for {what} …")
    end = time.monotonic() + _PATIENCE
    while not reached():
        if time.monotonic() > end:
            raise DemoFailed(f"{what} did not become ready within {_PATIENCE:g} seconds")
        time.sleep(0.1)


def _say(text: str) -> None:
    print(f"==> {text}" if not text.startswith(" ") else text, flush=True)
