"""The simulated Centry takes writes: what was written is read again, lists show it, what is wrong is refused."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from gateway.backends.centry.sandbox import CentrySandbox
from gateway.sandbox.world import System
from tests.backends.centry.asking import WORLD, Caller, calling, ids

ITEM = WORLD.items_of(System.CENTRY)[0]
NOWHERE = "000000000000000000000000"


@pytest.fixture
def centry() -> Iterator[Caller]:
    with calling(CentrySandbox(WORLD)) as caller:
        yield caller


def variant_of(centry: Caller, sku: str = ITEM.sku) -> dict[str, Any]:
    (variant,) = centry.get("variants.json", sku=sku)
    return dict(variant)


@pytest.mark.parametrize(
    ("kind", "body", "change"),
    [
        ("products", {"name": "Lamp", "sku": "L1", "packageheight": "20"}, {"name": "Desk lamp", "status": False}),
        ("warehouses", {"name": "Demo", "latitude": "70.04"}, {"address": "Calle 1"}),
        ("webhooks", {"callback_url": "http://192.0.2.1/hook", "on_order_delete": True}, {"on_product_save": True}),
    ],
)
def test_a_record_is_made_read_listed_changed_and_removed(
    centry: Caller, kind: str, body: dict[str, Any], change: dict[str, Any]
) -> None:
    made = centry.write("POST", f"{kind}.json", body)
    address = f"{kind}/{made['_id']}.json"

    assert made.items() >= body.items()
    assert centry.get(address) == made
    assert made["_id"] in ids(centry.get(f"{kind}.json", created_at=made["created_at"]))
    changed = centry.write("PUT", address, change)
    assert changed == centry.get(address) == {**made, **change, "updated_at": changed["updated_at"]}
    assert changed["updated_at"] > made["updated_at"]
    assert made["_id"] in ids(centry.get(f"{kind}.json", updated_at_gt=made["updated_at"]))
    assert centry.write("DELETE", address) is True
    assert [centry.ask(address, method=method).status_code for method in ("GET", "DELETE")] == [410, 410]
    assert made["_id"] not in ids(centry.get(f"{kind}.json", limit=1000))


def test_what_is_read_only_or_unknown_is_passed_over(centry: Caller) -> None:
    made = centry.write("POST", "warehouses.json", {"_id": NOWHERE, "company_id": "x", "updated_at": "x", "colour": "red"})

    assert NOWHERE not in made.values()
    assert "colour" not in made
    assert made["company_id"] != "x"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("products.json", {"status": "yes"}),
        ("products.json", {"variants": "none"}),
        ("variants.json", {"sku": "X"}),
        ("variants.json", {"product_id": NOWHERE}),
        ("variant_warehouses.json", {"quantity": 2}),
        ("webhooks.json", {"on_order_save": 1}),
        ("orders.json", {"_status": "lost"}),
        ("orders.json", {"items": [{"quantity": "5"}]}),
        ("warehouses.json", []),
    ],
)
def test_a_body_that_cannot_be_taken_is_a_bad_request_and_changes_nothing(centry: Caller, path: str, body: object) -> None:
    before = centry.get(path, limit=1000)

    refused = centry.write("POST", path, body, status=400)

    assert all(isinstance(messages, list) for name, messages in refused.items() if name != "error")
    assert centry.get(path, limit=1000) == before


def test_json_must_be_said_to_be_json(centry: Caller) -> None:
    headers = {"Authorization": f"Bearer {centry.token}", "Content-Type": "text/plain"}

    assert centry.http.post("/conexion/v1/warehouses.json", content="{}", headers=headers).status_code == 400


def test_a_product_is_written_with_its_variants_pictures_and_attributes(centry: Caller) -> None:
    colour = centry.get("colors.json", limit=1)[0]
    body = {
        "name": "Lamp",
        "cover_url": "https://images.example.com/lamp.jpg?v=2",
        "variants": [{"sku": "L1-A", "color_id": colour["_id"]}, {"sku": "L1-B"}],
        "assets": [{"url": "https://images.example.com/lamp-2.png"}],
        "category_attribute_values": [{"category_attribute_id": "5a", "value_filled": "steel"}],
    }
    made = centry.write("POST", "products.json", body)
    kept, changed = made["variants"]

    after = centry.write("PUT", f"products/{made['_id']}.json", {"variants": [{**changed, "sku": "L1-C"}, {"sku": "L1-D"}]})

    assert (made["cover_file_name"], made["cover_content_type"]) == ("lamp.jpg", "image/jpeg")
    assert [value["value_filled"] for value in made["category_attribute_values"]] == ["steel"]
    assert [variant["sku"] for variant in after["variants"]] == ["L1-A", "L1-C", "L1-D"]
    assert [variant["_id"] for variant in after["variants"]][:2] == [kept["_id"], changed["_id"]]
    variant = variant_of(centry, "L1-C")
    assert (variant["product_id"], variant["version"], variant["position"]) == (made["_id"], 2, 1)
    assert variant_of(centry, "L1-A")["color_name"] == colour["name"]
    (picture,) = centry.get(f"products/{made['_id']}/assets.json")
    assert (picture["image_file_name"], picture["image_content_type"]) == ("lamp-2.png", "image/png")
    assert centry.get(f"products/{made['_id']}/assets/{picture['_id']}.json") == picture


def test_another_products_variant_is_not_changed_through_this_one(centry: Caller) -> None:
    stranger = variant_of(centry)
    made = centry.write("POST", "products.json", {"name": "Lamp"})

    centry.write("PUT", f"products/{made['_id']}.json", {"variants": [{"_id": stranger["_id"], "sku": "X"}]}, status=400)

    assert variant_of(centry) == stranger


def test_a_copy_of_a_product_has_variants_of_its_own(centry: Caller) -> None:
    product = centry.get(f"products/{variant_of(centry)['product_id']}.json")

    copy = centry.write("POST", "products.json", product)

    assert [variant["sku"] for variant in copy["variants"]] == [variant["sku"] for variant in product["variants"]]
    assert not set(ids(copy["variants"])) & set(ids(product["variants"]))
    assert centry.get(f"products/{product['_id']}.json") == product


def test_a_variant_is_changed_by_its_id_and_by_its_sku(centry: Caller) -> None:
    before = variant_of(centry)

    by_id = centry.write("PUT", f"variants/{before['_id']}.json", {"price": 12.5, "quantity": 30})
    by_sku = centry.write("PUT", "variants/sku.json", {"sku": ITEM.sku, "quantity": 20})

    assert (by_id["price"], by_id["quantity"], by_id["version"]) == ("12.5", 30, before["version"] + 1)
    assert by_sku == variant_of(centry) == {**by_id, "quantity": 20, "version": 3, "updated_at": by_sku["updated_at"]}
    assert centry.write("PUT", "variants/sku.json", {"sku": "nowhere"}, status=404)


def test_a_new_variant_shows_in_its_product(centry: Caller) -> None:
    product = variant_of(centry)["product_id"]

    made = centry.write("POST", "variants.json", {"product_id": product, "sku": "NEW", "barcode": "123", "version": 7})

    assert (made["version"], made["company_id"], made["price"]) == (1, None, None)
    listed = [variant for p in centry.get("products.json", limit=1000) for variant in p["variants"]]
    assert [variant["product_id"] for variant in listed if variant["sku"] == "NEW"] == [product]


def test_stock_is_one_row_for_a_variant_in_a_warehouse(centry: Caller) -> None:
    variant, warehouse = variant_of(centry), centry.write("POST", "warehouses.json", {"name": "Demo"})
    key = {"variant_id": variant["_id"], "warehouse_id": warehouse["_id"]}

    made = centry.write("POST", "variant_warehouses.json", {**key, "quantity": 2})
    again = centry.write("POST", "variant_warehouses.json", {**key, "quantity": 3}, status=400)
    changed = centry.write("PUT", f"variant_warehouses/{made['_id']}.json", {"quantity": 30})

    assert again == {"warehouse_id": ["ya está en uso"]}
    assert (changed["quantity"], changed["version"]) == (30, made["version"] + 1)
    assert centry.get("variant_warehouses.json", **key) == [changed]


def test_what_makes_no_sense_without_it_goes_with_a_product_and_a_warehouse(centry: Caller) -> None:
    variant = variant_of(centry)
    row, other = centry.get("variant_warehouses.json", variant_id=variant["_id"])

    centry.write("DELETE", f"warehouses/{row['warehouse_id']}.json")
    left = centry.get("variant_warehouses.json", limit=1000)
    centry.write("DELETE", f"products/{variant['product_id']}.json")

    assert row["_id"] not in ids(left)
    assert other["_id"] in ids(left)
    gone = (f"variants/{variant['_id']}", f"variant_warehouses/{other['_id']}", f"products/{variant['product_id']}/assets")
    assert [centry.ask(f"{path}.json").status_code for path in gone] == [410, 410, 410]


def test_a_variant_shows_pictures_of_its_product_alone(centry: Caller) -> None:
    pictured, other = [product for product in centry.get("products.json", limit=1000) if product["cover_file_name"]][:2]
    (picture,) = centry.get(f"products/{pictured['_id']}/assets.json")
    variant = pictured["variants"][0]["_id"]

    link = centry.write("POST", f"variants/{variant}/assets.json", {"asset_id": picture["_id"]})
    centry.write("POST", f"variants/{other['variants'][0]['_id']}/assets.json", {"asset_id": picture["_id"]}, status=400)

    assert (link["variant_id"], link["product_id"], link["asset_id"]) == (variant, pictured["_id"], picture["_id"])
    assert centry.get(f"variants/{variant}/assets.json") == [link]
    assert centry.get(f"variants/{variant}/assets/{link['_id']}.json") == link
    assert centry.write("DELETE", f"variants/{variant}/assets/{link['_id']}.json") is True
    assert centry.get(f"variants/{variant}/assets.json") == []


@pytest.mark.parametrize(
    ("kind", "subject"),
    [("variants", "sku"), ("variant_warehouses", "quantity"), ("products", "barcode")],
)
def test_a_synchronization_fails_by_its_mistakes(centry: Caller, kind: str, subject: str) -> None:
    address = f"{kind}/{centry.get(f'{kind}.json', limit=1)[0]['_id']}/synchronization_histories.json"
    told = {f"{subject}_messages": {"warnings": ["long"], "mistakes": []}}

    nothing = centry.get(address)
    good = centry.write("POST", address, {"action": "Product update", **told})
    one = centry.get(address)
    bad = centry.write("POST", address, {"action": "Image save", "messages": {"mistakes": ["no"]}})

    assert (nothing, one, centry.get(address)) == ([], good, [good, bad])
    assert (good["success"], bad["success"]) == (True, False)
    unknown = dict.fromkeys(("created_at", "response", "success", "updated_at"))
    assert json.loads(good["response"]) == {**good, **unknown}
    assert centry.write("POST", address, {"action": "Dance"}, status=400) == {"action": ["no está incluido en la lista"]}


def test_an_integration_is_removed_with_its_priorities(centry: Caller) -> None:
    integration = centry.get("integration_configs.json")[0]
    address = f"integration_configs/{integration['_id']}"
    priorities = centry.get(f"{address}/warehouse_priorities.json")

    assert sorted(row["priority"] for row in priorities) == [0, 1]
    assert centry.get(f"{address}/warehouse_priorities/{priorities[0]['_id']}.json") == priorities[0]
    assert centry.write("DELETE", f"{address}.json") is True
    assert centry.ask(f"{address}/warehouse_priorities.json").status_code == 410
