"""Centry's webhooks: answered at once, dealt with after, and what they tell is what the gateway shows from then on."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.sandbox.world import Stage, System
from tests import commands
from tests.backends.centry.asking import Caller, signed_in
from tests.stack import Stack, until, whole_stack

SETTINGS = {"GATEWAY_CENTRY__CACHE_TTL": "3600", "GATEWAY_INBOX_PATIENCE": "5", "GATEWAY_BREAKER_COOLDOWN": "0.3"}
ORDER = "query($numbers: [String!]) { orders(filter: {backends: [CENTRY], numbers: $numbers}) { nodes { status } } }"
PRODUCTS = """{ products(first: 250, filter: {backends: [CENTRY]}) {
    nodes { variants { nodes { sku } } records { backend backendId name } } sources { state } } }"""

VARIANTS = "{ variants(first: 250, filter: {backends: [CENTRY]}) { nodes { sku } } }"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """No look at what changed would come in time without a webhook, nor any cached answer end."""
    with whole_stack(tmp_path_factory.mktemp("inbox"), orders=12, settings=SETTINGS) as made:
        told = {"url": f"{made.client.address}/webhooks/centry"}
        httpx.put(f"{made.addresses['CENTRY']}/__webhooks", json=told).raise_for_status()
        until(lambda: settled(made))
        yield made


@pytest.fixture(scope="module")
def shop(stack: Stack) -> Iterator[Caller]:
    """Someone else who changes things at Centry."""
    with signed_in(stack.addresses["CENTRY"]) as caller:
        yield caller


def settled(stack: Stack) -> bool:
    """Whether all notices have arrived and been dealt with."""
    if httpx.get(f"{stack.addresses['CENTRY']}/__webhooks").json()["pending"]:
        return False
    return " 0 waiting" in inbox(stack, "list").stdout


def inbox(stack: Stack, *arguments: str) -> Any:
    settings = {**stack.settings, "GATEWAY_DATABASE_URL": f"sqlite:///{database(stack)}"}
    return commands.gateway("inbox", *arguments, home=None, **settings)


def database(stack: Stack) -> Path:
    assert stack.in_step is not None
    return stack.in_step.with_name("gateway.db")


def notify(stack: Stack, **notice: Any) -> httpx.Response:
    secret = stack.settings["GATEWAY_CENTRY__WEBHOOK_SECRET"]
    return httpx.post(f"{stack.client.address}/webhooks/centry/{secret}", json=notice)


def products(stack: Stack) -> dict[str, Any]:
    """Centry's, with the SKUs of their variants, also those that other backends have of the same product."""
    nodes = stack.client.data(PRODUCTS)["products"]["nodes"]
    records = [(each, node["variants"]["nodes"]) for node in nodes for each in node["records"] if each["backend"] == "CENTRY"]
    return {each["backendId"]: {**each, "skus": [variant["sku"] for variant in variants]} for each, variants in records}


def variants(stack: Stack) -> set[str]:
    nodes = stack.client.data(VARIANTS)["variants"]["nodes"]
    return {node["sku"] for node in nodes}


def test_an_order_that_changed_is_shown_as_it_is_now(stack: Stack) -> None:
    order = next(each for each in stack.world.orders_of(System.CENTRY) if each.stage is Stage.PLACED)

    def status() -> str:
        (node,) = stack.client.data(ORDER, numbers=[order.number])["orders"]["nodes"]
        return str(node["status"])

    assert status() == "PENDING"
    stack.systems["CENTRY"].advance(order.number, Stage.SHIPPED)
    until(lambda: status() == "SHIPPED")


def test_a_product_that_changed_or_is_new_gets_into_the_index_and_one_that_was_removed_out_of_it(
    stack: Stack, shop: Caller
) -> None:
    known = products(stack)
    product_id, other_id, *_ = known

    shop.write("PUT", f"products/{product_id}.json", {"name": "Another name"})
    new = shop.write("POST", "products.json", {"name": "A new one"})["_id"]
    until(lambda: products(stack)[product_id]["name"] == "Another name" and new in products(stack))

    (sku, *_) = known[other_id]["skus"]
    assert sku in variants(stack)
    shop.write("DELETE", f"products/{other_id}.json")
    until(lambda: other_id not in products(stack))
    assert sku not in variants(stack)


