"""Inputs that cannot be right, whatever a backend holds: all that is wrong with them is told at once, and nothing is stored."""

from collections.abc import Iterator
from typing import Any

import pytest

from gateway import ids
from gateway.models import Backend
from tests.journeys.changes import refused
from tests.stack import Stack, whole_stack

BAD, UNSUPPORTED = "BAD_USER_INPUT", "NOT_SUPPORTED"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with whole_stack(tmp_path_factory.mktemp("wrong"), orders=5) as made:
        yield made


def told(stack: Stack, mutation: str, given: dict[str, Any]) -> list[tuple[str, str]]:
    """What is wrong, each as its code and its path."""
    return sorted((each["code"], "/".join(each["path"])) for each in refused(stack.client, mutation, given))


def line(order: str, line_id: str = "1", backend: Backend = Backend.CENTRA) -> str:
    return ids.encode("OrderLine", backend, f"{order}/{line_id}")


ORDER = ids.encode("Order", Backend.CENTRA, "30")
LINES = [
    {"lineId": line("31"), "quantity": "0"},
    {"lineId": line("30"), "quantity": "1"},
    {"lineId": line("30", backend=Backend.CENTRY), "quantity": "1"},
]
OF_LINES = [(BAD, "lines/0/lineId"), (BAD, "lines/0/quantity"), (BAD, "lines/2/lineId")]


def below(*path: str, wrong: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(code, "/".join((*path, place))) for code, place in wrong]


def test_all_lines_that_are_wrong_are_told_at_once(stack: Stack) -> None:
    cancelled = told(stack, "cancelOrders", {"orders": [{"orderId": ORDER, "lines": LINES}]})
    assert cancelled == below("orders", "0", wrong=OF_LINES)
    shipped = told(stack, "createShipments", {"shipments": [{"backend": "CENTRA", "orderId": ORDER, "lines": LINES}]})
    assert shipped == below("shipments", "0", wrong=OF_LINES)
    returned = {"shipmentId": ids.encode("Shipment", Backend.CENTRA, "30/1"), "lines": LINES}
    assert told(stack, "createReturn", returned) == OF_LINES


def test_a_return_pays_nothing_less_than_nothing_back(stack: Stack) -> None:
    paid = {name: {"amount": "-0.01"} for name in ("handling", "returnFee", "shipping")}
    shipment = ids.encode("Shipment", Backend.CENTRA, "30/1")
    given = {"shipmentId": shipment, "lines": [{"lineId": line("30"), "quantity": "1"}], **paid}
    assert told(stack, "createReturn", given) == [(BAD, f"{name}/amount") for name in paid]


def test_all_new_lines_that_are_wrong_are_told_at_once_and_so_is_what_the_backend_has_against_the_rest(stack: Stack) -> None:
    lines = [{"sku": "A", "quantity": "0"}, {"quantity": "-1"}, {"sku": "B", "quantity": "1", "tax": {"amount": "1"}}]
    order_id = ids.encode("Order", Backend.CARTONCLOUD, "7")
    found = told(stack, "updateOrder", {"orderId": order_id, "changes": {"lines": lines}})
    assert {place for _, place in found} >= {"changes/lines/0/quantity", "changes/lines/1", "changes/lines/1/quantity"}
    assert (UNSUPPORTED, "changes/lines/2/tax") in found


def test_all_boxes_and_variants_that_are_wrong_are_told_at_once(stack: Stack) -> None:
    box = {"items": [{"sku": "A", "quantity": 0}, {"sku": "B", "quantity": -1}], "length": "-1"}
    confirmed = {"orderId": ids.encode("Order", Backend.CENTRY, "1"), "boxes": [box, box]}
    at = ("items/0/quantity", "items/1/quantity", "length")
    assert told(stack, "confirmOrders", {"orders": [confirmed]}) == [
        (BAD, f"orders/0/boxes/{number}/{place}") for number in (0, 1) for place in at
    ]

    elsewhere = ids.encode("VariantRecord", Backend.CENTRA, "1/2/3")
    variants = [{"sku": "A", "recordId": elsewhere}, {"sku": "B", "recordId": "none"}]
    product = {"backend": "CENTRY", "recordId": ids.encode("ProductRecord", Backend.CENTRA, "1"), "variants": variants}
    found = told(stack, "saveProducts", {"products": [product]})
    assert found == below("products", "0", wrong=[(BAD, "recordId"), *((BAD, f"variants/{at}/recordId") for at in (0, 1))])


def test_an_order_of_which_no_line_is_named_is_neither_cancelled_nor_shipped_as_a_whole(stack: Stack) -> None:
    none = {"orderId": ORDER, "lines": []}
    assert told(stack, "cancelOrders", {"orders": [none]}) == [(BAD, "orders/0/lines")]
    for backend in (Backend.CENTRA, Backend.CARTONCLOUD):
        given = {"backend": backend, **none, "orderId": ids.encode("Order", backend, "30"), "account": "ACME"}
        assert (BAD, "shipments/0/lines") in told(stack, "createShipments", {"shipments": [given]})


