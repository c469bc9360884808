"""How journeys of changes at Centry begin: a gateway that soon gives up a call, and a look into the simulated Centry."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from gateway.sandbox.world import System
from tests.backends.centry.asking import Caller
from tests.journeys.changes import ended, submit
from tests.stack import Stack, whole_stack

COOL = {"GATEWAY_BREAKER_COOLDOWN": "0.2", "GATEWAY_CENTRY__PAGE_SIZE": "1000"}
RETRY = "mutation ($handle: ID!) { retryTransaction(handle: $handle) { transaction { handle } userErrors { message } } }"


@contextmanager
def centry_stack(home: Path) -> Iterator[Stack]:
    """Its client asks a gateway of its own, which waits a second for an answer and then finds out what became of the call."""
    with whole_stack(home, orders=20, settings=COOL) as made, made.newcomer(GATEWAY_CENTRY__TIMEOUT="1") as hasty:
        yield replace(made, client=hasty)


def skus(stack: Stack) -> list[str]:
    return [item.sku for item in stack.world.items_of(System.CENTRY)]


def new(stack: Stack, number: str, **fields: Any) -> dict[str, Any]:
    """An order of one piece, for Centry."""
    return {"backend": "CENTRY", "number": number, "lines": [{"sku": skus(stack)[0], "quantity": "1"}], **fields}


def change(stack: Stack, mutation: str, **given: Any) -> dict[str, Any]:
    """The transaction at its end."""
    return ended(stack.client, submit(stack.client, mutation, given)["handle"])


def retried(stack: Stack, transaction: Mapping[str, Any]) -> dict[str, Any]:
    """The same at its next end."""
    stack.client.data(RETRY, handle=transaction["handle"])
    return ended(stack.client, transaction["handle"])


def held(centry: Caller, number: str) -> list[dict[str, Any]]:
    """What the simulated Centry has of this number."""
    found: list[dict[str, Any]] = centry.get("orders.json", number_origin=number, limit=100)
    return found
