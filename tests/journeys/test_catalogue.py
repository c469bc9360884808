"""Lists of the catalogue: every SKU once and in order, with all that the backends know of it, and no call for asking twice."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from gateway.models import Backend
from gateway.sandbox.server import environment, load_sandboxes, running
from gateway.sandbox.world import System, World, make_world
from tests.stack import QUICK, GatewayClient, Stack, indexed, running_gateway, until, whole_stack

VARIANTS = """query ($first: Int, $after: String, $filter: VariantFilter) {
    variants(first: $first, after: $after, filter: $filter) {
        nodes { sku records { backend sku } sources { backend state count } }
        totalCount pageInfo { hasNextPage endCursor } sources { backend state count error { code message } }
    }
}"""
PRODUCTS = """query ($after: String, $filter: ProductFilter) {
    products(first: 4, after: $after, filter: $filter) {
        nodes { sku status variants(first: 250) { totalCount nodes { sku } } }
        totalCount pageInfo { hasNextPage endCursor } sources { backend state error { code } }
    }
}"""
STOCK = """query ($code: String!, $after: String, $skus: [String!]) {
    warehouse(code: $code) {
        stock(first: 9, after: $after, skus: $skus) {
            nodes { backend available onHand variant { sku } warehouse { code } }
            totalCount pageInfo { hasNextPage endCursor } sources { backend state count }
        }
    }
}"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with whole_stack(tmp_path_factory.mktemp("catalogue"), orders=30) as running:
        yield running


