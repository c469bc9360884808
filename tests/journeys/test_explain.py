"""Explain: an answer tells on demand which calls it cost, or a plan beforehand which it would cost at most."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import httpx
import pytest

from gateway.models import Backend
from tests.secrets import API_KEYS, CLERK, READER
from tests.stack import GatewayClient, Stack, whole_stack

ORDERS = """query ($first: Int) { orders(first: $first) { nodes {
    number lines { sku variant { available } } shipments { nodes { status } }
} } }"""
EXPLAIN = {"X-Gateway-Explain": "1"}
PLAN = {"X-Gateway-Explain": "plan"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with whole_stack(tmp_path_factory.mktemp("explain"), orders=30) as running:
        yield running


def explained(stack: Stack, headers: Mapping[str, str] | None = None, **variables: Any) -> list[dict[str, Any]]:
    answer = stack.client.ask(ORDERS, EXPLAIN | dict(headers or {}), **variables)
    assert "errors" not in answer
    told: list[dict[str, Any]] = answer["extensions"]["backendCalls"]
    return told


def reached(stack: Stack) -> Counter[tuple[str, str]]:
    """What the live systems counted themselves; the others are visited in the background meanwhile."""
    calls = {name: httpx.get(f"{stack.addresses[name]}/__calls").json() for name in (Backend.CENPORTS, Backend.CENTRY)}
    return Counter((name, call["operation"]) for name, of in calls.items() for call in of)


def test_the_calls_that_are_told_are_those_that_reached_the_backends(stack: Stack) -> None:
    stack.forget_calls()
    told = explained(stack, {"Cache-Control": "no-cache"}, first=20)

    assert Counter({(call["backend"], call["operation"]): call["calls"] for call in told}) == reached(stack)
    assert all(call["milliseconds"] > 0 for call in told)
    assert {call["backend"] for call in told} == {"CENPORTS", "CENTRY"}


def test_what_is_in_the_cache_costs_no_call(stack: Stack) -> None:
    explained(stack, first=20)
    stack.forget_calls()
    told = explained(stack, first=20)

    assert not reached(stack)
    assert sum(call["calls"] for call in told) == 0
    assert all(call["cached"] or call["coalesced"] for call in told)


def test_a_call_that_is_tried_again_is_told_as_often_as_it_was_made(stack: Stack) -> None:
    stack.forget_calls()
    stack.fault("CENTRY", match="GET /conexion/v1/orders.json", status=503, times=1)
    told = explained(stack, {"Cache-Control": "no-cache"}, first=5)

    assert Counter({(call["backend"], call["operation"]): call["calls"] for call in told}) == reached(stack)


def test_nothing_is_told_unasked_and_another_wish_is_refused(stack: Stack) -> None:
    assert "extensions" not in stack.client.ask(ORDERS, first=1)
    (error,) = stack.client.ask(ORDERS, {"X-Gateway-Explain": "yes"}, first=1)["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["message"].startswith("X-Gateway-Explain: send 1 to be told of the calls to backends, plan to be told")


def planned(stack: Stack, query: str, client: GatewayClient | None = None, **variables: Any) -> dict[tuple[str, str], Any]:
    """The calls that a plan tells by backend and operation, None where nobody knows; nobody is asked for it."""
    stack.forget_calls()
    answer = (client or stack.client).ask(query, PLAN, **variables)
    assert not reached(stack)
    assert ("errors" in answer, answer["data"]) == (False, None)
    plan = answer["extensions"]["plan"]
    calls = {(call["backend"], call["operation"]): call["calls"] for call in plan["backendCalls"]}
    assert len(calls) == len(plan["backendCalls"])
    assert plan["total"] == (None if None in calls.values() else sum(calls.values()))
    assert plan["bounded"] == all(call["bounded"] for call in plan["backendCalls"])
    assert all((call["reason"] is None) == call["bounded"] for call in plan["backendCalls"])
    return calls


def test_a_plan_goes_by_what_is_selected(stack: Stack) -> None:
    query = """query Q($numbers: [String!], $deep: Boolean!) {
      ...Found
      never: orders(first: 250) @skip(if: true) { nodes { acknowledged } }
    }
    fragment Found on Query {
      found: orders(filter: { numbers: $numbers, backends: [CENPORTS] }) { nodes { ...More @include(if: $deep) } }
    }
    fragment More on Order { acknowledged again: acknowledged ... on BackendRecord { backend } ... on Order { id } }"""
    long = ["N" * 120 + str(number) for number in range(6)]
    assert planned(stack, query, numbers=long, deep=False) == {("CENPORTS", "cenports-02"): 3}
    assert planned(stack, query, numbers=long, deep=True) == {("CENPORTS", "cenports-02"): 3 + 1 + 1}
    assert planned(stack, query, numbers=[], deep=True) == {}


def test_a_plan_of_records_by_their_ids_goes_by_their_backends_and_types(stack: Stack) -> None:
    found = stack.client.data("{ orders(first: 200) { nodes { backend id } } shipments(first: 200) { nodes { backend id } } }")
    chosen = {node["backend"]: node["id"] for part in found.values() for node in part["nodes"]}
    assert chosen.keys() == {"CENPORTS", "CENTRA", "CENTRY", "CARTONCLOUD"}
    query = "query Q($ids: [ID!]!) { nodes(ids: $ids) { id ... on Order { notes { text } } } }"
    orders = [node["id"] for node in found["orders"]["nodes"] if node["backend"] == "CARTONCLOUD"]
    assert planned(stack, query, ids=orders[:3]) == {("CARTONCLOUD", "cartoncloud-04"): 3, ("CARTONCLOUD", "cartoncloud-08"): 3}
    centry = [node["id"] for node in found["orders"]["nodes"] if node["backend"] == "CENTRY"]
    calls = planned(stack, query, ids=[*centry[:2], "no id"])
    assert calls == {("CENTRY", "centry-56"): 2, ("CENTRY", "centry-17"): None, ("CENTRY", "centry-64"): 2}


def test_a_plan_counts_the_same_question_once_and_others_each(stack: Stack) -> None:
    one, other = sorted(item.sku for item in stack.world.items)[:2]
    twice = (
        "query Q($one: String!, $other: String!) { a: variant(sku: $one) { sku available } b: variant(sku: $other) { sku } }"
    )
    once = {("CENPORTS", "cenports-09"): 2, ("CENTRY", "centry-15"): 2, ("CENTRY", "centry-28"): 2, ("CENTRY", "centry-23"): 2}
    assert planned(stack, twice, one=one, other=one) == once
    assert planned(stack, twice, one=one, other=other) == once | {("CENTRY", "centry-15"): 4}


def test_a_query_that_cannot_be_run_has_no_plan(stack: Stack) -> None:
    for query in ("{ orders { nobody } }", "{", "query Q($first: Int!) { orders(first: $first) { nodes { id } } }"):
        answer = stack.client.ask(query, PLAN)
        assert answer["errors"] == [{**error, "extensions": ANY} for error in stack.client.ask(query)["errors"]]
        assert {error["extensions"]["code"] for error in answer["errors"]} == {"BAD_USER_INPUT"}
        assert "data" not in answer
        assert "extensions" not in answer


def test_a_bad_argument_is_told_as_if_it_had_been_run(stack: Stack) -> None:
    for query in (
        "{ orders(first: 251) { nodes { id } } }",
        '{ orders(filter: { placedAt: { from: "2026-01-02T00:00:00Z", to: "2026-01-01T00:00:00Z" } }) { nodes { id } } }',
        '{ variant(id: "x", sku: "y") { name } }',
        '{ order(id: "x") { number } }',
        '{ node(id: "x") { id } }',
    ):
        answer, run = stack.client.ask(query, PLAN), stack.client.ask(query)
        assert [(e["message"], e["path"]) for e in answer["errors"]] == [(e["message"], e["path"]) for e in run["errors"]]
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
        assert answer["extensions"]["plan"] == {"backendCalls": [], "total": 0, "bounded": True}


def test_a_change_has_no_plan_and_is_not_made(stack: Stack) -> None:
    one, other = (node["id"] for node in stack.client.data("{ orders(first: 2) { nodes { id } } }")["orders"]["nodes"])
    change = """mutation M($one: ID!, $other: ID!) { linkOrders(input: {
      orderId: $one, otherOrderId: $other, relation: SAME_ORDER, status: REJECTED
    }) { userErrors { message } } }"""
    (error,) = stack.client.ask(change, PLAN, one=one, other=other)["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "for queries alone" in error["message"]


def test_a_plan_of_pages_within_pages_has_no_number_that_cannot_be_read(stack: Stack) -> None:
    query = "acknowledged notes { text }"
    for _ in range(9):
        query = f"related(first: 250) {{ nodes {{ order {{ {query} }} }} }}"
    calls = planned(stack, f"{{ orders(first: 250) {{ nodes {{ {query} }} }} }}")
    assert calls["CENTRY", "centry-64"] is None


def test_without_its_database_the_gateway_has_no_plan_and_says_why(stack: Stack, tmp_path: Path) -> None:
    with stack.newcomer(tmp_path) as client:
        with closing(sqlite3.connect(tmp_path / "gateway.db")) as database:
            database.execute("DROP TABLE order_links")
        answer = client.ask(ORDERS, PLAN)
        (error,) = answer["errors"]
        assert (error["extensions"]["code"], answer["data"]) == ("BACKEND_UNAVAILABLE", None)
        assert "extensions" not in answer


def test_an_endless_query_is_not_planned_for_ever(stack: Stack) -> None:
    further = "related { nodes { order { ...F%d } } }"
    fragments = [f"fragment F{n} on Order {{ a: {further % (n + 1)} b: {further % (n + 1)} }}" for n in range(12)]
    query = " ".join(["{ orders { nodes { ...F0 } } }", *fragments, "fragment F12 on Order { id }"])
    (error,) = stack.client.ask(query, PLAN)["errors"]
    assert (error["extensions"]["code"], error["message"][:19]) == ("BAD_USER_INPUT", "The query has more ")


def test_what_a_caller_may_not_see_is_refused_and_costs_nothing(stack: Stack) -> None:
    query = "{ orders(first: 2, filter: { backends: [CENTRY] }) { nodes { notes { text } } } }"
    with stack.newcomer(GATEWAY_API_KEYS=API_KEYS) as anyone:
        clerk, reader = replace(anyone, key=CLERK), replace(anyone, key=READER)
        assert planned(stack, query, clerk) == {("CENTRY", "centry-55"): 5, ("CENTRY", "centry-64"): 2}
        answer = reader.ask(query, PLAN)
        (error,) = answer["errors"]
        (refused,) = reader.ask(query)["errors"]
        assert (error["message"], error["extensions"]["code"]) == (refused["message"], "FORBIDDEN")
        assert [call["operation"] for call in answer["extensions"]["plan"]["backendCalls"]] == ["centry-55"]
        assert anyone.ask(query, PLAN)["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
