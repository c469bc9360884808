"""The simulated CartonCloud: the rules of the vendor's page of 2019, around records of the seeded world.

Orders and consignments are read by id alone, for that page lists none; what changes is told by webhooks. Besides the
vendor's addresses it has some for tests, where neither version nor token is asked for:

GET  /__webhooks    {"url": "http://…", "pending": 3, "delivered": 120}
PUT  /__webhooks    {"url": "http://…", "header": "X-Webhook-Token", "token": "…"}, each optional: starts over with all
POST /__advance     {"kind": "inbound|outbound|consignment", "number": "A10004", "status": "DISPATCHED"}
"""

import base64
import binascii
import hmac
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from copy import deepcopy
from math import ceil
from urllib.parse import parse_qs

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.backends.cartoncloud.sandbox_records import Kind, Record, by_number, customers, moved, records
from gateway.backends.cartoncloud.sandbox_webhooks import Target, Webhooks
from gateway.sandbox.system import SimulatedSystem
from gateway.sandbox.world import World, uuid

CLIENT_ID = uuid("cartoncloud", "client id")
CLIENT_SECRET = uuid("cartoncloud", "client secret")
TENANT_ID = uuid("cartoncloud", "tenant")
WEBHOOK_TOKEN = uuid("cartoncloud", "webhook token")
PAGE_SIZE, LARGEST_PAGE_SIZE = 20, 100
# The page of 2019 names pageNumber and pageSize, the newer documents page and size.
PAGE_NAMES, SIZE_NAMES = ("pageNumber", "page"), ("pageSize", "size")

_EVERY_METHOD = ("GET", "POST", "PUT", "PATCH", "DELETE")
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
)
_PATTERNS = [(name, method, re.compile(path.replace("*", "[^/]+"))) for name, method, path in _OPERATIONS]
_encoder = msgspec.json.Encoder(decimal_format="number")


class UnknownRecord(Exception):
    """There is no record of this kind and number."""


