"""The simulated Centra's orders_Update: orders are locked, cancelled row by row, shipped, paid for, returned and made."""

from collections.abc import Iterator
from decimal import Decimal

import httpx
import pytest
from lxml import etree
from lxml.etree import _Element

from gateway.backends.centra.sandbox import CentraSandbox
from gateway.sandbox.world import Stage, System, World, make_world
from tests.backends.centra.asking import all_events, child, connected, refused, shape, update, value, values
from tests.backends.centra.cookbook import EMPTY, RETAIL, WHOLESALE, documented_order, order_xml
from tests.contract.same import differences, value_of

# Rows of the page's order 25, and how many are ordered.
CHAIR, BLUE_S, BLUE_M, RED_M, RED_L = "67", "68", "69", "70", "71"
ORDERED = {CHAIR: 2, BLUE_S: 1, BLUE_M: 2, RED_M: 3, RED_L: 4}
_SIZES = {
    CHAIR: ("PWC", "PWC", "OS"),
    BLUE_S: ("T001", "T001_BLUE", "S"),
    BLUE_M: ("T001", "T001_BLUE", "M"),
    RED_M: ("T001", "T001_RED", "M"),
    RED_L: ("T001", "T001_RED", "L"),
}


@pytest.fixture
def system() -> CentraSandbox:
    """With the page's orders 30 (retail) and 25 (wholesale)."""
    system = CentraSandbox(EMPTY)
    system.put(order_xml(RETAIL))
    system.put(order_xml(WHOLESALE))
    return system


@pytest.fixture
def client(system: CentraSandbox) -> Iterator[httpx.Client]:
    with connected(system) as client:
        all_events(client)
        yield client


def retail(content: str) -> str:
    return f"<orders><order><id>30</id><type>retail</type><store>1</store>{content}</order></orders>"


def wholesale(content: str) -> str:
    return f"<orders><order><id>25</id><type>wholesale</type><store>2</store>{content}</order></orders>"


def goods(quantities: dict[str, int], *, named: bool = True) -> str:
    """The elements `product` of rows of order 25; without `named` they do not say which row they are."""
    found = []
    for row, quantity in quantities.items():
        product, variation, size = _SIZES[row]
        item = f"<orderitem><id>{row}</id></orderitem>" if named else ""
        sizes = f"<sizes><size><id>{size}</id><qty>{quantity}</qty>{item}</size></sizes>"
        found.append(f"<product><id>{product}</id><variation><id>{variation}</id></variation>{sizes}</product>")
    return "".join(found)


def shipment(key: str, content: str = "", quantities: dict[str, int] | None = None) -> str:
    products = f"<products>{goods(quantities)}</products>" if quantities else ""
    return f"<shipments><shipment><id>{key}</id>{content}{products}</shipment></shipments>"


def refund(key: str, quantity: int = 1, shipment_id: str = "8") -> str:
    sizes = f"<sizes><size><id>S</id><qty>{quantity}</qty></size></sizes>"
    product = f"<product><id>T001</id><variation><id>T001_RED</id></variation>{sizes}</product>"
    return shipment(shipment_id, f"<refunds><refund><id>{key}</id><products>{product}</products></refund></refunds>")


def order(client: httpx.Client) -> _Element:
    """The only order that is told, as its last event has it; the queue is empty afterwards."""
    *_, last = [event for event in all_events(client) if value(event, "type") == "order"]
    return child(last, "data/order")


# Fields


def test_a_lock_changes_nothing_else(client: httpx.Client) -> None:
    update(client, "orders_Update", retail("<locked>yes</locked>"))

    changed = order(client)
    assert value(changed, "locked") == "yes"
    changed.remove(child(changed, "locked"))
    assert differences(value_of(order_xml(RETAIL)), value_of(etree.tostring(changed, encoding="unicode"))) == []


def test_the_same_update_again_is_not_told(client: httpx.Client) -> None:
    for _ in range(2):
        update(client, "orders_Update", wholesale("<status>confirmed</status><locked>yes</locked>"))

    assert len(all_events(client)) == 1


