"""Consumers: the background visits that keep the read model in step with the backends that feed it."""

import asyncio
import logging

from gateway.errors import DatabaseUnavailable, GatewayError
from gateway.models import Backend
from gateway.ports import BackendPort, Synchronised
from gateway.registry import Registry

log = logging.getLogger("gateway.consumers")


async def consume(registry: Registry) -> None:
    """Visit every backend that wants visits, each in its own rhythm, until cancelled."""
    async with asyncio.TaskGroup() as group:
        for backend in registry.configured:
            if isinstance(backend, Synchronised):
                group.create_task(_visit(backend, backend, registry))


async def _visit(backend: BackendPort, copied: Synchronised, registry: Registry) -> None:
    while True:
        try:
            await copied.synchronise()
            _tell(backend.name, (await copied.freshness()).error, registry)
        except DatabaseUnavailable:
            log.warning("what the visit to %s found could not be stored", backend.name.label)
        except Exception:  # whatever it is, the next visit may succeed
            log.exception("the visit to %s failed unexpectedly", backend.name.label)
        await asyncio.sleep(copied.poll_interval)


def _tell(name: Backend, error: GatewayError | None, registry: Registry) -> None:
    if error is None:
        registry.succeeded(name)
        return
    if registry.health(name).healthy is not False:
        log.warning("%s could not be visited: %s", name.label, error.message)
    registry.failed(name, error)
