"""A fifth backend is one folder and one line: a copy of the house that has them serves it, and passes every suite with it."""

import difflib
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.models import Backend
from gateway.sandbox.server import environment, load_sandboxes, running
from gateway.sandbox.world import System, World, make_world
from tests.fifth_backend.harbour.sandbox import HarbourSandbox
from tests.fifth_backend.house import LINE, PLACE, PLAN, ROOMS, ROOT, built, furnish, run, serving
from tests.stack import GatewayClient

WORLD = make_world(seed=11, orders=30)
RECORDS = HarbourSandbox(WORLD).records

ORDERS = """
query Orders($first: Int, $after: String, $filter: OrderFilter, $sort: OrderSort) {
  orders(first: $first, after: $after, filter: $filter, sort: $sort) {
    nodes { id backend backendId number status placedAt lines { sku quantity } totals { total { amount currency } } }
    pageInfo { hasNextPage endCursor }
    sources { backend state count }
  }
}
"""
SHIPMENTS = """
query Shipments($after: String, $filter: ShipmentFilter) {
  shipments(first: 7, after: $after, filter: $filter) {
    nodes { id backend backendId status trackingNumber warehouse { code name } order { number } }
    pageInfo { hasNextPage endCursor }
    sources { backend state }
  }
}
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="module")
def furnished(house: Path) -> Path:
    """The same with tests and settings of the checks."""
    furnish(house)
    return house


@pytest.fixture(scope="module")
def client(house: Path) -> Iterator[GatewayClient]:
    """A gateway of the copy before the simulated Harbour and the simulated Centry."""
    systems = {"HARBOUR": HarbourSandbox(WORLD), **load_sandboxes(WORLD, only=[Backend.CENTRY])}
    with running(systems) as addresses, serving(house, environment(systems, addresses)) as gateway:
        yield gateway


def test_outside_of_the_folder_nothing_differs_but_one_line(house: Path) -> None:
    ours, theirs = _files(ROOT), _files(house)
    assert {path for path in theirs if path.is_relative_to(PLACE)} == theirs.keys() - ours.keys()
    assert ours.keys() <= theirs.keys()
    assert [path for path in ours if ours[path] != theirs[path]] == [PLAN]
    old, new = [text.decode().splitlines(keepends=True) for text in (ours[PLAN], theirs[PLAN])]
    assert [line for line in difflib.ndiff(old, new) if line[0] in "+-"] == [f"+ {LINE}"]


@pytest.mark.long
def test_the_printed_schema_has_one_value_more(house: Path) -> None:
    printed = run(house, sys.executable, "-m", "gateway", "schema").stdout.splitlines()
    ours = (ROOT / "schema/schema.graphql").read_text().splitlines()
    differences = [
        line for line in difflib.unified_diff(ours, printed, n=0) if line[0] in "+-" and line[:3] not in ("+++", "---")
    ]
    assert differences == ["+", '+  """Harbour: a shop that exists in tests alone."""', "+  HARBOUR"]


@pytest.mark.long
def test_its_types_and_imports_are_as_the_house_wants_them(furnished: Path) -> None:
    checked = run(furnished, sys.executable, "-m", "mypy", str(PLACE))
    assert checked.returncode == 0, checked.stdout
    linted = run(furnished, str(Path(sys.executable).parent / "lint-imports"), "--no-cache")
    assert linted.returncode == 0, linted.stdout


def test_it_passes_the_suites_of_all_ports_that_it_offers_and_the_rules_of_the_house(furnished: Path) -> None:
    suites = ("tests/conformance", "tests/architecture/test_structure.py")
    done = run(furnished, sys.executable, "-m", "pytest", "-v", "-k", "HARBOUR", *suites)
    assert done.returncode == 0, done.stdout
    for suite in ("backend_port", "order_source", "shipment_source", "variant_source", "warehouse_source", "priced"):
        assert f"tests/conformance/test_{suite}.py::" in done.stdout


def test_the_graph_knows_it(client: GatewayClient) -> None:
    states = client.data("{ backends { backend configured } }")["backends"]
    configured = {state["backend"]: state["configured"] for state in states}
    assert configured == {**{name.value: False for name in Backend}, "CENTRY": True, "HARBOUR": True}


@pytest.mark.parametrize("sort", ["PLACED_AT_ASC", "PLACED_AT_DESC"])
def test_its_orders_are_in_the_list_among_those_of_another(client: GatewayClient, sort: str) -> None:
    pages = _pages(client, ORDERS, "orders", first=7, sort=sort)
    states = {source["backend"]: source["state"] for page in pages for source in page["sources"]}
    assert states == {**{name.value: "NOT_CONFIGURED" for name in Backend}, "CENTRY": "OK", "HARBOUR": "OK"}
    found = _nodes(pages)
    places = [(datetime.fromisoformat(order["placedAt"]), order["backend"], order["backendId"]) for order in found]
    assert places == sorted(places, reverse=sort.endswith("DESC"))
    assert len({order["id"] for order in found}) == len(found)
    numbers = {name: sorted(order["number"] for order in found if order["backend"] == name) for name in ("HARBOUR", "CENTRY")}
    assert numbers["HARBOUR"] == sorted(order["no"] for order in RECORDS["orders"])
    assert numbers["CENTRY"] == sorted(order.number for order in WORLD.orders_of(System.CENTRY))


def test_filters_and_cursors_hold_for_its_orders(client: GatewayClient) -> None:
    sent = [order["no"] for order in RECORDS["orders"] if order["state"] == "sent"]
    wanted = {"backends": ["HARBOUR"], "statuses": ["SHIPPED"]}
    found = _nodes(_pages(client, ORDERS, "orders", first=2, filter=wanted))
    assert sorted(order["number"] for order in found) == sorted(sent)
    named = client.data(ORDERS, filter={"numbers": [sent[0], "nobody's"]})["orders"]
    assert [order["number"] for order in named["nodes"]] == [sent[0]]


def test_an_order_of_its_own_is_found_by_id_with_its_shipments(client: GatewayClient) -> None:
    record = next(order for order in RECORDS["orders"] if order["state"] == "sent")
    (listed,) = client.data(ORDERS, filter={"numbers": [record["no"]]})["orders"]["nodes"]
    query = """
    query One($id: ID!) {
      order(id: $id) {
        id number lines { sku quantity } totals { total { amount currency } }
        shipments { nodes { id backend trackingNumber } sources { backend state } }
      }
      node(id: $id) { id ... on Order { number } }
    }
    """
    data = client.data(query, id=listed["id"])
    order = data["order"]
    assert (order["number"], order["lines"], order["totals"]) == (record["no"], listed["lines"], listed["totals"])
    assert {line["sku"] for line in order["lines"]} == {row["sku"] for row in record["rows"]}
    assert data["node"] == {"id": listed["id"], "number": record["no"]}
    parcels = [parcel for parcel in RECORDS["parcels"] if parcel["order"] == record["id"]]
    shipments = order["shipments"]["nodes"]
    assert sorted(shipment["trackingNumber"] for shipment in shipments) == sorted(parcel["tracking"] for parcel in parcels)
    assert {"backend": "HARBOUR", "state": "OK"} in order["shipments"]["sources"]
    again = client.data("query Node($id: ID!) { node(id: $id) { id __typename } }", id=shipments[0]["id"])["node"]
    assert again == {"id": shipments[0]["id"], "__typename": "Shipment"}


def test_its_shipments_are_in_the_list_and_lead_to_order_and_warehouse(client: GatewayClient) -> None:
    found = _nodes(_pages(client, SHIPMENTS, "shipments", filter={"backends": ["HARBOUR"]}))
    assert sorted(shipment["backendId"] for shipment in found) == sorted(parcel["id"] for parcel in RECORDS["parcels"])
    assert {shipment["order"]["number"] for shipment in found} == {parcel["order_no"] for parcel in RECORDS["parcels"]}
    assert {shipment["warehouse"]["name"] for shipment in found} == {"Northern Pier"}
    tracking = found[0]["trackingNumber"]
    alone = client.data(SHIPMENTS, filter={"backends": ["HARBOUR"], "trackingNumbers": [tracking]})["shipments"]["nodes"]
    assert [shipment["id"] for shipment in alone] == [found[0]["id"]]


def test_its_goods_are_the_same_variants_as_those_of_another(client: GatewayClient) -> None:
    sku = _common(WORLD)
    query = "query Variant($sku: String) { variant(sku: $sku) { records { backend sku } sources { backend state } } }"
    variant = client.data(query, sku=sku)["variant"]
    assert [(record["backend"], record["sku"]) for record in variant["records"]] == [("CENTRY", sku), ("HARBOUR", sku)]


def test_what_it_costs_is_told_before_it_is_asked(client: GatewayClient) -> None:
    query = "{ orders(first: 120, filter: { backends: [HARBOUR] }) { nodes { shipments { nodes { warehouse { code } } } } } }"
    plan = client.ask(query, {"X-Gateway-Explain": "plan"})["extensions"]["plan"]
    calls = {call["operation"]: call["calls"] for call in plan["backendCalls"] if call["backend"] == "HARBOUR"}
    assert calls == {"harbour-02": 3, "harbour-03": 6, "harbour-05": 6, "harbour-07": 1}


def _files(root: Path) -> dict[Path, bytes]:
    found = [path for room in ROOMS for path in (root / room).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(root): path.read_bytes() for path in found}


def _pages(client: GatewayClient, query: str, field: str, **variables: Any) -> list[Mapping[str, Any]]:
    """Page after page to the end of the list."""
    pages = [client.data(query, **variables)[field]]
    while pages[-1]["pageInfo"]["hasNextPage"]:
        pages.append(client.data(query, after=pages[-1]["pageInfo"]["endCursor"], **variables)[field])
    return pages


def _nodes(pages: list[Mapping[str, Any]]) -> list[Any]:
    return [node for page in pages for node in page["nodes"]]


def _common(world: World) -> str:
    return next(item.sku for item in world.items_of(System.CENTRY))
