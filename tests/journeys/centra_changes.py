"""What journeys of Centra's changes share: orders as the graph shows them, and the simulated Centra's own records."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lxml.etree import _Element

from gateway.backends.centra.sandbox import CentraSandbox
from tests.backends.centra.asking import values
from tests.stack import Stack, until, whole_stack

SOON = {"GATEWAY_CENTRA__TIMEOUT": "1", "GATEWAY_CENTRA__POLL_INTERVAL": "0.2"}
"""A call of which nothing is heard is looked into two seconds later."""

LINES = (
    "lines { id sku quantity quantityCancelled quantityShipped warehouse { code } unitPrice { amount } subtotal { amount } }"
)
ORDER = f"""id backendId number status backendStatus locked currency requiredDate instructions channelId
    placedAt references {{ name value }} account {{ backendId }} totals {{ shipping {{ amount }} total {{ amount }} }}
    customer {{ name email company phone }} warehouse {{ code }}
    billingAddress {{ name company line1 city country email phone }} shippingAddress {{ name line1 city country }} {LINES}"""
SHIPMENT = """id number status carrier service trackingNumber destination { name line1 city } lines { orderLineId quantity }"""


@contextmanager
def centra_stack(home: Path, *, orders: int = 40, **more: str) -> Iterator[Stack]:
    with whole_stack(home, orders=orders, settings=SOON | more) as made:
        yield made


def system(stack: Stack) -> CentraSandbox:
    made: CentraSandbox = stack.systems["CENTRA"]
    return made


def orders(stack: Stack, *statuses: str) -> list[dict[str, Any]]:
    """Orders of Centra that stand there, newest first."""
    query = f"""query ($statuses: [OrderStatus!]) {{
        orders(first: 100, filter: {{backends: [CENTRA], statuses: $statuses}}) {{ nodes {{ {ORDER} }} }}
    }}"""
    found: list[dict[str, Any]] = stack.client.data(query, statuses=list(statuses) or None)["orders"]["nodes"]
    return found


def order(stack: Stack, order_id: str) -> dict[str, Any]:
    query = f"query ($id: ID!) {{ order(id: $id) {{ {ORDER} shipments {{ nodes {{ {SHIPMENT} backend }} }} }} }}"
    found: dict[str, Any] = stack.client.data(query, id=order_id)["order"]
    return found


def shown(stack: Stack, order_id: str, **wanted: Any) -> dict[str, Any]:
    """The order, once the graph shows it so."""
    found: dict[str, Any] = {}

    def is_so() -> bool:
        found.update(order(stack, order_id))
        return all(found[name] == value for name, value in wanted.items())

    until(is_so, 20)
    return found


def record(stack: Stack, backend_id: str) -> _Element:
    """An order as the simulated Centra has it."""
    found = system(stack).record("order", backend_id)
    assert found is not None
    return found


def cancelled(stack: Stack, backend_id: str) -> dict[str, int]:
    """How many of which row the simulated Centra has cancelled."""
    held = record(stack, backend_id)
    size = "cancelled/product/sizes/size"
    return dict(zip(values(held, f"{size}/orderitem/id"), map(int, values(held, f"{size}/qty")), strict=True))


def left(shown_order: Mapping[str, Any]) -> dict[str, int]:
    """How many are left of each line, by its id."""
    return {line["id"]: int(line["quantity"]) - int(line["quantityCancelled"]) for line in shown_order["lines"]}
