"""Warehouses, variants and stock of the simulated Cenports, and the calls that they cost."""

import asyncio
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from gateway.errors import BackendError
from gateway.models import CatalogStatus, StockReading, VariantRecord
from gateway.ports import ChannelSource, ProductSource, Resources, StockSource, VariantSource, WarehouseSource
from gateway.sandbox.world import System, World, make_world
from tests.backends.cenports.backing import Scripted, reaching, simulated

STOCK = "cenports-09"


@pytest.fixture(scope="module")
def world() -> World:
    return make_world()


def only(answer: object) -> VariantRecord:
    assert isinstance(answer, list | tuple)
    [variant] = answer
    assert isinstance(variant, VariantRecord)
    return variant


def readings(answer: object) -> list[StockReading]:
    assert isinstance(answer, list)
    return answer


async def test_variants_by_sku(world: World, resources: Resources) -> None:
    items = world.items_of(System.CENPORTS)
    skus = [item.sku for item in items]
    async with simulated(world, resources) as (backend, calls):
        found = await backend.variants_by_sku([*skus, " " + skus[0] + " ", "NONE"])
        assert await calls.counted() == {STOCK: 1}

    assert found.keys() == {*skus, f" {skus[0]} "}
    for item in items:
        variant = only(found[item.sku])
        assert (variant.backend_id, variant.barcode, variant.name) == (item.sku, item.barcode, item.title)
        assert variant.status is (CatalogStatus.ACTIVE if item.active else CatalogStatus.DISCONTINUED)
    assert isinstance(backend, VariantSource)
    assert not isinstance(backend, ProductSource), "Cenports knows SKUs only"


async def test_variants_by_id(world: World, resources: Resources) -> None:
    async with simulated(world, resources) as (backend, _):
        found = await backend.variants_by_id(["P001REDS", "NONE"])

    assert list(found) == ["P001REDS"]


async def test_stock_of_both_kinds_costs_two_calls(world: World, resources: Resources) -> None:
    rows = {(row.item.sku, row.site.codes[System.CENPORTS]): row for row in world.stock_of(System.CENPORTS)}
    skus = [item.sku for item in world.items_of(System.CENPORTS)]
    async with simulated(world, resources) as (backend, calls):
        variants = [only(answer) for answer in (await backend.variants_by_sku(skus)).values()]
        await calls.counted()
        found = await backend.stock_by_variant(variants)
        assert await calls.counted() == {STOCK: 2}

    read = {(one.sku, one.warehouse.code): one for answer in found.values() for one in readings(answer)}
    assert read.keys() == rows.keys()
    for key, row in rows.items():
        assert (read[key].on_hand, read[key].available) == (Decimal(row.on_hand), Decimal(row.available)), key
        assert (read[key].incoming or 0) == row.incoming
        assert read[key].as_of <= read[key].warehouse.fetched_at
    assert isinstance(backend, StockSource)


async def test_without_a_channel_only_what_lies_in_the_warehouse_is_known(world: World, resources: Resources) -> None:
    async with simulated(world, resources, channel_id="") as (backend, calls):
        [variant] = [only(answer) for answer in (await backend.variants_by_sku(["P001REDS"])).values()]
        await calls.counted()
        found = await backend.stock_by_variant([variant])
        assert await calls.counted() == {STOCK: 1}

    assert [one.available for one in readings(found["P001REDS"])] == [None, None]
    assert all(one.on_hand is not None for one in readings(found["P001REDS"]))


async def test_a_kind_that_cannot_be_read_fails_the_answer(world: World, resources: Resources) -> None:
    async with simulated(world, resources) as (backend, calls):
        variants = [only(answer) for answer in (await backend.variants_by_sku(["P001REDS"])).values()]
        await calls.fault(match="GET /inventories", times=1, status=400)
        with pytest.raises(BackendError):
            await backend.stock_by_variant(variants)


