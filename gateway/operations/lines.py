"""Lines of an order: those that an input names by their ids in the graph, and new ones."""

from collections.abc import Sequence
from dataclasses import replace

from gateway.changes import LineQuantity, NewOrderLine
from gateway.models import Backend
from gateway.operations.items import WrongInput, above_zero, backend_id, every, one_of


def of_order(
    lines: Sequence[LineQuantity], backend: Backend | None, order_id: str | None, *path: str
) -> tuple[tuple[LineQuantity, ...], Sequence[WrongInput]]:
    """The lines under their ids in the backend, with the order of each. Wrong are lines of other backends and orders than these
    (None: of any), and those without a quantity."""

    def take(line: LineQuantity, path: tuple[str, ...]) -> LineQuantity:
        at, key = backend_id("OrderLine", line.line_id, *path, "lineId")
        order, _, line_id = key.rpartition("/")
        if backend not in (None, at) or order_id not in (None, order):
            raise WrongInput("This is a line of another order.", *path, "lineId")
        return replace(line, line_id=line_id, order_id=order)

    taken, wrong = every(lines, take, *path)
    return taken, [*wrong, *above_zero(lines, *path)]


def new_lines(
    lines: Sequence[NewOrderLine], backend: Backend | None, *path: str
) -> tuple[tuple[NewOrderLine, ...], Sequence[WrongInput]]:
    """Lines that are going to be made, their variants under their ids in the backend (None: in any), and what is wrong with
    them."""
    taken, wrong = every(lines, lambda line, at: _new_line(line, backend, at), *path)
    return taken, [*wrong, *above_zero(lines, *path)]


def _new_line(line: NewOrderLine, backend: Backend | None, path: tuple[str, ...]) -> NewOrderLine:
    one_of({"sku": line.sku, "variantRecordId": line.variant_record_id}, *path)
    if line.variant_record_id is None:
        return line
    at, record = backend_id("VariantRecord", line.variant_record_id, *path, "variantRecordId")
    if backend is not None and at is not backend:
        raise WrongInput(f"This is a record of {at.label}; the order is for {backend.label}.", *path, "variantRecordId")
    return replace(line, variant_record_id=record)
