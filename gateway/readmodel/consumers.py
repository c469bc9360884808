"""Consumers: the background visits that keep the read model in step with the backends that feed it."""

import asyncio
import logging

from gateway.errors import DatabaseUnavailable, GatewayError
from gateway.leases import Leases
from gateway.models import Backend
from gateway.ports import BackendPort, Synchronised
from gateway.registry import Registry

log = logging.getLogger("gateway.consumers")

_REST = 1.5
"""Of a backend's interval: so long nobody else visits it, for who did will."""


async def consume(registry: Registry, leases: Leases) -> None:
    """Have every backend visited that wants visits, each in its own rhythm, by one process of all; until cancelled."""
    async with asyncio.TaskGroup() as group:
        for backend in registry.configured:
            if isinstance(backend, Synchronised):
                group.create_task(_visit(backend, backend, registry, leases))


async def _visit(backend: BackendPort, copied: Synchronised, registry: Registry, leases: Leases) -> None:
    """Until cancelled; then another process may visit it at once."""
    work = f"visits/{backend.name}"
    try:
        while True:
            pause = await _visited(work, backend, copied, registry, leases)
            await asyncio.sleep(pause)
    finally:
        await leases.leave(work)


async def _visited(work: str, backend: BackendPort, copied: Synchronised, registry: Registry, leases: Leases) -> float:
    """One visit, if it is this process's to make. Gives the seconds until the next.

    Those who do not visit hear what came of it by what the visitor has written down.
    """
    pause = copied.poll_interval
    try:
        async with leases.held(work, rest=_REST * pause) as ours:
            if ours:
                await copied.synchronise()
                pause = copied.poll_interval
        freshness = await copied.freshness()
        if freshness.as_of is not None or freshness.error is not None:
            _tell(backend.name, freshness.error, registry)
    except DatabaseUnavailable:
        log.warning("what the visit to %s found could not be stored", backend.name.label)
    except Exception:  # whatever it is, the next visit may succeed
        log.exception("the visit to %s failed unexpectedly", backend.name.label)
    return pause


def _tell(name: Backend, error: GatewayError | None, registry: Registry) -> None:
    if error is None:
        registry.succeeded(name)
        return
    if registry.health(name).healthy is not False:
        log.warning("%s could not be visited: %s", name.label, error.message)
    registry.failed(name, error)
