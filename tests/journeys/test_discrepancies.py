"""Stock that backends tell differently is found, with each reading and its time, and nothing else is."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import httpx
import pytest

from gateway.sandbox.world import System
from tests.stack import Stack, until, whole_stack

DIFFER = """query ($first: Int, $after: String, $warehouseIds: [ID!], $kind: StockKind) {
    stockDiscrepancies(first: $first, after: $after, warehouseIds: $warehouseIds, kind: $kind) {
        nodes { variant { sku } warehouse { id code } spread readings { backend available onHand asOf } }
        totalCount pageInfo { hasNextPage endCursor } sources { backend state count error { code } }
    }
}"""
TOLD = 5
"""How many SKUs Centry is made to count wrongly."""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    settings = {"GATEWAY_CENTRY__INDEX_INTERVAL": "0.2", "GATEWAY_CENTRY__CACHE_TTL": "0"}
    with whole_stack(tmp_path_factory.mktemp("discrepancies"), orders=5, settings=settings) as running:
        yield running


@pytest.fixture(scope="module")
def miscounted(stack: Stack) -> dict[tuple[str, str], int]:
    """By SKU and warehouse, by how much more Centry tells than the world has, once the gateway knows."""
    before = walk(stack)
    assert before == [], "the systems of the sandbox agree"
    rows = [row for row in stack.world.stock_of(System.CENTRY) if len(row.item.systems) == len(System)][: TOLD * 7 : 7]
    wrong = {(row.item.sku, row.site.key): 3 + place for place, row in enumerate(rows)}
    for row in rows:
        count_wrongly(stack, row.item.sku, row.site.codes[System.CENTRY], row.available + wrong[row.item.sku, row.site.key])
    until(lambda: len(stack.client.data(DIFFER, first=50)["stockDiscrepancies"]["nodes"]) == len(rows))
    return wrong


def walk(stack: Stack, first: int = 50, **variables: Any) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = []
    after = None
    while True:
        page = stack.client.data(DIFFER, first=first, after=after, **variables)["stockDiscrepancies"]
        nodes += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            assert page["totalCount"] == len(nodes)
            return nodes


def count_wrongly(stack: Stack, sku: str, warehouse: str, quantity: int) -> None:
    """As a person does in Centry itself."""
    with httpx.Client(base_url=stack.addresses["CENTRY"]) as centry:
        login = {
            name: stack.settings[f"GATEWAY_CENTRY__{name.upper()}"] for name in ("client_id", "client_secret", "redirect_uri")
        }
        token = centry.post("/oauth/token", json={**login, "grant_type": "client_credentials"}).json()["access_token"]
        centry.headers["Authorization"] = f"Bearer {token}"
        (variant,) = centry.get("/conexion/v1/variants.json", params={"sku": sku}).json()
        wanted = {"variant_id": variant["_id"], "warehouse_id": warehouse}
        (row,) = centry.get("/conexion/v1/variant_warehouses.json", params=wanted).json()
        answer = centry.put(f"/conexion/v1/variant_warehouses/{row['_id']}.json", json={"quantity": quantity})
        answer.raise_for_status()


@pytest.mark.parametrize("first", [1, 2, 50])
def test_every_difference_is_told_with_the_readings_and_how_far_apart_they_are(
    stack: Stack, miscounted: dict[tuple[str, str], int], first: int
) -> None:
    nodes = walk(stack, first)

    places = [(node["variant"]["sku"], node["warehouse"]["code"]) for node in nodes]
    assert places == sorted(miscounted)
    for node, place in zip(nodes, places, strict=True):
        assert Decimal(node["spread"]) == miscounted[place]
        told = {reading["backend"]: int(reading["available"]) for reading in node["readings"]}
        assert max(told, key=lambda name: told[name]) == "CENTRY"
        assert max(told.values()) - min(told.values()) == miscounted[place]
        assert all(reading["asOf"] for reading in node["readings"])


def test_one_warehouse_alone(stack: Stack, miscounted: dict[tuple[str, str], int]) -> None:
    one = walk(stack)[0]["warehouse"]
    nodes = walk(stack, warehouseIds=[one["id"]])
    assert [(node["variant"]["sku"], node["warehouse"]["code"]) for node in nodes] == [
        place for place in sorted(miscounted) if place[1] == one["code"]
    ]


def test_unlike_kinds_are_not_compared(stack: Stack, miscounted: dict[tuple[str, str], int]) -> None:
    assert miscounted
    assert walk(stack, kind="ON_HAND") == [], "Cenports alone tells what is on hand"


def test_each_backend_says_how_it_took_part(stack: Stack, miscounted: dict[tuple[str, str], int]) -> None:
    page = stack.client.data(DIFFER)["stockDiscrepancies"]
    told = {source["backend"]: (source["state"], source["count"]) for source in page["sources"]}
    assert told["CENTRY"] == ("OK", len(miscounted))
    assert told["CARTONCLOUD"] == ("NOT_SUPPORTED", 0)


def test_a_wrong_id_is_named(stack: Stack) -> None:
    order = stack.client.data("{ orders(first: 1) { nodes { id } } }")["orders"]["nodes"][0]["id"]
    (error,) = stack.client.ask(DIFFER, warehouseIds=[order])["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "warehouseIds" in error["message"]
