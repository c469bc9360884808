"""The vault keeps its values, and gives every process the same key."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from gateway.database import Database
from gateway.vault import Vault
from tests.databases import opened


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with opened(database_url) as made:
        yield made


async def test_a_value_takes_the_place_of_the_one_that_was_known(database: Database) -> None:
    vault = Vault(database)
    assert await vault.get("token") is None

    await vault.replace("token", None, "first")
    await vault.replace("token", "first", "second")
    await vault.replace("other", None, "third")
    assert await vault.get("token") == "second"


async def test_a_value_that_another_process_has_put_since_stays(database: Database) -> None:
    vault = Vault(database)
    await vault.replace("token", None, "first")
    await vault.replace("token", None, "of one who knew nothing of it")
    await vault.replace("token", "long ago", "of one who knew another")

    assert await vault.get("token") == "first"


def test_a_key_is_made_once_for_all_processes(database: Database, database_url: str) -> None:
    processes = [Database(database_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        keys = set(threads.map(lambda process: Vault(process).key("cursors"), processes))
    for process in processes:
        process.close()

    assert keys == {Vault(database).key("cursors")}
    assert len(Vault(database).key("cursors")) == 32
