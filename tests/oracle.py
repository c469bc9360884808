"""What lists of orders must hold: facts about orders, and what a walk through them may and must show. It knows no gateway."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

FEATURES = {
    "CENPORTS": frozenset({"acknowledged"}),
    "CENTRA": frozenset({"updatedAt"}),
    "CENTRY": frozenset({"updatedAt"}),
    "CARTONCLOUD": frozenset({"updatedAt"}),
}
"""Filters that not every backend can answer, and who can. Who cannot is NOT_SUPPORTED, with no records."""

SEARCHABLE_BY_OWN_NUMBER = frozenset({"CENPORTS"})
"""Cenports finds orders by their own numbers alone."""

Key = tuple[str, str]


@dataclass(frozen=True)
class Fact:
    """An order as its system holds it."""

    backend: str
    backend_id: str
    kind: str
    number: str
    reference: str | None
    status: str
    channel: str | None
    sku: str | None
    acknowledged: bool
    placed_at: datetime

    @property
    def key(self) -> Key:
        return self.backend, self.backend_id

    @property
    def place(self) -> tuple[datetime, str, str]:
        """Where it stands in a list."""
        return self.placed_at, self.backend, self.backend_id


def matches(fact: Fact, wanted: Mapping[str, Any], *, searched: bool = False) -> bool:
    """Whether an order is in the list of this filter. `searched`: as far as its backend can be searched for numbers."""
    numbers = {fact.number} | ({fact.reference} - {None})
    if searched and fact.backend in SEARCHABLE_BY_OWN_NUMBER:
        numbers = {fact.number}
    tests: Mapping[str, Callable[[Any], bool]] = {
        "backends": lambda values: fact.backend in values,
        "kinds": lambda values: fact.kind in values,
        "statuses": lambda values: fact.status in values,
        "channelIds": lambda values: fact.channel in values,
        "skus": lambda values: fact.sku in values,
        "numbers": lambda values: not numbers.isdisjoint(values),
        "acknowledged": lambda value: "acknowledged" in FEATURES[fact.backend] and fact.acknowledged is value,
        "placedAt": lambda span: _holds(span, fact.placed_at),
    }
    return all(tests[name](value) for name, value in wanted.items())


def _holds(span: Mapping[str, str], at: datetime) -> bool:
    start, end = span.get("from"), span.get("to")
    return (start is None or at >= datetime.fromisoformat(start)) and (end is None or at < datetime.fromisoformat(end))


@dataclass
class Oracle:
    """The orders of all systems during one walk. `must` are those that it has to show once, `may` those that it may show."""

    wanted: Mapping[str, Any]
    facts: dict[Key, Fact] = field(default_factory=dict)
    must: set[Key] = field(default_factory=set)
    may: set[Key] = field(default_factory=set)

    def begin(self, facts: Sequence[Fact]) -> None:
        """The walk begins."""
        self.facts = {fact.key: fact for fact in facts}
        self.must = {fact.key for fact in facts if matches(fact, self.wanted, searched=True)}
        self.may = {fact.key for fact in facts if matches(fact, self.wanted)}

    def write(self, fact: Fact) -> None:
        """An order came to be, or was changed, on the way."""
        if not matches(fact, self.wanted):
            self.must.discard(fact.key)
        else:
            self.may.add(fact.key)
        self.facts[fact.key] = fact

    def change(self, key: Key, **changes: Any) -> Fact:
        """The order with these changes, taken note of."""
        self.write(replace(self.facts[key], **changes))
        return self.facts[key]

    def check(self, found: Sequence[Key], incomplete: Collection[str]) -> None:
        """Nothing twice, nothing that may not be, nothing lost but what `incomplete` backends have said that they may lose."""
        assert len(found) == len(set(found)), "an order came twice"
        assert set(found) <= self.may, f"these do not match: {set(found) - self.may}"
        lost = {key for key in self.must - set(found) if key[0] not in incomplete}
        assert not lost, f"these were lost in silence: {lost}"

    def check_order(self, found: Sequence[Key], *, descending: bool) -> None:
        """These stand in the order of their list."""
        places = [self.facts[key].place for key in found]
        assert places == sorted(places, reverse=descending)
