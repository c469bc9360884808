"""What the suites share: a subject for each backend, started once, and every test in the loop that it lives in."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import pytest_asyncio

from gateway.backends import backend_class, sandbox_class
from gateway.models import Backend
from tests.conformance.subject import WORLD, Subject, new_resources, settings_of, standing

Subjects = Callable[[Backend], Awaitable[Subject]]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A suite's module names its PORT; it runs for every backend that offers it and can be simulated."""
    if "subject" in metafunc.fixturenames:
        metafunc.parametrize("subject", offered(metafunc.module.PORT), indirect=True, ids=str)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if pytest_asyncio.is_async_test(item) and item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@cache
def offered(port: type) -> list[Backend]:
    """The backends that offer a port and can be simulated."""
    return [name for name in Backend if sandbox_class(name) and isinstance(_made(name), port)]


@cache
def _made(name: Backend) -> object:
    """A backend that is never asked anything: what it offers is known only once it is made."""
    simulated = sandbox_class(name)
    assert simulated is not None
    variables = simulated(WORLD).settings("http://127.0.0.1:9")
    with TemporaryDirectory() as home, new_resources(Path(home)) as resources:
        return backend_class(name)(settings_of(name, variables), resources)


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def subjects(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Subjects]:
    started: dict[Backend, Subject] = {}
    async with AsyncExitStack() as stack:

        async def of(name: Backend) -> Subject:
            if name not in started:
                started[name] = await stack.enter_async_context(standing(name, tmp_path_factory.mktemp(name)))
            return started[name]

        yield of


@pytest_asyncio.fixture(loop_scope="session")
async def subject(request: pytest.FixtureRequest, subjects: Subjects) -> AsyncIterator[Subject]:
    """A backend that is well, whatever a test before did to its system."""
    found = await subjects(request.param)
    assert isinstance(found.backend, request.module.PORT)
    yield found
    found.mend()
