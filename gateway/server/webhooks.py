"""Webhooks: what backends send us by themselves. Bounded, handed to the backend, answered once it is stored."""

import logging
from dataclasses import dataclass

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from gateway.errors import DatabaseUnavailable
from gateway.models import Backend
from gateway.ports import WebhookReceiver
from gateway.registry import Registry
from gateway.server.body import TooLarge, read_body

log = logging.getLogger("gateway.webhooks")


@dataclass(frozen=True)
class WebhookEndpoint:
    """`POST /webhooks/<backend>`, for some with a secret behind it that stands in no log: 404 where the backend takes none,
    503 where the database cannot store it now."""

    registry: Registry
    max_bytes: int

    async def __call__(self, request: Request) -> Response:
        name = Backend.__members__.get(request.path_params["backend"].upper())
        receiver = self.registry.find(name, WebhookReceiver) if name else None
        if name is None or receiver is None:
            return Response(status_code=404)
        try:
            status = await self._status(receiver, request)
        except DatabaseUnavailable as error:  # not stored, so not taken: the sender tries again
            return Response(status_code=503, headers={"Retry-After": str(error.retry_after)})
        if status >= 400:  # the sender's staff see a failure at most, and not why
            log.warning("a webhook for %s was refused with status %d", name.label, status)
        return Response(status_code=status)

    async def _status(self, receiver: WebhookReceiver, request: Request) -> int:
        try:
            body = await read_body(request, self.max_bytes)
        except TooLarge:
            return 413
        except ClientDisconnect:  # nobody is there to hear the answer
            return 400
        secret = request.path_params.get("secret", "")
        return (await receiver.receive(request.headers, request.query_params, body, secret)).status
