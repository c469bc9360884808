"""Centry's settings: what is missing is named, what is secret is not shown."""

import pytest

from gateway.backends.centry.settings import CentrySettings
from gateway.settings import load

SECRETS = {"client_secret": "known-client-secret", "refresh_token": "known-refresh-token"}


@pytest.fixture
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_CENTRY__BASE_URL", "https://centry.example.com/")
    monkeypatch.delenv("GATEWAY_CENTRY__CLIENT_ID", raising=False)
    for name, value in SECRETS.items():
        monkeypatch.setenv(f"GATEWAY_CENTRY__{name.upper()}", value)


@pytest.mark.usefixtures("_environment")
def test_what_is_missing_is_named() -> None:
    settings = load(CentrySettings)

    assert settings.missing() == ["GATEWAY_CENTRY__CLIENT_ID"]
    assert settings.base_url == "https://centry.example.com"


@pytest.mark.usefixtures("_environment")
def test_secrets_are_read_and_stay_hidden() -> None:
    settings = load(CentrySettings)

    assert settings.refresh_token.get_secret_value() == SECRETS["refresh_token"]
    assert not any(secret in f"{settings!r} {settings}" for secret in SECRETS.values())
