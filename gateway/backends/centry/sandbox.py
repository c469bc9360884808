"""The simulated Centry: its REST API, its tokens and its webhooks, over the world's Chilean marketplaces.

Webhooks are registered as the page has it. By an address of its own, for tests:

GET  /__webhooks        {"pending": 3, "delivered": 120}
PUT  /__webhooks        {"url": "http://…"}: registers that address alone, with the secret part of the gateway's settings behind
                        it, for every topic; then tells it of every order and product
"""

import hashlib
import json
from collections.abc import Mapping

import orjson
from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.backends.centry.sandbox_forms import TOPICS, WEBHOOK
from gateway.backends.centry.sandbox_handlers import handler
from gateway.backends.centry.sandbox_lists import Fields, Paging
from gateway.backends.centry.sandbox_operations import PATH, TOKEN_PATH, Target, operation, refusal, target
from gateway.backends.centry.sandbox_orders import advanced, wire_order
from gateway.backends.centry.sandbox_products import put_products
from gateway.backends.centry.sandbox_resources import Call
from gateway.backends.centry.sandbox_store import Rejected
from gateway.backends.centry.sandbox_tokens import Application, Refused, Tokens
from gateway.backends.centry.sandbox_webhooks import Webhooks
from gateway.backends.centry.sandbox_world import filled
from gateway.sandbox.system import SimulatedSystem
from gateway.sandbox.world import Stage, System, World


def _key(name: str) -> str:
    """64 hexadecimal digits, as all of Centry's keys."""
    return hashlib.sha256(f"centry sandbox {name}".encode()).hexdigest()


CLIENT_ID = _key("client id")
CLIENT_SECRET = _key("client secret")
CODE = _key("authorization code")
REFRESH_TOKEN = _key("first refresh token")
WEBHOOK_SECRET = _key("webhook secret")
REDIRECT_URI = "urn:ietf:wg:oauth:2.0:oob"
"""The page's redirect address for whoever has none of its own."""

_MEANINGS = {
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
}
_ANY_CONTENT = "orders/order_status/"
"""The page's calls that change an order's state name no type of their content, though it is JSON."""


