"""What tests of backends share: the resources that the gateway hands to every backend, on a database of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.ports import Resources
from tests import databases


@pytest.fixture
def resources(tmp_path: Path) -> Iterator[Resources]:
    with databases.opened(f"sqlite:///{tmp_path / 'gateway.db'}") as database:
        yield databases.resources(database)


@pytest.fixture
def resources_of_each_kind(database_url: str) -> Iterator[Resources]:
    """On each kind of database: for modules whose tests are about what is stored, which take these for their `resources`."""
    with databases.opened(database_url) as database:
        yield databases.resources(database)