async def test_readers_at_the_same_time_share_the_calls(world: World, resources: Resources) -> None:
    async with simulated(world, resources, cache_ttl=30) as (backend, calls):
        await asyncio.gather(
            backend.warehouses(), backend.warehouses_by_id(["CENPORTS"]), backend.variants_by_sku(["P001REDS"])
        )
        assert await calls.counted() == {STOCK: 1}


async def test_warehouses(world: World, resources: Resources) -> None:
    async with simulated(world, resources) as (backend, _):
        warehouses = {warehouse.code: warehouse for warehouse in await backend.warehouses()}
        by_id = await backend.warehouses_by_id(["WDSDL-WH-CA", "NONE"])

    sites = {site.codes[System.CENPORTS]: site for site in world.sites_of(System.CENPORTS)}
    assert warehouses.keys() == sites.keys()
    for code, site in sites.items():
        address = warehouses[code].address
        assert address
        assert (warehouses[code].name, address.line1, address.state) == (site.name, site.place.street, site.place.state_code)
        assert (address.city, address.postal_code, address.country) == (
            site.place.city,
            site.place.postcode,
            site.place.country,
        )
    assert list(by_id) == ["WDSDL-WH-CA"]
    assert isinstance(backend, WarehouseSource)
    assert isinstance(backend, ChannelSource)


def inventory(actual: list[dict[str, Any]], available: list[dict[str, Any]]) -> Scripted:
    def answer(_path: str, asked: Mapping[str, str]) -> Any:
        return {"data": available if "channelId" in asked else actual}

    return Scripted(answer)


def place(code: str, *rows: dict[str, Any]) -> dict[str, Any]:
    return {"warehouseCode": code, "warehouseInventory": list(rows)}


async def test_skus_are_compared_without_the_space_around_them(resources: Resources) -> None:
    actual = [
        place("W2", {"productSku": " A 1 ", "quantity": "58", "productName": "Second"}),
        place("W1", {"productSku": "A 1", "quantity": 7, "productName": "First", "nextAvailabileQuantity": "3"}),
        place("W3", {"productSku": None, "quantity": "1"}),
        {"warehouseCode": "W4", "warehouseInventory": None},
    ]
    available = [place("W2", {"productSku": "A 1", "quantity": " 50.0 "}), place("W5", {"productSku": "A 1", "quantity": ""})]
    async with reaching(inventory(actual, available), resources, channel_id="C") as (backend, _):
        variant = only((await backend.variants_by_sku(["A 1 "]))["A 1 "])
        found = readings((await backend.stock_by_variant([variant]))["A%201"])
        codes = [warehouse.code for warehouse in await backend.warehouses()]

    assert (variant.backend_id, variant.sku, variant.name) == ("A%201", "A 1", "First")
    assert [(one.warehouse.code, one.on_hand, one.available) for one in found] == [
        ("W1", Decimal(7), None),
        ("W2", Decimal(58), Decimal("50.0")),
        ("W5", None, None),
    ]
    assert found[0].incoming == 3
    assert codes == ["W2", "W1", "W3", "W4"]


async def test_incoming_stock_has_its_day(resources: Resources) -> None:
    row = {"productSku": "A", "quantity": "0", "nextAvailabilityDate": "2026-07-09 00:00:00", "nextAvailabileQuantity": "25"}
    async with reaching(inventory([place("W", row)], []), resources) as (backend, _):
        variant = only((await backend.variants_by_sku(["A"]))["A"])
        [one] = readings((await backend.stock_by_variant([variant]))["A"])

    assert (one.on_hand, one.incoming, one.incoming_on) == (Decimal(0), Decimal(25), date(2026, 7, 9))


async def test_a_variant_that_no_warehouse_keeps_has_no_readings(world: World, resources: Resources) -> None:
    async with simulated(world, resources) as (backend, _):
        variant = only((await backend.variants_by_sku(["P001REDS"]))["P001REDS"])
        unknown = VariantRecord(backend=variant.backend, backend_id="X", fetched_at=variant.fetched_at, sku="X")
        found = await backend.stock_by_variant([variant, unknown])

    assert found["X"] == []
    assert len(readings(found["P001REDS"])) == 2
