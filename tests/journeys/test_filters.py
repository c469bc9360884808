"""Stories of filters: what a list holds is what its filter says of the whole list, in its order, on pages of every size."""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.stack import Stack, whole_stack

Node = dict[str, Any]

ORDERS = """
query Orders($first: Int, $after: String, $filter: OrderFilter, $sort: OrderSort) {
  list: orders(first: $first, after: $after, filter: $filter, sort: $sort) {
    nodes { id backend backendId kind status number references { value } channelId placedAt updatedAt lines { sku } }
    pageInfo { hasNextPage endCursor }
    sources { backend state }
  }
}
"""
SHIPMENTS = """
query Shipments($first: Int, $after: String, $filter: ShipmentFilter) {
  list: shipments(first: $first, after: $after, filter: $filter) {
    nodes { id backend status orderNumber trackingNumber shippedAt }
    pageInfo { hasNextPage endCursor }
    sources { backend state }
  }
}
"""
MIDDLE = "2026-05-01T00:00:00+00:00"

Matches = Callable[[Node], bool]
FILTERS: dict[str, tuple[dict[str, Any], Matches]] = {
    "kinds": ({"kinds": ["OUTBOUND", "INBOUND"]}, lambda order: order["kind"] != "SALE"),
    "no kind": ({"kinds": []}, lambda _: False),
    "status": ({"statuses": ["CANCELLED"]}, lambda order: order["status"] == "CANCELLED"),
    "statuses": ({"statuses": ["SHIPPED", "PENDING"]}, lambda order: order["status"] in ("SHIPPED", "PENDING")),
    "channels": (
        {"channelIds": ["AMAZON", "MercadoLibre"]},
        lambda order: order["channelId"] in ("AMAZON", "MercadoLibre"),
    ),
    "skus": ({"skus": ["P002GRNL", "no such"]}, lambda order: "P002GRNL" in [line["sku"] for line in order["lines"]]),
    "placed from": ({"placedAt": {"from": MIDDLE}}, lambda order: at(order) >= datetime.fromisoformat(MIDDLE)),
    "placed to": ({"placedAt": {"to": MIDDLE}}, lambda order: at(order) < datetime.fromisoformat(MIDDLE)),
    "a day of a far zone": (
        {"placedAt": {"from": "2026-05-01T00:00:00+12:00", "to": "2026-05-02T00:00:00-11:00"}},
        lambda order: timedelta() <= at(order) - datetime.fromisoformat("2026-05-01T00:00:00+12:00") < timedelta(hours=47),
    ),
    "before there were backends": ({"placedAt": {"to": "1969-01-01T00:00:00Z"}}, lambda _: False),
    "several conditions": (
        {"kinds": ["SALE"], "statuses": ["COMPLETED", "SHIPPED"], "placedAt": {"from": MIDDLE}},
        lambda o: o["kind"] == "SALE" and o["status"] in ("COMPLETED", "SHIPPED") and at(o) >= datetime.fromisoformat(MIDDLE),
    ),
}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, module_database_url: str) -> Iterator[Stack]:
    settings = {"GATEWAY_DATABASE_URL": module_database_url}
    with whole_stack(tmp_path_factory.mktemp("lists"), orders=30, settings=settings) as made:
        yield made


@pytest.fixture(scope="module")
def everything(stack: Stack) -> list[Node]:
    return walk(stack, ORDERS, first=250)


def walk(stack: Stack, query: str, *, partial: Collection[str] = (), **variables: object) -> list[Node]:
    """The whole list; every backend is OK on every page, but for those that can tell a part only."""
    found: list[Node] = []
    after = None
    while True:
        page = stack.client.data(query, after=after, **variables)["list"]
        states = {source["backend"]: source["state"] for source in page["sources"]}
        assert all(state == ("PARTIAL" if backend in partial else "OK") for backend, state in states.items())
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


