"""Stories of one backend that fails: the other three answer in time and completely, and `sources` tells which and why."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.secrets import WRONG
from tests.stack import Stack, running_gateway, until, whole_stack

pytestmark = pytest.mark.long

DEADLINE = 10.0
ALL = ("CARTONCLOUD", "CENPORTS", "CENTRA", "CENTRY")
LIVE = ("CENPORTS", "CENTRY")
COPIED = ("CARTONCLOUD", "CENTRA")

QUERY = """
{
  orders(first: 20) {
    nodes { backend number lines { sku variant { sku stock { nodes { backend available } sources { backend state } } } } }
    sources { backend state count error { code message } }
  }
  warehouses { nodes { code } sources { backend state error { code } } }
}
"""

HEALTH = "{ backends { backend healthy lastError { code } } }"

FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "down": ({"mode": "down"}, "BACKEND_UNAVAILABLE"),
    "slow": ({"latency": 30}, "BACKEND_TIMEOUT"),
    "drip": ({"mode": "drip"}, "BACKEND_TIMEOUT"),
    "html": ({"mode": "html"}, "BACKEND_MALFORMED_REPLY"),
    "malformed": ({"mode": "malformed"}, "BACKEND_MALFORMED_REPLY"),
    "truncated": ({"mode": "truncated"}, "BACKEND_"),
    "server error": ({"status": 500}, "BACKEND_UNAVAILABLE"),
    "rate limited": ({"status": 429, "headers": {"Retry-After": "60"}}, "BACKEND_RATE_LIMITED"),
    "unauthenticated": ({"status": 401}, "BACKEND_UNAUTHENTICATED"),
}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    settings = {
        "GATEWAY_DEADLINE": str(DEADLINE),
        "GATEWAY_BREAKER_COOLDOWN": "0.2",
        "GATEWAY_CARTONCLOUD__POLL_INTERVAL": "0.2",
    }
    for name in ALL:
        settings |= {f"GATEWAY_{name}__CACHE_TTL": "0", f"GATEWAY_{name}__TIMEOUT": "2.5"}
    settings["GATEWAY_CENTRY__TIMEOUT"] = "4"  # two seconds pass before it is sure that a refresh token is refused
    with whole_stack(tmp_path_factory.mktemp("faults"), orders=30, settings=settings) as made:
        yield made


@pytest.fixture(autouse=True)
def mended(stack: Stack) -> Iterator[None]:
    yield
    stack.mend()


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("backend", LIVE)
def test_a_backend_that_is_read_live_fails_alone_and_in_time(stack: Stack, backend: str, fault: str) -> None:
    given, code = FAULTS[fault]
    with stack.newcomer() as client:
        stack.fault(backend, **given)
        began = time.monotonic()
        answer = client.ask(QUERY)
        assert time.monotonic() - began < DEADLINE
    sources = {source["backend"]: source for source in answer["data"]["orders"]["sources"]}
    assert sources[backend]["state"] == "FAILED"
    assert sources[backend]["error"]["code"].startswith(code)
    others = set(ALL) - {backend}
    assert {sources[name]["state"] for name in others} == {"OK"}
    assert {node["backend"] for node in answer["data"]["orders"]["nodes"]} == others
    stock = [
        level for n in answer["data"]["orders"]["nodes"] for line in n["lines"] for level in line["variant"]["stock"]["nodes"]
    ]
    assert {level["backend"] for level in stock} == {"CENPORTS", "CENTRA", "CENTRY"} - {backend}
    assert answer["data"]["warehouses"]["nodes"]


@pytest.mark.parametrize("fault", ["down", "slow", "html", "truncated"])
@pytest.mark.parametrize("backend", COPIED)
def test_a_backend_that_is_read_from_a_copy_is_stale_while_it_fails(stack: Stack, backend: str, fault: str) -> None:
    given, code = FAULTS[fault]
    stack.fault(backend, **given)
    query = "{ orders(first: 5) { nodes { backend } sources { backend state asOf error { code } } } }"

    def source() -> dict[str, Any]:
        return next(s for s in stack.client.data(query)["orders"]["sources"] if s["backend"] == backend)

    until(lambda: source()["state"] != "OK")
    told = source()
    assert told["state"] == "STALE"
    assert told["asOf"] is not None
    assert told["error"]["code"].startswith(code)
    states = {state["backend"]: state for state in stack.client.data(HEALTH)["backends"]}
    assert states[backend]["healthy"] is False, "a copy that answers says nothing of the backend"
    assert states[backend]["lastError"]["code"].startswith(code)
    stack.mend()
    until(lambda: source()["state"] == "OK")


def test_a_backend_that_has_never_been_read_is_failed(tmp_path_factory: pytest.TempPathFactory, stack: Stack) -> None:
    """A gateway that starts while Centra is down has no copy to show."""
    closed = "http://127.0.0.1:9"
    settings = {
        "GATEWAY_CENTRA__SOAP_URL": closed,
        "GATEWAY_CENTRA__USERNAME": "user",
        "GATEWAY_CENTRA__PASSWORD": WRONG,
        "GATEWAY_CENTRA__POLL_INTERVAL": "0.2",
    }
    with running_gateway(tmp_path_factory.mktemp("unread"), settings) as client:
        query = "{ orders { nodes { id } sources { backend state error { code } } } }"

        def sources() -> dict[str, Any]:
            return {source["backend"]: source for source in client.data(query)["orders"]["sources"]}

        until(lambda: sources()["CENTRA"]["error"]["code"] == "BACKEND_UNAVAILABLE")
        told = sources()
        assert told["CENTRA"]["state"] == "FAILED"
        assert {told[name]["state"] for name in ("CENPORTS", "CENTRY", "CARTONCLOUD")} == {"NOT_CONFIGURED"}


def test_a_backend_that_recovers_is_read_again(stack: Stack) -> None:
    page = (
        "query P($after: String) { orders(first: 250, after: $after) { nodes { backend } pageInfo { endCursor hasNextPage } } }"
    )
    with stack.newcomer() as client:
        stack.fault("CENTRY", mode="down")
        first = client.data(page)["orders"]
        assert "CENTRY" not in {node["backend"] for node in first["nodes"]}
        assert first["pageInfo"]["hasNextPage"] is False
        stack.mend()
        later = client.data(page, after=first["pageInfo"]["endCursor"])["orders"]["nodes"]
    assert {node["backend"] for node in later} == {"CENTRY"}
    assert len(later) == 30


def test_a_wrong_password_shows_in_backends(tmp_path_factory: pytest.TempPathFactory, stack: Stack) -> None:
    settings = {
        "GATEWAY_CENPORTS__BASE_URL": stack.addresses["CENPORTS"] + "/v2",
        "GATEWAY_CENPORTS__CLIENT_ID": "sandbox-client",
        "GATEWAY_CENPORTS__CLIENT_SECRET": WRONG,
        "GATEWAY_CENPORTS__PARTNER_ID": "111AAA",
        "GATEWAY_CENTRA__SOAP_URL": stack.addresses["CENTRA"] + "/ams/system/service/module/soap/api",
        "GATEWAY_CENTRA__USERNAME": "user",
        "GATEWAY_CENTRA__PASSWORD": WRONG,
        "GATEWAY_CENTRY__BASE_URL": stack.addresses["CENTRY"],
        "GATEWAY_CENTRY__CLIENT_ID": "client",
        "GATEWAY_CENTRY__CLIENT_SECRET": WRONG,
        "GATEWAY_CARTONCLOUD__BASE_URL": stack.addresses["CARTONCLOUD"],
        "GATEWAY_CARTONCLOUD__CLIENT_ID": "client",
        "GATEWAY_CARTONCLOUD__CLIENT_SECRET": WRONG,
        "GATEWAY_CARTONCLOUD__TENANT_ID": "tenant",
    }
    with running_gateway(tmp_path_factory.mktemp("wrong"), settings) as client:
        found = client.data("{ backends { backend configured healthy lastError { code message } } }")["backends"]
    assert {state["backend"]: state["lastError"]["code"] for state in found} == dict.fromkeys(ALL, "BACKEND_UNAUTHENTICATED")
    assert not any(state["healthy"] for state in found)


def test_without_any_backend_the_gateway_starts_and_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    with running_gateway(tmp_path_factory.mktemp("none"), {}) as client:
        page = client.data("{ orders { nodes { id } sources { backend state error { code message } } } }")["orders"]
    assert {source["state"] for source in page["sources"]} == {"NOT_CONFIGURED"}
    assert any("GATEWAY_CENPORTS__BASE_URL" in source["error"]["message"] for source in page["sources"])
