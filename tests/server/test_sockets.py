"""graphql-transport-ws: what both sides say, in which order, and how it ends."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from graphql import get_introspection_query

from gateway.models import Backend
from tests.secrets import API_KEYS, READER, STRANGER, WRITER, WRONG
from tests.server.pending import WATCH, begin, cancel, waiting_gateway
from tests.server.wires import BINARY, Closed, later, metric, wire
from tests.stack import GatewayClient, until

QUERY = "{ backends { backend } }"
MOST = 4


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayClient]:
    settings = {
        "GATEWAY_MAX_BODY_BYTES": "5000",
        "GATEWAY_SUBSCRIPTIONS_PER_CONNECTION": str(MOST),
        "GATEWAY_SUBSCRIPTION_CONNECTIONS": "8",
        "GATEWAY_SUBSCRIPTION_INIT_TIMEOUT": "1",
        "GATEWAY_SUBSCRIPTION_HEARTBEAT": "0.3",
    }
    with waiting_gateway(tmp_path_factory.mktemp("sockets"), **settings) as client:
        yield client


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayClient]:
    """Its client may read and write."""
    with waiting_gateway(tmp_path_factory.mktemp("guarded"), key=WRITER, GATEWAY_API_KEYS=API_KEYS) as client:
        yield client


@pytest.fixture(autouse=True)
def nothing_is_left(gateway: GatewayClient) -> Iterator[None]:
    """However a connection ends, the server forgets it."""
    yield
    until(lambda: metric(gateway, "gateway_connections") == metric(gateway, "gateway_subscriptions") == 0, patience=5)


def code(error: dict[str, Any]) -> str:
    found: str = error["extensions"]["code"]
    return found


def test_a_query_is_answered_once_and_complete(gateway: GatewayClient) -> None:
    with wire(gateway) as socket:
        assert socket.headers["sec-websocket-protocol"] == "graphql-transport-ws"
        socket.begin({})
        socket.subscribe("1", QUERY)
        answer = socket.receive()
        assert (answer["id"], answer["type"], len(answer["payload"]["data"]["backends"])) == ("1", "next", len(Backend))
        assert socket.receive() == {"id": "1", "type": "complete"}
        socket.subscribe("1", QUERY)
        assert socket.receive()["type"] == "next", "the id of what is complete may be used again"


def test_a_transaction_is_watched_to_its_end(gateway: GatewayClient) -> None:
    handle = begin(gateway)
    with wire(gateway) as socket:
        socket.begin()
        socket.subscribe("watch", WATCH, handle=handle)
        assert socket.receive()["payload"] == {"data": {"transaction": {"handle": handle, "status": "QUEUED"}}}
        cancel(gateway, handle)
        assert socket.receive()["payload"]["data"]["transaction"]["status"] == "CANCELLED"
        assert socket.receive() == {"id": "watch", "type": "complete"}


def test_a_mutation_goes_over_the_socket_too(gateway: GatewayClient) -> None:
    handle = begin(gateway)
    with wire(gateway) as socket:
        socket.begin()
        socket.subscribe("m", "mutation ($h: ID!) { cancelTransaction(handle: $h) { transaction { status } } }", h=handle)
        assert socket.receive()["payload"]["data"]["cancelTransaction"]["transaction"]["status"] == "CANCELLED"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (WATCH, "NOT_FOUND"),
        ("subscription { nothing }", "BAD_USER_INPUT"),
        ("{", "BAD_USER_INPUT"),
        ("query A { __typename } query B { __typename }", "BAD_USER_INPUT"),
        ("subscription ($handle: Int) { transaction(handle: $handle) { handle } }", "BAD_USER_INPUT"),
    ],
)
def test_what_cannot_begin_is_one_error(gateway: GatewayClient, query: str, expected: str) -> None:
    with wire(gateway) as socket:
        socket.begin()
        socket.subscribe("1", query, handle="nobody's")
        said = socket.receive()
        assert (said["id"], said["type"], [code(error) for error in said["payload"]]) == ("1", "error", [expected])
        assert set(said["payload"][0]["extensions"]) == {"code", "backend", "retryAfter", "requestId"}
        socket.send({"type": "ping"})
        assert socket.receive() == {"type": "pong"}, "nothing follows an error, and the socket lives on"


def test_pings_are_answered_with_what_they_carry(gateway: GatewayClient) -> None:
    with wire(gateway) as socket:
        socket.send({"type": "ping", "payload": {"a": 1}})
        assert socket.receive() == {"type": "pong", "payload": {"a": 1}}
        socket.send({"type": "pong"})
        socket.begin()


def test_what_the_client_completes_is_heard_of_no_more(gateway: GatewayClient) -> None:
    handle = begin(gateway)
    with wire(gateway) as socket:
        socket.begin()
        socket.subscribe("w", WATCH, handle=handle)
        socket.receive()
        socket.send({"id": "w", "type": "complete"})
        socket.send({"id": "unknown", "type": "complete"})
        until(lambda: metric(gateway, "gateway_subscriptions") == 0)
        cancel(gateway, handle)
        socket.send({"type": "ping"})
        assert socket.receive() == {"type": "pong"}


@pytest.mark.parametrize(
    ("sent", "expected", "reason"),
    [
        (["nonsense"], 4400, "JSON object"),
        (["[]"], 4400, "JSON object"),
        (["{}"], 4400, "type"),
        ([{"type": "hello"}], 4400, "Clients send"),
        ([{"type": "next", "id": "1"}], 4400, "Clients send"),
        ([{"type": "connection_init", "payload": 5}], 4400, "connection_init: `payload`"),
        ([{"type": "ping", "payload": []}], 4400, "ping: `payload`"),
        ([{"type": "complete"}], 4400, "complete: `id`"),
        ([{"type": "subscribe", "id": "1", "payload": {"query": QUERY}}], 4401, "Unauthorized"),
        ([{"type": "connection_init"}, {"type": "connection_init"}], 4429, "Too many initialisation requests"),
        ([{"type": "connection_init"}, {"type": "subscribe", "payload": {"query": QUERY}}], 4400, "subscribe: `id`"),
        ([{"type": "connection_init"}, {"type": "subscribe", "id": 1, "payload": {"query": QUERY}}], 4400, "id"),
        ([{"type": "connection_init"}, {"type": "subscribe", "id": "1"}], 4400, "payload: "),
        ([{"type": "connection_init"}, {"type": "subscribe", "id": "1", "payload": {"query": 5}}], 4400, "payload: "),
    ],
)
def test_what_the_protocol_does_not_know_ends_the_connection(
    gateway: GatewayClient, sent: list[Any], expected: int, reason: str
) -> None:
    with wire(gateway) as socket:
        for message in sent:
            socket.send(message)
        end = socket.closed()
        assert (end.code, reason in end.reason) == (expected, True), end


def test_an_id_that_is_in_use_ends_the_connection(gateway: GatewayClient) -> None:
    with wire(gateway) as socket:
        socket.begin()
        handle = begin(gateway)
        for _ in range(2):
            socket.subscribe("same", WATCH, handle=handle)
        end = socket.closed()
        assert (end.code, end.reason) == (4409, "Subscriber for same already exists")


def test_messages_are_text_and_no_larger_than_a_request(gateway: GatewayClient) -> None:
    with wire(gateway) as socket:
        socket.frame(BINARY, b'{"type": "ping"}')
        assert socket.closed().code == 4400
    with wire(gateway) as socket:
        socket.begin()
        socket.subscribe("1", "#" * 6000)
        assert socket.closed().code == 1009


def test_who_does_not_begin_in_time_is_hung_up_on(gateway: GatewayClient) -> None:
    with wire(gateway) as socket:
        socket.send({"type": "ping"})
        end = socket.closed()
        assert (end.code, end.reason) == (4408, "Connection initialisation timeout")


@pytest.mark.parametrize("protocols", [(), ("graphql-ws",)])
def test_another_protocol_is_not_spoken(gateway: GatewayClient, protocols: tuple[str, ...]) -> None:
    with wire(gateway, protocols=protocols) as socket:
        assert "sec-websocket-protocol" not in socket.headers
        assert socket.closed().code == 4406


def test_a_connection_runs_so_many_operations_at_a_time(gateway: GatewayClient) -> None:
    handle = begin(gateway)
    with wire(gateway) as socket:
        socket.begin()
        for name in range(MOST):
            socket.subscribe(f"{name}", WATCH, handle=handle)
            assert socket.receive()["type"] == "next"
        socket.subscribe("more", WATCH, handle=handle)
        refused = socket.receive()
        assert (refused["id"], refused["type"], code(refused["payload"][0])) == ("more", "error", "RATE_LIMITED")
        cancel(gateway, handle)
        ends = [socket.receive() for _ in range(2 * MOST)]
        assert {said["id"] for said in ends if said["type"] == "complete"} == {f"{name}" for name in range(MOST)}


def test_a_process_holds_so_many_connections(gateway: GatewayClient) -> None:
    with ExitStack() as stack:
        for _ in range(8):
            stack.enter_context(wire(gateway)).begin()
        with pytest.raises(Closed) as refused, wire(gateway):
            pass
        assert refused.value.code == 503


def test_a_client_that_is_gone_is_forgotten_with_all_that_it_watched(gateway: GatewayClient) -> None:
    handle = begin(gateway)
    with wire(gateway) as socket:
        socket.begin()
        for name in ("a", "b", "c"):
            socket.subscribe(name, WATCH, handle=handle)
            socket.receive()
        assert metric(gateway, "gateway_subscriptions") == 3
        socket.hang_up()
        until(lambda: metric(gateway, "gateway_connections") == metric(gateway, "gateway_subscriptions") == 0)


def test_who_gives_no_sign_of_life_is_hung_up_on(gateway: GatewayClient) -> None:
    with wire(gateway) as socket:
        socket.begin()
        until(lambda: metric(gateway, "gateway_connections") == 0, patience=5)


def test_without_keys_a_foreign_page_opens_no_socket(gateway: GatewayClient) -> None:
    own = gateway.address.removeprefix("http://")
    foreign = [
        {"Origin": "https://evil.example.com"},
        {"Origin": "null"},
        {"Host": "evil.example.com", "Origin": "http://evil.example.com"},
        {"X-Forwarded-For": "192.0.2.7"},
        {"Sec-Fetch-Site": "cross-site"},
    ]
    for headers in foreign:
        with pytest.raises(Closed) as refused, wire(gateway, headers):
            pass
        assert (refused.value.code, "FORBIDDEN" in refused.value.reason) == (403, True), headers
    with wire(gateway, {"Origin": f"http://{own}"}) as socket:
        socket.begin()


@pytest.mark.parametrize(
    ("headers", "payload"),
    [
        ({"Authorization": f"Bearer {READER}"}, None),
        ({"X-API-Key": READER}, {}),
        ({}, {"Authorization": f"Bearer {READER}"}),
        ({}, {"x-api-key": READER, "other": 5}),
        ({"Origin": "https://shop.example.com", "X-Forwarded-For": "192.0.2.7"}, {"X-API-Key": READER}),
    ],
)
def test_a_key_comes_with_the_handshake_or_with_the_first_message(
    guarded: GatewayClient, headers: dict[str, str], payload: Any
) -> None:
    with wire(guarded, headers) as socket:
        socket.begin(payload)
        socket.subscribe("1", QUERY)
        assert socket.receive()["type"] == "next"
        socket.subscribe("2", "mutation { cancelTransaction(handle: 5) { transaction { handle } } }")
        while (said := socket.receive())["id"] != "2":
            pass
        assert (said["type"], code(said["payload"][0])) == ("error", "FORBIDDEN")


@pytest.mark.parametrize(
    ("headers", "payload", "expected"),
    [
        ({}, None, 4401),
        ({}, {"Authorization": READER}, 4401),
        ({}, {"X-API-Key": WRONG}, 4401),
        ({"X-API-Key": READER}, {"X-API-Key": WRONG}, 4401),
        ({}, {"X-API-Key": "ключ"}, 4401),
        ({}, {"X-API-Key": STRANGER}, 4403),
    ],
)
def test_without_a_key_that_may_read_nothing_begins(
    guarded: GatewayClient, headers: dict[str, str], payload: Any, expected: int
) -> None:
    with wire(guarded, headers) as socket:
        socket.send({"type": "connection_init", "payload": payload})
        assert socket.closed().code == expected


def test_a_transaction_is_its_callers(guarded: GatewayClient) -> None:
    """Not even its existence is told to others."""
    handle = begin(guarded)
    for key, expected in ((WRITER, "next"), (READER, "error")):
        with wire(guarded) as socket:
            socket.begin({"X-API-Key": key})
            socket.subscribe("1", WATCH, handle=handle)
            said = socket.receive()
            assert said["type"] == expected
    assert code(said["payload"][0]) == "NOT_FOUND"


def test_hundreds_watch_at_once_and_all_hear_the_end(guarded: GatewayClient) -> None:
    handle = begin(guarded)
    with ExitStack() as stack:
        sockets = [stack.enter_context(wire(guarded)) for _ in range(3)]
        for socket in sockets:
            socket.begin({"X-API-Key": WRITER})
            for name in range(100):
                socket.subscribe(f"{name}", WATCH, handle=handle)
            assert {socket.receive()["type"] for _ in range(100)} == {"next"}
        assert metric(guarded, "gateway_subscriptions") == 300
        cancel(guarded, handle)
        for socket in sockets:
            ends = [socket.receive() for _ in range(200)]
            assert sum(said["type"] == "complete" for said in ends) == 100
    until(lambda: metric(guarded, "gateway_connections") == 0)


def test_who_reads_nothing_holds_nobody_up_neither_now_nor_when_the_process_stops(tmp_path: Path) -> None:
    """Streams and sockets end at once, and one that is stuck is not waited for."""
    with ExitStack() as stack:
        gateway = stack.enter_context(waiting_gateway(tmp_path))
        handle = begin(gateway)
        with wire(gateway) as socket, wire(gateway, room=4096) as stuck:
            for each in (socket, stuck):
                each.begin()
            socket.subscribe("w", WATCH, handle=handle)
            assert socket.receive()["type"] == "next"
            for name in range(12):
                stuck.subscribe(f"{name}", get_introspection_query())
            until(lambda: metric(gateway, "gateway_subscriptions") == 1)
            began = time.monotonic()
            stopping = later(stack.close)
            end = socket.closed()
            assert (end.code, "about to stop" in end.reason) == (1001, True)
            stopping.join(30)
            assert not stopping.is_alive()
            assert time.monotonic() - began < 20
