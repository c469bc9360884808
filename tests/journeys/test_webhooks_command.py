"""`gateway webhooks`: Centry is told whom to call, as often as one likes; CartonCloud's staff have to be asked."""

import subprocess
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from gateway.models import Backend
from gateway.sandbox.server import environment, load_sandboxes, running
from gateway.sandbox.world import make_world
from tests import commands
from tests.backends.centry.asking import Caller, signed_in
from tests.secrets import WRONG, assert_none_in

GATEWAY = "https://gateway.example.com"
ANOTHER = {"callback_url": f"https://me:{WRONG}@shop.example.com/{WRONG}", "on_order_save": True}


@pytest.fixture(scope="module")
def settings() -> Iterator[Mapping[str, str]]:
    systems = load_sandboxes(make_world(orders=0), only=[Backend.CENTRY, Backend.CARTONCLOUD])
    with running(systems) as addresses:
        given = environment(systems, addresses) | {"GATEWAY_CENTRY__REFRESH_TOKEN": ""}  # which serves one database alone
        yield given | {"address": addresses["CENTRY"]}


@pytest.fixture
def shop(settings: Mapping[str, str]) -> Iterator[Caller]:
    """Someone who looks at Centry itself, where someone else is called already."""
    with signed_in(settings["address"]) as caller:
        for each in caller.get("webhooks.json"):
            caller.write("DELETE", f"webhooks/{each['_id']}.json")
        caller.write("POST", "webhooks.json", ANOTHER)
        yield caller


def webhooks(settings: Mapping[str, str], *arguments: str, **changes: str) -> "subprocess.CompletedProcess[str]":
    variables = {name: value for name, value in settings.items() if name.startswith("GATEWAY_")} | changes
    told = commands.gateway("webhooks", *arguments, home=None, **variables)
    assert_none_in(told.stdout + told.stderr, "the terminal")
    return told


def ours(shop: Caller) -> list[dict[str, Any]]:
    return [each for each in shop.get("webhooks.json") if each["callback_url"].startswith(GATEWAY)]


def test_centry_is_registered_once_and_follows_a_change_of_the_secret(settings: Mapping[str, str], shop: Caller) -> None:
    for _ in range(2):
        told = webhooks(settings, "register", f"{GATEWAY}/", "--backend", "centry")
        assert (told.returncode, f"{GATEWAY}/webhooks/centry/…" in told.stdout) == (0, True)
    (made,) = ours(shop)
    assert made["callback_url"] == f"{GATEWAY}/webhooks/centry/{settings['GATEWAY_CENTRY__WEBHOOK_SECRET']}"
    assert {name for name, value in made.items() if value is True} == {
        "on_order_save", "on_order_delete", "on_product_save", "on_product_delete",
    }  # fmt: skip

    webhooks(settings, "register", GATEWAY, "--backend", "centry", GATEWAY_CENTRY__WEBHOOK_SECRET="a new/one")
    assert [each["callback_url"] for each in ours(shop)] == [f"{GATEWAY}/webhooks/centry/a%20new%2Fone"]
    assert ours(shop)[0]["_id"] == made["_id"]


def test_what_is_registered_twice_becomes_one(settings: Mapping[str, str], shop: Caller) -> None:
    webhooks(settings, "register", GATEWAY, "--backend", "centry")
    shop.write("POST", "webhooks.json", {"callback_url": f"{GATEWAY}/webhooks/centry/old", "on_order_save": True})
    webhooks(settings, "register", GATEWAY, "--backend", "centry")
    assert len(ours(shop)) == 1


def test_all_are_listed_and_the_gateways_own_are_removed(settings: Mapping[str, str], shop: Caller) -> None:
    webhooks(settings, "register", GATEWAY, "--backend", "centry")
    listed = webhooks(settings, "list").stdout
    assert "https://shop.example.com/…" in listed
    assert "(this gateway's secret)" in listed
    assert "CartonCloud: set up, shown and removed by its staff" in listed

    removed = webhooks(settings, "remove", "--backend", "centry")
    assert (removed.returncode, removed.stdout.count("removed")) == (0, 1)
    assert [each["callback_url"] for each in shop.get("webhooks.json")] == [ANOTHER["callback_url"]]
    assert "has none of these" in webhooks(settings, "remove", "--backend", "centry").stdout

    (other,) = shop.get("webhooks.json")
    webhooks(settings, "remove", other["_id"])
    assert shop.get("webhooks.json") == []


def test_cartonclouds_staff_are_asked_for_what_is_printed(settings: Mapping[str, str], shop: Caller) -> None:
    told = webhooks(settings, "register", GATEWAY, "--backend", "cartoncloud").stdout
    for kind in ("inbound", "outbound", "consignment"):
        assert f"{GATEWAY}/webhooks/cartoncloud?type={kind}" in told
    assert "X-Webhook-Token" in told


def test_what_cannot_be_done_is_told_with_the_mend(settings: Mapping[str, str], shop: Caller) -> None:
    told = webhooks(settings, "register", "gateway.example.com")
    assert (told.returncode, "https://gateway.example.com" in told.stderr) == (2, True)

    told = webhooks(settings, "register", GATEWAY, "--backend", "centry", GATEWAY_CENTRY__WEBHOOK_SECRET="")
    assert (told.returncode, "GATEWAY_CENTRY__WEBHOOK_SECRET" in told.stderr) == (1, True)

    told = webhooks({}, "list")
    assert (told.returncode, "gateway doctor" in told.stderr) == (2, True)
