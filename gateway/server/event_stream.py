"""Server-sent events: one operation over one request, by the protocol graphql-sse (distinct connections)."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateway.server.answers import encode
from gateway.server.connections import Connections, until_first
from gateway.server.outbox import Outbox, deliver
from gateway.server.running import Answer

MEDIA_TYPE = "text/event-stream"

_ONE = "the stream"
_COMMENT = b":\n\n"
_LAST_WORDS = 1.0  # seconds


class EventStream(Response):
    """Sends answers as they come. A stream that the gateway ends because it stops has no `complete`: ask again."""

    media_type = MEDIA_TYPE

    def __init__(self, answers: AsyncGenerator[Answer, None], request_id: str, connections: Connections) -> None:
        self.status_code = 200
        self.background = None
        self.init_headers({"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Request-ID": request_id})
        self._answers = answers
        self._request_id = request_id
        self._connections = connections

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        limits = self._connections.limits
        outbox = Outbox(limits.queue)
        with self._connections.place(), self._connections.subscription():
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            await _send(send, _COMMENT)
            feeding = asyncio.create_task(deliver(self._answers, outbox, _ONE, _Events(), self._request_id))
            try:
                await until_first(_send_all(outbox, send, limits.heartbeat), _gone(receive), self._connections.ending())
            finally:
                feeding.cancel()
                await asyncio.gather(feeding, return_exceptions=True)
            with suppress(TimeoutError):  # of a client that takes nothing more
                async with asyncio.timeout(_LAST_WORDS):
                    await send({"type": "http.response.body", "body": b"", "more_body": False})


class _Events:
    """What a subscriber is told, as events."""

    def next(self, body: Mapping[str, Any]) -> bytes:
        return b"event: next\ndata: " + encode(body) + b"\n\n"

    def error(self, body: Mapping[str, Any]) -> bytes:
        return self.next(body) + self.complete()

    def complete(self) -> bytes:
        return b"event: complete\ndata: \n\n"


async def _send_all(outbox: Outbox, send: Send, heartbeat: float) -> None:
    """A comment shows that the stream lives, wherever nothing else has been sent for a while."""
    last = False
    while not last:
        message = _COMMENT
        with suppress(TimeoutError):
            async with asyncio.timeout(heartbeat):
                _, message, last = await outbox.take()
        await _send(send, message)


async def _send(send: Send, message: bytes) -> None:
    await send({"type": "http.response.body", "body": message, "more_body": True})


async def _gone(receive: Receive) -> None:
    """Until the client has hung up."""
    while (await receive())["type"] != "http.disconnect":
        pass
