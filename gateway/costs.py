"""Costs: how many calls a question takes at most, told before it is asked. Each backend tells its own (`ports.Priced`).

Counted on is that every call is answered at the first try and as the vendor's page says, that an answer which a key narrows
to a few records is not cut, and that a backend has one record of a SKU. Calls for tokens are not counted.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil, inf
from typing import Literal, TypeAlias

from gateway.models import Backend, OrderFilter, ShipmentFilter, Sort

Question: TypeAlias = Literal[
    "check",
    "orders",
    "orders_by_id",
    "orders_by_number",
    "orders_by_pack",
    "acknowledged_by_order",
    "notes_by_order",
    "documents_by_order",
    "labels_by_order",
    "shipments",
    "shipments_by_id",
    "shipments_by_order",
    "variants_by_sku",
    "variants_by_id",
    "products_by_sku",
    "products_by_id",
    "images_by_product",
    "images_by_variant",
    "warehouses",
    "warehouses_by_id",
    "stock_by_variant",
    "addresses_by_warehouse",
    "sales_channels",
    "centry_records",
    "centry_list",
    "product_count",
    "user_info",
]
"""What a backend can be asked: the methods of the ports whose answers may take calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question. `keys` tells for how many at most, `inf` where nobody knows; `named` are they, where they are known.

    `taken_from` tells what the keys were found in, `holders` which backends that came from, and `listed` whether it came out of
    lists: a backend may have sent the answer with it. Of a list, the filter is given, and where its page begins and ends.
    `kind` is the type of what one backend alone has, `first` how many of its list are asked for.
    """

    keys: float = 1
    named: tuple[str, ...] | None = None
    taken_from: Literal["line", "shipment"] | None = None
    holders: frozenset[Backend] = frozenset()
    listed: bool = True
    orders: OrderFilter = field(default_factory=OrderFilter)
    shipments: ShipmentFilter = field(default_factory=ShipmentFilter)
    page: tuple[int, str | None, Sort] | None = None
    kind: type | None = None
    first: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Calls of one documented operation. `inf`: nobody knows how many.

    `unless` says what makes them more. Reads of one name (`read`) are the same, which an operation needs once.
    """

    operation: str
    calls: float
    unless: str | None = None
    read: str | None = None


CostOf: TypeAlias = Callable[[Asked], Iterable[Cost]]
Costs: TypeAlias = Mapping[Question, CostOf]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One documented operation of one backend, and how often a query calls it at most; None: nobody knows.

    Where it is not `bounded` there may be more, for this `reason`. `operation` is None where the backend does not say.
    """

    backend: Backend
    operation: str | None
    calls: int | None
    bounded: bool
    reason: str | None = None


def nothing(_asked: Asked) -> Iterable[Cost]:
    """What the gateway knows by itself, or was told with something else."""
    return ()


def times(keys: float, each: float = 1) -> float:
    """So many for each key."""
    return keys * each if keys and each else 0


def parts(keys: float, size: int) -> float:
    """In how many parts of this size so many keys are asked for."""
    return keys if keys == inf else ceil(keys / size)


_UNKNOWN = "How often it is asked for is not known beforehand."
_TOO_MANY = 1_000_000_000
"""More calls than anybody will make are not counted, for numbers that no client can read."""


class Bill:
    """What a query costs, question by question."""

    def __init__(self) -> None:
        self._calls: dict[tuple[Backend, str | None], float] = {}
        self._reads: dict[tuple[Backend, str, str], float] = {}
        self._reasons: dict[tuple[Backend, str | None], dict[str, None]] = {}

    def add(self, backend: Backend, cost_of: CostOf | None, asked: Asked, batches: float, unless: Collection[str]) -> None:
        """A question that is asked in so many parts at most, for keys that are no more unless one of these things is so."""
        if cost_of is None:
            self._take(backend, None, inf, [f"{backend.label} does not tell what it costs to ask."])
            return
        endless = {(cost.operation, cost.read): cost.calls for cost in _in_batches(cost_of, replace(asked, keys=inf), batches)}
        for cost in _in_batches(cost_of, asked, batches):
            depends = cost.calls != endless.get((cost.operation, cost.read)) or cost.calls == inf
            reasons = [*([cost.unless] if cost.unless else []), *(sorted(unless) if depends else [])]
            if cost.read is None:
                self._take(backend, cost.operation, cost.calls, reasons)
            else:
                known = self._reads.get((backend, cost.operation, cost.read), 0)
                self._reads[backend, cost.operation, cost.read] = max(known, cost.calls)
                self._take(backend, cost.operation, max(cost.calls - known, 0), reasons)

    def planned(self) -> list[Planned]:
        """By backend, in the order in which their operations came up."""
        by_backend = sorted(self._calls.items(), key=lambda known: known[0][0])
        return [self._line(backend, operation, calls) for (backend, operation), calls in by_backend]

    def _line(self, backend: Backend, operation: str | None, calls: float) -> Planned:
        reasons = [*self._reasons[backend, operation]] or ([_UNKNOWN] if calls == inf else [])
        if _TOO_MANY <= calls < inf:
            reasons.append(f"The query allows for more than {_TOO_MANY} calls.")
        return Planned(
            backend=backend,
            operation=operation,
            calls=None if calls >= _TOO_MANY else int(calls),
            bounded=not reasons,
            reason=" ".join(reasons) or None,
        )

    def _take(self, backend: Backend, operation: str | None, calls: float, reasons: Iterable[str]) -> None:
        if not calls and not reasons:
            return
        key = backend, operation
        self._calls[key] = self._calls.get(key, 0) + calls
        self._reasons.setdefault(key, {}).update(dict.fromkeys(reasons))


def _in_batches(cost_of: CostOf, asked: Asked, batches: float) -> Sequence[Cost]:
    """Keys that come up one after the other may be asked for in several parts: each costs no more than a single key more."""
    whole = list(cost_of(asked))
    if batches <= 1 or asked.keys <= 1 or asked.named is not None:
        return whole
    further = min(batches, asked.keys) - 1
    single = {cost.operation: cost.calls for cost in cost_of(replace(asked, keys=1)) if cost.read is None}
    return [cost if cost.read else replace(cost, calls=_most(cost, asked.keys, further, single)) for cost in whole]


def _most(cost: Cost, keys: float, further: float, single: Mapping[str, float]) -> float:
    each = single.get(cost.operation, 0)
    return min(cost.calls + times(further, each), max(cost.calls, times(keys, each)))
