"""`createOrders`: orders to be made, each in the backend that it names."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from gateway.changes import NewOrder, NewOrderLine
from gateway.models import Backend
from gateway.operations.items import Asked, Operation, WrongInput, backend_id, each, one_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    orders: tuple[NewOrder, ...]


def _apart(given: Given, _able: Sequence[Backend]) -> Iterator[Asked | WrongInput]:
    return each("orders", given.orders, _order)


def _order(index: int, order: NewOrder, path: tuple[str, ...]) -> Iterable[Asked]:
    if not order.number.strip():
        raise WrongInput("Give the number that the order goes by.", *path, "number")
    if not order.lines:
        raise WrongInput("Give at least one line.", *path, "lines")
    lines = tuple(_line(line, order.backend, (*path, "lines", str(at))) for at, line in enumerate(order.lines))
    yield Asked(index=index, backend=order.backend, facts=replace(order, lines=lines), path=path, named=("backend",))


def _line(line: NewOrderLine, backend: Backend, path: tuple[str, ...]) -> NewOrderLine:
    one_of({"sku": line.sku, "variantRecordId": line.variant_record_id}, *path)
    if line.quantity <= 0:
        raise WrongInput("Give a quantity above zero.", *path, "quantity")
    if line.variant_record_id is None:
        return line
    at, record = backend_id("VariantRecord", line.variant_record_id, *path, "variantRecordId")
    if at is not backend:
        raise WrongInput(f"This is a record of {at.label}; the order is for {backend.label}.", *path, "variantRecordId")
    return replace(line, variant_record_id=record)


CREATE_ORDERS = Operation("createOrders", Given, _apart)
