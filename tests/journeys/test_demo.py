"""The newcomer's first minute: `gateway demo`, as a process, on the usual ports."""

import itertools
import json
import socket
import subprocess
import sys
from typing import Any

import pytest

from tests.commands import gateway

DEMO = (sys.executable, "-m", "gateway", "demo")
PORTS = (8000, 8101, 8102, 8103, 8104)


@pytest.fixture(autouse=True)
def ports_are_free() -> None:
    for port in PORTS:
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)), f"port {port} is in use: end what uses it, the demo needs it"
    return


def answer_in(printed: str) -> dict[str, Any]:
    """The data of the answer that the demo printed."""
    _, _, rest = printed.partition("==> The answer:\n")
    answer: dict[str, Any] = json.loads(rest.partition("\n==> ")[0])
    data: dict[str, Any] = answer["data"]
    return data


def test_the_demo_shows_one_graph_over_four_backends() -> None:
    done = subprocess.run([*DEMO, "--once"], capture_output=True, text=True, timeout=120, check=False)
    printed, data = done.stdout, answer_in(done.stdout)
    assert "Traceback" not in printed + done.stderr
    assert done.returncode == 0
    for backend in ("CENPORTS", "CENTRA", "CENTRY", "CARTONCLOUD"):
        page = data[backend.lower()]
        assert {node["backend"] for node in page["nodes"]} == {backend}
        assert f"{backend} OK" in printed
    order = data["oneOrder"]["nodes"][0]
    assert order["backend"] != "CARTONCLOUD"
    assert {shipment["backend"] for shipment in order["shipments"]["nodes"]} == {"CARTONCLOUD"}
    stock = order["lines"][0]["variant"]["stock"]["nodes"]
    assert len({level["backend"] for level in stock}) >= 2
    assert "SECRET=***" in printed


def test_with_one_system_away_the_rest_is_complete_and_whoever_ends_the_demo_leaves_no_gateway_behind() -> None:
    command = [*DEMO, "--without", "centry"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running:
        assert running.stdout is not None
        printed = "".join(itertools.takewhile(lambda line: "GraphiQL" not in line, running.stdout))
        running.terminate()
        rest = running.stdout.read()
    assert "Stopped" in rest
    assert "Traceback" not in printed + rest
    assert running.returncode == 1
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", 8000)), "the gateway is still there"
    data = answer_in(printed)
    states = {source["backend"]: source["state"] for source in data["together"]["sources"]}
    assert states == {"CENPORTS": "OK", "CENTRA": "OK", "CENTRY": "FAILED", "CARTONCLOUD": "OK"}
    assert data["together"]["nodes"]
    assert data["centry"]["nodes"] == []
    assert data["centry"]["sources"][0]["error"]["code"] == "BACKEND_UNAVAILABLE"
    assert "CENTRY FAILED" in printed


def test_a_system_that_nobody_knows_is_refused_in_one_line() -> None:
    done = gateway("demo", "--without", "amazon")
    assert done.returncode == 2
    assert done.stderr.strip().splitlines() == [
        "gateway: --without: amazon is no backend; name one of cenports, centra, centry, cartoncloud"
    ]
