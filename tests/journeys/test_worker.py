"""The background work in a process of its own, and transactions on the terminal."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import commands
from tests.journeys.changes import ended, look, submit
from tests.stack import PATIENCE, GatewayClient, Stack, gateway_process, until, whole_stack

ORDERS = "{ orders(first: 3, filter: {backends: [CENPORTS]}) { nodes { id } } }"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with whole_stack(tmp_path_factory.mktemp("worker"), orders=10, wait=False) as made:
        yield made


@contextmanager
def worker_process(home: Path, settings: Mapping[str, str]) -> "Iterator[subprocess.Popen[bytes]]":
    log = home / "worker.log"
    with log.open("w") as output:
        variables = {"PATH": os.environ["PATH"], **settings}
        process = subprocess.Popen(
            [sys.executable, "-m", "gateway", "worker"], cwd=home, env=variables, stdout=output, stderr=output
        )
        try:
            until(lambda: "working for" in log.read_text())
            yield process
        finally:
            process.kill()
            process.wait(timeout=PATIENCE)


def gateway(*arguments: str, settings: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    return commands.gateway("transactions", *arguments, home=None, **settings)


def handed_in(client: GatewayClient) -> str:
    orders = [node["id"] for node in client.data(ORDERS)["orders"]["nodes"]]
    return str(submit(client, "acknowledgeOrders", {"orderIds": orders})["handle"])


def test_what_a_gateway_without_worker_accepts_is_done_by_a_worker(stack: Stack, tmp_path: Path) -> None:
    settings = {**stack.settings, "GATEWAY_DATABASE_URL": f"sqlite:///{tmp_path}/gateway.db"}
    with gateway_process(tmp_path, settings, "--no-worker") as client:
        handle = handed_in(client)
        assert look(client, handle)["status"] == "QUEUED"
        shown = gateway("show", handle, settings=settings)
        assert (shown.returncode, "QUEUED" in shown.stdout) == (0, True)

        with worker_process(tmp_path, settings) as worker:
            assert ended(client, handle)["status"] == "COMPLETED"
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(timeout=PATIENCE) == 0


def test_transactions_are_listed_shown_stopped_and_repeated_on_the_terminal(stack: Stack, tmp_path: Path) -> None:
    settings = {**stack.settings, "GATEWAY_DATABASE_URL": f"sqlite:///{tmp_path}/gateway.db"}
    with gateway_process(tmp_path, settings, "--no-worker") as client:
        handle = handed_in(client)

        listed = gateway("list", "--status", "queued", "--operation", "acknowledgeOrders", settings=settings)
        assert listed.returncode == 0
        assert listed.stdout.startswith(handle)
        assert listed.stdout.endswith("1 of 1\n")

        stopped = gateway("cancel", handle, settings=settings)
        assert (stopped.returncode, "CANCELLED" in stopped.stdout) == (0, True)
        assert look(client, handle)["status"] == "CANCELLED"
        repeated = gateway("retry", handle, "--watch", settings=settings)
        assert (repeated.returncode, "CANCELLED" in repeated.stdout) == (
            0,
            True,
        )  # it did not fail, so there is nothing to repeat

    unknown = gateway("show", "nobody", settings=settings)
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "there is no transaction with this handle" in unknown.stderr
