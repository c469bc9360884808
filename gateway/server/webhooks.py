"""Webhooks: what backends send us by themselves. Bounded, handed to the backend, answered once it is stored."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from gateway.models import Backend
from gateway.ports import WebhookReceiver
from gateway.registry import Registry


@dataclass(frozen=True)
class WebhookEndpoint:
    """`POST /webhooks/<backend>`: 404 where the backend takes none."""

    registry: Registry
    max_bytes: int

    async def __call__(self, request: Request) -> Response:
        receiver = self._receiver(request.path_params["backend"])
        if receiver is None:
            return Response(status_code=404)
        parts, size = [], 0
        async for part in request.stream():
            size += len(part)
            if size > self.max_bytes:
                return Response(status_code=413)
            parts.append(part)
        outcome = await receiver.receive(request.headers, request.query_params, b"".join(parts))
        return Response(status_code=outcome.status)

    def _receiver(self, written: str) -> WebhookReceiver | None:
        name = Backend.__members__.get(written.upper())
        return self.registry.find(name, WebhookReceiver) if name else None