def test_fields_are_taken_over_one_by_one(client: httpx.Client) -> None:
    update(client, "orders_Update", wholesale("<shippingaddress><city>Town</city></shippingaddress><other>Ring twice</other>"))

    changed = order(client)
    assert (value(changed, "shippingaddress/city"), value(changed, "shippingaddress/zipcode")) == ("Town", "12345")
    assert (value(changed, "other"), value(changed, "ponumber")) == ("Ring twice", "Example1")
    assert shape(changed) == shape(documented_order(WHOLESALE))


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("<orders><order><locked>yes</locked></order></orders>", "An order has no id."),
        (retail("<status>sent</status>"), "Order 30: status cannot be 'sent'"),
        (retail("<locked>maybe</locked>"), "Order 30: locked cannot be 'maybe'"),
        (retail("").replace("retail", "wholesale"), "Order 30: its type is retail, not wholesale."),
        (retail("").replace("<store>1", "<store>2"), "Order 30: its store is 1, not 2."),
        (retail("<market><id>Moon</id></market>"), "there is no market 'Moon'."),
        (wholesale("<account><id>9</id></account>"), "there is no account '9'."),
        (wholesale(f"<cancelled>{goods({RED_L: 5})}</cancelled>"), "5 of item 71 are wanted, and 4 are left."),
        (wholesale(f"<cancelled>{goods({RED_L: 1}).replace('71', '99')}</cancelled>"), "item 99 is not in it."),
        (wholesale(f"<cancelled>{goods({RED_L: 1}).replace('71', '70')}</cancelled>"), "item 70 is not in it."),
        (wholesale(f"<cancelled>{goods({RED_L: 1}).replace('>1<', '>some<')}</cancelled>"), "'some' is no quantity."),
        (wholesale(shipment("s1", quantities={CHAIR: 3})), "3 of item 67 are wanted, and 2 are left."),
        (wholesale(shipment("s1")), "Shipment s1: it has no products."),
        (wholesale("<shipments><shipment/></shipments>"), "Order 25: a shipment has no id."),
        (wholesale(shipment("s1", "<shipped>perhaps</shipped>", {CHAIR: 1})), "Shipment s1: shipped cannot be 'perhaps'"),
        (wholesale(shipment("s1", "<appendix>one</appendix>", {CHAIR: 1})), "Shipment s1: 'one' is no appendix."),
        (wholesale(shipment("8", quantities={CHAIR: 1})), "Shipment 8: it is one of order 30."),
        (retail(shipment("9", "<appendix>1</appendix>", {CHAIR: 1})), "the order has a shipment with appendix 1."),
        (retail(refund("12", 2)), "2 of item 81 are wanted, and 1 are left."),
        (retail(refund("")), "Shipment 8: a refund has no id."),
    ],
)
def test_what_is_refused(strict: httpx.Client, content: str, error: str) -> None:
    (reason,) = refused(strict, "orders_Update", content)

    assert error in reason
    assert all_events(strict) == []


@pytest.fixture(scope="module")
def strict() -> Iterator[httpx.Client]:
    """For tests that change nothing."""
    system = CentraSandbox(EMPTY)
    system.put(order_xml(RETAIL))
    system.put(order_xml(WHOLESALE))
    with connected(system) as client:
        all_events(client)
        yield client


# Cancelled goods


def test_goods_are_cancelled_row_by_row(client: httpx.Client) -> None:
    update(client, "orders_Update", wholesale(f"<cancelled>{goods({RED_L: 1})}</cancelled>"))
    update(client, "orders_Update", wholesale(f"<cancelled>{goods({RED_L: 2, CHAIR: 1})}</cancelled>"))

    changed = order(client)
    rows = values(changed, "cancelled/product/sizes/size/orderitem/id")
    assert dict(zip(rows, values(changed, "cancelled/product/sizes/size/qty"), strict=True)) == {CHAIR: "1", RED_L: "3"}
    assert values(changed, "products/product/sizes/size/qty") == ["2", "1", "2", "3", "4"]
    assert value(changed, "status") == "pending"
    assert (
        "2 of item 71 are wanted, and 1 are left"
        in refused(client, "orders_Update", wholesale(f"<cancelled>{goods({RED_L: 2})}</cancelled>"))[0]
    )


def test_a_row_need_not_be_named_where_its_size_is_there_once(client: httpx.Client, system: CentraSandbox) -> None:
    update(client, "orders_Update", wholesale(f"<cancelled>{goods({RED_L: 1}, named=False)}</cancelled>"))
    assert value(order(client), "cancelled/product/sizes/size/orderitem/id") == RED_L

    system.put(order_xml(WHOLESALE).replace(">M<", ">L<"))
    (reason,) = refused(client, "orders_Update", wholesale(f"<cancelled>{goods({RED_L: 1}, named=False)}</cancelled>"))
    assert reason.endswith("is more than once in it: name the orderitem.")


def test_an_order_of_which_nothing_is_left_is_cancelled(client: httpx.Client) -> None:
    update(client, "orders_Update", wholesale(f"<cancelled>{goods(ORDERED)}</cancelled>"))

    assert value(order(client), "status") == "cancelled"


# Shipments


