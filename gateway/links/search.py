"""Where to look for the orders that may belong to an order. Pure: whoever asks does the looking."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.links.channels import Channels
from gateway.links.facts import Agreement
from gateway.links.rules import RULES
from gateway.models import Backend, Order, OrderKind

SUREST_TWIN = max(rule.confidence for rule in RULES if Agreement.SAME_NUMBER in rule.needs)
"""How sure a link between two sales can be that only have the same number."""


@dataclass(frozen=True, slots=True)
class Search:
    """For orders of this kind that go by this number, in these backends; None: in all that have such orders."""

    kind: OrderKind
    number: str
    backends: frozenset[Backend] | None = None


def searches(order: Order, channels: Channels, least: float) -> Sequence[Search]:
    """Those that may bring a link that is at least so sure.

    Other sales systems are looked into only where the settings say that they name the order, or for suggestions: it costs
    calls, and rarely brings anything.
    """
    named = [Search(OrderKind.SALE, each.number, each.backends) for each in channels.named(order)]
    if order.kind is not OrderKind.SALE:
        return named
    twins = None if least <= SUREST_TWIN else channels.holders(order)
    found = [*named, Search(OrderKind.OUTBOUND, order.number), Search(OrderKind.SALE, order.number, twins)]
    return [each for each in found if each.number and each.backends != frozenset()]


def rivals(sale: Order) -> Search:
    """For all other sales of the sale's number."""
    return Search(OrderKind.SALE, sale.number)
