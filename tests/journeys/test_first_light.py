"""Stories of one graph over four backends, from the GraphQL document to the simulated systems and back."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from gateway.models import Backend
from gateway.sandbox.world import Stage, System
from tests.stack import Stack, whole_stack

ALL = {"CARTONCLOUD", "CENPORTS", "CENTRA", "CENTRY"}
ORDERS = """
query Orders($first: Int, $after: String, $filter: OrderFilter, $sort: OrderSort) {
  orders(first: $first, after: $after, filter: $filter, sort: $sort) {
    nodes { id backend backendId number kind status placedAt references { name value } lines { sku } }
    edges { cursor }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    sources { backend state count asOf error { code } }
  }
}
"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with whole_stack(tmp_path_factory.mktemp("journey"), orders=40) as made:
        yield made


def walk(stack: Stack, first: int, **variables: object) -> list[dict[str, object]]:
    """Every order of a list, page by page, with every page's promises checked."""
    found: list[dict[str, object]] = []
    after = None
    while True:
        page = stack.client.data(ORDERS, first=first, after=after, **variables)["orders"]
        found += page["nodes"]
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        assert {source["state"] for source in page["sources"]} == {"OK"}
        assert sum(source["count"] for source in page["sources"]) == len(page["nodes"])
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


def place(order: dict[str, object]) -> tuple[datetime, str, str]:
    return datetime.fromisoformat(str(order["placedAt"])), str(order["backend"]), str(order["backendId"])


@pytest.mark.parametrize("sort", ["PLACED_AT_DESC", "PLACED_AT_ASC"])
@pytest.mark.parametrize("first", [7, 250])
def test_a_walk_yields_every_order_of_every_backend_once_and_in_order(stack: Stack, first: int, sort: str) -> None:
    found = walk(stack, first, sort=sort)
    assert [place(order) for order in found] == sorted(map(place, found), reverse=sort.endswith("DESC"))
    assert len({order["id"] for order in found}) == len(found)
    numbers = {backend: {order["number"] for order in found if order["backend"] == backend} for backend in ALL}
    for shop in (System.CENPORTS, System.CENTRA, System.CENTRY):
        assert numbers[shop] == {order.number for order in stack.world.orders_of(shop)}
    warehoused = {order.number for order in stack.world.orders if order.warehoused}
    assert numbers["CARTONCLOUD"] == warehoused | {arrival.number for arrival in stack.world.arrivals}


def test_every_edge_is_a_place_to_go_on(stack: Stack) -> None:
    whole = stack.client.data(ORDERS, first=12)["orders"]
    for index, edge in enumerate(whole["edges"][:-1]):
        rest = stack.client.data(ORDERS, first=1, after=edge["cursor"])["orders"]["nodes"]
        assert rest == [whole["nodes"][index + 1]]


