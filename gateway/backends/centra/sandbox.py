"""The simulated Centra: its SOAP API for ERP systems, from the vendor's page alone; the state is the seeded world.

Where the page leaves a rule open, the comment beside it says which reading was taken.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from hmac import compare_digest

from lxml.etree import _Element
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from gateway.backends.centra.sandbox_orders import order_record
from gateway.backends.centra.sandbox_queue import Event, Queue, bundle_number, seed
from gateway.backends.centra.sandbox_records import ZONE, iso, local_date
from gateway.backends.centra.sandbox_soap import (
    CENTRA,
    Unreadable,
    fault,
    local_name,
    node,
    read_fragment,
    read_message,
    reference_result,
    reply,
    result,
    text,
    texts,
)
from gateway.sandbox.system import SimulatedSystem
from gateway.sandbox.world import LAST_DAY, Dispatch, ShopOrder, Stage, System, World

# By the element in the body, which is the operation's name but for events_Get. The page calls centra-10 by two names.
OPERATIONS = {
    "events_GetRequest": "centra-01",
    "events_GetByMarkets": "centra-02",
    "events_Done": "centra-03",
    "orders_Update": "centra-04",
    "products_Update": "centra-05",
    "warehouses_Update": "centra-06",
    "sizes_Update": "centra-07",
    "markets_Update": "centra-08",
    "pricelists_Update": "centra-09",
    "pricealterationdates_Update": "centra-10",
    "timealterationdates_Update": "centra-10",
    "paymentterms_Update": "centra-11",
    "shippingterms_Update": "centra-12",
    "accounts_Update": "centra-13",
    "customers_Update": "centra-14",
}
_DISPATCHED = (Stage.SHIPPED, Stage.DELIVERED)


class CentraSandbox:
    """A SOAP plugin of Centra with its event queue. The updates are not simulated: they are answered with a fault.

    With `reference_replies` it writes as the API reference does, not as the cookbook: `eventsDoneResponse` in no
    namespace, and events' dates with their offset.
    """

    port = 8102
    path = "/ams/system/service/module/soap/api"

    def __init__(
        self,
        world: World,
        *,
        username: str = "sandbox",
        password: str = "sandbox-password",  # noqa: S107  # opens nothing but this simulation
        reference_replies: bool = False,
    ) -> None:
        self.app = self._application
        self._login = (username, password)
        self._reference_replies = reference_replies
        self._orders = {order.number: order for order in world.orders_of(System.CENTRA)}
        self._bundle = bundle_number(world)
        self._now = LAST_DAY
        self._queue = Queue()
        seed(self._queue, world)

    def operation(self, method: str, path: str, body: bytes) -> str | None:
        """By the element in the body; None also for what is no SOAP message."""
        if method != "POST" or path != self.path:
            return None
        try:
            return OPERATIONS.get(local_name(read_message(body)))
        except Unreadable:
            return None

    def settings(self, address: str) -> Mapping[str, str]:
        """No currency: every amount comes with one. The zone is for the events' dates."""
        return {
            "GATEWAY_CENTRA__SOAP_URL": f"{address}{self.path}",
            "GATEWAY_CENTRA__USERNAME": self._login[0],
            "GATEWAY_CENTRA__PASSWORD": self._login[1],
            "GATEWAY_CENTRA__TIMEZONE": ZONE.key,
        }

    def revoke_tokens(self) -> None:
        """It gives out none: every request carries the login."""

    async def run(self) -> None:
        """It does nothing by itself."""
        await asyncio.Event().wait()

    def advance(self, order_number: str, stage: Stage) -> ShopOrder:
        """Move an order on and put its event into the queue; gives the order as it then is. Raises KeyError."""
        at = self._later()
        order = _moved(self._orders[order_number], stage, at)
        self._orders[order_number] = order
        self._queue.add(at, order_record(order, bundle=order_number == self._bundle), type="order")
        return order

    def add_event(self, type: str, xml: str, *, mission: str = "update") -> str:  # noqa: A002
        """Put an event into the queue whose data is this element, written without namespace; gives the event's id."""
        return self._queue.add(self._later(), read_fragment(xml), type=type, mission=mission)

    def _later(self) -> datetime:
        """The simulation's own time, a minute on: so that two runs of the same story are the same."""
        self._now += timedelta(minutes=1)
        return self._now

    async def _application(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = self._answer(request, await request.body())
        await response(scope, receive, send)

    def _answer(self, request: Request, body: bytes) -> Response:
        if request.scope["path"] != self.path:
            return PlainTextResponse("Not Found", 404)
        if request.method != "POST":
            return PlainTextResponse("Method Not Allowed", 405, {"Allow": "POST"})
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "text/xml":
            return PlainTextResponse("Unsupported Media Type", 415)
        try:
            message = read_message(body)
        except Unreadable as error:
            return fault("Client", str(error))
        return self._perform(message, request.headers.get("soapaction", ""))

    def _perform(self, message: _Element, action: str) -> Response:
        name = local_name(message)
        handlers = {
            "events_GetRequest": self._get_events,
            "events_GetByMarkets": self._get_events_by_markets,
            "events_Done": self._events_done,
        }
        if name not in handlers or not _is_action(action, name):
            return fault("Client", f"There is no operation for the element {name} and this SOAPAction.")
        if not self._may_enter(message):
            return fault("Client", "Authentication failed: wrong username or password.")
        return reply(handlers[name](message))

    def _may_enter(self, message: _Element) -> bool:
        given = (text(message, "login", "username") or "", text(message, "login", "password") or "")
        return all(compare_digest(a.encode(), b.encode()) for a, b in zip(given, self._login, strict=True))

    def _get_events(self, message: _Element) -> _Element:
        return self._events(self._queue.oldest(type=_event_type(message)))

    def _get_events_by_markets(self, message: _Element) -> _Element:
        markets = texts(message, "markets", "market", "id")
        return self._events(self._queue.oldest(type=_event_type(message), markets=markets))

    def _events(self, events: list[Event]) -> _Element:
        """Both operations that read answer with the same element."""
        return node("events_Get", node("events", *(self._event(event) for event in events)))

    def _event(self, event: Event) -> _Element:
        date = iso(event.date) if self._reference_replies else local_date(event.date)
        return node(
            "event",
            node("id", event.id),
            node("type", event.type),
            node("entry", event.entry),
            node("mission", event.mission),
            node("date", date),
            node("data", event.copy()),
        )

    def _events_done(self, message: _Element) -> _Element:
        self._queue.done(texts(message, "event"))
        return reference_result("events_Done") if self._reference_replies else result()


def _is_action(action: str, element: str) -> bool:
    """Whether the header may stand with the element: `…/Events_Get` with its first letter capital or small, or none."""
    given = action.strip().strip('"')
    return not given or given.lower() == f"{CENTRA}{element.removesuffix('Request')}".lower()


def _event_type(message: _Element) -> str:
    """The page does not say what no `type` means: all of them."""
    return text(message, "type") or "all"


def _moved(order: ShopOrder, stage: Stage, at: datetime) -> ShopOrder:
    acknowledged = stage is not Stage.PLACED
    return replace(order, stage=stage, changed_at=at, acknowledged=acknowledged, dispatch=_dispatch(order, stage, at))


def _dispatch(order: ShopOrder, stage: Stage, at: datetime) -> Dispatch | None:
    if stage not in _DISPATCHED:
        return None
    sent = order.dispatch or Dispatch("UPS", "STANDARD", f"1Z{order.number}", at, None)
    return replace(sent, delivered_at=(sent.delivered_at or at) if stage is Stage.DELIVERED else None)


SANDBOX: type[SimulatedSystem] = CentraSandbox
