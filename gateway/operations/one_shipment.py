"""Mutations of one shipment: `updateShipment` and `createReturn`."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gateway.changes import NewReturn, ShipmentUpdate
from gateway.models import Backend
from gateway.operations.items import Asked, Operation, WrongInput, backend_id
from gateway.operations.lines import of_order


def _update(given: ShipmentUpdate, _able: Sequence[Backend]) -> Iterator[Asked | WrongInput]:
    try:
        backend, shipment_id = backend_id("Shipment", given.shipment_id, "shipmentId")
        yield Asked(index=0, backend=backend, facts=replace(given, shipment_id=shipment_id), path=(), named=("shipmentId",))
    except WrongInput as wrong:
        yield wrong


def _return(given: NewReturn, _able: Sequence[Backend]) -> Iterator[Asked | WrongInput]:
    if not given.lines:
        yield WrongInput("Name at least one line.", "lines")
    try:
        backend, shipment_id = backend_id("Shipment", given.shipment_id, "shipmentId")
        facts = replace(given, shipment_id=shipment_id, lines=of_order(given.lines, backend, None, ("lines",)))
        yield Asked(index=0, backend=backend, facts=facts, path=(), named=("shipmentId",))
    except WrongInput as wrong:
        yield wrong


UPDATE_SHIPMENT = Operation("updateShipment", ShipmentUpdate, _update)
CREATE_RETURN = Operation("createReturn", NewReturn, _return)
