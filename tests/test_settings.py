"""Settings: a wrong one stops the start with one line that names the variable, and never tells its value."""

import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from gateway.backends import backend_class
from gateway.models import Backend
from gateway.principal import Scope
from gateway.settings import InvalidSettings, Settings, load
from tests.commands import gateway
from tests.ports import free_port
from tests.secrets import API_KEYS, READER, WRONG
from tests.stack import until


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GATEWAY_PORT", "eighty"),
        ("GATEWAY_DEADLINE", "-1"),
        ("GATEWAY_WAREHOUSES", "{not json"),
        ("GATEWAY_STOCK_PREFERENCE", "CENTRY,AMAZON"),
        ("GATEWAY_HOST", "0.0.0.0"),
        ("GATEWAY_DATABASE_URL", "mysql://x"),
        ("GATEWAY_DATABASE_URL", f"postgres://gateway:{WRONG}@db/gateway"),
        ("GATEWAY_DATABASE_URL", f"postgresql://gateway:{WRONG}@127.0.0.1:9/gateway"),
        ("GATEWAY_DATABASE_URL", f"postgresql://gateway:{WRONG}@127.0.0.1:port/gateway"),
        ("GATEWAY_DATABASE_URL", "sqlite:///:memory:"),
        ("GATEWAY_CENPORTS__TIMEOUT", "soon"),
        ("GATEWAY_CENTRY__BASE_URL", "www.centry.example"),
        ("GATEWAY_CENTRA__QUEUE", "drain"),
        ("GATEWAY_CARTONCLOUD__TIMEZONE", "Mars/Phobos"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_line(tmp_path: Path, name: str, value: str) -> None:
    done = gateway("serve", home=tmp_path, **{name: value, "GATEWAY_CENTRY__CLIENT_SECRET": WRONG})
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("gateway: ")
    assert name in line
    assert WRONG not in line


def test_a_database_that_cannot_be_reached_says_why(tmp_path: Path) -> None:
    done = gateway("serve", home=tmp_path, GATEWAY_DATABASE_URL="postgresql://gateway@127.0.0.1:9/gateway")
    assert "Connection refused" in done.stderr


DIGEST = "0" * 64
KEY = {"name": "shop", "sha256": DIGEST, "scopes": ["read"]}


@pytest.mark.parametrize(
    "value",
    [
        "{" + WRONG,
        f'"{WRONG}"',
        json.dumps({WRONG: KEY}),
        json.dumps([WRONG]),
        json.dumps([{"name": "shop", "sha256": DIGEST}]),
        json.dumps([KEY | {"sha256": WRONG}]),
        json.dumps([KEY | {"sha256": DIGEST + "0"}]),
        json.dumps([KEY | {"scopes": [WRONG]}]),
        json.dumps([KEY | {"scopes": []}]),
        json.dumps([KEY | {"name": " "}]),
        json.dumps([KEY | {"key": WRONG}]),
        json.dumps([KEY, KEY | {"sha256": "1" * 64}]),
        json.dumps([KEY, KEY | {"name": "other"}]),
    ],
)
def test_wrong_keys_stop_the_start_and_are_not_told(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_API_KEYS", value)
    with pytest.raises(InvalidSettings) as caught:
        Settings.load()
    (line,) = str(caught.value).splitlines()
    assert line.startswith("GATEWAY_API_KEYS: must ")
    assert not any(told in line for told in (WRONG, DIGEST, 'shop"'))


LINK = {"backend": "CENTRY", "holder": "CARTONCLOUD", "reference": "customer"}


@pytest.mark.parametrize(
    "value",
    [
        json.dumps(LINK),
        json.dumps([{"backend": "CENTRY", "holder": "CARTONCLOUD"}]),
        json.dumps([LINK | {"backend": "AMAZON"}]),
        json.dumps([LINK | {"field": "customer"}]),
        json.dumps([LINK | {"holder": "CENTRY"}]),
    ],
)
def test_channels_that_make_no_sense_stop_the_start(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_LINK_CHANNELS", value)
    with pytest.raises(InvalidSettings, match=r"^GATEWAY_LINK_CHANNELS: must .+$"):
        Settings.load()


def test_channels_are_read_with_what_may_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_LINK_CHANNELS", json.dumps([LINK, LINK | {"channel": "Ripley", "account": "C1"}]))
    channels = Settings.load().link_channels
    assert [(each.backend, each.channel, each.holder, each.account, each.reference) for each in channels] == [
        ("CENTRY", None, "CARTONCLOUD", None, "customer"),
        ("CENTRY", "Ripley", "CARTONCLOUD", "C1", "customer"),
    ]


def test_keys_are_known_by_their_digests_which_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_API_KEYS", json.dumps([KEY | {"sha256": "AB" * 32, "scopes": ["read", "pii"]}]))
    settings = Settings.load()
    (key,) = settings.api_keys
    assert (key.name, key.sha256, key.scopes) == ("shop", "ab" * 32, frozenset((Scope.READ, Scope.PII)))
    assert not any("ab" * 32 in shown for shown in (repr(settings), str(settings), repr(key)))


def test_with_keys_other_hosts_are_served(tmp_path: Path) -> None:
    """And it takes a key to be answered there."""
    port = free_port()
    settings = {"GATEWAY_HOST": "0.0.0.0", "GATEWAY_PORT": str(port), "GATEWAY_API_KEYS": API_KEYS}
    serving = subprocess.Popen([sys.executable, "-m", "gateway", "serve", "--no-worker"], cwd=tmp_path, env=settings)
    try:
        until(lambda: answers(port))
        query, address = {"query": "{ __typename }"}, f"http://127.0.0.1:{port}/graphql"
        assert httpx.post(address, json=query).status_code == 401
        assert httpx.post(address, json=query, headers={"X-API-Key": READER}).json() == {"data": {"__typename": "Query"}}
    finally:
        serving.terminate()
        serving.wait()


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health/live").is_success
    except httpx.ConnectError:
        return False


def test_a_file_env_is_read_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("GATEWAY_PORT=8123\nSOMETHING_ELSE=1\n")
    monkeypatch.chdir(tmp_path)
    assert Settings.load().port == 8123


@pytest.mark.parametrize("name", list(Backend))
def test_a_backend_names_the_variables_that_it_misses(name: Backend, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load(backend_class(name).settings_type)
    missing = settings.missing()
    assert missing
    for variable in missing:
        monkeypatch.setenv(variable, "https://example.com/x" if variable.endswith("URL") else WRONG)
    complete = load(backend_class(name).settings_type)
    assert complete.missing() == []
    assert "SecretStr('**********')" in repr(complete)
    assert WRONG not in repr(complete.model_dump(include={n for n in type(complete).model_fields if "secret" in n}))


def test_backends_that_no_preference_names_come_after_those_that_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_STOCK_PREFERENCE", "CENTRY, CENTRA")
    named, others = Settings.load().stock_order[:2], Settings.load().stock_order[2:]
    assert named == (Backend.CENTRY, Backend.CENTRA)
    assert others == tuple(name for name in Backend if name not in named)


def test_the_error_of_a_wrong_value_does_not_tell_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_PORT", WRONG)
    with pytest.raises(InvalidSettings) as caught:
        Settings.load()
    assert WRONG not in str(caught.value)
