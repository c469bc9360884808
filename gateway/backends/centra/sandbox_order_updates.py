"""orders_Update in the simulated Centra: orders made, changed, locked, confirmed, cancelled row by row and shipped."""

from collections.abc import Mapping
from copy import deepcopy
from itertools import chain

from lxml.etree import _Element

from gateway.backends.centra.sandbox_order_goods import check_left, left, quantities, released, selected, take_products
from gateway.backends.centra.sandbox_records import iso, price
from gateway.backends.centra.sandbox_shipments import total_of, update_shipment, without
from gateway.backends.centra.sandbox_soap import adopted, node, text
from gateway.backends.centra.sandbox_state import Draft, Refused, complete, in_store, known_in, named, one_of
from gateway.backends.centra.sandbox_trade import known_in_trade
from gateway.backends.centra.sandbox_xml import arrange, child, children, merge, put, put_text

ORDER = (
    "id", "ordernumber", "type", "store", "status", "locked", "ordertotal", "currency", "currencyrate", "basecurrency",
    "created", "internal", "preferred_shipping_date", "buyer", "salesrep", "account", "paymentterms", "shippingterms",
    "deliverywindow", "collection", "additionals", "primary_warehouse", "shipping", "handling", "voucher", "payments",
    "products", "cancelled", "shipments", "carrierinformation", "customer", "shippingaddress", "billingaddress",
    "internalinformation", "other", "ponumber", "market", "pricelist",
)  # fmt: skip
# `canceled` is how the page spells the same word of products and accounts.
STATUSES = ("pending", "confirmed", "processing", "completed", "archived", "cancelled", "canceled")
_NOT_SET = ("id", "ordernumber", "type", "store", "ordertotal", "payments", "products", "cancelled", "shipments")
_PRICED = ("products", "shipping", "handling", "voucher")


def update_order(draft: Draft, sent: _Element) -> None:
    """Change an order, or make it where its id is unknown: only what is sent changes."""
    sent = adopted(sent)
    if not text(sent, "id"):
        raise Refused("An order has no id.")
    one_of(sent, "status", STATUSES)
    one_of(sent, "locked", ("yes", "no"))
    _check_names(draft, sent)
    order = draft.change("order", text(sent, "id"))
    made = order is None
    if order is None:
        order = _made(draft, sent)
    _check_place(order, sent)
    merge(order, without(sent, _NOT_SET))
    _name(draft, order)
    for payments in children(sent, "payments"):
        put(order, deepcopy(payments))
    for products in children(sent, "products"):
        take_products(draft, order, products)
    _count(order, sent, made=made)
    for cancelled in children(sent, "cancelled"):
        _cancel(draft, order, cancelled)
    for shipment in children(sent, "shipments", "shipment"):
        update_shipment(draft, order, shipment)
    _conclude(order)
    arrange(order, ORDER)
    draft.save(order)


def _check_place(order: _Element, sent: _Element) -> None:
    """Only the id says which order is meant; but what is said of it besides must be true."""
    for name in ("type", "store"):
        if text(sent, name) not in (None, text(order, name)):
            raise Refused(f"{named(order)}: its {name} is {text(order, name)}, not {text(sent, name)}.")


def _check_names(draft: Draft, sent: _Element) -> None:
    """What the update names must be there. Only active accounts can make purchases."""
    known_in_trade(draft, sent)
    known_in(draft, "account", sent, "account", "id")
    account = draft.find("account", text(sent, "account", "id"))
    if account is not None and text(account, "status") not in (None, "active"):
        raise Refused(f"{named(sent)}: account {text(account, 'id')} is not active.")


def _name(draft: Draft, order: _Element) -> None:
    """Market and pricelist are told with their names."""
    for kind in ("market", "pricelist"):
        pair = _named_pair(draft.find(kind, text(order, kind, "id")), kind)
        if pair is not None:
            put(order, pair)


