"""Metrics: the state of backends, copies, indexes, messages and changes as Prometheus reads it.

They name backends, and no person or key.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from gateway.catalogue.index import CatalogueIndex
from gateway.catalogue.records import CatalogueKind
from gateway.catalogue.states import State
from gateway.clock import now
from gateway.errors import DatabaseUnavailable
from gateway.inbox.letters import Inbox
from gateway.models import CircuitState
from gateway.ports import Copied
from gateway.registry import Registry
from gateway.server.connections import Connections
from gateway.transactions.desk import Desk

_OPENNESS = {CircuitState.CLOSED: 0, CircuitState.HALF_OPEN: 1, CircuitState.OPEN: 2}


@dataclass(frozen=True)
class Metrics:
    """`GET /metrics`. While the database is away, what is known without it is told."""

    registry: Registry
    catalogue: CatalogueIndex
    inbox: Inbox
    desk: Desk
    connections: Connections

    async def __call__(self, _request: Request) -> Response:
        told = CollectorRegistry()
        told.register(_Told([*self._backends(), *self._clients(), *await self._of_the_database()]))
        return Response(generate_latest(told), media_type=CONTENT_TYPE_LATEST)

    def _backends(self) -> Iterator[Metric]:
        circuits = _gauge("gateway_circuit", "0: calls to the backend go out; 1: one is let through to try; 2: none is.")
        healthy = _gauge("gateway_backend_healthy", "Whether the backend answered the last call; absent before the first.")
        for backend in self.registry.configured:
            circuits.add_metric([backend.name], _OPENNESS[self.registry.circuit(backend.name)])
            if (state := self.registry.health(backend.name).healthy) is not None:
                healthy.add_metric([backend.name], state)
        yield from (circuits, healthy)

    def _clients(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(
            "gateway_connections", "Streams and sockets for subscriptions that are open.", value=len(self.connections)
        )
        yield GaugeMetricFamily(
            "gateway_subscriptions", "Operations that are under way over them.", value=self.connections.subscriptions
        )

    async def _of_the_database(self) -> list[Metric]:
        try:
            return [await self._copies(), *await self._indexes(), await self._messages(), *await self._changes()]
        except DatabaseUnavailable:
            return []

    async def _copies(self) -> Metric:
        lag = _gauge("gateway_read_model_lag_seconds", "How long ago the copy of the backend was last in step.")
        for backend in self.registry.configured:
            if isinstance(backend, Copied) and (as_of := (await backend.freshness()).as_of) is not None:
                lag.add_metric([backend.name], _seconds_since(as_of))
        return lag

    async def _indexes(self) -> list[Metric]:
        size = _gauge("gateway_catalogue_records", "Records in the index of the backend's catalogue.", "kind")
        for shelf, count in (await self.catalogue.sizes()).items():
            size.add_metric([shelf.backend, shelf.kind], count)
        read = _gauge("gateway_catalogue_pass_records", "Records that the pass which is running has read so far.", "kind")
        age = _gauge("gateway_catalogue_age_seconds", "How long ago the index was last in step.", "kind")
        for state in await self._states():
            labels = [state.shelf.backend, state.shelf.kind]
            if state.pass_started_at is not None:
                read.add_metric(labels, state.pass_read)
            if state.as_of is not None:
                age.add_metric(labels, _seconds_since(state.as_of))
        return [size, read, age]

    async def _messages(self) -> Metric:
        kept = _gauge("gateway_inbox_messages", "Messages of the backend that are kept; what is DEAD wants a person.", "state")
        for (backend, state), count in (await self.inbox.counts()).items():
            kept.add_metric([backend, state], count)
        return kept

    async def _changes(self) -> list[Metric]:
        steps = _gauge("gateway_transaction_steps", "Steps of accepted changes that have not ended.", "state")
        age = _gauge("gateway_transaction_steps_age_seconds", "For how long the oldest of them has been tried.", "state")
        for left in await self.desk.backlog():
            steps.add_metric([left.backend, left.state], left.size)
            age.add_metric([left.backend, left.state], left.seconds)
        return [steps, age]

    async def _states(self) -> list[State]:
        return [state for kind in CatalogueKind for state in (await self.catalogue.states(kind)).values()]


class _Told(Collector):
    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        return self._metrics


def _gauge(name: str, meaning: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, meaning, labels=["backend", *labels])


def _seconds_since(instant: datetime) -> float:
    return (now() - instant).total_seconds()
