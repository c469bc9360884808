"""Random queries: none takes more calls of any operation than its plan told, and no plan asks anybody.

The world is such that nothing of what plans name as reasons is so: its lists are short, its numbers too, and each is of one
order. So what a plan tells must hold though it is not bounded.
"""

import json
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from math import inf
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from gateway.sandbox.world import System
from tests.journeys.call_table import VISITS
from tests.stack import Stack, whole_stack

IN_CI = os.environ.get("CI") == "true"
"""There the examples are the same each time; by hand they are others each time."""

T = TypeVar("T")

ORDERS = 20
LINKS = [
    {"backend": "CENTRY", "channel": "MercadoLibre", "holder": "CARTONCLOUD", "reference": "customer"},
    {"backend": "CENPORTS", "holder": "CENTRY", "reference": "number"},
]
NO_CACHE = {"Cache-Control": "no-cache"}
PLAN = {"X-Gateway-Explain": "plan"}


class Trial:
    """A gateway, and ids of all kinds by their types."""

    def __init__(self, stack: Stack, ids: Mapping[str, list[str]]) -> None:
        self.stack = stack
        self.ids = ids

    def __repr__(self) -> str:
        """Short: it stands in the report of an example that fails."""
        return "Trial()"


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    links = {"GATEWAY_LINK_CHANNELS": json.dumps(LINKS)}
    with whole_stack(tmp_path_factory.mktemp("plans"), orders=ORDERS, settings=links) as stack:
        found = stack.client.data("""{
          Order: orders(first: 100) { nodes { id } } Shipment: shipments(first: 100) { nodes { id } }
          Variant: variants(first: 20) { nodes { id records { id } } }
          Product: products(first: 20) { nodes { id records { id } } }
          Warehouse: warehouses { nodes { id records { id } } }
        }""")
        entities = {kind: [node["id"] for node in page["nodes"]] for kind, page in found.items()}
        records = {
            f"{kind}Record": [record["id"] for node in found[kind]["nodes"] for record in node["records"]]
            for kind in ("Variant", "Product", "Warehouse")
        }
        yield Trial(stack, entities | records)


