"""What an order that is made looks like to Centra: the fields of the order event."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from gateway.backends.centra.parties import address, billing_address
from gateway.backends.centra.settings import CentraSettings
from gateway.backends.centra.variants import product
from gateway.changes import NewOrder, NewOrderLine
from gateway.models import Money

PONUMBER = "ponumber"
LINE_PROPERTIES = ("preorder", "comment")


def new_order(order: NewOrder, order_id: str, variants: Iterable[Sequence[str]], settings: CentraSettings) -> dict[str, Any]:
    """`variants` are the ids of what each line sells. The ids of the rows are ours: to send it again means the same rows."""
    sold = zip(order.lines, variants, strict=True)
    bill = billing_address(order)
    store_type = str(settings.store_type)
    message = {
        "id": order_id,
        "ordernumber": order.number.strip(),
        "type": store_type,
        "store": settings.store,
        "ordertotal": amount(order.total),
        "currency": currency(order, settings),
        "created": order.placed_at and order.placed_at.astimezone(settings.zone).isoformat(timespec="seconds"),
        "preferred_shipping_date": order.required_date and order.required_date.isoformat(),
        "account": _held("id", order.account),
        "primary_warehouse": order.warehouse_code and {"warehouse": [{"id": order.warehouse_code}]},
        "shipping": _held("subtotal", amount(order.shipping)),
        "payments": _held("total", amount(order.paid)),
        "products": {"product": [_row(line, ids, f"{order_id}-{at}") for at, (line, ids) in enumerate(sold, 1)]},
        "carrierinformation": told({"carrier": order.carrier_code, "service": order.service_level}),
        "shippingaddress": order.shipping_address and address(order.shipping_address, store_type),
        "billingaddress": bill and address(bill, store_type),
        "other": order.instructions,
        "ponumber": order.reference(PONUMBER),
        "market": _held("id", order.channel_id),
    }
    return told(message)


def _row(line: NewOrderLine, variant: Sequence[str], row_id: str) -> dict[str, Any]:
    """A product element for each line, for prices are of all sizes of a product together."""
    properties = line.properties or {}
    size = {"qty": str(int(line.quantity)), "preorder": properties.get("preorder"), "orderitem": {"id": row_id}}
    return told(
        product(
            variant,
            told(size),
            tax=amount(line.tax),
            price=amount(line.unit_price),
            discount=amount(line.discount),
            qty=str(int(line.quantity)),
            subtotal=amount(line.subtotal),
            description=line.name,
            comment=properties.get("comment"),
        )
    )


def amounts(order: NewOrder) -> dict[tuple[str, ...], Money]:
    """All amounts of an order with the paths at which they stand. A line's tax is none: it is a rate."""
    of_order = {("total",): order.total, ("shipping",): order.shipping, ("paid",): order.paid}
    of_lines = {
        ("lines", str(at), name): given
        for at, line in enumerate(order.lines)
        for name, given in (("unitPrice", line.unit_price), ("discount", line.discount), ("subtotal", line.subtotal))
    }
    return {path: given for path, given in (of_order | of_lines).items() if given}


def currency(order: NewOrder, settings: CentraSettings) -> str | None:
    """That of the amounts; those that come without one are in the settings' currency."""
    return next(
        (known for given in amounts(order).values() if (known := given.currency or settings.currency)), settings.currency
    )


def amount(given: Money | None) -> str | None:
    return None if given is None else plain_decimal(given.amount)


def plain_decimal(number: Decimal) -> str:
    return f"{number:f}"


def _held(name: str, value: str | None) -> dict[str, str] | None:
    return None if value is None else {name: value}


def told(message: Mapping[str, Any]) -> dict[str, Any]:
    """What is there to be said."""
    return {name: value for name, value in message.items() if value not in (None, {})}
