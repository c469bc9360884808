"""Stories of many operations at once, of ids that are right, wrong and mixed, and of a database that others use too."""

import asyncio
import sqlite3
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.stack import Stack, whole_stack

NODES = "query Nodes($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on BackendRecord { backend backendId raw } } }"
PARALLEL = 50


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("operations")


@pytest.fixture(scope="module")
def stack(home: Path) -> Iterator[Stack]:
    with whole_stack(home, orders=30) as made:
        yield made


@pytest.fixture(scope="module")
def ids(stack: Stack) -> dict[str, str]:
    """An id of every type that has ids, and the name of the type that it has to lead back to."""
    query = """{
      orders(first: 40) { nodes { id backend } }
      shipments(first: 20) { nodes { id } }
      variant(sku: "P001REDM") { id records { id } product { id records { id } } }
      warehouses { nodes { id records { id } } }
    }"""
    data = stack.client.data(query)
    variant = data["variant"]
    found = {order["id"]: "Order" for order in data["orders"]["nodes"]}
    found |= {shipment["id"]: "Shipment" for shipment in data["shipments"]["nodes"]}
    found |= {variant["id"]: "Variant", variant["product"]["id"]: "Product"}
    found |= {record["id"]: "VariantRecord" for record in variant["records"]}
    found |= {record["id"]: "ProductRecord" for record in variant["product"]["records"]}
    found |= {warehouse["id"]: "Warehouse" for warehouse in data["warehouses"]["nodes"]}
    found |= {record["id"]: "WarehouseRecord" for warehouse in data["warehouses"]["nodes"] for record in warehouse["records"]}
    return found


def written(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def test_every_id_leads_back_to_what_it_is_of_in_any_mixture(stack: Stack, ids: dict[str, str]) -> None:
    mixed = [*ids, *reversed(ids)]
    found = stack.client.data(NODES, ids=mixed)["nodes"]
    assert [node["id"] for node in found] == mixed
    assert [node["__typename"] for node in found] == [ids[one] for one in mixed]
    assert all(node["raw"] for node in found if "raw" in node)


def test_a_wrong_id_is_an_error_of_its_own_place_alone(stack: Stack, ids: dict[str, str]) -> None:
    right = next(iter(ids))
    wrong = ["", "x", "☃", written("Order:NOPE:1"), written("Order::1"), written("OrderLine:CENTRY:1"), written("Foo::1")]
    unknown = [
        written(f"Order:{key}")
        for key in ("CENPORTS:AMAZON/none", "CENTRA:none", "CENTRY:../../x", "CARTONCLOUD:a?b", "CENTRY:" + "x" * 2000)
    ]
    answer = stack.client.ask(NODES, ids=[right, *wrong, *unknown, right])
    nodes = answer["data"]["nodes"]
    assert [node and node["id"] for node in nodes] == [right, *[None] * (len(wrong) + len(unknown)), right]
    assert sorted(error["path"] for error in answer["errors"]) == [["nodes", place] for place in range(1, len(wrong) + 1)]
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"BAD_USER_INPUT"}
    assert len({error["extensions"]["requestId"] for error in answer["errors"]}) == 1


def test_three_hundred_ids_are_read_in_one_batch(stack: Stack) -> None:
    shop = stack.client.data("{ orders(first: 250, filter: { backends: [CENPORTS] }) { nodes { id } } }")["orders"]["nodes"]
    many = [node["id"] for node in shop] * 10
    stack.forget_calls()
    answer = stack.client.ask(NODES, {"Cache-Control": "no-cache"}, ids=many)
    assert [node["id"] for node in answer["data"]["nodes"]] == many
    assert len(many) == 300
    assert stack.calls("CENPORTS") == ["cenports-02"]


async def test_answers_of_operations_that_run_at_once_are_not_mixed_up(stack: Stack) -> None:
    query = 'query One($id: ID!) { order(id: $id) { id lines { sku quantity } } wrong: node(id: "x") { id } }'
    listed = "{ orders(first: 250, filter: { backends: [CENTRA, CENTRY] }) { nodes { id lines { sku quantity } } } }"
    orders = stack.client.data(listed)["orders"]["nodes"][:PARALLEL]
    assert len(orders) == PARALLEL

    async def ask(client: httpx.AsyncClient, index: int, order: dict[str, Any]) -> str:
        headers = {"Cache-Control": "no-cache"} if index % 2 else {}
        body = {"query": query, "variables": {"id": order["id"]}}
        response = await client.post(f"{stack.client.address}/graphql", json=body, headers=headers)
        answer = response.json()
        assert answer["data"]["order"] == order
        (error,) = answer["errors"]
        assert error["extensions"]["requestId"] == response.headers["x-request-id"]
        return str(error["extensions"]["requestId"])

    async with httpx.AsyncClient(timeout=30) as client:
        told = await asyncio.gather(*(ask(client, index, order) for index, order in enumerate(orders)))
    assert len(set(told)) == PARALLEL


async def test_a_wish_for_fresh_data_is_one_requests_own(stack: Stack) -> None:
    """Of requests that wait in one connection the second is begun by the end of the first, but is no part of it."""
    body = b'{"query": "{ orders(first: 3, filter: { backends: [CENTRY] }) { nodes { id } } }"}'
    lines = b"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n" % len(body)
    plain, fresh = lines + b"\r\n" + body, lines + b"Cache-Control: no-cache\r\n\r\n" + body
    once = await calls_of(stack, fresh)
    assert once
    assert await calls_of(stack, fresh + plain + plain) == once


async def calls_of(stack: Stack, requests: bytes) -> list[str]:
    """What it costs Centry to send these bytes and read as many answers."""
    stack.forget_calls()
    address = httpx.URL(stack.client.address)
    reader, writer = await asyncio.open_connection(address.host, address.port)
    writer.write(requests)
    for _ in range(requests.count(b"POST ")):
        head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)).lower()
        await reader.readexactly(int(head.partition(b"content-length: ")[2].split(b"\r\n")[0]))
    writer.close()
    await writer.wait_closed()
    return stack.calls("CENTRY")


async def test_callers_who_hang_up_harm_nobody(stack: Stack) -> None:
    address = httpx.URL(stack.client.address)
    body = b'{"query": "{ orders(first: 5) { nodes { id } } }"}'
    head = b"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(
        body
    )
    for _ in range(20):
        _, writer = await asyncio.open_connection(address.host, address.port)
        writer.write(head + body)
        await writer.drain()
        writer.transport.abort()
    sources = stack.client.data("{ orders(first: 5) { sources { state } } }")["orders"]["sources"]
    assert {source["state"] for source in sources} == {"OK"}


def test_another_process_that_holds_the_database_does_not_keep_readers_waiting(stack: Stack, home: Path) -> None:
    with closing(sqlite3.connect(home / "gateway.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        sources = stack.client.data("{ orders(first: 5) { nodes { id } sources { state } } }")["orders"]["sources"]
        ready = httpx.get(f"{stack.client.address}/health/ready").status_code
        other.execute("ROLLBACK")
    assert {source["state"] for source in sources} == {"OK"}
    assert ready == 200
