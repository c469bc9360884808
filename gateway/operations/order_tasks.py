"""`acknowledgeOrders`, `lockOrders` and `deleteOrders`: orders of which nothing is said but that it shall be done."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gateway.changes import OrderTask
from gateway.models import Backend
from gateway.operations.items import Asked, Operation, WrongInput, backend_id, each, only_once


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    order_ids: tuple[str, ...]


def _apart(given: Given, _able: Sequence[Backend]) -> Iterator[Asked | WrongInput]:
    return only_once(each("orderIds", given.order_ids, _task), lambda item: (item.backend, item.facts))


def _task(index: int, written: str, path: tuple[str, ...]) -> Iterable[Asked]:
    backend, order_id = backend_id("Order", written, *path)
    yield Asked(index=index, backend=backend, facts=OrderTask(order_id=order_id), path=path)


ACKNOWLEDGE_ORDERS = Operation("acknowledgeOrders", Given, _apart)
LOCK_ORDERS = Operation("lockOrders", Given, _apart)
DELETE_ORDERS = Operation("deleteOrders", Given, _apart)
