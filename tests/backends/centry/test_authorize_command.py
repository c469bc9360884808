"""`gateway authorize centry CODE` as it is typed: the first tokens of a chain, and what is said where there are none."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.backends.centry.sandbox import CODE, CentrySandbox
from gateway.backends.centry.tokens import CHAIN, digest
from gateway.sandbox.server import running
from gateway.sandbox.world import make_world
from tests.commands import gateway
from tests.secrets import WRONG
from tests.stack import note_calls, running_gateway

WORLD = make_world(orders=1)
Centry = tuple[str, Mapping[str, str]]


@pytest.fixture
def centry() -> Iterator[Centry]:
    """A simulated Centry's address, and the settings of a gateway that has no tokens of it yet."""
    sandbox = CentrySandbox(WORLD)
    with running({"CENTRY": sandbox}) as addresses:
        yield addresses["CENTRY"], {**sandbox.settings(addresses["CENTRY"]), "GATEWAY_CENTRY__REFRESH_TOKEN": ""}


def authorize(home: Path, settings: Mapping[str, str], code: str = CODE) -> tuple[int, str, str]:
    """The exit code and what was said. The code is in none of it."""
    done = gateway("authorize", "centry", code, home=home, **settings)
    assert code not in done.stdout + done.stderr
    return done.returncode, done.stdout, done.stderr


def chain(home: Path) -> str | None:
    """What the database keeps of Centry's tokens."""
    with closing(sqlite3.connect(home / "gateway.db")) as database:
        row = database.execute("SELECT value FROM vault WHERE name = ?", [CHAIN]).fetchone()
    return None if row is None else str(row[0])


def granted(address: str) -> list[str]:
    calls: list[dict[str, Any]] = httpx.get(f"{address}/__calls").json()
    return [call["operation"] for call in calls if call["path"] == "/oauth/token"]


def test_a_code_becomes_tokens_that_the_gateway_lives_on(centry: Centry, tmp_path: Path) -> None:
    address, settings = centry
    code, said, _ = authorize(tmp_path, settings)
    assert code == 0
    assert said.startswith("Centry has let the gateway in")
    assert digest("") in str(chain(tmp_path))

    httpx.delete(f"{address}/__tokens").raise_for_status()  # the access token has ended meanwhile
    with running_gateway(tmp_path, settings) as client:
        page = client.data("{ orders(filter: { backends: [CENTRY] }) { nodes { number } sources { state } } }")["orders"]

    assert page["sources"] == [{"state": "OK"}]
    assert len(page["nodes"]) == 1
    assert granted(address) == ["centry-01", "centry-02"], "one code, and one renewal by the refresh token that it brought"
    note_calls({"CENTRY": address})


@pytest.mark.long
def test_the_tokens_take_the_place_of_those_that_were_refused(centry: Centry, tmp_path: Path) -> None:
    _, settings = centry
    settings = {**settings, "GATEWAY_CENTRY__REFRESH_TOKEN": "used up long ago"}
    doctor = gateway("doctor", home=tmp_path, **settings)
    assert "gateway authorize centry CODE" in doctor.stdout

    assert authorize(tmp_path, settings)[0] == 0
    assert gateway("doctor", home=tmp_path, **settings).returncode == 0


def test_a_code_serves_once(centry: Centry, tmp_path: Path) -> None:
    _, settings = centry
    authorize(tmp_path, settings)
    before = chain(tmp_path)
    code, said, wrong = authorize(tmp_path, settings)
    assert (code, said) == (2, "")
    assert "gateway: Centry does not accept this code." in wrong
    assert chain(tmp_path) == before, "what was there stays"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"GATEWAY_CENTRY__REDIRECT_URI": "https://shop.example.com/"}, "GATEWAY_CENTRY__REDIRECT_URI"),
        ({"GATEWAY_CENTRY__CLIENT_SECRET": WRONG}, "Centry refuses the gateway's client id or secret."),
        ({"GATEWAY_CENTRY__CLIENT_SECRET": ""}, "Centry is not configured: GATEWAY_CENTRY__CLIENT_SECRET missing."),
        ({"GATEWAY_CENTRY__BASE_URL": "http://127.0.0.1:9"}, "Centry cannot be reached."),
    ],
)
def test_what_stands_in_the_way_is_one_line(centry: Centry, tmp_path: Path, changes: dict[str, str], says: str) -> None:
    code, said, wrong = authorize(tmp_path, {**centry[1], **changes})
    assert (code, said) == (2, "")
    assert says in wrong
    assert wrong.count("gateway: ") == 1
    assert chain(tmp_path) is None


@pytest.mark.parametrize("fault", [{"status": 500}, {"mode": "reset"}, {"body": {"access_token": "a", "expires_in": 60}}])
def test_a_code_is_sent_once_whatever_comes_of_it(centry: Centry, tmp_path: Path, fault: dict[str, Any]) -> None:
    address, settings = centry
    httpx.put(f"{address}/__faults", json=fault).raise_for_status()
    assert authorize(tmp_path, settings)[0] == 2
    assert granted(address) == ["centry-01"]
    assert chain(tmp_path) is None
