"""Links: which warehouse order fulfils which sale, and why."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from gateway.links import RULES, carries, links
from gateway.models import Backend, Order, OrderKind, OrderLine, OrderRelation, Reference, Shipment, ShipmentLine

AT = datetime(2026, 1, 1, tzinfo=UTC)


def order(backend: Backend, number: str, *skus: str, kind: OrderKind = OrderKind.SALE, **fields: Any) -> Order:
    lines = [
        OrderLine(backend=backend, order_backend_id=number, line_id=sku, position=i, sku=sku, quantity=Decimal(1))
        for i, sku in enumerate(skus, 1)
    ]
    return Order(
        backend=backend, backend_id=number, fetched_at=AT, kind=kind, number=number, placed_at=AT, lines=lines, **fields
    )


def outbound(number: str, *skus: str, customer: str) -> Order:
    return order(Backend.CARTONCLOUD, number, *skus, kind=OrderKind.OUTBOUND, references=(Reference("customer", customer),))


def test_number_and_a_shared_sku_link_a_sale_to_its_warehouse_order() -> None:
    sale = order(Backend.CENTRY, "100", "A", "B")
    (link,) = links(sale, [outbound("w", "B", "C", customer="100")])
    assert (link.relation, link.rule, link.confidence) == (OrderRelation.FULFILLED_BY, RULES[0].name, RULES[0].confidence)
    assert link.evidence == [Reference("number", "100"), Reference("sku", "B")]


def test_the_link_is_seen_from_the_other_side_too() -> None:
    (link,) = links(outbound("w", "A", customer="100"), [order(Backend.CENTRY, "100", "A")])
    assert link.relation is OrderRelation.FULFILS


@pytest.mark.parametrize(
    "candidate",
    [
        outbound("w", "A", customer="1001"),
        outbound("w", "Z", customer="100"),
        outbound("w", customer="100"),
        order(Backend.CENTRA, "100", "A"),
        order(Backend.CARTONCLOUD, "100", "A", kind=OrderKind.INBOUND, references=(Reference("customer", "100"),)),
        order(Backend.CARTONCLOUD, "100", "A", kind=OrderKind.OUTBOUND, references=(Reference("other", "100"),)),
    ],
    ids=["another number", "no shared sku", "no sku at all", "another sale", "an inbound order", "another reference"],
)
def test_less_than_that_links_nothing(candidate: Order) -> None:
    assert links(order(Backend.CENTRY, "100", "A"), [candidate]) == []


def shipment(*skus: str) -> Shipment:
    lines = [ShipmentLine(backend=Backend.CARTONCLOUD, sku=sku) for sku in skus]
    return Shipment(backend=Backend.CARTONCLOUD, backend_id="s", fetched_at=AT, list_time=AT, lines=lines)


def test_a_shipment_carries_an_order_with_which_it_shares_goods() -> None:
    sale = order(Backend.CENTRY, "100", "A")
    assert carries(shipment("A", "B"), sale)
    assert not carries(shipment("B"), sale)
    assert carries(shipment(), sale), "one that names no goods is taken at its word"
