"""What tests of backends share: the resources that the gateway hands to every backend, on a database of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.database import Database
from gateway.ports import Resources
from gateway.readmodel.store import ReadModel
from gateway.transport import connect
from gateway.vault import Vault


@pytest.fixture
def resources(tmp_path: Path) -> Iterator[Resources]:
    database = Database(f"sqlite:///{tmp_path / 'gateway.db'}")
    database.migrate()
    yield Resources(connect=connect, database=database, read_model=ReadModel(database), vault=Vault(database))
    database.close()
