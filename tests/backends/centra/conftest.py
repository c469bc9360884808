"""What tests of Centra's backend share: backends that are closed when the test ends."""

from collections.abc import AsyncIterator, Callable
from typing import TypeAlias

import pytest

from gateway.backends.centra.backend import CentraBackend
from gateway.backends.centra.settings import CentraSettings
from gateway.ports import Resources
from tests.backends.centra.scripted import PASSWORD

BackendAt: TypeAlias = Callable[..., CentraBackend]


@pytest.fixture
async def backend_at(resources: Resources) -> AsyncIterator[BackendAt]:
    """Makes a backend for the system at this address, with these settings besides."""
    made: list[CentraBackend] = []

    def make(address: str, **settings: object) -> CentraBackend:
        values = {"soap_url": f"{address}/soap/api", "username": "erp-user", "password": PASSWORD, **settings}
        made.append(CentraBackend(CentraSettings.model_validate(values), resources))
        return made[-1]

    yield make
    for backend in made:
        await backend.close()
