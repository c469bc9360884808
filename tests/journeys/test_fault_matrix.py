"""Every backend in every fault: all lists show the other three completely, and tell the truth of the one that fails.

Each cell is a gateway of its own, so that no circuit, token or answer of the cell before has a part in it. It either knows
nothing of the backend, or has read all of it a moment ago.
"""

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.models import Backend
from gateway.sandbox.server import environment, load_sandboxes, running
from gateway.sandbox.world import System, make_world
from tests.journeys.test_discrepancies import count_wrongly
from tests.ports import free_port
from tests.stack import QUICK, in_step, running_gateway, until

LIVE = ("CENPORTS", "CENTRY")
COPIED = ("CENTRA", "CARTONCLOUD")
DEADLINE = 12.0
SLOW = {f"GATEWAY_{name}__TIMEOUT": "1" for name in (*LIVE, *COPIED)}
PATIENT = 5.0
"""Seconds for an operation that waits for one of these."""

WAIT = 60

QUERY = """
{
  orders(first: 250) { totalCount sources { ...report } nodes {
    backend backendId
    shipments { totalCount sources { ...report } nodes { backend backendId } }
    related { totalCount sources { ...report } nodes { orderId rule order { backend backendId } } }
  } }
  shipments(first: 250) { totalCount sources { ...report } nodes { backend backendId } }
  products(first: 250) { totalCount sources { ...report } nodes {
    sku records { backend backendId }
    variants(first: 250) { totalCount sources { ...report } nodes { sku records { backend backendId } } }
  } }
  variants(first: 250) { totalCount sources { ...report } nodes {
    sku records { backend backendId }
    stock { totalCount sources { ...report } nodes { backend warehouse { code } available onHand } }
  } }
  warehouses { totalCount sources { ...report } nodes {
    code records { backend backendId }
    stock(first: 250) { totalCount sources { ...report } nodes { backend variant { sku } available onHand } }
  } }
  stockDiscrepancies(first: 250) { totalCount sources { ...report } nodes {
    variant { sku } warehouse { code } readings { backend available }
  } }
  salesChannels { backend channelId }
}
fragment report on SourceReport { backend state count asOf error { code message retryAfter } }
"""
INDEXED = ("products", "products.variants", "variants")
"""Lists out of the index alone. Stock out of the index needs the list of warehouses too."""

READS = {"CENPORTS": "GET /*", "CENTRY": "GET /*", "CARTONCLOUD": None, "CENTRA": None}
"""Which calls a fault is for: of those that are read live what is asked, not the tokens for it; of the others every call."""

REFUSED = "connection refused"
"""Nobody listens at the backend's address. It is another address then, and copies are of one address alone."""

Given = Callable[[], Mapping[str, Any]]


ALIKE = ("down", "429 with seconds", "429 with a date", "429 with nothing")
"""What is not told again of a backend of which nothing is known: one form of a 429, and of no connection, is enough there."""


@dataclass(frozen=True)
class Kind:
    """A fault, the code that it is told by, whether older copies answer then, and the seconds to wait that it names."""

    given: Given
    code: str
    stands_in: bool = True
    wait: int | None = None


def limited(header: Callable[[], str] | None, wait: int | None) -> Kind:
    def given() -> Mapping[str, Any]:
        return {"status": 429, "headers": {"Retry-After": header()} if header else {}}

    return Kind(given, "BACKEND_RATE_LIMITED", wait=wait)


KINDS: Mapping[str, Kind] = {
    "down": Kind(lambda: {"mode": "down"}, "BACKEND_UNAVAILABLE"),
    REFUSED: Kind(dict, "BACKEND_UNAVAILABLE"),
    "slow": Kind(lambda: {"latency": 30}, "BACKEND_TIMEOUT"),
    "html": Kind(lambda: {"mode": "html"}, "BACKEND_MALFORMED_REPLY", stands_in=False),
    "truncated": Kind(lambda: {"mode": "truncated"}, "BACKEND_MALFORMED_REPLY"),
    "refused credentials": Kind(lambda: {"status": 401}, "BACKEND_UNAUTHENTICATED", stands_in=False),
    "429 with seconds": limited(lambda: str(WAIT), WAIT),
    "429 with a date": limited(lambda: format_datetime(datetime.now(UTC) + timedelta(seconds=WAIT), usegmt=True), WAIT),
    "429 with an instant": limited(lambda: str(int(time.time()) + WAIT), WAIT),
    "429 with nothing": limited(None, None),
    "500": Kind(lambda: {"status": 500}, "BACKEND_UNAVAILABLE"),
    "empty": Kind(lambda: {"body": ""}, "BACKEND_MALFORMED_REPLY", stands_in=False),
}


