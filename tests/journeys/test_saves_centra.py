"""What is saved at Centra by ids of the caller's own, from the mutation to the simulated Centra and back through a query."""

from collections.abc import Iterator
from typing import Any

import pytest
from lxml.etree import _Element

from gateway.sandbox.world import System
from tests.backends.centra.asking import value, values
from tests.journeys.centra_changes import centra_stack, system
from tests.journeys.changes import ended, refused, submit
from tests.stack import Stack, until

RECORD = "query ($id: ID!) { node(id: $id) { ... on WarehouseRecord { code name } } }"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with centra_stack(tmp_path_factory.mktemp("saves"), orders=20) as made:
        yield made


@pytest.fixture(autouse=True)
def mended(stack: Stack) -> Iterator[None]:
    stack.forget_calls()
    yield
    stack.mend()


def change(stack: Stack, mutation: str, **given: Any) -> dict[str, Any]:
    return ended(stack.client, submit(stack.client, mutation, given)["handle"])


def done(stack: Stack, mutation: str, **given: Any) -> dict[str, Any]:
    ended_well = change(stack, mutation, **given)
    assert ended_well["status"] == "COMPLETED", ended_well["errors"]
    return ended_well


def held(stack: Stack, kind: str, key: str) -> _Element:
    found = system(stack).record(kind, key)
    assert found is not None
    return found


def test_warehouses_are_made_and_renamed_and_shown(stack: Stack) -> None:
    made = done(stack, "saveWarehouses", warehouses=[{"backend": "CENTRA", "code": " North/1 ", "name": "North"}])
    record = made["items"][0]["recordId"]
    assert stack.client.data(RECORD, id=record)["node"] == {"code": "North/1", "name": "North"}

    done(stack, "saveWarehouses", warehouses=[{"backend": "CENTRA", "recordId": record, "name": "Far North"}])
    assert stack.client.data(RECORD, id=record)["node"] == {"code": "North/1", "name": "Far North"}
    assert value(held(stack, "warehouse", "North/1"), "description") == "Far North"


def test_a_product_is_made_and_is_in_the_graph_once_it_has_stock(stack: Stack) -> None:
    """Centra tells of a product by its stock alone."""
    size = {"id": "M", "sku": "-M", "ean": "4006381333931"}
    variation = {"id": "N9_RED", "sku": "-RED", "description": "Red", "status": "ACTIVE", "sizeTableId": "SML", "sizes": [size]}
    product: dict[str, Any] = {"id": "N9", "sku": "N9", "description": "Novelty", "status": "ACTIVE", "variations": [variation]}
    product |= {"brand": {"id": "B", "description": "Brand"}, "extra": {"countryoforigin": "SE", "weight": {"value": 1.5}}}
    done(stack, "centraSaveProducts", products=[product])
    kept = held(stack, "product", "N9")
    assert (value(kept, "countryoforigin"), value(kept, "weight/value")) == ("SE", "1.5")
    assert value(kept, "variations/variation/stockid") == "N9_RED"

    renamed = {"id": "N9", "variations": [{"id": "N9_RED", "sizes": [{"id": "M", "extra": {"comment": "new"}}]}]}
    done(stack, "centraSaveProducts", products=[renamed])
    assert value(held(stack, "product", "N9"), "description") == "Novelty"

    with_stock = {"id": "M", "extra": {"warehouseitems": {"warehouse": [{"id": "North", "qty": 5}]}}}
    told = {"id": "N9", "variations": [{"id": "N9_RED", "sizes": [with_stock]}]}
    made = done(stack, "centraSaveProducts", products=[told])
    query = '{ variant(sku: "N9-RED-M") { barcode stock(backends: [CENTRA]) { nodes { available } } } }'
    until(lambda: stack.client.data(query)["variant"] is not None)
    assert stack.client.data(query)["variant"]["stock"]["nodes"] == [{"available": "5"}]
    assert made["affected"] == [{"id": made["items"][0]["recordId"], "__typename": "ProductRecord"}]


def test_what_centra_refuses_fails_alone(stack: Stack) -> None:
    """It refuses all of the request; so each is sent alone then."""
    markets = [
        {"id": "North", "store": "1", "type": "RETAIL", "description": "North"},
        {"id": "Nowhere", "store": "9", "type": "RETAIL"},
        {"id": "South", "description": "South"},
    ]
    ended_partly = change(stack, "centraSaveMarkets", markets=markets)

    assert ended_partly["status"] == "PARTIALLY_COMPLETED"
    assert [item["status"] for item in ended_partly["items"]] == ["COMPLETED", "FAILED", "COMPLETED"]
    assert [error["code"] for error in ended_partly["errors"]] == ["BACKEND_REJECTED"]
    assert stack.calls("CENTRA").count("centra-08") == 4
    assert (value(held(stack, "market", "South"), "store"), value(held(stack, "market", "South"), "type")) == ("1", "retail")
    assert system(stack).record("market", "Nowhere") is None


