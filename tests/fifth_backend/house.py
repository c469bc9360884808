"""A copy of the house with one backend more: its folder, and one line."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.ports import free_port
from tests.stack import GatewayClient, until

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent / "harbour"
LINE = '    HARBOUR = "HARBOUR", "Harbour", "a shop that exists in tests alone"\n'
ROOMS = ("gateway", "schema", "resolvers")
PLAN = Path("gateway/models.py")
"""The file that gets the line."""

PLACE = Path("gateway/backends/harbour")
_LITTER = shutil.ignore_patterns("__pycache__", ".env", "*.db")


def built(home: Path) -> Path:
    """The rooms with the fifth backend in them."""
    for room in ROOMS:
        shutil.copytree(ROOT / room, home / room, ignore=_LITTER)
    shutil.copytree(FOLDER, home / PLACE, ignore=_LITTER)
    lines = (home / PLAN).read_text().splitlines(keepends=True)
    last = next(index for index, line in enumerate(lines) if line.startswith("    CARTONCLOUD = "))
    (home / PLAN).write_text("".join([*lines[: last + 1], LINE, *lines[last + 1 :]]))
    return home


def furnish(home: Path) -> None:
    """Add what stands around the rooms, unchanged: the tests, and what the checks go by and know already."""
    shutil.copytree(ROOT / "tests", home / "tests", ignore=shutil.ignore_patterns("__pycache__", "fifth_backend"))
    shutil.copy(ROOT / "pyproject.toml", home)
    if (known := ROOT / ".mypy_cache").exists():
        shutil.copytree(known, home / known.name)


def run(home: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    """A program of the copy's own: what it imports is the copy."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GATEWAY_", "PYTEST_"))}
    return subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, timeout=120, check=False)


@contextmanager
def serving(home: Path, settings: Mapping[str, str]) -> Iterator[GatewayClient]:
    """`gateway serve` of the copy, as a process of its own, with nothing but these settings."""
    port = free_port()
    given = {"GATEWAY_PORT": str(port), "GATEWAY_DATABASE_URL": f"sqlite:///{home / 'gateway.db'}", **settings}
    with (home / "gateway.log").open("w") as log:
        process = subprocess.Popen([sys.executable, "-m", "gateway", "serve"], cwd=home, env=given, stdout=log, stderr=log)
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}") as http:
                until(lambda: process.poll() is not None or _is_ready(http))
            assert process.poll() is None, (home / "gateway.log").read_text()
            yield GatewayClient(f"http://127.0.0.1:{port}")
        finally:
            process.terminate()
            process.wait(timeout=30)


def _is_ready(http: httpx.Client) -> bool:
    try:
        return http.get("/health/ready").is_success
    except httpx.TransportError:
        return False
