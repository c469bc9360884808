"""What every simulated backend is: an ASGI application with a name, a port and the settings that reach it."""

from collections.abc import Mapping
from typing import Protocol

from starlette.types import ASGIApp

from gateway.sandbox.world import World


class SimulatedSystem(Protocol):
    """Made as `Class(world)`; every other argument has a default. State lives in the object, rules in its application.

    `path` is the part of the address that belongs to the vendor's base URL, such as `/v2`.
    """

    port: int
    path: str

    def __init__(self, world: World) -> None: ...

    @property
    def app(self) -> ASGIApp:
        """The application; an attribute of any ASGI application's type will do."""

    def operation(self, method: str, path: str, body: bytes) -> str | None:
        """The documented operation (such as `cenports-02`) that a request is for; None for an unknown address.

        `path` is that of the whole address, such as `/v2/orders`.
        """

    def settings(self, address: str) -> Mapping[str, str]:
        """The gateway's environment variables that reach this system at this address, such as `http://127.0.0.1:8101`."""

    def revoke_tokens(self) -> None:
        """Let every access token that was given out expire now."""

    async def run(self) -> None:
        """What the system does by itself while it is up (webhooks, state that moves on). Cancelled at the end."""
