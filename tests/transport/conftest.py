"""What the stories about transport need: clients that are closed at their end."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest

from gateway.models import Backend
from gateway.settings import BackendSettings
from gateway.transport import connect

Connect = Callable[..., httpx.AsyncClient]


@pytest.fixture
async def client() -> AsyncIterator[Connect]:
    """`client(address, timeout=…, cache_ttl=…, **what connect takes)`; without a cache unless the story is about it."""
    async with AsyncExitStack() as stack:

        def make(address: str, *, timeout: float = 5, cache_ttl: float = 0, **parts: Any) -> httpx.AsyncClient:
            settings = BackendSettings.model_validate({"timeout": timeout, "cache_ttl": cache_ttl})
            http = connect(Backend.CENTRY, settings, base_url=address, **parts)
            stack.push_async_callback(http.aclose)
            return http

        yield make
