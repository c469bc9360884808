"""Simulated systems on real sockets: how they begin, how they are reached, how they end."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from gateway.sandbox.server import PortTaken, environment, running, serve
from gateway.sandbox.world import make_world
from tests.ports import free_port
from tests.sandbox.echo import Echo, ShortLived


@contextmanager
def _taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def test_each_system_answers_at_its_own_address() -> None:
    with running({"ONE": Echo(), "TWO": Echo()}) as addresses:
        answers = {name: httpx.get(f"{address}/v2/{name}").json()["path"] for name, address in addresses.items()}

    assert answers == {"ONE": "/v2/ONE", "TWO": "/v2/TWO"}
    assert len(set(addresses.values())) == 2


def test_a_chosen_port_is_taken() -> None:
    port = free_port()

    with running({"ONE": Echo()}, ports={"ONE": port}) as addresses:
        assert addresses == {"ONE": f"http://127.0.0.1:{port}"}
        assert httpx.get(f"http://127.0.0.1:{port}/v2/x").status_code == 200


def test_the_system_lives_while_it_runs_and_ends_with_the_block() -> None:
    system, before = Echo(), threading.active_count()

    with running({"ONE": system}) as addresses:
        httpx.get(addresses["ONE"])
        assert system.life == "running"

    assert system.life == "ended"
    assert threading.active_count() == before
    with pytest.raises(httpx.ConnectError):
        httpx.get(addresses["ONE"])


def test_the_end_does_not_wait_for_calls_that_hang() -> None:
    with running({"ONE": Echo()}) as addresses:
        httpx.put(f"{addresses['ONE']}/__faults", json={"latency": 3600, "match": "/orders"})
        host, port = addresses["ONE"].removeprefix("http://").split(":")
        hanging = socket.create_connection((host, int(port)))
        hanging.sendall(b"GET /v2/orders HTTP/1.1\r\nHost: x\r\n\r\n")
        while not httpx.get(f"{addresses['ONE']}/__calls").json():
            pass

    with hanging, pytest.raises(ConnectionResetError):
        hanging.recv(1)


def test_a_life_that_ends_with_an_error_is_not_passed_over() -> None:
    with pytest.raises(ValueError, match="its life ended early"), running({"ONE": ShortLived()}) as addresses:
        httpx.get(addresses["ONE"])


def test_a_taken_port_is_told_in_one_line_and_nothing_keeps_running() -> None:
    free = free_port()
    with (
        _taken_port() as port,
        pytest.raises(PortTaken) as caught,
        running({"A": Echo(), "B": Echo()}, ports={"A": free, "B": port}),
    ):
        pass

    assert str(caught.value).startswith(f"B: port {port} of 127.0.0.1 cannot be had")
    assert "\n" not in str(caught.value)
    socket.create_server(("127.0.0.1", free)).close()


def test_two_systems_cannot_share_a_port() -> None:
    port = free_port()

    with pytest.raises(PortTaken), running({"A": Echo(), "B": Echo()}, ports={"A": port, "B": port}):
        pass


async def test_serve_answers_at_the_systems_own_port_until_cancelled() -> None:
    system = Echo()
    system.port = free_port()
    serving = asyncio.create_task(serve({"ONE": system}))
    async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(retries=5)) as client:
        answer = await client.get(f"http://127.0.0.1:{system.port}/v2/orders")
    serving.cancel()

    with pytest.raises(asyncio.CancelledError):
        await serving
    assert answer.status_code == 200
    assert system.life == "ended"


async def test_serve_tells_of_a_taken_port() -> None:
    with _taken_port() as port, pytest.raises(PortTaken):
        await serve({"ONE": Echo()}, {"ONE": port})


def test_the_environment_reaches_every_system_and_tells_which_warehouses_are_one() -> None:
    variables = environment({"ONE": Echo()}, {"ONE": "http://127.0.0.1:8101"})

    assert variables["GATEWAY_ECHO__BASE_URL"] == "http://127.0.0.1:8101/v2"
    warehouses = json.loads(variables["GATEWAY_WAREHOUSES"])
    assert warehouses["main"]["CENPORTS"] == "CENPORTS"
    assert warehouses == {site.key: site.codes for site in make_world(seed=7, orders=1).sites}
