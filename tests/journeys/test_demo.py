"""The newcomer's first minute: `gateway demo`, as a process, on the usual ports."""

import json
import socket
import subprocess
import sys
from typing import Any

import pytest

PORTS = (8000, 8101, 8102, 8103, 8104)


@pytest.fixture(autouse=True)
def ports_are_free() -> None:
    for port in PORTS:
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)), f"port {port} is in use: end what uses it, the demo needs it"
    return


def demo(*options: str) -> tuple[int, str, dict[str, Any]]:
    """The exit code, all that is printed, and the answer in it."""
    command = [sys.executable, "-m", "gateway", "demo", "--once", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert "Traceback" not in done.stdout + done.stderr
    _, _, rest = done.stdout.partition("==> The answer:\n")
    answer: dict[str, Any] = json.loads(rest.partition("\n==> ")[0])
    return done.returncode, done.stdout, answer["data"]


def test_the_demo_shows_one_graph_over_four_backends() -> None:
    code, printed, data = demo()
    assert code == 0
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


def test_with_one_system_away_the_rest_is_complete() -> None:
    code, printed, data = demo("--without", "centry")
    assert code == 1
    states = {source["backend"]: source["state"] for source in data["together"]["sources"]}
    assert states == {"CENPORTS": "OK", "CENTRA": "OK", "CENTRY": "FAILED", "CARTONCLOUD": "OK"}
    assert data["together"]["nodes"]
    assert data["centry"]["nodes"] == []
    assert data["centry"]["sources"][0]["error"]["code"] == "BACKEND_UNAVAILABLE"
    assert "CENTRY FAILED" in printed


def test_a_demo_that_is_ended_leaves_no_gateway_behind() -> None:
    command = [sys.executable, "-m", "gateway", "demo"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert any("GraphiQL" in line for line in running.stdout)
        running.terminate()
        assert "Stopped" in running.stdout.read()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", 8000)), "the gateway is still there"


def test_a_system_that_nobody_knows_is_refused_in_one_line() -> None:
    command = [sys.executable, "-m", "gateway", "demo", "--without", "amazon"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    assert done.stderr.strip().splitlines() == [
        "gateway: --without: amazon is no backend; name one of cenports, centra, centry, cartoncloud"
    ]
