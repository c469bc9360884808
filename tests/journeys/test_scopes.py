"""What a caller without the scope `pii` is shown: everything but people, and once for each field that it was left out."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.secrets import API_KEYS, CLERK, READER
from tests.stack import GatewayClient, Stack, whole_stack

HIDDEN = ("name", "firstName", "lastName", "company", "line1", "line2", "suburb", "phone", "email")
SHOWN = ("city", "state", "postalCode", "country")
PEOPLE = f"""
{{
  orders(first: 40) {{
    nodes {{
      number
      customer {{ name email phone taxId }}
      shippingAddress {{ {" ".join((*HIDDEN, *SHOWN))} }}
    }}
    sources {{ backend state count }}
  }}
}}
"""
RAW = """
{
  orders(first: 20) { nodes { raw } }
  shipments(first: 20) { nodes { raw destination { line1 city } } }
  salesChannels { channelId name email phone location raw }
  warehouses { nodes { address { line1 city } records { raw } } }
}
"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with whole_stack(tmp_path_factory.mktemp("scopes"), settings={"GATEWAY_API_KEYS": API_KEYS}, key=CLERK) as made:
        yield made


@pytest.fixture
def reader(stack: Stack) -> GatewayClient:
    return replace(stack.client, key=READER)


def refusals(answer: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Where something was left out; there is no other error."""
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"FORBIDDEN"}
    return [tuple(error["path"]) for error in answer["errors"]]


def filled(rows: list[dict[str, Any]], name: str) -> bool:
    return any(row[name] is not None for row in rows)


def test_who_may_see_people_sees_them(stack: Stack) -> None:
    orders = stack.client.data(PEOPLE)["orders"]["nodes"]
    addresses = [order["shippingAddress"] for order in orders if order["shippingAddress"]]
    assert filled(orders, "customer")
    assert all(filled(addresses, name) for name in (*HIDDEN, *SHOWN) if name != "company")


def test_others_see_the_rest_and_are_told_once_for_each_field(stack: Stack, reader: GatewayClient) -> None:
    everything = stack.client.data(PEOPLE)["orders"]
    answer = reader.ask(PEOPLE)
    orders = answer["data"]["orders"]

    paths = refusals(answer)
    assert sorted(path[-1] for path in paths) == sorted(("customer", *HIDDEN))
    assert all(path[:2] == ("orders", "nodes") for path in paths)
    assert orders["sources"] == everything["sources"]
    for seen, whole in zip(orders["nodes"], everything["nodes"], strict=True):
        hidden = whole["shippingAddress"] and {**whole["shippingAddress"], **dict.fromkeys(HIDDEN)}
        assert seen == {"number": whole["number"], "customer": None, "shippingAddress": hidden}


def test_the_records_of_people_are_not_shown_raw(stack: Stack, reader: GatewayClient) -> None:
    everything = stack.client.data(RAW)
    answer = reader.ask(RAW)
    seen = answer["data"]

    assert len(refusals(answer)) == 7
    assert all(order["raw"] for order in everything["orders"]["nodes"])
    assert all(order == {"raw": None} for order in seen["orders"]["nodes"])
    for name in ("email", "phone", "raw"):
        assert filled(everything["salesChannels"], name)
        assert not filled(seen["salesChannels"], name)
    assert [channel["name"] for channel in seen["salesChannels"]] == [x["name"] for x in everything["salesChannels"]]
    assert all(shipment["raw"] is None for shipment in seen["shipments"]["nodes"])
    assert filled([warehouse["address"] or {"city": None} for warehouse in seen["warehouses"]["nodes"]], "city")
    assert seen["warehouses"]["nodes"][0]["records"] == everything["warehouses"]["nodes"][0]["records"]


def test_each_place_in_the_query_is_told_and_an_interface_hides_as_much(reader: GatewayClient) -> None:
    order = reader.ask("{ orders(first: 1) { nodes { id } } }")["data"]["orders"]["nodes"][0]["id"]
    query = """
    query Twice($id: ID!) {
      a: order(id: $id) { customer { name } }
      b: order(id: $id) { buyer: customer { ...who } again: customer { ...who } }
      node(id: $id) { ... on BackendRecord { backend raw } }
    }
    fragment who on Customer { name }
    """
    answer = reader.ask(query, id=order)
    assert set(refusals(answer)) == {("a", "customer"), ("b", "buyer"), ("b", "again"), ("node", "raw")}
    assert answer["data"]["a"] == {"customer": None}
    assert answer["data"]["node"]["raw"] is None


def test_what_may_not_be_seen_is_not_refused_where_it_is_not_asked_for(reader: GatewayClient) -> None:
    data = reader.data("{ orders(first: 20) { nodes { number shippingAddress { city } lines { sku } } } }")
    assert data["orders"]["nodes"]
