"""What a query costs: exact numbers of calls, counted at the simulated backends."""

from collections import Counter
from collections.abc import Iterator, Mapping
from math import ceil, inf
from pathlib import Path
from typing import Any

import pytest

from gateway.models import Backend
from gateway.sandbox.world import System, make_world
from tests.journeys import call_table
from tests.stack import Stack, whole_stack

ROOT = Path(__file__).parents[2]
PAGE = 100
"""Records that Centry is asked for in one call."""
SANE = 7
"""A plan of a typical query tells no more than so many times the calls that are then made."""
NO_CACHE = {f"GATEWAY_{system}__CACHE_TTL": "0" for system in System}

FIFTY_CENTRY_ORDERS = """
{
  orders(first: 50, filter: { backends: [CENTRY] }) {
    nodes { number lines { sku variant { sku records { backend } stock(backends: [CENTRY]) {
      nodes { available warehouse { code name } } sources { backend state }
    } } } }
    sources { backend state count }
  }
}
"""


@pytest.fixture(scope="module", params=[60, pytest.param(110, marks=pytest.mark.long)], ids=lambda orders: f"{orders} orders")
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with whole_stack(tmp_path_factory.mktemp("calls"), orders=request.param, settings=NO_CACHE) as made:
        made.client.data("{ orders(first: 10) { nodes { number } } }")  # how dense the lists are is known from here on
        yield made


def test_fifty_centry_orders_with_variants_and_stock(stack: Stack) -> None:
    stack.forget_calls()
    page = stack.client.data(FIFTY_CENTRY_ORDERS)["orders"]
    calls = Counter(stack.calls("CENTRY"))
    lines = [line for node in page["nodes"] for line in node["lines"]]
    assert len(page["nodes"]) == 50
    assert all(line["variant"]["stock"]["nodes"] for line in lines)
    different = len({line["sku"] for line in lines})
    pages = ceil(len(stack.world.stock_of(System.CENTRY)) / PAGE)
    assert calls.total() <= 4 + min(different, pages), calls
    assert calls["centry-17"] == calls["centry-15"] == 0, "`expand` brought the variants"


def test_fifty_cenports_orders_by_number(stack: Stack) -> None:
    numbers = [order.number for order in stack.world.orders_of(System.CENPORTS)[:50]]
    stack.forget_calls()
    query = """query Q($numbers: [String!]) {
      orders(first: 50, filter: { backends: [CENPORTS], numbers: $numbers }) { nodes { number } }
    }"""
    found = stack.client.data(query, numbers=numbers)["orders"]["nodes"]
    assert {node["number"] for node in found} == set(numbers)
    assert Counter(stack.calls("CENPORTS")) == {"cenports-02": ceil(len(",".join(numbers)) / 255)}


