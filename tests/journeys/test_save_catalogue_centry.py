"""Products, variants and warehouses saved at Centry, from the mutation to the simulated Centry and back through a query."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.backends.centry.asking import Caller
from tests.journeys.at_centry import centry_stack, change
from tests.journeys.centry_user import another_user
from tests.journeys.changes import ended, refused, submit
from tests.stack import Stack, until

PRODUCT = """query ($id: ID!) { node(id: $id) { ... on ProductRecord {
    backendId sku name description status price { amount currency } compareAtPrice { amount } images { url position }
} } }"""
VARIANT = """query ($id: ID!) { node(id: $id) { ... on VariantRecord {
    backendId sku barcode price { amount } compareAtPrice { amount } productBackendId: raw
} } }"""
WAREHOUSE = "query ($id: ID!) { node(id: $id) { ... on WarehouseRecord { backendId name address { line1 } } } }"
LOST = [({"lands": 0, "status": 500}, 1), ({"status": 500}, 2)]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with centry_stack(tmp_path_factory.mktemp("save")) as made:
        yield made


@pytest.fixture(autouse=True)
def mended(stack: Stack) -> Iterator[None]:
    stack.forget_calls()
    yield
    stack.mend()


@pytest.fixture(scope="module")
def centry(stack: Stack) -> Iterator[Caller]:
    with another_user(stack) as caller:
        yield caller


def at_centry(**fields: Any) -> dict[str, Any]:
    return {"backend": "CENTRY", **fields}


def saved(stack: Stack, mutation: str, fields: str, *given: dict[str, Any]) -> list[str]:
    """The ids of the records, all of which were saved."""
    done = change(stack, mutation, **{fields: list(given)})
    assert (done["status"], done["errors"]) == ("COMPLETED", [])
    return [item["recordId"] for item in done["items"]]


def own_id(stack: Stack, record: str) -> str:
    query = "query ($id: ID!) { node(id: $id) { ... on ProductRecord { backendId } ... on VariantRecord { backendId } } }"
    found: str = stack.client.data(query, id=record)["node"]["backendId"]
    return found


def test_a_product_is_made_with_its_variants_and_pictures_and_then_changed(stack: Stack, centry: Caller) -> None:
    given = at_centry(
        sku=" CUP ", name="Cup", barcode="1", description="<p>A cup</p>", status="ACTIVE", price={"amount": "900"},
        compareAtPrice={"amount": "1000", "currency": "CLP"}, saleFrom="2027-01-01T00:00:00Z", saleTo="2027-02-01T00:00:00Z",
        packageLength="40", packageWidth="20.50", packageHeight="10", packageWeight="1",
        images=[{"url": "https://e.example/2.png", "position": 1}, {"url": "https://e.example/1.png", "position": 0}],
        variants=[
            {"sku": "CUP-RED", "barcode": "2", "price": {"amount": "10.5"}, "extra": {"modifier_id": "m"}}, {"sku": "CUP-BLUE"},
        ],
        extra={"seasonyear": "2027"},
    )  # fmt: skip
    (record,) = saved(stack, "saveProducts", "products", given)

    shown = stack.client.data(PRODUCT, id=record)["node"]
    assert (shown["sku"], shown["name"], shown["status"]) == ("CUP", "Cup", "ACTIVE")
    assert (shown["price"], shown["compareAtPrice"]) == ({"amount": "900", "currency": "CLP"}, {"amount": "1000"})
    assert [image["url"] for image in shown["images"]] == ["https://e.example/1.png", "https://e.example/2.png"]
    wire = centry.get(f"products/{shown['backendId']}.json")
    assert [wire[f"package{name}"] for name in ("length", "width", "height", "weight")] == ["40", "20.5", "10", "1"]
    assert (wire["salestartdate"], wire["saleenddate"], wire["seasonyear"]) == (
        "2027-01-01T00:00:00.000Z", "2027-02-01T00:00:00.000Z", "2027",
    )  # fmt: skip
    red = next(variant for variant in wire["variants"] if variant["sku"] == "CUP-RED")
    assert (red["barcode"], red["price"], centry.get(f"variants/{red['_id']}.json")["modifier_id"]) == ("2", "10.5", "m")

    variant = stack.client.data('{ variant(sku: "CUP-RED") { records { id } } }')["variant"]["records"][0]["id"]
    saved(stack, "saveProducts", "products", at_centry(
        recordId=record, name="Mug", status="INACTIVE",
        images=[{"url": f"https://e.example/{number}.png"} for number in (3, 4, 5)],
        variants=[{"recordId": variant, "sku": "CUP-RED", "barcode": "3"}, {"sku": "CUP-GREEN"}],
    ))  # fmt: skip
    shown = stack.client.data(PRODUCT, id=record)["node"]
    assert (shown["sku"], shown["name"], shown["status"]) == ("CUP", "Mug", "INACTIVE")
    assert [image["url"][-5:] for image in shown["images"]] == ["3.png", "4.png", "5.png"]
    wire = centry.get(f"products/{shown['backendId']}.json")
    assert {(variant["sku"], variant["barcode"]) for variant in wire["variants"]} == {
        ("CUP-RED", "3"), ("CUP-BLUE", None), ("CUP-GREEN", None),
    }  # fmt: skip
    fewer = change(stack, "saveProducts", products=[at_centry(recordId=record, images=[{"url": "https://e.example/6.png"}])])
    assert [error["code"] for error in fewer["errors"]] == ["NOT_SUPPORTED"]


@pytest.mark.parametrize(("fault", "calls"), LOST)
def test_a_product_of_which_nothing_was_heard_is_made_once(
    stack: Stack, centry: Caller, fault: dict[str, Any], calls: int
) -> None:
    """Another one with the same SKU is not taken for it."""
    sku = f"LOST-{calls}"
    centry.write("POST", "products.json", {"sku": sku})
    stack.forget_calls()
    stack.fault("CENTRY", match="centry-05", times=1, **fault)
    (record,) = saved(stack, "saveProducts", "products", at_centry(sku=sku))

    assert stack.calls("CENTRY").count("centry-05") == calls
    alike = [product["_id"] for product in centry.get("products.json", limit=1000) if product["sku"] == sku]
    assert (len(alike), own_id(stack, record) in alike) == (2, True)


@pytest.mark.parametrize(("part", "fault", "calls"), [("variants", *LOST[0]), ("images", *LOST[0]), ("images", *LOST[1])])
def test_new_parts_of_a_product_of_which_nothing_was_heard_are_made_once(
    stack: Stack, centry: Caller, part: str, fault: dict[str, Any], calls: int
) -> None:
    (record,) = saved(stack, "saveProducts", "products", at_centry(sku=f"PARTS-{part}-{calls}"))
    parts = {"variants": [{"sku": f"PART-{calls}"}], "images": [{"url": "https://e.example/1"}, {"url": "https://e.example/2"}]}
    stack.forget_calls()
    stack.fault("CENTRY", match="centry-06", times=1, **fault)
    saved(stack, "saveProducts", "products", at_centry(recordId=record, **{part: parts[part]}))

    assert stack.calls("CENTRY").count("centry-06") == calls
    wire = centry.get(f"products/{own_id(stack, record)}.json")
    assert (len(wire["variants"]), len(wire["assets"])) == ((1, 0) if part == "variants" else (0, 1))


def test_a_variant_is_made_and_changed_by_its_sku_or_its_id(stack: Stack, centry: Caller) -> None:
    (product,) = saved(stack, "saveProducts", "products", at_centry(sku="BAG"))
    made = at_centry(
        productRecordId=product, sku=" BAG-1", barcode="1", price={"amount": "2.5"}, compareAtPrice={"amount": "3"}
    )
    (record,) = saved(stack, "saveVariants", "variants", made)
    shown = stack.client.data(VARIANT, id=record)["node"]
    assert (shown["sku"], shown["barcode"], shown["price"], shown["compareAtPrice"]) == (
        "BAG-1", "1", {"amount": "2.5"}, {"amount": "3"},
    )  # fmt: skip
    assert centry.get(f"variants/{shown['backendId']}.json")["product_id"] == own_id(stack, product)

    assert saved(stack, "saveVariants", "variants", at_centry(sku="BAG-1", barcode="2")) == [record]
    assert saved(stack, "saveVariants", "variants", at_centry(recordId=record, sku="BAG-2", extra={"modifier_id": "m"})) == [
        record
    ]
    shown = stack.client.data(VARIANT, id=record)["node"]
    assert (shown["sku"], shown["barcode"]) == ("BAG-2", "2")
    assert [call for call in stack.calls("CENTRY") if call in ("centry-16", "centry-18", "centry-19")] == [
        "centry-16", "centry-19", "centry-18",
    ]  # fmt: skip


def test_a_variant_of_which_nothing_was_heard_is_made_once(stack: Stack, centry: Caller) -> None:
    (product,) = saved(stack, "saveProducts", "products", at_centry(sku="BOX"))
    stack.fault("CENTRY", match="centry-16", times=1, lands=1.2, latency=60)
    (record,) = saved(stack, "saveVariants", "variants", at_centry(productRecordId=product, sku="BOX-1"))

    assert stack.calls("CENTRY").count("centry-16") == 1
    assert [variant["_id"] for variant in centry.get("variants.json", sku="BOX-1")] == [own_id(stack, record)]


def test_a_warehouse_is_made_and_changed(stack: Stack, centry: Caller) -> None:
    given = at_centry(
        name="Demo", address={"line1": "Calle 5500"}, latitude="70.04", longitude="-30.43", extra={"city_id": "c"}
    )
    stack.fault("CENTRY", match="centry-25", times=1, lands=0, mode="reset")
    (record,) = saved(stack, "saveWarehouses", "warehouses", given)
    shown = stack.client.data(WAREHOUSE, id=record)["node"]
    assert (shown["name"], shown["address"]) == ("Demo", {"line1": "Calle 5500"})
    wire = centry.get(f"warehouses/{shown['backendId']}.json")
    assert (wire["latitude"], wire["longitude"], wire["city_id"]) == ("70.04", "-30.43", "c")
    assert stack.calls("CENTRY").count("centry-25") == 1

    stack.fault("CENTRY", match="centry-26", times=1, status=500)
    assert saved(stack, "saveWarehouses", "warehouses", at_centry(recordId=record, name="Main")) == [record]
    shown = stack.client.data(WAREHOUSE, id=record)["node"]
    assert (shown["name"], shown["address"]) == ("Main", {"line1": "Calle 5500"})


def test_an_answer_without_the_new_records_id_is_looked_up(stack: Stack, centry: Caller) -> None:
    stack.fault("CENTRY", match="centry-25", times=1, body=True)
    handed_in = submit(stack.client, "saveWarehouses", {"warehouses": [at_centry(name="Later")]})
    until(lambda: "centry-25" in stack.calls("CENTRY"))
    made = centry.write("POST", "warehouses.json", {"name": "Later"})
    done = ended(stack.client, handed_in["handle"])
    assert stack.client.data(WAREHOUSE, id=done["items"][0]["recordId"])["node"]["backendId"] == made["_id"]


def test_what_centry_does_not_know_fails_alone(stack: Stack, centry: Caller) -> None:
    (product,) = saved(stack, "saveProducts", "products", at_centry(name="Pen"))
    twins = [centry.write("POST", "variants.json", {"product_id": own_id(stack, product), "sku": "PEN"}) for _ in range(2)]
    given = [at_centry(sku="UNHEARD-OF"), at_centry(sku="PEN"), at_centry(sku="PEN-1", productRecordId=product)]
    done = change(stack, "saveVariants", variants=given)
    assert [item["status"] for item in done["items"]] == ["FAILED", "FAILED", "COMPLETED"]
    assert [error["code"] for error in done["errors"]] == ["NOT_FOUND", "BACKEND_REJECTED"]
    assert "productRecordId" in done["errors"][0]["message"]

    for twin in twins:
        centry.write("DELETE", f"variants/{twin['_id']}.json")
    centry.write("DELETE", f"products/{own_id(stack, product)}.json")
    gone = change(stack, "saveProducts", products=[at_centry(recordId=product, name="Pencil")])
    assert [error["code"] for error in gone["errors"]] == ["NOT_FOUND"]


def test_all_that_is_wrong_is_told_at_once(stack: Stack) -> None:
    (record,) = saved(stack, "saveProducts", "products", at_centry(sku="WRONG"))
    product = at_centry(
        status="DISCONTINUED", price={"amount": "1.5", "currency": "EUR"}, compareAtPrice={"amount": "-1"}, packageWeight="0",
        account="a", type="t", transport=True, defaultUnitOfMeasure="u", unitsOfMeasure=[{"name": "u", "quantityPerBase": "1"}],
        variants=[{"sku": " ", "status": "ACTIVE", "extra": {"sku": "x"}}], extra={"price": 1},
    )  # fmt: skip
    wrong = refused(
        stack.client, "saveProducts", {"products": [product, at_centry(recordId=record), at_centry(recordId=record, images=[])]}
    )
    assert {(error["code"], ".".join(error["path"][1:])) for error in wrong} == {
        ("NOT_SUPPORTED", f"0.{path}")
        for path in ("status", "account", "type", "transport", "defaultUnitOfMeasure", "unitsOfMeasure", "variants.0.status")
    } | {
        ("BAD_USER_INPUT", f"0.{path}")
        for path in ("sku", "price.currency", "price.amount", "compareAtPrice.amount", "packageWeight", "variants.0.sku",
                     "variants.0.extra.sku", "extra.price")
    } | {("BAD_USER_INPUT", "1.recordId"), ("NOT_SUPPORTED", "2.images"), ("BAD_USER_INPUT", "2.recordId")}  # fmt: skip

    warehouse = at_centry(code="w", address={"line1": "a", "city": "b", "country": "CL"}, latitude="91", extra={"latitude": 1})
    wrong = refused(stack.client, "saveWarehouses", {"warehouses": [warehouse]})
    assert [(error["code"], ".".join(error["path"][2:])) for error in wrong] == [
        ("NOT_SUPPORTED", "code"), ("NOT_SUPPORTED", "address.city"), ("NOT_SUPPORTED", "address.country"),
        ("BAD_USER_INPUT", "latitude"), ("BAD_USER_INPUT", "name"), ("BAD_USER_INPUT", "extra.latitude"),
    ]  # fmt: skip
