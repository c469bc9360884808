"""Pictures of Centry's products and variants: which they are, and what they cost."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.backends.centry import goods
from gateway.backends.centry.sandbox import CentrySandbox
from gateway.errors import BackendError, Unavailable
from gateway.models import Image, ProductRecord, VariantRecord
from gateway.ports import ImageSource, Resources
from gateway.sandbox.world import System, make_world
from tests.backends.centry.backing import (
    ASSETS,
    PRODUCT,
    VARIANT_ASSETS,
    Backing,
    backing,
    orders,
)
from tests.backends.centry.test_mapping import SCOPE

WORLD = make_world(seed=7, orders=60)
ITEM = WORLD.items_of(System.CENTRY)[0]
MISSING = "/images/defaults/products/missing_original.png"
UNADDRESSED = {"_id": "5fe9fec484c6e1ec5a67d7b8", "alt": None, "image_file_name": "imagen.jpg", "position": 0}
"""As in the page's example of assets.json."""


def asset(name: str, position: object, **more: object) -> dict[str, Any]:
    return {"_id": name, "url": f"/system/{name}.jpg", "position": position, **more}


async def product_of_a_list(centry: Backing) -> ProductRecord:
    found = (await centry.backend.products_by_sku([ITEM.product]))[ITEM.product]
    assert not isinstance(found, BackendError)
    await centry.calls()
    return found[0]


async def variant(centry: Backing) -> VariantRecord:
    found = (await centry.backend.variants_by_sku([ITEM.sku]))[ITEM.sku]
    assert not isinstance(found, BackendError)
    await centry.backend.orders(orders(10))  # once Centry has given a page, a shorter one is known not to be cut
    await centry.calls()
    return found[0]


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("https://images.example.com/a.jpg", "https://images.example.com/a.jpg"),
        ("/system/a.jpg?1617", "https://www.example.com/system/a.jpg?1617"),
        ("//cdn.example.com/a.jpg", "https://cdn.example.com/a.jpg"),
        (MISSING, None),
        (f"https://www.example.com{MISSING}?1", None),
        ("javascript:alert(1)", None),
        ("", None),
        (None, None),
        ({"url": "x"}, None),
    ],
)
def test_addresses_are_absolute_and_a_stand_in_is_none(sent: object, meant: str | None) -> None:
    assert goods.absolute(sent, replace(SCOPE, origin="https://www.example.com")) == meant


