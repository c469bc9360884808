"""Stories of a database that goes away under load: nothing is taken that is not stored, and all comes back by itself."""

import asyncio
import itertools
import json
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from gateway import ids
from gateway.models import Backend
from gateway.sandbox.server import load_sandboxes
from gateway.sandbox.world import make_world
from tests.cluster import Cluster
from tests.secrets import assert_none_in
from tests.stack import PATIENCE, Stack, until, whole_stack

pytestmark = pytest.mark.long

DEADLINE = 6.0
IN_TIME = 12.0
"""Seconds after which an answer is late, on a machine that has other things to do."""

SETTINGS = {
    "GATEWAY_DEADLINE": f"{DEADLINE:g}",
    "GATEWAY_DATABASE_TIMEOUT": "4",
    "GATEWAY_CENPORTS__CACHE_TTL": "1",
    "GATEWAY_CENTRY__CACHE_TTL": "1",
    "GATEWAY_CARTONCLOUD__POLL_INTERVAL": "0.2",
    "GATEWAY_CENPORTS__INDEX_INTERVAL": "1",  # the first pass may fail too
    "GATEWAY_CENTRY__INDEX_INTERVAL": "1",
}
TOKEN = load_sandboxes(make_world(orders=0))["CARTONCLOUD"].settings("")["GATEWAY_CARTONCLOUD__WEBHOOK_TOKEN"]
ORDERS = """{
  orders(first: 10) { nodes { backend number } sources { backend state count error { code message retryAfter } } }
  warehouses(first: 10) { sources { backend state } }
  backends { backend healthy }
}"""
ONE = "query One($id: ID!) { order(id: $id) { number } }"
LIVE, STORED = {"CENPORTS", "CENTRY"}, {"CENTRA", "CARTONCLOUD"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, cluster: Cluster) -> Iterator[Stack]:
    settings = SETTINGS | {"GATEWAY_DATABASE_URL": cluster.address}
    with whole_stack(tmp_path_factory.mktemp("outage"), orders=10, settings=settings) as made:
        yield made


