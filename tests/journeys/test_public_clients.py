"""The clients that frontends use watch a change to its end: graphql-ws, graphql-sse and Apollo Client, in Node."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.changes import submit
from tests.server.wires import metric
from tests.stack import Stack, until, whole_stack

CLIENTS = Path(__file__).parents[1] / "clients"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with whole_stack(tmp_path_factory.mktemp("clients"), orders=5) as made:
        yield made


@pytest.fixture(scope="module")
def installed(npm: str) -> None:
    """The packages of the lock file, installed where they are not yet, or where the lock file is newer."""
    lock, done = CLIENTS / "package-lock.json", CLIENTS / "node_modules" / ".package-lock.json"
    if not done.exists() or done.stat().st_mtime < lock.stat().st_mtime:
        command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        subprocess.run(command, cwd=CLIENTS, check=True, timeout=120, capture_output=True)
        done.touch()


@pytest.mark.usefixtures("installed")
def test_public_clients_see_a_change_go_to_its_end(stack: Stack) -> None:
    orders = stack.client.data("{ orders(first: 3, filter: {backends: [CENPORTS]}) { nodes { id } } }")["orders"]["nodes"]
    stack.fault("CENPORTS", match="cenports-04", status=429, headers={"Retry-After": "1"})
    begun = submit(stack.client, "acknowledgeOrders", {"orderIds": [order["id"] for order in orders]})

    command = ["node", "watch.mjs", stack.client.address, begun["handle"]]
    with subprocess.Popen(command, cwd=CLIENTS, stdout=subprocess.PIPE, text=True) as watching:
        until(lambda: watching.poll() is not None or metric(stack.client, "gateway_subscriptions") == 3)
        stack.mend()
        said, _ = watching.communicate(timeout=30)
    assert watching.returncode == 0

    told = json.loads(said)
    assert list(told) == ["graphql-ws", "graphql-sse", "@apollo/client"]
    for client, answers in told.items():
        assert not any("errors" in answer for answer in answers), client
        states = [answer["data"]["transaction"] for answer in answers]
        assert {state["handle"] for state in states} == {begun["handle"]}
        assert states[0]["status"] in ("QUEUED", "PROCESSING"), client
        assert (states[-1]["status"], [state["status"] for state in states].count("COMPLETED")) == ("COMPLETED", 1), client
        assert sorted(node["id"] for node in states[-1]["affected"]) == sorted(order["id"] for order in orders)
