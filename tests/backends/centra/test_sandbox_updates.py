"""The simulated Centra's updates of goods, terms and customers: what is sent is kept and told, or refused with reasons."""

from collections.abc import Iterator

import httpx
import pytest
from lxml import etree
from lxml.etree import _Element

from gateway.backends.centra.sandbox import CentraSandbox
from gateway.backends.centra.sandbox_updates import UPDATES
from tests.backends.centra.asking import (
    LOGIN,
    all_events,
    child,
    connected,
    envelope,
    message,
    post,
    refused,
    shape,
    told,
    update,
    value,
    values,
)
from tests.backends.centra.cookbook import EMPTY

SIZES = "<sizes><size><id>S</id><description>Small</description>{}</size><size><id>M</id>{}</size></sizes>"
TABLE = "<sizetable><id>SML</id><description>Small Medium Large</description></sizetable>"
VARIATION = (
    "<variation><id>{0}</id><description>{0}</description><sizetable><id>SML</id></sizetable>"
    "<sizes><size><id>S</id></size></sizes></variation>"
)
MARKET = "<markets><market><id>M1</id><store>2</store><type>wholesale</type><description>One</description></market></markets>"


@pytest.fixture
def system() -> CentraSandbox:
    return CentraSandbox(EMPTY)


@pytest.fixture
def client(system: CentraSandbox) -> Iterator[httpx.Client]:
    with connected(system) as client:
        yield client


@pytest.fixture
def shop(client: httpx.Client) -> httpx.Client:
    return furnished(client)


@pytest.fixture(scope="module")
def strict() -> Iterator[httpx.Client]:
    """Such a shop for tests that change nothing."""
    with connected(CentraSandbox(EMPTY)) as client:
        yield furnished(client)


def furnished(client: httpx.Client) -> httpx.Client:
    """With the sizes S and M and a product T1 in red and blue, and an empty queue."""
    update(client, "sizes_Update", SIZES.format(TABLE, TABLE))
    update(client, "products_Update", product(VARIATION.format("T1_RED") + VARIATION.format("T1_BLUE")))
    all_events(client)
    return client


def product(variations: str, key: str = "T1", more: str = "") -> str:
    return f"<products><product><id>{key}</id>{more}<variations>{variations}</variations></product></products>"


def stock(quantity: object, warehouse: str = "MainWarehouse", size: str = "S") -> str:
    held = f"<warehouseitems><warehouse><id>{warehouse}</id><qty>{quantity}</qty></warehouse></warehouseitems>"
    return product(f"<variation><id>T1_RED</id><sizes><size><id>{size}</id>{held}</size></sizes></variation>")


def pricelist(items: str, head: str = "<store>1</store><type>retail</type><currency>EUR</currency>") -> str:
    return f"<pricelists><pricelist><id>P1</id>{head}<items>{items}</items></pricelist></pricelists>"


def known(system: CentraSandbox, kind: str, key: str) -> _Element:
    record = system.record(kind, key)
    assert record is not None
    return record


def events_of(client: httpx.Client) -> list[tuple[str, str]]:
    return [(value(event, "type"), value(event, "entry")) for event in all_events(client)]


# All updates


def test_what_is_not_sent_is_not_changed(client: httpx.Client) -> None:
    update(client, "customers_Update", "<customers><customer><id>7</id><store>1</store></customer></customers>")
    names = "<customers><customer><id>7</id><firstname>{}</firstname>{}</customer></customers>"
    update(client, "customers_Update", names.format("Customer", "<lastname>Seven</lastname>"))
    update(client, "customers_Update", names.format("Buyer", ""))

    told_last = child(all_events(client)[-1], "data/customer")
    assert shape(told_last) == ["id", "store", "firstname", "lastname"]
    assert (value(told_last, "firstname"), value(told_last, "lastname")) == ("Buyer", "Seven")


def test_a_change_is_told_once_and_no_change_is_not(client: httpx.Client) -> None:
    for _ in range(2):
        update(client, "markets_Update", MARKET)
    update(client, "markets_Update", "<markets><market><id>M1</id><description>Two</description></market></markets>")

    first, second = all_events(client)
    assert [value(event, "data/market/description") for event in (first, second)] == ["One", "Two"]
    assert value(second, "data/market/type") == "wholesale"
    assert value(first, "date") < value(second, "date")