def walk(client: GatewayClient, query: str, *path: str, **variables: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """All nodes of a list, and its last page."""
    nodes: list[dict[str, Any]] = []
    after = None
    while True:
        page: Any = client.data(query, after=after, **variables)
        for name in path:
            page = page[name]
        nodes += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return nodes, page


def sold_skus(world: World, system: System) -> set[str]:
    return {item.sku for item in world.items if system in item.systems}


def states(page: dict[str, Any]) -> dict[str, str]:
    return {source["backend"]: source["state"] for source in page["sources"]}


@pytest.mark.parametrize("first", [7, 250])
def test_a_walk_over_variants_gives_every_sku_once_and_in_order(stack: Stack, first: int) -> None:
    nodes, last = walk(stack.client, VARIANTS, "variants", first=first)

    skus = [node["sku"] for node in nodes]
    assert skus == sorted(set(skus))
    for name in (System.CENPORTS, System.CENTRY):
        told = {node["sku"] for node in nodes if any(record["backend"] == name for record in node["records"])}
        assert told == sold_skus(stack.world, name)
    assert last["totalCount"] == len(nodes)
    assert set(states(last).values()) == {"OK"}


def test_a_node_has_what_each_backend_knows_and_reports_on_all(stack: Stack) -> None:
    everywhere = next(item.sku for item in stack.world.items if len(item.systems) == 4)
    (node,), page = walk(stack.client, VARIANTS, "variants", filter={"skus": [f"  {everywhere} "]})

    assert [record["sku"] for record in node["records"]] == [everywhere] * len(node["records"])
    assert {record["backend"] for record in node["records"]} >= {"CENPORTS", "CENTRA", "CENTRY"}
    counts = {source["backend"]: source["count"] for source in node["sources"]}
    assert counts == {name: sum(record["backend"] == name for record in node["records"]) for name in Backend}
    assert page["totalCount"] == 1


def test_a_filter_by_backend_chooses_variants_and_shows_them_whole(stack: Stack) -> None:
    nodes, page = walk(stack.client, VARIANTS, "variants", first=50, filter={"backends": ["CENTRY"]})

    assert {node["sku"] for node in nodes} == sold_skus(stack.world, System.CENTRY)
    assert any(record["backend"] == "CENPORTS" for node in nodes for record in node["records"])
    assert states(page) == {"CENTRY": "OK"}


def test_a_backend_that_does_not_tell_what_is_asked_for_is_not_supported(stack: Stack) -> None:
    wanted = {"updatedAt": {"from": "2020-01-01T00:00:00Z"}}
    nodes, page = walk(stack.client, VARIANTS, "variants", first=50, filter=wanted)

    assert {node["sku"] for node in nodes} >= sold_skus(stack.world, System.CENTRY)
    assert states(page) == {"CENPORTS": "NOT_SUPPORTED", "CENTRA": "OK", "CENTRY": "OK", "CARTONCLOUD": "NOT_SUPPORTED"}


def test_barcodes_find_variants(stack: Stack) -> None:
    item = next(item for item in stack.world.items if System.CENTRY in item.systems)
    nodes, _ = walk(stack.client, VARIANTS, "variants", filter={"barcodes": [item.barcode, "none"]})
    assert [node["sku"] for node in nodes] == [item.sku]


def test_products_have_their_variants_and_two_backends_know_none(stack: Stack) -> None:
    nodes, page = walk(stack.client, PRODUCTS, "products")

    by_sku = {node["sku"]: [variant["sku"] for variant in node["variants"]["nodes"]] for node in nodes}
    assert list(by_sku) == sorted(by_sku)
    for product in {item.product for item in stack.world.items_of(System.CENTRY)}:
        told = {item.sku for item in stack.world.items_of(System.CENTRY) if item.product == product}
        assert told <= set(by_sku[product])
        assert by_sku[product] == sorted(by_sku[product])
    assert page["totalCount"] == len(nodes)
    assert states(page) == {"CENPORTS": "NOT_SUPPORTED", "CENTRA": "OK", "CENTRY": "OK", "CARTONCLOUD": "NOT_SUPPORTED"}


def test_products_by_the_status_that_is_shown(stack: Stack) -> None:
    everything, _ = walk(stack.client, PRODUCTS, "products")
    for status in ("ACTIVE", "INACTIVE", "UNKNOWN"):
        nodes, _ = walk(stack.client, PRODUCTS, "products", filter={"statuses": [status]})
        assert [node["sku"] for node in nodes] == [node["sku"] for node in everything if node["status"] == status]


def test_the_stock_of_a_warehouse_by_sku_and_backend(stack: Stack) -> None:
    site = stack.world.sites[0]
    nodes, page = walk(stack.client, STOCK, "warehouse", "stock", code=site.key)

    places = [(node["variant"]["sku"], node["backend"]) for node in nodes]
    assert places == sorted(places)
    assert page["totalCount"] == len(nodes)
    for name in (System.CENPORTS, System.CENTRY):
        told = {node["variant"]["sku"]: Decimal(node["available"] or -1) for node in nodes if node["backend"] == name}
        kept = {row.item.sku: row.available for row in stack.world.stock_of(name) if row.site == site}
        assert told == kept
    assert states(page) == {"CENPORTS": "OK", "CENTRA": "OK", "CENTRY": "OK", "CARTONCLOUD": "NOT_SUPPORTED"}


def test_the_stock_of_some_skus(stack: Stack) -> None:
    site, wanted = stack.world.sites[0], sorted(sold_skus(stack.world, System.CENTRY))[3:9]
    nodes, _ = walk(stack.client, STOCK, "warehouse", "stock", code=site.key, skus=[f" {sku}" for sku in wanted])
    assert sorted({node["variant"]["sku"] for node in nodes}) == wanted


def test_a_cursor_is_good_for_its_own_list_alone(stack: Stack) -> None:
    cursor = stack.client.data(VARIANTS, first=1)["variants"]["pageInfo"]["endCursor"]
    for narrowed in ({"skus": ["A"]}, {"backends": ["CENTRY"]}):
        (error,) = stack.client.ask(VARIANTS, after=cursor, filter=narrowed)["errors"]
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
    (error,) = stack.client.ask(PRODUCTS, after=cursor)["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"


def test_metrics_tell_of_every_index_and_copy(stack: Stack) -> None:
    answer = httpx.get(f"{stack.client.address}/metrics")
    told = {family.name: family.samples for family in text_string_to_metric_families(answer.text)}

    sizes = {(s.labels["backend"], s.labels["kind"]): s.value for s in told["gateway_catalogue_records"]}
    assert sizes["CENTRY", "VARIANT"] == len(sold_skus(stack.world, System.CENTRY))
    assert {s.labels["backend"]: s.value for s in told["gateway_circuit"]} == dict.fromkeys(Backend, 0)
    assert {s.labels["backend"]: s.value < 60 for s in told["gateway_read_model_lag_seconds"]} == {
        "CENTRA": True,
        "CARTONCLOUD": True,
    }
    assert all(0 <= s.value < 600 for s in told["gateway_catalogue_age_seconds"])
    assert not told["gateway_catalogue_pass_records"]
    messages = {(s.labels["backend"], s.labels["state"]): s.value for s in told["gateway_inbox_messages"]}
    assert messages["CENTRA", "DONE"] > 0
    assert messages["CARTONCLOUD", "DONE"] > 0
    assert not told["gateway_transaction_steps"]


def test_while_a_first_pass_runs_the_list_says_so_and_the_others_are_complete(tmp_path: Path) -> None:
    with whole_stack(tmp_path, orders=5, settings={"GATEWAY_CENTRY__PAGE_SIZE": "20"}, wait=False) as stack:
        stack.fault("CENTRY", match="GET /conexion/v1/variants.json", times=2)
        stack.fault("CENTRY", match="GET /conexion/v1/variants.json", latency=30)

        def begun() -> bool:
            page = stack.client.data(VARIANTS, first=250)["variants"]
            return states(page)["CENTRY"] == "PARTIAL" and states(page)["CENPORTS"] == "OK"

        until(begun)
        page = stack.client.data(VARIANTS, first=250)["variants"]
        (centry,) = [source for source in page["sources"] if source["backend"] == "CENTRY"]
        assert centry["error"]["code"] == "BACKEND_INCOMPLETE"
        assert "for the first time: 40 so far" in centry["error"]["message"]
        metrics = httpx.get(f"{stack.client.address}/metrics").text
        assert 'gateway_catalogue_pass_records{backend="CENTRY",kind="VARIANT"} 40.0' in metrics
        assert page["totalCount"] is None
        assert {node["sku"] for node in page["nodes"]} >= sold_skus(stack.world, System.CENPORTS)


@pytest.mark.long
def test_five_thousand_variants_of_two_backends_are_complete_and_cost_nothing_the_second_time(tmp_path: Path) -> None:
    world = make_world(orders=0, products=556)
    systems = load_sandboxes(world, only=(Backend.CENPORTS, Backend.CENTRY))
    with running(systems) as addresses:
        settings = environment(systems, addresses) | QUICK
        with running_gateway(tmp_path, settings) as client:
            until(lambda: indexed(client))

            def calls() -> list[str]:
                return [call["operation"] for address in addresses.values() for call in httpx.get(f"{address}/__calls").json()]

            before = calls()
            once, page = walk(client, VARIANTS, "variants", first=250)
            again, _ = walk(client, VARIANTS, "variants", first=250)
            assert calls() == before

    skus = [node["sku"] for node in once]
    known = sold_skus(world, System.CENPORTS) | sold_skus(world, System.CENTRY)
    assert len(known) > 4500
    assert skus == sorted(known)
    assert [node["sku"] for node in again] == skus
    assert page["totalCount"] == len(skus)
    both = [node for node in once if len(node["records"]) == 2]
    assert {node["sku"] for node in both} == sold_skus(world, System.CENPORTS) & sold_skus(world, System.CENTRY)
