"""Mutations of one order: `rescheduleOrder`, `confirmDelivery`, `updateOrder`, `addOrderNote`,
`attachOrderDocument`, `deleteOrderDocument`.

Their inputs name the order in `orderId`, and are its only item.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from gateway.changes import DeliveryConfirmation, DocumentDeletion, NewDocument, NewOrderNote, OrderRescheduling, OrderUpdate
from gateway.models import Backend
from gateway.operations.items import Asked, Operation, WrongInput, backend_id, known, only_item, tried
from gateway.operations.lines import new_lines

G = TypeVar("G", OrderRescheduling, DeliveryConfirmation, NewOrderNote, NewDocument, DocumentDeletion)


def _apart(given: G, _able: Sequence[Backend]) -> Iterator[Asked | WrongInput]:
    backend, order_id = backend_id("Order", given.order_id, "orderId")
    yield only_item(backend, replace(given, order_id=order_id), "orderId")


def _note(given: NewOrderNote, able: Sequence[Backend]) -> Iterator[Asked | WrongInput]:
    if not given.text.strip():
        yield WrongInput("Write something.", "text")
    yield from _apart(given, able)


def _file(given: NewDocument, able: Sequence[Backend]) -> Iterator[Asked | WrongInput]:
    if not given.file.content:
        yield WrongInput("The file is empty.", "file")
    yield from _apart(given, able)


def _document(given: DocumentDeletion, able: Sequence[Backend]) -> Iterator[Asked | WrongInput]:
    if not given.document_id.strip():
        yield WrongInput("Give the document's id (`OrderDocument.id`).", "documentId")
    yield from _apart(given, able)


def _update(given: OrderUpdate, _able: Sequence[Backend]) -> Iterator[Asked | WrongInput]:
    named = tried(lambda: backend_id("Order", given.order_id, "orderId"))
    lines = given.changes.lines
    if lines is not None:
        lines, wrong = new_lines(lines, known(named)[0], "changes", "lines")
        yield from wrong
    if isinstance(named, WrongInput):
        raise named
    backend, order_id = named
    given = replace(given, changes=replace(given.changes, lines=lines))
    yield only_item(backend, replace(given, order_id=order_id), "orderId")


RESCHEDULE_ORDER = Operation("rescheduleOrder", OrderRescheduling, _apart)
CONFIRM_DELIVERY = Operation("confirmDelivery", DeliveryConfirmation, _apart)
UPDATE_ORDER = Operation("updateOrder", OrderUpdate, _update)
ADD_ORDER_NOTE = Operation("addOrderNote", NewOrderNote, _note)
ATTACH_ORDER_DOCUMENT = Operation("attachOrderDocument", NewDocument, _file)
DELETE_ORDER_DOCUMENT = Operation("deleteOrderDocument", DocumentDeletion, _document)