VARIANT = {"variantRecordId": ids.encode("VariantRecord", Backend.CENTRY, "1")}
UPDATED = {"action": "Product update"}


@pytest.mark.parametrize(
    ("mutation", "given", "place"),
    [
        ("centryDeleteWebhook", {"webhookId": " "}, "webhookId"),
        ("centrySaveWebhook", {"webhookId": "", "onOrderSave": True}, "webhookId"),
        ("centryDeleteVariantWarehouse", {"variantWarehouseId": ""}, "variantWarehouseId"),
        ("centryDeleteIntegrationConfig", {"integrationConfigId": " "}, "integrationConfigId"),
        ("centryLinkVariantAsset", VARIANT | {"assetId": ""}, "assetId"),
        ("centryUnlinkVariantAsset", VARIANT | {"variantAssetId": " "}, "variantAssetId"),
        ("centryRecordSyncHistory", UPDATED | {"variantWarehouseId": ""}, "variantWarehouseId"),
        ("centryRecordSyncHistory", UPDATED | {"productRecordId": ""}, "productRecordId"),
        ("centryRecordSyncHistory", UPDATED | {"variantRecordId": ""}, "variantRecordId"),
        ("centryRecordSyncHistory", UPDATED | VARIANT | {"assetId": "1"}, "assetId"),
    ],
)
def test_what_names_nothing_of_centrys_is_told_where_it_stands(
    stack: Stack, mutation: str, given: dict[str, Any], place: str
) -> None:
    """A blank id would stand for a whole list of Centry's."""
    assert told(stack, mutation, given) == [(BAD, place)]


def test_a_record_is_not_changed_in_a_backend_that_was_not_named(stack: Stack) -> None:
    there = {"warehouseId": ids.encode("Warehouse", None, "W"), "quantity": 1, "change": "SET", "kind": "AVAILABLE"}
    of_centra = {"variantRecordId": ids.encode("VariantRecord", Backend.CENTRA, "1/2/3")}
    given = {"adjustments": [there | VARIANT, there | of_centra], "backends": ["CENTRY"]}
    assert told(stack, "adjustStock", given) == [(BAD, "adjustments/1/variantRecordId")]


def test_all_that_is_wrong_with_an_adjustment_is_told_at_once_and_what_its_backend_has_against_it(stack: Stack) -> None:
    wrong = {"warehouseId": "W", "quantity": -1, "change": "SET", "kind": "ON_HAND"}
    adjustments = [
        wrong | {"sku": " "},
        wrong | VARIANT,
        wrong | {"variantRecordId": "none"},
        wrong,
        wrong | {"sku": "A"} | VARIANT,
    ]
    assert told(stack, "adjustStock", {"adjustments": adjustments, "backends": ["CENPORTS", "CENTRY"]}) == [
        (BAD, "adjustments/0/quantity"), (BAD, "adjustments/0/sku"), (BAD, "adjustments/0/warehouseId"),
        (BAD, "adjustments/1/quantity"), (BAD, "adjustments/1/warehouseId"),
        (BAD, "adjustments/2/quantity"), (BAD, "adjustments/2/variantRecordId"), (BAD, "adjustments/2/warehouseId"),
        (BAD, "adjustments/3"), (BAD, "adjustments/3/quantity"), (BAD, "adjustments/3/warehouseId"),
        (BAD, "adjustments/4"), (BAD, "adjustments/4/quantity"), (BAD, "adjustments/4/warehouseId"),
        (UNSUPPORTED, "adjustments/0/kind"), (UNSUPPORTED, "adjustments/1/kind"),
    ]  # fmt: skip


def test_all_that_is_wrong_with_a_record_is_told_at_once_and_what_its_backend_has_against_it(stack: Stack) -> None:
    variant = {"backend": "CENTRY", "sku": " ", "recordId": "none", "productRecordId": VARIANT["variantRecordId"]}
    at = ("price/amount", "productRecordId", "recordId", "sku")
    found = told(stack, "saveVariants", {"variants": [variant | {"price": {"amount": "-1"}}]})
    assert found == below("variants", "0", wrong=[(BAD, place) for place in at])

    product = {"backend": "CENTRY", "recordId": "none", "packageWeight": "0"}
    found = told(stack, "saveProducts", {"products": [product]})
    assert found == below("products", "0", wrong=[(BAD, "packageWeight"), (BAD, "recordId")])

    history = {"variantRecordId": product["recordId"], "action": "Nothing", "messages": [{}]}
    found = told(stack, "centryRecordSyncHistory", history)
    assert found == [(BAD, "action"), (BAD, "messages/0"), (BAD, "variantRecordId")]


