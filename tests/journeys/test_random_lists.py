"""Random worlds, filters, pages, faults and writes: a walk over the wire loses nothing in silence and shows nothing twice."""

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.sandbox.world import System, World, object_id, uuid
from tests.oracle import FEATURES, Fact, Key, Oracle, matches
from tests.stack import PATIENCE, Stack, whole_stack

IN_CI = os.environ.get("CI") == "true"
"""There the examples are the same each time; by hand they are others each time."""

settings.register_profile(
    "lists", derandomize=IN_CI, database=None, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
)
settings.load_profile("lists")

# The gateway and the systems, in threads of this process, use `random` while values are drawn.
pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")

LIVE = ("CENPORTS", "CENTRY", "CARTONCLOUD")
"""Systems that hold other orders in every example. Centra's stay: they come by events."""
ASKED = ("CENPORTS", "CENTRY")

WORDS: Mapping[str, Mapping[str, str]] = {
    "CENPORTS": {"PENDING": "Pending", "SHIPPED": "Shipped", "CANCELLED": "Cancelled"},
    "CENTRY": {"PENDING": "pending", "SHIPPED": "shipped", "CANCELLED": "cancelled"},
    "CARTONCLOUD": {"PENDING": "AWAITING_STOCK", "SHIPPED": "DISPATCHED", "CANCELLED": "CANCELLED"},
}
CENTRA = {
    "PLACED": "PENDING", "CONFIRMED": "CONFIRMED", "PACKED": "PROCESSING", "SHIPPED": "COMPLETED", "DELIVERED": "COMPLETED",
    "CANCELLED": "CANCELLED",
}  # fmt: skip
CHANNELS, SKUS, STATUSES = ("C1", "C2"), ("S1", "S2"), tuple(WORDS["CENTRY"])
DAY = datetime(2026, 5, 1, 12, tzinfo=UTC)
INSTANTS = [DAY + timedelta(hours=hours) for hours in (0, 0.001, 1, 11, 13, 30, 200, 900)]

ORDERS = """
query Orders($first: Int, $after: String, $filter: OrderFilter, $sort: OrderSort) {
  list: orders(first: $first, after: $after, filter: $filter, sort: $sort) {
    nodes { backend backendId } pageInfo { hasNextPage hasPreviousPage endCursor } sources { backend state }
  }
}
"""

_examples = count()


class Lists:
    """A gateway, the systems behind it, and what they hold."""

    def __init__(self, stack: Stack, database: Path, http: httpx.Client) -> None:
        self.stack = stack
        self.database = database
        self.http = http
        self.example = 0
        self.versions: dict[Key, int] = {}

    def __repr__(self) -> str:
        """Short: it stands in the report of an example that fails."""
        return f"Lists(example {self.example})"

    def begin(self, orders: list[dict[str, Any]]) -> list[Fact]:
        """Let the systems hold these orders and no others. Gives the facts, Centra's among them."""
        self.example = next(_examples)
        self.versions.clear()
        systems = self.stack.systems
        systems["CENPORTS"].clear()
        for channel in CHANNELS:
            systems["CENPORTS"].put("channel", {"channelId": channel, "channelName": channel})
        systems["CENTRY"].drop("orders")
        with closing(sqlite3.connect(self.database, timeout=PATIENCE)) as connection, connection:
            for table in ("records", "record_keys"):
                connection.execute(f"DELETE FROM {table} WHERE backend = 'CARTONCLOUD' AND kind = 'ORDER'")  # noqa: S608  # a fixed name
        facts = [self.fact(index, order) for index, order in enumerate(orders)]
        for fact in facts:
            self.hold(fact)
        return [*facts, *centra(self.stack.world)]

    def fact(self, index: int, drawn: Mapping[str, Any]) -> Fact:
        backend, number = drawn["backend"], f"N{drawn['number']}"
        ids = {
            "CENPORTS": f"{drawn['channel']}/{number}-{index}",
            "CENTRY": object_id("random", self.example, index),
            "CARTONCLOUD": uuid("random", self.example, index),
        }
        cenports, cartoncloud = backend == "CENPORTS", backend == "CARTONCLOUD"
        return Fact(
            backend=backend,
            backend_id=ids[backend],
            kind="OUTBOUND" if cartoncloud else "SALE",
            number=f"{number}-{index}" if cenports else number,
            reference=drawn["reference"] and f"N{drawn['reference']}",
            status=drawn["status"],
            channel=None if cartoncloud else drawn["channel"],
            sku=None if backend == "CENTRY" else drawn["sku"],
            acknowledged=drawn["acknowledged"],
            placed_at=drawn["placed_at"],
        )

    def hold(self, fact: Fact) -> None:
        """Let its system hold the order so."""
        word = WORDS[fact.backend][fact.status]
        if fact.backend == "CENPORTS":
            self.stack.systems["CENPORTS"].put("order", cenports_order(fact, word), acknowledged=fact.acknowledged)
        elif fact.backend == "CENTRY":
            self.stack.systems["CENTRY"].put("orders", centry_order(fact, word))
        else:
            self.versions[fact.key] = version = self.versions.get(fact.key, 0) + 1
            self._tell(cartoncloud_order(fact, word, version))

    def _tell(self, record: Mapping[str, Any]) -> None:
        header = {"X-Webhook-Token": self.stack.settings["GATEWAY_CARTONCLOUD__WEBHOOK_TOKEN"]}
        address = f"{self.stack.client.address}/webhooks/cartoncloud?type=outbound"
        self.http.post(address, content=json.dumps(record), headers=header).raise_for_status()

    def page(self, **variables: Any) -> dict[str, Any]:
        answer = self.http.post(f"{self.stack.client.address}/graphql", json={"query": ORDERS, "variables": variables}).json()
        assert "errors" not in answer, answer["errors"]
        found: dict[str, Any] = answer["data"]["list"]
        return found


