"""Stories of small pages: they cost about as many calls as large ones, for what a page leaves over serves the next."""

import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.stack import GatewayClient, Stack, whole_stack

LARGE = 25
NATIVE = {"GATEWAY_CENPORTS__PAGE_SIZE": "30", "GATEWAY_CENTRY__PAGE_SIZE": "10"}
"""A tenth of what is usual, as is `LARGE`."""

LASTING = {"GATEWAY_CENPORTS__CACHE_TTL": "600", "GATEWAY_CENTRY__CACHE_TTL": "600"}
"""No walk takes as long, not even on a busy machine."""

ORDERS = """
query Orders($first: Int, $after: String) {
  list: orders(first: $first, after: $after) {
    nodes { id } pageInfo { hasNextPage endCursor } sources { backend state asOf error { code } }
  }
}
"""
SHIPMENTS = ORDERS.replace("orders(", "shipments(")

Page = dict[str, Any]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with whole_stack(tmp_path_factory.mktemp("small"), orders=45, settings=NATIVE | LASTING) as made:
        yield made


@pytest.fixture(autouse=True)
def mended(stack: Stack) -> Iterator[None]:
    yield
    stack.mend()


def walked(client: GatewayClient, query: str, first: int, pages: int = 1_000) -> list[Page]:
    """So many pages, or all."""
    found: list[Page] = []
    while len(found) < pages and (not found or found[-1]["pageInfo"]["hasNextPage"]):
        after = found[-1]["pageInfo"]["endCursor"] if found else None
        found.append(client.data(query, first=first, after=after)["list"])
    return found


def ids(pages: list[Page]) -> list[str]:
    return [node["id"] for page in pages for node in page["nodes"]]


def source(page: Page, backend: str) -> dict[str, Any]:
    return next(source for source in page["sources"] if source["backend"] == backend)


def cost(stack: Stack, query: str, first: int) -> tuple[list[Page], dict[str, int]]:
    """A whole walk by a gateway that knows nothing of the lists yet, and its calls at Cenports and Centry."""
    with stack.newcomer() as client:
        stack.forget_calls()
        pages = walked(client, query, first)
    return pages, {"CENPORTS": len(stack.calls("CENPORTS")), "CENTRY": len(stack.calls("CENTRY"))}


def test_orders_one_by_one_cost_at_most_twice_the_calls_of_large_pages(stack: Stack) -> None:
    one_by_one, small = cost(stack, ORDERS, 1)
    at_once, large = cost(stack, ORDERS, LARGE)

    assert ids(one_by_one) == ids(at_once)
    assert len(one_by_one) > 200
    assert (small, large) == ({"CENPORTS": 5, "CENTRY": 22}, {"CENPORTS": 5, "CENTRY": 12})


@pytest.mark.long
def test_shipments_one_by_one_cost_cenports_nothing_more_and_centry_what_its_orders_cost(stack: Stack) -> None:
    one_by_one, small = cost(stack, SHIPMENTS, 1)
    at_once, large = cost(stack, SHIPMENTS, LARGE)

    assert ids(one_by_one) == ids(at_once)
    assert (small, large) == ({"CENPORTS": 3, "CENTRY": 22}, {"CENPORTS": 3, "CENTRY": 6})


def test_after_a_pause_longer_than_the_cache_lives_one_native_page_is_read_anew(stack: Stack) -> None:
    with stack.newcomer(GATEWAY_CENPORTS__CACHE_TTL="3", GATEWAY_CENTRY__CACHE_TTL="3") as client:
        first = client.data(ORDERS, first=3)["list"]["pageInfo"]["endCursor"]
        second = client.data(ORDERS, first=3, after=first)["list"]["pageInfo"]["endCursor"]
        stack.forget_calls()
        client.data(ORDERS, first=3, after=second)
        assert not stack.calls("CENPORTS") + stack.calls("CENTRY")

        time.sleep(3.1)
        client.data(ORDERS, first=3, after=second)
        read = Counter(stack.calls("CENPORTS") + stack.calls("CENTRY"))
    assert read == {"cenports-02": 1, "centry-55": 2}, "at Centry a page, and the empty one that ends it"


def test_who_wants_no_cache_is_read_to_anew(stack: Stack) -> None:
    with stack.newcomer() as client:
        after = client.data(ORDERS, first=3)["list"]["pageInfo"]["endCursor"]
        stack.forget_calls()
        client.ask(ORDERS, {"Cache-Control": "no-cache"}, first=3, after=after)
        assert stack.calls("CENPORTS")
        assert stack.calls("CENTRY")


@pytest.mark.parametrize("backend", ["CENPORTS", "CENTRY"])
def test_what_a_walk_has_read_is_shown_again_while_the_backend_fails(stack: Stack, backend: str) -> None:
    """The second walk asks other questions than the first: no copy of an answer is of use."""
    with stack.newcomer(GATEWAY_CENPORTS__CACHE_TTL="1", GATEWAY_CENTRY__CACHE_TTL="1") as client:
        before = walked(client, ORDERS, 5, pages=16)
        stack.fault(backend, status=500)
        time.sleep(1.1)  # what was read is no longer fresh
        after = walked(client, ORDERS, 12, pages=5)

    assert ids(after) == ids(before)[:60]
    for page in after:
        told = source(page, backend)
        assert (told["state"], told["error"]["code"]) == ("STALE", "BACKEND_UNAVAILABLE")
        assert told["asOf"] <= source(before[-1], backend)["asOf"]
