"""Changes that wait until they are cancelled, behind one for a backend which is not there: something to watch."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from gateway import ids
from gateway.models import Backend
from tests.stack import GatewayClient, running_gateway

WATCH = "subscription ($handle: ID!) { transaction(handle: $handle) { handle status } }"

_NOWHERE = {
    "GATEWAY_CENPORTS__BASE_URL": "http://127.0.0.1:9/v2",
    "GATEWAY_CENPORTS__CLIENT_ID": "somebody",
    "GATEWAY_CENPORTS__CLIENT_SECRET": "something",
    "GATEWAY_CENPORTS__PARTNER_ID": "partner",
}
_BEGIN = """mutation ($ids: [ID!]!) { acknowledgeOrders(input: {orderIds: $ids}) {
    transaction { handle } userErrors { message }
} }"""
_CANCEL = "mutation ($handle: ID!) { cancelTransaction(handle: $handle) { transaction { status } userErrors { message } } }"


@contextmanager
def waiting_gateway(home: Path, *, key: str | None = None, **settings: str) -> Iterator[GatewayClient]:
    """A gateway with a change for a backend that cannot be reached; further ones to the same order wait for it.

    `key` is what its client sends.
    """
    with running_gateway(home, _NOWHERE | settings) as made:
        client = replace(made, key=key)
        begin(client)
        yield client


def begin(gateway: GatewayClient) -> str:
    """Its handle."""
    payload = gateway.data(_BEGIN, ids=[ids.encode("Order", Backend.CENPORTS, "channel/ORDER-1")])["acknowledgeOrders"]
    assert payload["userErrors"] == []
    handle: str = payload["transaction"]["handle"]
    return handle


def cancel(gateway: GatewayClient, handle: str) -> None:
    """It has ended once this returns."""
    payload = gateway.data(_CANCEL, handle=handle)["cancelTransaction"]
    assert (payload["userErrors"], payload["transaction"]["status"]) == ([], "CANCELLED")