class Writer:
    """Writes queries by chance."""

    def __init__(self, seed: int, trial: Trial) -> None:
        world = trial.stack.world
        self._chance = random.Random(seed)
        self._ids = trial.ids
        self._numbers = [*sorted({order.number for shop in System for order in world.orders_of(shop)}), "nobody's"]
        self._skus = [*sorted({item.sku for item in world.items}), "nobody's"]
        self._fields = count()

    def query(self) -> str:
        return "{ " + " ".join(self._named(self._root()) for _ in range(self._chance.choice((1, 1, 2)))) + " }"

    def _root(self) -> str:
        sort = self._one_of(("PLACED_AT_ASC", "PLACED_AT_DESC"))
        choices: Sequence[Callable[[], str]] = (
            lambda: f"orders({self._first()}, filter: {self._order_filter()}, sort: {sort}) {{ nodes {{ {self._order(2)} }} }}",
            lambda: f"orders({self._first()}) {{ nodes {{ {self._order(2)} }} edges {{ node {{ {self._order(1)} }} }} }}",
            lambda: f"shipments({self._first()}, filter: {self._shipment_filter()}) {{ nodes {{ {self._shipment(2)} }} }}",
            lambda: (
                f"""nodes(ids: {self._some_ids()}) {{
              id ... on Order {{ {self._order(1)} }} ... on Variant {{ {self._variant(1)} }}
              ... on Shipment {{ {self._shipment(1)} }} ... on Product {{ {self._product(1)} }}
            }}"""
            ),
            lambda: f"node(id: {self._id(self._one_of(list(self._ids)))}) {{ id ... on ProductRecord {{ images {{ url }} }} }}",
            lambda: f"order(id: {self._id('Order')}) {{ {self._order(2)} }}",
            lambda: f"shipment(id: {self._id('Shipment')}) {{ {self._shipment(2)} }}",
            lambda: f"variant(sku: {json.dumps(self._one_of(self._skus))}) {{ {self._variant(2)} }}",
            lambda: f"variant(id: {self._id('Variant')}) {{ {self._variant(1)} }}",
            lambda: f"product(id: {self._id('Product')}) {{ {self._product(2)} }}",
            lambda: f"variants({self._first()}) {{ nodes {{ {self._variant(1)} }} }}",
            lambda: f"products({self._first()}) {{ nodes {{ {self._product(1)} }} }}",
            lambda: (
                f"warehouses {{ nodes {{ code stock({self._first()}) {{ nodes {{ variant {{ {self._variant(1)} }} }} }} }} }}"
            ),
            lambda: f"stockDiscrepancies({self._first()}) {{ nodes {{ spread variant {{ {self._variant(1)} }} }} }}",
            lambda: f"salesChannels(backends: {self._backends()}) {{ name }}",
            lambda: "backends { healthy }",
            lambda: f"warehouses({self._first()}) {{ nodes {{ address {{ city }} records {{ address {{ state }} }} }} }}",
            lambda: f"centry {{ {self._own()} }}",
        )
        return self._one_of(choices)()

    def _order(self, depth: int) -> str:
        further: Sequence[Callable[[], str]] = (
            lambda: f"lines {{ {self._line(depth - 1)} }}",
            lambda: f"shipments({self._first()}) {{ nodes {{ {self._shipment(depth - 1)} }} }}",
            lambda: f"related({self._sure()}, {self._first()}) {{ nodes {{ order {{ {self._order(depth - 1)} }} }} }}",
        )
        plain = "number", "acknowledged", "warehouse { code }", "notes { text }", "documents { number }"
        return self._some_of((*plain, "shippingLabels { filename }"), further if depth else ())

    def _line(self, depth: int) -> str:
        return self._some_of(("sku", "quantity"), (lambda: f"variant {{ {self._variant(depth)} }}",))

    def _shipment(self, depth: int) -> str:
        further: Sequence[Callable[[], str]] = (
            lambda: f"order {{ {self._order(depth - 1)} }}",
            lambda: f"lines {{ {self._line(depth - 1)} }}",
        )
        return self._some_of(("number", "warehouse { code }"), further if depth else ())

    def _variant(self, depth: int) -> str:
        further: Sequence[Callable[[], str]] = (
            lambda: f"stock({self._first()}) {{ nodes {{ available warehouse {{ code }} variant {{ available }} }} }}",
            lambda: f"stock(backends: {self._backends()}) {{ nodes {{ available }} }}",
            *([lambda: f"product {{ {self._product(depth - 1)} }}"] if depth else []),
        )
        return self._some_of(("sku", "available", "images { url }"), further)

    def _product(self, depth: int) -> str:
        further = (lambda: f"variants({self._first()}) {{ nodes {{ {self._variant(depth - 1)} }} }}",)
        return self._some_of(("name", "images { url }", "records { images { url } }"), further if depth else ())

    def _own(self) -> str:
        lists = "colors", "sizes", "categories", "brands", "regions", "webhooks", "confirmationReasons", "buyerRates"
        further: Sequence[Callable[[], str]] = (
            lambda: f"{self._one_of(lists)}({self._first()}) {{ nodes {{ id }} }}",
            lambda: f"{self._one_of(lists)}({self._first()}) {{ edges {{ cursor }} pageInfo {{ hasNextPage }} }}",
            lambda: f"warehousePriorities(integrationConfigId: {self._text()}, {self._first()}) {{ nodes {{ id }} }}",
            lambda: f"syncHistories(variantId: {self._text()}, {self._first()}) {{ nodes {{ id }} }}",
            lambda: f"{self._one_of(('brand', 'city', 'webhook'))}(id: {self._text()}) {{ id }}",
        )
        return self._some_of(("company { name }", "user { id }", "productCount"), further)

    def _text(self) -> str:
        return json.dumps(self._one_of("abc"))

    def _order_filter(self) -> str:
        return self._conditions(
            backends=self._backends(),
            numbers=json.dumps(self._chance.sample(self._numbers, self._chance.randint(0, 25))),
            skus=json.dumps(self._chance.sample(self._skus, 2)),
            statuses=self._one_of(("[PENDING]", "[SHIPPED, CANCELLED]", "[UNKNOWN]", "[DRAFT]")),
            kinds=self._one_of(("[SALE]", "[OUTBOUND, INBOUND]")),
            channelIds=self._one_of(('["AMAZON"]', '["MercadoLibre"]', '["AMAZON", "MercadoLibre"]')),
            acknowledged=self._one_of(("true", "false")),
            placedAt=self._one_of(('{ from: "2026-01-01T00:00:00Z" }', '{ to: "2026-03-01T00:00:00Z" }')),
        )

    def _shipment_filter(self) -> str:
        return self._conditions(
            backends=self._backends(),
            orderNumbers=json.dumps(self._chance.sample(self._numbers, self._chance.randint(0, 10))),
            statuses=self._one_of(("[SHIPPED]", "[PENDING, PACKED]")),
            acknowledged=self._one_of(("true", "false")),
        )

    def _conditions(self, **all_of_them: str) -> str:
        """Two of them at most, for more leave nothing over."""
        chosen = self._chance.sample(sorted(all_of_them), self._chance.randint(0, 2))
        return "{ " + ", ".join(f"{name}: {all_of_them[name]}" for name in chosen) + " }"

    def _some_of(self, plain: Sequence[str], further: Sequence[Callable[[], str]]) -> str:
        choices: Sequence[str | Callable[[], str]] = [*plain, *further]
        chosen = self._chance.sample(choices, self._chance.randint(1, min(3, len(choices))))
        return " ".join(self._named(each if isinstance(each, str) else each()) for each in chosen)

    def _named(self, field: str) -> str:
        """By a name of its own, so that several of it do not get into each other's way."""
        return f"f{next(self._fields)}: {field}"

    def _id(self, kind: str) -> str:
        return json.dumps(self._one_of(self._ids[kind]))

    def _some_ids(self) -> str:
        known = [written for ids in self._ids.values() for written in ids]
        return json.dumps(self._chance.sample(known, self._chance.randint(1, 12)))

    def _backends(self) -> str:
        return f"[{', '.join(self._chance.sample(list(System), self._chance.randint(1, 4)))}]"

    def _first(self) -> str:
        return f"first: {self._one_of((1, 2, 7, 50, 250))}"

    def _sure(self) -> str:
        return f"minConfidence: {self._one_of((0.3, 0.8, 1))}"

    def _one_of(self, choices: Sequence[T]) -> T:
        return self._chance.choice(choices)


def reached(stack: Stack) -> Counter[str]:
    """The calls since the last time this was asked, but for those of the background work."""
    calls = Counter(call for backend in stack.addresses for call in stack.calls(backend) if call not in VISITS)
    stack.forget_calls()
    return calls


@pytest.mark.long
@settings(
    max_examples=int(os.environ.get("PLANS", "20")),
    derandomize=IN_CI,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
@given(seed=st.integers(0, 10**9))
def test_no_query_takes_more_calls_than_its_plan_told(trial: Trial, seed: int) -> None:
    stack, query = trial.stack, Writer(seed, trial).query()
    note(query)
    reached(stack)
    answer = stack.client.ask(query, PLAN)
    assert "errors" not in answer
    assert not reached(stack)
    told = {
        each["operation"]: inf if each["calls"] is None else each["calls"]
        for each in answer["extensions"]["plan"]["backendCalls"]
    }
    stack.client.ask(query, NO_CACHE)
    exceeded = {operation: times for operation, times in reached(stack).items() if times > told.get(operation, 0)}
    assert not exceeded, told
