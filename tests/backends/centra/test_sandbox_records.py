"""What the simulated Centra tells of the world, in the layout of the vendor's examples."""

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal

import pytest
from lxml.etree import _Element

from gateway.backends.centra.sandbox import CentraSandbox
from gateway.sandbox.world import ShopOrder, Stage, System, World, make_world
from tests.backends.centra.asking import all_events, child, connected, shape, value, values

# The children of the page's two orders. `locked`, `voucher`, `additionals` and `loyalty` are said elsewhere or nowhere.
RETAIL = (
    "id ordernumber type store status ordertotal currency currencyrate basecurrency created internal"
    " preferred_shipping_date collection primary_warehouse shipping payments products cancelled shipments"
    " carrierinformation customer shippingaddress billingaddress internalinformation other market pricelist"
)
WHOLESALE = (
    "id type store status currency currencyrate basecurrency created internal preferred_shipping_date buyer salesrep"
    " account paymentterms shippingterms collection primary_warehouse shipping payments products cancelled shipments"
    " carrierinformation shippingaddress billingaddress internalinformation other ponumber market pricelist"
)
SHIPMENT = (
    "id paid shipped goodtogo appendix shipmenttotal paidtotal currency currencyrate basecurrency created shippingaddress"
    " carrierinformation products refunds shipping handling voucher"
)


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(seed=3, orders=150)


@pytest.fixture(scope="module")
def queue(world: World) -> list[_Element]:
    with connected(CentraSandbox(world)) as client:
        return all_events(client)


@pytest.fixture(scope="module")
def orders(queue: list[_Element]) -> dict[str, _Element]:
    return {value(event, "entry"): child(event, "data/order") for event in queue if value(event, "type") == "order"}


@pytest.fixture(scope="module")
def bundle(orders: dict[str, _Element]) -> str:
    (number,) = (number for number, order in orders.items() if order.findall("{*}products/{*}product/{*}bundleinfo"))
    return number


def one(world: World, holds: Callable[[ShopOrder], bool]) -> ShopOrder:
    return next(order for order in world.orders_of(System.CENTRA) if holds(order))


def is_retail(order: ShopOrder) -> bool:
    return order.channel.startswith("Retail-")


def typed(queue: list[_Element], kind: str) -> list[_Element]:
    return [child(event, f"data/{kind}") for event in queue if value(event, "type") == kind]


def sizes(products: Iterable[_Element]) -> dict[str, Decimal]:
    """Quantity by SKU: the three parts of it joined."""
    return {
        value(product, "sku") + value(product, "variation/sku") + value(size, "sku"): Decimal(value(size, "qty"))
        for product in products
        for size in product.findall("{*}sizes/{*}size")
    }


def goods(order: ShopOrder) -> dict[str, Decimal]:
    return {line.item.sku: Decimal(line.quantity) for line in order.lines}


# Orders


def test_orders_are_laid_out_as_the_page_shows(world: World, orders: dict[str, _Element]) -> None:
    more = {"locked", "voucher", "additionals", "loyalty"}
    for order in world.orders_of(System.CENTRA):
        known = [name for name in shape(orders[order.number]) if name not in more]
        assert known == (RETAIL if is_retail(order) else WHOLESALE).split()


def test_an_event_names_its_order_and_its_time(world: World, queue: list[_Element]) -> None:
    for event in queue:
        assert shape(event) == ["id", "type", "entry", "mission", "date", "data"]
        assert value(event, "mission") == "update"
    changed = {value(event, "entry"): value(event, "date") for event in queue if value(event, "type") == "order"}
    for order in world.orders_of(System.CENTRA):
        # Swedish time, without a zone, as the page's "2019-03-27 12:52:20".
        at = datetime.fromisoformat(f"{changed[order.number]}{summer_or_winter(order.changed_at)}")
        assert at == order.changed_at


def summer_or_winter(at: datetime) -> str:
    return "+01:00" if at.isoformat() < "2026-03-29T01:00" else "+02:00"


