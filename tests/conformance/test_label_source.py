"""LabelSource: the shipping labels of an order."""

from dataclasses import replace

from gateway.models import DocumentKind
from gateway.ports import LabelSource
from tests.conformance.known import sure
from tests.conformance.subject import Subject

PORT = LabelSource


async def test_labels_are_matched_by_order_and_are_labels(subject: Subject) -> None:
    """One file may serve all orders that were asked for together, so how many there are depends on these."""
    orders, ask = subject.known.orders, subject.backend.labels_by_order
    found = await ask([*reversed(orders), *orders])
    assert set(found) <= {order.backend_id for order in orders}
    labels = [label for answer in found.values() for label in sure(answer)]
    assert labels
    assert all(label.filename.strip() for label in labels)
    assert {label.kind for label in labels} == {DocumentKind.SHIPPING_LABEL}
    alone = {order.backend_id: sure((await ask([order])).get(order.backend_id, ())) for order in orders}
    assert {key for key in found if found[key]} == {key for key in alone if alone[key]}
    assert await ask([]) == {}


async def test_an_order_that_nobody_has_has_no_labels(subject: Subject) -> None:
    (order, *_) = subject.known.orders
    stranger = replace(order, backend_id="nobody's", number="nobody's", raw=None)
    found = await subject.backend.labels_by_order([stranger, order])
    assert not found.get("nobody's")
    assert found[order.backend_id]
