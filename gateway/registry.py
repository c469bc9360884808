"""Which backends there are, what they offer, and how they have been doing."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from gateway.clock import now
from gateway.errors import GatewayError, NotConfigured, NotSupported
from gateway.models import Backend, CircuitState
from gateway.ports import BackendPort, ChangeSink
from gateway.transactions.work import Change
from gateway.turns import Budget

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Health:
    """What became of the last calls: null until there was one."""

    healthy: bool | None = None
    last_success_at: datetime | None = None
    last_error: GatewayError | None = None


def _always_closed(_name: Backend) -> CircuitState:
    return CircuitState.CLOSED


async def _unlimited(_name: Backend) -> Budget | None:
    return None


class Registry:
    """The configured backends by name; of the others, the variables that are missing.

    `circuit` tells whether calls go out, `budget` how many may.
    """

    def __init__(
        self,
        backends: Iterable[BackendPort],
        missing: Mapping[Backend, Sequence[str]],
        circuit: Callable[[Backend], CircuitState] = _always_closed,
        budget: Callable[[Backend], Awaitable[Budget | None]] = _unlimited,
    ) -> None:
        self.circuit = circuit
        self.budget = budget
        self._backends = {backend.name: backend for backend in backends}
        self._missing = dict(missing)
        self._health: dict[Backend, Health] = {}

    @property
    def names(self) -> list[Backend]:
        """Every backend that the gateway could federate, configured or not."""
        return [name for name in Backend if name in self._backends or name in self._missing]

    @property
    def configured(self) -> list[BackendPort]:
        return list(self._backends.values())

    def missing(self, name: Backend) -> Sequence[str]:
        return self._missing.get(name, ())

    def find(self, name: Backend, port: type[P]) -> P | None:
        """The backend, if it is configured and offers this port."""
        backend = self._backends.get(name)
        return backend if isinstance(backend, port) else None

    def require(self, name: Backend, port: type[P]) -> P:
        """The same; raises NotConfigured or NotSupported where there is none."""
        backend = self._backends.get(name)
        if backend is None:
            missing = ", ".join(self.missing(name)) or "its settings"
            raise NotConfigured(name, f"{name.label} is not configured: {missing} missing.")
        if not isinstance(backend, port):
            raise NotSupported(f"{name.label} offers no way to answer this.", backend=name)
        return backend

    def change(self, name: Backend, operation: str) -> Change[Any] | None:
        """How a backend does what a mutation asks; None where it does not, or is not configured."""
        sink = self.find(name, ChangeSink)
        return sink.changes.get(operation) if sink else None

    def health(self, name: Backend) -> Health:
        return self._health.get(name, Health())

    def succeeded(self, name: Backend) -> None:
        self._health[name] = Health(True, now(), self.health(name).last_error)

    def failed(self, name: Backend, error: GatewayError) -> None:
        self._health[name] = Health(False, self.health(name).last_success_at, error)

    async def close(self) -> None:
        for backend in self._backends.values():
            await backend.close()
