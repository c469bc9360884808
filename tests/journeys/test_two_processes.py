"""Stories of two gateways on one database: what one of them is told, the other tells, and neither is in the other's way."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from gateway.sandbox.server import environment, load_sandboxes, running
from gateway.sandbox.world import System, World, make_world
from tests.databases import emptied
from tests.stack import GatewayClient, gateway_process, in_step, running_gateway, until

ORDERS = """query Orders($filter: OrderFilter) {
  orders(first: 250, filter: $filter) {
    nodes { id backend number status backendStatus updatedAt lines { sku quantity } shipments { nodes { id status } } }
    sources { backend state error { code message } }
  }
}"""
COPIED = ["CENTRA", "CARTONCLOUD"]


@dataclass(frozen=True)
class Pair:
    """Both gateways; CartonCloud sends its webhooks to the first."""

    one: GatewayClient
    other: GatewayClient
    world: World
    addresses: Mapping[str, str]

    def everywhere(self, query: str, **variables: Any) -> dict[str, Any]:
        """What both of them answer."""
        answer = self.one.data(query, **variables)
        assert self.other.data(query, **variables) == answer
        return answer


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory, postgres: str) -> Iterator[Pair]:
    """Both begin to read Centra's slow queue at the same moment."""
    world = make_world(orders=30)
    systems = load_sandboxes(world)
    with running(systems) as addresses:
        settings = environment(systems, addresses) | {
            "GATEWAY_DATABASE_URL": emptied(postgres),
            "GATEWAY_CENTRA__QUEUE": "consume",
            "GATEWAY_CENTRA__POLL_INTERVAL": "0.05",
            "GATEWAY_BREAKER_COOLDOWN": "0.2",
        }
        homes = [tmp_path_factory.mktemp(name) for name in ("one", "other")]
        set_fault(addresses, mode="down")
        with running_gateway(homes[0], settings) as one, gateway_process(homes[1], settings) as other:
            mend(addresses)
            set_fault(addresses, latency=0.5)
            target = {"url": f"{one.address}/webhooks/cartoncloud"}
            httpx.put(f"{addresses['CARTONCLOUD']}/__webhooks", json=target).raise_for_status()
            until(lambda: in_step(one, addresses["CARTONCLOUD"]))
            mend(addresses)
            yield Pair(one, other, world, addresses)


def mend(addresses: Mapping[str, str]) -> None:
    httpx.delete(f"{addresses['CENTRA']}/__faults").raise_for_status()


def set_fault(addresses: Mapping[str, str], **fault: Any) -> None:
    httpx.put(f"{addresses['CENTRA']}/__faults", json=fault).raise_for_status()


def test_one_of_them_reads_the_queue_and_nothing_is_lost_or_told_twice(pair: Pair) -> None:
    orders = pair.everywhere(ORDERS, filter={"backends": COPIED})["orders"]

    assert {source["state"] for source in orders["sources"] if source["backend"] in COPIED} == {"OK"}
    numbers = [order["number"] for order in orders["nodes"] if order["backend"] == "CENTRA"]
    assert sorted(numbers) == sorted(order.number for order in pair.world.orders_of(System.CENTRA))


def test_a_webhook_to_one_is_read_at_the_other(pair: Pair) -> None:
    order = next(order for order in pair.world.orders if order.warehoused)
    outbound = {"numbers": [order.number], "backends": ["CARTONCLOUD"]}

    for status in ("ON_HOLD", "DRAFT"):
        change = {"kind": "outbound", "number": order.number, "status": status}
        httpx.post(f"{pair.addresses['CARTONCLOUD']}/__advance", json=change).raise_for_status()
        until(lambda: not httpx.get(f"{pair.addresses['CARTONCLOUD']}/__webhooks").json()["pending"])
        (node,) = pair.everywhere(ORDERS, filter=outbound)["orders"]["nodes"]
        assert node["backendStatus"] == status


def test_a_cursor_of_one_is_good_at_the_other(pair: Pair) -> None:
    page = "query Page($after: String) { orders(first: 5, after: $after) { nodes { id } pageInfo { endCursor } } }"
    first = pair.everywhere(page)["orders"]
    second = pair.everywhere(page, after=first["pageInfo"]["endCursor"])["orders"]

    assert not {order["id"] for order in first["nodes"]} & {order["id"] for order in second["nodes"]}
