"""`cancelOrders`: whole orders, or some of their lines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gateway.changes import Cancellation
from gateway.models import Backend
from gateway.operations.items import Asked, Operation, WrongInput, backend_id, each, known, only_once, tried
from gateway.operations.lines import of_order


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    orders: tuple[Cancellation, ...]


def _apart(given: Given, _able: Sequence[Backend]) -> Iterator[Asked | WrongInput]:
    return only_once(each("orders", given.orders, _order), lambda item: (item.backend, item.facts.order_id))


def _order(index: int, order: Cancellation, path: tuple[str, ...]) -> Iterator[Asked | WrongInput]:
    named = tried(lambda: backend_id("Order", order.order_id, *path, "orderId"))
    lines = order.lines
    if lines is not None:
        lines, wrong = of_order(lines, *known(named), *path, "lines")
        yield from wrong
        if not lines:
            yield WrongInput("Name at least one line; or leave them out, to cancel the whole order.", *path, "lines")
    if isinstance(named, WrongInput):
        raise named
    backend, order_id = named
    facts = replace(order, order_id=order_id, lines=lines)
    yield Asked(index=index, backend=backend, facts=facts, path=path, named=("orderId",))


CANCEL_ORDERS = Operation("cancelOrders", Given, _apart)
