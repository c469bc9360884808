"""AcknowledgementSource: which orders were acknowledged, where the order itself does not say."""

from dataclasses import replace

from gateway.ports import AcknowledgementSource
from tests.conformance.subject import Subject

PORT = AcknowledgementSource


async def test_every_order_is_acknowledged_or_not(subject: Subject) -> None:
    orders, ask = subject.known.orders, subject.backend.acknowledged_by_order
    told = await ask(orders)
    assert set(told) == {order.backend_id for order in orders}
    assert set(told.values()) == {True, False}
    assert await ask([*reversed(orders), *orders]) == told, "the order of orders, or a second time, makes a difference"
    assert await ask(orders[:1]) == {orders[0].backend_id: told[orders[0].backend_id]}
    assert await ask([]) == {}


async def test_hundreds_at_once_and_orders_that_nobody_has(subject: Subject) -> None:
    orders, ask = subject.known.orders, subject.backend.acknowledged_by_order
    strangers = [replace(orders[0], backend_id=f"nobody's/{n}", number=f"nobody's {n}") for n in range(300)]
    told = await ask([*strangers[:150], *orders, *strangers[150:]])
    assert {order.backend_id: told[order.backend_id] for order in orders} == await ask(orders)
    assert not any(told.get(stranger.backend_id) is True for stranger in strangers)
