"""The simulated CartonCloud: the rules of the vendor's page of 2019, around records of the seeded world.

Orders and consignments are read by id alone, for that page lists none; what changes is told by webhooks. What is created
there becomes part of it. Besides the vendor's addresses it has some for tests, where neither version nor token is asked for:

GET  /__webhooks        {"url": "http://…", "pending": 3, "delivered": 120,
                         "deliveredByKind": {"inbound": 20, "outbound": 60, "consignment": 40}}
PUT  /__webhooks        {"url": "http://…", "header": "X-Webhook-Token", "token": "…"}, each optional: starts over with all
POST /__advance         {"kind": "inbound|outbound|consignment", "number": "A10004", "status": "DISPATCHED"}; an id will do
GET  /__records/{kind}  all records of a kind: one of these, or product, customer, warehouse
PUT  /__records/{kind}  holds a record as it is given; user, too
PUT  /__stock           {"product": id, "warehouse": id, "quantity": "12.5"}: so much is free
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from copy import deepcopy
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from gateway.backends.cartoncloud import sandbox_records
from gateway.backends.cartoncloud.sandbox_goods import Goods
from gateway.backends.cartoncloud.sandbox_guard import TOKEN_PATH, Guard, Tokens
from gateway.backends.cartoncloud.sandbox_orders import Orders, UnknownRecord
from gateway.backends.cartoncloud.sandbox_products import create_product
from gateway.backends.cartoncloud.sandbox_records import Kind, Record, by_number
from gateway.backends.cartoncloud.sandbox_replies import Refused, as_json, encoded, page, refusal, show
from gateway.backends.cartoncloud.sandbox_requests import document, version, words
from gateway.backends.cartoncloud.sandbox_search import search
from gateway.backends.cartoncloud.sandbox_webhooks import Message, Target, Webhooks
from gateway.sandbox.system import SimulatedSystem
from gateway.sandbox.world import World, uuid

CLIENT_ID = uuid("cartoncloud", "client id")
CLIENT_SECRET = uuid("cartoncloud", "client secret")
TENANT_ID = uuid("cartoncloud", "tenant")
WEBHOOK_TOKEN = uuid("cartoncloud", "webhook token")
Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]

CREATED, CREATED_WITH_ISSUES = 201, 228

_OPERATIONS = (
    ("cartoncloud-01", "POST", "/uaa/oauth/token"),
    ("cartoncloud-02", "GET", "/uaa/userinfo"),
    ("cartoncloud-03", "POST", "/tenants/*/inbound-orders"),
    ("cartoncloud-04", "GET", "/tenants/*/inbound-orders/*"),
    ("cartoncloud-05", "PUT", "/tenants/*/inbound-orders/*"),
    ("cartoncloud-07", "POST", "/tenants/*/outbound-orders"),
    ("cartoncloud-08", "GET", "/tenants/*/outbound-orders/*"),
    ("cartoncloud-09", "PUT", "/tenants/*/outbound-orders/*"),
    ("cartoncloud-11", "POST", "/tenants/*/consignments"),
    ("cartoncloud-12", "GET", "/tenants/*/consignments/*"),
    ("cartoncloud-13", "PUT", "/tenants/*/consignments/*"),
    ("cartoncloud-15", "POST", "/tenants/*/products"),
    ("cartoncloud-search", "POST", "/tenants/*/*/search"),
    ("cartoncloud-delete", "DELETE", "/tenants/*/inbound-orders/*"),
)
_PATTERNS = [(name, method, re.compile(path.replace("*", "[^/]+"))) for name, method, path in _OPERATIONS]


class CartonCloudSandbox:
    """A simulated CartonCloud that holds the world's warehouse orders for one tenant.

    `token_seconds` is how long an access token lives. `webhook_header` and `webhook_token` are what the receiver at
    `webhook_url` recognises the webhooks by. `unique_references` has it refuse a second record with a customer's number,
    `searches` has it answer the searches of the newer documents.
    """

    port = 8104
    path = ""

    def __init__(
        self,
        world: World,
        *,
        client_id: str = CLIENT_ID,
        client_secret: str = CLIENT_SECRET,
        tenant_id: str = TENANT_ID,
        token_seconds: int = 3600,
        webhook_url: str = "http://127.0.0.1:8000/webhooks/cartoncloud",
        webhook_header: str = "X-Webhook-Token",
        webhook_token: str = WEBHOOK_TOKEN,
        unique_references: bool = False,
        searches: bool = False,
    ) -> None:
        self._world = world
        self._searches = searches
        self._credentials = (client_id, client_secret)
        self._tenant_id = tenant_id
        self._tokens = Tokens(client_id, client_secret, token_seconds)
        self._user = {"id": uuid("cartoncloud", "user"), "name": "API Client", "email": "api@example.com"}
        self._goods = _goods(world)
        self._webhooks = Webhooks(Target(webhook_url, webhook_header, webhook_token))
        seeded = sandbox_records.records(world)
        self._orders = Orders(self._goods, seeded, tell=self._tell, unique_references=unique_references)
        self._webhooks.restart(self._webhooks.target, self._messages())
        self.app: ASGIApp = Guard(self._application(), self._tokens, tenant_id)

    def operation(self, method: str, path: str, body: bytes) -> str | None:
        """The documented operation that a request is for; the address alone decides."""
        found = (name for name, verb, pattern in _PATTERNS if verb == method and pattern.fullmatch(path))
        return next(found, None)

    def settings(self, address: str) -> Mapping[str, str]:
        """The gateway's settings for this system at this address; the webhooks' header is the gateway's default."""
        client_id, client_secret = self._credentials
        return {
            "GATEWAY_CARTONCLOUD__BASE_URL": address + self.path,
            "GATEWAY_CARTONCLOUD__CLIENT_ID": client_id,
            "GATEWAY_CARTONCLOUD__CLIENT_SECRET": client_secret,
            "GATEWAY_CARTONCLOUD__TENANT_ID": self._tenant_id,
            "GATEWAY_CARTONCLOUD__CUSTOMER": sandbox_records.customers()[0]["references"]["code"],
            "GATEWAY_CARTONCLOUD__WEBHOOK_TOKEN": self._webhooks.target.token,
        }

    def revoke_tokens(self) -> None:
        """Let every access token that was given out expire now."""
        self._tokens.revoke()

    async def run(self) -> None:
        """Send the webhooks of every record, then those of each change of status."""
        await self._webhooks.run()

    def records(self, kind: str) -> dict[str, Record]:
        """Copies of all records of a kind (inbound, outbound or consignment) by number, as a read by id gives them."""
        return by_number(self.every(kind))

    def every(self, kind: str) -> list[Record]:
        """Copies of all records of a kind, the oldest first: one of those, or product, customer, warehouse."""
        if kind in set(Kind):
            return self._orders.every(Kind(kind))
        return deepcopy(list(self._kept(kind).values()))

    def put(self, kind: str, record: Record) -> None:
        """Hold a record as it is, in the place of that with its id; of kind user, the one that calls. No webhook tells it.

        An order or consignment must have a status and a version.
        """
        if kind == "user":
            self._user = {name: value for name, value in record.items() if name != "tenants"}
        elif kind in set(Kind):
            self._orders.put(Kind(kind), record)
        else:
            self._kept(kind)[record["id"]] = deepcopy(record)

    def stock(self, product_id: str, warehouse_id: str, quantity: Decimal) -> None:
        """Let this much of a product be free in a warehouse, in its base unit."""
        self._goods.stock(product_id, warehouse_id, quantity)

    def advance(self, kind: str, number: str, status: str) -> Record:
        """Put the record of this number or id into a status, one version later, and send its webhook. Raises UnknownRecord."""
        if kind not in set(Kind):
            raise UnknownRecord(f"There is no {kind} record {number}")
        return self._orders.move(Kind(kind), number, status)

    def _kept(self, kind: str) -> dict[str, Record]:
        goods = self._goods
        kept = {"product": goods.products, "customer": goods.customers, "warehouse": goods.warehouses}
        if kind not in kept:
            raise UnknownRecord(f"There are no {kind} records")
        return kept[kind]

    def _tell(self, kind: Kind, record: Record) -> None:
        self._webhooks.add(Message(kind, encoded(record)))

    def _messages(self) -> list[Message]:
        """The webhooks of all records, mixed: a consignment may come before its order."""
        everything = [Message(kind, encoded(record)) for kind in Kind for record in self._orders.every(kind)]
        return self._world.shuffled(everything, "webhooks")

    def _application(self) -> ASGIApp:
        tenant = "/tenants/{tenant}"
        searched = Kind if self._searches else ()
        routes = [
            Route(TOKEN_PATH, self._tokens.give, methods=["POST"]),
            Route("/uaa/userinfo", self._user_info, methods=["GET"]),
            Route(f"{tenant}/customers", self._customer_list, methods=["GET"]),
            Route(f"{tenant}/products", self._create_product, methods=["POST"]),
            *(Route(f"{tenant}/{kind.collection}", self._creator(kind), methods=["POST"]) for kind in Kind),
            *(Route(f"{tenant}/{kind.collection}/search", self._searcher(kind), methods=["POST"]) for kind in searched),
            *(Route(f"{tenant}/{kind.collection}/{{id}}", self._reader(kind), methods=["GET"]) for kind in Kind),
            *(Route(f"{tenant}/{kind.collection}/{{id}}", self._replacer(kind), methods=["PUT"]) for kind in Kind),
            Route(f"{tenant}/{Kind.INBOUND.collection}/{{id}}", self._remove_inbound, methods=["DELETE"]),
            Route("/__webhooks", self._webhook_state, methods=["GET"]),
            Route("/__webhooks", self._restart_webhooks, methods=["PUT"]),
            Route("/__advance", self._advance, methods=["POST"]),
            Route("/__records/{kind}", self._every_record, methods=["GET"]),
            Route("/__records/{kind}", self._put_record, methods=["PUT"]),
            Route("/__stock", self._set_stock, methods=["PUT"]),
        ]
        handlers = dict.fromkeys((HTTPException, Refused), show)
        application = Starlette(routes=routes, exception_handlers=handlers)
        application.router.redirect_slashes = False
        return application

    async def _user_info(self, request: Request) -> Response:
        return as_json({**self._user, "tenants": [{"id": self._tenant_id, "name": "Demo Tenant"}]})

    async def _customer_list(self, request: Request) -> Response:
        return page(request, list(self._goods.customers.values()))

    async def _create_product(self, request: Request) -> Response:
        return as_json(create_product(await document(request), self._goods), CREATED)

    def _creator(self, kind: Kind) -> Endpoint:
        """The endpoint that makes a record of a kind."""

        async def create(request: Request) -> Response:
            message = await document(request)
            record = self._orders.create(kind, message)
            if record["status"] == "REJECTED":
                return as_json(record, CREATED_WITH_ISSUES)
            # Of an outbound order the page tells the status in replies to reads alone.
            if kind is Kind.OUTBOUND and not message.get("status"):
                del record["status"]
            return as_json(record, CREATED)

        return create

    def _searcher(self, kind: Kind) -> Endpoint:
        """The endpoint that finds records of a kind by conditions."""

        async def find(request: Request) -> Response:
            return page(request, search(kind, await document(request), self._orders.every(kind)))

        return find

    def _reader(self, kind: Kind) -> Endpoint:
        """The endpoint that reads one record of a kind."""

        async def read(request: Request) -> Response:
            return as_json(self._orders.one(kind, request.path_params["id"]))

        return read

    def _replacer(self, kind: Kind) -> Endpoint:
        """The endpoint that puts a new version in the place of a record of a kind."""

        async def replace(request: Request) -> Response:
            message = await document(request)
            return as_json(self._orders.replace(kind, request.path_params["id"], version(request), message))

        return replace

    async def _remove_inbound(self, request: Request) -> Response:
        """The page of 2019 does not have it, the newer documents do; the version is theirs to ask for or not."""
        wanted = version(request) if "If-Match" in request.headers else None
        self._orders.remove(Kind.INBOUND, request.path_params["id"], wanted)
        return Response(status_code=204)

    async def _webhook_state(self, request: Request) -> Response:
        hooks = self._webhooks
        delivered = {"delivered": hooks.delivered.total(), "deliveredByKind": hooks.delivered}
        return as_json({"url": hooks.target.url, "pending": hooks.pending, **delivered})

    async def _restart_webhooks(self, request: Request) -> Response:
        wanted, old = await words(request), self._webhooks.target
        target = Target(wanted.get("url", old.url), wanted.get("header", old.header), wanted.get("token", old.token))
        if not target.url.startswith(("http://", "https://")):
            raise refusal(400, "url must begin with http:// or https://")
        if not (target.header + target.token).isascii():
            raise refusal(400, "header and token must be ASCII")
        self._webhooks.restart(target, self._messages())
        return await self._webhook_state(request)

    async def _advance(self, request: Request) -> Response:
        wanted = await words(request)
        if not {"kind", "number", "status"} <= wanted.keys():
            raise refusal(400, "kind, number and status are needed")
        return as_json(self.advance(wanted["kind"], wanted["number"], wanted["status"]))

    async def _every_record(self, request: Request) -> Response:
        return as_json(self.every(request.path_params["kind"]))

    async def _put_record(self, request: Request) -> Response:
        self.put(request.path_params["kind"], await document(request))
        return Response(status_code=204)

    async def _set_stock(self, request: Request) -> Response:
        wanted = await words(request)
        try:
            self.stock(wanted["product"], wanted["warehouse"], Decimal(wanted["quantity"]))
        except (KeyError, InvalidOperation) as error:
            raise refusal(400, "product, warehouse and quantity are needed") from error
        return Response(status_code=204)


def _goods(world: World) -> Goods:
    """What the world has of goods, with the customers in no telling order."""
    customers = world.shuffled(sandbox_records.customers(), "customers")
    goods = Goods(customers, sandbox_records.warehouses(world), sandbox_records.products(world))
    for product_id, warehouse_id, quantity in sandbox_records.stock(world):
        goods.stock(product_id, warehouse_id, quantity)
    return goods


SANDBOX: type[SimulatedSystem] = CartonCloudSandbox
