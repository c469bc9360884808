"""`gateway worker`: the background work alone, as a process of its own, until it is told to end."""

import asyncio
import logging
import signal

from gateway.app import Gateway, at_work, open_gateway
from gateway.settings import Settings

log = logging.getLogger("gateway")

_ENDS = (signal.SIGINT, signal.SIGTERM)


def run_worker(settings: Settings) -> int:
    """Work until interrupted; what is under way then ends, or is handed back. Raises InvalidSettings."""
    with open_gateway(settings) as gateway:
        names = ", ".join(backend.name.label for backend in gateway.registry.configured)
        log.info("working for %s", names or "no backend: none is configured")
        asyncio.run(_until_told(gateway))
    return 0


async def _until_told(gateway: Gateway) -> None:
    told, loop = asyncio.Event(), asyncio.get_running_loop()
    for each in _ENDS:
        loop.add_signal_handler(each, told.set)
    async with at_work(gateway):
        await told.wait()
    log.info("ended")
