"""How long a mutation takes to answer while every backend hangs, and whether all that was accepted is there afterwards.

`make bench` runs it against `gateway serve` processes, on SQLite and, where one answers, on PostgreSQL.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx

from tests import databases
from tests.chaos.replica import Replica
from tests.chaos.storm import Place, answered, listed, place

TRANSACTIONS = 200
WARM_UP = 20
_SETTINGS = {"GATEWAY_CENTRA__QUEUE": "consume"}
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Measured:
    """Of one run: seconds per answer, and of the gateway's processor."""

    answers: Sequence[float]
    cpu: float
    idle: float
    seconds: float


def main() -> None:
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; a transaction is four orders, each for a step of its own")
    for name, address in _addresses():
        for clients in (1, 8):
            with tempfile.TemporaryDirectory() as home, address(Path(home)) as database:
                _report(f"{name}, {clients} at a time", asyncio.run(_measured(Path(home), database, clients)))


def _addresses() -> Iterator[tuple[str, Any]]:
    yield "SQLite", _sqlite
    if databases.answers():
        yield "PostgreSQL", _postgresql
    else:
        print("PostgreSQL: none answers")


@contextmanager
def _sqlite(home: Path) -> Iterator[str]:
    yield f"sqlite:///{home / 'gateway.db'}"


@contextmanager
def _postgresql(_home: Path) -> Iterator[str]:
    """One that waits for the disk, as a real one does."""
    with databases.own_database(waits=True) as address:
        yield address


async def _measured(home: Path, database: str, clients: int) -> Measured:
    with place(home, database, gateways=1, settings=_SETTINGS) as there:
        for backend in there.addresses:
            there.fault(backend, latency=3600)
        [gateway] = there.gateways
        async with httpx.AsyncClient(timeout=60) as http:
            await _submit(http, gateway, there, range(WARM_UP))
            await asyncio.sleep(3)
            idle = await _idle(gateway)
            before, began = _cpu(gateway), time.monotonic()
            each = range(WARM_UP, WARM_UP + TRANSACTIONS)
            parts = [_submit(http, gateway, there, each[at::clients]) for at in range(clients)]
            found = [one for part in await asyncio.gather(*parts) for one in part]
            seconds = time.monotonic() - began
            cpu = _cpu(gateway) - before
            known = {each["handle"] for each in await listed(http, gateway)}
        handles = {handle for handle, _ in found}
        assert len(handles) == TRANSACTIONS
        assert handles <= known, "what was accepted is missing"
        return Measured([taken for _, taken in found], cpu / TRANSACTIONS, idle, seconds)


async def _submit(http: httpx.AsyncClient, gateway: Replica, there: Place, numbers: Sequence[int]) -> list[tuple[str, float]]:
    """One after the other; gives each handle and the seconds that its answer took."""
    found = []
    for number in numbers:
        wish = there.goods.orders(f"B-{number}")
        began = time.perf_counter()
        handle = await answered(http, gateway, wish)
        taken = time.perf_counter() - began
        assert handle is not None, "a mutation was not accepted"
        found.append((handle, taken))
    return found


async def _idle(gateway: Replica) -> float:
    """The share of a core that the gateway takes while it does nothing but wait for backends."""
    before = _cpu(gateway)
    await asyncio.sleep(5)
    return (_cpu(gateway) - before) / 5


def _cpu(gateway: Replica) -> float:
    """Seconds of processor time of its process so far, all threads."""
    fields = Path(f"/proc/{gateway.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _report(name: str, found: Measured) -> None:
    early, late = quantiles(found.answers, n=10)[0], quantiles(found.answers, n=20)[-1]
    print(
        f"{name}: an answer in {median(found.answers) * 1000:.1f} ms (median), {late * 1000:.1f} ms (p95), "
        f"{early * 1000:.1f} ms (the quickest tenth); "
        f"{TRANSACTIONS / found.seconds:.0f} transactions/s, {found.cpu * 1000:.1f} ms of processor each, "
        f"waiting takes {found.idle:.1%} of a core; none of {TRANSACTIONS} is missing; load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
