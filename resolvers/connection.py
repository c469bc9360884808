"""Fields of connections."""

from typing import Any

from gateway.entities import Page


async def total_count(root: Page[Any]) -> int | None:
    return root.total_count if root.count is None else await root.count()