class CartonCloudSandbox:
    """A simulated CartonCloud that holds the world's warehouse orders for one tenant.

    `token_seconds` is how long an access token lives. `webhook_header` and `webhook_token` are what the receiver at
    `webhook_url` recognises the webhooks by.
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
    ) -> None:
        self._world = world
        self._credentials = (client_id, client_secret)
        self._tenant_id = tenant_id
        self._token_seconds = token_seconds
        self._tokens: dict[str, float] = {}
        self._records = {kind.value: by_number(found) for kind, found in records(world).items()}
        self._numbers = {r["id"]: number for found in self._records.values() for number, r in found.items()}
        self._customers = world.shuffled(customers(), "customers")
        self._webhooks = Webhooks(Target(webhook_url, webhook_header, webhook_token))
        self._webhooks.restart(self._webhooks.target, self._messages())
        self.app: ASGIApp = _Guard(self._application(), self._tokens, tenant_id)

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
            "GATEWAY_CARTONCLOUD__WEBHOOK_TOKEN": self._webhooks.target.token,
        }

    def revoke_tokens(self) -> None:
        """Let every access token that was given out expire now."""
        self._tokens.clear()

    async def run(self) -> None:
        """Send the webhooks of every record, then those of each change of status."""
        await self._webhooks.run()

    def records(self, kind: str) -> dict[str, Record]:
        """Copies of all records of a kind (inbound, outbound or consignment) by number, as a read by id gives them."""
        return deepcopy(self._records[kind])

    def advance(self, kind: str, number: str, status: str) -> Record:
        """Put a record into a status, one version later, and send its webhook. Raises UnknownRecord."""
        found = self._records.get(kind, {})
        if number not in found:
            raise UnknownRecord(f"There is no {kind} record {number}")
        found[number] = moved(found[number], status)
        self._webhooks.add(_encoder.encode(found[number]))
        return deepcopy(found[number])

    def _messages(self) -> list[bytes]:
        """The webhooks of all records, mixed: a consignment may come before its order."""
        everything = [record for found in self._records.values() for record in found.values()]
        return [_encoder.encode(record) for record in self._world.shuffled(everything, "webhooks")]

    def _application(self) -> ASGIApp:
        tenant = "/tenants/{tenant}"
        routes = [
            Route("/uaa/oauth/token", self._token, methods=["POST"]),
            Route("/uaa/userinfo", self._user, methods=["GET"]),
            Route(f"{tenant}/customers", self._customer_list, methods=["GET"]),
            Route(f"{tenant}/products", _refuse_method, methods=_EVERY_METHOD),
            *(Route(f"{tenant}/{kind.collection}", _refuse_method, methods=_EVERY_METHOD) for kind in Kind),
            *(Route(f"{tenant}/{kind.collection}/{{id}}", self._reader(kind), methods=["GET"]) for kind in Kind),
            Route("/__webhooks", self._webhook_state, methods=["GET"]),
            Route("/__webhooks", self._restart_webhooks, methods=["PUT"]),
            Route("/__advance", self._advance, methods=["POST"]),
        ]
        application = Starlette(routes=routes, exception_handlers={HTTPException: _show})
        application.router.redirect_slashes = False
        return application

    async def _token(self, request: Request) -> Response:
        if not _has_basic(request.headers.get("Authorization", ""), self._credentials):
            raise HTTPException(401, "Bad client credentials")
        if request.headers.get("Content-Type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
            raise HTTPException(400, "The request must be a form")
        if parse_qs((await request.body()).decode("latin-1")).get("grant_type") != ["client_credentials"]:
            raise HTTPException(400, "Unsupported grant type")
        token = secrets.token_urlsafe(24)
        self._tokens[token] = time.monotonic() + self._token_seconds
        return _json({"access_token": token, "token_type": "bearer", "expires_in": self._token_seconds})

    async def _user(self, request: Request) -> Response:
        tenants = [{"id": self._tenant_id, "name": "Example Tenant"}]
        user = {"id": uuid("cartoncloud", "user"), "name": "API Client", "email": "api@example.com", "tenants": tenants}
        return _json(user)

    async def _customer_list(self, request: Request) -> Response:
        return _page(request, self._customers)

    def _reader(self, kind: Kind) -> Callable[[Request], Awaitable[Response]]:
        """The endpoint that reads one record of a kind."""

        async def read(request: Request) -> Response:
            record = self._records[kind].get(self._numbers.get(request.path_params["id"], ""))
            # An order and its consignment share their number: the id may be the other's.
            if record is None or record["id"] != request.path_params["id"]:
                raise HTTPException(404, "The requested resource does not exist")
            return _json(record)

        return read

    async def _webhook_state(self, request: Request) -> Response:
        hooks = self._webhooks
        return _json({"url": hooks.target.url, "pending": hooks.pending, "delivered": hooks.delivered})

    async def _restart_webhooks(self, request: Request) -> Response:
        wanted, old = await _words(request), self._webhooks.target
        target = Target(wanted.get("url", old.url), wanted.get("header", old.header), wanted.get("token", old.token))
        if not target.url.startswith(("http://", "https://")):
            raise HTTPException(400, "url must begin with http:// or https://")
        if not (target.header + target.token).isascii():
            raise HTTPException(400, "header and token must be ASCII")
        self._webhooks.restart(target, self._messages())
        return await self._webhook_state(request)

    async def _advance(self, request: Request) -> Response:
        wanted = await _words(request)
        if not {"kind", "number", "status"} <= wanted.keys():
            raise HTTPException(400, "kind, number and status are needed")
        try:
            return _json(self.advance(wanted["kind"], wanted["number"], wanted["status"]))
        except UnknownRecord as error:
            raise HTTPException(404, str(error)) from error


class _Guard:
    """What CartonCloud asks of every request before it looks at the address: version, token and tenant, in this order."""

    def __init__(self, app: ASGIApp, tokens: Mapping[str, float], tenant_id: str) -> None:
        self._app = app
        self._tokens = tokens
        self._tenant_id = tenant_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app
        if scope["type"] == "http" and not scope["path"].startswith("/__"):
            app = self._refusal(Request(scope)) or app
        await app(scope, receive, send)

    def _refusal(self, request: Request) -> Response | None:
        version, segments = request.headers.get("Accept-Version"), request.url.path.split("/")
        if version is None:
            return _error(400, "The header Accept-Version is required")
        if version != "1":
            return _error(404, "Unknown version")
        if request.url.path != "/uaa/oauth/token" and not self._is_known(request.headers.get("Authorization", "")):
            return _error(401, "Access token is missing, invalid or expired")
        if segments[1] == "tenants" and segments[2:3] != [self._tenant_id]:
            return _error(403, "No permissions to access the tenant")
        return None

    def _is_known(self, authorization: str) -> bool:
        scheme, _, token = authorization.partition(" ")
        return scheme.lower() == "bearer" and self._tokens.get(token, 0.0) > time.monotonic()


def _has_basic(authorization: str, credentials: tuple[str, str]) -> bool:
    """Whether this is HTTP Basic of these credentials."""
    scheme, _, code = authorization.partition(" ")
    try:
        given = base64.b64decode(code, validate=True)
    except (binascii.Error, ValueError):
        return False
    return scheme.lower() == "basic" and hmac.compare_digest(given, ":".join(credentials).encode())


def _page(request: Request, elements: list[Record]) -> Response:
    """One page of a list, counted from 1, with the documented headers."""
    number, size = _positive(request, PAGE_NAMES, 1), _positive(request, SIZE_NAMES, PAGE_SIZE)
    size = min(size, LARGEST_PAGE_SIZE)
    pages = ceil(len(elements) / size)
    headers = {
        "Total-Pages": str(pages),
        "Page-Size": str(size),
        "Page-Number": str(number),
        "Total-Elements": str(len(elements)),
        "Link": _links(request, number, size, pages),
    }
    return _json(elements[(number - 1) * size : number * size], headers=headers)


def _positive(request: Request, names: tuple[str, ...], default: int) -> int:
    """The parameter under the first of its spellings that was sent."""
    text = next((request.query_params[name] for name in names if name in request.query_params), str(default))
    if not text.isdecimal() or int(text) < 1:
        raise HTTPException(400, f"{names[0]} must be a positive integer")
    return int(text)


def _links(request: Request, number: int, size: int, pages: int) -> str:
    """Web links to the pages around this one, in the caller's spelling of the parameters."""
    targets = {"first": 1, "prev": number - 1, "next": number + 1, "last": pages}
    spelled = [name for name in PAGE_NAMES if name in request.query_params] or [PAGE_NAMES[0]]
    sizes = [name for name in SIZE_NAMES if name in request.query_params] or [SIZE_NAMES[0]]
    links = []
    for relation, page in targets.items():
        if 1 <= page <= pages:
            numbers = dict.fromkeys(spelled, page) | dict.fromkeys(sizes, size)
            links.append(f'<{request.url.include_query_params(**numbers)}>; rel="{relation}"')
    return ", ".join(links)


async def _words(request: Request) -> dict[str, str]:
    """The request's JSON object of texts."""
    try:
        return msgspec.json.decode(await request.body(), type=dict[str, str])
    except msgspec.DecodeError as error:
        raise HTTPException(400, "The body must be a JSON object of strings") from error


async def _refuse_method(request: Request) -> Response:
    raise HTTPException(405)


async def _show(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == 405:
        return _error(405, f"Request method '{request.method}' not supported")
    return _error(error.status_code, error.detail)


def _error(status: int, message: str) -> Response:
    """An error as the page shows it: an array of objects."""
    return _json([{"message": message}], status)


def _json(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(_encoder.encode(value), status, headers, media_type="application/json")


SANDBOX: type[SimulatedSystem] = CartonCloudSandbox