CELLS = [
    *((kind, "read") for kind in KINDS if kind != REFUSED),
    (REFUSED, "unread"),
    *(pytest.param(kind, "unread", marks=pytest.mark.long) for kind in KINDS if kind not in (*ALIKE, REFUSED)),
]


@dataclass(frozen=True)
class Ground:
    """The systems, the settings that reach them, what a gateway answers that can ask all of them, and its database then, with
    copies of all answers."""

    addresses: Mapping[str, str]
    settings: Mapping[str, str]
    healthy: dict[str, Any]
    read: Path

    def fault(self, backend: str, kind: str) -> None:
        fault = {"match": READS[backend], **KINDS[kind].given()}
        httpx.put(f"{self.addresses[backend]}/__faults", json=fault).raise_for_status()

    def mend(self, backend: str) -> None:
        httpx.delete(f"{self.addresses[backend]}/__faults").raise_for_status()


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """A gateway reads everything, Centry counts one SKU wrongly, another gateway answers, and both end."""
    home, world = tmp_path_factory.mktemp("read"), make_world(orders=2, products=1)
    systems = load_sandboxes(world, options={Backend.CENPORTS: {"calls_per_minute": 1_000_000}})
    with running(systems) as addresses:
        settings = environment(systems, addresses) | QUICK | {"GATEWAY_DEADLINE": str(DEADLINE)}
        with running_gateway(home, settings) as client:
            target = {"url": f"{client.address}/webhooks/cartoncloud"}
            httpx.put(f"{addresses[Backend.CARTONCLOUD]}/__webhooks", json=target).raise_for_status()
            until(lambda: in_step(client, addresses[Backend.CARTONCLOUD]))
        row = next(row for row in world.stock_of(System.CENTRY) if len(row.item.systems) == len(System))
        wrong = row.available + 3
        count_wrongly(addresses["CENTRY"], settings, row.item.sku, row.site.codes[System.CENTRY], wrong)
        look_soon(home, "CENTRY")
        with running_gateway(home, settings) as client:
            until(lambda: bool(client.data(QUERY)["stockDiscrepancies"]["nodes"]))
            healthy = client.data(QUERY)
        with running_gateway(home, settings | SLOW) as client:
            client.data(QUERY)  # copies are of those settings with which they were read
        assert all(any(page["nodes"] for path, page in pages(healthy) if path == each) for each, _ in pages(healthy)), "trivial"
        yield Ground(addresses, settings, healthy, home / "gateway.db")


def change(home: Path, statement: str, *values: str) -> None:
    with closing(sqlite3.connect(home / "gateway.db")) as database, database:
        database.execute(statement, values)


def look_soon(home: Path, backend: str) -> None:
    """The backend's catalogue is due to be looked at."""
    change(home, "UPDATE catalogue_states SET due_at = 0 WHERE backend = ?", backend)


def forget(home: Path, backend: str) -> None:
    """As if the backend had never been read."""
    for table in ("catalogue_entries", "catalogue_states", "records", "record_keys", "inbox", "synchronisations", "copies"):
        change(home, f"DELETE FROM {table} WHERE backend = ?", backend)  # noqa: S608  # our own names


def noted(home: Path, backend: str) -> bool:
    """Whether the gateway has tried in vain to look at the backend or, where that is read live, at all of its catalogue."""
    table = "synchronisations" if backend in COPIED else "catalogue_states"
    with closing(sqlite3.connect(home / "gateway.db")) as database:
        found = database.execute(f"SELECT error_code FROM {table} WHERE backend = ?", (backend,)).fetchall()  # noqa: S608  # ours
    return bool(found) and all(code for (code,) in found)


@pytest.mark.parametrize(("kind", "known"), CELLS)
@pytest.mark.parametrize("backend", [*LIVE, *COPIED])
def test_one_fault_of_one_backend(ground: Ground, tmp_path: Path, backend: str, kind: str, known: str) -> None:
    slow, unread = kind == "slow", known == "unread"
    answer, took = asked(ground, tmp_path, backend, kind, unread=unread)

    assert took < (PATIENT if slow else DEADLINE)
    assert told_by_others(answer["data"], backend) == told_by_others(ground.healthy, backend)
    assert_counts(answer["data"])
    healthy = states(ground.healthy)
    for path, page in pages(answer["data"]):
        for report in page["sources"]:
            if report["backend"] != backend:
                assert report["state"] in healthy[path, report["backend"]], (path, report)
            elif report["state"] != "NOT_SUPPORTED" or "NOT_SUPPORTED" not in healthy[path, backend]:
                assert_honest(path, report, KINDS[kind], unread=unread, looked=not (slow and backend in LIVE))
    assert_errors(answer.get("errors", []), backend, KINDS[kind])


