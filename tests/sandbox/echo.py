"""A small simulated system for tests of what all of them share: it answers what it was sent."""

import asyncio
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from gateway.sandbox.world import World, make_world


class Echo:
    """Its operations are `echo-get` and `echo-post` on /v2/orders. `life` tells how far its own life has come."""

    port = 0
    path = "/v2"

    def __init__(self, world: World | None = None) -> None:
        self.world = world or make_world(orders=0)
        self.app = self._application
        self.life = "not begun"
        self.answered = 0
        self.revoked = 0

    async def _application(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = (await request.body()).decode()
        self.answered += 1
        answer = {"method": request.method, "path": request.url.path, "query": request.url.query, "body": body}
        await JSONResponse(answer)(scope, receive, send)

    def operation(self, method: str, path: str, body: bytes) -> str | None:
        return f"echo-{method.lower()}" if path == "/v2/orders" else None

    def settings(self, address: str) -> Mapping[str, str]:
        return {"GATEWAY_ECHO__BASE_URL": f"{address}{self.path}"}

    def revoke_tokens(self) -> None:
        self.revoked += 1

    async def run(self) -> None:
        self.life = "running"
        try:
            await asyncio.Event().wait()
        finally:
            self.life = "ended"


class ShortLived(Echo):
    """Its own life ends with an error."""

    async def run(self) -> None:
        raise ValueError("its life ended early")