def test_a_cursor_belongs_to_its_list(stack: Stack) -> None:
    cursor = stack.client.data(ORDERS, first=3)["orders"]["pageInfo"]["endCursor"]
    for variables in ({"sort": "PLACED_AT_ASC"}, {"filter": {"kinds": ["SALE"]}}, {"filter": {"backends": ["CENTRY"]}}):
        errors = stack.client.ask(ORDERS, first=3, after=cursor, **variables)["errors"]
        assert errors[0]["extensions"]["code"] == "BAD_USER_INPUT"
        assert "after" in errors[0]["message"]
    forged = stack.client.ask(ORDERS, first=3, after=cursor[:-4] + "AAAA")["errors"]
    assert forged[0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize("first", [0, 251, -1])
def test_a_page_has_bounds(stack: Stack, first: int) -> None:
    errors = stack.client.ask(ORDERS, first=first)["errors"]
    assert errors[0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert "first" in errors[0]["message"]


def test_an_order_is_found_by_its_number_and_by_its_reference(stack: Stack) -> None:
    order = stack.world.orders_of(System.CENTRA)[0]
    found = walk(stack, 50, filter={"numbers": [order.number], "backends": ["CENTRA"]})
    assert [node["number"] for node in found] == [order.number]


def test_a_record_is_found_again_by_its_id(stack: Stack) -> None:
    nodes = stack.client.data(ORDERS, first=30)["orders"]["nodes"]
    query = "query Again($ids: [ID!]!) { nodes(ids: $ids) { id ... on Order { number placedAt } } }"
    again = stack.client.data(query, ids=[node["id"] for node in nodes])["nodes"]
    assert again == [{key: node[key] for key in ("id", "number", "placedAt")} for node in nodes]


def test_lines_lead_to_variants_and_to_stock_in_every_backend(stack: Stack) -> None:
    everywhere = {System.CENPORTS, System.CENTRA, System.CENTRY}
    order = next(
        order
        for order in stack.world.orders_of(System.CENTRY)
        if all(everywhere <= line.item.systems for line in order.lines) and len(order.lines) > 1
    )
    query = """
    query Lines($numbers: [String!]) {
      orders(filter: { numbers: $numbers, backends: [CENTRY] }) { nodes { lines {
        sku quantity
        variant { sku barcode records { backend sku } sources { backend state count }
          stock { nodes { backend available onHand warehouse { code name records { backend } } } sources { backend state } } }
      } } }
    }"""
    lines = stack.client.data(query, numbers=[order.number])["orders"]["nodes"][0]["lines"]
    assert {(line["sku"], line["quantity"]) for line in lines} == {(x.item.sku, str(x.quantity)) for x in order.lines}
    rows = {(row.item.sku, row.site.key): row for row in stack.world.stock}
    for line in lines:
        variant = line["variant"]
        assert {record["backend"] for record in variant["records"]} >= everywhere
        readings = {(level["backend"], level["warehouse"]["code"]): level for level in variant["stock"]["nodes"]}
        assert set(readings) == {(s.value, site.key) for s in everywhere for site in stack.world.sites if s in site.codes}
        for (backend, site), level in readings.items():
            assert level["available"] == str(rows[line["sku"], site].available), backend
            assert level["onHand"] == (str(rows[line["sku"], site].on_hand) if backend == "CENPORTS" else None)


def test_what_is_free_to_sell_is_taken_from_the_preferred_backend_of_each_warehouse(stack: Stack) -> None:
    item = next(item for item in stack.world.items if item.systems == frozenset(System))
    found = stack.client.data("query V($sku: String) { variant(sku: $sku) { available } }", sku=item.sku)["variant"]
    # Centra is asked first and keeps main and south; west is Cenports' alone.
    assert found["available"] == str(sum(row.available for row in stack.world.stock if row.item == item))


def test_a_shop_order_shows_the_warehouse_that_fulfils_it_and_what_it_sent(stack: Stack) -> None:
    query = """
    query Related($numbers: [String!], $backends: [Backend!]) {
      orders(filter: { numbers: $numbers, backends: $backends, kinds: [SALE] }) { nodes {
        related { nodes { relation rule confidence evidence { name value } order { backend number kind } }
                  sources { backend state count } }
        shipments { nodes { backend orderNumber trackingNumber status lines { sku } } sources { backend state count } }
      } }
    }"""
    for shop in (System.CENPORTS, System.CENTRA, System.CENTRY):
        order = next(o for o in stack.world.orders_of(shop) if o.warehoused and o.dispatch)
        found = stack.client.data(query, numbers=[order.number], backends=[shop.value])["orders"]["nodes"][0]
        (link,) = found["related"]["nodes"]
        assert link["relation"] == "FULFILLED_BY"
        assert link["order"] == {"backend": "CARTONCLOUD", "number": order.number, "kind": "OUTBOUND"}
        assert {"name": "number", "value": order.number} in link["evidence"]
        (shipment,) = found["shipments"]["nodes"]
        assert (shipment["backend"], shipment["orderNumber"]) == ("CARTONCLOUD", order.number)


def test_a_shop_that_ships_by_itself_shows_its_own_shipment(stack: Stack) -> None:
    query = """
    query Sent($numbers: [String!], $backends: [Backend!]) {
      orders(filter: { numbers: $numbers, backends: $backends }) { nodes {
        shipments { nodes { id backend trackingNumber order { number } } }
      } }
    }"""
    for shop in (System.CENPORTS, System.CENTRA, System.CENTRY):
        order = next(o for o in stack.world.orders_of(shop) if not o.warehoused and o.dispatch)
        (node,) = stack.client.data(query, numbers=[order.number], backends=[shop.value])["orders"]["nodes"]
        (shipment,) = node["shipments"]["nodes"]
        assert order.dispatch is not None
        assert shipment["trackingNumber"] == order.dispatch.tracking
        assert shipment["order"] == {"number": order.number}
        one = "query One($id: ID!) { shipment(id: $id) { id trackingNumber } }"
        again = stack.client.data(one, id=shipment["id"])["shipment"]
        assert again == {key: shipment[key] for key in ("id", "trackingNumber")}


def test_warehouses_are_merged_as_the_settings_say(stack: Stack) -> None:
    query = "{ warehouses { nodes { id code name records { backend code } } sources { backend state count } } }"
    found = stack.client.data(query)["warehouses"]["nodes"]
    assert [warehouse["code"] for warehouse in found] == sorted(site.key for site in stack.world.sites)
    for warehouse, site in zip(found, sorted(stack.world.sites, key=lambda site: site.key), strict=True):
        assert {record["backend"] for record in warehouse["records"]} == {system.value for system in site.codes}
        one = stack.client.data("query W($id: ID) { warehouse(id: $id) { code } }", id=warehouse["id"])
        assert one["warehouse"] == {"code": warehouse["code"]}


def test_shipments_of_all_backends_are_one_list_newest_first(stack: Stack) -> None:
    query = """
    query Shipments($after: String) { shipments(first: 9, after: $after) {
      nodes { id backend orderNumber trackingNumber } pageInfo { hasNextPage endCursor } sources { backend state }
    } }"""
    found, after, more = [], None, True
    while more:
        page = stack.client.data(query, after=after)["shipments"]
        assert {source["state"] for source in page["sources"]} == {"OK"}
        found += page["nodes"]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    sent = [order for order in stack.world.orders if order.dispatch]
    own = {(order.shop.value, order.number) for order in sent if not order.warehoused}
    # Centra makes a shipment once the order is packed, before it leaves.
    packed = [order for order in stack.world.orders_of(System.CENTRA) if order.stage is Stage.PACKED]
    own |= {("CENTRA", order.number) for order in packed if not order.warehoused}
    carried = {("CARTONCLOUD", order.number) for order in sent if order.warehoused}
    told = {(s["backend"], s["orderNumber"]) for s in found}
    assert told == own | carried
    assert len({s["id"] for s in found}) == len(found) == len(told)


def test_the_backends_tell_how_they_are(stack: Stack) -> None:
    found = stack.client.data("{ backends { backend configured healthy circuit lastError { code } syncedAt } }")["backends"]
    assert {state["backend"] for state in found} == set(Backend)
    assert all(state["configured"] and state["healthy"] for state in found)


def test_a_filter_on_what_a_backend_does_not_tell_says_so(stack: Stack) -> None:
    page = stack.client.data(ORDERS, first=5, filter={"updatedAt": {"from": "2020-01-01T00:00:00Z"}})["orders"]
    states = {source["backend"]: source["state"] for source in page["sources"]}
    assert states["CENPORTS"] == "NOT_SUPPORTED"
    assert not [node for node in page["nodes"] if node["backend"] == "CENPORTS"]


def test_sales_channels_of_all_backends(stack: Stack) -> None:
    found = stack.client.data("{ salesChannels { backend channelId name } }")["salesChannels"]
    assert {"CENPORTS", "CENTRA"} <= {channel["backend"] for channel in found}


def test_exactly_one_argument_names_an_entity(stack: Stack) -> None:
    for query in (
        "{ variant { sku } }",
        '{ variant(sku: "a", id: "b") { sku } }',
        "{ warehouse { code } }",
        "{ product { sku } }",
    ):
        errors = stack.client.ask(query)["errors"]
        assert errors[0]["extensions"]["code"] == "BAD_USER_INPUT"
        assert "exactly one" in errors[0]["message"]


def test_what_nobody_knows_is_null(stack: Stack) -> None:
    assert stack.client.data('{ variant(sku: "no such sku") { sku } }') == {"variant": None}
    assert stack.client.data('{ warehouse(code: "nowhere") { code } }') == {"warehouse": None}
