"""What links cost: exact numbers of calls for a page of 50 orders with `related` and `shipments`."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from math import ceil
from typing import Any

import pytest

from gateway.sandbox.world import ShopOrder, System, World, make_world
from tests.stack import Stack, whole_stack

pytestmark = pytest.mark.long

NO_CACHE = {f"GATEWAY_{system}__CACHE_TTL": "0" for system in System}
LONGEST = 255
"""Characters of numbers in one call to Cenports."""

PAGE = """query Page($filter: OrderFilter) { orders(first: 50, filter: $filter) { nodes {
  backend kind number channelId placedAt references { name value }
  %s
} } }"""
FIELDS = {
    "nothing": "",
    "related": "related { nodes { orderId order { number } } sources { backend state } }",
    "shipments": "shipments { nodes { id } sources { backend state } }",
}
BOTH = FIELDS["related"] + FIELDS["shipments"]


def around_the_corner(world: World) -> World:
    """The warehouse was told the street of one of Centra's sales otherwise: then another sale of its number could be meant."""
    one = next(order for order in world.orders_of(System.CENTRA) if order.warehoused)
    moved = replace(one, sent_to=replace(one.buyer, street=f"{one.buyer.street}, back door"))
    return replace(world, orders=tuple(moved if order is one else order for order in world.orders))


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    world = around_the_corner(make_world(orders=60))
    with whole_stack(tmp_path_factory.mktemp("link-calls"), world=world, settings=NO_CACHE) as made:
        yield made


def cost(stack: Stack, fields: str, **wanted: Any) -> tuple[list[dict[str, Any]], Counter[str]]:
    """The page, and the calls to Cenports and Centry that it took. Of the others no record is read by a call."""
    stack.forget_calls()
    nodes = stack.client.data(PAGE % fields, filter=wanted)["orders"]["nodes"]
    assert len(nodes) == 50
    assert {*stack.calls("CENTRA"), *stack.calls("CARTONCLOUD")} <= {"centra-01", "cartoncloud-02"}, "the worker's visits"
    return nodes, Counter((*stack.calls("CENPORTS"), *stack.calls("CENTRY")))


def more(stack: Stack, fields: str, **wanted: Any) -> tuple[list[dict[str, Any]], Counter[str]]:
    """The same without what the list itself costs."""
    _, base = cost(stack, "", **wanted)
    nodes, calls = cost(stack, fields, **wanted)
    calls.subtract(base)
    return nodes, +calls


def packs(stack: Stack, nodes: list[dict[str, Any]]) -> int:
    """How many searches find the packs of a page: orders of one channel share one if they lie within two hours."""
    known = {order.number: order for order in stack.world.orders_of(System.CENTRY)}
    packed = [known[n["number"]] for n in nodes if any(r["name"] == "id_pack" for r in n["references"])]
    times = sorted((order.channel, order.placed_at) for order in packed)
    far = [a[0] != b[0] or b[1] - a[1] > timedelta(hours=2) for a, b in pairwise(times)]
    return len(times) and 1 + sum(far)


def served(stack: Stack, nodes: list[dict[str, Any]]) -> dict[str, ShopOrder]:
    """The sales of the page's warehouse orders, by their numbers."""
    numbers = {node["number"] for node in nodes if node["kind"] == "OUTBOUND"}
    return {order.number: order for order in stack.world.orders if order.number in numbers}


def numbered(numbers: set[str]) -> int:
    return ceil(len(",".join(numbers)) / LONGEST)


def test_sales_cost_nothing_more_for_their_warehouse_orders(stack: Stack) -> None:
    nodes, calls = more(stack, FIELDS["related"], kinds=["SALE"])
    assert len({node["backend"] for node in nodes}) == 3
    assert sum(bool(node["related"]["nodes"]) for node in nodes) > 10
    assert calls == Counter({"centry-55": packs(stack, nodes)})


def test_sales_cost_one_call_for_each_channel_of_cenports_for_their_shipments(stack: Stack) -> None:
    nodes, calls = more(stack, FIELDS["shipments"], kinds=["SALE"])
    assert sum(bool(node["shipments"]["nodes"]) for node in nodes) > 10
    channels = {node["channelId"] for node in nodes if node["backend"] == "CENPORTS"}
    assert calls == {"cenports-07": len(channels)}


def test_both_at_once_share_what_they_ask(stack: Stack) -> None:
    nodes, calls = more(stack, BOTH, kinds=["SALE"])
    channels = {node["channelId"] for node in nodes if node["backend"] == "CENPORTS"}
    assert calls == +Counter({"cenports-07": len(channels), "centry-55": packs(stack, nodes)})


@pytest.mark.parametrize("wanted", [{"kinds": ["OUTBOUND"]}, {}], ids=["warehouse orders", "orders of all kinds"])
def test_the_sales_of_warehouse_orders_are_asked_for_by_number(stack: Stack, wanted: dict[str, Any]) -> None:
    """Many numbers in one call to Cenports; Centry takes one number in a call, as its number or as its id."""
    nodes, calls = more(stack, BOTH, **wanted)
    sales = served(stack, nodes)
    assert len(sales) > 15
    channels = {node["channelId"] for node in nodes if node["backend"] == "CENPORTS"}
    channels |= {order.channel for order in sales.values() if order.shop is System.CENPORTS}
    assert calls == +Counter(
        {
            "cenports-02": numbered(set(sales)),
            "cenports-07": len(channels),
            "centry-55": 2 * len(sales) + packs(stack, nodes),
        }
    )


def test_channels_that_are_configured_are_the_only_ones_that_are_asked(stack: Stack) -> None:
    """The same gateway, told that the warehouse's numbers are Centra's and Cenports'."""
    entries = [{"backend": name, "holder": "CARTONCLOUD", "reference": "customer"} for name in ("CENTRA", "CENPORTS")]
    with stack.newcomer(GATEWAY_LINK_CHANNELS=json.dumps(entries)) as other:
        stack.forget_calls()
        nodes = other.data(PAGE % BOTH, filter={"kinds": ["OUTBOUND"]})["orders"]["nodes"]
        assert stack.calls("CENTRY") == []
        assert Counter(stack.calls("CENPORTS"))["cenports-02"] == numbered({node["number"] for node in nodes})
    linked = {order["number"] for node in nodes for link in node["related"]["nodes"] if (order := link["order"])}
    configured = {number for number, order in served(stack, nodes).items() if order.shop is not System.CENTRY}
    assert linked == configured


@pytest.mark.parametrize("least", [0.8, 0.4], ids=["a link that is not settled", "suggestions"])
def test_one_sale_asks_the_others_for_its_number_only_where_it_matters(stack: Stack, least: float) -> None:
    """Where another sale of the number could be meant, and for suggestions: two calls to Centry, one to Cenports."""
    sales = stack.world.orders_of(System.CENTRA)
    unsettled = next(order for order in sales if order.sent_to)
    settled = next(order for order in sales if order.warehoused and not order.sent_to)
    query = """query One($numbers: [String!], $least: Float) {
      orders(filter: { backends: [CENTRA], numbers: $numbers }) { nodes {
        related(minConfidence: $least) { nodes { rule } }
      } }
    }"""
    for order, asks in ((unsettled, True), (settled, least < 0.8)):
        stack.forget_calls()
        (node,) = stack.client.data(query, numbers=[order.number], least=least)["orders"]["nodes"]
        assert [link["rule"] for link in node["related"]["nodes"]] == ["order-number+reference+sku"]
        calls = Counter((*stack.calls("CENPORTS"), *stack.calls("CENTRY")))
        assert calls == ({"cenports-02": 1, "centry-55": 2} if asks else {})