def test_all_that_is_sent_is_taken_over_or_nothing(client: httpx.Client, system: CentraSandbox) -> None:
    bad = MARKET.replace("<id>M1</id><store>2", "<id>M2</id><store>3").replace("markets>", "x>").replace("<x>", "", 1)
    both = MARKET.replace("</markets>", "") + bad.replace("</x>", "</markets>")

    assert refused(client, "markets_Update", both) == ["Market M2: there is no store '3'."]
    assert refused(client, "markets_Update", "<markets><market/><market><id>M3</id></market></markets>") == [
        "A market has no id.",
        "Market M3: store, type is missing.",
    ]
    assert system.record("market", "M1") is None
    assert all_events(client) == []


def test_nothing_to_do_is_done(strict: httpx.Client) -> None:
    for operation in UPDATES:
        assert update(strict, operation, "") == []


def test_a_wrong_login_writes_nothing(client: httpx.Client, system: CentraSandbox) -> None:
    answer = post(client, message("markets_Update", MARKET, LOGIN.replace("sandbox-password", "wrong")))

    assert answer.status_code == 500
    assert system.record("market", "M1") is None


def test_an_update_needs_no_namespace(client: httpx.Client, system: CentraSandbox) -> None:
    told(post(client, envelope(f"<markets_Update>{LOGIN}{MARKET}</markets_Update>")))

    assert known(system, "market", "M1").tag == "{http://www.centra.com/webservices/}market"


def test_the_words_of_the_reference() -> None:
    with connected(CentraSandbox(EMPTY, reference_replies=True)) as client:
        done = {operation: told(post(client, message(operation))) for operation in UPDATES}
        no = told(post(client, message("markets_Update", "<markets><market/></markets>")))

    for operation, answer in done.items():
        assert (answer.tag, answer.text) == (f"{operation.replace('_', '')}Response", "OK")
    assert value(no, "success") == "false", "how the reference would tell it is not documented"


def test_updates_can_be_told_to_nobody() -> None:
    with connected(CentraSandbox(EMPTY, tells_updates=False)) as client:
        update(client, "markets_Update", MARKET)

        assert all_events(client) == []


# Sizes


def test_a_size_is_unique_in_its_table_alone(client: httpx.Client) -> None:
    first = update(client, "sizes_Update", SIZES.format(TABLE, TABLE))
    shoes = TABLE.replace("SML", "SHOE").replace("Small Medium Large", "Shoes")
    second = update(client, "sizes_Update", SIZES.format(TABLE, shoes))

    assert first == ["Added new size: S: Small to: Small Medium Large!", "Added new size: M: to: Small Medium Large!"]
    assert second == ["Added new size: M: to: Shoes!"]
    assert events_of(client) == [("size", "S"), ("size", "M"), ("size", "M")]


def test_a_size_needs_a_table(strict: httpx.Client) -> None:
    assert refused(strict, "sizes_Update", "<sizes><size><id>S</id></size></sizes>") == ["Size S: sizetable is missing."]


# Products and stock


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (product("", more="<status>cancelled</status>"), "Product T1: status cannot be 'cancelled'; it is one of active"),
        (product(VARIATION.format("T1_NEW").replace("SML", "XL")), "Variation T1_NEW: there is no sizetable 'XL'."),
        (product("<variation><id>T1_NEW</id></variation>"), "Variation T1_NEW: there is no sizetable None."),
        (product(VARIATION.format("T1_NEW").replace(">S<", ">XL<")), "Variation T1_NEW: sizetable 'SML' has no size 'XL'."),
        (product(VARIATION.format("T1_RED"), key="T2"), "Variation T1_RED: it is one of product T1."),
        (product("<variation><id>T1_RED</id><description>T1_BLUE</description></variation>"), "are not unique"),
        (product("<variation/>"), "Product T1: a variation has no id."),
        (stock("many"), "Product T1: 'many' is no quantity."),
        (stock(1, warehouse=""), "Product T1: a warehouse has no id."),
    ],
)
def test_goods_that_are_refused(strict: httpx.Client, content: str, error: str) -> None:
    (reason,) = refused(strict, "products_Update", content)

    assert error in reason
    assert all_events(strict) == []


