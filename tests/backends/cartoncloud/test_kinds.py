"""What a webhook's body is, where nothing or not everything says so."""

from typing import Any

import pytest

from gateway.backends.cartoncloud.kinds import RecordKind, kind_of
from tests.backends.cartoncloud.recordings import recorded

INBOUND, OUTBOUND, CONSIGNMENT = RecordKind

WAREHOUSE = {"name": "Example Warehouse"}


@pytest.mark.parametrize("kind", RecordKind)
@pytest.mark.parametrize("form", ["", "-webhook"])
def test_the_pages_examples_are_told_by_their_structure(kind: RecordKind, form: str) -> None:
    name = "consignment" if kind is CONSIGNMENT else f"{kind.lower()}-order"
    body = recorded(name + form)
    body.pop("type", None)
    assert kind_of(body, None) is kind


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"details": {"arrivalDate": "2018-01-31"}}, INBOUND),
        ({"details": {"urgent": True, "instructions": ""}, "warehouse": WAREHOUSE}, INBOUND),
        ({"details": {"collect": {"requiredDate": "2018-06-21"}}}, OUTBOUND),
        ({"details": {"deliver": {"address": {"city": "X"}}}, "warehouse": WAREHOUSE}, OUTBOUND),
        ({"details": {"deliver": {"address": {"city": "X"}}}, "warehouse": None}, OUTBOUND),
        ({"details": {"collect": {"address": {"city": "X"}}, "deliver": {}}}, CONSIGNMENT),
        ({"details": {"deliver": {"address": {"city": "X"}, "requiredDate": "2018-06-22"}}}, CONSIGNMENT),
        ({"details": {}, "warehouse": WAREHOUSE}, None),
        ({"details": {"invoiceValue": {}}}, None),
        ({"details": None}, None),
        ({"scope": "WAREHOUSE", "name": "Ice Cream"}, None),
        ({}, None),
    ],
)
def test_structure(body: dict[str, Any], kind: RecordKind | None) -> None:
    assert kind_of(body, None) is kind


def test_the_body_says_it_before_the_address_and_the_address_before_the_structure() -> None:
    body = recorded("outbound-order")
    assert kind_of(body | {"type": "inbound"}, "CONSIGNMENT") is INBOUND
    body.pop("type")
    assert kind_of(body, "inbound-orders") is INBOUND
    assert kind_of(body | {"type": None}, "") is OUTBOUND


def test_another_type_is_none_of_the_three() -> None:
    assert kind_of(recorded("outbound-order", type="FROZEN"), "outbound") is None
    assert kind_of(recorded("outbound-order-webhook"), "product") is None
