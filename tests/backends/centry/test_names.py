"""What brands, categories and places are called: asked for in few calls, and kept for long."""

from collections.abc import Sequence
from typing import Any

import pytest

from gateway.backends.centry.sandbox import CentrySandbox
from gateway.errors import BackendError, Unavailable
from gateway.models import Address, ProductRecord
from gateway.ports import Resources
from gateway.transport import note_change, skip_cache
from tests.backends.centry.asking import WORLD
from tests.backends.centry.backing import BRAND, CATEGORY, PRODUCT, Backing, backing

BRANDS, CATEGORIES = "centry-41", "centry-39"
COUNTRY, REGION, CITY, COMMUNE = "centry-48", "centry-50", "centry-52", "centry-54"
MANY = 5
STAMP = {"created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}


@pytest.fixture
def sandbox() -> CentrySandbox:
    """Products of as many brands, all of one category; and a brand that nobody uses."""
    sandbox = CentrySandbox(WORLD)
    for kind in ("products", "brands", "categories"):
        sandbox.drop(kind)
    sandbox.put("brands", *({"_id": f"{i:024}", "name": f"Brand {i}", **STAMP} for i in range(MANY + 1)))
    sandbox.put("categories", {"_id": "c" * 24, "name": "Hogar / Muebles", **STAMP})
    sandbox.put("products", *(_product(i) for i in range(MANY)))
    return sandbox


def _product(i: int) -> dict[str, Any]:
    return {
        "_id": f"a{i:023}",
        "name": f"Product {i}",
        "sku": f"P{i}",
        "brand_id": f"{i:024}",
        "category_id": "c" * 24,
        **STAMP,
    }


async def brands(centry: Backing, which: Sequence[int]) -> list[str | None]:
    found = await centry.backend.products_by_id([f"a{i:023}" for i in which])
    products = [found[f"a{i:023}"] for i in which]
    assert all(isinstance(product, ProductRecord) and product.category == "Hogar / Muebles" for product in products)
    return [product.brand for product in products if isinstance(product, ProductRecord)]


async def test_names_of_many_products_come_from_the_list_of_those_in_use(sandbox: CentrySandbox, resources: Resources) -> None:
    async with backing(sandbox, resources) as centry:
        assert await brands(centry, range(MANY)) == [f"Brand {i}" for i in range(MANY)]
        # One category is asked for by itself. Where no larger page was seen, the end of a list takes a call.
        assert await centry.calls() == {PRODUCT: MANY, BRANDS: 1, CATEGORY: 1}


async def test_what_is_called_how_is_kept_and_no_change_of_ours_makes_it_old(
    sandbox: CentrySandbox, resources: Resources
) -> None:
    async with backing(sandbox, resources, cache_ttl=30) as centry:
        assert await brands(centry, [0, 1]) == ["Brand 0", "Brand 1"]
        assert await centry.calls() == {PRODUCT: 2, BRAND: 2, CATEGORY: 1}

        note_change(centry.backend.name)
        assert await brands(centry, [1]) == ["Brand 1"]
        assert await centry.calls() == {PRODUCT: 1}

        assert await brands(centry, range(MANY)) == [f"Brand {i}" for i in range(MANY)]
        assert await centry.calls() == {PRODUCT: MANY - 1, BRANDS: 1}


async def test_a_caller_who_wants_nothing_kept_gets_what_it_is_called_now(sandbox: CentrySandbox, resources: Resources) -> None:
    async with backing(sandbox, resources, cache_ttl=30) as centry:
        assert await brands(centry, [0]) == ["Brand 0"]
        sandbox.put("brands", {"_id": "0" * 24, "name": "Another name", **STAMP})
        assert await brands(centry, [0]) == ["Brand 0"]
        skip_cache()
        assert await brands(centry, [0]) == ["Another name"]


async def test_where_nothing_is_cached_no_name_is_kept(sandbox: CentrySandbox, resources: Resources) -> None:
    async with backing(sandbox, resources, cache_ttl=0) as centry:
        await brands(centry, [0])
        await centry.calls()
        await brands(centry, [0])
        assert await centry.calls() == {PRODUCT: 1, BRAND: 1, CATEGORY: 1}


async def test_what_the_pages_of_the_list_do_not_have_is_asked_for_by_itself(
    sandbox: CentrySandbox, resources: Resources
) -> None:
    async with backing(sandbox, resources, page_size=2) as centry:
        assert await brands(centry, range(MANY)) == [f"Brand {i}" for i in range(MANY)]
        assert await centry.calls() == {PRODUCT: MANY, BRANDS: 2, BRAND: 1, CATEGORY: 1}


async def test_a_centry_that_does_not_take_the_filter_is_asked_for_each(sandbox: CentrySandbox, resources: Resources) -> None:
    async with backing(sandbox, resources) as centry:
        await centry.fault(match="GET /conexion/v1/brands.json", status=400)
        assert await brands(centry, range(MANY)) == [f"Brand {i}" for i in range(MANY)]
        assert await centry.calls() == {PRODUCT: MANY, BRANDS: 1, BRAND: MANY, CATEGORY: 1}


async def test_a_list_that_fails_is_the_error_of_those_that_need_it(sandbox: CentrySandbox, resources: Resources) -> None:
    async with backing(sandbox, resources) as centry:
        await centry.fault(match="GET /conexion/v1/brands.json", status=500)
        found = await centry.backend.products_by_id([f"a{i:023}" for i in range(MANY)])
        assert all(isinstance(one, Unavailable) for one in found.values())
        assert BRAND not in await centry.calls()


async def test_a_warehouse_is_where_its_places_are_called_so(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources, cache_ttl=30) as centry:
        listed = await centry.backend.warehouses()
        await centry.calls()

        found = await centry.backend.addresses_by_warehouse(listed)
        asked = await centry.calls()
        assert {operation: asked[operation] for operation in asked} == {COUNTRY: 1, REGION: 2, CITY: 1, COMMUNE: 2}

        complete = [one for one in found.values() if isinstance(one, Address) and one.city]
        assert [(one.country, one.state, one.city, one.suburb) for one in complete] == [
            ("CL", "Región Metropolitana", "Santiago", "Providencia")
        ]
        assert {one.line1 for one in found.values() if isinstance(one, Address)} == {
            warehouse.address.line1 for warehouse in listed if warehouse.address
        }

        await centry.backend.addresses_by_warehouse(listed)
        assert await centry.calls() == {}


async def test_a_place_that_fails_is_an_error_of_its_warehouses_alone(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        listed = await centry.backend.warehouses()
        await centry.fault(match="GET /conexion/v1/locations/cities/*", status=500)
        found = await centry.backend.addresses_by_warehouse(listed)
    assert {type(one) for one in found.values()} == {Address, Unavailable}
    assert all(isinstance(one, Address | BackendError) for one in found.values())
