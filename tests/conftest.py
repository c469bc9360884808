"""What every test runs under: known secrets, and the promise that none of them gets into a log, an answer or an exception."""

import logging
import os
import shutil
from collections.abc import Generator, Iterator

import pytest

from tests.secrets import SecretWatch, found_in

_watch = SecretWatch()


def pytest_configure() -> None:
    logging.getLogger().addHandler(_watch)
    logging.getLogger("gateway").setLevel(logging.DEBUG)


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
    """Tests run in an empty folder: a developer's file .env has no say."""
    os.chdir(tmp_path_factory.mktemp("empty"))


@pytest.fixture(autouse=True)
def no_secret_is_logged() -> Iterator[None]:
    yield
    leaks, _watch.leaks = _watch.leaks, []
    assert not leaks, leaks


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path. Without one the test is skipped, but never in CI."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("chromium is not installed, and CI must not skip this test")
    if found is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    return found
