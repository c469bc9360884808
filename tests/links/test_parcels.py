"""Parcels: a shipment belongs to one order only where number, goods and destination leave no other."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.links.parcels import carried, carries
from gateway.models import Backend, Order, OrderKind, OrderStatus, Shipment
from tests.links.orders import AT, outbound, sale, shipment

ONE = outbound("one", "A", "B", customer="10000", to="1")
TWO = outbound("two", "B", "C", customer="10000", to="1")
AWAY = outbound("away", "A", "B", customer="10000", to="2")
UNTOLD = outbound("untold", "A", "B", customer="10000")


def test_a_shipment_carries_an_order_with_which_it_shares_goods() -> None:
    order = sale(Backend.CENTRY, "100", "A")
    assert carries(shipment("A", "B"), order)
    assert not carries(shipment("B"), order)
    assert carries(shipment(), order), "one that names no goods is taken at its word"


CASES = {
    "all goods of one": (shipment("A", "B", number="10000", to="1"), (ONE, TWO), ["one"]),
    "goods of one alone": (shipment("A", number="10000"), (ONE, TWO), ["one"]),
    "goods of both": (shipment("B", number="10000", to="1"), (ONE, TWO), ["one", "two"]),
    "no goods named": (shipment(number="10000", to="1"), (ONE, TWO), ["one", "two"]),
    "sent to where one goes": (shipment("A", "B", number="10000", to="2"), (ONE, AWAY), ["away"]),
    "the destination alone": (shipment(number="10000", to="2"), (ONE, AWAY), ["away"]),
    "nothing tells them apart": (shipment("A", "B", number="10000"), (ONE, AWAY), ["one", "away"]),
    "a known destination before an unknown one": (shipment("A", "B", number="10000", to="1"), (UNTOLD, ONE), ["one"]),
    "redirected": (shipment("A", "B", number="10000", to="3"), (ONE,), ["one"]),
    "an unknown destination before a wrong one": (shipment("A", number="10000", to="3"), (ONE, UNTOLD), ["untold"]),
    "goods of none": (shipment("Z", number="10000", to="1"), (ONE, TWO), []),
}


@pytest.mark.parametrize(("sent", "orders", "of"), CASES.values(), ids=CASES)
def test_goods_and_destination_tell_of_which_order_it_is(sent: Shipment, orders: Sequence[Order], of: list[str]) -> None:
    assert [order.backend_id for order in carried(sent, orders)] == of
    assert sorted(order.backend_id for order in carried(sent, list(reversed(orders)))) == sorted(of)


def test_quantities_tell_parts_of_one_sku_apart() -> None:
    few, many = outbound("few", "A", customer="10000", quantity=1), outbound("many", "A", customer="10000", quantity=5)
    assert carried(shipment("A", number="10000", quantity=5), [few, many]) == [many]
    assert carried(shipment("A", number="10000", quantity=2), [few, many]) == [few, many]


def test_an_order_that_was_called_off_has_sent_nothing_if_another_may_have() -> None:
    called_off = outbound("off", "A", "B", customer="10000", to="1", status=OrderStatus.CANCELLED)
    sent = shipment("A", "B", number="10000", to="1")
    assert carried(sent, [called_off, UNTOLD]) == [UNTOLD]
    assert carried(sent, [called_off]) == [called_off]


def test_nothing_is_sent_long_after_it_was_ordered_or_before() -> None:
    old, new = (
        outbound(name, "A", customer="10000", created_at=AT - timedelta(days=ago)) for name, ago in (("old", 365), ("new", 1))
    )
    sent = shipment("A", number="10000")
    assert carried(sent, [old, new]) == [old, new], "nobody knows when it was sent"
    assert carried(replace(sent, created_at=AT), [old, new]) == [new]
    assert carried(replace(sent, shipped_at=AT - timedelta(days=360)), [old, new]) == [old]
    assert carried(replace(sent, created_at=AT), [old]) == []


def test_it_is_of_no_order_of_another_number_and_of_none_that_arrives() -> None:
    sent = shipment("A", number="10000")
    assert (
        carried(sent, [outbound("w", "A", customer="10001"), outbound("v", "A", customer="10000", kind=OrderKind.INBOUND)])
        == []
    )
