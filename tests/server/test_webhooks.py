"""The address to which backends send webhooks: who is let in, what is too much, and what is said of it."""

import logging
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from tests.backends.cartoncloud.recordings import recorded, written
from tests.stack import GatewayClient, running_gateway, until

TOKEN = "the-right-webhook-token"
SETTINGS = {
    "GATEWAY_CARTONCLOUD__BASE_URL": "http://127.0.0.1:9",
    "GATEWAY_CARTONCLOUD__CLIENT_ID": "client",
    "GATEWAY_CARTONCLOUD__CLIENT_SECRET": "a-client-secret",
    "GATEWAY_CARTONCLOUD__TENANT_ID": "tenant",
    "GATEWAY_CARTONCLOUD__WEBHOOK_TOKEN": TOKEN,
    "GATEWAY_MAX_BODY_BYTES": "5000",
}
PERSON = "Customer 17"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayClient]:
    with running_gateway(tmp_path_factory.mktemp("webhooks"), SETTINGS) as client:
        yield client


def send(gateway: GatewayClient, body: bytes, **headers: str) -> int:
    return httpx.post(f"{gateway.address}/webhooks/cartoncloud", content=body, headers=headers).status_code


def order() -> bytes:
    return written(recorded("outbound-order-webhook", details__deliver__address__contactName=PERSON))


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "gateway.webhooks"]


@pytest.mark.parametrize("name", ["X-Webhook-Token", "x-webhook-token", "X-WEBHOOK-TOKEN"])
def test_the_header_may_be_written_in_any_case(gateway: GatewayClient, name: str, caplog: pytest.LogCaptureFixture) -> None:
    assert send(gateway, order(), **{name: TOKEN}) == 200
    assert told(caplog) == []


def test_who_is_refused_shows_in_the_log_and_what_was_sent_does_not(
    gateway: GatewayClient, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = "another-token"
    assert send(gateway, order()) == 401
    assert send(gateway, order(), **{"X-Webhook-Token": wrong}) == 401
    assert send(gateway, b"[]", **{"X-Webhook-Token": TOKEN}) == 400
    assert send(gateway, b" " * 5001, **{"X-Webhook-Token": TOKEN}) == 413
    assert told(caplog) == [f"a webhook for CartonCloud was refused with status {status}" for status in (401, 401, 400, 413)]
    assert not any(word in caplog.text for word in (PERSON, TOKEN, wrong))


def test_a_sender_that_goes_away_is_no_failure_of_the_gateway(gateway: GatewayClient, caplog: pytest.LogCaptureFixture) -> None:
    address = urlsplit(gateway.address)
    with socket.create_connection((str(address.hostname), address.port or 80)) as connection:
        connection.sendall(b"POST /webhooks/cartoncloud HTTP/1.1\r\nHost: gateway\r\nContent-Length: 500\r\n\r\n{")
    until(lambda: bool(told(caplog)))
    assert told(caplog) == ["a webhook for CartonCloud was refused with status 400"]
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