def assert_honest(path: str, report: Mapping[str, Any], fault: Kind, *, unread: bool, looked: bool) -> None:
    """What the report of the backend at fault says. `looked`: whether the gateway has already looked at its catalogue."""
    place, error = (path, report), report["error"] or {}
    if unread:
        assert (report["state"], report["count"], report["asOf"]) == ("FAILED", 0, None), place
    elif path in INDEXED:
        assert report["state"] == ("STALE" if looked else "OK"), place
    elif report["backend"] in COPIED or fault.stands_in:
        assert report["state"] == "STALE", place
    else:
        assert report["state"] in ("FAILED", "STALE") if path == "variants.stock" else ("FAILED",), place
    if report["state"] == "OK":
        return
    assert (report["asOf"] is None) == (report["state"] == "FAILED"), place
    left_alone = "leaves it alone" in error["message"]
    never_looked = unread and any(words in error["message"] for words in ("has not read", "has not been read"))
    assert error["code"] == ("BACKEND_UNAVAILABLE" if left_alone or never_looked else fault.code), place
    if not (left_alone or never_looked):
        told = error["retryAfter"]
        assert told is None if fault.wait is None else fault.wait - 15 <= told <= fault.wait, place


def assert_counts(data: Mapping[str, Any]) -> None:
    """How many there are is told where every backend says all that it has, and nowhere else. All are on one page here."""
    for path, page in pages(data):
        unsure = {source["state"] for source in page["sources"]} & {"STALE", "PARTIAL", "FAILED"}
        counted = path not in ("orders", "shipments")
        assert page["totalCount"] == (len(page["nodes"]) if counted and not unsure else None), path


def assert_errors(errors: Sequence[Mapping[str, Any]], backend: str, fault: Kind) -> None:
    """The list of sales channels has no `sources`: what keeps it from being complete is told beside it."""
    for error in errors:
        assert error["path"] == ["salesChannels"]
        assert (error["extensions"]["backend"], error["extensions"]["code"]) == (backend, fault.code)


def states(data: Mapping[str, Any]) -> Mapping[tuple[str, str], set[str]]:
    """The states in which each backend reports of each list."""
    found: dict[tuple[str, str], set[str]] = {}
    for path, page in pages(data):
        for source in page["sources"]:
            found.setdefault((path, source["backend"]), set()).add(source["state"])
    return found


def told_by_others(answer: Any, backend: str) -> Any:
    """The answer without anything that comes from this backend, and without reports."""
    if isinstance(answer, list):
        return [told_by_others(part, backend) for part in answer if not is_of(part, backend)]
    if isinstance(answer, dict):
        return {name: told_by_others(part, backend) for name, part in answer.items() if name not in ("sources", "totalCount")}
    return answer


def is_of(part: Any, backend: str) -> bool:
    """Whether it is a record of the backend, or an entity that only this one tells of."""
    if not isinstance(part, dict):
        return False
    if "records" in part:
        return {record["backend"] for record in part["records"]} <= {backend}
    if "readings" in part:
        return len({reading["available"] for reading in part["readings"] if reading["backend"] != backend}) < 2
    return (part.get("order") or part).get("backend") == backend


def asked(ground: Ground, home: Path, backend: str, kind: str, *, unread: bool) -> tuple[dict[str, Any], float]:
    """What a gateway answers while the backend is at fault, once it has looked at it in vain, and how long that took."""
    shutil.copy(ground.read, home / "gateway.db")
    if unread:
        forget(home, backend)
    slow = kind == "slow"
    if not slow:
        look_soon(home, backend)
    settings = {name: value for name, value in SLOW.items() if slow and backend in name}
    if kind == REFUSED:
        here, nowhere = ground.addresses[backend], f"http://127.0.0.1:{free_port()}"
        settings = {name: value.replace(here, nowhere) for name, value in ground.settings.items() if here in value}
    ground.fault(backend, kind)
    try:
        with running_gateway(home, {**ground.settings, **settings}) as client:
            if not (slow and backend in LIVE):
                until(lambda: noted(home, backend))
            began = time.monotonic()
            answer = client.ask(QUERY, {"Cache-Control": "no-cache"})
            return answer, time.monotonic() - began
    finally:
        ground.mend(backend)


def pages(answer: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every page of a list that is in the answer, with the fields that lead to it."""
    if isinstance(answer, list):
        for part in answer:
            yield from pages(part, path)
    elif isinstance(answer, dict):
        if "totalCount" in answer:
            yield path, answer
            yield from pages(answer["nodes"], path)
        else:
            for name, part in answer.items():
                yield from pages(part, f"{path}.{name}" if path else name)
