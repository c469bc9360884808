"""The wheel holds all that the code reads, and what requirements-run.lock names is enough to run it."""

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.ports import free_port
from tests.shipping.conftest import Shipped, build_wheel
from tests.shipping.image import ROOT, copied, of, stages, tracked

EVERY_MODULE = """
import importlib, pkgutil, sys
for room in sys.argv[1:]:
    package = importlib.import_module(room)
    for found in pkgutil.walk_packages(package.__path__, room + "."):
        if not found.name.endswith(".__main__") and ".migrations.versions." not in found.name:
            importlib.import_module(found.name)
print(importlib.import_module("gateway").__file__)
"""


def test_the_wheel_holds_every_file_of_the_packages(shipped: Shipped) -> None:
    rooms = [path for path in copied() if (ROOT / path).is_dir()]
    assert sorted(rooms) == ["gateway", "resolvers", "schema"]
    wheel = zipfile.ZipFile(shipped.wheel)
    missing = set(tracked(*rooms)) - set(wheel.namelist())
    assert not missing
    for read in ("gateway/server/graphiql/index.html", "gateway/backends/centra/contract/centra.wsdl", "schema/schema.graphql"):
        assert wheel.read(read) == (ROOT / read).read_bytes()


def test_the_same_source_makes_the_same_wheel(shipped: Shipped, tmp_path: Path) -> None:
    """From a whole checkout as from the files that the image is built of."""
    assert build_wheel(ROOT, tmp_path).read_bytes() == shipped.wheel.read_bytes()


def test_what_it_needs_to_run_is_enough_to_import_every_module(shipped: Shipped) -> None:
    printed = shipped.python("-c", EVERY_MODULE, "gateway", "schema", "resolvers").strip()
    assert printed == str(shipped.folder / "gateway/__init__.py")


def test_it_prints_the_schema(shipped: Shipped) -> None:
    assert shipped.python("-m", "gateway", "schema") == (ROOT / "schema/schema.graphql").read_text()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def port(shipped: Shipped, home: Path) -> Iterator[int]:
    """Where it serves, started in an empty folder with the settings of one backend."""
    centra = {"SOAP_URL": "http://127.0.0.1:9/soap", "USERNAME": "me", "PASSWORD": "of-no-one"}
    with shipped.serving(home, **{f"GATEWAY_CENTRA__{name}": value for name, value in centra.items()}) as port:
        yield port


def test_it_serves_from_an_empty_folder(port: int, home: Path) -> None:
    """With every table, with the backend that is configured, and with GraphiQL."""
    address = f"http://127.0.0.1:{port}"
    assert httpx.get(f"{address}/health/ready").json() == {"status": "ok"}
    assert "graphiql.min.js" in httpx.get(f"{address}/graphql", headers={"Accept": "text/html"}).text
    assert httpx.get(f"{address}/graphiql/graphiql.min.js").is_success
    told = httpx.post(f"{address}/graphql", json={"query": "{ backends { backend configured } }"}).json()["data"]["backends"]
    assert [backend["backend"] for backend in told if backend["configured"]] == ["CENTRA"]
    assert (home / "gateway.db").exists()


def test_docker_finds_it_healthy_only_while_it_answers(port: int) -> None:
    (check,) = of(stages()[-1], "HEALTHCHECK")
    python, *arguments = check.exec_form()
    assert python == "python"
    for where, healthy in ((port, True), (free_port(), False)):
        settings = {"GATEWAY_PORT": str(where), "http_proxy": "http://127.0.0.1:9"}
        done = subprocess.run([sys.executable, *arguments], env=settings, check=False, stderr=subprocess.DEVNULL)
        assert (done.returncode == 0) is healthy
