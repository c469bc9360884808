"""Which records in two systems are the same order: rules as data, each with the confidence that it deserves.

Pure: given an order and candidates, says which belong together and why. Finding candidates is the loaders' work.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from gateway.entities import OrderLink
from gateway.models import LinkStatus, Order, OrderKind, OrderRelation, Reference, Shipment

SALE_REFERENCE = "customer"
"""The reference of a warehouse order in which the seller's order number stands (CartonCloud: `references.customer`)."""


@dataclass(frozen=True)
class Rule:
    """A way to know that a warehouse order fulfils a sale. `evidence` gives what the two share; empty: nothing."""

    name: str
    confidence: float
    evidence: Callable[[Order, Order], list[Reference]]


def _number_reference_and_sku(sale: Order, outbound: Order) -> list[Reference]:
    named = sale_number(outbound)
    shared = sorted(sale.skus & outbound.skus)
    if named != sale.number or not shared:
        return []
    return [Reference("number", sale.number), *(Reference("sku", sku) for sku in shared)]


RULES = (Rule("order-number+reference+sku", 0.95, _number_reference_and_sku),)


def sale_number(order: Order) -> str | None:
    """The number of the sale that a warehouse order names, if it names one."""
    return next((reference.value for reference in order.references if reference.name == SALE_REFERENCE), None)


def links(order: Order, candidates: Iterable[Order]) -> list[OrderLink]:
    """The candidates that belong to the order, the surest first."""
    found = [link for other in candidates if (link := _link(order, other))]
    return sorted(found, key=lambda link: (-link.confidence, link.order.backend, link.order.backend_id))


def carries(shipment: Shipment, order: Order) -> bool:
    """Whether a shipment that goes by the order's number carries goods of it. One that names no SKU is taken at its word."""
    return not shipment.skus or not order.skus or not shipment.skus.isdisjoint(order.skus)


def _link(order: Order, other: Order) -> OrderLink | None:
    pair = _as_sale_and_outbound(order, other)
    if pair is None:
        return None
    for rule in RULES:
        if evidence := rule.evidence(*pair):
            relation = OrderRelation.FULFILLED_BY if pair[0] is order else OrderRelation.FULFILS
            return OrderLink(
                order=other,
                relation=relation,
                status=LinkStatus.AUTO,
                confidence=rule.confidence,
                rule=rule.name,
                evidence=evidence,
            )
    return None


def _as_sale_and_outbound(order: Order, other: Order) -> tuple[Order, Order] | None:
    kinds = (order.kind, other.kind)
    if kinds == (OrderKind.SALE, OrderKind.OUTBOUND):
        return order, other
    if kinds == (OrderKind.OUTBOUND, OrderKind.SALE):
        return other, order
    return None
