"""The simulated Centry's records: the world in Centry's words, with the odd details of its page."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest

from gateway.backends.centry.sandbox import CentrySandbox
from gateway.sandbox.world import Stage, System, World
from tests.backends.centry.asking import ORDERS, WORLD, Caller, calling, every_order


@pytest.fixture(scope="module")
def centry() -> Iterator[Caller]:
    """Read only, so that all tests may share it."""
    with calling(CentrySandbox(WORLD)) as caller:
        yield caller


def test_every_order_of_the_world_is_there_under_its_number(centry: Caller) -> None:
    found = {order["number_origin"] or order["id_origin"]: order for order in every_order(centry)}
    words = {"PLACED": "pending", "CONFIRMED": "pending", "PACKED": "pending", "SHIPPED": "shipped"}

    assert set(found) == {order.number for order in ORDERS}
    for order in ORDERS:
        record = found[order.number]
        expected = words.get(order.stage.value) or ("received" if order.stage is Stage.DELIVERED else "cancelled")
        assert record["_status"].removesuffix("_before_shipping") == expected
        assert datetime.fromisoformat(record["created_at"]) == order.placed_at
        assert [item["quantity"] for item in record["items"]] == [line.quantity for line in order.lines]
        assert record["total_amount"] == pytest.approx(float(order.subtotal))


def test_only_what_the_shop_ships_by_itself_is_tracked(centry: Caller) -> None:
    found = {order["number_origin"] or order["id_origin"]: order for order in every_order(centry)}

    for order in ORDERS:
        own = order.dispatch.tracking if order.dispatch and not order.warehoused else None
        assert {item["tracking_code"] for item in found[order.number]["items"]} == {own}
        assert {item["shipment_provider"] is None for item in found[order.number]["items"]} == {own is None}


def test_orders_keep_the_odd_details_of_the_page(centry: Caller) -> None:
    orders = every_order(centry)
    items = [item for order in orders for item in order["items"]]
    addresses = [order["address_shipping"] for order in orders]
    without_sku = sum(item["sku"] is None for item in items) / len(items)

    assert 0.2 < without_sku < 0.5
    assert 0 < sum(order["number_origin"] is None for order in orders) < len(orders) / 2
    assert 0 < sum("id_pack" in order for order in orders) < len(orders) / 4
    assert {"CL", "Chile"} <= {address["country"] for address in addresses}
    assert {"", None} <= {address["line2"] for address in addresses}
    blank = [order for order in orders if order["address_shipping"]["city"] == ""]
    assert blank
    assert {(order["number_origin"], order["address_shipping"]["created_at"]) for order in blank} == {(None, None)}
    assert {type(order["original_data"]) for order in orders} == {str, type(None)}
    assert {order["created_at"][19] + order["created_at"][23:] for order in orders} == {".-03:00", ".-04:00"}
    assert {order["_status"] for order in orders} >= {"cancelled", "cancelled_before_shipping"}


def test_products_hold_the_worlds_items_as_variants(centry: Caller) -> None:
    products = centry.get("products.json", limit=1000)
    skus = {variant["sku"] for product in products for variant in product["variants"]}

    assert skus == {item.sku for item in WORLD.items_of(System.CENTRY)}
    assert {product["sku"] for product in products} == {item.product for item in WORLD.items}
    assert centry.get("products/count.json") == len(products)
    assert {product["packageheight"] for product in products} == {"20"}
    assert "/images/defaults/products/missing_original.png" in {product["cover_url"] for product in products}
    assert any(product["price"] is None and isinstance(product["price_compare"], int | float) for product in products)


def test_a_product_is_paused_only_where_all_its_items_are_inactive() -> None:
    paused = WORLD.items[0].product
    items = tuple(replace(item, active=item.product != paused and item.size == "S") for item in WORLD.items)
    with calling(CentrySandbox(World(1, items, WORLD.sites, (), (), ()))) as centry:
        products = centry.get("products.json", limit=1000)

    assert [product["sku"] for product in products if not product["status"]] == [paused]


def test_variants_name_colour_and_size_and_may_lack_the_deprecated_quantity(centry: Caller) -> None:
    variants = {variant["sku"]: variant for variant in centry.get("variants.json", limit=1000)}

    for item in WORLD.items_of(System.CENTRY):
        variant = variants[item.sku]
        assert (variant["color_name"], variant["size_name"]) == (item.colour, item.size)
        assert centry.get(f"colors/{variant['color_id']}.json")["name"] == item.colour
    assert {type(variant["price"]) for variant in variants.values()} == {str, type(None)}
    assert {variant.get("quantity", "absent") for variant in variants.values()} == {9995, None, "absent"}


def test_stock_is_what_the_world_says_is_available(centry: Caller) -> None:
    skus = {variant["_id"]: variant["sku"] for variant in centry.get("variants.json", limit=1000)}
    rows = centry.get("variant_warehouses.json", limit=1000)

    found = {(skus[row["variant_id"]], row["warehouse_id"]): row["quantity"] for row in rows}

    stock = WORLD.stock_of(System.CENTRY)
    assert found == {(row.item.sku, row.site.codes[System.CENTRY]): row.available for row in stock}


def test_the_places_of_warehouses_can_be_looked_up(centry: Caller) -> None:
    resources = {"country_id": "countries", "region_id": "regions", "city_id": "cities", "commune_id": "communes"}
    warehouses = centry.get("warehouses.json")

    for field, name in resources.items():
        for identifier in (warehouse[field] for warehouse in warehouses if warehouse[field]):
            assert centry.get(f"locations/{name}/{identifier}.json")["_id"] == identifier
    assert any(warehouse["country_id"] is None and warehouse["region_id"] for warehouse in warehouses)


def test_company_and_user_come_as_arrays_of_one(centry: Caller) -> None:
    (company,), (user,) = centry.get("company_info.json"), centry.get("user_info.json")

    assert user["company_id"] == company["_id"]
    assert centry.ask(f"warehouses/{company['main_warehouse_id']}.json").status_code == 200
