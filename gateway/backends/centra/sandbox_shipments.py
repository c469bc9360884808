"""Shipments of an order in the simulated Centra: made, good to go, shipped, paid for, and what comes back from them."""

from collections import Counter
from copy import deepcopy
from decimal import Decimal

from lxml.etree import _Element

from gateway.backends.centra.sandbox_order_goods import amount, check_left, left, quantities, selected
from gateway.backends.centra.sandbox_records import iso, plain, price
from gateway.backends.centra.sandbox_soap import elements, local_name, node, text, texts
from gateway.backends.centra.sandbox_state import Draft, Refused, named, one_of
from gateway.backends.centra.sandbox_xml import arrange, child, children, merge, put, put_text

SHIPMENT = (
    "id", "paid", "shipped", "goodtogo", "appendix", "shipmenttotal", "paidtotal", "currency", "currencyrate", "basecurrency",
    "created", "shippingaddress", "carrierinformation", "products", "refunds", "shipping", "handling", "voucher",
)  # fmt: skip
# What an update does not set: Centra's own numbers, what is looked into below, and what the shipment is known by.
_NOT_SET = (
    "id", "appendix", "capture", "products", "refunds", "shipmenttotal", "paidtotal", "currency", "currencyrate",
    "basecurrency", "created",
)  # fmt: skip
_FLAGS = ("paid", "shipped", "goodtogo", "capture")
_YES_NO = ("yes", "no")


def update_shipment(draft: Draft, order: _Element, sent: _Element) -> None:
    """Change the shipment that is meant, or make it. What is packed is what is sent: to send it again changes nothing."""
    for flag in _FLAGS:
        one_of(sent, flag, _YES_NO)
    shipment = _known(order, sent)
    if shipment is None:
        shipment = _made(draft, order, sent)
    merge(shipment, without(sent, _NOT_SET))
    if children(sent, "products", "product"):
        _pack(order, shipment, sent)
    elif not children(shipment, "products", "product"):
        raise Refused(f"{named(sent)}: it has no products.")
    _count(shipment)
    if text(sent, "capture") == "yes":
        _capture(draft, order, shipment)
    for refund in children(sent, "refunds", "refund"):
        _refund(draft, order, shipment, refund)
    arrange(shipment, SHIPMENT)


def without(sent: _Element, names: tuple[str, ...]) -> _Element:
    """A copy of an element without its children of these names."""
    return node(local_name(sent), *(deepcopy(part) for part in elements(sent) if local_name(part) not in names))


def _known(order: _Element, sent: _Element) -> _Element | None:
    """The page calls the shipment 8 with appendix 1 of order 30 also by `30-1`."""
    key = text(sent, "id")
    if not key:
        raise Refused(f"{named(order)}: a shipment has no id.")
    numbers = {text(order, "id"), text(order, "ordernumber")}
    for shipment in children(order, "shipments", "shipment"):
        if key == text(shipment, "id") or key in {f"{number}-{text(shipment, 'appendix')}" for number in numbers}:
            return shipment
    return None


def _made(draft: Draft, order: _Element, sent: _Element) -> _Element:
    key = text(sent, "id") or ""
    for other in draft.every("order"):
        if text(other, "id") != text(order, "id") and key in texts(other, "shipments", "shipment", "id"):
            raise Refused(f"{named(sent)}: it is one of order {text(other, 'id')}.")
    currency = (node(name, text(order, name)) for name in ("currency", "currencyrate", "basecurrency"))
    address = child(order, "shippingaddress")
    shipment = node(
        "shipment",
        node("id", key),
        *(node(flag, "no") for flag in ("paid", "shipped", "goodtogo")),
        node("appendix", _appendix(order, sent)),
        *currency,
        node("created", iso(draft.at)),
        deepcopy(address) if address is not None else node("shippingaddress"),
        node("carrierinformation", node("carrier"), node("service"), node("tracking"), node("packages", "0")),
        node("products"),
        node("refunds"),
        *(node(name, node("subtotal", "0")) for name in ("shipping", "handling", "voucher")),
    )
    shipments = child(order, "shipments")
    (shipments if shipments is not None else put(order, node("shipments"))).append(shipment)
    return shipment


