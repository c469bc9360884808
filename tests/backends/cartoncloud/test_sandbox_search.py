"""The searches of CartonCloud's newer documents, which the simulated CartonCloud has where it is told to."""

from typing import Any

import pytest

from tests.backends.cartoncloud.calling import TENANT, assert_refused, logged_in, make_sandbox


def leaf(field: dict[str, str], value: str, method: str = "EQUAL_TO") -> dict[str, Any]:
    return {
        "type": "TextComparisonCondition", "field": field, "value": {"type": "ValueField", "value": value}, "method": method,
    }  # fmt: skip


REFERENCE, CUSTOMER = (
    {"type": "JsonField", "pointer": "/references/customer"},
    {"type": "JsonField", "pointer": "/customer/name"},
)
OLDER = {"type": "ValueField", "value": "reference"}


def joined(*conditions: dict[str, Any], by: str = "AndCondition") -> dict[str, Any]:
    return {"condition": {"type": by, "conditions": list(conditions)}}


def test_the_newer_searches_are_there_where_they_are_asked_for() -> None:
    with logged_in(make_sandbox(searches=True)) as http, logged_in(make_sandbox()) as older:
        wanted = joined(leaf(REFERENCE, "A1"))
        assert http.post(f"{TENANT}/outbound-orders/search", json=wanted).json() == []
        assert_refused(older.post(f"{TENANT}/outbound-orders/search", json=wanted), 405)


def test_searches_find_by_conditions_page_by_page() -> None:
    system = make_sandbox(searches=True)
    [number, other] = [record["references"]["customer"] for record in system.every("outbound")[:2]]
    carried = system.every("consignment")[0]["references"]["customer"]

    with logged_in(system) as http:

        def found(collection: str, wanted: dict[str, Any], **page: int) -> list[str]:
            reply = http.post(f"{TENANT}/{collection}/search", json=wanted, params=page).raise_for_status()
            return [record["references"]["customer"] for record in reply.json()]

        assert set(found("outbound-orders", joined(leaf(REFERENCE, number), leaf(CUSTOMER, "Example", "STARTS_WITH")))) == {
            number
        }
        assert found("outbound-orders", joined(leaf(REFERENCE, number), leaf(CUSTOMER, "Quiet Goods"))) == []
        either = joined(leaf(REFERENCE, number), leaf(REFERENCE, other), by="OrCondition")
        assert {*found("outbound-orders", either, page=1, size=1), *found("outbound-orders", either, page=2, size=1)} == {
            number, other,
        }  # fmt: skip
        assert set(found("consignments", joined(leaf(OLDER, carried)))) == {carried}


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"condition": leaf(REFERENCE, "A1")},
        joined(),
        joined(leaf({"type": "JsonField", "pointer": "/items"}, "A1")),
        joined(leaf(REFERENCE, "A1", "LIKE")),
    ],
)
def test_a_search_that_cannot_be_understood_is_refused(wanted: dict[str, Any]) -> None:
    with logged_in(make_sandbox(searches=True)) as http:
        assert_refused(http.post(f"{TENANT}/outbound-orders/search", json=wanted), 400)
        assert_refused(http.post(f"{TENANT}/consignments/search", json=joined(leaf(REFERENCE, "A1"))), 400)
