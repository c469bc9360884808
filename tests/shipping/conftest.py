"""The gateway as the image holds it: the wheel, made of what the Dockerfile copies, beside what it needs to run alone."""

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.shipping.image import ROOT, copied, pinned, tracked
from tests.stack import until
from tests.test_settings import answers


@dataclass(frozen=True, slots=True)
class Shipped:
    """The wheel, the folder in which it is unpacked, and one with the packages of requirements-run.lock."""

    wheel: Path
    folder: Path
    packages: Path

    def environment(self, **settings: str) -> dict[str, str]:
        return {"PYTHONPATH": f"{self.folder}:{self.packages}", **settings}

    def python(self, *arguments: str) -> str:
        """What Python prints that sees nothing else, not even the packages of this environment."""
        command = [sys.executable, "-S", *arguments]
        return subprocess.run(command, env=self.environment(), capture_output=True, text=True, check=True, timeout=60).stdout

    @contextmanager
    def serving(self, home: Path, **settings: str) -> Iterator[int]:
        """`gateway serve` in this folder, on a free port, which it gives."""
        port = free_port()
        environment = self.environment(**settings | {"GATEWAY_PORT": str(port)})
        process = subprocess.Popen([sys.executable, "-S", "-m", "gateway", "serve"], cwd=home, env=environment)
        try:
            until(lambda: answers(port))
            yield port
        finally:
            process.terminate()
            process.wait()


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Shipped:
    source, home = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("shipped")
    for path in tracked(*copied()):
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, source / path)
    wheel = build_wheel(source, home)
    zipfile.ZipFile(wheel).extractall(home / "gateway")
    packages = home / "packages"
    packages.mkdir()
    for requirement in pinned(ROOT / "requirements-run.lock"):
        if requirement.marker is None or requirement.marker.evaluate():
            _link(requirement.name, packages)
    return Shipped(wheel, home / "gateway", packages)


def build_wheel(source: Path, target: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(target)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (wheel,) = target.glob("*.whl")
    return wheel


def _link(name: str, folder: Path) -> None:
    """Put an installed package into a folder, by links to its files."""
    installed = distribution(name)
    for top in {path.parts[0] for path in installed.files or ()} - {"..", "__pycache__"}:
        (folder / top).symlink_to(str(installed.locate_file(top)))
