"""A PostgreSQL server of a test's own, which may be killed, frozen and started again."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.ports import free_port
from tests.secrets import WRONG
from tests.stack import until

_ADDRESS = f"postgresql://gateway:{WRONG}@127.0.0.1:{{port}}/postgres"  # it asks for no password, and nobody may tell it
_USER = "postgres" if os.getuid() == 0 else None  # the server refuses to run as root


def binaries() -> Path | None:
    """Where the newest PostgreSQL of this machine is."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[-3]))
    return found[-1].parent if found else None


class Cluster:
    """One that is running answers at `address`."""

    def __init__(self, folder: Path, bin_: Path) -> None:
        self._folder = folder
        self._bin = bin_
        self._port = free_port()
        self._server: subprocess.Popen[bytes] | None = None
        self.address = _ADDRESS.format(port=self._port)
        self._run("initdb", "-D", str(folder), "-U", "gateway", "-A", "trust", "-E", "UTF8", "--no-sync")

    def start(self) -> None:
        """Give it back once it takes connections. What was committed is kept when the server is killed, not the machine."""
        options = [
            "-p",
            str(self._port),
            "-c",
            "fsync=off",
            "-c",
            "unix_socket_directories=",
            "-c",
            "listen_addresses=127.0.0.1",
        ]
        command = [str(self._bin / "postgres"), "-D", str(self._folder), *options]
        self._server = subprocess.Popen(command, user=_USER, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self._answers)

    def kill(self) -> None:
        """As the kernel does where memory ends: the server and all of its processes, at once and without a word."""
        self._signal(signal.SIGKILL)
        if self._server is not None:
            self._server.wait()
            self._server = None

    def freeze(self) -> None:
        """It keeps its connections, and answers nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._server is None:
            return
        children = Path(f"/proc/{self._server.pid}/task/{self._server.pid}/children").read_text().split()
        for pid in [self._server.pid, *map(int, children)]:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.address, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, name: str, *arguments: str) -> None:
        subprocess.run([str(self._bin / name), *arguments], user=_USER, cwd="/", check=True, capture_output=True)


@contextmanager
def running_cluster(bin_: Path) -> Iterator[Cluster]:
    """A new server, running, with nothing in it."""
    folder = Path(tempfile.mkdtemp(prefix="gateway-cluster-"))
    if _USER:
        shutil.chown(folder, _USER)
    cluster = Cluster(folder, bin_)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.kill()
        shutil.rmtree(folder)
