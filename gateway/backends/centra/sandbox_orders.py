"""What Centra tells of the world's orders: the `order` of the vendor's two order events, retail and wholesale."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import groupby

from lxml.etree import _Element

from gateway.backends.centra.sandbox_records import (
    CURRENCY_RATES,
    MARKETS,
    SIZE_NAMES,
    Market,
    account_id,
    account_name,
    brand_record,
    customer_id,
    described,
    iso,
    person,
    plain,
    price,
    variation_id,
)
from gateway.backends.centra.sandbox_soap import node
from gateway.sandbox.world import Dispatch, Line, ShopOrder, Stage, System

BUNDLE_ID = "B221"
_STATUSES = {
    Stage.PLACED: "pending",
    Stage.CONFIRMED: "confirmed",
    Stage.PACKED: "processing",
    Stage.SHIPPED: "completed",
    Stage.DELIVERED: "completed",
    Stage.CANCELLED: "cancelled",
}


def order_record(order: ShopOrder, *, bundle: bool) -> _Element:
    """The order as the page's two events show it. With `bundle` its goods are the parts of one bundle.

    `loyalty` is an element that no page knows: new ones come without notice, anywhere.
    """
    market = MARKETS[order.channel]
    return node(
        "order",
        *_identity(order, market),
        node("loyalty", node("points", "120")) if int(order.number) % 3 == 0 else None,
        node("preferred_shipping_date"),
        *([] if market.type == "retail" else _trade_terms(order)),
        *_costs(order, market),
        node("products", *_products(order, market, bundle=bundle)),
        node("cancelled", *_cancelled(order)),
        node("shipments", *_shipments(order, market)),
        node("carrierinformation", node("carrier"), node("service"), node("account"), node("taxid")),
        *_parties(order, market),
        described("market", market.id, market.description),
        described("pricelist", market.pricelist, market.pricelist_description),
    )


def _identity(order: ShopOrder, market: Market) -> Sequence[_Element | None]:
    """The page's wholesale order has neither `ordernumber` nor `ordertotal`.

    Neither of the page's has `locked`; but orders_Update has, and an order event, it says, has the structure of that.
    """
    retail = market.type == "retail"
    return (
        node("id", order.number),
        node("ordernumber", order.number) if retail else None,
        node("type", market.type),
        node("store", market.store),
        node("status", _status(order, market)),
        node("locked", _yes(order.acknowledged)),
        node("ordertotal", price(order.total)) if retail else None,
        *_currency(market),
        node("created", iso(order.placed_at)),
        node("internal", "false"),
    )


def _costs(order: ShopOrder, market: Market) -> Sequence[_Element | None]:
    """No page shows a voucher that is worth anything: its amount is taken to be positive."""
    return (
        described("collection", "XMAS", "X-Mas"),
        _additionals(order) if market.type == "retail" and order.note else None,
        node("primary_warehouse", node("warehouse", node("id", order.site.codes[System.CENTRA]))),
        _shipping(order, market),
        node("voucher", node("subtotal", plain(order.discount))) if order.discount else None,
        _payments(order, market),
    )


def _parties(order: ShopOrder, market: Market) -> Sequence[_Element | None]:
    retail = market.type == "retail"
    return (
        node("customer", node("id", customer_id(order))) if retail else None,
        _address("shippingaddress", order, market),
        _address("billingaddress", order, market),
        node("internalinformation"),
        node("other", order.note),
        None if retail else node("ponumber", order.reference),
    )


def _status(order: ShopOrder, market: Market) -> str:
    """A wholesale order is completed only when it is also paid for; these are paid on delivery."""
    if market.type == "wholesale" and order.stage is Stage.SHIPPED:
        return "processing"
    return _STATUSES[order.stage]


def _currency(market: Market) -> Sequence[_Element]:
    return (
        node("currency", market.currency),
        node("currencyrate", CURRENCY_RATES[market.currency]),
        node("basecurrency", "SEK"),
    )


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"


def _trade_terms(order: ShopOrder) -> Sequence[_Element]:
    account = account_id(order)
    return (
        node("buyer", node("id", f"{account}_buyer1"), *person(order.buyer), node("email", order.buyer.email)),
        node("salesrep"),
        node("account", node("id", account)),
        described("paymentterms", "30NET", "30 Days"),
        described("shippingterms", "DDU", "Delivered Duty Unpaid"),
    )


def _additionals(order: ShopOrder) -> _Element:
    """What the buyer told the delivery service in the checkout."""
    pairs = {
        "shipwallet_deliverytime": f"{order.placed_at + timedelta(days=5):%Y-%m-%d}",
        "shipwallet_pickup": "",
        "shipwallet_courier_instructions": order.note,
    }
    return node("additionals", *(node("additional", node("key", key), node("value", value)) for key, value in pairs.items()))


def _shipping(order: ShopOrder, market: Market) -> _Element:
    return node(
        "shipping",
        node("subtotal", plain(order.shipping)),
        node("description", order.buyer.country_name),
        node("key", "eur" if market.type == "retail" else ""),
    )


def _payments(order: ShopOrder, market: Market) -> _Element:
    """The page shows unpaid orders alone; `complete` and `capture` are by analogy."""
    paid = _is_paid(order, market)
    total, status = (plain(order.total), "complete") if paid else ("0", "incomplete")
    if market.type == "wholesale":
        return node("payments", node("type", "inv"), node("total", total), node("status", status), node("method"))
    return node(
        "payments",
        node("name", "dibs-window"),
        node("type", "cc"),
        node("total", total),
        node("status", status),
        node("method", "test"),
        *(_payment(order, kind) for kind in (("auth", "capture") if paid else ("auth",))),
    )


def _payment(order: ShopOrder, kind: str) -> _Element:
    return node(
        "payment",
        node("type", kind),
        node("value", plain(order.total)),
        node("created", iso(order.placed_at)),
        node("transaction", f"24045{order.number}"),
    )


def _is_paid(order: ShopOrder, market: Market) -> bool:
    """Retail payments are captured when the order is shipped."""
    return order.stage is Stage.DELIVERED or (order.stage is Stage.SHIPPED and market.type == "retail")


def _products(order: ShopOrder, market: Market, *, bundle: bool) -> Iterable[_Element]:
    """A product for each variation, with its sizes in it. A bundle's parts come first, then the bundle."""
    for lines in _by_variation(order):
        product = _product(order, market, lines)
        sizes = product.find("{*}sizes")
        for size, line in zip(sizes if sizes is not None else (), lines, strict=True):
            size.append(node("warehouseitems", _held(order, line)))
            size.append(node("supplierorderitems"))
        if bundle:
            part_of = node("partof", node("product", node("id", BUNDLE_ID)))
            product.append(node("bundleinfo", node("isbundle", "false"), part_of))
        yield product
    if bundle:
        yield _bundle(order, market)