def test_a_retail_order(world: World, orders: dict[str, _Element]) -> None:
    order = one(world, lambda order: order.channel == "Retail-Sweden" and order.stage is Stage.CONFIRMED and bool(order.note))
    told = orders[order.number]

    assert value(told, "id") == value(told, "ordernumber") == order.number
    assert (value(told, "type"), value(told, "store"), value(told, "status")) == ("retail", "1", "confirmed")
    assert Decimal(value(told, "ordertotal")) == order.total
    assert (value(told, "currency"), value(told, "basecurrency")) == ("EUR", "SEK")
    assert datetime.fromisoformat(value(told, "created")) == order.placed_at
    assert value(told, "created")[-6:] == summer_or_winter(order.placed_at)
    assert (value(told, "preferred_shipping_date"), value(told, "internalinformation")) == ("", "")
    assert value(told, "primary_warehouse/warehouse/id") == order.site.codes[System.CENTRA]
    assert Decimal(value(told, "shipping/subtotal")) == order.shipping
    assert (value(told, "market/id"), value(told, "market/description")) == ("Retail-Sweden", "Sweden")
    assert value(told, "pricelist/id") == "EUR-Retail"
    assert f"{value(told, 'shippingaddress/firstname')} {value(told, 'shippingaddress/lastname')}" == order.buyer.name
    assert value(told, "billingaddress/zipcode") == order.buyer.postcode
    assert (value(told, "billingaddress/address2"), value(told, "billingaddress/state")) == ("", "")
    assert value(told, "other") == order.note
    assert order.note in values(told, "additionals/additional/value")
    assert (value(told, "payments/total"), value(told, "payments/status")) == ("0", "incomplete")


def test_a_wholesale_order(world: World, orders: dict[str, _Element]) -> None:
    order = one(world, lambda order: not is_retail(order) and order.stage is Stage.PLACED)
    told = orders[order.number]

    assert (value(told, "id"), values(told, "ordernumber"), values(told, "ordertotal")) == (order.number, [], [])
    assert (value(told, "type"), value(told, "store"), value(told, "status")) == ("wholesale", "2", "pending")
    assert value(told, "ponumber") == order.reference
    assert value(told, "other") == order.note
    assert value(told, "buyer/id") == value(told, "account/id") + "_buyer1"
    assert value(told, "buyer/email") == order.buyer.email
    assert value(told, "shippingaddress/attn") == order.buyer.name
    assert value(told, "shippingaddress/company").startswith("Company ")
    assert (value(told, "salesrep"), value(told, "shippingaddress/fax")) == ("", "")
    assert (value(told, "currency"), value(told, "pricelist/id")) == ("USD", "USD-Wholesale")
    assert set(values(told, "products/product/tax")) == {"0.000"}


def test_goods(world: World, orders: dict[str, _Element], bundle: str) -> None:
    for order in world.orders_of(System.CENTRA):
        told = orders[order.number]
        if order.number != bundle:
            assert sizes(child(told, "products")) == goods(order)
        lines = values(told, "products/product/sizes/size/orderitem/id")
        assert len(set(lines)) == len(lines)
        assert sum(Decimal(subtotal) for subtotal in values(told, "products/product/subtotal")) == order.subtotal
        assert set(values(told, "products/product/sizes/size/warehouseitems/warehouse/id")) == {order.site.codes[System.CENTRA]}


def test_amounts_come_to_the_total(world: World, orders: dict[str, _Element]) -> None:
    for order in world.orders_of(System.CENTRA):
        told = orders[order.number]
        assert [Decimal(amount) for amount in values(told, "voucher/subtotal")] == [order.discount][: bool(order.discount)]
        amounts = values(told, "products/product/subtotal") + values(told, "shipping/subtotal")
        assert sum(map(Decimal, amounts)) - order.discount == order.total


def test_tax_is_a_rate(world: World, orders: dict[str, _Element]) -> None:
    order = one(world, is_retail)

    assert set(values(orders[order.number], "products/product/tax")) == {"25.000"}


def test_sizes_of_one_variation_are_in_one_product(world: World, orders: dict[str, _Element]) -> None:
    def variations(order: ShopOrder) -> set[str]:
        return {f"{line.item.product}_{line.item.variation}" for line in order.lines}

    order = one(world, lambda order: len(variations(order)) < len(order.lines))

    told = child(orders[order.number], "products")
    assert sorted(values(told, "product/variation/id")) == sorted(variations(order))
    for product in told:
        assert int(value(product, "qty")) == sum(map(int, values(product, "sizes/size/qty")))


