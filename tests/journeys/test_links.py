"""Stories of orders that belong together: in a world that is made to mislead, from every side, and by a person's word."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from gateway import ids
from gateway.backends.cartoncloud import sandbox_records
from gateway.backends.cartoncloud.sandbox_records import Kind
from gateway.backends.centry.sandbox_orders import order_id as centry_id
from gateway.models import Backend
from gateway.sandbox.collisions import with_collisions
from gateway.sandbox.world import ShopOrder, System, World, make_world
from tests.secrets import API_KEYS, READER, WRITER
from tests.stack import Stack, whole_stack

WORLD = with_collisions(make_world(seed=11, orders=4))
NO_CACHE = {f"GATEWAY_{system}__CACHE_TTL": "0" for system in System}

RELATED = """
query Related($ids: [ID!]!, $least: Float) { nodes(ids: $ids) { id ... on Order {
  number
  related(minConfidence: $least, first: 50) {
    nodes { orderId relation rule status confidence evidence { name value } order { id number } }
    sources { backend state count }
    totalCount
  }
  shipments { nodes { id } sources { backend state count } }
} } }
"""
SAY = """
mutation Say($input: LinkOrdersInput!) { linkOrders(input: $input) {
  link { orderId relation rule status confidence evidence { name value } order { number } }
  userErrors { code message path }
} }
"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    settings = {**NO_CACHE, "GATEWAY_API_KEYS": API_KEYS, "GATEWAY_BREAKER_COOLDOWN": "0.01"}
    with whole_stack(tmp_path_factory.mktemp("links"), world=WORLD, settings=settings, key=WRITER) as made:
        yield made


@pytest.fixture(autouse=True)
def mended(stack: Stack) -> Iterator[None]:
    yield
    stack.mend()


def sale_id(order: ShopOrder) -> str:
    of_shop = {System.CENPORTS: f"{order.channel}/{order.number}", System.CENTRA: order.number, System.CENTRY: centry_id(order)}
    return ids.encode("Order", Backend(order.shop), of_shop[order.shop])


def served_ids(order: ShopOrder) -> set[str]:
    """The ids of the warehouse's orders for a sale."""
    made = (sandbox_records.record_id(WORLD, Kind.OUTBOUND, part) for part in order.warehouse_orders)
    return {ids.encode("Order", Backend.CARTONCLOUD, each) for each in made}


def consignment_ids(order: ShopOrder) -> set[str]:
    sent = (part for part in order.warehouse_orders if part.dispatch)
    made = (sandbox_records.record_id(WORLD, Kind.CONSIGNMENT, part) for part in sent)
    return {ids.encode("Shipment", Backend.CARTONCLOUD, each) for each in made}


def siblings(order: ShopOrder, world: World = WORLD) -> set[str]:
    return {sale_id(other) for other in world.orders if order.pack and other.pack == order.pack and other is not order}


def misleading(stack: Stack) -> ShopOrder:
    """The one that rules alone do not link: the warehouse was told another postal code."""
    return next(order for order in stack.world.orders if order.sent_to)


def related(stack: Stack, *wanted: str, least: float | None = 0.8) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = stack.client.data(RELATED, ids=list(wanted), least=least)["nodes"]
    return found


def given_of(order: ShopOrder) -> dict[str, str]:
    """What is said where a sale and its warehouse order are one."""
    (other,) = served_ids(order)
    return {"orderId": sale_id(order), "otherOrderId": other, "relation": "FULFILLED_BY", "status": "CONFIRMED"}


def say(stack: Stack, one: str, other: str, relation: str, status: str) -> dict[str, Any]:
    given = {"orderId": one, "otherOrderId": other, "relation": relation, "status": status}
    said: dict[str, Any] = stack.client.data(SAY, input=given)["linkOrders"]
    return said


def test_every_sale_has_its_own_warehouse_orders_siblings_and_parcels(stack: Stack) -> None:
    found = related(stack, *map(sale_id, WORLD.orders))
    assert len(found) == len(WORLD.orders) > 25
    for order, node in zip(WORLD.orders, found, strict=True):
        links = {(link["orderId"], link["relation"]) for link in node["related"]["nodes"]}
        served = set() if order.sent_to else served_ids(order)
        assert links == {(each, "FULFILLED_BY") for each in served} | {(each, "PACK_SIBLING") for each in siblings(order)}
        assert {link["status"] for link in node["related"]["nodes"]} <= {"AUTO"}
        parcels = {each["id"] for each in node["shipments"]["nodes"]}
        assert parcels >= (set() if order.sent_to else consignment_ids(order))
        others = {each for other in WORLD.orders if other is not order for each in consignment_ids(other)}
        assert not parcels & others, "a parcel of another sale"
        assert {source["state"] for source in node["related"]["sources"]} == {"OK"}


