"""`gateway sandbox` as a user runs it: the settings that it prints reach it, and webhooks go where they are told to."""

from pathlib import Path

import pytest

from gateway.models import Backend
from gateway.settings import Settings
from tests.commands import gateway


def printed(*options: str) -> str:
    done = gateway("sandbox", "--env", *options)
    done.check_returncode()
    return done.stdout


def test_the_settings_can_be_kept_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text(printed())
    monkeypatch.chdir(tmp_path)
    assert Settings.load().warehouses["main"][Backend.CARTONCLOUD] == "Main Warehouse"


def test_each_line_is_a_variable_and_its_value() -> None:
    values = dict(line.split("=", 1) for line in printed().splitlines())
    assert values["GATEWAY_CENPORTS__BASE_URL"] == "http://127.0.0.1:8101/v2"
    assert values["GATEWAY_CENTRA__SOAP_URL"] == "http://127.0.0.1:8102/ams/system/service/module/soap/api"
    assert values["GATEWAY_CENTRY__BASE_URL"] == "http://127.0.0.1:8103"
    assert values["GATEWAY_CARTONCLOUD__BASE_URL"] == "http://127.0.0.1:8104"


def test_help_needs_no_settings() -> None:
    for command in ([], ["demo"], ["serve"], ["sandbox"], ["schema"], ["import"]):
        done = gateway(*command, "--help", GATEWAY_PORT="wrong")
        assert (done.returncode, done.stderr) == (0, "")