def test_stock_is_set_and_told_with_the_whole_product(shop: httpx.Client, system: CentraSandbox) -> None:
    update(shop, "products_Update", stock(5))
    update(shop, "products_Update", stock(3, warehouse="OtherWarehouse"))
    update(shop, "products_Update", stock(4))

    *_, last = all_events(shop)
    assert (value(last, "type"), value(last, "data/stock/product/id")) == ("stock", "T1")
    red, blue = child(last, "data/stock/product/variations")
    assert (value(red, "id"), value(blue, "id")) == ("T1_RED", "T1_BLUE")
    held = child(red, "sizes/size/warehouseitems")
    assert list(zip(values(held, "warehouse/id"), values(held, "warehouse/qty"), strict=True)) == [
        ("MainWarehouse", "4"),
        ("OtherWarehouse", "3"),
    ]
    assert values(blue, "sizes/size/warehouseitems") == []


def test_a_warehouse_is_made_by_the_stock_that_is_sent_to_it(shop: httpx.Client, system: CentraSandbox) -> None:
    update(shop, "products_Update", stock(5, warehouse="New"))
    warehouses = "<warehouses><warehouse><id>New</id><description>New one</description></warehouse></warehouses>"
    update(shop, "warehouses_Update", warehouses)

    assert [kind for kind, _ in events_of(shop)] == ["warehouse", "stock", "warehouse"]
    assert value(known(system, "warehouse", "New"), "description") == "New one"


def test_products_are_told_of_by_their_stock_alone(shop: httpx.Client, system: CentraSandbox) -> None:
    update(
        shop,
        "products_Update",
        product("", more="<description>Sweater</description><folder><description>A</description></folder>"),
    )

    assert all_events(shop) == []
    assert value(known(system, "product", "T1"), "description") == "Sweater"
    assert values(known(system, "product", "T1"), "variations/variation/id") == ["T1_RED", "T1_BLUE"]


# Prices


def test_prices_are_kept_by_variation_and_by_product(shop: httpx.Client, system: CentraSandbox) -> None:
    update(shop, "pricelists_Update", pricelist("<product><id>T1</id><price>10</price></product>"))
    red = "<variation><id>T1_RED</id><price>12</price><alteredprice>9.50</alteredprice></variation>"
    update(shop, "pricelists_Update", pricelist(f"<product><id>T1</id>{red}</product>"))

    kept = known(system, "pricelist", "P1")
    assert value(kept, "items/product/price") == "10"
    assert value(kept, "items/product/variation/alteredprice") == "9.50"
    assert events_of(shop) == [("pricelist", "P1")] * 2


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (pricelist("<product><id>T9</id></product>"), "there is no product 'T9'."),
        (pricelist("<product><id>T1</id><variation><id>T1_PINK</id></variation></product>"), "has no variation 'T1_PINK'."),
        (pricelist("<product><id>T1</id><price>free</price></product>"), "'free' is no price."),
        (pricelist("<product><id>T1</id><price>NaN</price></product>"), "'NaN' is no price."),
        (pricelist("", "<store>1</store><type>retail</type><currency>CLP</currency>"), "there is no currency 'CLP'."),
        (pricelist("", "<store>1</store><type>wholesale</type><currency>EUR</currency>"), "'1' is not a wholesale store."),
        (pricelist("", "<store>1</store><type>both</type><currency>EUR</currency>"), "type cannot be 'both'"),
        (pricelist("", ""), "store, type, currency is missing."),
    ],
)
def test_prices_that_are_refused(strict: httpx.Client, content: str, error: str) -> None:
    (reason,) = refused(strict, "pricelists_Update", content)

    assert reason.startswith("Pricelist P1: ")
    assert error in reason