def test_every_warehouse_order_serves_its_own_sale_and_shows_its_own_parcel(stack: Stack) -> None:
    served = {each: order for order in WORLD.orders if not order.sent_to for each in served_ids(order)}
    for node in related(stack, *served):
        order = served[node["id"]]
        assert [(link["orderId"], link["relation"]) for link in node["related"]["nodes"]] == [(sale_id(order), "FULFILS")]
        parcels = {each["id"] for each in node["shipments"]["nodes"]}
        assert len(parcels & consignment_ids(order)) == (1 if order.dispatch else 0)


def test_a_parcel_names_the_one_order_that_it_is_of(stack: Stack) -> None:
    query = "query S($ids: [ID!]!) { nodes(ids: $ids) { id ... on Shipment { order { id } } } }"
    sent = {each: order for order in WORLD.orders for each in consignment_ids(order)}
    for node in stack.client.data(query, ids=list(sent))["nodes"]:
        order = node["order"]
        assert order is None or order["id"] in served_ids(sent[node["id"]])
    assert len([node for node in stack.client.data(query, ids=list(sent))["nodes"] if node["order"]]) >= len(sent) - 2


def test_a_parcel_of_another_year_is_of_nobody_that_we_know(stack: Stack) -> None:
    order = next(o for o in WORLD.orders_of(System.CENTRA) if o.warehoused and o.dispatch and not o.key)
    records = sandbox_records.records(WORLD)[Kind.CONSIGNMENT]
    parcel = next(record for record in records if sandbox_records.number_of(record) == order.number)
    then = {"time": f"{order.placed_at - timedelta(days=400):%Y-%m-%dT%H:%M:%SZ}"}
    old = {**parcel, "id": "of-another-year", "timestamps": {"created": then, "modified": then}}
    token = stack.settings["GATEWAY_CARTONCLOUD__WEBHOOK_TOKEN"]
    address = f"{stack.client.address}/webhooks/cartoncloud?type=consignment"
    httpx.post(address, content=json.dumps(old, default=float), headers={"X-Webhook-Token": token}).raise_for_status()
    query = (
        "query P($numbers: [String!]) { shipments(filter: { orderNumbers: $numbers }) { nodes { backendId order { id } } } }"
    )
    known = stack.client.data(query, numbers=[order.number])
    assert {"backendId": "of-another-year", "order": None} in known["shipments"]["nodes"]
    for node in related(stack, sale_id(order), *served_ids(order)):
        assert {each["id"] for each in node["shipments"]["nodes"]} == consignment_ids(order)


