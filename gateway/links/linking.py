"""Linking: the rules at work on orders that were looked up.

Pure, and the same whichever of two orders is asked about, and in whatever order the others come. Where several rules hold for
a pair, the surest is told; a person's word goes before all of them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gateway.entities import INVERSE, LinkWord, OrderLink
from gateway.links.channels import Channels
from gateway.links.facts import Agreement, Pair, agreements, contradictions, identity, is_settled, pairs
from gateway.links.rules import RULES, SHORTEST, THRESHOLD, Rule
from gateway.models import Backend, LinkStatus, Order, OrderKind, OrderRelation, Reference

PERSON = "person"
"""The rule of a link that a person set."""

_NO_CHANNELS = Channels()
_Id = tuple[Backend, str]


@dataclass(frozen=True, slots=True)
class _Finding:
    """A rule that holds for a pair. `settled`: no other sale can be meant."""

    pair: Pair
    rule: Rule
    evidence: Sequence[Reference]
    settled: bool

    @property
    def rank(self) -> tuple[bool, float]:
        return self.settled, self.rule.confidence

    @property
    def is_contested(self) -> bool:
        """Whether it is to be held against what links other sales of the same number to the same warehouse order."""
        return self.pair.of_warehouse and not self.settled and self.rule.confidence >= THRESHOLD


class Linking:
    """The rules at work, with the channels that are configured and what people said of the orders in question."""

    def __init__(self, channels: Channels = _NO_CHANNELS, words: Iterable[LinkWord] = ()) -> None:
        self._channels = channels
        self._words = {key: word for said in words for key, word in _both_ways(said)}

    def links(self, order: Order, others: Iterable[Order]) -> list[OrderLink]:
        """Which of the others belong to the order, the surest first.

        `order` of a link is null where a person named one that is not among the others.
        """
        known = {identity(other): other for other in others if identity(other) != identity(order)}
        said = {other: word for (one, other), word in self._words.items() if one == identity(order)}
        found = [
            _by_rule(order, finding)
            for other in known.values()
            if identity(other) not in said and (finding := self._finding(order, other, known.values()))
        ]
        confirmed = (word for word in said.values() if word.status is LinkStatus.CONFIRMED)
        found += [self.spoken(word, order, known.get(word.other)) for word in confirmed]
        return sorted(found, key=lambda link: (-link.confidence, link.backend, link.backend_id))

    def is_contested(self, order: Order, others: Iterable[Order]) -> bool:
        """Whether all other sales of a sale's number have to be known too before it can be said what belongs to it."""
        found = (self._strongest(order, other) for other in others if not self._said(order, other))
        return order.kind is OrderKind.SALE and any(finding.is_contested for finding in found if finding)

    def spoken(self, word: LinkWord, order: Order | None, other: Order | None) -> OrderLink:
        """A person's word as the link that it makes, as far as the two orders are known."""
        said = [Reference("saidBy", word.said_by), Reference("saidAt", word.said_at.isoformat())]
        finding = self._strongest(order, other) if order and other else None
        return OrderLink(
            backend=word.other[0],
            backend_id=word.other[1],
            order=other,
            relation=word.relation,
            status=word.status,
            confidence=1.0 if word.status is LinkStatus.CONFIRMED else 0.0,
            rule=PERSON,
            evidence=[*said, *(finding.evidence if finding else ())],
        )

    def _finding(self, order: Order, other: Order, known: Iterable[Order]) -> _Finding | None:
        finding = self._strongest(order, other)
        if finding and finding.is_contested and self._is_outdone(finding, (order, *known)):
            return self._strongest(order, other, below=THRESHOLD)
        return finding

    def _is_outdone(self, finding: _Finding, known: Iterable[Order]) -> bool:
        """Whether another sale has as good a claim to the warehouse order. One that is the same order has none of its own."""
        sale, warehouse_order = finding.pair.sale, finding.pair.other
        rivals = (r for r in known if r.kind is OrderKind.SALE and r is not sale and r.number == sale.number)
        return any(self._claim(r, warehouse_order) >= finding.rank and not self._are_same(sale, r) for r in rivals)

    def _claim(self, sale: Order, warehouse_order: Order) -> tuple[bool, float]:
        word = self._said(sale, warehouse_order)
        if word is not None:
            return (True, 1.0) if word.status is LinkStatus.CONFIRMED else (False, 0.0)
        finding = self._strongest(sale, warehouse_order)
        return finding.rank if finding else (False, 0.0)

    def _are_same(self, one: Order, two: Order) -> bool:
        word = self._said(one, two)
        if word is not None:
            return word.status is LinkStatus.CONFIRMED and word.relation is OrderRelation.SAME_ORDER
        finding = self._strongest(one, two)
        if finding is None or finding.rule.confidence < THRESHOLD:
            return False
        return finding.pair.relation is OrderRelation.SAME_ORDER

    def _strongest(self, one: Order, two: Order, below: float = 2.0) -> _Finding | None:
        found = [finding for pair in pairs(one, two, self._channels) for finding in _findings(pair)]
        return max((f for f in found if f.rule.confidence < below), key=lambda f: f.rule.confidence, default=None)

    def _said(self, one: Order, two: Order) -> LinkWord | None:
        return self._words.get((identity(one), identity(two)))


def _findings(pair: Pair) -> Iterator[_Finding]:
    shared, against = agreements(pair), contradictions(pair)
    evidence = [reference for part in shared.values() for reference in part]
    for rule in RULES:
        if rule.needs <= shared.keys() and against <= rule.despite and _is_long_enough(rule, shared):
            yield _Finding(pair, rule, evidence, is_settled(pair, shared))


def _is_long_enough(rule: Rule, shared: Mapping[Agreement, Sequence[Reference]]) -> bool:
    return not rule.long_number or all(len(part.value) >= SHORTEST for need in rule.needs for part in shared[need])


def _by_rule(order: Order, finding: _Finding) -> OrderLink:
    pair = finding.pair
    seen_from_sale = pair.sale is order
    other = pair.other if seen_from_sale else pair.sale
    return OrderLink(
        backend=other.backend,
        backend_id=other.backend_id,
        order=other,
        relation=pair.relation if seen_from_sale else INVERSE[pair.relation],
        status=LinkStatus.AUTO,
        confidence=finding.rule.confidence,
        rule=finding.rule.name,
        evidence=finding.evidence,
    )


def _both_ways(word: LinkWord) -> tuple[tuple[tuple[_Id, _Id], LinkWord], ...]:
    return ((word.order, word.other), word), ((word.other, word.order), word.turned)
