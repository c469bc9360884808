"""Within one operation no two identical reads reach a backend; another operation asks again."""

import asyncio

import httpx

from gateway.transport import begin_operation
from tests.transport.conftest import Connect
from tests.transport.server import serving
from tests.transport.test_cache import counting


async def operation(http: httpx.AsyncClient, *targets: str) -> list[int]:
    """The numbers of the answers that one operation gets, one after the other."""
    begin_operation()
    return [(await http.get(target)).json()["number"] for target in targets]


async def test_an_operation_asks_nothing_twice_also_where_nothing_is_cached(client: Connect) -> None:
    async with serving(counting()) as server:
        http = client(server.address, cache_ttl=0)
        first = await asyncio.create_task(operation(http, "/a", "/b", "/a", "/missing", "/missing"))
        second = await asyncio.create_task(operation(http, "/a", "/b"))
    assert first == [1, 2, 1, 3, 3]
    assert second == [4, 5]


async def test_what_changes_something_is_sent_each_time(client: Connect) -> None:
    async with serving(counting()) as server:
        http = client(server.address, cache_ttl=0)
        begin_operation()
        assert [(await http.post("/a")).json()["number"] for _ in range(2)] == [1, 2]


async def test_without_an_operation_nothing_is_remembered(client: Connect) -> None:
    async with serving(counting()) as server:
        http = client(server.address, cache_ttl=0)
        assert [(await http.get("/a")).json()["number"] for _ in range(2)] == [1, 2]
