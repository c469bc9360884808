"""`markShipmentsShipped` and `acknowledgeShipments`."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from gateway.changes import Dispatch, ShipmentAcknowledgement
from gateway.errors import ErrorCode
from gateway.models import Backend
from gateway.operations.items import Asked, Operation, WrongInput, backend_id, each, only_once


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenDispatches:
    shipments: tuple[Dispatch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAcknowledgements:
    shipment_ids: tuple[str, ...] = ()
    order_numbers: tuple[str, ...] = ()
    backend: Backend | None = None


def _dispatches(given: GivenDispatches, _able: Sequence[Backend]) -> Iterator[Asked | WrongInput]:
    return only_once(each("shipments", given.shipments, _dispatch), lambda item: (item.backend, item.facts.shipment_id))


def _dispatch(index: int, shipment: Dispatch, path: tuple[str, ...]) -> Iterable[Asked]:
    backend, shipment_id = backend_id("Shipment", shipment.shipment_id, *path, "shipmentId")
    facts = replace(shipment, shipment_id=shipment_id)
    yield Asked(index=index, backend=backend, facts=facts, path=path, named=("shipmentId",))


def _acknowledgements(given: GivenAcknowledgements, able: Sequence[Backend]) -> Iterator[Asked | WrongInput]:
    """First by id, then by number; the index counts through both. Numbers are for all backends that acknowledge shipments."""
    if not given.shipment_ids and not given.order_numbers:
        yield WrongInput("Name shipments by `shipmentIds` or by `orderNumbers`.", "shipmentIds")
    if given.shipment_ids:
        by_id = each("shipmentIds", given.shipment_ids, partial(_by_id, given.backend))
        yield from only_once(by_id, lambda item: (item.backend, item.facts))
    yield from only_once(_by_numbers(given, able), lambda item: (item.backend, item.facts))


def _by_id(chosen: Backend | None, index: int, written: str, path: tuple[str, ...]) -> Iterable[Asked]:
    backend, shipment_id = backend_id("Shipment", written, *path)
    if chosen not in (None, backend):
        raise WrongInput(f"This is a shipment of {backend.label}: leave `backend` out, or name that.", *path)
    yield Asked(index=index, backend=backend, facts=ShipmentAcknowledgement(shipment_id=shipment_id), path=path)


def _by_numbers(given: GivenAcknowledgements, able: Sequence[Backend]) -> Iterator[Asked | WrongInput]:
    wanted = [given.backend] if given.backend else list(able)
    if given.order_numbers and not wanted:
        yield WrongInput("No configured backend acknowledges shipments.", "orderNumbers", code=ErrorCode.NOT_SUPPORTED)
    for at, number in enumerate(given.order_numbers):
        path = ("orderNumbers", str(at))
        if not number.strip():
            yield WrongInput("Give an order's number.", *path)
            continue
        facts = ShipmentAcknowledgement(order_number=number.strip())
        for backend in wanted:
            index, chosen = len(given.shipment_ids) + at, ("backend",) if given.backend else ()
            yield Asked(index=index, backend=backend, facts=facts, path=path, chosen=chosen)


MARK_SHIPMENTS_SHIPPED = Operation("markShipmentsShipped", GivenDispatches, _dispatches)
ACKNOWLEDGE_SHIPMENTS = Operation("acknowledgeShipments", GivenAcknowledgements, _acknowledgements)