def test_an_order_that_is_wrong_hides_nothing_that_can_be_told_without_it(stack: Stack) -> None:
    lines, box = [{"lineId": "none", "quantity": "0"}], {"items": [{"sku": "A", "quantity": 0}]}
    of_lines = [(BAD, "lines/0/lineId"), (BAD, "lines/0/quantity")]
    cancelled = told(stack, "cancelOrders", {"orders": [{"orderId": "none", "lines": lines}]})
    assert cancelled == below("orders", "0", wrong=[*of_lines, (BAD, "orderId")])
    assert told(stack, "createReturn", {"shipmentId": "none", "lines": lines}) == [*of_lines, (BAD, "shipmentId")]
    updated = {"orderId": "none", "changes": {"lines": [{"quantity": "0"}]}}
    assert told(stack, "updateOrder", updated) == [
        (BAD, "changes/lines/0"),
        (BAD, "changes/lines/0/quantity"),
        (BAD, "orderId"),
    ]
    confirmed = told(stack, "confirmOrders", {"orders": [{"orderId": "none", "boxes": [box]}]})
    assert confirmed == below("orders", "0", wrong=[(BAD, "boxes/0/items/0/quantity"), (BAD, "orderId")])
    shipment = {"backend": "CENTRA", "orderId": "none", "lines": lines, "number": " ", "account": "A"}
    shipped = told(stack, "createShipments", {"shipments": [shipment]})
    assert shipped == below("shipments", "0", wrong=[*of_lines, (BAD, "number"), (BAD, "orderId"), (UNSUPPORTED, "account")])


def test_a_backend_that_cannot_do_it_is_told_once_and_where_it_is_named(stack: Stack) -> None:
    numbers = {"orderNumbers": ["1", "2"], "backend": "CENTRY"}
    assert told(stack, "acknowledgeShipments", numbers) == [(UNSUPPORTED, "backend")]
    there = {"warehouseId": ids.encode("Warehouse", None, "W"), "quantity": 1, "change": "SET", "kind": "AVAILABLE"}
    in_cartoncloud = {"variantRecordId": ids.encode("VariantRecord", Backend.CARTONCLOUD, "1")}
    skus = [there | {"sku": "A"}, there | {"sku": "B"}, there | in_cartoncloud]
    assert told(stack, "adjustStock", {"adjustments": skus, "backends": ["CENTRY", "CARTONCLOUD"]}) == [
        (UNSUPPORTED, "adjustments/2/variantRecordId"),
        (UNSUPPORTED, "backends/1"),
    ]


def test_numbers_of_orders_are_named_once_and_shipments_are_of_the_backend_that_is_named(stack: Stack) -> None:
    shipment = ids.encode("Shipment", Backend.CENPORTS, "C/1/1")
    repeated = {"orderNumbers": ["1", "2", " 1 ", "x" * 256, "x" * 256], "shipmentIds": [shipment], "backend": "CENPORTS"}
    assert told(stack, "acknowledgeShipments", repeated) == [(BAD, f"orderNumbers/{at}") for at in (2, 3, 4)]
    other = ids.encode("Shipment", Backend.CENTRY, "1")
    by_id = {"shipmentIds": [shipment, other], "backend": "CENPORTS"}
    assert told(stack, "acknowledgeShipments", by_id) == [(BAD, "shipmentIds/1")]
    assert told(stack, "acknowledgeShipments", {"backend": "CENTRY"}) == [(BAD, "shipmentIds")]


@pytest.mark.parametrize(("mutation", "named"), [("centraSaveMarkets", "markets"), ("centraSaveProducts", "products")])
def test_an_id_with_white_space_around_it_is_the_same_id(stack: Stack, mutation: str, named: str) -> None:
    assert told(stack, mutation, {named: [{"id": "A"}, {"id": "B"}, {"id": " A "}]}) == [(BAD, f"{named}/2/id")]


def test_a_brand_and_a_collection_of_centras_have_ids(stack: Stack) -> None:
    product = {"id": "A", "brand": {"id": " "}, "collection": {"id": "", "description": "Spring"}}
    found = told(stack, "centraSaveProducts", {"products": [product]})
    assert found == [(BAD, "products/0/brand/id"), (BAD, "products/0/collection/id")]


def test_extra_names_no_other_variant_than_the_one_that_is_changed(stack: Stack) -> None:
    variant = {"sku": "A", "recordId": VARIANT["variantRecordId"], "extra": {"_id": "2"}}
    product = {"backend": "CENTRY", "recordId": ids.encode("ProductRecord", Backend.CENTRY, "1"), "variants": [variant]}
    found = told(stack, "saveProducts", {"products": [product]})
    assert found == [(BAD, "products/0/variants/0/extra/_id")]


