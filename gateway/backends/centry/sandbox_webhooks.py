"""The webhooks of the simulated Centry: what was saved or deleted, told to every address that is registered for it.

As the page has it: at once, again five minutes after each try that was not answered with 200 within 15 seconds, and given up
after 48 hours. Of a record the notice says no more than its id.
"""

import asyncio
import heapq
import json
import time
from collections.abc import Iterable
from contextlib import suppress
from itertools import count

import httpx

from gateway.backends.centry.sandbox_lists import Fields

RESOURCES = {"orders": "order", "products": "product", "integration_configs": "integration_config"}
"""What notices are of: collection -> the word in its topics."""

PARALLEL = 4
PATIENCE, GIVEN_UP_AFTER = 15.0, 48 * 3600.0

_TLS = httpx.create_ssl_context(trust_env=False)  # made once: the certificates take longer to read than all else to start


class Webhooks:
    """Notices on their way, and the sender. They may be added from any thread. `pause` is between two tries of one."""

    def __init__(self, pause: float = 300.0) -> None:
        self._pause = pause
        self._waiting: list[tuple[float, int, float, str, bytes]] = []
        self._numbers = count()
        self._sending = 0
        self.delivered = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = asyncio.Event()

    @property
    def pending(self) -> int:
        """Notices that are neither taken nor given up."""
        return len(self._waiting) + self._sending

    def tell(self, registered: Iterable[Fields], kind: str, event: str, identifier: str) -> None:
        """Let the addresses know that a record of a collection was saved or deleted (`event`), as far as they want to."""
        resource = RESOURCES.get(kind)
        topic = f"on_{resource}_{event}"
        if resource is None:
            return
        body = json.dumps({"topic": topic, f"{resource}_id": identifier}, separators=(",", ":")).encode()
        for webhook in registered:
            if webhook.get(topic) and webhook.get("callback_url"):
                self._add(time.monotonic(), time.monotonic(), webhook["callback_url"], body)

    def forget(self) -> None:
        """Nothing is under way any more."""
        self._waiting.clear()
        self.delivered = 0

    async def run(self) -> None:
        """Send whatever is or will be waiting, until cancelled."""
        self._loop, self._changed = asyncio.get_running_loop(), asyncio.Event()
        try:
            async with (
                httpx.AsyncClient(trust_env=False, verify=_TLS, timeout=PATIENCE) as client,
                asyncio.TaskGroup() as group,
            ):
                for _ in range(PARALLEL):
                    group.create_task(self._work(client))
        finally:
            self._loop = None

    def _add(self, due: float, first: float, url: str, body: bytes) -> None:
        heapq.heappush(self._waiting, (due, next(self._numbers), first, url, body))
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._changed.set)

    async def _work(self, client: httpx.AsyncClient) -> None:
        while True:
            pause = self._waiting[0][0] - time.monotonic() if self._waiting else None
            if pause is not None and pause <= 0:
                await self._send(client)
                continue
            self._changed.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), pause)

    async def _send(self, client: httpx.AsyncClient) -> None:
        _, _, first, url, body = heapq.heappop(self._waiting)
        self._sending += 1
        try:
            taken = await _taken(client, url, body)
        finally:
            self._sending -= 1
        if taken:
            self.delivered += 1
        elif time.monotonic() - first < GIVEN_UP_AFTER:
            self._add(time.monotonic() + self._pause, first, url, body)


async def _taken(client: httpx.AsyncClient, url: str, body: bytes) -> bool:
    try:
        answer = await client.post(url, content=body, headers={"Content-Type": "application/json"})
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
    return answer.status_code == httpx.codes.OK
