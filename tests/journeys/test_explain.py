"""Explain: an answer tells on demand which calls it cost, and they are those that reached the backends."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

from gateway.models import Backend
from tests.stack import Stack, whole_stack

ORDERS = """query ($first: Int) { orders(first: $first) { nodes {
    number lines { sku variant { available } } shipments { nodes { status } }
} } }"""
EXPLAIN = {"X-Gateway-Explain": "1"}


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
    assert "X-Gateway-Explain" in error["message"]