def test_what_is_blank_is_told_once(stack: Stack) -> None:
    channel = {"backend": "CENPORTS", "name": " ", "email": "a@example.com", "contact": {}}
    assert told(stack, "createSalesChannel", channel).count((BAD, "name")) == 1
    order = {"backend": "CENPORTS", "number": " ", "lines": [{"sku": "A", "quantity": "1"}]}
    assert told(stack, "createOrders", {"orders": [order]}).count((BAD, "orders/0/number")) == 1


def test_an_id_by_which_centras_events_could_not_be_kept_is_told(stack: Stack) -> None:
    """Centra takes ids of any length. One that is no key of a record does no harm, and is not asked for here."""
    given: dict[str, tuple[str, dict[str, Any]]] = {
        "centraSavePricelists": ("pricelists", {"currency": "EUR", "products": []}),
        "centraSavePaymentTerms": ("terms", {}),
        "centraSaveShippingTerms": ("terms", {}),
        "centraSaveAccounts": ("accounts", {}),
        "centraSaveCustomers": ("customers", {}),
    }
    for mutation, (name, rest) in given.items():
        longest, longer = f"{'å' * 42}{'x' * 3} ", f"{'å' * 42}{'x' * 4}"
        found = told(stack, mutation, {name: [rest | {"id": longest}, rest | {"id": longer}]})
        assert found == [(BAD, f"{name}/1/id")]


def test_a_blank_id_of_centras_hides_nothing(stack: Stack) -> None:
    terms = [{"id": " ", "dueDays": -1}, {"id": ""}]
    found = told(stack, "centraSavePaymentTerms", {"terms": terms})
    assert found == [(BAD, "terms/0/dueDays"), (BAD, "terms/0/id"), (BAD, "terms/1/id")]
    product = {"id": " ", "variations": [{"id": ""}]}
    assert told(stack, "centraSaveProducts", {"products": [product, {"id": ""}]}) == [
        (BAD, "products/0/id"),
        (BAD, "products/0/variations/0/id"),
        (BAD, "products/1/id"),
    ]


def test_each_part_of_something_of_centras_is_named_once(stack: Stack) -> None:
    twice = [{"id": "A"}, {"id": " A "}, {"id": "B"}]
    product = {"id": "1", "variations": [{"id": "A", "sizes": twice}, *twice[1:]]}
    found = told(stack, "centraSaveProducts", {"products": [product]})
    assert found == below("products", "0", wrong=[(BAD, "variations/0/sizes/1/id"), (BAD, "variations/1/id")])
    found = told(stack, "centraSaveSizeTables", {"sizeTables": [{"id": "1", "sizes": twice}]})
    assert found == [(BAD, "sizeTables/0/sizes/1/id")]
    found = told(stack, "centraSaveAccounts", {"accounts": [{"id": "1", "buyers": twice}]})
    assert found == [(BAD, "accounts/0/buyers/1/id")]
    pricelist = {"id": "1", "currency": "EUR", "products": [{"id": "A", "variations": twice}, *twice[1:]]}
    found = told(stack, "centraSavePricelists", {"pricelists": [pricelist]})
    assert found == below("pricelists", "0", wrong=[(BAD, "products/0/variations/1/id"), (BAD, "products/1/id")])


def test_nothing_of_centras_costs_less_than_nothing(stack: Stack) -> None:
    names = ("alteredPrice", "alteredRecommendedPrice", "price", "recommendedPrice")
    prices = dict.fromkeys(names, "-0.01")
    product = {"id": "A", **prices, "variations": [{"id": "A", "price": "0"}, {"id": "B", **prices}]}
    pricelist = {"id": "1", "currency": "EUR", "products": [product]}
    found = told(stack, "centraSavePricelists", {"pricelists": [pricelist]})
    assert found == [(BAD, f"pricelists/0/products/0/{at}{name}") for at in ("", "variations/1/") for name in names]
    shipment = {"backend": "CENTRA", "orderId": ORDER, "shippingCost": {"amount": "-1"}}
    assert told(stack, "createShipments", {"shipments": [shipment]}) == [(BAD, "shipments/0/shippingCost/amount")]


def test_a_picture_has_an_address_and_a_sale_does_not_end_before_it_begins(stack: Stack) -> None:
    days = ("2026-11-27T00:00:00Z", "2026-11-27T00:00:00+01:00")
    product = {"backend": "CENTRY", "sku": "A", "images": [{"url": "https://example.com/a.png"}, {"url": " "}, {"url": ""}]}
    found = told(stack, "saveProducts", {"products": [product | dict(zip(("saleFrom", "saleTo"), days, strict=True))]})
    assert found == below("products", "0", wrong=[(BAD, "images/1/url"), (BAD, "images/2/url"), (BAD, "saleTo")])
