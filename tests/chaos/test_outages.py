"""What a gateway does while it, its disk or its database is away: nothing that was accepted is lost, nothing is done twice."""

import asyncio
import resource
import signal
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.chaos.replica import Replica
from tests.chaos.storm import Place, Weather, answered, ended, place, storm
from tests.cluster import Cluster
from tests.stack import until

ONCE = Counter(["CENPORTS", "CENTRA", "CENTRY", "CARTONCLOUD"])


@pytest.mark.long
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_gateway_that_was_stopped_in_the_middle_of_a_call_has_no_say_any_more(
    tmp_path: Path, database_url: str
) -> None:
    """Another one takes over when its lease has ended. Then it goes on, and hears that its order was made."""
    with place(tmp_path, database_url, gateways=2, started=1) as there:
        stopped, other = there.gateways
        there.fault("CENTRY", match="centry-57", times=1, latency=0.5)
        handle = await handed_in(stopped, there, "S-1")
        until(lambda: "centry-57" in there.calls("CENTRY"))
        stopped.signal(signal.SIGSTOP)
        there.begin(other)
        await asyncio.to_thread(other.wait)
        found = await ended_at(other)
        assert (found[handle]["status"], made(there, "S-1")) == ("COMPLETED", ONCE)

        stopped.signal(signal.SIGCONT)
        until(lambda: "was taken over" in stopped.log)
        await asyncio.to_thread(stopped.wait)
        assert (await ended_at(stopped), made(there, "S-1")) == (found, ONCE)


@pytest.mark.long
async def test_an_outcome_that_the_disk_has_no_room_for_is_written_once_it_has(tmp_path: Path) -> None:
    """Centry makes the order while nothing can be written, for longer than a lease."""
    with place(tmp_path, f"sqlite:///{tmp_path}/gateway.db", gateways=1) as there:
        [gateway] = there.gateways
        there.fault("CENTRY", match="centry-57", times=1, latency=1)
        handle = await handed_in(gateway, there, "D-1")
        until(lambda: "centry-57" in there.calls("CENTRY"))
        with full_disk(gateway):
            until(lambda: made(there, "D-1")["CENTRY"] == 1)
            async with httpx.AsyncClient(timeout=20) as http:
                refused = await answered(http, gateway, there.goods.orders("D-2"))
            assert refused is None
            await asyncio.sleep(4)
        found = await ended_at(gateway)

        assert {handle: each["status"] for handle, each in found.items()} == {handle: "COMPLETED"}
        assert made(there, "D-1") == ONCE
        assert made(there, "D-2") == Counter()
        assert [step["attempts"] for step in found[handle]["steps"] if step["backend"] == "CENTRY"] == [1]


@pytest.mark.long
async def test_a_database_that_is_killed_in_the_middle_takes_nothing_with_it(tmp_path: Path, cluster: Cluster) -> None:
    async def restart() -> None:
        await asyncio.sleep(1)
        await asyncio.to_thread(cluster.kill)
        await asyncio.sleep(1)
        await asyncio.to_thread(cluster.start)

    weather = Weather(transactions=4, kills=0, longest=3)
    with place(tmp_path, cluster.address, gateways=1) as there:
        found, _ = await asyncio.gather(storm(there, weather), restart())
        assert found.statuses == {"COMPLETED": 4}
        assert [made(there, f"CH-{number}") for number in range(4)] == [ONCE] * 4


async def handed_in(gateway: Replica, there: Place, number: str) -> str:
    async with httpx.AsyncClient(timeout=20) as http:
        handle = await answered(http, gateway, there.goods.orders(number))
    assert handle
    return handle


async def ended_at(gateway: Replica) -> Mapping[str, Mapping[str, Any]]:
    """All transactions by their handles, once they have ended."""
    return {each["handle"]: each for each in await ended(gateway)}


def made(there: Place, number: str) -> Counter[str]:
    """How many orders of this number each place has."""
    return Counter({where: held[number] for where, held in there.goods.held().items() if held[number]})


@contextmanager
def full_disk(gateway: Replica) -> Iterator[None]:
    """Files of its process cannot grow: what it writes has no place, as on a disk that is full."""
    resource.prlimit(gateway.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.prlimit(gateway.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
