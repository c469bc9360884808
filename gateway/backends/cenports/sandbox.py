"""The simulated Cenports: its rules, from the vendor's page alone; the state is the seeded world.

Where the page leaves a rule open, the comment beside it says which reading was taken.
"""

import asyncio
import secrets
import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateway.backends.cenports.sandbox_channels import Channels
from gateway.backends.cenports.sandbox_goods import Goods
from gateway.backends.cenports.sandbox_orders import HeldOrder, Orders
from gateway.backends.cenports.sandbox_parameters import Parameters, Refused
from gateway.backends.cenports.sandbox_records import (
    CHANNEL_NAMES,
    Record,
    channel_record,
    order_record,
    shipment_record,
    warehouse_records,
)
from gateway.backends.cenports.sandbox_shipments import Shipments
from gateway.backends.cenports.sandbox_transactions import Pace, Transactions
from gateway.sandbox.system import SimulatedSystem
from gateway.sandbox.world import ShopOrder, System, World

OPERATIONS = {
    ("POST", "/authorize"): "cenports-01",
    ("GET", "/orders"): "cenports-02",
    ("POST", "/orders"): "cenports-03",
    ("PATCH", "/orders/acknowledge"): "cenports-04",
    ("GET", "/channels"): "cenports-05",
    ("POST", "/channels"): "cenports-06",
    ("GET", "/shipments"): "cenports-07",
    ("PATCH", "/shipments/acknowledge"): "cenports-08",
    ("GET", "/inventories"): "cenports-09",
    ("PATCH", "/inventories"): "cenports-10",
    ("GET", "/transaction"): "cenports-11",
}
_PATHS = {path for _, path in OPERATIONS}
_NOT_VALID = "The partner id is not valid, please try again."