def test_fifty_cenports_orders_by_id(stack: Stack) -> None:
    query = "{ orders(first: 50, filter: { backends: [CENPORTS] }) { nodes { id number } } }"
    nodes = stack.client.data(query)["orders"]["nodes"]
    stack.forget_calls()
    again = stack.client.data("query Q($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=[node["id"] for node in nodes])["nodes"]
    assert [node["id"] for node in again] == [node["id"] for node in nodes]
    numbers = ",".join(node["number"] for node in nodes)
    assert Counter(stack.calls("CENPORTS")) == {"cenports-02": ceil(len(numbers) / 255)}


def cost(stack: Stack, query: str) -> Counter[str]:
    """What a query costs at Cenports and Centry."""
    stack.forget_calls()
    stack.client.data(query)
    return Counter(stack.calls("CENPORTS")) + Counter(stack.calls("CENTRY"))


def test_what_is_not_selected_is_not_asked_for(stack: Stack) -> None:
    calls = cost(stack, "{ orders(first: 10) { nodes { number lines { sku } } } }")
    assert set(calls) == {"cenports-02", "centry-55"}
    assert stack.calls("CARTONCLOUD").count("cartoncloud-08") == 0


def test_the_acknowledgement_costs_one_call_more_only_where_it_is_selected(stack: Stack) -> None:
    query = "{ orders(first: 20, filter: { backends: [CENPORTS] }) { nodes { number %s } } }"
    without = cost(stack, query % "")
    assert cost(stack, query % "acknowledged") == without + Counter({"cenports-02": 1})
    known = {order.number: order.acknowledged for order in stack.world.orders_of(System.CENPORTS)}
    nodes = stack.client.data(query % "acknowledged")["orders"]["nodes"]
    assert {node["number"]: node["acknowledged"] for node in nodes} == {node["number"]: known[node["number"]] for node in nodes}


def test_two_operations_at_once_share_what_they_ask(stack: Stack) -> None:
    one = cost(stack, "{ orders(first: 5) { nodes { id } } }")
    assert cost(stack, "{ a: orders(first: 5) { nodes { id } } b: orders(first: 5) { nodes { id number } } }") == one


@pytest.mark.long
def test_where_expand_is_not_honoured_each_different_variant_is_one_call_more(tmp_path: Path) -> None:
    with whole_stack(tmp_path, orders=50, settings=NO_CACHE, centry={"honours_expand": False}) as stack:
        stack.forget_calls()
        page = stack.client.data(FIFTY_CENTRY_ORDERS)["orders"]
        calls = Counter(stack.calls("CENTRY"))
    lines = [line for node in page["nodes"] for line in node["lines"]]
    different = len({line["sku"] for line in lines})
    pages = ceil(len(stack.world.stock_of(System.CENTRY)) / PAGE)
    assert all(line["sku"] and line["variant"]["stock"]["nodes"] for line in lines)
    assert calls.total() <= 4 + min(different, pages) + different, calls


def test_centras_queue_is_only_looked_at_unless_it_is_ours(tmp_path: Path) -> None:
    with whole_stack(tmp_path, orders=50, settings={"GATEWAY_CENTRA__QUEUE": "peek"}) as stack:
        page = stack.client.data("{ orders(filter: { backends: [CENTRA] }) { nodes { number } sources { state } } }")["orders"]
        assert page["nodes"]
        assert set(stack.calls("CENTRA")) == {"centra-01"}


def test_centras_queue_is_emptied_where_it_is_ours(stack: Stack) -> None:
    query = "query Q($after: String) { orders(first: 250, after: $after, filter: { backends: [CENTRA] }) { nodes { number } } }"
    numbers = {node["number"] for node in stack.client.data(query)["orders"]["nodes"]}
    assert numbers == {order.number for order in stack.world.orders_of(System.CENTRA)}


@pytest.fixture(scope="module")
def typical(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with whole_stack(tmp_path_factory.mktemp("typical"), orders=call_table.ORDERS) as made:
        yield made


def calls_of_questions(stack: Stack) -> Counter[str]:
    """The calls since the last time this was asked, but for those of the background work."""
    calls = Counter(operation for backend in stack.addresses for operation in stack.calls(backend))
    stack.forget_calls()
    return Counter({operation: times for operation, times in calls.items() if operation not in call_table.VISITS})


@pytest.mark.parametrize("index", range(10))
def test_a_typical_query_costs_what_the_page_says(typical: Stack, index: int) -> None:
    case = call_table.cases(typical.world)[index]
    with typical.newcomer() as client:
        typical.forget_calls()
        client.data(case.query)
        assert calls_of_questions(typical) == case.first
        client.data(case.query)
        assert calls_of_questions(typical) == {}, "all is in the cache"
        assert "errors" not in client.ask(case.query, {"Cache-Control": "no-cache"})
        assert calls_of_questions(typical) == case.anew


@pytest.mark.parametrize("index", range(10))
def test_a_plan_of_a_typical_query_asks_nobody_and_is_not_exceeded(typical: Stack, index: int) -> None:
    case = call_table.cases(typical.world)[index]
    typical.forget_calls()
    answer = typical.client.ask(case.query, {"X-Gateway-Explain": "plan"})
    assert calls_of_questions(typical) == {}
    told = {each["operation"]: _bound(each) for each in answer["extensions"]["plan"]["backendCalls"]}
    assert (answer["data"], told) == (None, case.most)
    for backend in Backend:
        measured = sum(times for operation, times in case.first.items() if operation.startswith(backend.lower()))
        mine = [most(bound) for operation, bound in told.items() if operation.startswith(backend.lower())]
        assert measured <= sum(mine)
        assert sum(mine) in (0, inf) or not measured or sum(mine) <= SANE * measured
    assert all(times <= most(told[operation]) for operation, times in (*case.first.items(), *case.anew.items()))


def _bound(planned: Mapping[str, Any]) -> int | call_table.More:
    assert planned["bounded"] == (planned["reason"] is None)
    calls: int | None = planned["calls"]
    return calls if planned["bounded"] and calls is not None else call_table.More(calls)


def most(bound: int | call_table.More) -> float:
    """As many as that may be, as long as nothing makes it more."""
    calls = bound.calls if isinstance(bound, call_table.More) else bound
    return inf if calls is None else calls


def test_the_page_is_made_of_the_table() -> None:
    page = call_table.page(make_world(orders=call_table.ORDERS))
    assert (ROOT / "docs/calls.md").read_text() == page, "run `make docs`"