@pytest.mark.parametrize(
    ("stage", "retail", "wholesale"),
    [
        (Stage.PLACED, "pending", "pending"),
        (Stage.CONFIRMED, "confirmed", "confirmed"),
        (Stage.PACKED, "processing", "processing"),
        (Stage.SHIPPED, "completed", "processing"),
        (Stage.DELIVERED, "completed", "completed"),
        (Stage.CANCELLED, "cancelled", "cancelled"),
    ],
)
def test_status_words(world: World, orders: dict[str, _Element], stage: Stage, retail: str, wholesale: str) -> None:
    """A wholesale order is completed once it is shipped and paid for."""
    at_stage = [order for order in world.orders_of(System.CENTRA) if order.stage is stage]

    assert {value(orders[order.number], "status") for order in at_stage if is_retail(order)} == {retail}
    assert {value(orders[order.number], "status") for order in at_stage if not is_retail(order)} == {wholesale}
    assert {value(orders[order.number], "locked") for order in at_stage} == {"no" if stage is Stage.PLACED else "yes"}


def test_cancelled_goods_are_named_by_line(world: World, orders: dict[str, _Element]) -> None:
    for order in world.orders_of(System.CENTRA):
        told = orders[order.number]
        lines = values(told, "cancelled/product/sizes/size/orderitem/id")
        if order.stage is Stage.CANCELLED:
            assert sorted(lines) == sorted(f"{order.number}{line.position}" for line in order.lines)
            assert sum(map(int, values(told, "cancelled/product/sizes/size/qty"))) == sum(goods(order).values())
        else:
            assert len(child(told, "cancelled")) == 0


def test_a_bundle(world: World, orders: dict[str, _Element], bundle: str) -> None:
    order = one(world, lambda order: order.number == bundle)

    *parts, whole = child(orders[bundle], "products")

    assert value(whole, "bundleinfo/isbundle") == "true"
    assert (value(whole, "sku"), value(whole, "subtotal"), value(whole, "sizes/size/sku")) == ("B-221", "0", "")
    assert {value(part, "bundleinfo/isbundle") for part in parts} == {"false"}
    assert {value(part, "bundleinfo/partof/product/id") for part in parts} == {value(whole, "id")}
    assert sizes(parts) == goods(order)


def test_elements_that_no_page_knows(orders: dict[str, _Element]) -> None:
    strange = [order for order in orders.values() if "loyalty" in shape(order)]

    assert 0 < len(strange) < len(orders)
    assert shape(strange[0]).index("loyalty") < shape(strange[0]).index("products")


# Shipments


def test_the_shop_tells_of_what_it_ships_itself(world: World, orders: dict[str, _Element]) -> None:
    for order in world.orders_of(System.CENTRA):
        shipments = child(orders[order.number], "shipments")
        expected = not order.warehoused and (order.dispatch is not None or order.stage is Stage.PACKED)
        assert len(shipments) == int(expected)
        assert all(shape(shipment) == SHIPMENT.split() for shipment in shipments)


@pytest.mark.parametrize("retail", [True, False])
def test_a_shipment_under_way(world: World, orders: dict[str, _Element], bundle: str, *, retail: bool) -> None:
    order = one(
        world,
        lambda order: (
            order.stage is Stage.SHIPPED and not order.warehoused and is_retail(order) is retail and order.number != bundle
        ),
    )
    assert order.dispatch is not None
    shipment = child(orders[order.number], "shipments/shipment")

    assert value(shipment, "id").isdigit() if retail else value(shipment, "id") == f"shipment-{order.number}-1"
    assert (value(shipment, "shipped"), value(shipment, "goodtogo")) == ("yes", "yes")
    assert value(shipment, "paid") == ("yes" if retail else "no")
    assert order.placed_at < datetime.fromisoformat(value(shipment, "created")) < order.dispatch.shipped_at
    assert value(shipment, "carrierinformation/carrier") == order.dispatch.carrier
    assert value(shipment, "carrierinformation/service") == order.dispatch.service
    assert value(shipment, "carrierinformation/tracking") == order.dispatch.tracking
    assert Decimal(value(shipment, "shipmenttotal")) == order.total
    assert sizes(child(shipment, "products")) == goods(order)
    assert values(shipment, "products/product/sizes/size/orderitem/id") == values(
        orders[order.number], "products/product/sizes/size/orderitem/id"
    )
    assert values(shipment, "products/product/sizes/size/warehouseitems") == []


