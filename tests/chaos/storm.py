"""The storm: clients hand in transactions while gateways are killed and systems fail, until all have ended in calm weather."""

import asyncio
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from gateway.models import Backend
from gateway.sandbox.server import environment, load_sandboxes, running
from gateway.sandbox.world import make_world
from tests.chaos.goods import Goods, Wish
from tests.chaos.records import Records
from tests.chaos.replica import SERVE, Replica, replicas
from tests.journeys.changes import input_of, with_file
from tests.stack import QUICK

LEASE, TIMEOUT, LATE = 3.0, 2.0, 0.8
"""Seconds: of a lease, of a call, and after which a call lands of which its caller was told at once that it failed."""

HURRIED = {
    **QUICK,
    "GATEWAY_TRANSACTION_LEASE": str(LEASE),
    "GATEWAY_BREAKER_COOLDOWN": "0.5",
    "GATEWAY_DATABASE_TIMEOUT": "5",
    "GATEWAY_CENTRY__REFRESH_TOKEN": "",  # it is good once: where the answer to it is lost, only a person can help
    **{f"GATEWAY_{backend}__POLL_INTERVAL": "0.5" for backend in ("CENPORTS", "CENTRA")},
    **{f"GATEWAY_{backend}__TIMEOUT": str(TIMEOUT) for backend in Backend},
}
_HANGS = 30.0
_MUTATION = """mutation ($input: {kind}!) {{
    {mutation}(input: $input) {{ transaction {{ handle status }} userErrors {{ code message path }} }}
}}"""
_LIST = """query ($after: String) { transactions(first: 100, after: $after) {
    totalCount pageInfo { endCursor hasNextPage }
    nodes {
        handle operation status submittedAt
        items { index backend status errors { code message } } steps { backend status attempts }
    }
} }"""
_PENDING = """{ transactions(first: 1, filter: {statuses: [QUEUED, PROCESSING]}) { totalCount } }"""


@dataclass(frozen=True, kw_only=True)
class Weather:
    """How bad it is: how many transactions of orders, how many of each adjustment of stock, of each upload, of each update and
    of each deletion, how many kills among them, and which share of calls goes wrong in which way."""

    transactions: int
    kills: int
    adjustments: int = 0
    papers: int = 0
    updates: int = 0
    deletions: int = 0
    freezes: int = 0
    refused: float = 0.05
    failing: float = 0.05
    lost: float = 0.05
    hanging: float = 0.01
    late: float = 0.02
    longest: float = 1.0
    seed: int = 1
    besides: Sequence[tuple[str, Mapping[str, Any]]] = ()
    """What else a backend does wrong, before all that every one does."""

    @property
    def faults(self) -> Iterator[Mapping[str, Any]]:
        """429; 500 before and after it is done; answers that never come before and after; and what is done only later."""
        yield {"share": self.refused, "status": 429, "headers": {"Retry-After": "1"}}
        yield {"share": self.failing, "status": 500}
        yield {"share": self.lost, "status": 500, "lands": 0}
        yield {"share": self.hanging, "latency": _HANGS}
        yield {"share": self.hanging, "latency": _HANGS, "lands": 0}
        yield {"share": self.late, "status": 500, "lands": LATE}


@dataclass
class Outcome:
    """What a storm leaves: how much was wished for, the handles that clients were given for each key, and all transactions."""

    wishes: int = 0
    handles: dict[str, set[str]] = field(default_factory=dict)
    transactions: Sequence[Mapping[str, Any]] = ()
    seconds: float = 0.0
    calm: float = 0.0

    @property
    def statuses(self) -> Counter[str]:
        return Counter(each["status"] for each in self.transactions)

    def of(self, key: str) -> Mapping[str, Any]:
        """The transaction of a key, which must be one."""
        [handle] = self.handles[key]
        return next(each for each in self.transactions if each["handle"] == handle)

    @property
    def repeated(self) -> int:
        """Messages that were sent more than once, or written down and not sent."""
        return sum(step["attempts"] - 1 for each in self.transactions for step in each["steps"] if step["attempts"])


@dataclass(frozen=True)
class Place:
    """The systems with their control addresses, what is wished of them, and the gateways over them."""

    addresses: Mapping[str, str]
    goods: Goods
    records: Records
    gateways: Sequence[Replica]
    settings: Mapping[str, str] = field(repr=False)

    def begin(self, gateway: Replica) -> None:
        gateway.start(self.settings)

    def fault(self, backend: str, **fault: Any) -> None:
        httpx.put(f"{self.addresses[backend]}/__faults", json=fault).raise_for_status()

    def mend(self) -> None:
        for address in self.addresses.values():
            httpx.delete(f"{address}/__faults").raise_for_status()

    def calls(self, backend: str) -> list[str]:
        return [call["operation"] for call in httpx.get(f"{self.addresses[backend]}/__calls").json()]


@contextmanager
def place(
    home: Path,
    database: str,
    gateways: int,
    *,
    started: int | None = None,
    command: Sequence[str] = SERVE,
    settings: Mapping[str, str] = HURRIED,
) -> Iterator[Place]:
    """Everything but the storm: the gateways (or the first of them) are started, and ready."""
    world = make_world(orders=6)
    options: dict[Backend, dict[str, Any]] = {
        Backend.CENPORTS: {"calls_per_minute": 1_000_000},
        Backend.CARTONCLOUD: {"searches": True},
    }
    systems = load_sandboxes(world, options=options)
    with ExitStack() as stack:
        addresses = stack.enter_context(running(systems))
        made = stack.enter_context(replicas(home, gateways, command))
        target = {"url": f"{made[0].address}/webhooks/cartoncloud"}
        httpx.put(f"{addresses[Backend.CARTONCLOUD]}/__webhooks", json=target).raise_for_status()
        given = environment(systems, addresses) | dict(settings) | {"GATEWAY_DATABASE_URL": database}
        there = Place(addresses, Goods(world, systems, addresses), Records(systems, addresses), made, given)
        for gateway in made[:started]:
            there.begin(gateway)
        for gateway in made[:started]:
            gateway.wait()
        yield there


