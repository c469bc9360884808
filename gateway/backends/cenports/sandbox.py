"""The simulated Cenports: its rules, from the vendor's page alone; the state is the seeded world.

Where the page leaves a rule open, the comment beside it says which reading was taken.
"""

import asyncio
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateway.backends.cenports.sandbox_parameters import Parameters
from gateway.backends.cenports.sandbox_records import (
    CHANNEL_NAMES,
    Record,
    channel_record,
    inventory_records,
    order_record,
    shipment_id,
    shipment_record,
)
from gateway.sandbox.system import SimulatedSystem
from gateway.sandbox.world import Dispatch, ShopOrder, System, World

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
_DEFAULT_LIMIT = 50
_MOST_ORDERS = 300
_MOST_SHIPMENTS = 99
_NOT_VALID = "The partner id is not valid, please try again."
_NO_CHANNEL = "The partner id does not exist, please try again."


class Refused(Exception):
    """A call that is answered with an error."""

    def __init__(self, status: int, message: str, errors: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.content = {"message": message, **({"errors": errors} if errors else {})}


@dataclass(frozen=True)
class Days:
    """Whole days in UTC, both ends included; an end may be open. The page does not name the zone."""

    start: date | None
    end: date | None

    def has(self, at: datetime) -> bool:
        day = at.astimezone(UTC).date()
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


class CenportsSandbox:
    """A partner's account at Cenports. `clock` tells seconds; tokens and the limit of calls go by it."""

    port = 8101
    path = "/v2"

    def __init__(
        self,
        world: World,
        *,
        calls_per_minute: int = 60,
        token_seconds: float = 86_400,
        partner_id: str = "111AAA",
        client_id: str = "sandbox-client",
        client_secret: str = "sandbox-secret",  # noqa: S107  # opens nothing but this simulation
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.app = self._application
        self._world = world
        self._calls_per_minute = calls_per_minute
        self._token_seconds = token_seconds
        self._partner_id = partner_id
        self._client = (client_id, client_secret)
        self._clock = clock
        self._tokens: dict[str, float] = {}
        self._recent: deque[float] = deque()
        self._orders = world.shuffled(world.orders_of(System.CENPORTS), "cenports orders")
        known = sorted({*CHANNEL_NAMES, *(order.channel for order in self._orders)})
        self._channels = {channel: channel_record(channel) for channel in world.shuffled(known, "cenports channels")}
        self._acknowledged = {(order.channel, order.number) for order in self._orders if order.acknowledged}
        self._acknowledged_shipments = {shipment_id(order) for order, sent in self._dispatched() if sent.delivered_at}
        self._handlers: dict[str, Callable[[Parameters], object]] = {
            "cenports-02": self._get_orders,
            "cenports-05": self._get_channels,
            "cenports-07": self._get_shipments,
            "cenports-09": self._get_inventories,
        }

    def operation(self, method: str, path: str, body: bytes) -> str | None:
        return OPERATIONS.get((method, path.removeprefix(self.path)))

    def settings(self, address: str) -> Mapping[str, str]:
        return {
            "GATEWAY_CENPORTS__BASE_URL": f"{address}{self.path}",
            "GATEWAY_CENPORTS__CLIENT_ID": self._client[0],
            "GATEWAY_CENPORTS__CLIENT_SECRET": self._client[1],
            "GATEWAY_CENPORTS__PARTNER_ID": self._partner_id,
            "GATEWAY_CENPORTS__CHANNEL_ID": min(self._channels),
        }

    def revoke_tokens(self) -> None:
        self._tokens.clear()

    def clear(self) -> None:
        """Forget the world's records: an account without any."""
        self._channels.clear()

    def put(self, channel: Record) -> None:
        """Hold a record as the page prints it."""
        self._channels[channel["channelId"]] = channel

    async def run(self) -> None:
        """It does nothing by itself."""
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
        operation = self.operation(request.method, path, body) if path.startswith(f"{self.path}/") else None
        if operation == "cenports-01":
            return self._authorize(body)
        self._count_call()
        self._check_token(request.headers.get("authorization", ""))
        handler = self._handlers.get(operation or "")
        if handler is None:
            raise Refused(404, "Not Found")
        return handler(Parameters(request.scope["query_string"], body))

    def _authorize(self, body: bytes) -> object:
        asked = Parameters(b"", body)
        grant_type = asked.text("grant_type", required=True)
        client = (asked.text("client_id", required=True), asked.text("client_secret", required=True))
        if grant_type not in (None, "client_credentials"):
            asked.refuse("grant_type", "The selected grant type is invalid.")
        _check(asked)
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

    def _channel(self, asked: Parameters, *, required: bool = False) -> str | None:
        """The channel asked for. An unknown one is refused in the page's own (mistaken) words."""
        channel = asked.text("channelId", required=required)
        if channel is not None and channel not in self._channels:
            asked.refuse("channelId", _NO_CHANNEL)
        return channel

    def _get_orders(self, asked: Parameters) -> object:
        """Neither dates nor numbers need be given: the page calls `orders` conditional and names no condition."""
        self._check_partner(asked)
        channel, numbers = self._channel(asked), asked.listed("orders")
        acknowledged, days = asked.flag("isAcknowledged"), _both_days(asked)
        limit = min(asked.number("limit") or _DEFAULT_LIMIT, _MOST_ORDERS)
        asked.flag("isPaginated")  # no second page is documented: there is none
        _check(asked)
        found = [
            order_record(order, self._partner_id)
            for order in self._orders
            if (channel is None or order.channel == channel)
            and (numbers is None or order.number in numbers)
            and (acknowledged is None or self._is_acknowledged(order) is acknowledged)
            and days.has(order.placed_at)
        ][:limit]
        # The page's response is one bare order, below a question for two: here it is for the one number asked.
        return found[0] if numbers is not None and len(numbers) == len(found) == 1 else {"data": found}

    def _is_acknowledged(self, order: ShopOrder) -> bool:
        return (order.channel, order.number) in self._acknowledged

    def _get_channels(self, asked: Parameters) -> object:
        self._check_partner(asked)
        _check(asked)
        return {"data": list(self._channels.values())}

    def _get_shipments(self, asked: Parameters) -> object:
        """The page says of neither day that it needs the other; both are taken as the day of shipping."""
        self._check_partner(asked)
        channel, numbers = self._channel(asked, required=True), asked.order_numbers()
        acknowledged, days = asked.flag("acknowledged"), Days(asked.day("startDate"), asked.day("endDate"))
        limit = asked.number("limit") or _DEFAULT_LIMIT
        if limit > _MOST_SHIPMENTS:  # int(2)
            asked.refuse("limit", "The limit may not be greater than 99.")
        _check(asked)
        found = (
            shipment_record(order, sent, self._partner_id, acknowledged=self._is_received(order))
            for order, sent in self._dispatched()
            if order.channel == channel
            and (numbers is None or order.number in numbers)
            and (acknowledged is None or self._is_received(order) is acknowledged)
            and days.has(sent.shipped_at)
        )
        return _listed(islice(found, limit))

    def _dispatched(self) -> Iterable[tuple[ShopOrder, Dispatch]]:
        """What the shop ships by itself; what a warehouse ships for it does not appear at Cenports."""
        return ((order, order.dispatch) for order in self._orders if order.dispatch and not order.warehoused)

    def _is_received(self, order: ShopOrder) -> bool:
        """Whether the partner has acknowledged the order's shipment."""
        return shipment_id(order) in self._acknowledged_shipments

    def _get_inventories(self, asked: Parameters) -> object:
        """With `actualStock`, what lies there; else what a channel may sell, so that the channel must be named."""
        self._check_partner(asked)
        actual = asked.flag("actualStock") or False
        self._channel(asked, required=not actual)
        codes = asked.listed("warehouseCode")
        _check(asked)
        rows = self._world.stock_of(System.CENPORTS)
        wanted = [row for row in rows if codes is None or row.site.codes[System.CENPORTS] in codes]
        return _listed(inventory_records(self._world, wanted, actual=actual))


def _both_days(asked: Parameters) -> Days:
    """Each day needs the other."""
    start, end = asked.day("startDate"), asked.day("endDate")
    if start and not end and "endDate" not in asked.errors:
        asked.refuse("endDate", "The end date field is required when start date is present.")
    if end and not start and "startDate" not in asked.errors:
        asked.refuse("startDate", "The start date field is required when end date is present.")
    return Days(start, end)


def _check(asked: Parameters) -> None:
    if asked.errors:
        raise Refused(422, "The given data was invalid.", asked.errors)


def _listed(records: Iterable[object]) -> object:
    return {"data": list(records), "code": 200, "status": "success", "message": "OK"}


def _json(content: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(content), status, media_type="application/json")


SANDBOX: type[SimulatedSystem] = CenportsSandbox