def cenports_order(fact: Fact, word: str) -> dict[str, Any]:
    line = {"lineItem": "1", "productSku": fact.sku, "quantity": 1}
    return {
        "orderNo": fact.number,
        "customerOrderNo": fact.reference,
        "channelId": fact.channel,
        "orderDate": fact.placed_at.isoformat(),
        "status": word,
        "lineItems": [line],
    }


def centry_order(fact: Fact, word: str) -> dict[str, Any]:
    at = fact.placed_at.isoformat(timespec="milliseconds")
    numbers = {"number_origin": fact.number, "id_origin": fact.reference}
    return {
        "_id": fact.backend_id,
        "created_at": at,
        "updated_at": at,
        "_status": word,
        "origin": fact.channel,
        "items": [],
    } | numbers


def cartoncloud_order(fact: Fact, word: str, version: int) -> dict[str, Any]:
    at = {"time": fact.placed_at.isoformat()}
    product = {"id": uuid("product", fact.sku), "name": fact.sku, "references": {"code": fact.sku}}
    item = {"details": {"product": product, "unitOfMeasure": {"type": "UNITS"}}, "measures": {"quantity": 1}}
    return {
        "id": fact.backend_id,
        "status": word,
        "references": {"customer": fact.number} | ({"alternateReference": fact.reference} if fact.reference else {}),
        "details": {"deliver": {"method": {"type": "SHIPPING"}}},
        "items": [item],
        "version": version,
        "timestamps": {"created": at, "modified": at},
    }


def centra(world: World) -> list[Fact]:
    """Centra's orders. What the filters of these stories ask for of channel, SKU and number is never theirs."""
    return [
        Fact("CENTRA", order.number, "SALE", order.number, None, CENTRA[order.stage], None, None, False, order.placed_at)
        for order in world.orders_of(System.CENTRA)
    ]


@pytest.fixture(scope="module", params=["read anew", "cached"])
def lists(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lists]:
    """With few records in a native page, so that pages are cut; the first gateway keeps nothing, the second does."""
    home = tmp_path_factory.mktemp("random")
    ttl = "0" if request.param == "read anew" else "30"
    small = {"GATEWAY_CENPORTS__PAGE_SIZE": "4", "GATEWAY_CENTRY__PAGE_SIZE": "3", "GATEWAY_BREAKER_COOLDOWN": "0.01"}
    no_cache = {f"GATEWAY_{backend}__CACHE_TTL": ttl for backend in ASKED}
    with whole_stack(home, orders=5, settings=small | no_cache) as stack, httpx.Client(timeout=PATIENCE) as http:
        yield Lists(stack, home / "gateway.db", http)


ORDER = st.fixed_dictionaries(
    {
        "backend": st.sampled_from(LIVE),
        "number": st.integers(1, 6),
        "reference": st.none() | st.integers(1, 6),
        "status": st.sampled_from(STATUSES),
        "channel": st.sampled_from(CHANNELS),
        "sku": st.sampled_from(SKUS),
        "acknowledged": st.booleans(),
        "placed_at": st.sampled_from(INSTANTS),
    }
)


def some(values: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), unique=True, max_size=2)


SPAN = st.fixed_dictionaries({"from": st.sampled_from(INSTANTS[:4]), "to": st.sampled_from(INSTANTS[4:])})
FILTER = st.fixed_dictionaries(
    {},
    optional={
        "backends": st.lists(st.sampled_from((*FEATURES,)), unique=True, min_size=1),
        "kinds": some(("SALE", "OUTBOUND")),
        "statuses": some((*STATUSES, "COMPLETED")),
        "channelIds": some(CHANNELS),
        "skus": some(SKUS),
        "numbers": some(("N1", "N2", "N3-0", "N4-1", "N5")),
        "acknowledged": st.booleans(),
        "placedAt": SPAN.map(lambda span: {name: at.isoformat() for name, at in span.items()}),
    },
)
SPARSE_FILTER: st.SearchStrategy[dict[str, Any]] = st.just({}) | FILTER.filter(lambda wanted: len(wanted) <= 3)
FIRST = st.sampled_from([1, 2, 3, 5, 7, 50, 250])
SORT = st.sampled_from(["PLACED_AT_DESC", "PLACED_AT_ASC"])
FAULTS = st.dictionaries(st.integers(0, 4), st.sampled_from(ASKED), max_size=2)
WRITE = st.one_of(
    ORDER.map(lambda order: ("add", order)),
    st.tuples(st.just("status"), st.tuples(st.integers(0, 8), st.sampled_from(STATUSES))),
    st.tuples(st.just("acknowledge"), st.tuples(st.integers(0, 8), st.none())),
)
WRITES = st.dictionaries(st.integers(1, 4), WRITE, max_size=2)