class CenportsSandbox:
    """A partner's account at Cenports. `clock` tells seconds since 1970; tokens, transactions and the limit of calls go by it.

    A transaction is QUEUED for `queued_seconds` and ends after `transaction_seconds` (a real one takes up to 15 minutes).
    Addresses of its own: GET /__transactions {"queued": 0.2, "seconds": 1}; PUT sets them for those to come; DELETE
    ends all that are open.
    """

    port = 8101
    path = "/v2"

    def __init__(
        self,
        world: World,
        *,
        calls_per_minute: int = 60,
        token_seconds: float = 86_400,
        queued_seconds: float = 0.2,
        transaction_seconds: float = 1,
        partner_id: str = "111AAA",
        client_id: str = "sandbox-client",
        client_secret: str = "sandbox-secret",  # noqa: S107  # opens nothing but this simulation
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.app = self._application
        self._calls_per_minute = calls_per_minute
        self._token_seconds = token_seconds
        self._partner_id = partner_id
        self._client = (client_id, client_secret)
        self._clock = clock
        self._tokens: dict[str, float] = {}
        self._recent: deque[float] = deque()
        self.transactions = Transactions(clock, Pace(queued_seconds, transaction_seconds))
        self._channels = Channels()
        self._goods = Goods(self.transactions, partner_id)
        self._shipments = Shipments(self.transactions)
        self._orders = Orders(self._channels, self._goods, self.transactions)
        self._handlers = self._operations()
        self._hold(world)

    def _operations(self) -> Mapping[str, Callable[[Parameters], object]]:
        channels, orders, shipments = self._channels, self._orders, self._shipments
        return {
            "cenports-02": lambda asked: orders.get(asked, channels.asked(asked)),
            "cenports-03": lambda asked: orders.create(asked, channels.asked(asked, required=True)),
            "cenports-04": lambda asked: orders.acknowledge(asked, channels.asked(asked, required=True)),
            "cenports-05": channels.get,
            "cenports-06": lambda asked: channels.create(asked, self._partner_id),
            "cenports-07": lambda asked: shipments.get(asked, channels.asked(asked, required=True)),
            "cenports-08": shipments.acknowledge,
            "cenports-09": self._get_inventories,
            "cenports-10": self._goods.update,
            "cenports-11": self.transactions.get,
        }

    def _hold(self, world: World) -> None:
        """Takes over what the world holds. What a warehouse ships for the shop does not appear at Cenports."""
        orders = world.shuffled(world.orders_of(System.CENPORTS), "cenports orders")
        known = sorted({*CHANNEL_NAMES, *(order.channel for order in orders)})
        for channel in world.shuffled(known, "cenports channels"):
            self._channels.put(channel_record(channel))
        for warehouse, reserved in warehouse_records(world):
            self._goods.put(warehouse, reserved)
        for order in orders:
            self._hold_order(order)

    def _hold_order(self, order: ShopOrder) -> None:
        record = order_record(order, self._partner_id)
        self._orders.put(HeldOrder(record, order.placed_at, order.acknowledged))
        if order.dispatch and not order.warehoused:
            self._shipments.put(shipment_record(order, order.dispatch, self._partner_id))

    def operation(self, method: str, path: str, body: bytes) -> str | None:
        return OPERATIONS.get((method, path.removeprefix(self.path)))

    def settings(self, address: str) -> Mapping[str, str]:
        return {
            "GATEWAY_CENPORTS__BASE_URL": f"{address}{self.path}",
            "GATEWAY_CENPORTS__CLIENT_ID": self._client[0],
            "GATEWAY_CENPORTS__CLIENT_SECRET": self._client[1],
            "GATEWAY_CENPORTS__PARTNER_ID": self._partner_id,
            "GATEWAY_CENPORTS__CHANNEL_ID": min(self._channels.records, default=""),
        }

    def revoke_tokens(self) -> None:
        self._tokens.clear()

    def clear(self) -> None:
        """Forget the world: an account that holds nothing."""
        self._channels.records.clear()
        self._goods.warehouses.clear()
        self._orders.clear()
        self._shipments.clear()

    def put(self, kind: str, record: Record, *, acknowledged: bool = False) -> None:
        """Hold a record in the form in which GET tells it. `kind`: order, channel, shipment or warehouse (actual stock)."""
        if kind == "order":
            self._orders.put(HeldOrder(record, datetime.fromisoformat(record["orderDate"]), acknowledged))
        elif kind == "shipment":
            self._shipments.put({**record, "isAcknowledged": acknowledged})
        elif kind == "channel":
            self._channels.put(record)
        else:
            self._goods.put(record)

    async def run(self) -> None:
        """It does nothing by itself: what is due happens when it is asked next."""
        await asyncio.Event().wait()

    async def _application(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = _json(self._answer(request, await request.body()))
        except Refused as refusal:
            response = _json(refusal.content, refusal.status)
        await response(scope, receive, send)

    def _answer(self, request: Request, body: bytes) -> object:
        path = request.scope["path"]
        if path == "/__transactions":
            return self._control(request.method, body)
        operation = self.operation(request.method, path, body) if path.startswith(f"{self.path}/") else None
        if operation == "cenports-01":
            return self._authorize(body)
        self._count_call()
        self._check_token(request.headers.get("authorization", ""))
        if operation is None:
            known = path.startswith(f"{self.path}/") and path.removeprefix(self.path) in _PATHS
            raise Refused(405, "Method Not Allowed") if known else Refused(404, "Not Found")
        self.transactions.settle()
        asked = Parameters.read(request.scope["query_string"], body)
        self._check_partner(asked)
        return self._handlers[operation](asked)

    def _control(self, method: str, body: bytes) -> object:
        if method == "PUT":
            try:
                self.transactions.pace = msgspec.json.decode(body, type=Pace)
            except msgspec.DecodeError as error:
                raise Refused(400, f"This pace cannot be set: {error}") from None
        elif method == "DELETE":
            self.transactions.finish()
        return self.transactions.pace

    def _authorize(self, body: bytes) -> object:
        asked = Parameters.read(b"", body)
        grant_type = asked.text("grant_type", required=True)
        client = (asked.text("client_id", required=True), asked.text("client_secret", required=True))
        if grant_type not in (None, "client_credentials"):
            asked.refuse("grant_type", "The selected grant type is invalid.")
        asked.check()
        if client != self._client:
            raise Refused(401, "Client authentication failed")
        token = secrets.token_urlsafe(32)
        self._tokens[token] = self._clock() + self._token_seconds
        return {
            "scopes": ["basic", "view-account"],
            "token_type": "Bearer",
            "expires_in": int(self._token_seconds),
            "access_token": token,
        }

    def _count_call(self) -> None:
        """At most so many calls in any 60 seconds; refused ones do not count. The page shows no body and no header."""
        now = self._clock()
        while self._recent and self._recent[0] <= now - 60:
            self._recent.popleft()
        if len(self._recent) >= self._calls_per_minute:
            raise Refused(429, "Too Many Requests")
        self._recent.append(now)

    def _check_token(self, authorization: str) -> None:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or self._tokens.get(token, 0) <= self._clock():
            raise Refused(401, "Unauthenticated.")

    def _check_partner(self, asked: Parameters) -> None:
        partner = asked.text("partnerId", required=True)
        if partner is not None and partner != self._partner_id:
            asked.refuse("partnerId", _NOT_VALID)

    def _get_inventories(self, asked: Parameters) -> object:
        """With `actualStock`, what lies there; else what a channel may sell, so that the channel must be named."""
        actual = asked.flag("actualStock") or False
        self._channels.asked(asked, required=not actual)
        return self._goods.get(asked, actual=actual)


def _json(content: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(content), status, media_type="application/json")


SANDBOX: type[SimulatedSystem] = CenportsSandbox
