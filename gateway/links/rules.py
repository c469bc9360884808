"""The rules by which two orders are held to belong together: data, the surest first, which docs/links.md prints."""

from dataclasses import dataclass

from gateway.links.facts import Agreement, Contradiction

THRESHOLD = 0.8
"""Links that are less sure are suggestions: left out unless they are asked for."""

SHORTEST = 5
"""Characters of a number that may link without anything else."""

_ALL = frozenset(Contradiction)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`needs` is in what the two must agree, `despite` the contradictions that it bears.

    With `long_number` what they share must have SHORTEST characters, for nothing else has to agree.
    """

    name: str
    confidence: float
    needs: frozenset[Agreement]
    despite: frozenset[Contradiction] = frozenset()
    long_number: bool = False


RULES = (
    Rule(name="channel-reference", confidence=0.99, needs=frozenset({Agreement.CHANNEL}), long_number=True),
    Rule(
        name="pack",
        confidence=0.99,
        needs=frozenset({Agreement.PACK}),
        despite=frozenset({Contradiction.GOODS, Contradiction.POSTAL_CODE}),
        long_number=True,
    ),
    Rule(name="order-number+reference+sku", confidence=0.95, needs=frozenset({Agreement.NUMBER, Agreement.GOODS})),
    Rule(
        name="order-number+postal-code+7-days",
        confidence=0.85,
        needs=frozenset({Agreement.NUMBER, Agreement.POSTAL_CODE, Agreement.DAYS}),
    ),
    Rule(
        name="same-number+postal-code+7-days",
        confidence=0.7,
        needs=frozenset({Agreement.SAME_NUMBER, Agreement.POSTAL_CODE, Agreement.DAYS}),
    ),
    Rule(name="order-number", confidence=0.5, needs=frozenset({Agreement.NUMBER}), despite=_ALL, long_number=True),
    Rule(name="same-number", confidence=0.4, needs=frozenset({Agreement.SAME_NUMBER}), despite=_ALL, long_number=True),
)