def test_terms_of_trade_and_parties_are_saved(stack: Stack) -> None:
    store = {"store": "2", "type": "WHOLESALE"}
    table = {"id": "ONE", "description": "One", "sizes": [{"id": "U", "description": "Unique"}]}
    remarked = done(stack, "centraSaveSizeTables", sizeTables=[table])["items"][0]["errors"]
    assert [error["message"] for error in remarked] == ["Added new size: U: Unique to: One!"]
    done(stack, "centraSaveMarkets", markets=[{"id": "Trade", **store, "description": "Trade"}])
    done(stack, "centraSavePaymentTerms", terms=[{"id": "60NET", "name": "60 Days", "dueDays": 60}])
    done(stack, "centraSaveShippingTerms", terms=[{"id": "EXW", "name": "Ex Works"}])
    date = {"id": "H26", "active": True, "name": "Halloween", "store": "2", "startDate": "2026-10-31"}
    done(stack, "centraSavePriceAlterationDates", dates=[date])
    product = stack.world.items_of(System.CENTRA)[0].product
    prices = [{"id": product, "price": "12.50", "recommendedPrice": "20", "alteredPrice": "10"}]
    done(stack, "centraSavePricelists", pricelists=[{"id": "T", **store, "currency": "USD", "products": prices}])
    address = {"company": "Shop AB", "attention": "Ann Lee", "line1": "Street 1", "vatNumber": "SE1"}
    account = {"id": "A-1", "active": True, "description": "Shop", "marketId": "Trade", "pricelistId": "T"}
    account |= {"paymentTermsId": "60NET", "shippingTermsId": "EXW", "invoiceAddress": address, "discount": "2.5"}
    buyers = [{"id": "B-1", "store": "2", "active": False, "firstName": "Ann", "lastName": "Lee", "email": "a@example.com"}]
    done(stack, "centraSaveAccounts", accounts=[{**account, "buyers": buyers, "extra": {"other": "from the fair"}}])
    done(stack, "centraSaveCustomers", customers=[{"id": "C-1", "firstName": "Bo", "lastName": "Ek", "city": "Lund"}])

    assert value(held(stack, "sizetable", "ONE"), "description") == "One"
    assert value(held(stack, "paymentterms", "60NET"), "duedays") == "60"
    assert value(held(stack, "pricealterationdate", "H26"), "startdate") == "2026-10-31"
    assert values(held(stack, "pricelist", "T"), "items/product/priceb") == ["20"]
    kept = held(stack, "account", "A-1")
    assert [value(kept, name) for name in ("type", "status", "discount", "other")] == [
        "wholesale",
        "active",
        "2.5",
        "from the fair",
    ]
    assert (value(kept, "invoiceaddress/vat"), value(kept, "buyers/buyer/status")) == ("SE1", "inactive")
    assert (value(held(stack, "customer", "C-1"), "store"), value(held(stack, "customer", "C-1"), "city")) == ("1", "Lund")


def test_what_cannot_be_said_is_refused_at_once_and_all_of_it(stack: Stack) -> None:
    def wrong(mutation: str, **given: Any) -> set[tuple[str, ...]]:
        return {(each["code"], *each["path"][2:]) for each in refused(stack.client, mutation, given)}

    variation = {"id": " ", "status": "UNKNOWN", "extra": {"id": "7"}, "sizes": [{"id": "M", "extra": {"colour": "red"}}]}
    assert wrong("centraSaveProducts", products=[{"id": "N", "variations": [variation], "extra": {"variations": "none"}}]) == {
        ("BAD_USER_INPUT", "variations", "0", "id"),
        ("BAD_USER_INPUT", "variations", "0", "status"),
        ("BAD_USER_INPUT", "variations", "0", "extra", "id"),
        ("BAD_USER_INPUT", "variations", "0", "sizes", "0", "extra", "colour"),
        ("BAD_USER_INPUT", "extra", "variations"),
    }
    warehouse = {"backend": "CENTRA", "name": "N", "address": {"city": "Lund"}, "latitude": "55.7"}
    assert wrong("saveWarehouses", warehouses=[warehouse]) == {
        ("BAD_USER_INPUT", "code"),
        ("NOT_SUPPORTED", "address"),
        ("NOT_SUPPORTED", "latitude"),
    }
    assert wrong("centraSaveMarkets", markets=[{"id": "N", "type": "WHOLESALE"}]) == {("BAD_USER_INPUT", "type")}
    assert wrong("centraSaveShippingTerms", terms=[{"id": "N", "dueDays": 3}]) == {("NOT_SUPPORTED", "dueDays")}
    assert wrong("centraSaveSizeTables", sizeTables=[{"id": "N", "sizes": []}]) == {("BAD_USER_INPUT", "sizes")}


@pytest.mark.parametrize("fault", [{"lands": 0, "status": 500}, {"mode": "reset"}], ids=["made", "not made"])
def test_a_lost_answer_does_no_harm(stack: Stack, fault: dict[str, Any]) -> None:
    stack.fault("CENTRA", match="centra-06", times=1, **fault)
    name = "lost " + fault.get("mode", "")
    done(stack, "saveWarehouses", warehouses=[{"backend": "CENTRA", "code": "Lost", "name": name}])
    assert value(held(stack, "warehouse", "Lost"), "description") == name.strip()