async def storm(there: Place, weather: Weather) -> Outcome:
    """Clients come between the kills, so that there is always something under way. All faults end when most has ended."""
    chance = random.Random(weather.seed)
    wishes = [*_wishes(there, weather)]
    chance.shuffle(wishes)
    outcome, began = Outcome(len(wishes)), time.monotonic()
    for backend, besides in weather.besides:
        there.fault(backend, **besides)
    for backend in there.addresses:
        for fault in weather.faults:
            there.fault(backend, seed=chance.randrange(1_000_000), **fault)
    rounds = weather.kills + weather.freezes
    hits = [*["kill"] * weather.kills, *["freeze"] * weather.freezes]
    chance.shuffle(hits)
    async with httpx.AsyncClient(timeout=5) as http, asyncio.TaskGroup() as clients:
        for at, hit in enumerate([*hits, ""]):
            for wish in wishes[at :: rounds + 1]:
                clients.create_task(_hand_in(there, http, outcome, wish, chance))
            await asyncio.sleep(chance.uniform(0.1, weather.longest))
            if hit:
                await _strike(there, chance.choice(there.gateways), hit)
    await ended(there.gateways[0], all_but=len(wishes) // 4)
    outcome.seconds = time.monotonic() - began
    there.mend()
    outcome.transactions = await ended(there.gateways[0])
    outcome.calm = time.monotonic() - began - outcome.seconds
    return outcome


def _wishes(there: Place, weather: Weather) -> Iterator[Wish]:
    """All that they need is there by then."""
    for number in range(weather.transactions):
        yield there.goods.orders(f"CH-{number}")
    for number in range(weather.adjustments):
        yield from there.goods.adjustments(number)
    for number in range(weather.papers):
        yield from there.records.papers(number)
    for number in range(weather.updates):
        yield from there.records.updates(number)
    for number in range(weather.deletions):
        yield from there.records.deletions(number)


async def _strike(there: Place, gateway: Replica, hit: str) -> None:
    """Kill it, and start it again at once; or stop it for longer than its lease."""
    if hit == "freeze":
        gateway.signal(signal.SIGSTOP)
        await asyncio.sleep(LEASE + 1.5)
        gateway.signal(signal.SIGCONT)
        return
    gateway.kill()
    there.begin(gateway)
    await asyncio.to_thread(gateway.wait)


async def _hand_in(there: Place, http: httpx.AsyncClient, outcome: Outcome, wish: Wish, chance: random.Random) -> None:
    """As a client does who must not lose it: the same again until there is an answer, and once more when there was one."""
    await asyncio.sleep(chance.uniform(0, 0.5))
    answers = 0
    while answers < 2:
        if handle := await answered(http, chance.choice(there.gateways), wish):
            outcome.handles.setdefault(wish.key, set()).add(handle)
            answers += 1
        await asyncio.sleep(0.2)


async def answered(http: httpx.AsyncClient, gateway: Replica, wish: Wish) -> str | None:
    """The handle that the gateway gives; None where no answer came, or one that says that it cannot accept it now."""
    query = _MUTATION.format(kind=input_of(wish.mutation), mutation=wish.mutation)
    data = await _ask(http, gateway, query, {"input": {**wish.given, "idempotencyKey": wish.key}}, wish.file)
    if data is None:
        return None
    payload = data[wish.mutation]
    assert payload["userErrors"] == [], payload["userErrors"]
    handle: str = payload["transaction"]["handle"]
    return handle


async def _ask(
    http: httpx.AsyncClient, gateway: Replica, query: str, variables: Mapping[str, Any], file: bytes | None = None
) -> dict[str, Any] | None:
    """None where no answer came, or one that has an error."""
    plain = {"json": {"query": query, "variables": variables}}
    sent = plain if file is None else with_file(query, variables, file)
    try:
        response = await http.post(f"{gateway.address}/graphql", **sent)
        answer = response.json()
    except (httpx.TransportError, ValueError):
        return None
    data: dict[str, Any] | None = None if answer.get("errors") else answer["data"]
    return data


async def ended(gateway: Replica, *, all_but: int = 0, patience: float = 300) -> Sequence[Mapping[str, Any]]:
    """All transactions, once of no more than so many anything is left to do."""
    async with httpx.AsyncClient(timeout=20) as http, asyncio.timeout(patience):
        left = all_but + 1
        while left > all_but:
            await asyncio.sleep(0.25)
            found = await _ask(http, gateway, _PENDING, {})
            left = found["transactions"]["totalCount"] if found else left
        return await listed(http, gateway)


async def listed(http: httpx.AsyncClient, gateway: Replica) -> Sequence[Mapping[str, Any]]:
    """All transactions that there are."""
    found: list[Mapping[str, Any]] = []
    after = None
    while True:
        data = await _ask(http, gateway, _LIST, {"after": after})
        assert data is not None
        page = data["transactions"]
        found += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            assert page["totalCount"] == len(found)
            return found
