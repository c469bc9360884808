"""The simulated Centry: its REST API and its tokens, over the world's Chilean marketplaces."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.backends.centry.sandbox_goods import company, listed, records, user
from gateway.backends.centry.sandbox_lists import BadFilter, Fields, Paging, matching
from gateway.backends.centry.sandbox_operations import PATH, TOKEN_PATH, operation, refusal
from gateway.backends.centry.sandbox_orders import advanced, order_id, wire_order
from gateway.backends.centry.sandbox_tokens import Application, Refused, Tokens
from gateway.sandbox.system import SimulatedSystem
from gateway.sandbox.world import ShopOrder, Stage, System, World


def _key(name: str) -> str:
    """64 hexadecimal digits, as all of Centry's keys."""
    return hashlib.sha256(f"centry sandbox {name}".encode()).hexdigest()


CLIENT_ID = _key("client id")
CLIENT_SECRET = _key("client secret")
CODE = _key("authorization code")
REFRESH_TOKEN = _key("first refresh token")
REDIRECT_URI = "urn:ietf:wg:oauth:2.0:oob"
"""The page's redirect address for whoever has none of its own."""

_MEANINGS = {
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
}
_USED_BY_COMPANY = {"brands": "brand_id", "categories": "category_id"}


class CentrySandbox:
    """Centry as its page describes it. Reads only; a write that the page documents is answered 405.

    The page names no highest `limit` and no page size without one: `maximum_limit` and `default_limit` are those.
    Nor does it show how `expand` looks in a reply, so it can be left unhonoured.
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
    ) -> None:
        self._world = world
        self._application = Application(client_id, client_secret, redirect_uri, code, refresh_token)
        self._tokens = Tokens(self._application, token_seconds)
        self._honours_expand = honours_expand
        self._paging = Paging(default_limit, maximum_limit)
        self._orders = {order.number: order for order in world.orders_of(System.CENTRY)}
        self._records = records(world)
        self._records["orders"] = {order_id(order): wire_order(order) for order in self._orders.values()}
        self.app = Starlette(
            routes=[
                Route(TOKEN_PATH, self._grant, methods=["POST"]),
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
        }
        return {f"GATEWAY_CENTRY__{name}": value for name, value in settings.items()}

    def revoke_tokens(self) -> None:
        """Let every access token that was given out expire now; refresh tokens stay valid."""
        self._tokens.revoke()

    async def run(self) -> None:
        """Centry does nothing by itself here."""

    def advance(self, number: str, stage: Stage) -> None:
        """Let the order of this number come to a stage; its `updated_at` becomes newer than any other."""
        newest = max(order.changed_at for order in self._orders.values())
        at = max(datetime.now(UTC), newest + timedelta(seconds=1))
        self._put(advanced(self._orders[number], stage, at))

    def _put(self, order: ShopOrder) -> None:
        self._orders[order.number] = order
        self._records["orders"][order_id(order)] = wire_order(order)

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
        if request.method != "GET":
            return _error(405)
        return self._read(path.removeprefix(PATH).strip("/").removesuffix(".json"), dict(request.query_params))

    def _read(self, resource: str, query: Mapping[str, str]) -> Response:
        if resource == "products/count":
            return _json(len(self._records["products"]))
        if resource in ("company_info", "user_info"):
            return _json(user() if resource == "user_info" else company(next(iter(self._records["warehouses"]))))
        if resource in self._records:
            return self._list(resource, query)
        collection, _, identifier = resource.rpartition("/")
        record = self._records.get(collection, {}).get(identifier)
        return _error(404) if record is None else _json(record)

    def _list(self, resource: str, query: Mapping[str, str]) -> Response:
        try:
            found = matching(resource, self._records[resource].values(), query)
            page = self._paging.page(
                self._used(resource, found, query), query, lambda values: self._world.shuffled(values, resource)
            )
        except BadFilter:
            return _error(400)
        if resource == "products":
            page = [listed(product) for product in page]
        if resource == "orders" and "expand" in query and self._honours_expand:
            page = [self._expanded(order) for order in page]
        return _json(page)

    def _used(self, resource: str, found: list[Fields], query: Mapping[str, str]) -> list[Fields]:
        """Of brands and categories, if so asked, those that one of the company's products has."""
        if resource not in _USED_BY_COMPANY or "filtered_used_by_company" not in query:
            return found
        used = {product[_USED_BY_COMPANY[resource]] for product in self._records["products"].values()}
        return [record for record in found if record["_id"] in used]

    def _expanded(self, order: Fields) -> Fields:
        """With "the complete information of the variants in the items", as the page says of lists only."""
        variants = self._records["variants"]
        return order | {"items": [item | {"variant": variants[item["variant_id"]]} for item in order["items"]]}


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