async def test_it_offers_the_port_that_centrys_page_allows(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        assert isinstance(centry.backend, ImageSource)


async def test_a_product_that_comes_with_its_assets_costs_no_call_more(resources: Resources) -> None:
    body = {"_id": "p1", "cover_url": "/system/cover.jpg", "assets": [asset("b", 1), asset("a", "0"), {"_id": "c"}, 7]}
    async with backing(CentrySandbox(WORLD), resources) as centry:
        await centry.fault(match=PRODUCT, body=body)
        product = (await centry.backend.products_by_id(["p1"]))["p1"]
        assert isinstance(product, ProductRecord)
        await centry.calls()
        found = await centry.backend.images_by_product([product])

        assert await centry.calls() == {}
        base = str(centry.control.base_url).rstrip("/")
    shown = (
        Image(url=f"{base}/system/cover.jpg"),
        *(Image(url=f"{base}/system/{n}.jpg", position=p) for n, p in (("b", 1), ("a", 0))),
    )
    assert product.images == shown
    assert found == {"p1": shown}


async def test_a_product_out_of_a_list_costs_one_call(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        product = await product_of_a_list(centry)
        assert product.images is None
        await centry.fault(match=ASSETS, body=[asset("a", 3)])
        found = (await centry.backend.images_by_product([product]))[product.backend_id]

        assert await centry.calls() == {ASSETS: 1}
        base = str(centry.control.base_url).rstrip("/")
    assert not isinstance(found, BackendError)
    assert found[-1] == Image(url=f"{base}/system/a.jpg", position=3)
    assert all("missing_original" not in image.url for image in found)


async def test_addresses_that_do_not_come_with_the_assets_are_looked_up_in_the_product(resources: Resources) -> None:
    whole = {"_id": "p1", "assets": [{**UNADDRESSED, "url": "/system/found.jpg"}, {"_id": "other"}]}
    async with backing(CentrySandbox(WORLD), resources) as centry:
        product = await product_of_a_list(centry)
        await centry.fault(match=ASSETS, body=[UNADDRESSED])
        await centry.fault(match=PRODUCT, body=whole, times=1)
        found = (await centry.backend.images_by_product([product]))[product.backend_id]
        assert await centry.calls() == {ASSETS: 1, PRODUCT: 1}

        await centry.fault(match=PRODUCT, body={"_id": "p1"}, times=1)
        none = (await centry.backend.images_by_product([product]))[product.backend_id]
    assert not isinstance(found, BackendError)
    assert not isinstance(none, BackendError)
    assert [image.url.rpartition("/")[2] for image in found if image.position == 0] == ["found.jpg"]
    assert len(none) == len(found) - 1


async def test_a_product_that_is_gone_has_its_cover_alone_and_one_that_fails_is_an_error(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        product = await product_of_a_list(centry)
        await centry.fault(match=ASSETS, status=404, times=1)
        gone = (await centry.backend.images_by_product([product]))[product.backend_id]
        await centry.fault(match=ASSETS, status=500)
        failed = (await centry.backend.images_by_product([product]))[product.backend_id]

    assert not isinstance(gone, BackendError)
    assert all(image.position is None for image in gone)
    assert isinstance(failed, Unavailable)


def link(name: str, **more: object) -> dict[str, Any]:
    return {"_id": f"link-{name}", "asset_id": name, "position": 5, **more}


async def test_a_variants_pictures_are_those_of_its_product_that_show_it(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        one = await variant(centry)
        await centry.fault(match=VARIANT_ASSETS, body=[link("b", position=0), link("a", product_id=None), link("unknown")])
        await centry.fault(match=ASSETS, body=[asset("a", 0), asset("b", 1), asset("c", 2)])
        found = await centry.backend.images_by_variant([one])

        assert await centry.calls() == {VARIANT_ASSETS: 1, ASSETS: 1}
        base = str(centry.control.base_url).rstrip("/")
    images = [Image(url=f"{base}/system/b.jpg", position=0), Image(url=f"{base}/system/a.jpg", position=5)]
    assert found == {one.backend_id: images}


async def test_a_variant_without_pictures_of_its_own_costs_one_call(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        one = await variant(centry)
        await centry.fault(match=VARIANT_ASSETS, body=[])
        found = await centry.backend.images_by_variant([one])

        assert await centry.calls() == {VARIANT_ASSETS: 1}
    assert found == {one.backend_id: []}


async def test_variants_of_one_product_share_the_call_for_its_pictures(resources: Resources) -> None:
    items = [item for item in WORLD.items_of(System.CENTRY) if item.product == ITEM.product]
    async with backing(CentrySandbox(WORLD), resources) as centry:
        await variant(centry)
        read = await centry.backend.variants_by_sku([item.sku for item in items])
        several = [one for of in read.values() if not isinstance(of, BackendError) for one in of]
        await centry.calls()
        await centry.fault(match=VARIANT_ASSETS, body=[link("a")])
        await centry.fault(match=ASSETS, body=[asset("a", 0)], times=1)
        found = await centry.backend.images_by_variant(several)
        assert await centry.calls() == {VARIANT_ASSETS: len(items), ASSETS: 1}

        await centry.fault(match=ASSETS, status=500)
        failed = await centry.backend.images_by_variant(several)
    assert len(several) == len(items) > 1
    assert all(not isinstance(of, BackendError) and len(of) == 1 for of in found.values())
    assert all(isinstance(of, Unavailable) for of in failed.values())