def _by_variation(order: ShopOrder) -> list[list[Line]]:
    lines = sorted(order.lines, key=lambda line: variation_id(line.item))
    return [list(group) for _, group in groupby(lines, lambda line: variation_id(line.item))]


def _product(order: ShopOrder, market: Market, lines: Sequence[Line]) -> _Element:
    """The `sku` of the variation is not in the page's orders, but in its products: fields are added at any time."""
    item, each = lines[0].item, lines[0].unit_price
    return node(
        "product",
        node("id", item.product),
        *_amounts(market, item.product, each, sum(line.quantity for line in lines)),
        node("description", item.name),
        node("variation", node("id", variation_id(item)), node("description", item.colour), node("sku", item.variation)),
        brand_record(),
        node("sizes", *(_size(order, line) for line in lines)),
        node("comment"),
    )


def _amounts(market: Market, sku: str, each: Decimal, quantity: int) -> Sequence[_Element]:
    """`tax` is a rate in percent."""
    return (
        node("tax", market.tax),
        node("sku", sku),
        node("origprice", price(each)),
        node("price", price(each)),
        node("discount", "0"),
        node("qty", str(quantity)),
        node("subtotal", plain(each * quantity)),
    )


def _size(order: ShopOrder, line: Line) -> _Element:
    return node(
        "size",
        node("id", line.item.size),
        node("sku", line.item.size),
        node("qty", str(line.quantity)),
        node("preorder", "no"),
        node("description", SIZE_NAMES[line.item.size]),
        _order_item(order, line.position),
    )


