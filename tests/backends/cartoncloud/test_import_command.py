"""`gateway import cartoncloud FILE` as it is typed: what it says, how it ends, and what the gateway then holds."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from gateway.__main__ import main
from gateway.backends.cartoncloud import sandbox_records
from gateway.database import Database
from gateway.models import Backend
from gateway.readmodel.store import Kind, ReadModel
from gateway.sandbox.world import World
from tests.backends.cartoncloud.simulated import CartonCloud
from tests.secrets import WRONG

Run: TypeAlias = Callable[[str | bytes], int]
UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def ids(world: World) -> dict[str, str]:
    """The id of a record of each kind."""
    number = next(order.number for order in world.orders if order.warehoused and order.dispatch)
    wanted = {"outbound": number, "consignment": number, "inbound": world.arrivals[0].number}
    held = sandbox_records.records(world)
    return {kind: sandbox_records.by_number(held[sandbox_records.Kind(kind)])[wanted[kind]]["id"] for kind in wanted}


@pytest.fixture
def run(cartoncloud: CartonCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command on a file of this content."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GATEWAY_DATABASE_URL", f"sqlite:///{tmp_path / 'gateway.db'}")
    for name, value in cartoncloud.variables.items():
        monkeypatch.setenv(name, value)

    def command(content: str | bytes) -> int:
        Path("file.txt").write_bytes(content if isinstance(content, bytes) else content.encode())
        return main(["import", "cartoncloud", "file.txt"])

    return command


def stored(tmp_path: Path) -> set[str]:
    """The ids of the orders and consignments that the gateway holds."""
    database = Database(f"sqlite:///{tmp_path / 'gateway.db'}")
    every = ReadModel(database).every
    found = [asyncio.run(every(Backend.CARTONCLOUD, kind)) for kind in (Kind.ORDER, Kind.SHIPMENT)]
    database.close()
    return {record.record_id for records in found for record in records}


def test_records_are_read_each_once(
    run: Run,
    cartoncloud: CartonCloud,
    ids: dict[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = [f"{kind} {record_id}" for kind, record_id in ids.items()]
    again = f"Outbound,{ids['outbound']}"
    spreadsheet = "\ufeff" + "\r\n".join([lines[0], "  # older than the gateway", "", *lines[1:], again, ""])

    assert run(spreadsheet) == 0

    assert capsys.readouterr().out == "3 of 3 done: 3 read, 0 failed\n"
    assert stored(tmp_path) == set(ids.values())
    assert sorted(cartoncloud.calls()) == ["cartoncloud-02", "cartoncloud-04", "cartoncloud-08", "cartoncloud-12"]


def test_what_cannot_be_read_is_named_and_the_rest_is_taken(
    run: Run, ids: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(f"outbound {UNKNOWN}\noutbound {ids['outbound']}\ninbound {ids['outbound']}\n") == 1

    assert capsys.readouterr().out.splitlines() == [
        f"outbound {UNKNOWN}: CartonCloud knows no outbound order with this id.",
        f"inbound {ids['outbound']}: CartonCloud knows no inbound order with this id.",
        "3 of 3 done: 1 read, 2 failed",
    ]
    assert stored(tmp_path) == {ids["outbound"]}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("outbound 1\n\npallet 5\n", "line 3: write one of inbound, outbound, consignment, a space, and the id"),
        ("outbound\n", "line 1: write one of"),
        ("outbound 1 2\n", "line 1: write one of"),
        ("", "this file names no record"),
        ("# nothing\n\n", "this file names no record"),
        ("outbound 1".encode("utf-16"), "this file is no UTF-8 text"),
    ],
)
def test_a_file_that_is_none_is_refused_before_anything_is_read(
    run: Run,
    cartoncloud: CartonCloud,
    content: str | bytes,
    says: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(content) == 2
    said = capsys.readouterr().err
    assert said.startswith("gateway: file.txt")
    assert says in said
    assert said.count("\n") == 1
    assert cartoncloud.calls() == []


def test_a_file_that_is_not_there(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "cartoncloud", "missing.txt"]) == 2
    assert capsys.readouterr().err == "gateway: missing.txt: this file cannot be read (No such file or directory)\n"


def test_a_backend_that_can_be_asked_for_lists_imports_none(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("BASE_URL", "CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.setenv(f"GATEWAY_CENTRY__{name}", "http://127.0.0.1:9")
    assert main(["import", "centry", "missing.txt"]) == 2
    assert capsys.readouterr().err == "gateway: Centry offers no way to answer this.\n"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("CLIENT_SECRET", WRONG, "CartonCloud refuses the gateway's credentials."),
        ("BASE_URL", "http://127.0.0.1:9", "CartonCloud cannot be reached."),
        ("TENANT_ID", "another", "do not give access to the tenant of GATEWAY_CARTONCLOUD__TENANT_ID."),
        ("CLIENT_SECRET", "", "CartonCloud is not configured: GATEWAY_CARTONCLOUD__CLIENT_SECRET missing."),
    ],
)
def test_where_cartoncloud_cannot_be_asked_it_is_said_once(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
    says: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(f"GATEWAY_CARTONCLOUD__{name}", value)

    assert run("".join(f"outbound {number}\n" for number in range(100))) == 2

    told = capsys.readouterr()
    assert told.out == ""
    assert says in told.err
    assert told.err.count("gateway: ") == 1