def test_a_shipment_is_laid_out_as_the_pages_own(client: httpx.Client) -> None:
    packed = "<goodtogo>yes</goodtogo><shipping><subtotal>123</subtotal></shipping>"
    update(client, "orders_Update", wholesale(shipment("s1", packed, {CHAIR: 2, BLUE_M: 1})))

    made = child(order(client), "shipments/shipment")
    assert shape(made) == shape(child(documented_order(RETAIL), "shipments/shipment"))
    assert [value(made, name) for name in ("id", "paid", "shipped", "goodtogo", "appendix")] == ["s1", "no", "no", "yes", "1"]
    assert (value(made, "shipmenttotal"), value(made, "paidtotal"), value(made, "currency")) == ("1590.00", "0.00", "USD")
    assert values(made, "products/product/sizes/size/orderitem/id") == [CHAIR, BLUE_M]
    assert values(made, "products/product/subtotal") == ["1400", "67"]
    assert values(made, "products/product/sizes/size/warehouseitems") == []
    assert value(made, "shippingaddress/company") == "Example Warehouse"


def test_what_is_in_one_shipment_is_in_no_other(client: httpx.Client) -> None:
    update(client, "orders_Update", wholesale(shipment("s1", quantities={BLUE_M: 1})))
    update(client, "orders_Update", wholesale(shipment("s1", quantities={BLUE_M: 2})))

    assert (
        "1 of item 69 are wanted, and 0 are left"
        in refused(client, "orders_Update", wholesale(shipment("s2", quantities={BLUE_M: 1})))[0]
    )
    update(client, "orders_Update", wholesale(shipment("s2", quantities={RED_M: 1})))
    assert values(order(client), "shipments/shipment/appendix") == ["1", "2"]


def test_a_shipment_sent_again_changes_nothing(client: httpx.Client) -> None:
    for _ in range(2):
        update(client, "orders_Update", wholesale(shipment("s1", "<appendix>1</appendix>", {CHAIR: 1})))

    assert len(all_events(client)) == 1


@pytest.mark.parametrize("key", ["8", "30-1"])
def test_a_shipment_is_known_by_its_id_and_by_its_number_in_the_order(client: httpx.Client, key: str) -> None:
    carrier = "<carrierinformation><carrier>UPS</carrier><tracking>T1</tracking></carrierinformation>"
    update(client, "orders_Update", retail(shipment(key, f"<shipped>yes</shipped>{carrier}")))

    (sent,) = child(order(client), "shipments")
    assert [value(sent, name) for name in ("id", "shipped", "paid")] == ["8", "yes", "no"]
    assert values(sent, "carrierinformation/*") == ["UPS", "", "T1", "0"]


def test_what_is_cancelled_cannot_be_shipped(client: httpx.Client) -> None:
    update(client, "orders_Update", wholesale(f"<cancelled>{goods({RED_L: 1})}</cancelled>"))

    assert "and 3 are left" in refused(client, "orders_Update", wholesale(shipment("s1", quantities={RED_L: 4})))[0]


# Money


def test_a_capture_takes_the_reserved_money_once(client: httpx.Client) -> None:
    for _ in range(2):
        update(client, "orders_Update", retail(shipment("8", "<shipped>yes</shipped><capture>yes</capture>")))

    (told,) = all_events(client)
    changed = child(told, "data/order")
    assert (value(changed, "payments/total"), value(changed, "payments/status")) == ("1135", "complete")
    assert values(changed, "payments/payment/type") == ["auth", "capture"]
    assert values(changed, "payments/payment/transaction") == ["2404544843"] * 2
    assert (value(changed, "shipments/shipment/paid"), value(changed, "shipments/shipment/paidtotal")) == ("yes", "1135.00")
    assert values(changed, "shipments/shipment/capture") == []
    assert value(changed, "status") == "completed"


def test_without_reserved_money_a_capture_has_no_effect(client: httpx.Client) -> None:
    update(client, "orders_Update", wholesale(shipment("s1", "<capture>yes</capture>", {CHAIR: 1})))

    assert value(order(client), "shipments/shipment/paid") == "no"


def test_a_wholesale_order_is_completed_when_it_is_shipped_and_paid_for(client: httpx.Client) -> None:
    update(client, "orders_Update", wholesale(f"<status>confirmed</status>{shipment('s1', quantities=ORDERED)}"))
    update(client, "orders_Update", wholesale(shipment("s1", "<shipped>yes</shipped>")))
    assert value(order(client), "status") == "confirmed"

    update(client, "orders_Update", wholesale(shipment("s1", "<paid>yes</paid>")))
    completed = order(client)
    assert value(completed, "status") == "completed"
    assert value(completed, "shipments/shipment/paidtotal") == value(completed, "shipments/shipment/shipmenttotal")


