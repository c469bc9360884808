"""Consumers: the background visits that keep the read model in step with the backends that feed it."""

import asyncio
import logging

from gateway.errors import GatewayError
from gateway.ports import BackendPort, Synchronised
from gateway.registry import Registry

log = logging.getLogger("gateway.consumers")


async def consume(registry: Registry) -> None:
    """Visit every backend that wants visits, each in its own rhythm, until cancelled."""
    async with asyncio.TaskGroup() as group:
        for backend in registry.configured:
            if isinstance(backend, Synchronised):
                group.create_task(_visit(backend, backend, registry))


async def _visit(backend: BackendPort, synchronised: Synchronised, registry: Registry) -> None:
    while True:
        try:
            await synchronised.synchronise()
            registry.succeeded(backend.name)
        except GatewayError as error:
            registry.failed(backend.name, error)
            log.warning("%s could not be visited: %s", backend.name.label, error.message)
        except Exception:
            log.exception("the visit to %s failed unexpectedly", backend.name.label)
        await asyncio.sleep(synchronised.poll_interval)
