"""`confirmOrders`: orders that the shop accepts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gateway.changes import Confirmation
from gateway.models import Backend
from gateway.operations.items import Asked, Operation, WrongInput, above_zero, backend_id, each, only_once


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    orders: tuple[Confirmation, ...]


def _apart(given: Given, _able: Sequence[Backend]) -> Iterator[Asked | WrongInput]:
    return only_once(each("orders", given.orders, _order), lambda item: (item.backend, item.facts.order_id))


def _order(index: int, order: Confirmation, path: tuple[str, ...]) -> Iterator[Asked | WrongInput]:
    for at, box in enumerate(order.boxes):
        yield from above_zero(box.items, *path, "boxes", str(at), "items")
    backend, order_id = backend_id("Order", order.order_id, *path, "orderId")
    yield Asked(index=index, backend=backend, facts=replace(order, order_id=order_id), path=path, named=("orderId",))


CONFIRM_ORDERS = Operation("confirmOrders", Given, _apart)
