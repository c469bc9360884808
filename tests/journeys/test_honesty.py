"""Stories of answers that must not look better than they are: counts, totals, raw records, and what is missing."""

import sqlite3
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import httpx
import pytest

from gateway.sandbox.server import load_sandboxes
from gateway.sandbox.world import System, make_world
from tests.stack import Stack, whole_stack

NO_CACHE = {f"GATEWAY_{system}__CACHE_TTL": "0" for system in System}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with whole_stack(tmp_path_factory.mktemp("honesty"), orders=20, settings=NO_CACHE) as made:
        yield made


@pytest.fixture(autouse=True)
def mended(stack: Stack) -> Iterator[None]:
    yield
    stack.mend()


def everywhere(stack: Stack) -> str:
    return next(item.sku for item in stack.world.items if item.systems == frozenset(System))


def test_what_is_free_is_unknown_while_the_only_keeper_of_a_warehouse_fails(stack: Stack) -> None:
    sku = everywhere(stack)
    query = "query A($sku: String) { variant(sku: $sku) { available } }"
    assert Decimal(stack.client.data(query, sku=sku)["variant"]["available"]) > 0
    stack.fault("CENPORTS", match="GET /inventories", mode="down")
    with stack.newcomer() as client:
        assert client.data(query, sku=sku)["variant"]["available"] is None


def test_counts_are_of_the_page_that_is_shown(stack: Stack) -> None:
    counted = "sources { backend count }"
    page = stack.client.data(f"{{ warehouses(first: 1) {{ nodes {{ records {{ backend }} }} {counted} }} }}")["warehouses"]
    held = {record["backend"] for record in page["nodes"][0]["records"]}
    assert {source["backend"] for source in page["sources"] if source["count"]} == held

    query = (
        f"query S($sku: String) {{ variant(sku: $sku) {{ stock(first: 1) {{ nodes {{ backend }} {counted} totalCount }} }} }}"
    )
    stock = stack.client.data(query, sku=everywhere(stack))["variant"]["stock"]
    assert sum(source["count"] for source in stock["sources"]) == 1
    assert stock["totalCount"] == 6, "two warehouses in each of three systems"

    order = next(order for order in stack.world.orders if order.warehoused)
    query = f"""query R($n: [String!]) {{ orders(filter: {{ numbers: $n, kinds: [SALE] }}) {{ nodes {{
      sure: related(minConfidence: 0.99) {{ nodes {{ orderId }} {counted} }}
      likely: related {{ nodes {{ orderId }} {counted} totalCount }}
    }} }} }}"""
    node = stack.client.data(query, n=[order.number])["orders"]["nodes"][0]
    assert (node["sure"]["nodes"], [s["count"] for s in node["sure"]["sources"]]) == ([], [0])
    assert ([s["count"] for s in node["likely"]["sources"]], node["likely"]["totalCount"]) == ([1], 1)


def test_raw_is_what_was_sent_to_the_last_digit(stack: Stack) -> None:
    body = '{"id": "raw-1", "type": "OUTBOUND", "version": 1, "price": 19.90, "big": 12345678901234567.890, "items": []}'
    variables = load_sandboxes(make_world(orders=0))["CARTONCLOUD"].settings("")
    headers = {"X-Webhook-Token": variables["GATEWAY_CARTONCLOUD__WEBHOOK_TOKEN"]}
    httpx.post(f"{stack.client.address}/webhooks/cartoncloud", content=body, headers=headers).raise_for_status()
    query = '{ orders(filter: { numbers: ["raw-1"] }) { nodes { raw } } }'
    answer = httpx.post(f"{stack.client.address}/graphql", json={"query": query}).text
    assert '"price": 19.90' in answer
    assert "12345678901234567.890" in answer


def test_a_warehouse_that_only_a_failing_backend_knows_is_not_called_unknown(stack: Stack) -> None:
    query = '{ warehouse(code: "nobody-told") { code records { code } sources { backend state } } }'
    assert stack.client.data(query) == {"warehouse": None}
    stack.fault("CENTRY", mode="down")
    with stack.newcomer() as client:
        found = client.data(query)["warehouse"]
    assert (found["code"], found["records"]) == ("nobody-told", [])
    assert {"backend": "CENTRY", "state": "FAILED"} in found["sources"]


