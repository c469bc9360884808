"""`gateway authorize`: the first tokens of a backend, for a code that its staff gave."""

import asyncio

from gateway.app import open_gateway
from gateway.errors import GatewayError
from gateway.models import Backend
from gateway.ports import Authorizable
from gateway.registry import Registry
from gateway.settings import Settings


class NotAuthorized(Exception):
    """The code was not exchanged. The message is one line that says why, and never holds the code."""


def run_authorize(settings: Settings, name: Backend, code: str) -> int:
    """Exchange the code and store the tokens. Raises NotAuthorized."""
    with open_gateway(settings) as gateway:
        try:
            asyncio.run(_authorize(gateway.registry, name, code))
        except GatewayError as error:
            raise NotAuthorized(error.message) from None
    print(
        f"{name.label} has let the gateway in: its tokens are stored in the database, and renewed by the gateway from now on."
    )
    return 0


async def _authorize(registry: Registry, name: Backend, code: str) -> None:
    try:
        await registry.require(name, Authorizable).authorize(code.strip())
    finally:
        await registry.close()
