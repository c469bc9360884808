"""Server-sent events: one operation over one request, by the protocol of graphql-sse."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from gateway.models import Backend
from tests.secrets import API_KEYS, READER, STRANGER, WRONG
from tests.server.pending import WATCH, begin, cancel, waiting_gateway
from tests.server.wires import events, later, metric, spoken
from tests.stack import GatewayClient, running_gateway, until

QUERY = "{ backends { backend } }"
ACCEPT = {"Accept": "text/event-stream"}


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayClient]:
    settings = {"GATEWAY_SUBSCRIPTION_HEARTBEAT": "0.2", "GATEWAY_SUBSCRIPTION_CONNECTIONS": "5"}
    with waiting_gateway(tmp_path_factory.mktemp("streams"), **settings) as client:
        yield client


@pytest.fixture
def http(gateway: GatewayClient) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=gateway.address) as client:
        yield client


def test_a_transaction_is_watched_to_its_end(gateway: GatewayClient) -> None:
    handle = begin(gateway)
    with events(gateway, WATCH, handle=handle) as stream:
        assert next(event for event in stream if event[0]) == (
            "next",
            {"data": {"transaction": {"handle": handle, "status": "QUEUED"}}},
        )
        cancel(gateway, handle)
        assert spoken(stream) == [
            ("next", {"data": {"transaction": {"handle": handle, "status": "CANCELLED"}}}),
            ("complete", None),
        ]


def test_metrics_tell_what_is_left_to_do(gateway: GatewayClient) -> None:
    def left() -> float:
        families = text_string_to_metric_families(httpx.get(f"{gateway.address}/metrics").text)
        told = {family.name: family.samples for family in families}
        assert all(0 < sample.value < 600 for sample in told["gateway_transaction_steps_age_seconds"])
        assert {sample.labels["backend"] for sample in told["gateway_transaction_steps"]} == {"CENPORTS"}
        return sum(sample.value for sample in told["gateway_transaction_steps"])

    before, handle = left(), begin(gateway)
    assert left() == before + 1
    cancel(gateway, handle)
    assert left() == before


def test_what_has_ended_is_told_once(gateway: GatewayClient) -> None:
    handle = begin(gateway)
    cancel(gateway, handle)
    with events(gateway, WATCH, handle=handle) as stream:
        assert [name for name, _ in spoken(stream)] == ["next", "complete"]


def test_queries_and_mutations_are_answered_in_a_stream_of_one(gateway: GatewayClient) -> None:
    with events(gateway, QUERY) as stream:
        (name, answer), end = spoken(stream)
        assert (name, len(answer["data"]["backends"]), end) == ("next", len(Backend), ("complete", None))
    with events(gateway, "mutation { cancelTransaction(handle: 5) { transaction { handle } } }") as stream:
        assert spoken(stream)[0][1]["data"] == {"cancelTransaction": {"transaction": None}}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (WATCH, "NOT_FOUND"),
        ("{", "BAD_USER_INPUT"),
        ("subscription { nothing }", "BAD_USER_INPUT"),
        ("query A { __typename } query B { __typename }", "BAD_USER_INPUT"),
    ],
)
def test_what_cannot_begin_is_told_in_the_stream(gateway: GatewayClient, query: str, expected: str) -> None:
    with events(gateway, query, handle="nobody's") as stream:
        (name, answer), end = spoken(stream)
    assert (name, [error["extensions"]["code"] for error in answer["errors"]]) == ("next", [expected])
    assert ("data" in answer, end) == (False, ("complete", None))


def test_a_browser_may_subscribe_by_the_address_and_change_nothing(http: httpx.Client) -> None:
    query = 'subscription { transaction(handle: "nobody") { handle } }'
    reply = http.get("/graphql", params={"query": query}, headers=ACCEPT)
    assert (reply.status_code, "NOT_FOUND" in reply.text) == (200, True)
    reply = http.get(
        "/graphql", params={"query": "mutation { cancelTransaction(handle: 5) { userErrors { code } } }"}, headers=ACCEPT
    )
    assert (reply.status_code, reply.headers["allow"]) == (405, "POST")


def test_who_accepts_no_events_is_told_how_to_subscribe(http: httpx.Client) -> None:
    reply = http.post("/graphql", json={"query": WATCH, "variables": {"handle": "5"}})
    assert reply.status_code == 406
    assert "text/event-stream" in reply.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/event-stream", "text/event-stream"),
        ("text/event-stream, application/json", "text/event-stream"),
        (
            "application/graphql-response+json, application/json, text/event-stream, multipart/mixed",
            "application/graphql-response+json",
        ),
        ("application/json;q=0.9, text/event-stream", "application/json"),
        ("*/*", "application/json"),
    ],
)
def test_a_query_is_streamed_where_events_are_wanted_first(http: httpx.Client, accept: str, media_type: str) -> None:
    reply = http.post("/graphql", json={"query": QUERY}, headers={"Accept": accept})
    assert reply.headers["content-type"].startswith(media_type)


def test_what_is_no_request_is_refused_before_the_stream(http: httpx.Client) -> None:
    for body, status in ((b"nonsense", 400), (b"#" * 2_000_000, 413)):
        reply = http.post("/graphql", content=body, headers={"Content-Type": "application/json", **ACCEPT})
        assert (reply.status_code, reply.headers["content-type"]) == (status, "application/json; charset=utf-8")
    assert http.post("/graphql", content=b"{}", headers=ACCEPT).status_code == 415


def test_a_stream_shows_that_it_lives(gateway: GatewayClient) -> None:
    handle = begin(gateway)
    with events(gateway, WATCH, handle=handle) as stream:
        said = [next(stream)[0] for _ in range(4)]
    assert said == ["", "next", "", ""]
    until(lambda: metric(gateway, "gateway_subscriptions") == 0)
    cancel(gateway, handle)


def test_a_process_holds_so_many_streams(gateway: GatewayClient, http: httpx.Client) -> None:
    handle = begin(gateway)
    with ExitStack() as stack:
        streams = [stack.enter_context(events(gateway, WATCH, handle=handle)) for _ in range(5)]
        assert [next(stream) for stream in streams] == [("", None)] * 5
        reply = http.post("/graphql", json={"query": WATCH, "variables": {"handle": handle}}, headers=ACCEPT)
        assert (reply.status_code, reply.headers["retry-after"]) == (503, "5")
        assert reply.json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
        assert http.post("/graphql", json={"query": QUERY}).status_code == 200, "plain requests are no open connections"
    until(lambda: metric(gateway, "gateway_connections") == 0)


def test_each_event_tells_its_own_calls(gateway: GatewayClient) -> None:
    with events(gateway, QUERY, {"X-Gateway-Explain": "1"}) as stream:
        assert spoken(stream)[0][1]["extensions"] == {"backendCalls": []}


def test_a_key_is_needed_as_for_every_request(tmp_path: Path) -> None:
    with running_gateway(tmp_path, {"GATEWAY_API_KEYS": API_KEYS}) as gateway:
        for key, status in ((None, 401), (WRONG, 401), (STRANGER, 403)):
            headers = ACCEPT | ({"X-API-Key": key} if key else {})
            reply = httpx.post(f"{gateway.address}/graphql", json={"query": WATCH}, headers=headers)
            assert (reply.status_code, "errors" in reply.json()) == (status, True)
        with events(gateway, WATCH, {"X-API-Key": READER}, handle="5") as stream:
            assert spoken(stream)[0][1]["errors"][0]["extensions"]["code"] == "NOT_FOUND"
        with events(
            gateway, "mutation { cancelTransaction(handle: 5) { userErrors { code } } }", {"X-API-Key": READER}
        ) as stream:
            assert spoken(stream)[0][1]["errors"][0]["extensions"]["code"] == "FORBIDDEN"


def test_a_stream_ends_with_the_process_and_does_not_say_that_it_is_complete(tmp_path: Path) -> None:
    """So that its client asks again, elsewhere."""
    with ExitStack() as stack:
        gateway = stack.enter_context(waiting_gateway(tmp_path))
        with events(gateway, WATCH, handle=begin(gateway)) as stream:
            assert next(stream) == ("", None)
            assert next(stream)[0] == "next"
            began = time.monotonic()
            stopping = later(stack.close)
            assert spoken(stream) == []
            stopping.join(30)
            assert (stopping.is_alive(), time.monotonic() - began < 15) == (False, True)
