"""What is wrong with an order that Centra shall make, as far as its page tells without asking it."""

from collections.abc import Iterator

from gateway.backends.centra.elements import wrong_extra
from gateway.backends.centra.goods import not_whole
from gateway.backends.centra.new_order_messages import LINE_PROPERTIES, PONUMBER, amounts, new_order
from gateway.backends.centra.parties import unfit_parties
from gateway.backends.centra.settings import CentraSettings, StoreType
from gateway.backends.centra.updates import unsupported
from gateway.changes import NewOrder, NewOrderLine
from gateway.models import OrderKind
from gateway.transactions.work import Wrong

_ELSEWHERE = {"cancelled": "cancelOrders", "shipments": "createShipments"}
"""What may do harm if it is sent twice."""


def unfit_order(order: NewOrder, settings: CentraSettings) -> Iterator[Wrong]:
    """All of it."""
    yield from _without_place(order, settings)
    yield from _references(order)
    yield from unfit_parties(order)
    for index, line in enumerate(order.lines):
        yield from _line(line, ("lines", str(index)))
    yield from _currencies(order, settings)
    filled = new_order(order, "", [("", "", "")] * len(order.lines), settings)
    yield from wrong_extra("Order", filled, order.extra, elsewhere=_ELSEWHERE)


def _without_place(order: NewOrder, settings: CentraSettings) -> Iterator[Wrong]:
    given = {
        "kind": order.kind not in (None, OrderKind.SALE),
        "draft": order.draft,
        "deliveryDate": order.delivery_date,
        "subtotal": order.subtotal,
        "discount": order.discount,
        "tax": order.tax,
        "cashOnDelivery": order.cash_on_delivery,
        "deliveryInstructions": order.delivery_instructions,
        "urgent": order.urgent,
        "properties": order.properties,
    }
    yield from (unsupported(name) for name, value in given.items() if value)
    if order.account and settings.store_type is StoreType.RETAIL:
        yield unsupported("account", what="accounts in a retail store (GATEWAY_CENTRA__STORE_TYPE)")


def _references(order: NewOrder) -> Iterator[Wrong]:
    seen = False
    for index, reference in enumerate(order.references):
        if reference.name != PONUMBER:
            yield unsupported("references", str(index), what=f"a reference {reference.name}")
        elif seen:
            yield Wrong(path=("references", str(index)), message=f"An order of Centra's has one `{PONUMBER}`.")
        seen = seen or reference.name == PONUMBER


def _line(line: NewOrderLine, path: tuple[str, ...]) -> Iterator[Wrong]:
    yield from not_whole(line.quantity, *path, "quantity")
    given = {"lineNumber": line.line_number, "unitOfMeasure": line.unit_of_measure}
    yield from (unsupported(*path, name) for name, value in given.items() if value is not None)
    if line.tax and line.tax.currency:
        yield Wrong(path=(*path, "tax", "currency"), message="Centra's `tax` is a rate in percent: leave the currency out.")
    for name, value in (line.properties or {}).items():
        if name not in LINE_PROPERTIES:
            yield unsupported(*path, "properties", name)
        elif not isinstance(value, str):
            yield Wrong(path=(*path, "properties", name), message="Give a text.")


def _currencies(order: NewOrder, settings: CentraSettings) -> Iterator[Wrong]:
    first: str | None = None
    for path, given in amounts(order).items():
        known = given.currency or settings.currency
        first = first or known
        if known != first:
            yield Wrong(path=(*path, "currency"), message=f"An order has one currency, and other amounts are in {first}.")
