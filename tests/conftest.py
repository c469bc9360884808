"""What every test runs under: known secrets, and the promise that none of them gets into a log, an answer or an exception."""

import gc
import logging
import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from tests import databases
from tests.called import EveryOperation
from tests.cluster import Cluster, binaries, running_cluster
from tests.secrets import SecretWatch, found_in

LONGEST = ("tests/journeys/", "tests/transactions/", "tests/chaos/", "tests/fifth_backend/", "tests/transport/test_limiter.py")

_watch = SecretWatch()


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(EveryOperation())
    logging.getLogger().addHandler(_watch)
    logging.getLogger("gateway").setLevel(logging.DEBUG)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest goes first, so that no worker is left with it when the others have ended."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


def pytest_collection_finish() -> None:
    """All tests are loaded, and stay: what else becomes garbage is found sooner without looking at them each time."""
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A secret in what a test printed, logged or raised makes it fail."""
    report = yield
    told = [report.longreprtext, *(text for _, text in report.sections)]
    if found := sorted({secret for text in told for secret in found_in(text)}):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid}: its output or exception holds secrets that begin with {found}"
    return report


@pytest.fixture(scope="session", autouse=True)
def no_settings_of_ones_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Tests run in an empty folder: a developer's file .env has no say.

    The same folder holds the certificates to trust. Tests ask this machine alone, without TLS, and to read the system's
    certificates takes each new HTTP client longer than all else.
    """
    empty = tmp_path_factory.mktemp("empty")
    os.chdir(empty)
    os.environ.pop("SSL_CERT_FILE", None)
    os.environ["SSL_CERT_DIR"] = str(empty)


@pytest.fixture(autouse=True)
def no_secret_is_logged() -> Iterator[None]:
    yield
    leaks, _watch.leaks = _watch.leaks, []
    assert not leaks, leaks


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL database of this run alone. Without a server the test is skipped, but never in CI."""
    if not databases.answers():
        _lacking("no PostgreSQL answers at 127.0.0.1:5432 (GATEWAY_TEST_POSTGRES_URL names another)")
    with databases.own_database() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database: the test runs on each kind of database that the gateway knows."""
    return _empty_database(request, tmp_path)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def module_database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same for all tests of a module together."""
    return _empty_database(request, tmp_path_factory.mktemp("database"))


def _empty_database(request: pytest.FixtureRequest, folder: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{folder / 'gateway.db'}"
    return databases.emptied(request.getfixturevalue("postgres"))


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server that may be killed. Without its programs the test is skipped, but never in CI."""
    with running_cluster(binaries() or _lacking("no PostgreSQL is installed: apt-get install postgresql")) as made:
        yield made


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path. Without one the test is skipped, but never in CI."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    return found or _lacking("chromium is not installed: apt-get install chromium")


@pytest.fixture(scope="session")
def npm() -> str:
    """The path of Node's package manager. Without it the test is skipped, but never in CI."""
    found = shutil.which("npm") if shutil.which("node") else None
    return found or _lacking("Node and npm are not installed: apt-get install nodejs npm")


def _lacking(what: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what}; CI must not skip this test")
    pytest.skip(what)
