"""The simulated Cenports as journeys of its changes see it: quick transactions, faults, and what it holds in the end."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.backends.cenports.asking import PARTNER, token
from tests.stack import GatewayClient, Stack, whole_stack

SETTINGS = {
    "GATEWAY_CENPORTS__POLL_INTERVAL": "0.1",
    "GATEWAY_CENPORTS__CACHE_TTL": "0",
    "GATEWAY_BREAKER_COOLDOWN": "0.2",
}

LOST: dict[str, dict[str, Any]] = {
    "an error before": {"status": 500},
    "silence before": {"latency": 60},
    "an error after": {"status": 500, "lands": 0},
    "silence after": {"latency": 60, "lands": 0},
    "a reset after": {"mode": "reset", "lands": 0},
}
"""What leaves a caller without an answer, before and after the change was made."""


class Account:
    """The partner's account. `hasty` is a gateway of its own that waits for answers half a second, and then finds out."""

    def __init__(self, stack: Stack, hasty: GatewayClient, http: httpx.Client) -> None:
        self.stack = stack
        self.hasty = hasty
        self._http = http

    def ask(self, path: str, **asked: object) -> Any:
        given = {"partnerId": PARTNER, **{name: str(value) for name, value in asked.items()}}
        return self._http.get(path, params=given).raise_for_status().json()

    def stock(self, sku: str, **asked: object) -> dict[str, int]:
        """By warehouse: what there is of it, with `channelId` what may be sold."""
        found = self.ask("/inventories", **(asked or {"actualStock": "true"}))["data"]
        rows = [(place["warehouseCode"], row) for place in found for row in place["warehouseInventory"]]
        return {code: int(row["quantity"]) for code, row in rows if row["productSku"] == sku}

    def reserved(self, sku: str, channel: str) -> int:
        """How much of it new orders have taken."""
        return sum(self.stock(sku).values()) - sum(self.stock(sku, channelId=channel).values())

    def pace(self, queued: float, seconds: float) -> None:
        root = self._http.base_url.copy_with(path="/__transactions")
        httpx.put(root, json={"queued": queued, "seconds": seconds}).raise_for_status()


@contextmanager
def account_in(home: Path, **more: Any) -> Iterator[Account]:
    """With gateways on it that are quick to look again."""
    settings = {**SETTINGS, **more.pop("settings", {})}
    with ExitStack() as open_until_the_end:
        stack = open_until_the_end.enter_context(whole_stack(home, settings=settings, **more))
        hasty = open_until_the_end.enter_context(stack.newcomer(GATEWAY_CENPORTS__TIMEOUT="0.5"))
        http = open_until_the_end.enter_context(httpx.Client(base_url=f"{stack.addresses['CENPORTS']}/v2"))
        http.headers["Authorization"] = f"Bearer {token(http)}"
        account = Account(stack, hasty, http)
        account.pace(0.05, 0.1)
        yield account
