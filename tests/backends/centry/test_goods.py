"""Centry's products, variants, warehouses and stock, counted at the sandbox."""

import pytest

from gateway.backends.centry.sandbox import CentrySandbox
from gateway.errors import BackendError, MalformedReply, Unavailable
from gateway.models import VariantRecord
from gateway.ports import (
    OrderSource,
    ProductSource,
    Resources,
    ShipmentSource,
    StockSource,
    VariantSource,
    WarehouseSource,
)
from gateway.sandbox.world import Item, System, make_world
from tests.backends.centry.backing import (
    BRAND,
    CATEGORY,
    PRODUCT,
    PRODUCTS,
    STOCK,
    USER,
    VARIANT,
    VARIANTS,
    WAREHOUSES,
    Backing,
    backing,
    orders,
)

WORLD = make_world(seed=7, orders=60)
ITEMS = WORLD.items_of(System.CENTRY)
SKUS = [item.sku for item in ITEMS]


async def test_it_offers_the_ports_that_centrys_page_allows(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        for port in (OrderSource, ShipmentSource, VariantSource, ProductSource, WarehouseSource, StockSource):
            assert isinstance(centry.backend, port)


async def test_the_check_is_one_call(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        await centry.backend.check()

        assert await centry.calls() == {USER: 1}


@pytest.mark.parametrize("fault", [{"mode": "html"}, {"mode": "truncated"}])
async def test_the_check_fails_on_what_is_no_answer(fault: dict[str, str], resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        await centry.fault(match="GET *", **fault)
        with pytest.raises(MalformedReply):
            await centry.backend.check()


async def variants(centry: Backing, skus: list[str]) -> list[VariantRecord]:
    found = await centry.backend.variants_by_sku(skus)
    await centry.calls()
    return [variant for of in found.values() if not isinstance(of, BackendError) for variant in of]


async def seen_a_page(centry: Backing) -> None:
    """Once Centry has given a page, a shorter one is known not to be cut."""
    await centry.backend.orders(orders(10))
    await centry.calls()


async def test_a_few_variants_cost_a_call_each(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        await seen_a_page(centry)
        found = await centry.backend.variants_by_sku([SKUS[0], f" {SKUS[1]} ", "unknown"])

        assert await centry.calls() == {VARIANTS: 3}
    assert {sku: [variant.sku for variant in of] for sku, of in found.items() if not isinstance(of, BackendError)} == {
        SKUS[0]: [SKUS[0]],
        f" {SKUS[1]} ": [SKUS[1]],
    }


async def test_many_variants_cost_the_pages_of_the_list(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        found = await centry.backend.variants_by_sku([*SKUS, "unknown"])

        assert await centry.calls() == {VARIANTS: -(-len(SKUS) // 100) + 1}
    assert found.keys() == set(SKUS)


async def test_many_pages_give_way_to_single_calls(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources, page_size=5) as centry:
        first = await centry.backend.variants_by_sku(SKUS[:6])
        assert (await centry.calls())[VARIANTS] <= 12
        second = await centry.backend.variants_by_sku(SKUS[:6])

        assert await centry.calls() == {VARIANTS: 6}
    assert first.keys() == second.keys() == set(SKUS[:6])


async def test_variants_and_products_by_id(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        (variant,) = await variants(centry, SKUS[:1])
        found = await centry.backend.variants_by_id([variant.backend_id, "0" * 24])
        assert await centry.calls() == {VARIANT: 2}

        product_id = variant.product_backend_id or ""
        products = await centry.backend.products_by_id([product_id, "0" * 24])
        assert await centry.calls() == {PRODUCT: 2, BRAND: 1, CATEGORY: 1}

    assert {key: one.sku for key, one in found.items() if not isinstance(one, BackendError)} == {variant.backend_id: SKUS[0]}
    product = products[product_id]
    assert not isinstance(product, BackendError)
    assert (product.sku, product.name) == (ITEMS[0].product, ITEMS[0].name)
    assert product.brand
    assert product.category


async def test_a_brand_that_is_gone_is_null_and_one_that_fails_is_an_error(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        await centry.fault(match="GET /conexion/v1/brands/*", status=404, times=1)
        gone = await centry.backend.products_by_sku([ITEMS[0].product])
        await centry.fault(match="GET /conexion/v1/brands/*", status=500)
        failed = await centry.backend.products_by_sku([ITEMS[0].product])

    (product,) = gone[ITEMS[0].product]  # type: ignore[misc]  # no error here
    assert product.brand is None
    assert isinstance(failed[ITEMS[0].product], Unavailable)


async def test_products_by_sku_stop_at_the_page_with_the_last_one(resources: Resources) -> None:
    skus = sorted({item.product for item in ITEMS})
    async with backing(CentrySandbox(WORLD), resources) as centry:
        found = await centry.backend.products_by_sku(skus)
        assert (await centry.calls())[PRODUCTS] == 1

        await centry.backend.products_by_sku([*skus, "unknown"])
        assert (await centry.calls())[PRODUCTS] == 2
    assert found.keys() == set(skus)


async def test_warehouses_are_listed_to_the_end_and_looked_up_in_one_call(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        listed = await centry.backend.warehouses()
        assert await centry.calls() == {WAREHOUSES: 2}

        found = await centry.backend.warehouses_by_id([warehouse.backend_id for warehouse in listed])
        assert await centry.calls() == {WAREHOUSES: 1}

        assert await centry.backend.warehouses_by_id(["0" * 24]) == {}
        assert await centry.calls() == {WAREHOUSES: 2}
    sites = {site.codes[System.CENTRY]: site.name for site in WORLD.sites_of(System.CENTRY)}
    assert {warehouse.code: warehouse.name for warehouse in listed} == sites
    assert found.keys() == sites.keys()


def available(item: Item) -> dict[str, int]:
    rows = (row for row in WORLD.stock_of(System.CENTRY) if row.item == item)
    return {row.site.codes[System.CENTRY]: row.available for row in rows}


async def test_stock_of_a_few_variants_costs_a_call_each(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        await seen_a_page(centry)
        three = await variants(centry, SKUS[:3])
        found = await centry.backend.stock_by_variant(three)

        assert await centry.calls() == {STOCK: 3, WAREHOUSES: 1}
    for variant, item in zip(three, ITEMS, strict=False):
        readings = found[variant.backend_id]
        assert not isinstance(readings, BackendError)
        assert {reading.warehouse.code: reading.available for reading in readings} == available(item)
        assert {reading.sku for reading in readings} == {item.sku}


async def test_stock_of_many_variants_costs_the_pages_of_the_list(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        everything = await variants(centry, SKUS)
        found = await centry.backend.stock_by_variant(everything)

        assert await centry.calls() == {STOCK: -(-len(WORLD.stock_of(System.CENTRY)) // 100), WAREHOUSES: 1}
    assert sum(len(of) for of in found.values() if not isinstance(of, BackendError)) == 2 * len(SKUS)


async def test_stock_never_costs_more_pages_than_variants_once_they_were_counted(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources, page_size=5) as centry:
        six = await variants(centry, SKUS[:6])
        first = await centry.backend.stock_by_variant(six)
        assert (await centry.calls())[STOCK] <= 12
        second = await centry.backend.stock_by_variant(six)

        assert (await centry.calls())[STOCK] == 6
    assert first.keys() == second.keys() == {variant.backend_id for variant in six}
    assert all(len(of) == 2 for of in (*first.values(), *second.values()) if not isinstance(of, BackendError))


async def test_pages_that_bring_next_to_nothing_are_not_read_on(resources: Resources) -> None:
    """In a catalogue of hundreds of pages, one page after another for some dozen variants would outlast every deadline."""
    alone = 20 * 3  # a variant's two rows and the end of its list, where a page holds one record
    async with backing(CentrySandbox(WORLD), resources, page_size=1) as centry:
        wanted = await variants(centry, SKUS[:20])
        found = await centry.backend.stock_by_variant(wanted)
        assert (await centry.calls())[STOCK] <= alone + 12
        await centry.backend.stock_by_variant(wanted)

        assert (await centry.calls())[STOCK] == alone, "it knows by now"
    assert all(len(of) == 2 for of in found.values() if not isinstance(of, BackendError))


async def test_one_variant_whose_stock_fails_does_not_fail_the_others(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        await seen_a_page(centry)
        two = await variants(centry, SKUS[:2])
        await centry.fault(match="GET /conexion/v1/variant_warehouses.json", status=400, times=1)
        found = await centry.backend.stock_by_variant(two)

    assert sorted(isinstance(of, BackendError) for of in found.values()) == [False, True]


async def test_stock_in_a_warehouse_that_is_not_listed_is_not_lost(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        await seen_a_page(centry)
        (variant,) = await variants(centry, SKUS[:1])
        await centry.fault(match="GET /conexion/v1/warehouses.json", body=[])
        found = await centry.backend.stock_by_variant([variant])

    readings = found[variant.backend_id]
    assert not isinstance(readings, BackendError)
    assert {reading.warehouse.code for reading in readings} == available(ITEMS[0]).keys()
