"""A gateway in a process of its own on a port that stays the same: killed, stopped and started again as chaos wants it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.ports import free_port
from tests.secrets import assert_none_in
from tests.stack import PATIENCE

ROOT = Path(__file__).parents[2]
SERVE = ("gateway", "serve")
"""The module that is run, and its arguments."""

_STARTING = 2 * PATIENCE  # seconds: on a machine that has a lot to do


class Replica:
    """One of those that share a database."""

    def __init__(self, home: Path, name: str, command: Sequence[str]) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.starts: list[float] = []
        self._home = home
        self._command = [sys.executable, "-m", *command]
        self._log = home / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, settings: Mapping[str, str]) -> None:
        """At once; `wait` tells when it can be asked."""
        variables = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **settings, "GATEWAY_PORT": str(self.port)}
        with self._log.open("a") as output:
            self._process = subprocess.Popen(self._command, cwd=self._home, env=variables, stdout=output, stderr=output)

    def wait(self) -> None:
        """Until it is ready."""
        began = time.monotonic()
        while not self._is_ready():
            assert self._process is not None
            assert self._process.poll() is None, self.log[-3000:]
            assert time.monotonic() - began < _STARTING, "a gateway does not start"
            time.sleep(0.05)
        self.starts.append(time.monotonic() - began)

    def kill(self) -> None:
        """As the kernel does where memory ends: without a word."""
        self.signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

    def signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def end(self) -> int:
        """As whoever deploys does; gives its exit code."""
        self.signal(signal.SIGTERM)
        return 0 if self._process is None else self._process.wait(timeout=PATIENCE)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        return self._log.read_text() if self._log.exists() else ""

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.address}/health/ready", timeout=5).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False


@contextmanager
def replicas(home: Path, number: int, command: Sequence[str] = SERVE) -> Iterator[list[Replica]]:
    """So many, not started yet. Their logs may hold no secret."""
    made = [Replica(home, f"gateway-{at}", command) for at in range(number)]
    try:
        yield made
    finally:
        for replica in made:
            replica.kill()
            assert_none_in(replica.log, "the log of a gateway")
