"""What is wrong with an order that Centry shall make, as far as its page tells without asking it."""

from collections.abc import Iterator

from gateway.backends.centry.messages import amounts, left_for_goods, new_order
from gateway.backends.centry.results import not_supported
from gateway.backends.centry.settings import CentrySettings
from gateway.changes import NewOrder, NewOrderLine
from gateway.merging import clashes
from gateway.models import Address, OrderKind
from gateway.transactions.work import Wrong

_NO_PLACE = {
    "account": "Centry's orders belong to the account whose application asks. Leave it out.",
    "placedAt": "Centry dates an order by itself. Leave it out.",
    "warehouseCode": "Centry's orders name no warehouse. Leave it out.",
    "tax": "Centry keeps the tax of each line alone. Give it there.",
    "cashOnDelivery": "Centry's orders have no place for it. Leave it out.",
    "instructions": "Centry's orders have no place for it; notes are added once the order is there. Leave it out.",
    "deliveryInstructions": "Centry's orders have no place for it; notes are added once the order is there. Leave it out.",
    "properties": "Centry's orders have no custom fields. Leave it out.",
}
_OWN_NUMBERS = ("id_origin", "number_origin")


def wrongs(order: NewOrder, settings: CentrySettings) -> Iterator[Wrong]:
    """All of it."""
    yield from _without_place(order)
    yield from _references(order)
    for index, line in enumerate(order.lines):
        yield from _line(line, ("lines", str(index)))
    yield from _money(order, settings.currency)
    filled = new_order(order, [""] * len(order.lines), settings.zone)
    for path in clashes(filled, order.extra or {}):
        yield Wrong(path=("extra", *path), message="The gateway fills this itself. Leave it out of `extra`.")


def _without_place(order: NewOrder) -> Iterator[Wrong]:
    if order.kind not in (None, OrderKind.SALE):
        yield not_supported("Centry has orders of the kind SALE only.", "kind")
    if order.draft:
        yield not_supported("Centry has no drafts. Leave it out.", "draft")
    given = {
        "account": order.account,
        "placedAt": order.placed_at,
        "warehouseCode": order.warehouse_code,
        "tax": order.tax,
        "cashOnDelivery": order.cash_on_delivery,
        "instructions": order.instructions,
        "deliveryInstructions": order.delivery_instructions,
        "properties": order.properties,
    }
    yield from (not_supported(_NO_PLACE[name], name) for name, value in given.items() if value)
    if order.customer and order.customer.company:
        yield not_supported("Centry's buyers have no company. Leave it out.", "customer", "company")
    for name, address in (("billingAddress", order.billing_address), ("shippingAddress", order.shipping_address)):
        yield from _address(name, address or Address())


def _address(name: str, address: Address) -> Iterator[Wrong]:
    if address.company:
        yield not_supported("Centry's addresses have no company. Leave it out.", name, "company")
    if address.name and (address.first_name or address.last_name):
        yield Wrong(path=(name, "name"), message="Give the name, or first and last name, but not both.")


def _references(order: NewOrder) -> Iterator[Wrong]:
    seen: set[str] = set()
    for index, reference in enumerate(order.references):
        path = ("references", str(index))
        if reference.name in seen:
            yield Wrong(path=(*path, "name"), message="This reference is given twice.")
        elif reference.name in _OWN_NUMBERS and reference.value.strip() != order.number.strip():
            yield Wrong(path=(*path, "value"), message=f"Centry is sent `number` as {reference.name}. Leave it out.")
        elif reference.name not in (*_OWN_NUMBERS, "id_pack"):
            yield not_supported("Centry's orders have the reference id_pack besides their number, and no other.", *path, "name")
        seen.add(reference.name)


def _line(line: NewOrderLine, path: tuple[str, ...]) -> Iterator[Wrong]:
    if line.sku is not None and not line.sku.strip():
        yield Wrong(path=(*path, "sku"), message="Give the SKU.")
    if line.quantity != line.quantity.to_integral_value():
        yield Wrong(path=(*path, "quantity"), message="Centry counts whole pieces. Give a whole number.")
    if line.unit_of_measure:
        yield not_supported("Centry counts pieces. Leave it out.", *path, "unitOfMeasure")
    if line.properties:
        yield not_supported("Centry's items have no custom fields. Leave it out.", *path, "properties")
    if line.subtotal is not None and not _adds_up(line):
        message = "Centry is sent price, quantity and discount, which do not make this subtotal. Mend it, or leave it out."
        yield Wrong(path=(*path, "subtotal"), message=message)


def _adds_up(line: NewOrderLine) -> bool:
    if line.unit_price is None or line.subtotal is None:
        return False
    discount = line.discount.amount if line.discount else 0
    return line.subtotal.amount == line.unit_price.amount * line.quantity - discount


def _money(order: NewOrder, usual: str | None) -> Iterator[Wrong]:
    """An order is of one currency; its total is what subtotal, shipping and discount make."""
    first: str | None = None
    for path, money in amounts(order):
        currency = money.currency or usual
        if currency and first and currency != first:
            yield Wrong(path=(*path, "currency"), message=f"Centry's orders are of one currency, and this one is of {first}.")
        first = first or currency
    left = left_for_goods(order)
    if order.subtotal is not None and left is not None and left != order.subtotal.amount:
        message = (
            "Centry makes the total of subtotal, shipping and discount, which do not make this one. Mend it, or leave it out."
        )
        yield Wrong(path=("total",), message=message)
