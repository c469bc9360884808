"""Lines of an order: those that an input names by their ids in the graph, and new ones."""

from collections.abc import Sequence
from dataclasses import replace

from gateway.changes import LineQuantity, NewOrderLine
from gateway.models import Backend
from gateway.operations.items import WrongInput, backend_id, one_of


def of_order(
    lines: Sequence[LineQuantity], backend: Backend, order_id: str | None, path: tuple[str, ...]
) -> tuple[LineQuantity, ...]:
    """The lines under their ids in the backend, with the order of each. Raises WrongInput for lines of other orders than
    `order_id` (None: of any), or without a quantity."""
    return tuple(_line(line, backend, order_id, (*path, str(index))) for index, line in enumerate(lines))


def _line(line: LineQuantity, backend: Backend, order_id: str | None, path: tuple[str, ...]) -> LineQuantity:
    at, key = backend_id("OrderLine", line.line_id, *path, "lineId")
    order, _, line_id = key.rpartition("/")
    if at is not backend or (order_id is not None and order != order_id):
        raise WrongInput("This is a line of another order.", *path, "lineId")
    if line.quantity <= 0:
        raise WrongInput("Give a quantity above zero.", *path, "quantity")
    return replace(line, line_id=line_id, order_id=order)


def new_line(line: NewOrderLine, backend: Backend, path: tuple[str, ...]) -> NewOrderLine:
    """A line that is going to be made, its variant under its id in the backend. Raises WrongInput."""
    one_of({"sku": line.sku, "variantRecordId": line.variant_record_id}, *path)
    if line.quantity <= 0:
        raise WrongInput("Give a quantity above zero.", *path, "quantity")
    if line.variant_record_id is None:
        return line
    at, record = backend_id("VariantRecord", line.variant_record_id, *path, "variantRecordId")
    if at is not backend:
        raise WrongInput(f"This is a record of {at.label}; the order is for {backend.label}.", *path, "variantRecordId")
    return replace(line, variant_record_id=record)
