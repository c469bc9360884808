"""Stories of a backend that cannot be asked now: older copies answer for it, and every report says so."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.sandbox.world import System
from tests.stack import Stack, running_gateway, until, whole_stack

pytestmark = pytest.mark.long

DEADLINE = 8.0
LIVE = ("CENPORTS", "CENTRY")

FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "down": ({"mode": "down"}, "BACKEND_UNAVAILABLE"),
    "slow": ({"latency": 30}, "BACKEND_TIMEOUT"),
    "truncated": ({"mode": "truncated"}, "BACKEND_"),
    "server error": ({"status": 500}, "BACKEND_UNAVAILABLE"),
    "rate limited": ({"status": 429, "headers": {"Retry-After": "60"}}, "BACKEND_RATE_LIMITED"),
}
ANSWERED: dict[str, tuple[dict[str, Any], str]] = {
    "html": ({"mode": "html"}, "BACKEND_MALFORMED_REPLY"),
    "unauthenticated": ({"match": "GET /*", "status": 401}, "BACKEND_UNAUTHENTICATED"),
    "refused": ({"match": "GET /*", "status": 404}, "BACKEND_"),
}

QUERY = """
{
  orders(first: 6) {
    nodes {
      backend backendId number fetchedAt
      lines { sku variant {
        name available records { backend fetchedAt } sources { ...report }
        stock { nodes { backend available } sources { ...report } }
      } }
      shipments { nodes { backend number } sources { ...report } }
      related { nodes { rule } sources { ...report } }
    }
    sources { ...report }
  }
  shipments(first: 6) { nodes { backend fetchedAt number } sources { ...report } }
  variant(sku: "P001REDM") { name sources { ...report } }
  warehouses { nodes { code records { backend fetchedAt } sources { ...report } } sources { ...report } }
}
fragment report on SourceReport { backend state count asOf error { code message } }
"""
ORDERS = """query O($of: [Backend!], $n: [String!]) { orders(first: 50, filter: { backends: $of, numbers: $n }) {
  nodes { id number fetchedAt } sources { state count asOf error { code } }
} }"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    settings = {"GATEWAY_DEADLINE": str(DEADLINE), "GATEWAY_BREAKER_COOLDOWN": "0.2"}
    for name in LIVE:
        settings |= {f"GATEWAY_{name}__CACHE_TTL": "0", f"GATEWAY_{name}__TIMEOUT": "1.5"}
    with whole_stack(tmp_path_factory.mktemp("stale"), orders=10, settings=settings) as made:
        yield made


@pytest.fixture(autouse=True)
def mended(stack: Stack) -> Iterator[None]:
    """Each story ends with backends that are well, and with circuits that know it."""
    yield
    stack.mend()
    until(lambda: all(orders(stack, backend)["sources"][0]["state"] == "OK" for backend in LIVE))


def orders(stack: Stack, backend: str, *numbers: str) -> dict[str, Any]:
    """The list of one backend's orders, or those with these numbers."""
    found: dict[str, Any] = stack.client.data(ORDERS, of=[backend], n=list(numbers) or None)["orders"]
    return found


def reports(answer: Any) -> list[dict[str, Any]]:
    """Every report, wherever in the answer, in its order."""
    if isinstance(answer, list):
        return [report for part in answer for report in reports(part)]
    if not isinstance(answer, dict):
        return []
    return ([answer] if "state" in answer else []) + [report for part in answer.values() for report in reports(part)]


def records_of(answer: Any, backend: str) -> Any:
    """The answer without reports, and without the times at which other backends were read, for those are read again."""
    if isinstance(answer, list):
        return [records_of(part, backend) for part in answer]
    if not isinstance(answer, dict):
        return answer
    hidden = {"sources"} if answer.get("backend", backend) == backend else {"sources", "fetchedAt"}
    return {name: records_of(part, backend) for name, part in answer.items() if name not in hidden}


def of(answer: dict[str, Any], backend: str) -> dict[str, Any]:
    """How a backend takes part in the list of orders."""
    return next(report for report in answer["orders"]["sources"] if report["backend"] == backend)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("backend", LIVE)
