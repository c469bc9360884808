"""The composition root: settings -> transport -> backends -> registry -> schema -> ASGI app. Read this first.

`Gateway` is everything that one process holds. `build_app` puts HTTP in front of it. This module alone may import everything.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import strawberry
from fastapi import FastAPI
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import WebSocketRoute

from gateway.backends import backend_class
from gateway.catalogue.index import CatalogueIndex
from gateway.catalogue.upkeep import keep
from gateway.cursors import CursorSeal
from gateway.database import Database
from gateway.errors import DatabaseUnavailable
from gateway.inbox.letters import Inbox
from gateway.inbox.reconciling import reconcile
from gateway.inbox.worker import InboxWorker
from gateway.inbox.worker import Pace as InboxPace
from gateway.leases import Leases
from gateway.links.channels import Channels
from gateway.links.words import Words
from gateway.listening import listen
from gateway.migrations import UnusableDatabase
from gateway.models import Backend
from gateway.notices import Notice, Topic
from gateway.order_changes import OrderChanges
from gateway.ports import BackendPort, Resources
from gateway.principal import Principal
from gateway.rates import Rates
from gateway.readmodel.consumers import consume
from gateway.readmodel.store import ReadModel
from gateway.registry import Registry
from gateway.server import explorer
from gateway.server.authentication import Authentication
from gateway.server.connections import Connections, Limits
from gateway.server.graphql import GraphQLEndpoint
from gateway.server.health import Ready, live
from gateway.server.metrics import Metrics
from gateway.server.operations import Operation, Outcome, Stream
from gateway.server.running import Runner
from gateway.server.sockets import SocketEndpoint
from gateway.server.webhooks import WebhookEndpoint
from gateway.settings import BackendSettings, InvalidSettings, Settings, load
from gateway.transactions.desk import Desk
from gateway.transactions.facts import Transaction
from gateway.transactions.turn import Pace
from gateway.transactions.worker import Worker
from gateway.transport import Circuits, Copies, Turnstiles, connect, note_change, skip_cache
from gateway.vault import Vault
from gateway.warehouses import WarehouseNames
from resolvers.asks import Known
from resolvers.context import Context
from resolvers.loaders import Loaders
from resolvers.sources import Sources
from schema import build_schema
from schema.plans import plan
from schema.subscribing import Subscribed, subscribe

log = logging.getLogger("gateway")


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """What one process holds, from its start to its end."""

    settings: Settings
    database: Database
    registry: Registry
    schema: strawberry.Schema
    catalogue: CatalogueIndex
    inbox: Inbox
    cursors: CursorSeal
    warehouse_names: WarehouseNames
    link_words: Words
    desk: Desk
    worker: Worker
    connections: Connections
    order_changes: OrderChanges

    def context(self, principal: Principal) -> Context:
        """What the resolvers of one operation may reach. Built inside the running event loop."""
        sources = Sources(self.registry)
        return Context(
            principal=principal,
            sources=sources,
            loaders=Loaders(sources, self.catalogue, self.warehouse_names, self.link_words),
            catalogue=self.catalogue,
            cursors=self.cursors,
            stock_preference=self.settings.stock_order,
            link_channels=Channels(self.settings.link_channels),
            link_words=self.link_words,
            desk=self.desk,
            order_changes=self.order_changes,
        )

    async def execute(self, operation: Operation, principal: Principal) -> Outcome:
        context = self.context(principal)
        result = await self.schema.execute(
            operation.query,
            variable_values=dict(operation.variables or {}),
            context_value=context,
            operation_name=operation.name,
        )
        errors = result.errors or []
        ran = result.data is not None or any(error.path for error in errors)
        return Outcome(result.data, errors, ran, context.warnings)

    async def subscribe(self, operation: Operation, principal: Principal) -> Stream | Outcome:
        """Events, each of which is answered with a context of its own: nothing is shown that was read for an earlier one."""
        variables = dict(operation.variables or {})
        begun = await subscribe(self.schema, operation.query, variables, operation.name, self.context(principal))
        if not isinstance(begun, Subscribed):
            return Outcome(None, begun, ran=False)

        async def answer(event: Any) -> Outcome:
            if isinstance(event, Transaction):
                skip_cache()  # on SQLite nobody says what another process has changed
            context = self.context(principal)
            data, errors = await begun.answer(event, context)
            return Outcome(data, errors, ran=True, warnings=context.warnings)

        return Stream(begun.events, answer)

    async def plan(self, operation: Operation, principal: Principal) -> Outcome:
        """What the operation would cost, without asking anybody but the database."""
        try:
            tied = await self.link_words.tied()
        except DatabaseUnavailable as error:
            return Outcome(None, [GraphQLError(error.message, original_error=error)], ran=True)
        known = Known(registry=self.registry, link_channels=Channels(self.settings.link_channels), tied=tied)
        made = plan(self.schema, operation.query, operation.variables or {}, operation.name, known, principal)
        return Outcome(None, made.errors, made.valid, made.warnings, made.calls if made.valid else None)


@contextmanager
def open_gateway(settings: Settings) -> Iterator[Gateway]:
    """Everything but HTTP. Raises InvalidSettings; a backend whose settings are not complete is left out."""
    database = Database(settings.database_url.get_secret_value(), settings.database_timeout)
    vault = Vault(database)
    try:
        cursors = CursorSeal(_prepared(database, vault))
        circuits, turnstiles = Circuits(settings.breaker_cooldown), Turnstiles(Rates(database))
        catalogue, warehouse_names = CatalogueIndex(database), WarehouseNames(settings.warehouses)
        inbox = Inbox(database)
        resources = Resources(
            connect=partial(connect, circuits=circuits, copies=Copies(database), turnstiles=turnstiles),
            database=database,
            read_model=ReadModel(database),
            catalogue=catalogue,
            inbox=inbox,
            vault=vault,
            warehouse_names=warehouse_names,
        )
        registry = _registry(resources, circuits, turnstiles)
        woken = asyncio.Event()
        yield Gateway(
            settings=settings,
            database=database,
            registry=registry,
            schema=build_schema(),
            catalogue=catalogue,
            inbox=inbox,
            cursors=cursors,
            warehouse_names=warehouse_names,
            link_words=Words(database),
            desk=Desk(database, registry.change, woken),
            worker=Worker(database, registry.change, woken, _pace(settings)),
            connections=Connections(_limits(settings)),
            order_changes=OrderChanges(database.notices, settings.subscription_queue),
        )
    finally:
        database.close()


def _prepared(database: Database, vault: Vault) -> bytes:
    """Bring the tables up to date, and give the key of cursors."""
    try:
        database.migrate()
        return vault.key("cursors")
    except UnusableDatabase as error:
        raise InvalidSettings(f"GATEWAY_DATABASE_URL: {error}") from None
    except DatabaseUnavailable:
        raise InvalidSettings(
            "GATEWAY_DATABASE_URL: this database cannot be opened or written; check address and rights"
        ) from None


def build_app(gateway: Gateway, *, worker: bool = True) -> FastAPI:
    """The ASGI application. With `worker` it also keeps the read model and the index of the catalogue in step."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with at_work(gateway, background=worker):
            yield

    settings = gateway.settings
    app = FastAPI(title="Commerce gateway", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    authenticate, connections = Authentication(settings.api_keys), gateway.connections
    runner = Runner(gateway.execute, gateway.plan, gateway.subscribe, settings.deadline)
    graphql = GraphQLEndpoint(runner, authenticate, connections)

    async def answer(request: Request) -> Response:
        return explorer.page(request) if explorer.is_wanted(request) else await graphql(request)

    app.add_route("/graphql", answer, methods=["GET", "POST"])
    app.router.routes.append(WebSocketRoute("/graphql", SocketEndpoint(runner, authenticate, connections).__call__))
    app.add_route("/health/live", live)
    app.add_route("/health/ready", Ready(gateway.database).__call__)
    app.add_route("/metrics", Metrics(gateway.registry, gateway.catalogue, gateway.inbox, gateway.desk, connections).__call__)
    webhooks = WebhookEndpoint(gateway.registry, settings.max_body_bytes)
    for path in ("/webhooks/{backend}", "/webhooks/{backend}/{secret:path}"):
        app.add_route(path, webhooks.__call__, methods=["POST"])
    app.router.routes.extend(explorer.routes)
    return app


@asynccontextmanager
async def at_work(gateway: Gateway, *, background: bool = True) -> AsyncIterator[None]:
    """From here on, until the block ends, what has to be done besides answering is done, and connections may be open.

    One process at least of those that share a database has to do the background work.
    """
    work = _background(gateway) if background else []
    tasks = [asyncio.create_task(each) for each in (listen(gateway.database), *work)]
    try:
        with hearing(gateway):
            yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
        await gateway.registry.close()


def _background(gateway: Gateway) -> list[Coroutine[None, None, None]]:
    settings, registry = gateway.settings, gateway.registry
    leases = Leases(gateway.database, settings.transaction_lease)
    pace = InboxPace(patience=settings.inbox_patience, kept=settings.inbox_kept_days * 86_400.0)
    return [
        consume(registry, leases),
        keep(registry, gateway.database, gateway.catalogue),
        InboxWorker(gateway.inbox, registry, leases, pace).work(),
        reconcile(registry, leases),
        gateway.worker.work(),
    ]


@contextmanager
def hearing(gateway: Gateway) -> Iterator[None]:
    """Within the block, in the running loop, the gateway hears what it and others have done, and goes by it."""

    def drop(notice: Notice) -> None:
        """What was read before is served no more, and in the place of what may have been missed, nothing is."""
        for backend in [notice.backend] if notice.backend else list(Backend) if notice.topic is Topic.MISSED else []:
            note_change(backend)

    notices = gateway.database.notices
    notices.bind()
    with (
        notices.listening(drop, Topic.ORDER, Topic.BACKEND, Topic.LETTER, Topic.MISSED),
        notices.listening(lambda _: gateway.worker.wake(), Topic.WORK, Topic.MISSED),
        notices.listening(lambda _: gateway.inbox.woken.set(), Topic.LETTER, Topic.MISSED),
    ):
        yield


def _pace(settings: Settings) -> Pace:
    kept = settings.transactions_kept_days * 86_400.0
    return Pace(lease=settings.transaction_lease, patience=settings.transaction_patience, kept=kept)


def _limits(settings: Settings) -> Limits:
    return Limits(
        connections=settings.subscription_connections,
        subscriptions=settings.subscriptions_per_connection,
        queue=settings.subscription_queue,
        init_timeout=settings.subscription_init_timeout,
        heartbeat=settings.subscription_heartbeat,
        max_bytes=settings.max_body_bytes,
        max_upload_bytes=settings.max_upload_bytes,
    )


def _registry(resources: Resources, circuits: Circuits, turnstiles: Turnstiles) -> Registry:
    """Every setting is read before anything is said or made: a wrong one stops the start with one line."""
    classes = {name: backend_class(name) for name in Backend}
    all_settings: dict[Backend, BackendSettings] = {name: load(made.settings_type) for name, made in classes.items()}
    backends: list[BackendPort] = []
    missing: dict[Backend, list[str]] = {}
    for name, settings in all_settings.items():
        if absent := settings.missing():
            missing[name] = absent
            log.warning("%s is not configured: set %s", name.label, ", ".join(absent))
        else:
            backends.append(classes[name](settings, resources))
    return Registry(backends, missing, circuits.state, turnstiles.budget)