def test_shipments_of_a_backend_that_recovers_come_behind_the_same_cursor(stack: Stack) -> None:
    order = next(o for o in stack.world.orders_of(System.CENPORTS) if o.dispatch and not o.warehoused)
    query = """query S($n: [String!], $after: String) { orders(filter: { numbers: $n, kinds: [SALE] }) { nodes {
      shipments(after: $after) { nodes { id backend } pageInfo { endCursor } sources { backend state } }
    } } }"""

    def page(after: str | None) -> dict[str, Any]:
        found: dict[str, Any] = stack.client.data(query, n=[order.number], after=after)["orders"]["nodes"][0]["shipments"]
        return found

    stack.fault("CENPORTS", match="GET /shipments", mode="html")
    missing = page(None)
    assert missing["nodes"] == []
    assert {"backend": "CENPORTS", "state": "FAILED"} in missing["sources"]
    stack.mend()
    rest = page(missing["pageInfo"]["endCursor"])
    assert [node["backend"] for node in rest["nodes"]] == ["CENPORTS"]
    assert page(rest["pageInfo"]["endCursor"])["nodes"] == []


def test_an_empty_list_of_backends_is_none_and_an_empty_cursor_is_wrong(stack: Stack) -> None:
    assert stack.client.data("{ orders(filter: { backends: [] }) { nodes { id } sources { backend } } }") == {
        "orders": {"nodes": [], "sources": []}
    }
    assert stack.client.data("{ salesChannels(backends: []) { channelId } }") == {"salesChannels": []}
    errors = stack.client.ask('{ orders(after: "") { nodes { id } } }')["errors"]
    assert errors[0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_a_span_that_is_open_at_both_ends_limits_nothing(stack: Stack) -> None:
    page = stack.client.data("{ orders(filter: { updatedAt: {} }) { sources { backend state } } }")["orders"]
    assert {source["state"] for source in page["sources"]} == {"OK"}


def test_the_ends_of_the_calendar_are_times_too(stack: Stack) -> None:
    query = """query T($from: DateTime, $to: DateTime) {
      orders(filter: { placedAt: { from: $from, to: $to } }) { sources { state } }
    }"""
    page = stack.client.data(query, **{"from": "0001-01-01T00:00:00Z", "to": "9999-12-31T23:59:59Z"})["orders"]
    assert {source["state"] for source in page["sources"]} == {"OK"}
    errors = stack.client.ask(query, to="9999-12-31T23:59:59-12:00")["errors"]
    assert errors[0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_sales_channels_that_cannot_be_read_leave_an_error_with_its_path(stack: Stack) -> None:
    stack.fault("CENPORTS", match="GET /channels", mode="down")
    answer = stack.client.ask("{ channels: salesChannels { backend } }")
    assert {channel["backend"] for channel in answer["data"]["channels"]} == {"CENTRA"}
    (error,) = answer["errors"]
    assert error["path"] == ["channels"]
    assert error["extensions"]["backend"] == "CENPORTS"


def test_records_of_one_kind_are_read_in_one_batch(stack: Stack) -> None:
    query = "query V($sku: String) { variant(sku: $sku) { records { id backend } } }"
    found = [
        stack.client.data(query, sku=item.sku)["variant"]["records"] for item in stack.world.items_of(System.CENPORTS)[:20]
    ]
    ids = [record["id"] for records in found for record in records if record["backend"] == "CENPORTS"]
    stack.forget_calls()
    nodes = stack.client.data("query N($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=ids)["nodes"]
    assert [node["id"] for node in nodes] == ids
    assert len(stack.calls("CENPORTS")) <= 2


def test_what_the_database_cannot_tell_of_one_copy_spares_the_others(tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("broken")
    with whole_stack(home, orders=5) as stack:
        with sqlite3.connect(home / "gateway.db") as database:
            database.execute("ALTER TABLE synchronisations RENAME TO away")
        database.close()
        query = "{ orders { nodes { backend } sources { backend state } } }"
        page = stack.client.data(query)["orders"]
        states = {source["backend"]: source["state"] for source in page["sources"]}
        assert states["CENPORTS"] == states["CENTRY"] == "OK"
        assert states["CENTRA"] in ("FAILED", "STALE")
