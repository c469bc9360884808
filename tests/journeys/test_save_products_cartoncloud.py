"""saveProducts at CartonCloud: products of the warehouse and of transport, which can be made and not changed."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.journeys.changes import ended, refused, submit
from tests.stack import Stack, until, whole_stack

VARIANT = """query ($id: ID!, $sku: String!) {
    node(id: $id) { ... on VariantRecord { sku barcode name } }
    variant(sku: $sku) { sources { backend state } records { backend name } }
}"""
RETRY = """mutation ($handle: ID!) { retryTransaction(handle: $handle, resendUnknown: true) { userErrors { code } } }"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    settings = {"GATEWAY_CARTONCLOUD__TIMEOUT": "1.5"}
    with whole_stack(tmp_path_factory.mktemp("products"), orders=20, settings=settings) as made:
        yield made


def product(sku: str, **more: Any) -> dict[str, Any]:
    units = [{"name": "units", "quantityPerBase": "1", "weight": "1.2"}, {"name": "cartons", "quantityPerBase": "10"}]
    ours = {"backend": "CARTONCLOUD", "sku": sku, "name": "Ice Cream", "description": "Ice cream 4L", "type": "FROZEN"}
    return {**ours, "defaultUnitOfMeasure": "cartons", "unitsOfMeasure": units, **more}


def carried(sku: str, **more: Any) -> dict[str, Any]:
    ours = {"backend": "CARTONCLOUD", "sku": sku, "name": "Drum", "description": "A drum", "type": "GENERAL"}
    return {**ours, "transport": True, **more}


def held(stack: Stack, sku: str) -> list[dict[str, Any]]:
    return [each for each in stack.systems["CARTONCLOUD"].every("product") if each["references"]["code"] == sku]


def save(stack: Stack, *products: dict[str, Any]) -> dict[str, Any]:
    return ended(stack.client, submit(stack.client, "saveProducts", {"products": list(products)})["handle"])


def test_products_of_both_scopes_are_made_and_shown(stack: Stack) -> None:
    extra = {"itemPropertyRequirements": {"batch": "OPTIONAL"}, "details": {"variableWeight": True}}
    done = save(
        stack,
        product("ICE-1", barcode="0012", extra=extra),
        carried("DRUM-1", packageLength="10", packageWidth="20.5", packageWeight="1.3", account="Example Trading"),
        carried("DRUM-2"),
    )

    assert (done["status"], done["errors"]) == ("COMPLETED", [])
    [ice], [drum], [everybodys] = held(stack, "ICE-1"), held(stack, "DRUM-1"), held(stack, "DRUM-2")
    assert (ice["scope"], ice["customer"]["references"], ice["details"]) == (
        "WAREHOUSE", {"code": "C100001"}, {"variableWeight": True},
    )  # fmt: skip
    assert ice["unitOfMeasures"] == {"units": {"qtyPerBase": 1, "weight": Decimal("1.2")}, "cartons": {"qtyPerBase": 10}}
    assert (ice["defaultUnitOfMeasure"], ice["itemPropertyRequirements"]) == ("cartons", {"batch": "OPTIONAL"})
    assert (drum["scope"], drum["properties"], drum["measures"]) == (
        "TRANSPORT", {"length": 10, "width": Decimal("20.5")}, {"weight": Decimal("1.3")},
    )  # fmt: skip
    assert (drum["customer"]["name"], "customer" in everybodys) == ("Example Trading", False)
    shown = stack.client.data(VARIANT, id=done["items"][0]["recordId"], sku="ICE-1")
    assert shown["node"] == {"sku": "ICE-1", "barcode": "0012", "name": "Ice Cream"}
    assert {"backend": "CARTONCLOUD", "name": "Ice Cream"} in shown["variant"]["records"]


def test_all_that_is_wrong_is_told_at_once(stack: Stack) -> None:
    units = [{"name": "units", "quantityPerBase": "0"}, {"name": "units", "quantityPerBase": "1", "weight": "-1"}]
    wrong = product(
        "W-1", type=" ", price={"amount": "1"}, packageWeight="1", unitsOfMeasure=units, extra={"scope": "TRANSPORT"}
    )
    bare = {"backend": "CARTONCLOUD", "account": " "}
    errors = refused(stack.client, "saveProducts", {"products": [wrong, bare, carried("W-2", defaultUnitOfMeasure="units")]})
    assert [(error["code"], "/".join(error["path"])) for error in errors] == [
        ("BAD_USER_INPUT", "products/0/type"),
        ("NOT_SUPPORTED", "products/0/price"),
        ("NOT_SUPPORTED", "products/0/packageWeight"),
        ("BAD_USER_INPUT", "products/0/unitsOfMeasure/0/quantityPerBase"),
        ("BAD_USER_INPUT", "products/0/unitsOfMeasure/1/name"),
        ("BAD_USER_INPUT", "products/0/unitsOfMeasure/1/weight"),
        ("BAD_USER_INPUT", "products/0/extra/scope"),
        *(("BAD_USER_INPUT", f"products/1/{name}") for name in ("sku", "name", "description", "type", "account")),
        *(("BAD_USER_INPUT", f"products/1/{name}") for name in ("defaultUnitOfMeasure", "unitsOfMeasure")),
        ("NOT_SUPPORTED", "products/2/defaultUnitOfMeasure"),
    ]


def test_a_code_that_is_in_use_is_refused(stack: Stack) -> None:
    done = save(stack, product("TWICE"), product("TWICE"), product("ODD", type="LUKEWARM"))
    assert [[error["message"] for error in item["errors"]] for item in done["items"]] == [
        [],
        ["/references/code: Code is already in use."],
        ["/type: Type must be one of FROZEN, CHILLED, GENERAL."],
    ]
    assert len(held(stack, "TWICE")) == 1


def test_whether_it_was_made_is_left_to_a_person(stack: Stack) -> None:
    stack.forget_calls()
    stack.fault("CARTONCLOUD", match="cartoncloud-15", times=1, lands=0, mode="reset")
    handles = [submit(stack.client, "saveProducts", {"products": [product("MADE")]})["handle"]]
    until(lambda: "cartoncloud-15" in stack.calls("CARTONCLOUD"))
    stack.fault("CARTONCLOUD", match="cartoncloud-15", times=1, status=500)
    handles.append(submit(stack.client, "saveProducts", {"products": [product("MISSING")]})["handle"])
    made, missing = [ended(stack.client, handle) for handle in handles]

    assert [each["status"] for each in (made, missing)] == ["UNKNOWN", "UNKNOWN"]
    assert "Look for the product MADE in CartonCloud." in made["errors"][0]["message"]
    assert stack.calls("CARTONCLOUD").count("cartoncloud-15") == 2
    assert [len(held(stack, sku)) for sku in ("MADE", "MISSING")] == [1, 0]
    stack.client.data(RETRY, handle=missing["handle"])
    assert ended(stack.client, missing["handle"])["status"] == "COMPLETED"
    assert len(held(stack, "MISSING")) == 1