def test_suggestions_come_on_demand_and_bring_no_parcels(stack: Stack) -> None:
    order = misleading(stack)
    (without,) = related(stack, sale_id(order))
    assert (without["related"]["nodes"], without["related"]["totalCount"]) == ([], 0)
    (asked,) = related(stack, sale_id(order), least=0.3)
    (link,) = asked["related"]["nodes"]
    assert (link["rule"], link["confidence"], link["status"]) == ("order-number", 0.5, "AUTO")
    assert asked["shipments"]["nodes"] == []
    errors = stack.client.ask(RELATED, ids=[sale_id(order)], least=1.5)["errors"]
    assert errors[0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_links_are_paged_the_surest_first(stack: Stack) -> None:
    query = """query P($id: ID!, $after: String) { order(id: $id) { related(minConfidence: 0, first: 1, after: $after) {
      nodes { orderId confidence } pageInfo { hasNextPage endCursor } totalCount } } }"""
    order = next(order for order in WORLD.orders if order.parts)
    found: list[dict[str, Any]] = []
    after, more = None, True
    while more:
        page = stack.client.data(query, id=sale_id(order), after=after)["order"]["related"]
        found += page["nodes"]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert {each["orderId"] for each in found} == served_ids(order)
    assert len(found) == page["totalCount"] == 2
    wrong = stack.client.ask(query.replace("minConfidence: 0", "minConfidence: 0.1"), id=sale_id(order), after=after)
    assert wrong["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_a_persons_word_goes_before_the_rules_on_both_sides(stack: Stack) -> None:
    order = misleading(stack)
    one, (other,) = sale_id(order), served_ids(order)

    said = say(stack, one, other, "FULFILLED_BY", "CONFIRMED")

    assert said["userErrors"] == []
    link = said["link"]
    assert (link["orderId"], link["relation"], link["rule"], link["confidence"]) == (other, "FULFILLED_BY", "person", 1)
    assert {"name": "saidBy", "value": "writer"} in link["evidence"]
    (sale,) = related(stack, one, least=1)
    assert [{key: each[key] for key in link if key != "order"} for each in sale["related"]["nodes"]] == [
        {key: link[key] for key in link if key != "order"}
    ]
    assert {each["id"] for each in sale["shipments"]["nodes"]} >= consignment_ids(order)
    (served,) = related(stack, other)
    assert [(each["orderId"], each["relation"], each["status"]) for each in served["related"]["nodes"]] == [
        (one, "FULFILS", "CONFIRMED")
    ]
    assert say(stack, one, other, "FULFILLED_BY", "CONFIRMED")["link"] == link, "again is the same"

    back = say(stack, other, one, "FULFILS", "REJECTED")

    assert (back["link"]["status"], back["link"]["confidence"], back["link"]["relation"]) == ("REJECTED", 0, "FULFILS")
    for node in related(stack, one, other, least=0):
        assert node["related"]["nodes"] == []
        assert not {each["id"] for each in node["shipments"]["nodes"]} & consignment_ids(order) or node["id"] == other


def test_what_a_rule_finds_can_be_rejected(stack: Stack) -> None:
    order = next(o for o in WORLD.orders if o.warehoused and o.dispatch and not (o.sent_to or o.parts or o.key))
    one, (other,) = sale_id(order), served_ids(order)
    assert related(stack, one)[0]["related"]["nodes"]

    say(stack, one, other, "FULFILLED_BY", "REJECTED")

    (sale,) = related(stack, one, least=0)
    assert (sale["related"]["nodes"], sale["shipments"]["nodes"]) == ([], [])
    say(stack, one, other, "FULFILLED_BY", "CONFIRMED")
    (sale,) = related(stack, one)
    assert [each["rule"] for each in sale["related"]["nodes"]] == ["person"]
    assert {each["id"] for each in sale["shipments"]["nodes"]} == consignment_ids(order)


def test_two_sales_are_said_to_be_one(stack: Stack) -> None:
    one = next(sale_id(order) for order in WORLD.orders_of(System.CENTRA))
    other = next(sale_id(order) for order in WORLD.orders_of(System.CENTRY) if not order.warehoused)
    assert say(stack, one, other, "SAME_ORDER", "CONFIRMED")["userErrors"] == []
    for mine, theirs in ((one, other), (other, one)):
        (node,) = related(stack, mine, least=1)
        assert [(each["orderId"], each["relation"]) for each in node["related"]["nodes"]] == [(theirs, "SAME_ORDER")]
        assert {source["backend"] for source in node["related"]["sources"]} == {"CARTONCLOUD", *_backends(theirs)}
    say(stack, one, other, "SAME_ORDER", "REJECTED")


def _backends(*written: str) -> set[str]:
    return {str(ids.decode(each).backend) for each in written}


def test_what_cannot_be_said_is_told_with_its_place_and_stored_nowhere(stack: Stack) -> None:
    sales = [sale_id(order) for order in WORLD.orders_of(System.CENTRY)]
    served = next(each for order in WORLD.orders for each in served_ids(order) if not order.key)
    cenports = next(sale_id(order) for order in WORLD.orders_of(System.CENPORTS))
    arrival = sandbox_records.records(WORLD)[Kind.INBOUND]
    inbound = ids.encode("Order", Backend.CARTONCLOUD, arrival[0]["id"]) if arrival else served
    unknown = ids.encode("Order", Backend.CENTRY, "0" * 24)
    shipment = ids.encode("Shipment", Backend.CENTRY, "1")
    before = related(stack, sales[0], cenports)
    bad, missing = "BAD_USER_INPUT", "NOT_FOUND"
    for one, other, relation, status, expected in (
        ("nonsense", sales[0], "SAME_ORDER", "CONFIRMED", [(bad, ["orderId"])]),
        ("x", shipment, "SAME_ORDER", "CONFIRMED", [(bad, ["orderId"]), (bad, ["otherOrderId"])]),
        (ids.encode("Order", None, "key"), sales[0], "SAME_ORDER", "CONFIRMED", [(bad, ["orderId"])]),
        (ids.encode("Order", Backend.CENTRY, "x" * 256), cenports, "SAME_ORDER", "CONFIRMED", [(bad, ["orderId"])]),
        (unknown, cenports, "SAME_ORDER", "CONFIRMED", [(missing, ["orderId"])]),
        (cenports, unknown, "SAME_ORDER", "REJECTED", [(missing, ["otherOrderId"])]),
        (sales[0], sales[0], "PACK_SIBLING", "CONFIRMED", [(bad, ["otherOrderId"])]),
        (sales[0], served, "FULFILS", "CONFIRMED", [(bad, ["relation"])]),
        (served, sales[0], "FULFILLED_BY", "CONFIRMED", [(bad, ["relation"])]),
        (sales[0], served, "SAME_ORDER", "CONFIRMED", [(bad, ["relation"])]),
        (sales[0], cenports, "FULFILLED_BY", "CONFIRMED", [(bad, ["relation"])]),
        (sales[0], cenports, "PACK_SIBLING", "CONFIRMED", [(bad, ["relation"])]),
        (sales[0], sales[1], "SAME_ORDER", "CONFIRMED", [(bad, ["relation"])]),
        (sales[0], inbound, "FULFILLED_BY", "CONFIRMED", [(bad, ["relation"])] if arrival else None),
        (sales[0], cenports, "SAME_ORDER", "AUTO", [(bad, ["status"])]),
    ):  # fmt: skip
        if expected is not None:
            said = say(stack, one, other, relation, status)
            assert said["link"] is None
            assert [(error["code"], error["path"]) for error in said["userErrors"]] == expected, (one, other, relation)
    assert related(stack, sales[0], cenports) == before


def test_who_may_only_read_can_say_nothing(stack: Stack) -> None:
    order = misleading(stack)
    given = {
        "orderId": sale_id(order),
        "otherOrderId": served_ids(order).pop(),
        "relation": "FULFILLED_BY",
        "status": "CONFIRMED",
    }
    refused = replace(stack.client, key=READER).ask(SAY, input=given)
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert "data" not in refused


def test_an_order_whose_backend_is_away_is_taken_at_the_callers_word(stack: Stack) -> None:
    """By a gateway that has no older copy of it either."""
    centry = next(sale_id(order) for order in WORLD.orders_of(System.CENTRY))
    centra = next(sale_id(order) for order in WORLD.orders_of(System.CENTRA) if not order.warehoused)
    with stack.newcomer() as client:
        newcomer = replace(stack, client=client)
        stack.fault("CENTRY", mode="down")

        said = say(newcomer, centra, centry, "SAME_ORDER", "CONFIRMED")
        senseless = say(newcomer, centra, centry, "FULFILLED_BY", "CONFIRMED")

        assert (said["userErrors"], said["link"]["orderId"], said["link"]["order"]) == ([], centry, None)
        assert [error["path"] for error in senseless["userErrors"]] == [["relation"]], "Centry has sales alone"
        (away,) = related(newcomer, centra)
        (link,) = away["related"]["nodes"]
        assert (link["orderId"], link["order"], link["confidence"]) == (centry, None, 1)
        assert {"backend": "CENTRY", "state": "FAILED", "count": 0} in away["related"]["sources"]
        assert {"backend": "CENTRY", "state": "FAILED", "count": 0} in away["shipments"]["sources"]
        stack.mend()
        (there,) = related(newcomer, centra)
        (link,) = there["related"]["nodes"]
        assert link["order"]["id"] == centry


def test_a_slow_backend_is_not_waited_for(stack: Stack) -> None:
    centry = next(sale_id(order) for order in WORLD.orders_of(System.CENTRY))
    centra = next(sale_id(order) for order in WORLD.orders_of(System.CENTRA))
    stack.fault("CENTRY", latency=9)
    begun = time.monotonic()
    said = say(stack, centra, centry, "SAME_ORDER", "REJECTED")
    assert time.monotonic() - begun < 6
    assert (said["userErrors"], said["link"]["orderId"], said["link"]["order"]) == ([], centry, None)


def test_nothing_is_linked_while_nobody_knows_what_people_said(stack: Stack) -> None:
    """But what an order's own backend tells of its parcels is shown."""
    linked = next(o for o in WORLD.orders_of(System.CENPORTS) if o.warehoused and o.dispatch and not (o.key or o.sent_to))
    alone = next(o for o in WORLD.orders_of(System.CENPORTS) if o.dispatch and not o.warehoused)
    assert stack.in_step is not None
    with closing(sqlite3.connect(stack.in_step.with_name("gateway.db"))) as database:
        database.execute("ALTER TABLE order_links RENAME TO away")
        try:
            found = related(stack, sale_id(linked), sale_id(alone))
            refused = stack.client.ask(SAY, input=given_of(linked))
        finally:
            database.execute("ALTER TABLE away RENAME TO order_links")
    assert refused["errors"][0]["extensions"]["code"] == "BACKEND_UNAVAILABLE"
    for node in found:
        assert node["related"]["nodes"] == []
        assert {"backend": "CARTONCLOUD", "state": "FAILED", "count": 0} in node["related"]["sources"]
        assert {"backend": "CARTONCLOUD", "state": "FAILED", "count": 0} in node["shipments"]["sources"]
    assert [len(node["shipments"]["nodes"]) for node in found] == [0, 1]