def _made(draft: Draft, sent: _Element) -> _Element:
    """A new order, with what Centra knows by itself; the ERP system picks the id, Centra the number."""
    complete(sent, "type", "store")
    in_store(draft, sent)
    if not children(sent, "products", "product"):
        raise Refused(f"{named(sent)}: it has no products.")
    pricelist = draft.find("pricelist", text(sent, "pricelist", "id") or _usual_pricelist(draft, sent))
    currency = text(sent, "currency") or (text(pricelist, "currency") if pricelist is not None else None)
    rate = draft.find("currency", currency)
    if rate is None:
        raise Refused(f"{named(sent)}: there is no currency {currency!r}.")
    return node(
        "order",
        node("id", text(sent, "id")),
        node("ordernumber", _next_number(draft)),
        *(node(name, text(sent, name)) for name in ("type", "store")),
        node("status", "pending"),
        node("locked", "no"),
        node("currency", currency),
        node("currencyrate", text(rate, "rate")),
        node("basecurrency", "SEK"),
        node("created", iso(draft.at)),
        node("internal", "false"),
        *_blanks(draft, sent),
        _named_pair(pricelist, "pricelist"),
    )


def _blanks(draft: Draft, sent: _Element) -> list[_Element]:
    """What the page's order events have even where there is nothing to say."""
    warehouse = next(iter(draft.every("warehouse")), None)
    first = None if warehouse is None else node("warehouse", node("id", text(warehouse, "id")))
    retail = text(sent, "type") == "retail"
    return [
        node("preferred_shipping_date"),
        *([] if retail else [node("salesrep")]),
        node("primary_warehouse", first),
        node("shipping", node("subtotal", "0")),
        node("payments", node("type", "" if retail else "inv"), node("total", "0"), node("status", "incomplete")),
        *(node(name) for name in ("products", "cancelled", "shipments")),
        node("carrierinformation", *(node(name) for name in ("carrier", "service", "account", "taxid"))),
        node("internalinformation"),
        node("other"),
    ]


def _usual_pricelist(draft: Draft, sent: _Element) -> str | None:
    """The account's, else the first one of the store."""
    account = draft.find("account", text(sent, "account", "id"))
    own = text(account, "pricelist", "id") if account is not None else None
    of_store = (text(one, "id") for one in draft.every("pricelist") if text(one, "store") == text(sent, "store"))
    return own or next(of_store, None)


def _named_pair(record: _Element | None, name: str) -> _Element | None:
    if record is None:
        return None
    return node(name, node("id", text(record, "id")), node("description", text(record, "description")))


def _next_number(draft: Draft) -> str:
    """After the highest one that an order has."""
    used = chain.from_iterable((text(order, "id"), text(order, "ordernumber")) for order in draft.every("order"))
    return str(max((int(number) for number in used if number and number.isdecimal()), default=0) + 1)


def _count(order: _Element, sent: _Element, *, made: bool) -> None:
    """The page's wholesale orders have no total: it is kept up where there is one."""
    counted = made or (child(order, "ordertotal") is not None and any(child(sent, name) is not None for name in _PRICED))
    if counted:
        put_text(order, "ordertotal", price(total_of(order)))


def _cancel(draft: Draft, order: _Element, sent: _Element) -> None:
    """So many more of these rows are cancelled. They stay in `products`: no page says that they leave it.

    Nor does one say whether to send it again cancels as many again: here it does, as long as there is something left.
    """
    wanted = quantities(order, sent)
    check_left(order, wanted, left(order))
    cancelled = child(order, "cancelled")
    before = quantities(order, cancelled) if cancelled is not None else {}
    total = {row: wanted.get(row, 0) + before.get(row, 0) for row in {*wanted, *before}}
    put(order, node("cancelled", *_cancelled_products(order, total)))
    released(draft, order, wanted)


def _cancelled_products(order: _Element, wanted: Mapping[str, int]) -> list[_Element]:
    """Laid out as the page's request that cancels an item."""
    products = []
    for product in selected(order, wanted):
        sizes = [
            node(
                "size", *children(size, "id"), *children(size, "qty"), *children(size, "orderitem"), node("supplierorderitems")
            )
            for size in children(product, "sizes", "size")
        ]
        variation = node("variation", *children(product, "variation", "id"))
        products.append(node("product", *children(product, "id"), variation, node("sizes", *sizes)))
    return products


def _conclude(order: _Element) -> None:
    """An order is completed when all of it is shipped and paid for; one of which nothing is left was cancelled."""
    shipments = children(order, "shipments", "shipment")
    if not children(order, "products", "product") or any(left(order).values()):
        return
    if not shipments:
        put_text(order, "status", "cancelled")
    elif all(text(one, "shipped") == text(one, "paid") == "yes" for one in shipments) and _is_open(order):
        put_text(order, "status", "completed")


def _is_open(order: _Element) -> bool:
    return text(order, "status") in ("pending", "confirmed", "processing")