def test_returns_have_ids_that_are_unique_in_all_of_centra(client: httpx.Client, system: CentraSandbox) -> None:
    update(client, "orders_Update", retail(refund("12")))
    update(
        client,
        "orders_Update",
        retail(shipment("30-1", "<refunds><refund><id>12</id><status>confirmed</status></refund></refunds>")),
    )

    told = child(order(client), "shipments/shipment/refunds/refund")
    assert [value(told, name) for name in ("id", "status", "products/product/sizes/size/qty")] == ["12", "confirmed", "1"]
    assert "2 of item 81 are wanted" in refused(client, "orders_Update", retail(refund("13")))[0]
    system.put(order_xml(RETAIL).replace(">30<", ">31<").replace(">8<", ">9<"))
    other = retail(refund("12", shipment_id="9")).replace(">30<", ">31<")
    assert refused(client, "orders_Update", other) == ["Refund 12: there is one of this id already."]


# New orders


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(seed=3, orders=30)


@pytest.fixture
def furnished(world: World) -> CentraSandbox:
    return CentraSandbox(world)


@pytest.fixture
def shop(furnished: CentraSandbox) -> Iterator[httpx.Client]:
    with connected(furnished) as client:
        all_events(client)
        yield client


def line(quantity: int, more: str = "", variation: str = "P001_RED") -> str:
    sizes = f"<sizes><size><id>M</id><qty>{quantity}</qty></size></sizes>"
    return f"<product><id>P001</id>{more}<variation><id>{variation}</id></variation>{sizes}</product>"


def new_order(products: str, more: str = "", kind: str = "retail") -> str:
    store = "1" if kind == "retail" else "2"
    head = f"<id>shop-1</id><type>{kind}</type><store>{store}</store>"
    return f"<orders><order>{head}{more}<products>{products}</products></order></orders>"


def free(system: CentraSandbox) -> int:
    """What the main warehouse has of P001 in red and M."""
    product = system.record("product", "P001")
    assert product is not None
    (size,) = (
        size
        for variation in child(product, "variations")
        for size in child(variation, "sizes")
        if (value(variation, "id"), value(size, "id")) == ("P001_RED", "M")
    )
    held = child(size, "warehouseitems")
    return int(dict(zip(values(held, "warehouse/id"), values(held, "warehouse/qty"), strict=True))["MainWarehouse"])


def test_an_unknown_order_is_made(shop: httpx.Client, world: World) -> None:
    item = next(item for item in world.items_of(System.CENTRA) if item.sku == "P001REDM")
    costs = "<shipping><subtotal>12</subtotal></shipping><voucher><subtotal>2</subtotal></voucher>"

    update(shop, "orders_Update", new_order(line(2), f"<market><id>Retail-Sweden</id></market>{costs}"))

    made = order(shop)
    assert [value(made, name) for name in ("id", "ordernumber", "status", "locked")] == ["shop-1", "30031", "pending", "no"]
    assert (value(made, "currency"), value(made, "pricelist/id")) == ("EUR", "EUR-Retail")
    assert (value(made, "market/id"), value(made, "market/description")) == ("Retail-Sweden", "Sweden")
    assert Decimal(value(made, "ordertotal")) == 2 * item.price + 12 - 2
    product = child(made, "products/product")
    assert (value(product, "description"), Decimal(value(product, "price"))) == (item.name, item.price)
    assert (value(product, "tax"), value(product, "sizes/size/description")) == ("25.000", "Medium")
    assert value(product, "sizes/size/orderitem/id") == "300311"


def test_a_new_order_is_laid_out_as_the_pages_own(shop: httpx.Client) -> None:
    update(shop, "orders_Update", new_order(line(1)))

    made, known = order(shop), documented_order(RETAIL)
    assert [name for name in shape(known) if name in shape(made)] == [name for name in shape(made) if name in shape(known)]
    assert shape(child(made, "products/product")) == shape(child(known, "products")[0])
    assert shape(child(made, "products/product/sizes/size")) == shape(child(child(known, "products")[0], "sizes/size"))


def test_an_order_reserves_stock_and_gives_back_what_is_cancelled(shop: httpx.Client, furnished: CentraSandbox) -> None:
    before = free(furnished)
    assert before > 3

    update(shop, "orders_Update", new_order(line(before + 5)))
    assert free(furnished) == 0
    assert sorted(value(event, "type") for event in all_events(shop)) == ["order", "stock"]

    update(shop, "orders_Update", f"<orders><order><id>shop-1</id><cancelled>{line(3)}</cancelled></order></orders>")
    assert free(furnished) == 3