def _appendix(order: _Element, sent: _Element) -> str:
    """The shipment's number within its order: the next one where none is sent."""
    used = texts(order, "shipments", "shipment", "appendix")
    given = text(sent, "appendix")
    if given and not given.isdecimal():
        raise Refused(f"{named(sent)}: {given!r} is no appendix.")
    if given in used:
        raise Refused(f"{named(sent)}: the order has a shipment with appendix {given}.")
    return given or str(max((int(number) for number in used), default=0) + 1)


def _pack(order: _Element, shipment: _Element, sent: _Element) -> None:
    products = child(sent, "products")
    if products is None:
        return
    wanted = quantities(order, products)
    check_left(order, wanted, left(order, besides=shipment))
    put(shipment, node("products", *selected(order, wanted)))


def _count(shipment: _Element) -> None:
    """The total, and what of it is paid: all or nothing."""
    total = total_of(shipment)
    put_text(shipment, "shipmenttotal", price(total))
    put_text(shipment, "paidtotal", price(total if text(shipment, "paid") == "yes" else Decimal(0)))


def total_of(parent: _Element) -> Decimal:
    """What an order or a shipment comes to: goods, shipping and handling, less the voucher."""
    goods = sum((amount(product, "subtotal") for product in children(parent, "products", "product")), Decimal(0))
    return (
        goods
        + sum(amount(parent, name, "subtotal") for name in ("shipping", "handling"))
        - amount(parent, "voucher", "subtotal")
    )


def _capture(draft: Draft, order: _Element, shipment: _Element) -> None:
    """Take the money that was reserved. Where that cannot be done, or was done before, it has no effect."""
    payments = child(order, "payments")
    reserved = [] if payments is None else [one for one in children(payments, "payment") if text(one, "type") == "auth"]
    if payments is None or not reserved or text(shipment, "paid") == "yes":
        return
    put_text(shipment, "paid", "yes")
    _count(shipment)
    total = amount(shipment, "shipmenttotal")
    payments.append(
        node(
            "payment",
            node("type", "capture"),
            node("value", plain(total)),
            node("created", iso(draft.at)),
            node("transaction", text(reserved[0], "transaction")),
        )
    )
    paid = amount(payments, "total") + total
    put_text(payments, "total", plain(paid))
    put_text(payments, "status", "complete" if paid >= total_of(order) else "incomplete")


def _refund(draft: Draft, order: _Element, shipment: _Element, sent: _Element) -> None:
    """A return: its id is unique in all of Centra, and no more comes back than the shipment holds."""
    key = text(sent, "id")
    if not key:
        raise Refused(f"{named(shipment)}: a refund has no id.")
    _check_own(draft, order, shipment, key)
    refunds = child(shipment, "refunds")
    if refunds is None:
        refunds = put(shipment, node("refunds"))
    known = next((one for one in children(refunds, "refund") if text(one, "id") == key), None)
    if known is None:
        known = node("refund")
        refunds.append(known)
    merge(known, without(sent, ("products",)))
    for products in children(sent, "products"):
        put(known, deepcopy(products))
    _check_returned(order, shipment)


def _check_own(draft: Draft, order: _Element, shipment: _Element, key: str) -> None:
    others = [other for other in draft.every("order") if text(other, "id") != text(order, "id")]
    elsewhere = [one for other in (*others, order) for one in children(other, "shipments", "shipment") if one is not shipment]
    if any(key in texts(one, "refunds", "refund", "id") for one in elsewhere):
        raise Refused(f"Refund {key}: there is one of this id already.")


def _check_returned(order: _Element, shipment: _Element) -> None:
    sent = child(shipment, "products")
    returned: Counter[str] = Counter()
    for products in children(shipment, "refunds", "refund", "products"):
        returned.update(quantities(order, products))
    check_left(order, returned, quantities(order, sent) if sent is not None else {})
