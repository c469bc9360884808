"""`createOrders`: orders to be made, each in the backend that it names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gateway.changes import NewOrder
from gateway.models import Backend
from gateway.operations.items import Asked, Operation, WrongInput, each
from gateway.operations.lines import new_lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    orders: tuple[NewOrder, ...]


def _apart(given: Given, _able: Sequence[Backend]) -> Iterator[Asked | WrongInput]:
    return each("orders", given.orders, _order)


def _order(index: int, order: NewOrder, path: tuple[str, ...]) -> Iterator[Asked | WrongInput]:
    """All that is wrong with it, and what its backend is asked, so that this one says what is wrong too."""
    if not order.number.strip():
        yield WrongInput("Give the number that the order goes by.", *path, "number")
    if not order.lines:
        yield WrongInput("Give at least one line.", *path, "lines")
    lines, wrong = new_lines(order.lines, order.backend, *path, "lines")
    yield from wrong
    yield Asked(index=index, backend=order.backend, facts=replace(order, lines=lines), path=path, named=("backend",))


CREATE_ORDERS = Operation("createOrders", Given, _apart)