def test_a_shipment_that_waits(world: World, orders: dict[str, _Element]) -> None:
    order = one(world, lambda order: order.stage is Stage.PACKED and not order.warehoused)
    shipment = child(orders[order.number], "shipments/shipment")

    assert (value(shipment, "shipped"), value(shipment, "goodtogo"), value(shipment, "paid")) == ("no", "yes", "no")
    assert (value(shipment, "carrierinformation/tracking"), value(shipment, "carrierinformation/packages")) == ("", "0")


# Goods and the rest


def test_stock(world: World, queue: list[_Element]) -> None:
    told: dict[tuple[str, str], int] = {}
    for product in (child(stock, "product") for stock in typed(queue, "stock")):
        for variation in product.findall("{*}variations/{*}variation"):
            for size in variation.findall("{*}sizes/{*}size"):
                sku = value(product, "sku") + value(variation, "sku") + value(size, "sku")
                for held in size.findall("{*}warehouseitems/{*}warehouse"):
                    told[sku, value(held, "id")] = int(value(held, "qty"))

    rows = world.stock_of(System.CENTRA)
    assert told == {(row.item.sku, row.site.codes[System.CENTRA]): row.available for row in rows}


def test_a_product(world: World, queue: list[_Element]) -> None:
    item = world.items_of(System.CENTRA)[0]
    product = child(typed(queue, "stock")[0], "product")
    variation = product.findall("{*}variations/{*}variation")[0]

    assert (value(product, "id"), value(product, "description")) == (item.product, item.name)
    assert (value(variation, "id"), value(variation, "stockid")) == (f"{item.product}_{item.variation}",) * 2
    assert value(variation, "description") == item.colour
    assert values(variation, "sizes/size/ean")[0] == item.barcode


def test_what_has_an_active_size_is_active(world: World, queue: list[_Element]) -> None:
    told = {
        value(variation, "id"): value(variation, "status")
        for stock in typed(queue, "stock")
        for variation in child(stock, "product/variations")
    }

    items = world.items_of(System.CENTRA)
    active = {f"{item.product}_{item.variation}" for item in items if item.active}
    assert not all(item.active for item in items)
    assert told == {
        key: "active" if key in active else "inactive" for key in (f"{item.product}_{item.variation}" for item in items)
    }


def test_sites_markets_and_terms(world: World, queue: list[_Element]) -> None:
    sites = {value(site, "id"): value(site, "description") for site in typed(queue, "warehouse")}
    assert sites == {site.codes[System.CENTRA]: site.name for site in world.sites_of(System.CENTRA)}
    markets = {(value(market, "id"), value(market, "store"), value(market, "type")) for market in typed(queue, "market")}
    assert markets == {
        ("Retail-Global", "1", "retail"),
        ("Retail-Sweden", "1", "retail"),
        ("Wholesale-Market", "2", "wholesale"),
    }


def test_accounts_and_pricelists_of_orders_are_known(queue: list[_Element], orders: dict[str, _Element]) -> None:
    accounts = {value(account, "id") for account in typed(queue, "account")}
    pricelists = {value(pricelist, "id") for pricelist in typed(queue, "pricelist")}

    assert {key for order in orders.values() for key in values(order, "account/id")} == accounts
    assert {value(order, "pricelist/id") for order in orders.values()} == pricelists


def test_prices(world: World, queue: list[_Element]) -> None:
    expected = {item.product: item.price for item in world.items_of(System.CENTRA)}
    for pricelist in typed(queue, "pricelist"):
        products = child(pricelist, "items")
        told = {value(product, "id"): Decimal(value(product, "price")) for product in products}
        assert told == expected
        recommended = [Decimal(amount) for amount in values(products, "product/priceb")]
        assert recommended == ([2 * amount for amount in told.values()] if value(pricelist, "type") == "wholesale" else [])


def test_customers_are_those_of_orders(queue: list[_Element], orders: dict[str, _Element]) -> None:
    buyers = {
        value(order, "customer/id"): value(order, "shippingaddress/email")
        for order in orders.values()
        if values(order, "customer/id")
    }

    customers = {value(customer, "id"): value(customer, "email") for customer in typed(queue, "customer")}

    assert customers
    assert customers.items() <= buyers.items()


def test_a_type_that_no_page_knows(queue: list[_Element]) -> None:
    (giftcard,) = typed(queue, "giftcard")

    assert value(giftcard, "note") == "Ångström & <Söhne>"