class CentrySandbox:
    """Centry as its page describes it: what is written can be read again, and lists show it.

    The page names no highest `limit` and no page size without one: `maximum_limit` and `default_limit` are those. Nor does
    it show how `expand` looks in a reply, so it can be left unhonoured. It promises no order of lists: they are mixed,
    unless `mixes_lists` is false. It says little of what is refused: besides what it shows, bodies with a value of
    another type than it names, and references to records that are not there.
    """

    port = 8103
    path = PATH

    def __init__(
        self,
        world: World,
        *,
        client_id: str = CLIENT_ID,
        client_secret: str = CLIENT_SECRET,
        redirect_uri: str = REDIRECT_URI,
        code: str = CODE,
        refresh_token: str = REFRESH_TOKEN,
        token_seconds: float = 7200,
        honours_expand: bool = True,
        maximum_limit: int = 1000,
        default_limit: int = 25,
        mixes_lists: bool = True,
        webhook_secret: str = WEBHOOK_SECRET,
        webhook_pause: float = 300,
    ) -> None:
        self._application = Application(client_id, client_secret, redirect_uri, code, refresh_token)
        self._tokens = Tokens(self._application, token_seconds)
        self._honours_expand = honours_expand
        self._paging = Paging(default_limit, maximum_limit, world.shuffled if mixes_lists else lambda found, _name: list(found))
        self._world = world
        self._webhook_secret = webhook_secret
        self._webhooks = Webhooks(webhook_pause)
        self.start_over()
        self.app = Starlette(
            routes=[
                Route(TOKEN_PATH, self._grant, methods=["POST"]),
                Route("/__webhooks", self._webhook_state, methods=["GET"]),
                Route("/__webhooks", self._register, methods=["PUT"]),
                Route("/{address:path}", self._answer, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
            ]
        )

    def operation(self, method: str, path: str, body: bytes) -> str | None:
        """The documented operation that a request is for; None for an unknown address and for client credentials."""
        return operation(method, path, body)

    def settings(self, address: str) -> Mapping[str, str]:
        """The gateway's environment variables that reach this system at this address."""
        settings = {
            "BASE_URL": address,
            "CLIENT_ID": self._application.client_id,
            "CLIENT_SECRET": self._application.client_secret,
            "REDIRECT_URI": self._application.redirect_uri,
            "REFRESH_TOKEN": self._application.refresh_token,
            "CURRENCY": "CLP",
            "TIMEZONE": "America/Santiago",
            "WEBHOOK_SECRET": self._webhook_secret,
        }
        return {f"GATEWAY_CENTRY__{name}": value for name, value in settings.items()}

    def revoke_tokens(self) -> None:
        """Let every access token that was given out expire now; refresh tokens stay valid."""
        self._tokens.revoke()

    async def run(self) -> None:
        """Tell those who have registered for it of what changes."""
        await self._webhooks.run()

    def advance(self, number: str, stage: Stage) -> None:
        """Let the order of this number come to a stage; its `updated_at` becomes newer than any other."""
        self._orders[number] = advanced(self._orders[number], stage, self._store.moment())
        self._store.keep("orders", wire_order(self._orders[number]))

    def start_over(self) -> None:
        """Have what it began with. Tokens that were given out stay valid."""
        self._orders = {order.number: order for order in self._world.orders_of(System.CENTRY)}
        self._webhooks.forget()
        self._store = filled(self._world, self._webhooks)

    def put(self, kind: str, *records: Fields, owner: str = "") -> None:
        """Have these records, as if they had always been there. `kind` is their address without ids: `products/assets`."""
        if kind == "products":
            put_products(records, self._store)
        else:
            self._store.put(kind, records, owner)

    def drop(self, kind: str) -> None:
        """Have no records of a kind, as if there had never been any."""
        self._store.drop(kind)

    def remove(self, kind: str, identifier: str) -> None:
        """Remove a record, and what makes no sense without it."""
        self._store.remove(kind, identifier)

    async def _webhook_state(self, _request: Request) -> Response:
        return _json({"pending": self._webhooks.pending, "delivered": self._webhooks.delivered})

    async def _register(self, request: Request) -> Response:
        url = json.loads(await request.body())["url"]
        self._store.drop("webhooks")
        self._webhooks.forget()
        wanted = {"callback_url": f"{url}/{self._webhook_secret}"} | dict.fromkeys(TOPICS, True)
        self._store.add("webhooks", WEBHOOK.blank | wanted)
        for kind in ("orders", "products"):
            for record in self._store.all(kind):
                self._webhooks.tell(self._store.all("webhooks"), kind, "save", record["_id"])
        return await self._webhook_state(request)

    async def _grant(self, request: Request) -> Response:
        try:
            return _json(self._tokens.grant(await _parameters(request)))
        except Refused as refused:
            return _json({"error": refused.error}, refused.status)

    async def _answer(self, request: Request) -> Response:
        """Whoever has no valid token learns nothing, not even which addresses there are."""
        path = request.url.path
        if not path.startswith(PATH):
            return _error(404)
        if not self._tokens.allows(request.headers.get("authorization", "")):
            return _error(401, {"WWW-Authenticate": 'Bearer realm="Centry", error="invalid_token"'})
        if status := refusal(request.method, path):
            return _error(status)
        return await self._perform(request)

    async def _perform(self, request: Request) -> Response:
        wanted = target(request.method, request.url.path)
        try:
            self._check_owners(wanted)
            call = Call(
                wanted,
                self._store,
                self._paging,
                self._heeded(request.query_params),
                await _fields(request, wanted),
                await request.body(),
                request.headers.get("content-type", ""),
            )
            return _json(handler(wanted)(call))
        except Rejected as rejected:
            return _json(rejected.reply, rejected.status)

    def _check_owners(self, wanted: Target) -> None:
        """A record that is not there has no others. Raises Rejected."""
        outer = ""
        for owner in wanted.owners:
            self._store.get(owner.kind, owner.identifier, outer)
            outer = owner.identifier

    def _heeded(self, query: QueryParams) -> QueryParams:
        return QueryParams([pair for pair in query.multi_items() if self._honours_expand or pair[0] != "expand"])


async def _fields(request: Request, wanted: Target) -> Fields:
    """The JSON object of a write; a document comes as a form instead. Raises Rejected."""
    if request.method not in ("POST", "PUT") or wanted.kind == "orders/documents":
        return {}
    told = request.headers.get("content-type", "").startswith("application/json")
    try:
        fields = json.loads(await request.body())
    except ValueError:
        fields = None
    if not isinstance(fields, dict) or not (told or wanted.kind.startswith(_ANY_CONTENT)):
        raise Rejected(400, {"error": _MEANINGS[400]})
    return fields


async def _parameters(request: Request) -> dict[str, object]:
    """The page's token calls are JSON, and say so. Raises Refused."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise Refused(400, "invalid_request")
    try:
        parameters = json.loads(await request.body())
    except ValueError:
        raise Refused(400, "invalid_request") from None
    if not isinstance(parameters, dict):
        raise Refused(400, "invalid_request")
    return parameters


def _error(status: int, headers: Mapping[str, str] | None = None) -> Response:
    return _json({"error": _MEANINGS[status]}, status, headers)


def _json(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(orjson.dumps(value), status, headers, media_type="application/json; charset=utf-8")


SANDBOX: type[SimulatedSystem] = CentrySandbox
