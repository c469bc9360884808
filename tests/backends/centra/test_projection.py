"""What the read model learns from each kind of event, and that no event is too odd to be kept."""

from typing import Any

import msgspec
import pytest
from lxml import etree

from gateway.readmodel.store import Change, Kind
from tests.backends.centra.lessons import learn, of_kind, reply_of
from tests.backends.centra.scripted import event, order, recorded


def members(message: str, name: str) -> str:
    """An element of a recorded message, without its namespace."""
    root = etree.fromstring(recorded(message))
    for element in root.iter("*"):
        element.tag = etree.QName(element).localname
    found = next(root.iter(name))
    etree.cleanup_namespaces(found)
    return etree.tostring(found, encoding="unicode", with_tail=False)


def told(change: Change) -> Any:
    assert change.payload is not None
    return msgspec.json.decode(change.payload)


def ids(changes: list[Change]) -> list[str]:
    return [change.record_id for change in changes]


def test_an_order_of_the_page_teaches_itself_its_shipments_and_what_it_mentions() -> None:
    learnt = learn(recorded("centra-01-orders.reply.xml"))

    assert (learnt.message.message_id, learnt.message.type, learnt.message.problem) == ("115", "order", None)
    assert {change.version for change in learnt.changes} == {115}
    (the_order,) = of_kind(learnt, Kind.ORDER)
    assert (the_order.record_id, list(the_order.numbers), list(the_order.skus)) == ("30", ["30"], ["TURTLE00101"])
    assert list(the_order.variants) == ["PWC/PWC/OS", "T001/T001_RED/S"], "their SKUs are not told in full"
    assert [(child.kind, child.record_id, child.version) for child in the_order.children] == [(Kind.SHIPMENT, "30/8", 115)]
    assert ids(of_kind(learnt, Kind.MENTIONED_VARIANT)) == ["PWC/PWC/OS", "T001/T001_RED/S"]
    assert [list(change.skus) for change in of_kind(learnt, Kind.MENTIONED_VARIANT)] == [[], ["TURTLE00101"]]
    assert ids(of_kind(learnt, Kind.MENTIONED_PRODUCT)) == ["PWC", "T001"]
    assert ids(of_kind(learnt, Kind.MENTIONED_WAREHOUSE)) == ["CW", "OtherWarehouse", "MainWarehouse"]
    assert ids(of_kind(learnt, Kind.MENTIONED_CHANNEL)) == ["Retail-Sweden"]
    own = (Kind.VARIANT, Kind.PRODUCT, Kind.WAREHOUSE, Kind.CHANNEL, Kind.STOCK)
    assert not any(of_kind(learnt, kind) for kind in own), "an order is no authority for these"


def test_a_record_that_occurs_twice_in_an_order_is_one_change() -> None:
    twice = "<size><id>S</id><qty>1</qty></size>" * 2
    learnt = learn(reply_of(event(1, data=order(30, sizes=twice))))

    keys = [(change.kind, change.record_id) for change in learnt.changes]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("kind", "wrapped"),
    [
        ("stock", "<stock><products>{}</products></stock>"),
        ("stock", "<stock>{}</stock>"),
        ("stock", "<products>{}</products>"),
        ("stock", "{}"),
        ("product", "{}"),
        ("", "<stock><products>{}</products></stock>"),
        ("STOCK", "<stock><product>{}</product></stock>"),
    ],
)
def test_products_are_learnt_wherever_a_stock_event_has_them(kind: str, wrapped: str) -> None:
    learnt = learn(reply_of(event(9, kind, wrapped.format(members("centra-05-sweater.request.http", "product")))))

    sizes = [f"T001/T001_{colour}/{size}" for colour in ("RED", "BLUE") for size in "SML"]
    assert ids(of_kind(learnt, Kind.VARIANT)) == sizes
    red_small = of_kind(learnt, Kind.VARIANT)[0]
    assert list(red_small.skus) == ["TURTLE001RED01"]
    assert told(red_small)["size"] == {"id": "S", "sku": "01", "ean": "1234567890123"}
    (product,) = of_kind(learnt, Kind.PRODUCT)
    assert (product.record_id, list(product.skus)) == ("T001", ["TURTLE001"])
    assert told(product)["product"]["folder"] == {"description": "Sweaters / Turtleneck"}
    assert of_kind(learnt, Kind.STOCK) == [], "nothing was said of quantities"


def test_a_stock_event_of_quantities_alone_teaches_nothing_else() -> None:
    learnt = learn(reply_of(event(9, "stock", f"<stock>{members('centra-05-stock.request.http', 'products')}</stock>")))

    (stock,) = of_kind(learnt, Kind.STOCK)
    assert stock.record_id == "PWC/PWC/OS"
    assert told(stock)["warehouses"] == [{"id": "MainWarehouse", "qty": "1"}, {"id": "OtherWarehouse", "qty": "2"}]
    assert told(stock)["date"] == "2019-03-27 12:52:20"
    assert ids(of_kind(learnt, Kind.MENTIONED_WAREHOUSE)) == ["MainWarehouse", "OtherWarehouse"]
    assert {change.kind for change in learnt.changes} == {Kind.STOCK, Kind.MENTIONED_WAREHOUSE}