def walked(
    lists: Lists, oracle: Oracle, variables: Mapping[str, Any], faults: Mapping[int, str], writes: Mapping[int, Any]
) -> None:
    """Walk to the end and hold each page, and all of them together, against the oracle."""
    found: list[Key] = []
    incomplete: set[str] = set()
    after, more, descending = None, True, variables["sort"].endswith("DESC")
    for page in range(200):
        if not more:
            break
        if page in writes:
            write(lists, oracle, page, *writes[page])
        if page in faults:
            lists.stack.fault(faults[page], match="GET /*", status=404)  # an answer: no older one takes its place
        listed = lists.page(after=after, **variables)
        if page in faults:
            lists.stack.mend()
        states = {source["backend"]: source["state"] for source in listed["sources"]}
        assert "STALE" not in states.values()
        failed = {backend for backend, state in states.items() if state == "FAILED"}
        assert failed <= {faults.get(page)}
        incomplete |= {backend for backend, state in states.items() if state == "PARTIAL"}
        keys = [(node["backend"], node["backendId"]) for node in listed["nodes"]]
        assert len(keys) <= variables["first"]
        oracle.check_order(keys, descending=descending)
        assert listed["pageInfo"]["hasPreviousPage"] is (after is not None)
        found += keys
        more = listed["pageInfo"]["hasNextPage"] or bool(failed)
        after = listed["pageInfo"]["endCursor"]
    assert not more, "the walk does not end"
    oracle.check(found, incomplete)
    if not faults:
        oracle.check_order(found, descending=descending)
    assert incomplete <= set(ASKED)


def write(lists: Lists, oracle: Oracle, page: int, what: str, how: Any) -> None:
    """Change what a system holds, while the walk stands before this page."""
    if what == "add":
        fact = lists.fact(100 + page, how)
        oracle.write(fact)
        lists.hold(fact)
        return
    index, status = how
    held = [key for key, fact in oracle.facts.items() if fact.backend in LIVE]
    if not held:
        return
    key = held[index % len(held)]
    lists.hold(oracle.change(key, status=status) if what == "status" else oracle.change(key, acknowledged=True))


@pytest.mark.parametrize("lists", ["read anew"], indirect=True)
@settings(max_examples=400)
@given(st.lists(ORDER, max_size=9), SPARSE_FILTER, FIRST, SORT, FAULTS, WRITES)
def test_a_walk_loses_nothing_and_shows_nothing_twice(
    lists: Lists,
    orders: list[dict[str, Any]],
    wanted: dict[str, Any],
    first: int,
    sort: str,
    faults: dict[int, str],
    writes: dict[int, Any],
) -> None:
    oracle = Oracle(wanted)
    oracle.begin(lists.begin(orders))
    walked(lists, oracle, {"first": first, "sort": sort, "filter": wanted}, faults, writes)


FIXED = [
    {
        "backend": LIVE[index % 3], "number": index % 6, "reference": None, "status": STATUSES[index % 2],
        "channel": CHANNELS[index % 2], "sku": SKUS[index % 2], "acknowledged": index % 4 == 0,
        "placed_at": DAY + timedelta(hours=index * 7),
    }
    for index in range(36)
]  # fmt: skip


@pytest.fixture(scope="module")
def facts(lists: Lists) -> list[Fact]:
    return lists.begin(FIXED)


@pytest.mark.parametrize("lists", ["cached"], indirect=True)
@settings(max_examples=110)
@given(SPARSE_FILTER, FIRST, SORT)
def test_walks_that_share_what_is_kept_are_whole(
    lists: Lists, facts: list[Fact], wanted: dict[str, Any], first: int, sort: str
) -> None:
    oracle = Oracle(wanted)
    oracle.begin(facts)
    walked(lists, oracle, {"first": first, "sort": sort, "filter": wanted}, {}, {})


def test_the_oracle_sees_what_is_lost_or_doubled_or_in_disorder() -> None:
    fact = Fact("CENTRY", "1", "SALE", "N1", None, "PENDING", "C1", None, False, DAY)
    later = Fact("CENTRY", "2", "SALE", "N2", None, "PENDING", "C1", None, False, DAY + timedelta(hours=1))
    oracle = Oracle({"statuses": ["PENDING"]})
    oracle.begin([fact, later])
    oracle.check([fact.key, later.key], ())
    for found in ([fact.key], [fact.key, fact.key, later.key]):
        with pytest.raises(AssertionError):
            oracle.check(found, ())
    oracle.check([fact.key], {"CENTRY"})
    with pytest.raises(AssertionError):
        oracle.check_order([later.key, fact.key], descending=False)
    oracle.change(later.key, status="SHIPPED")
    oracle.check([fact.key], ())
    assert not matches(oracle.facts[later.key], oracle.wanted)