def test_what_was_read_is_shown_again_and_every_report_says_how_old_it_is(stack: Stack, backend: str, fault: str) -> None:
    given, code = FAULTS[fault]
    before = stack.client.data(QUERY)
    stack.fault(backend, **given)
    began = time.monotonic()
    after = stack.client.data(QUERY)

    assert time.monotonic() - began < DEADLINE
    assert records_of(after, backend) == records_of(before, backend), "the same records, fetchedAt included"
    for was, now in zip(reports(before), reports(after), strict=True):
        if was["backend"] == backend and was["state"] in ("OK", "PARTIAL"):
            assert (now["state"], now["count"]) == ("STALE", was["count"])
            assert now["asOf"] <= was["asOf"]
            assert now["error"]["code"].startswith(code)
        else:
            assert (now["backend"], now["state"]) == (was["backend"], was["state"])
    shown = [node["fetchedAt"] for node in after["orders"]["nodes"] if node["backend"] == backend]
    assert of(after, backend)["asOf"] <= min(shown, default=of(before, backend)["asOf"])

    stack.mend()
    until(lambda: of(stack.client.data(QUERY), backend)["state"] == "OK")
    assert of(stack.client.data(QUERY), backend)["asOf"] > of(after, backend)["asOf"]


@pytest.mark.parametrize("fault", ANSWERED)
@pytest.mark.parametrize("backend", LIVE)
def test_a_backend_that_answers_badly_has_been_asked(stack: Stack, backend: str, fault: str) -> None:
    given, code = ANSWERED[fault]
    assert orders(stack, backend)["sources"][0]["state"] == "OK"
    stack.fault(backend, **given)
    told = orders(stack, backend)["sources"][0]
    assert told["state"] == "FAILED"
    assert told["error"]["code"].startswith(code)


@pytest.mark.parametrize(
    ("backend", "body"),
    [
        ("CENPORTS", {"code": 503, "message": "Maintenance"}),
        ("CENPORTS", {"data": [{"orderNo": {}}]}),
        ("CENTRY", [{"_id": {"of": "nothing"}}]),
        ("CENTRY", [{"status": "an order without an id"}]),
    ],
)
def test_an_answer_that_means_nothing_takes_no_good_ones_place(stack: Stack, backend: str, body: Any) -> None:
    fresh = orders(stack, backend)
    stack.fault(backend, match="GET /*", body=body)
    assert orders(stack, backend)["sources"][0]["state"] == "FAILED"
    stack.mend()
    stack.fault(backend, mode="down")
    older = orders(stack, backend)
    assert older["sources"][0]["state"] == "STALE"
    assert [node["number"] for node in older["nodes"]] == [node["number"] for node in fresh["nodes"]]


def test_what_was_never_read_fails_beside_what_was(stack: Stack) -> None:
    known = stack.world.orders_of(System.CENTRY)[0].number
    orders(stack, "CENTRY", known)
    stack.fault("CENTRY", mode="down")
    query = """query B($a: [String!], $b: [String!]) {
      known: orders(filter: { backends: [CENTRY], numbers: $a }) { nodes { number } sources { state } }
      unknown: orders(filter: { backends: [CENTRY], numbers: $b }) { nodes { number } sources { state } }
    }"""
    assert stack.client.data(query, a=[known], b=["never-asked-for"]) == {
        "known": {"nodes": [{"number": known}], "sources": [{"state": "STALE"}]},
        "unknown": {"nodes": [], "sources": [{"state": "FAILED"}]},
    }


def test_fresh_data_wanted_and_not_to_be_had_is_older_data(stack: Stack) -> None:
    orders(stack, "CENPORTS")
    stack.fault("CENPORTS", mode="down")
    answer = stack.client.ask(ORDERS, {"Cache-Control": "no-cache"}, of=["CENPORTS"])
    assert answer["data"]["orders"]["sources"][0]["state"] == "STALE"