def test_an_order_that_changed_without_a_notice_is_shown_in_time(stack: Stack, tmp_path: Path) -> None:
    """By another gateway, to which nothing is sent."""
    order = [each for each in stack.world.orders_of(System.CENTRY) if each.stage is Stage.PLACED][-1]
    with stack.newcomer(tmp_path, GATEWAY_CENTRY__RECONCILE_INTERVAL="0.2") as other:

        def status() -> str:
            (node,) = other.data(ORDER, numbers=[order.number])["orders"]["nodes"]
            return str(node["status"])

        before = status()
        until(lambda: bool(reconciled(tmp_path)))
        stack.systems["CENTRY"].advance(order.number, Stage.CANCELLED)
        until(lambda: status() == "CANCELLED")
    assert before != "CANCELLED"


def reconciled(home: Path) -> list[Any]:
    with closing(sqlite3.connect(home / "gateway.db")) as database:
        return database.execute("SELECT place FROM leases WHERE work = 'reconcile/CENTRY' AND place IS NOT NULL").fetchall()


def test_it_is_answered_at_once_though_centry_is_down_and_dealt_with_when_it_is_back(stack: Stack, shop: Caller) -> None:
    order = shop.get("orders.json", limit=1)[0]["_id"]
    stack.fault("CENTRY", match="centry-56", status=503)
    began = time.monotonic()
    assert notify(stack, topic="on_order_save", order_id=order).status_code == 200
    assert time.monotonic() - began < 1
    until(lambda: " 1 waiting" in (told := inbox(stack, "list", "--state", "waiting").stdout) and "Centry" in told)

    stack.mend()
    assert notify(stack, topic="on_order_save", order_id=order).status_code == 200
    until(lambda: settled(stack))
    assert " 0 dead" in inbox(stack, "list").stdout


def test_one_that_does_not_succeed_is_a_dead_letter_that_can_be_replayed(stack: Stack, shop: Caller) -> None:
    order = shop.get("orders.json", limit=2)[1]["_id"]
    stack.fault("CENTRY", match="centry-56", status=503)
    notify(stack, topic="on_order_save", order_id=order)
    until(lambda: " 1 dead" in inbox(stack, "list").stdout)
    line = inbox(stack, "list", "--state", "dead", "--backend", "centry").stdout.splitlines()[0]
    assert "on_order_save" in line
    assert order not in line
    shown = inbox(stack, "show", line.split()[0])
    assert (shown.returncode, order in shown.stdout) == (0, True)

    stack.mend()
    replayed = inbox(stack, "replay", "--dead")
    assert (replayed.returncode, replayed.stdout) == (0, "1 to be dealt with once more\n")
    until(lambda: " 0 waiting" in inbox(stack, "list").stdout)
    assert " 0 dead" in inbox(stack, "list").stdout


def test_what_nobody_can_read_is_kept_as_a_dead_letter(stack: Stack) -> None:
    for notice in ({"topic": "on_order_print", "order_id": "1"}, {"topic": "on_order_save"}, {}):
        assert notify(stack, **notice).status_code == 200
    assert " 3 dead" in inbox(stack, "list").stdout
    inbox(stack, "replay", "--dead")
    until(lambda: " 3 dead" in inbox(stack, "list").stdout)


def test_nobody_else_is_let_in(stack: Stack) -> None:
    address = f"{stack.client.address}/webhooks/centry"
    notice = {"topic": "on_order_save", "order_id": "1"}
    for wrong in ("", "/", "/another", "/another/one", "/%C3%BC%00"):
        assert httpx.post(address + wrong, json=notice).status_code == 404
    secret = stack.settings["GATEWAY_CENTRY__WEBHOOK_SECRET"]
    assert httpx.post(f"{address}/{secret}", content=b"[" * 2_000_000).status_code == 413
    assert httpx.post(f"{address}/{secret}", content=b"no JSON").status_code == 400
    assert httpx.post(f"{stack.client.address}/webhooks/cartoncloud/{secret}", json=notice).status_code == 404


def test_a_message_that_is_not_there_is_told(stack: Stack) -> None:
    for arguments in (("show", "999999"), ("replay", "999999"), ("replay",)):
        told = inbox(stack, *arguments)
        assert (told.returncode, told.stdout) == (2, "")
        assert "gateway inbox list" in told.stderr
