"""`createShipments`: shipments of lines of an order, or of items."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gateway.changes import NewShipment
from gateway.models import Backend
from gateway.operations.items import Asked, Operation, WrongInput, backend_id, each, tried
from gateway.operations.lines import of_order


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    shipments: tuple[NewShipment, ...]


def _apart(given: Given, _able: Sequence[Backend]) -> Iterator[Asked | WrongInput]:
    return each("shipments", given.shipments, _shipment)


def _shipment(index: int, shipment: NewShipment, path: tuple[str, ...]) -> Iterator[Asked | WrongInput]:
    """An order that is wrong stays as it was, so that the backend says what else is."""
    found = tried(lambda: _order_id(shipment, path))
    if isinstance(found, WrongInput):
        yield found
    order_id = None if isinstance(found, WrongInput) else found
    lines = shipment.lines
    if lines is not None:
        lines, wrong = of_order(lines, shipment.backend, order_id, *path, "lines")
        yield from wrong
        if not lines:
            yield WrongInput("Name at least one line; or leave them out, to ship all that is left.", *path, "lines")
    facts = replace(shipment, order_id=order_id or shipment.order_id, lines=lines)
    yield Asked(index=index, backend=shipment.backend, facts=facts, path=path, named=("backend",))


def _order_id(shipment: NewShipment, path: tuple[str, ...]) -> str | None:
    if shipment.order_id is None:
        return None
    at, order_id = backend_id("Order", shipment.order_id, *path, "orderId")
    if at is not shipment.backend:
        raise WrongInput(f"This is an order of {at.label}; name its backend, or leave it out.", *path, "orderId")
    return order_id


CREATE_SHIPMENTS = Operation("createShipments", Given, _apart)