def test_a_list_that_was_empty_is_an_older_empty_list(stack: Stack) -> None:
    fresh = orders(stack, "CENTRY", "of-nobody")
    stack.fault("CENTRY", mode="down")
    older = orders(stack, "CENTRY", "of-nobody")
    assert fresh["nodes"] == older["nodes"] == []
    states = fresh["sources"][0]["state"], older["sources"][0]["state"]
    assert states == ("PARTIAL", "STALE"), "Centry cannot be searched by every reference"
    assert older["sources"][0]["asOf"] <= fresh["sources"][0]["asOf"]


def test_a_single_order_tells_by_its_time(stack: Stack) -> None:
    node = orders(stack, "CENTRY")["nodes"][0]
    query = "query One($id: ID!) { order(id: $id) { id number fetchedAt } }"
    fresh = stack.client.data(query, id=node["id"])
    stack.fault("CENTRY", mode="down")
    assert stack.client.data(query, id=node["id"]) == fresh


@pytest.mark.parametrize(
    "field",
    [
        "shipments { sources { backend state } }",
        "lines { variant { sources { backend state } } }",
        "lines { variant { stock { sources { backend state } } } }",
    ],
)
def test_what_an_order_brings_along_is_as_old_as_the_order(stack: Stack, field: str) -> None:
    """Centry tells parcels and variants with its orders: no call of their own shows that Centry cannot be asked."""
    query = f"{{ orders(first: 5, filter: {{ backends: [CENTRY] }}) {{ nodes {{ number {field} }} }} }}"
    stack.client.data(query)
    stack.fault("CENTRY", mode="down")
    told = [report["state"] for report in reports(stack.client.data(query)) if report["backend"] == "CENTRY"]
    assert set(told) == {"STALE"}


def test_older_sales_channels_come_with_an_error_beside_them(stack: Stack) -> None:
    query = "{ salesChannels(backends: [CENPORTS]) { channelId } }"
    fresh = stack.client.data(query)
    stack.fault("CENPORTS", mode="down")
    answer = stack.client.ask(query)
    assert answer["data"] == fresh
    assert fresh["salesChannels"]
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BACKEND_UNAVAILABLE"]


def test_copies_say_nothing_of_the_backends_health(stack: Stack) -> None:
    query = "{ backends { backend healthy lastError { code } } }"

    def health() -> dict[str, Any]:
        return next(state for state in stack.client.data(query)["backends"] if state["backend"] == "CENTRY")

    orders(stack, "CENTRY")
    assert health()["healthy"] is True
    stack.fault("CENTRY", mode="down")
    assert orders(stack, "CENTRY")["sources"][0]["state"] == "STALE"
    assert (health()["healthy"], health()["lastError"]["code"]) == (False, "BACKEND_UNAVAILABLE")


def test_copies_outlast_a_restart(stack: Stack, tmp_path: Path) -> None:
    with stack.newcomer(tmp_path) as client:
        fresh = client.data(ORDERS, of=["CENTRY"])["orders"]
        began = datetime.now(UTC)
    stack.fault("CENTRY", mode="down")
    with running_gateway(tmp_path, stack.settings) as client:
        states = client.data("{ backends { backend healthy } }")["backends"]
        assert {"backend": "CENTRY", "healthy": False} in states, "no copy answers the question whether it is there"
        older = client.data(ORDERS, of=["CENTRY"])["orders"]
    assert older["nodes"] == fresh["nodes"]
    assert older["nodes"]
    assert older["sources"][0]["state"] == "STALE"
    assert datetime.fromisoformat(older["sources"][0]["asOf"]) < began


def test_a_backend_that_is_slower_than_the_whole_operation_may_be_is_stale_in_time(stack: Stack) -> None:
    with stack.newcomer(GATEWAY_DEADLINE="3", GATEWAY_CENTRY__TIMEOUT="20") as client:
        before = client.data(QUERY)
        stack.fault("CENTRY", latency=30)
        began = time.monotonic()
        after = client.data(QUERY)
        assert time.monotonic() - began < 3
    assert records_of(after, "CENTRY") == records_of(before, "CENTRY")
    told = {report["state"] for report in reports(after) if report["backend"] == "CENTRY"}
    assert told == {"STALE"}