@dataclass
class Load:
    """What was asked of the gateway, and what came back, in order."""

    address: str
    http: httpx.AsyncClient
    sources: list[dict[str, dict[str, Any]]] = field(default_factory=list)
    webhooks: list[int] = field(default_factory=list)
    ready: list[int] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    slowest: float = 0

    async def ask(self) -> None:
        answer = (await self._timed("POST", "/graphql", json={"query": ORDERS})).json()
        assert "errors" not in answer, answer["errors"]
        self.sources.append({source["backend"]: source for source in answer["data"]["orders"]["sources"]})

    async def ask_for_one(self) -> None:
        """An order of CartonCloud's: there it is, or the error says what is away."""
        order = ids.encode("Order", Backend.CARTONCLOUD, "told-0")
        answer = (await self._timed("POST", "/graphql", json={"query": ONE, "variables": {"id": order}})).json()
        for error in answer.get("errors", ()):
            assert (error["extensions"]["code"], error["extensions"]["retryAfter"]) == ("BACKEND_UNAVAILABLE", 5)

    async def tell(self, number: int) -> None:
        """A webhook of an order that nobody knows yet."""
        order = f"told-{number}"
        record = {"id": order, "type": "OUTBOUND", "version": 1, "items": []}
        response = await self._timed(
            "POST", "/webhooks/cartoncloud", content=json.dumps(record), headers={"X-Webhook-Token": TOKEN}
        )
        self.webhooks.append(response.status_code)
        if response.status_code == 200:
            self.acknowledged.append(order)
        else:
            assert response.status_code == 503
            assert int(response.headers["retry-after"]) > 0

    async def look(self) -> None:
        self.ready.append((await self._timed("GET", "/health/ready")).status_code)

    async def _timed(self, method: str, path: str, **request: Any) -> httpx.Response:
        begun = time.monotonic()
        response = await self.http.request(method, f"{self.address}{path}", **request)
        self.slowest = max(self.slowest, time.monotonic() - begun)
        assert response.status_code in (200, 503), response.text
        assert "INTERNAL_ERROR" not in response.text
        assert_none_in(response.text, "an answer")
        return response

    async def until(self, reached: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not reached():
            assert time.monotonic() < end, "this took too long"
            await asyncio.sleep(0.02)

    async def answers(self, more: int) -> None:
        """Wait for so many further answers."""
        seen = len(self.sources)
        await self.until(lambda: len(self.sources) >= seen + more)

    async def acknowledgements(self, more: int) -> None:
        """Wait until so many further webhooks were taken, and the lists are whole."""
        seen = len(self.acknowledged)
        await self.until(lambda: len(self.acknowledged) >= seen + more and everyone(self.states(), "OK"))

    def states(self) -> dict[str, str]:
        """How each backend took part in the newest answer."""
        return {name: source["state"] for name, source in self.sources[-1].items()} if self.sources else {}


@asynccontextmanager
async def load(stack: Stack, numbers: Iterator[int]) -> AsyncIterator[Load]:
    """Queries, webhooks and looks at the health, several at once, until the block ends. None of them may fail."""
    async with httpx.AsyncClient(timeout=PATIENCE) as http:
        made = Load(stack.client.address, http)
        ended = asyncio.Event()

        async def again(ask: Callable[[], Any]) -> None:
            while not ended.is_set():
                await ask()
                await asyncio.sleep(0.02)

        async with asyncio.TaskGroup() as group:
            for ask in (made.ask, made.ask, made.ask_for_one, made.look):
                group.create_task(again(ask))
            for _ in range(4):
                group.create_task(again(lambda: made.tell(next(numbers))))
            yield made
            ended.set()


def everyone(states: dict[str, str], expected: str) -> bool:
    return set(states.values()) == {expected} and states.keys() == LIVE | STORED


async def test_a_database_that_is_killed_under_load_costs_nothing_but_its_absence(stack: Stack, cluster: Cluster) -> None:
    numbers = itertools.count()
    async with load(stack, numbers) as running:
        for _ in range(2):
            await running.acknowledgements(20)
            cluster.kill()
            await running.until(lambda: running.states().get("CENTRA") == "FAILED" and running.webhooks[-1:] == [503])
            await running.answers(5)
            away = running.sources[-1]
            cluster.start()
        await running.acknowledgements(20)
        await running.until(lambda: running.ready[-1] == 200)

    assert {name for name, source in away.items() if source["state"] == "OK" and source["count"]} == LIVE
    for name in STORED:
        assert (away[name]["error"]["code"], away[name]["error"]["retryAfter"]) == ("BACKEND_UNAVAILABLE", 5)
        assert "the gateway's own database" in away[name]["error"]["message"]
    assert {200, 503} == set(running.ready)
    assert running.slowest < IN_TIME
    with psycopg.connect(cluster.address) as connection:
        stored = {row[0] for row in connection.execute("SELECT record_id FROM records WHERE record_id LIKE 'told-%'")}
    assert set(running.acknowledged) <= stored


def test_what_feeds_the_read_model_goes_on_by_itself(stack: Stack, cluster: Cluster) -> None:
    def synced() -> dict[str, str]:
        states = stack.client.data("{ backends { backend healthy syncedAt } }")["backends"]
        assert all(state["healthy"] is not False for state in states), "nothing is wrong with the backends"
        return {state["backend"]: state["syncedAt"] for state in states if state["backend"] in STORED and state["syncedAt"]}

    before = synced()
    cluster.kill()
    assert httpx.get(f"{stack.client.address}/health/ready").status_code == 503
    assert httpx.get(f"{stack.client.address}/health/live").status_code == 200
    assert synced() == {}
    cluster.start()

    until(lambda: all(before[name] < instant for name, instant in synced().items()) and synced().keys() == before.keys())


async def test_a_database_that_hangs_delays_nobody_beyond_the_deadline(stack: Stack, cluster: Cluster) -> None:
    async with load(stack, itertools.count(10_000)) as running:
        await running.until(lambda: everyone(running.states(), "OK"))
        cluster.freeze()
        try:
            await running.until(lambda: running.states().get("CENTRA") == "FAILED" and running.webhooks[-1:] == [503])
            await running.answers(3)
            states = running.states()
        finally:
            cluster.thaw()
        await running.acknowledgements(5)

    assert states == dict.fromkeys(LIVE, "OK") | dict.fromkeys(STORED, "FAILED")
    assert running.slowest < IN_TIME


async def test_a_file_that_another_program_keeps_locked_is_an_error_that_passes(tmp_path: Path) -> None:
    with whole_stack(tmp_path, orders=0, settings=SETTINGS) as stack:
        async with httpx.AsyncClient(timeout=PATIENCE) as http:
            running = Load(stack.client.address, http)
            with closing(sqlite3.connect(tmp_path / "gateway.db", isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                await running.tell(1)
                await running.ask()
                other.execute("ROLLBACK")
            await running.tell(1)

    assert running.webhooks == [503, 200]
    assert everyone(running.states(), "OK")
    assert running.slowest < IN_TIME