def test_warehouses_and_markets_are_learnt_from_their_own_events() -> None:
    (warehouse,) = learn(reply_of(event(3, "warehouse", members("centra-06-warehouses.request.http", "warehouse")))).changes
    (market,) = learn(reply_of(event(4, "market", members("centra-08-markets.request.http", "market")))).changes

    assert (warehouse.kind, warehouse.record_id, told(warehouse)["warehouse"]["description"]) == (
        Kind.WAREHOUSE,
        "MainWarehouse",
        "Main Warehouse",
    )
    assert (market.kind, market.record_id, told(market)["market"]["type"]) == (Kind.CHANNEL, "Retail-Global", "retail")


@pytest.mark.parametrize(
    ("kind", "data", "entry", "gone"),
    [
        ("order", "", "30", {(Kind.ORDER, "30")}),
        ("order", "<order><id>A/1</id></order>", "30", {(Kind.ORDER, "A%2F1")}),
        ("warehouse", "", "W", {(Kind.WAREHOUSE, "W"), (Kind.MENTIONED_WAREHOUSE, "W")}),
        ("market", "<market><id>M</id></market>", "", {(Kind.CHANNEL, "M"), (Kind.MENTIONED_CHANNEL, "M")}),
        ("product", "", "P", {(Kind.PRODUCT, "P"), (Kind.MENTIONED_PRODUCT, "P")}),
    ],
)
def test_a_deletion_deletes(kind: str, data: str, entry: str, gone: set[tuple[Kind, str]]) -> None:
    learnt = learn(reply_of(event(5, kind, data, mission="delete", entry=entry)))

    assert {(change.kind, change.record_id) for change in learnt.changes} == gone
    assert {(change.payload, change.version) for change in learnt.changes} == {(None, 5)}


def test_a_deletion_of_stock_deletes_the_sizes_that_it_names() -> None:
    data = f"<stock>{members('centra-05-stock.request.http', 'products')}</stock>"
    learnt = learn(reply_of(event(5, "stock", data, mission="delete", entry="4711")))

    assert {(change.kind, change.record_id) for change in learnt.changes} == {
        (Kind.PRODUCT, "PWC"),
        (Kind.MENTIONED_PRODUCT, "PWC"),
        (Kind.STOCK, "PWC/PWC/OS"),
        (Kind.VARIANT, "PWC/PWC/OS"),
        (Kind.MENTIONED_VARIANT, "PWC/PWC/OS"),
    }


@pytest.mark.parametrize("kind", ["customer", "invoice", "pricelist", "novelty", ""])
def test_other_kinds_of_events_are_kept_without_a_problem(kind: str) -> None:
    learnt = learn(reply_of(event(7, kind, "<other><id>1</id></other>")))

    assert (learnt.changes, learnt.message.message_id, learnt.message.problem) == ((), "7", None)
    assert "<ns1:other>" in learnt.message.body


@pytest.mark.parametrize(
    ("odd", "problem"),
    [
        (event("x", data=order(1)), "its id is no number"),
        (event(2**63, data=order(1)), "its id is no number that can be kept"),
        (event(1, data=""), "it holds no order"),
        (event(1, data="<order/>"), "its order has no id"),
        (event(1, data="<order>30</order>"), "it holds no order"),
        (event(1, data="<order><id/><status>new</status></order>"), "its order has no id"),
        (event(1, data="<order><id>1</id><market>plain</market></order>"), "not of the documented form"),
        (event(1, "stock", ""), "it holds no product"),
        (event(1, "stock", "<stock><product><id>1</id><brand>x</brand><variations><variation><id>1</id><sizes><size><id>1</id>"
               "<sku>1</sku></size></sizes></variation></variations></product></stock>"), "not of the documented form"),
        (event(1, "market", "<market/>"), "it holds no market with an id"),
        (event(1, "order", mission="delete"), "it does not say what was deleted"),
        (event(1, "stock", mission="delete", entry="1"), "it does not say what was deleted"),
    ],
)  # fmt: skip
def test_an_event_that_cannot_be_read_is_kept_with_its_problem(odd: str, problem: str) -> None:
    learnt = learn(reply_of(odd))

    assert learnt.changes == ()
    assert problem in (learnt.message.problem or "")


def test_events_without_an_id_are_kept_each_once() -> None:
    first, second, other = (learn(reply_of(event("", "novelty", f"<x>{text}</x>"))).message for text in "aab")

    assert first == second != other
    assert first.message_id.startswith("without-id/")


@pytest.mark.parametrize(
    ("kind", "stored_as"),
    [
        ("account", Kind.ACCOUNT), ("customer", Kind.CUSTOMER), ("invoice", Kind.INVOICE), ("paymentterm", Kind.PAYMENT_TERM),
        ("pricelist", Kind.PRICE_LIST), ("salesrep", Kind.SALES_REP), ("shippingterm", Kind.SHIPPING_TERM), ("size", Kind.SIZE),
    ],
)  # fmt: skip
def test_what_the_graph_does_not_show_is_stored_as_it_came_and_deleted_when_it_is_gone(kind: str, stored_as: Kind) -> None:
    (change,) = learn(reply_of(event(7, kind, f"<{kind}><id>12</id><name>N</name></{kind}>"))).changes
    assert (change.kind, change.record_id, change.version) == (stored_as, "12", 7)
    assert told(change)[kind] == {"id": "12", "name": "N"}

    for data, entry in ((f"<{kind}><id>12</id></{kind}>", ""), ("", "12")):
        (gone,) = learn(reply_of(event(8, kind, data, mission="delete", entry=entry))).changes
        assert (gone.kind, gone.record_id, gone.payload) == (stored_as, "12", None)
