"""Reconciling: now and then a backend is asked what has changed, for a webhook may not have reached us."""

import asyncio
import logging

from gateway.errors import BackendError, DatabaseUnavailable
from gateway.leases import Leases
from gateway.ports import BackendPort, Reconciled
from gateway.registry import Registry
from gateway.transport import skip_cache

log = logging.getLogger("gateway.inbox")

_REST = 1.5
"""Of the interval: so long nobody else asks, for who did will."""


async def reconcile(registry: Registry, leases: Leases) -> None:
    """Ask every backend that can be asked so, each in its own rhythm, by one process of all; until cancelled."""
    async with asyncio.TaskGroup() as group:
        for backend in registry.configured:
            if isinstance(backend, Reconciled):
                group.create_task(_reconcile(backend, backend, leases))


async def _reconcile(backend: BackendPort, asked: Reconciled, leases: Leases) -> None:
    """Until cancelled; then another process may ask at once."""
    work, failing = f"reconcile/{backend.name}", ""
    try:
        while True:
            failing = await _asked(work, backend, asked, leases, failing)
            await asyncio.sleep(asked.reconcile_interval)
    finally:
        await leases.leave(work)


async def _asked(work: str, backend: BackendPort, asked: Reconciled, leases: Leases, failing: str) -> str:
    """Gives what kept the backend from being asked; told once. Then the place stays where it was, for the next time."""
    try:
        async with leases.held(work, rest=_REST * asked.reconcile_interval) as ours:
            if ours:
                skip_cache()
                await leases.come_to(work, await asked.reconcile(await leases.place(work)))
    except BackendError as error:
        if error.message != failing:
            log.warning("%s could not be asked what webhooks may have missed: %s", backend.name.label, error.message)
        return error.message
    except DatabaseUnavailable:
        pass  # its log tells of it
    except Exception:  # whatever it is, the next time may succeed
        log.exception("asking %s what webhooks may have missed failed unexpectedly", backend.name.label)
    return ""
