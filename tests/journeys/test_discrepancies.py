"""Stock that backends tell differently is found, with each reading and its time, and nothing else is."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.app import Gateway, open_gateway
from gateway.catalogue import entries
from gateway.catalogue.entries import Shelf
from gateway.catalogue.index import StockRow
from gateway.catalogue.records import CatalogueKind
from gateway.entities import Page, StockDiscrepancy
from gateway.models import Backend, StockKind
from gateway.principal import Principal
from gateway.sandbox.world import System
from gateway.settings import Settings
from resolvers.discrepancies import page_of_discrepancies
from tests.stack import Stack, until, whole_stack

DIFFER = """query ($first: Int, $after: String, $warehouseIds: [ID!], $kind: StockKind) {
    stockDiscrepancies(first: $first, after: $after, warehouseIds: $warehouseIds, kind: $kind) {
        nodes { variant { sku } warehouse { id code } spread readings { backend available onHand asOf } }
        totalCount pageInfo { hasNextPage endCursor } sources { backend state count error { code } }
    }
}"""
NOBODY = Principal("nobody", frozenset())
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
        quantity = row.available + wrong[row.item.sku, row.site.key]
        count_wrongly(stack.addresses["CENTRY"], stack.settings, row.item.sku, row.site.codes[System.CENTRY], quantity)
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


def count_wrongly(address: str, settings: Mapping[str, str], sku: str, warehouse: str, quantity: int) -> None:
    """As a person does in Centry itself."""
    with httpx.Client(base_url=address) as centry:
        login = {name: settings[f"GATEWAY_CENTRY__{name.upper()}"] for name in ("client_id", "client_secret", "redirect_uri")}
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


async def test_a_count_is_of_the_moment_that_the_page_shows_or_is_not_told(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert stack.in_step is not None
    shutil.copy(stack.in_step, tmp_path / "gateway.db")
    for name, value in stack.settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GATEWAY_DATABASE_URL", f"sqlite:///{tmp_path / 'gateway.db'}")
    with open_gateway(Settings.load()) as gateway:
        rows = await in_every_system(gateway)
        await count_one_more(gateway, rows[:3])
        whole, start = await page(gateway, first=50), await page(gateway, first=2)
        rest = await page(gateway, first=2, after=start.end_cursor)
        assert [(len(each.nodes), await count_of(each)) for each in (whole, start, rest)] == [(3, 3), (2, 3), (1, 3)]
        await count_one_more(gateway, rows[3:4])
        assert [await count_of(each) for each in (whole, start, rest)] == [None, 4, None]
        await gateway.registry.close()


async def in_every_system(gateway: Gateway) -> list[StockRow]:
    """What Centry keeps of SKUs that all systems have, by SKU."""
    context = gateway.context(NOBODY)
    sites = [key for key in (await context.loaders.warehouses()).by_record if key[0] is Backend.CENTRY]
    rows = await context.catalogue.stock(sites, None, None, 1000)
    held = await context.catalogue.records(CatalogueKind.VARIANT, [row.variant for row in rows])
    return [row for row in rows if len(held[row.variant]) == len(System)]


async def count_one_more(gateway: Gateway, rows: list[StockRow]) -> None:
    """Of each of these, as if a look at Centry had found it so."""
    records = [replace(row.record, available=(row.record.available or Decimal(0)) + 1) for row in rows]
    shelf = Shelf(CatalogueKind.STOCK, Backend.CENTRY)
    await gateway.database.write(lambda connection: entries.put(connection, shelf, records, 1))


async def page(gateway: Gateway, first: int, after: str | None = None) -> Page[StockDiscrepancy]:
    context = gateway.context(NOBODY)
    warehouses, standings = (await context.loaders.warehouses()).by_code, await context.loaders.stock_standings()
    chosen, bound = list(warehouses.values()), context.cursors.bind("all")
    return await page_of_discrepancies(context, chosen, standings, StockKind.AVAILABLE, bound=bound, first=first, after=after)


async def count_of(page: Page[StockDiscrepancy]) -> int | None:
    assert page.count is not None
    return await page.count()
