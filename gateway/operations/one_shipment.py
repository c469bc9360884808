"""Mutations of one shipment: `updateShipment` and `createReturn`."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gateway.changes import NewReturn, ShipmentUpdate
from gateway.models import Backend
from gateway.operations.items import Asked, Operation, WrongInput, backend_id, known, only_item, tried
from gateway.operations.lines import of_order


def _update(given: ShipmentUpdate, _able: Sequence[Backend]) -> Iterator[Asked | WrongInput]:
    backend, shipment_id = backend_id("Shipment", given.shipment_id, "shipmentId")
    yield only_item(backend, replace(given, shipment_id=shipment_id), "shipmentId")


def _return(given: NewReturn, _able: Sequence[Backend]) -> Iterator[Asked | WrongInput]:
    if not given.lines:
        yield WrongInput("Name at least one line.", "lines")
    named = tried(lambda: backend_id("Shipment", given.shipment_id, "shipmentId"))
    lines, wrong = of_order(given.lines, known(named)[0], None, "lines")
    yield from wrong
    if isinstance(named, WrongInput):
        raise named
    backend, shipment_id = named
    yield only_item(backend, replace(given, shipment_id=shipment_id, lines=lines), "shipmentId")


UPDATE_SHIPMENT = Operation("updateShipment", ShipmentUpdate, _update)
CREATE_RETURN = Operation("createReturn", NewReturn, _return)
