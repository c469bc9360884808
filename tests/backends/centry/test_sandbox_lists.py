"""The simulated Centry's lists: pages, order, filters, `expand`."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from gateway.backends.centry.sandbox import CentrySandbox
from gateway.sandbox.world import System
from tests.backends.centry.asking import LISTS, ORDERS, WORLD, Caller, Query, calling, every_order, ids


@pytest.fixture(scope="module")
def centry() -> Iterator[Caller]:
    """Read only, so that all tests may share it."""
    with calling(CentrySandbox(WORLD)) as caller:
        yield caller


@pytest.mark.parametrize("name", LISTS)
def test_paging_by_after_to_an_empty_page_yields_every_record_once(centry: Caller, name: str) -> None:
    everything = ids(centry.get(f"{name}.json", limit=1000))
    walked: list[str] = []
    page = centry.get(f"{name}.json", limit=7)
    while page and len(walked) <= len(everything):
        walked += ids(page)
        page = centry.get(f"{name}.json", limit=7, after=max(walked))

    assert sorted(walked) == sorted(everything)
    assert len(walked) == len(set(walked)) > 0


@pytest.mark.parametrize("name", LISTS)
def test_every_record_of_a_list_can_be_read_by_its_id(centry: Caller, name: str) -> None:
    record = centry.get(f"{name}.json", limit=1)[0]

    read = centry.get(f"{name}/{record['_id']}.json")

    for variant in read.get("variants", ()):
        del variant["company_id"]  # which only the page's single product tells of its variants
    assert read.items() >= record.items()
    assert centry.ask(f"{name}/000000000000000000000000.json").status_code == 404


def test_only_pages_behind_after_are_ascending(centry: Caller) -> None:
    first = ids(centry.get("orders.json", limit=40))
    second = ids(centry.get("orders.json", limit=40, after=max(first)))

    assert first != sorted(first)
    assert second == sorted(second)
    assert max(first) < min(second)


def test_ids_are_not_in_the_order_of_time(centry: Caller) -> None:
    by_id = sorted(every_order(centry), key=lambda order: str(order["_id"]))
    times = [datetime.fromisoformat(order["created_at"]) for order in by_id]

    assert times != sorted(times)


def test_offset_still_skips_and_repeats_nothing(centry: Caller) -> None:
    pages = [ids(centry.get("orders.json", limit=50, offset=offset)) for offset in (0, 50, 100, 150)]

    assert [len(page) for page in pages] == [50, 50, 20, 0]
    assert len({order for page in pages for order in page}) == 120
    assert max(pages[0]) > min(pages[1])


def test_a_page_is_never_larger_than_the_maximum() -> None:
    with calling(CentrySandbox(WORLD, maximum_limit=30, default_limit=10)) as centry:
        assert len(centry.get("orders.json")) == 10
        assert len(centry.get("orders.json", limit=100)) == 30


@pytest.mark.parametrize("query", [{"limit": "many"}, {"limit": "0"}, {"offset": "-1"}, {"created_at_gte": "monday"}])
def test_a_filter_that_cannot_be_read_is_a_bad_request(centry: Caller, query: Query) -> None:
    assert centry.ask("orders.json", query).status_code == 400


@pytest.mark.parametrize("field", ["created_at", "updated_at"])
def test_time_filters_compare_moments_whatever_their_zone(centry: Caller, field: str) -> None:
    moments = sorted({order.placed_at if field == "created_at" else order.changed_at for order in ORDERS})
    middle = moments[len(moments) // 2]
    local, utc = middle.astimezone().isoformat(), middle.isoformat().replace("+00:00", "Z")

    def found(suffix: str, value: str) -> set[datetime]:
        return {datetime.fromisoformat(order[field]) for order in every_order(centry, **{field + suffix: value})}

    assert found("", utc) == found("", local) == {middle}
    assert found("_gte", utc) == {moment for moment in moments if moment >= middle}
    assert found("_gt", local) == {moment for moment in moments if moment > middle}
    assert found("_lte", utc) == {moment for moment in moments if moment <= middle}
    assert found("_lt", local) == {moment for moment in moments if moment < middle}
    assert found("_lt", utc) & found("_gt", utc) == set()


def test_a_time_without_a_zone_is_chiles(centry: Caller) -> None:
    order = centry.get("orders.json", limit=1)[0]

    found = every_order(centry, created_at=order["created_at"][:23])

    assert order["_id"] in ids(found)


def test_a_plus_that_was_not_encoded_is_understood(centry: Caller) -> None:
    moment = ORDERS[0].placed_at

    found = centry.get(f"orders.json?created_at={moment.isoformat()}")

    assert "+00:00" in moment.isoformat()
    assert {datetime.fromisoformat(order["created_at"]) for order in found} == {moment}


def test_orders_are_found_by_status_origin_and_both_numbers(centry: Caller) -> None:
    numbered = next(order for order in every_order(centry) if order["number_origin"])

    assert {order["_status"] for order in every_order(centry, status="received")} == {"received"}
    assert {order["origin"] for order in every_order(centry, origin="Ripley", status="pending")} == {"Ripley"}
    assert ids(every_order(centry, number_origin=numbered["number_origin"])) == [numbered["_id"]]
    assert ids(every_order(centry, id_origin=numbered["id_origin"])) == [numbered["_id"]]
    assert every_order(centry, number_origin=numbered["id_origin"]) == []


def test_variants_stock_and_warehouses_have_filters_of_their_own(centry: Caller) -> None:
    item = WORLD.items_of(System.CENTRY)[0]
    (variant,) = centry.get("variants.json", sku=item.sku)
    blank = centry.get("warehouses.json", latitude="")

    rows = centry.get("variant_warehouses.json", variant_id=variant["_id"])
    one = centry.get("variant_warehouses.json", variant_id=variant["_id"], warehouse_id=blank[0]["_id"])

    assert variant["barcode"] == item.barcode
    assert {row["warehouse_id"] for row in rows} == {site.codes[System.CENTRY] for site in WORLD.sites_of(System.CENTRY)}
    assert [row["warehouse_id"] for row in one] == ids(blank)
    assert len(centry.get("warehouses.json", name="Main Warehouse")) == 1


def test_brands_and_categories_can_be_those_in_use(centry: Caller) -> None:
    products = centry.get("products.json", limit=1000)

    for name, field in (("brands", "brand_id"), ("categories", "category_id")):
        used = ids(centry.get(f"{name}.json", filtered_used_by_company=""))
        assert set(used) == {product[field] for product in products}
        assert len(used) < len(centry.get(f"{name}.json"))


def test_expand_with_or_without_a_value_puts_the_whole_variant_beside_its_id(centry: Caller) -> None:
    plain = centry.get("orders.json", limit=5)
    expanded = centry.get("orders.json", limit=5, expand="")
    bare_word = centry.get("orders.json?limit=5&expand")

    assert expanded == bare_word == centry.get("orders.json", limit=5, expand="true")
    assert not any("variant" in item for order in plain for item in order["items"])
    for item in (item for order in expanded for item in order["items"]):
        assert item["variant"] == centry.get(f"variants/{item['variant_id']}.json")


def test_expand_may_be_left_unhonoured() -> None:
    with calling(CentrySandbox(WORLD, honours_expand=False)) as centry:
        items = [item for order in every_order(centry, expand="") for item in order["items"]]

    assert not any("variant" in item for item in items)