def test_the_same_order_again_changes_nothing(shop: httpx.Client, furnished: CentraSandbox) -> None:
    update(shop, "orders_Update", new_order(line(2)))
    all_events(shop)
    before = free(furnished)

    update(shop, "orders_Update", new_order(line(2)))

    assert all_events(shop) == []
    assert free(furnished) == before


def test_goods_can_be_added_and_become_more_but_not_less_than_what_is_shipped(shop: httpx.Client) -> None:
    update(shop, "orders_Update", new_order(line(2, "<price>10</price>")))
    packed = f"<shipments><shipment><id>s1</id><products>{line(2)}</products></shipment></shipments>"
    update(shop, "orders_Update", new_order(line(3) + line(1, "<price>7</price>", "P001_BLU"), packed))

    told = order(shop)
    assert [value(told, "ordertotal"), *values(told, "products/product/subtotal")] == ["37.00", "30", "7"]
    assert values(told, "products/product/sizes/size/orderitem/id") == ["300311", "300312"]
    (reason,) = refused(shop, "orders_Update", new_order(line(1)))
    assert reason == "Order shop-1: 2 of item 300311 are cancelled or in shipments already."


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (new_order(""), "it has no products."),
        (new_order(line(1).replace("P001<", "P999<")), "there is no product P999 / P001_RED / M."),
        (new_order(line(1, variation="P001_PINK")), "there is no product P001 / P001_PINK / M."),
        (new_order(line(1).replace(">M<", ">XXL<")), "there is no product P001 / P001_RED / XXL."),
        (new_order(line(1, "<price>dear</price>")), "'dear' is no price."),
        (new_order(line(1), "<currency>CLP</currency>"), "there is no currency 'CLP'."),
        (new_order(line(1), "<store>3</store>").replace("<store>1</store>", ""), "there is no store '3'."),
        (new_order(line(1), "<pricelist><id>P9</id></pricelist>"), "there is no pricelist 'P9'."),
        ("<orders><order><id>shop-1</id><locked>yes</locked></order></orders>", "Order shop-1: type, store is missing."),
        (new_order(line(1), kind="wholesale").replace("<store>2", "<store>1"), "store '1' is not a wholesale store."),
    ],
)
def test_orders_that_are_not_made(busy: httpx.Client, content: str, error: str) -> None:
    (reason,) = refused(busy, "orders_Update", content)

    assert error in reason
    assert all_events(busy) == []


@pytest.fixture(scope="module")
def busy(world: World) -> Iterator[httpx.Client]:
    """For tests that change nothing."""
    with connected(CentraSandbox(world)) as client:
        all_events(client)
        yield client


def test_only_active_accounts_can_make_purchases(shop: httpx.Client) -> None:
    buying = new_order(line(1), "<account><id>12345</id></account>", kind="wholesale")
    update(shop, "accounts_Update", "<accounts><account><id>12345</id><status>inactive</status></account></accounts>")
    assert refused(shop, "orders_Update", buying) == ["Order shop-1: account 12345 is not active."]

    update(shop, "accounts_Update", "<accounts><account><id>12345</id><status>active</status></account></accounts>")
    update(shop, "orders_Update", buying)

    made = order(shop)
    assert (value(made, "currency"), value(made, "pricelist/description")) == ("USD", "US Dollar")
    assert value(made, "products/product/tax") == "0.000"


def test_what_was_written_stays_when_the_shop_moves_an_order_on(
    shop: httpx.Client, furnished: CentraSandbox, world: World
) -> None:
    waiting = next(one for one in world.orders_of(System.CENTRA) if one.stage is Stage.PLACED)
    note = f"<orders><order><id>{waiting.number}</id><internalinformation>Seen</internalinformation></order></orders>"
    update(shop, "orders_Update", note)

    furnished.advance(waiting.number, Stage.CONFIRMED)

    moved = order(shop)
    assert [value(moved, name) for name in ("status", "locked", "internalinformation")] == ["confirmed", "yes", "Seen"]


def test_every_order_of_the_world_can_be_locked(shop: httpx.Client, world: World) -> None:
    numbers = [one.number for one in world.orders_of(System.CENTRA)]
    locks = "".join(f"<order><id>{number}</id><locked>yes</locked></order>" for number in numbers)

    update(shop, "orders_Update", f"<orders>{locks}</orders>")

    placed = [one.number for one in world.orders_of(System.CENTRA) if one.stage is Stage.PLACED]
    assert [value(event, "entry") for event in all_events(shop)] == placed
