"""A simulated system whose good answers can be made odd: well formed, but with other things in them than its page says."""

import json
import random
import re
from collections.abc import Mapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.sandbox.system import SimulatedSystem

ODD: tuple[Any, ...] = (
    None, 7, -1, 1.5, True, "", " ", "x", "0", "2026-13-45T99:00:00Z", "9999-12-31T23:59:59-12:00", "1e999999", "ÿ\u0000",
    [], {}, [None], {"id": None}, "9" * 400, 12345678901234567890123,
)  # fmt: skip
"""What may stand in the place of anything."""


class Distorted:
    """The system itself as long as `seed` is None; else some values of each answer are others, the same for the same seed."""

    def __init__(self, system: SimulatedSystem) -> None:
        self._system = system
        self.seed: int | None = None
        self.port = system.port
        self.path = system.path
        self.app: ASGIApp = self._application

    def operation(self, method: str, path: str, body: bytes) -> str | None:
        return self._system.operation(method, path, body)

    def settings(self, address: str) -> Mapping[str, str]:
        return self._system.settings(address)

    def revoke_tokens(self) -> None:
        self._system.revoke_tokens()

    async def run(self) -> None:
        await self._system.run()

    async def _application(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.seed is None or scope["path"].startswith("/__"):
            await self._system.app(scope, receive, send)
            return
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self._system.app(scope, receive, keep)
        body = distorted(b"".join(message.get("body", b"") for message in messages), self.seed)
        (start, *_) = messages
        headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
        await send({**start, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def distorted(body: bytes, seed: int) -> bytes:
    """JSON or XML with some of its values replaced."""
    rng = random.Random(f"{seed} {len(body)}")
    if body.lstrip()[:1] == b"<":
        return re.sub(rb">([^<>]+)<", lambda found: b">" + _odd_text(found[1], rng) + b"<", body)
    try:
        return json.dumps(_odd(json.loads(body), rng)).encode()
    except ValueError:
        return body


def _odd(value: Any, rng: random.Random) -> Any:
    if rng.random() < 0.04:
        return rng.choice(ODD)
    if isinstance(value, dict):
        return {name: _odd(part, rng) for name, part in value.items() if rng.random() > 0.02}
    return [_odd(part, rng) for part in value] if isinstance(value, list) else value


def _odd_text(text: bytes, rng: random.Random) -> bytes:
    if not text.strip() or rng.random() > 0.05:
        return text
    return next(str(other).encode() for other in rng.sample(ODD, len(ODD)) if "\u0000" not in str(other))