@pytest.mark.parametrize("operation", ["pricealterationdates_Update", "timealterationdates_Update"])
def test_altered_prices_are_for_wholesale_alone(client: httpx.Client, system: CentraSandbox, operation: str) -> None:
    dates = (
        "<pricealterationdates><pricealterationdate><id>H20</id><store>{}</store><startdate>{}</startdate>"
        "</pricealterationdate></pricealterationdates>"
    )
    assert "'1' is not a wholesale store" in refused(client, operation, dates.format(1, "2020-11-30"))[0]
    assert "'soon' is no startdate" in refused(client, operation, dates.format(2, "soon"))[0]

    update(client, operation, dates.format(2, "2020-11-30"))

    assert value(known(system, "pricealterationdate", "H20"), "startdate") == "2020-11-30"
    assert all_events(client) == []


# Terms, accounts, customers


@pytest.mark.parametrize("kind", ["paymentterms", "shippingterms"])
def test_terms_are_kept_and_told_to_nobody(client: httpx.Client, system: CentraSandbox, kind: str) -> None:
    update(client, f"{kind}_Update", f"<{kind}><{kind}><id>T</id><name>Now</name></{kind}></{kind}>")

    assert value(known(system, kind, "T"), "name") == "Now"
    assert all_events(client) == []


def test_due_days_are_a_number(strict: httpx.Client) -> None:
    terms = "<paymentterms><paymentterms><id>T</id><duedays>soon</duedays></paymentterms></paymentterms>"

    assert refused(strict, "paymentterms_Update", terms) == ["Paymentterms T: 'soon' is no number of days."]


def account(content: str) -> str:
    return f"<accounts><account><id>A1</id>{content}</account></accounts>"


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (account("<market><id>M9</id></market>"), "there is no market 'M9'."),
        (account("<pricelist><id>P9</id></pricelist>"), "there is no pricelist 'P9'."),
        (account("<paymentterms><id>99NET</id></paymentterms>"), "there is no paymentterms '99NET'."),
        (account("<shippingterms><id>CIF</id></shippingterms>"), "there is no shippingterms 'CIF'."),
        (account("<type>retail</type>"), "type cannot be 'retail'"),
        (account("<status>closed</status>"), "status cannot be 'closed'"),
        (account("<buyers><buyer><store>2</store></buyer></buyers>"), "a buyer has no id."),
        (account("<buyers><buyer><id>B</id><store>1</store></buyer></buyers>"), "Buyer B: store '1' is not a wholesale store."),
        (account("<buyers><buyer><id>B</id><status>gone</status></buyer></buyers>"), "Buyer B: status cannot be 'gone'"),
    ],
)
def test_accounts_that_are_refused(strict: httpx.Client, content: str, error: str) -> None:
    (reason,) = refused(strict, "accounts_Update", content)

    assert error in reason


def test_an_account_has_buyers_and_addresses(client: httpx.Client) -> None:
    buyer = "<buyer><id>{}</id><store>2</store><password>secret-word</password></buyer>"
    update(client, "accounts_Update", account(f"<buyers>{buyer.format('B1')}{buyer.format('B2')}</buyers>"))
    changed = "<buyers><buyer><id>B2</id><status>inactive</status></buyer></buyers>"
    update(client, "accounts_Update", account(f"<accountaddress><city>Town</city></accountaddress>{changed}"))
    update(client, "accounts_Update", account("<accountaddress><zipcode>1</zipcode></accountaddress><buyers/>"))

    *_, last = all_events(client)
    assert values(last, "data/account/buyers/buyer/id") == ["B1", "B2"]
    assert values(last, "data/account/buyers/buyer/status") == ["inactive"]
    assert (value(last, "data/account/accountaddress/city"), value(last, "data/account/accountaddress/zipcode")) == (
        "Town",
        "1",
    )
    assert b"secret-word" not in etree.tostring(last)


def test_a_customer_is_one_of_a_retail_store(strict: httpx.Client) -> None:
    customer = "<customers><customer><id>7</id><store>2</store></customer></customers>"

    assert refused(strict, "customers_Update", customer) == ["Customer 7: store '2' is not a retail store."]
