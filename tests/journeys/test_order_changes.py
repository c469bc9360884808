"""Two gateways on one PostgreSQL: what one of them is told, or does, a frontend at the other hears of within a second."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from gateway.ids import decode
from gateway.sandbox.server import environment, load_sandboxes, running
from gateway.sandbox.world import make_world
from tests.databases import disconnect_all, emptied
from tests.journeys.changes import submit
from tests.server.wires import Wire, metric, wire
from tests.stack import QUICK, GatewayClient, gateway_process, running_gateway, until

CHANGES = """subscription ($backends: [Backend!], $ids: [ID!]) { orderChanged(backends: $backends, orderIds: $ids) {
    kind backend orderId at order { id status acknowledged }
} }"""
ORDERS = """query ($backends: [Backend!]) { orders(first: 5, filter: {backends: $backends, kinds: [OUTBOUND, SALE]}) {
    nodes { id number status acknowledged }
} }"""
USER = "{ cartoncloud { userInfo { id } } }"


@dataclass(frozen=True)
class Pair:
    """Both gateways; CartonCloud sends its webhooks to the first, and the second does no work. `settings` are theirs."""

    one: GatewayClient
    other: GatewayClient
    addresses: Mapping[str, str]
    settings: Mapping[str, str]

    def orders(self, backend: str) -> list[dict[str, Any]]:
        nodes: list[dict[str, Any]] = self.one.data(ORDERS, backends=[backend])["orders"]["nodes"]
        assert nodes
        return nodes

    def dispatch(self, number: str) -> None:
        """Let CartonCloud send a webhook."""
        body = {"kind": "outbound", "number": number, "status": "DISPATCHED"}
        httpx.post(f"{self.addresses['CARTONCLOUD']}/__advance", json=body).raise_for_status()

    def calls(self, backend: str, operation: str) -> int:
        calls = httpx.get(f"{self.addresses[backend]}/__calls").json()
        return sum(call["operation"] == operation for call in calls)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory, postgres: str) -> Iterator[Pair]:
    systems = load_sandboxes(make_world(orders=12))
    with running(systems) as addresses:
        settings = environment(systems, addresses) | QUICK
        settings |= {
            "GATEWAY_DATABASE_URL": emptied(postgres),
            "GATEWAY_CARTONCLOUD__POLL_INTERVAL": "3600",
            "GATEWAY_SUBSCRIPTION_QUEUE": "4",
        }
        homes = [tmp_path_factory.mktemp(name) for name in ("one", "other")]
        with running_gateway(homes[0], settings) as one, gateway_process(homes[1], settings, "--no-worker") as other:
            target = {"url": f"{one.address}/webhooks/cartoncloud"}
            httpx.put(f"{addresses['CARTONCLOUD']}/__webhooks", json=target).raise_for_status()
            until(lambda: not httpx.get(f"{addresses['CARTONCLOUD']}/__webhooks").json()["pending"])
            yield Pair(one, other, addresses, settings)


def watch(pair: Pair, socket: Wire, query: str = CHANGES, **variables: Any) -> None:
    """Once the other gateway watches."""
    socket.begin()
    socket.subscribe("w", query, **variables)
    until(lambda: metric(pair.other, "gateway_subscriptions") == 1)
    socket.send({"type": "ping"})  # to begin takes no waiting: it is answered behind that
    assert socket.receive() == {"type": "pong"}


def event(socket: Wire, field: str = "orderChanged") -> dict[str, Any]:
    said = socket.receive()
    assert (said["type"], "errors" in said["payload"]) == ("next", False), said
    told: dict[str, Any] = said["payload"]["data"][field]
    return told


def test_a_webhook_to_one_reaches_who_watches_at_the_other_and_drops_what_that_had_read(pair: Pair) -> None:
    order, unwanted = pair.orders("CARTONCLOUD")[:2]
    pair.other.data(USER)
    pair.other.data(USER)
    before = pair.calls("CARTONCLOUD", "cartoncloud-02")
    with wire(pair.other) as socket:
        watch(pair, socket, backends=["CARTONCLOUD"], ids=[order["id"]])
        pair.dispatch(unwanted["number"])
        took = []
        for _ in range(3):  # the machine has other things to do, too
            began = time.monotonic()
            pair.dispatch(order["number"])
            told = event(socket)
            took.append(time.monotonic() - began)
        assert min(took) < 1
    assert (told["kind"], told["backend"], told["orderId"]) == ("SAVED", "CARTONCLOUD", order["id"])
    assert told["order"] == {"id": order["id"], "status": "SHIPPED", "acknowledged": None}
    pair.other.data(USER)
    assert pair.calls("CARTONCLOUD", "cartoncloud-02") == before + 1


@pytest.mark.parametrize(("topic", "kind"), [("on_order_save", "SAVED"), ("on_order_delete", "DELETED")])
def test_a_webhook_that_only_names_an_order_does_the_same(pair: Pair, topic: str, kind: str) -> None:
    """What the other had read of it a moment ago is read anew, for the event and for whoever asks then."""
    order = pair.orders("CENTRY")[0]
    query = "query ($id: ID!) { order(id: $id) { id } }"
    with wire(pair.other) as socket:
        watch(pair, socket, backends=["CENTRY"])
        pair.other.data(query, id=order["id"])
        pair.other.data(query, id=order["id"])
        before = pair.calls("CENTRY", "centry-56")
        address = f"{pair.one.address}/webhooks/centry/{pair.settings['GATEWAY_CENTRY__WEBHOOK_SECRET']}"
        httpx.post(address, json={"topic": topic, "order_id": decode(order["id"]).key}).raise_for_status()
        told = event(socket)
    assert (told["kind"], told["orderId"]) == (kind, order["id"])
    assert (told["order"] is None) == (kind == "DELETED")
    pair.other.data(query, id=order["id"])
    by_the_inbox = 1 if kind == "SAVED" else 0
    until(lambda: pair.calls("CENTRY", "centry-56") == before + 1 + by_the_inbox, patience=10)


def test_a_change_that_one_makes_is_told_by_the_other_and_so_is_the_order(pair: Pair) -> None:
    order = pair.orders("CENPORTS")[0]
    query = "query ($id: ID!) { order(id: $id) { acknowledged } }"
    with wire(pair.other) as socket:
        watch(pair, socket, backends=["CENPORTS"])
        pair.other.data(query, id=order["id"])  # which it has read now
        submit(pair.other, "acknowledgeOrders", {"orderIds": [order["id"]]})
        told = event(socket)
    assert (told["orderId"], told["order"]["acknowledged"]) == (order["id"], True)


def test_a_transaction_is_watched_where_no_worker_is(pair: Pair) -> None:
    order = pair.orders("CENPORTS")[1]
    with wire(pair.other) as socket:
        socket.begin()
        handle = submit(pair.other, "acknowledgeOrders", {"orderIds": [order["id"]]})["handle"]
        socket.subscribe(
            "t",
            "subscription ($h: ID!) { transaction(handle: $h) { status affected { ... on Order { acknowledged } } } }",
            h=handle,
        )
        states = [event(socket, "transaction")]
        while states[-1]["status"] != "COMPLETED":
            states.append(event(socket, "transaction"))
        assert socket.receive() == {"id": "t", "type": "complete"}
    assert states[-1]["affected"] == [{"acknowledged": True}]


def test_ids_of_other_things_are_refused(pair: Pair) -> None:
    with wire(pair.other) as socket:
        socket.begin()
        socket.subscribe("1", CHANGES, ids=["nonsense"])
        said = socket.receive()
        assert (said["type"], said["payload"][0]["extensions"]["code"]) == ("error", "BAD_USER_INPUT")
        assert said["payload"][0]["message"].startswith("orderIds: ")


def test_who_does_not_read_is_dropped_with_a_word_and_nobody_waits_for_it(pair: Pair) -> None:
    """Its socket lives on, and what was sent before can still be read."""
    order = pair.orders("CARTONCLOUD")[3]
    raws = " ".join(f"r{n}: raw" for n in range(200))
    large = f"subscription ($ids: [ID!]) {{ orderChanged(orderIds: $ids) {{ orderId order {{ {raws} }} }} }}"
    with wire(pair.other, room=4096) as slow, wire(pair.other) as quick:
        watch(pair, slow, large, ids=[order["id"]])
        quick.begin()
        quick.subscribe("q", CHANGES, ids=[order["id"]])
        until(lambda: metric(pair.other, "gateway_subscriptions") == 2)
        sent = 0
        while metric(pair.other, "gateway_subscriptions") == 2:
            pair.dispatch(order["number"])
            assert event(quick)["orderId"] == order["id"]
            sent += 1
        got = 0
        while (said := slow.receive())["type"] == "next":
            got += 1
        assert (said["type"], said["payload"][0]["extensions"]["code"]) == ("error", "RATE_LIMITED")
        assert 0 < got < sent
        slow.send({"type": "ping"})
        assert slow.receive() == {"type": "pong"}


def test_who_may_have_missed_changes_is_told_to_begin_again(pair: Pair) -> None:
    """The connection on which they are heard was lost; it is there again soon, and so are they."""
    order = pair.orders("CARTONCLOUD")[2]
    with wire(pair.other) as socket:
        watch(pair, socket)
        disconnect_all(pair.settings["GATEWAY_DATABASE_URL"])
        said = socket.receive()
        assert (said["type"], said["payload"][0]["extensions"]["code"]) == ("error", "BACKEND_UNAVAILABLE")
    until(lambda: metric(pair.other, "gateway_subscriptions") == 0)
    with wire(pair.other) as socket:
        watch(pair, socket, ids=[order["id"]])
        pair.dispatch(order["number"])
        assert event(socket)["orderId"] == order["id"]
