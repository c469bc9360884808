"""Migrations lead every database to the tables that the code expects, whoever else is starting, and never back."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, make_url, text

from gateway import migrations
from gateway.app import open_gateway
from gateway.database import Database, metadata
from gateway.inbox.letters import Inbox
from gateway.models import Backend
from gateway.readmodel.store import Key, Kind, MessageState, ReadModel
from gateway.settings import InvalidSettings, Settings
from gateway.vault import Vault
from tests.commands import at_once


def migrate(address: str) -> None:
    database = Database(address)
    database.migrate()
    database.close()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    yield made
    made.close()


def differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata))


def test_the_steps_lead_to_the_tables_that_the_code_expects(database: Database) -> None:
    database.migrate()

    assert database.run(differences) == [], "declare in a step of gateway/migrations/versions what `metadata` says"


def test_a_step_imports_nothing_of_the_gateway() -> None:
    """It must do tomorrow what it does today."""
    steps = sorted((Path(migrations.__file__).parent / "versions").glob("0*.py"))
    assert steps
    assert not [step.name for step in steps if "gateway" in step.read_text()]


def test_steps_that_were_taken_are_not_taken_again(database: Database) -> None:
    database.migrate()
    key = Vault(database).key("cursors")
    database.migrate()

    assert Vault(database).key("cursors") == key


def test_processes_that_start_at_once_on_an_empty_database_all_come_up(database: Database, database_url: str) -> None:
    assert at_once(migrate, [(database_url,)] * 4) == [0, 0, 0, 0]
    tables = database.run(lambda connection: set(inspect(connection).get_table_names()))
    assert tables == {*metadata.tables, "alembic_version"}


async def test_a_database_from_before_there_were_steps_is_adopted(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "gateway.db") as before:
        before.executescript((Path(__file__).parent / "before_migrations.sql").read_text())
    before.close()
    database = Database(f"sqlite:///{tmp_path / 'gateway.db'}")

    database.migrate()

    assert database.run(differences) == []
    found = await ReadModel(database).by_key(Backend.CENTRA, Kind.ORDER, Key.NUMBER, ["A-7"])
    assert [record.record_id for record in found["A-7"]] == ["7"]
    assert Vault(database).key("cursors") == b"\x00\xff"
    states = {letter.problem: letter.state for letter in await Inbox(database).listed(list(MessageState), list(Backend), 10)}
    assert states == {None: MessageState.DONE, "it holds no order": MessageState.DEAD}
    database.close()


@pytest.mark.parametrize(
    "address",
    [
        "sqlite:///no/such/folder/gateway.db",
        "sqlite:///text.db",
        "sqlite:///file:read-only.db?mode=ro&uri=true",
        "postgresql://127.0.0.1:9/gateway",
        "postgresql://127.0.0.1:9/gateway?sslmode=perhaps",
    ],
)
def test_a_database_that_cannot_be_used_stops_the_start(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("text.db").write_text("This is no database. " * 100)
    sqlite3.connect("read-only.db").close()

    reason = refusal(address)

    assert reason.startswith("this database cannot be opened or written (")
    assert reason.endswith("); check address and rights")
    assert "\n" not in reason


def test_a_database_of_another_encoding_stops_the_start(postgres: str) -> None:
    """It would have no room for what backends write."""
    address = f"{postgres}_latin"
    with psycopg.connect(postgres, autocommit=True) as server:
        name = make_url(address).database
        server.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
        try:
            assert refusal(address) == "the database must be one of UTF8, not of another encoding"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def refusal(address: str) -> str:
    """What the start says of this database."""
    settings = Settings.model_validate({"database_url": address})
    with pytest.raises(InvalidSettings) as refused, open_gateway(settings):
        pass
    name, _, reason = str(refused.value).partition(": ")
    assert name == "GATEWAY_DATABASE_URL"
    return reason


def test_a_database_that_is_newer_than_the_code_stops_the_start(database: Database, database_url: str) -> None:
    database.migrate()
    database.run(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'")), write=True)

    assert refusal(database_url) == "this database is newer than the gateway, which does not know its step 9999"
