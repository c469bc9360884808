"""Lines of an order that an input names by their ids in the graph."""

from collections.abc import Sequence
from dataclasses import replace

from gateway.changes import LineQuantity
from gateway.models import Backend
from gateway.operations.items import WrongInput, backend_id


def of_order(
    lines: Sequence[LineQuantity], backend: Backend, order_id: str | None, path: tuple[str, ...]
) -> tuple[LineQuantity, ...]:
    """The lines under their ids in the backend. Raises WrongInput for lines of other orders, or without a quantity."""
    return tuple(_line(line, backend, order_id, (*path, str(index))) for index, line in enumerate(lines))


def _line(line: LineQuantity, backend: Backend, order_id: str | None, path: tuple[str, ...]) -> LineQuantity:
    at, key = backend_id("OrderLine", line.line_id, *path, "lineId")
    order, _, line_id = key.rpartition("/")
    if at is not backend or (order_id is not None and order != order_id):
        raise WrongInput("This is a line of another order.", *path, "lineId")
    if line.quantity <= 0:
        raise WrongInput("Give a quantity above zero.", *path, "quantity")
    return replace(line, line_id=line_id)
