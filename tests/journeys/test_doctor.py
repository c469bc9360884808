"""`gateway doctor` and `gateway authorize` as they are typed, against simulated systems that are well, away or hostile."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import httpx
import pytest

from gateway.__main__ import main
from gateway.backends.centry.sandbox import CODE
from gateway.models import Backend
from gateway.sandbox.server import environment, load_sandboxes, running
from gateway.sandbox.world import make_world
from tests.secrets import WRONG, assert_none_in
from tests.stack import running_gateway

Set = Callable[[Mapping[str, str]], None]


@pytest.fixture(scope="module")
def systems() -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Addresses by name, and the settings that reach them."""
    simulated = load_sandboxes(make_world(orders=3))
    with running(simulated) as addresses:
        yield addresses, environment(simulated, addresses)


@pytest.fixture
def addresses(systems: tuple[dict[str, str], dict[str, str]]) -> Iterator[dict[str, str]]:
    yield systems[0]
    for address in systems[0].values():
        httpx.delete(f"{address}/__faults").raise_for_status()


@pytest.fixture
def given(systems: tuple[dict[str, str], dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Set:
    """Set all settings, some of them changed; an empty one is not set."""

    def set_all(changes: Mapping[str, str]) -> None:
        own = {
            "GATEWAY_DATABASE_URL": f"sqlite:///{tmp_path / 'gateway.db'}",
            "GATEWAY_CENTRY__TIMEOUT": "2",
            "GATEWAY_CENTRY__REFRESH_TOKEN": "",  # good once, and the system outlives the database
        }
        for name, value in {**systems[1], **own, **changes}.items():
            if value:
                monkeypatch.setenv(name, value)
            else:
                monkeypatch.delenv(name, raising=False)

    set_all({})
    return set_all


def lines(capsys: pytest.CaptureFixture[str]) -> dict[str, tuple[str, str]]:
    """What was printed: by the first word the state and the rest."""
    printed = capsys.readouterr().out
    assert_none_in(printed, "what was printed")
    return {name: (state, rest) for name, state, rest in (line.split(maxsplit=2) for line in printed.splitlines())}


@pytest.mark.usefixtures("given", "addresses")
def test_a_line_for_each_that_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    told = lines(capsys)
    assert list(told) == ["database", *(name.label for name in Backend)]
    assert {state for state, _ in told.values()} == {"ok"}
    for name in Backend:
        assert re.search("credentials accepted, clocks [0-5] s apart", told[name.label][1])


def test_each_failure_names_what_to_look_at(given: Set, addresses: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    given(
        {
            "GATEWAY_CENPORTS__CLIENT_SECRET": WRONG,
            "GATEWAY_CENTRA__SOAP_URL": "http://127.0.0.1:9",
            "GATEWAY_CARTONCLOUD__TENANT_ID": "",
        }
    )
    httpx.put(f"{addresses['CENTRY']}/__faults", json={"latency": 30}).raise_for_status()
    begun = time.monotonic()

    assert main(["doctor"]) == 1
    assert time.monotonic() - begun < 10
    told = lines(capsys)
    assert {name: state for name, (state, _) in told.items()} == {
        "database": "ok", "Cenports": "failed", "Centra": "failed", "Centry": "failed", "CartonCloud": "-",
    }  # fmt: skip
    assert "GATEWAY_CENPORTS__CLIENT_SECRET" in told["Cenports"][1]
    assert "GATEWAY_CENTRA__SOAP_URL" in told["Centra"][1]
    assert "GATEWAY_CENTRY__TIMEOUT" in told["Centry"][1]
    assert told["CartonCloud"][1] == "not configured: set GATEWAY_CARTONCLOUD__TENANT_ID"


@pytest.mark.usefixtures("given")
def test_a_clock_that_is_wrong_is_a_failure(addresses: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    past = {"headers": {"Date": "Mon, 01 Jun 2026 12:00:00 GMT"}}
    httpx.put(f"{addresses['CENTRY']}/__faults", json=past).raise_for_status()
    assert main(["doctor"]) == 1
    state, text = lines(capsys)["Centry"]
    assert state == "failed"
    assert "ahead of its own" in text
    assert "NTP" in text


def test_a_database_that_cannot_be_used_is_a_line_too(given: Set, capsys: pytest.CaptureFixture[str]) -> None:
    given({"GATEWAY_DATABASE_URL": "sqlite:////nowhere/at/all.db"})
    assert main(["doctor"]) == 1
    state, text = lines(capsys)["database"]
    assert state == "failed"
    assert text.startswith("GATEWAY_DATABASE_URL")


def test_it_uses_up_no_token_of_a_gateway_that_runs_on_the_same_database(
    given: Set, systems: tuple[dict[str, str], dict[str, str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with running_gateway(tmp_path, systems[1]) as client:
        query = "{ backends { healthy } }"
        assert all(state["healthy"] for state in client.data(query)["backends"])
        given({"GATEWAY_CENTRY__REFRESH_TOKEN": systems[1]["GATEWAY_CENTRY__REFRESH_TOKEN"]})
        assert main(["doctor"]) == 0
        assert all(state["healthy"] for state in client.data(query)["backends"])
    assert {state for state, _ in lines(capsys).values()} == {"ok"}


def test_a_code_brings_the_first_tokens(given: Set, capsys: pytest.CaptureFixture[str]) -> None:
    given({})
    assert main(["authorize", "centry", CODE]) == 0
    assert main(["doctor"]) == 0
    printed = capsys.readouterr()
    assert "stored" in printed.out
    assert CODE not in printed.out + printed.err


def test_a_code_that_is_not_accepted_is_said_in_one_line(given: Set, capsys: pytest.CaptureFixture[str]) -> None:
    given({})
    assert main(["authorize", "centry", "no-code-of-ours"]) == 2
    assert main(["authorize", "cenports", "no-code-of-ours"]) == 2
    told = [line for line in capsys.readouterr().err.splitlines() if line.startswith("gateway:")]
    assert len(told) == 2
    assert "ask for a new one" in told[0]
    assert "no-code-of-ours" not in "".join(told)


@pytest.mark.parametrize("command", ["doctor", "authorize"])
def test_help_needs_no_settings(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert "usage: gateway" in capsys.readouterr().out