def _order_item(order: ShopOrder, position: int) -> _Element:
    """The id of a line, unique within the order."""
    return node("orderitem", node("id", f"{order.number}{position}"))


def _held(order: ShopOrder, line: Line) -> _Element:
    return node("warehouse", node("id", order.site.codes[System.CENTRA]), node("qty", str(line.quantity)))


def _bundle(order: ShopOrder, market: Market) -> _Element:
    """What was bought, and is in no warehouse: its parts are picked. Its prices are not shown by the page."""
    size = node(
        "size",
        node("id", "OS"),
        node("sku"),
        node("qty", "1"),
        node("description", SIZE_NAMES["OS"]),
        _order_item(order, len(order.lines) + 1),
    )
    return node(
        "product",
        node("id", BUNDLE_ID),
        *_amounts(market, "B-221", Decimal(0), 1),
        node("description", "Bundle 221"),
        node("variation", node("id", f"{BUNDLE_ID}_1"), node("description")),
        node("sizes", size),
        node("comment"),
        node("bundleinfo", node("isbundle", "true")),
    )


def _cancelled(order: ShopOrder) -> Iterable[_Element]:
    """Laid out as the request that cancels an item. Whether `products` then shrinks, no page says: here it does not."""
    if order.stage is not Stage.CANCELLED:
        return
    for lines in _by_variation(order):
        item = lines[0].item
        yield node(
            "product",
            node("id", item.product),
            node("variation", node("id", variation_id(item))),
            node("sizes", *(_cancelled_size(order, line) for line in lines)),
        )


def _cancelled_size(order: ShopOrder, line: Line) -> _Element:
    return node(
        "size",
        node("id", line.item.size),
        node("qty", str(line.quantity)),
        _order_item(order, line.position),
        node("supplierorderitems"),
    )


def _shipments(order: ShopOrder, market: Market) -> Iterable[_Element]:
    """The goods that the shop ships by itself: good to go once packed, then shipped. A warehouse's are not Centra's."""
    if not order.warehoused and (order.dispatch or order.stage is Stage.PACKED):
        yield _shipment(order, market, order.dispatch)


def _shipment(order: ShopOrder, market: Market, dispatch: Dispatch | None) -> _Element:
    """Retail shipments are numbered by Centra, wholesale ones by whoever made them: `shipment-25-1`."""
    paid = _is_paid(order, market)
    created = dispatch.shipped_at - timedelta(hours=1) if dispatch else order.changed_at
    return node(
        "shipment",
        node("id", f"{int(order.number) % 10_000 + 7}" if market.type == "retail" else f"shipment-{order.number}-1"),
        node("paid", _yes(paid)),
        node("shipped", _yes(dispatch is not None)),
        node("goodtogo", "yes"),
        node("appendix", "1"),
        node("shipmenttotal", price(order.total)),
        node("paidtotal", price(order.total if paid else Decimal(0))),
        *_currency(market),
        node("created", iso(created)),
        _address("shippingaddress", order, market),
        _carrier(dispatch),
        node("products", *(_product(order, market, lines) for lines in _by_variation(order))),
        node("refunds"),
        node("shipping", node("subtotal", plain(order.shipping))),
        node("handling", node("subtotal", "0.00")),
        node("voucher", node("subtotal", plain(order.discount))),
    )


def _carrier(dispatch: Dispatch | None) -> _Element:
    known = (dispatch.carrier, dispatch.service, dispatch.tracking, "1") if dispatch else ("", "", "", "0")
    names = ("carrier", "service", "tracking", "packages")
    return node("carrierinformation", *(node(name, value) for name, value in zip(names, known, strict=True)))


def _address(name: str, order: ShopOrder, market: Market) -> _Element:
    """Persons in retail, companies in wholesale. The page's retail address leaves `address2` and `state` blank."""
    retail, buyer = market.type == "retail", order.buyer
    company = account_name(account_id(order))
    return node(
        name,
        *(person(buyer) if retail else (node("company", company), node("attn", buyer.name))),
        node("address1", buyer.street),
        node("address2", "" if retail else buyer.suburb),
        node("city", buyer.city),
        node("state", "" if retail else buyer.state),
        node("zipcode", buyer.postcode),
        node("country", buyer.country),
        node("email", buyer.email),
        node("telephone", buyer.phone),
        None if retail else node("fax"),
    )