def at(order: Node) -> datetime:
    return datetime.fromisoformat(order["placedAt"])


@pytest.mark.parametrize(("sort", "first"), [("PLACED_AT_DESC", 250), ("PLACED_AT_ASC", 40)])
@pytest.mark.parametrize("name", FILTERS)
def test_a_filtered_list_is_the_part_of_the_whole_list_that_matches(
    stack: Stack, everything: list[Node], name: str, sort: str, first: int
) -> None:
    given, matches = FILTERS[name]
    whole = everything if sort == "PLACED_AT_DESC" else everything[::-1]
    found = walk(stack, ORDERS, filter=given, sort=sort, first=first)
    assert [order["id"] for order in found] == [order["id"] for order in whole if matches(order)]


def test_orders_are_found_by_any_of_many_numbers_and_by_what_the_warehouse_and_the_trade_call_them(
    stack: Stack, everything: list[Node]
) -> None:
    wanted = {order["number"] for order in everything[::4]}
    wanted |= {reference["value"] for o in everything if o["backend"] != "CENPORTS" for reference in o["references"][:1]}
    # Not by customerOrderNo at Cenports, nor by id_pack at Centry.
    found = walk(stack, ORDERS, partial=("CENPORTS", "CENTRY"), filter={"numbers": sorted(wanted)}, first=250)
    named = [o for o in everything if wanted & {o["number"], *(reference["value"] for reference in o["references"])}]
    assert [order["id"] for order in found] == [order["id"] for order in named]


def test_a_span_of_one_instant_holds_the_order_that_was_placed_then(stack: Stack, everything: list[Node]) -> None:
    for backend in ("CENPORTS", "CENTRA", "CENTRY", "CARTONCLOUD"):
        order = next(order for order in everything[20:] if order["backend"] == backend)
        instant = at(order)
        for start, end, held in (
            (instant, instant + timedelta(microseconds=1), True),
            (instant - timedelta(microseconds=1), instant, False),
        ):
            span = {"from": start.isoformat(), "to": end.isoformat()}
            found = walk(stack, ORDERS, filter={"placedAt": span, "backends": [backend]}, first=5)
            assert (order["id"] in [node["id"] for node in found]) is held


def test_a_backend_that_fails_on_the_way_comes_later_but_comes(stack: Stack, everything: list[Node]) -> None:
    found: list[str] = []
    after, more, page = None, True, 0
    while more:
        if page == 1:
            stack.fault("CENTRY", match="GET /*", status=404)  # no older records answer for one that refuses
        answer = stack.client.ask(ORDERS, {"Cache-Control": "no-cache"}, first=60, after=after, sort="PLACED_AT_ASC")
        stack.mend()
        listed = answer["data"]["list"]
        failed = [source["backend"] for source in listed["sources"] if source["state"] == "FAILED"]
        assert failed == (["CENTRY"] if page == 1 else [])
        found += [node["id"] for node in listed["nodes"]]
        more = listed["pageInfo"]["hasNextPage"] or bool(failed)
        after, page = listed["pageInfo"]["endCursor"], page + 1
    assert sorted(found) == sorted(order["id"] for order in everything)


def test_filtered_shipments_are_the_part_of_all_shipments_that_match(stack: Stack) -> None:
    everything = walk(stack, SHIPMENTS, first=250)
    numbers = sorted({shipment["orderNumber"] for shipment in everything[::3]})
    filters: list[tuple[dict[str, Any], Matches]] = [
        ({"statuses": ["DELIVERED"]}, lambda shipment: shipment["status"] == "DELIVERED"),
        ({"orderNumbers": numbers}, lambda shipment: shipment["orderNumber"] in numbers),
        ({"statuses": []}, lambda _: False),
    ]
    for given, matches in filters:
        for first in (7, 250):
            found = walk(stack, SHIPMENTS, filter=given, first=first)
            assert [one["id"] for one in found] == [one["id"] for one in everything if matches(one)], given
