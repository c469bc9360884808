"""The record of calls, and faults: what a test asks a simulated system to do wrong."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from gateway.sandbox.server import running
from tests.sandbox.echo import Echo


@pytest.fixture
def system() -> Echo:
    return Echo()


@pytest.fixture
def client(system: Echo, caplog: pytest.LogCaptureFixture) -> Iterator[httpx.Client]:
    with running({"ONE": system}) as addresses, httpx.Client(base_url=addresses["ONE"]) as client:
        yield client
    assert not [record for record in caplog.get_records("call") if record.name.startswith("uvicorn")]


def set_fault(client: httpx.Client, **fault: object) -> None:
    assert client.put("/__faults", json=fault).status_code == 200


def statuses(client: httpx.Client, count: int, path: str = "/v2/orders") -> list[int]:
    return [client.get(path).status_code for _ in range(count)]


def test_every_call_is_recorded_with_its_operation_and_time(client: httpx.Client) -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    client.get("/v2/orders?limit=1")
    client.post("/v2/elsewhere", content="x")

    calls = client.get("/__calls").json()

    assert [(c["operation"], c["method"], c["path"]) for c in calls] == [
        ("echo-get", "GET", "/v2/orders"),
        (None, "POST", "/v2/elsewhere"),
    ]
    assert calls[0]["at"].endswith("Z")
    assert len(calls[0]["at"]) == len("2026-06-30T18:00:00.000Z")
    assert before <= datetime.fromisoformat(calls[0]["at"]) <= datetime.now(UTC)


def test_calls_that_a_fault_answers_are_recorded_and_the_record_can_be_cleared(client: httpx.Client) -> None:
    set_fault(client, mode="reset", times=1)
    with pytest.raises(httpx.ReadError):
        client.get("/v2/orders")

    assert [call["operation"] for call in client.get("/__calls").json()] == ["echo-get"]
    assert client.delete("/__calls").status_code == 204
    assert client.get("/__calls").json() == []


def test_a_request_reaches_the_system_unchanged(client: httpx.Client) -> None:
    set_fault(client, latency=0.01)

    answer = client.post("/v2/orders?limit=1", content="the body").json()

    assert answer == {"method": "POST", "path": "/v2/orders", "query": "limit=1", "body": "the body"}


def test_a_fault_answers_so_many_calls_with_its_status_headers_and_body(client: httpx.Client, system: Echo) -> None:
    set_fault(client, match="GET /orders", times=2, status=429, headers={"Retry-After": "3"}, body={"why": "busy"})

    first = client.get("/v2/orders")

    assert (first.status_code, first.headers["retry-after"], first.json()) == (429, "3", {"why": "busy"})
    assert client.get("/__faults").json()[0]["times"] == 1
    assert statuses(client, 2) == [429, 200]
    assert client.get("/__faults").json() == []
    assert system.answered == 1


def test_a_status_alone_has_a_small_body(client: httpx.Client) -> None:
    set_fault(client, status=503)

    assert client.get("/v2/orders").json() == {"message": "Service Unavailable"}


def test_a_status_without_a_body_has_none(client: httpx.Client) -> None:
    set_fault(client, status=204)

    assert client.get("/v2/orders").content == b""


def test_a_text_body_is_sent_as_it_is(client: httpx.Client) -> None:
    set_fault(client, body="<x/>", headers={"Content-Type": "text/xml"})

    answer = client.get("/v2/orders")

    assert (answer.status_code, answer.text, answer.headers["content-type"]) == (200, "<x/>", "text/xml")


def test_faults_are_used_in_the_order_in_which_they_were_set(client: httpx.Client) -> None:
    set_fault(client, times=1, status=500)
    set_fault(client, times=1, status=502)
    set_fault(client, status=503)

    assert statuses(client, 4) == [500, 502, 503, 503]
    assert client.delete("/__faults").status_code == 204
    assert statuses(client, 1) == [200]


@pytest.mark.parametrize(
    ("match", "hit", "missed"),
    [
        ("GET /orders", "/v2/orders", "/v2/orders/acknowledge"),
        ("GET /v2/orders", "/v2/orders", "/v2/order"),
        ("/orders", "/v2/orders", "/v2/channels"),
        ("* /orders/*", "/v2/orders/1/lines", "/v2/orders"),
        ("get /orders/*/lines", "/v2/orders/1/lines", "/v2/orders/1/x/lines"),
        ("/ord*", "/v2/orders", "/v2/orders/1"),
        ("GET *", "/v2/anything/at/all", None),
        ("GET /orders", "/v2/orders.json", "/v2/orders/1.json"),
        ("GET /orders.json", "/v2/orders.json", "/v2/orders"),
        ("echo-get", "/v2/orders", "/v2/other"),
        ("echo-*", "/v2/orders", "/v2/other"),
        ("POST /orders", None, "/v2/orders"),
        ("echo-post", None, "/v2/orders"),
    ],
)
def test_a_match_names_method_and_path_or_an_operation(
    client: httpx.Client, match: str, hit: str | None, missed: str | None
) -> None:
    set_fault(client, match=match, status=500)

    assert hit is None or statuses(client, 1, hit) == [500]
    assert missed is None or statuses(client, 1, missed) == [200]


def test_latency_comes_before_the_real_answer(client: httpx.Client) -> None:
    set_fault(client, latency=0.2)

    began = time.monotonic()
    answer = client.get("/v2/orders")

    assert answer.json()["path"] == "/v2/orders"
    assert time.monotonic() - began >= 0.2


def test_a_caller_who_leaves_during_latency_is_not_answered(client: httpx.Client, system: Echo) -> None:
    set_fault(client, latency=0.3, times=1)
    with pytest.raises(httpx.ReadTimeout):
        client.get("/v2/orders", timeout=0.05)

    set_fault(client, latency=0.4, times=1)
    client.get("/v2/orders")

    assert system.answered == 1


def test_a_reset_ends_the_connection(client: httpx.Client, system: Echo) -> None:
    set_fault(client, mode="reset", match="/orders")

    with pytest.raises(httpx.ReadError, match="reset"):
        client.get("/v2/orders")
    assert statuses(client, 1, "/v2/other") == [200]
    assert system.answered == 1


def test_a_system_that_is_down_aborts_everything_but_its_controls(client: httpx.Client) -> None:
    set_fault(client, mode="down", match="/orders")

    for path in ("/v2/orders", "/v2/other"):
        with pytest.raises(httpx.ReadError):
            client.get(path)
    client.delete("/__faults")
    assert statuses(client, 1) == [200]


def test_a_malformed_answer_has_the_right_type_and_cannot_be_read(client: httpx.Client, system: Echo) -> None:
    set_fault(client, mode="malformed")

    as_json = client.get("/v2/orders")
    as_xml = client.post("/v2/orders", headers={"Content-Type": "text/xml"})

    assert (as_json.status_code, as_json.headers["content-type"]) == (200, "application/json")
    assert as_xml.headers["content-type"] == "text/xml; charset=utf-8"
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        as_json.json()
    assert system.answered == 0


def test_a_page_comes_in_place_of_data(client: httpx.Client) -> None:
    set_fault(client, mode="html", times=1)
    set_fault(client, mode="html", status=502)

    first, second = client.get("/v2/orders"), client.get("/v2/orders")

    assert (first.status_code, first.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert first.text.startswith("<!doctype html>")
    assert second.status_code == 502


def test_a_truncated_answer_ends_before_its_length(client: httpx.Client, system: Echo) -> None:
    whole = client.get("/v2/orders").content
    set_fault(client, mode="truncated")

    with client.stream("GET", "/v2/orders") as answer:
        length, parts = int(answer.headers["content-length"]), answer.iter_raw()
        half = next(parts)
        with pytest.raises(httpx.RemoteProtocolError):
            next(parts)

    assert length == len(whole)
    assert half == whole[: len(whole) // 2]
    assert system.answered == 2


def test_a_dripping_answer_gives_a_byte_a_second(client: httpx.Client) -> None:
    set_fault(client, mode="drip")

    began = time.monotonic()
    with client.stream("GET", "/v2/orders") as answer:
        parts = answer.iter_raw()
        first, second, third = next(parts), next(parts), next(parts)
        waited = time.monotonic() - began

    assert (first, second) == (b"{", b'"')
    assert len(third) == 1
    assert 1.8 < waited < 5


def test_a_short_answer_drips_to_its_end(client: httpx.Client) -> None:
    set_fault(client, mode="drip", body="ab")
    set_fault(client, mode="drip", body="")

    assert client.get("/v2/orders").content == b"ab"


def test_headers_alone_are_added_to_the_real_answer(client: httpx.Client) -> None:
    set_fault(client, headers={"X-Extra": "1", "Content-Type": "text/plain"})

    answer = client.get("/v2/orders")

    assert (answer.headers["x-extra"], answer.headers["content-type"]) == ("1", "text/plain")
    assert answer.json()["path"] == "/v2/orders"


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"mode": "rest"}, "mode"),
        ({"statuss": 500}, "statuss"),
        ({"times": 0}, "times"),
        ({"latency": -1}, "latency"),
        ({"status": 99}, "status"),
        ({"match": "GET orders"}, "match"),
        ({"match": "GET /orders now"}, "match"),
        ({"headers": {"a b": "c"}}, "headers"),
        ({"headers": {"a": "c\n"}}, "headers"),
        ([], "object"),
    ],
)
def test_a_wrong_fault_is_refused_and_told_why(client: httpx.Client, fault: object, told: str) -> None:
    answer = client.put("/__faults", json=fault)

    assert answer.status_code == 400
    assert told in answer.json()["message"]
    assert client.get("/__faults").json() == []


def test_tokens_can_be_revoked(client: httpx.Client, system: Echo) -> None:
    assert client.delete("/__tokens").status_code == 204
    assert system.revoked == 1


def test_an_unknown_control_is_not_a_call(client: httpx.Client) -> None:
    assert client.post("/__faults").status_code == 404
    assert client.get("/__calls").json() == []
