"""The simulated Centra: its SOAP API for ERP systems, from the vendor's page alone; the state is the seeded world.

Where the page leaves a rule open, the comment beside it says which reading was taken.
"""

import asyncio
import threading
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta
from hmac import compare_digest

from lxml.etree import _Element
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from gateway.backends.centra.sandbox_beginning import begin, bundle_number
from gateway.backends.centra.sandbox_goods import stock_of
from gateway.backends.centra.sandbox_orders import order_record
from gateway.backends.centra.sandbox_queue import Event, Queue
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
from gateway.backends.centra.sandbox_state import Change, Draft, State
from gateway.backends.centra.sandbox_updates import UPDATES, update
from gateway.backends.centra.sandbox_xml import children, put
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


_EVENT_TYPES = ("account", "customer", "market", "order", "pricelist", "size", "warehouse")
_STAGED = ("status", "locked", "payments", "cancelled", "shipments")


class CentraSandbox:
    """A SOAP plugin of Centra: its records, what updates do to them, and its event queue.

    With `reference_replies` it writes as the API reference does, not as the cookbook: `ordersUpdateResponse` in no
    namespace, and events' dates with their offset. Without `tells_updates` no event comes of an update: the page says that
    every change that concerns the ERP system makes one, and not whether the ERP system's own changes do.
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
        tells_updates: bool = True,
    ) -> None:
        self.app = self._application
        self._login = (username, password)
        self._reference_replies = reference_replies
        self._tells_updates = tells_updates
        self._orders = {order.number: order for order in world.orders_of(System.CENTRA)}
        self._bundle = bundle_number(world)
        self._now = LAST_DAY
        self._lock = threading.RLock()
        self._state = State()
        self._queue = Queue()
        begin(self._state, self._queue, world)

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
        """Move an order of the world on, as its shop would, and tell it; gives the order as it then is. Raises KeyError.

        Status, lock, payments, cancelled goods and shipments become those of the stage; what updates wrote besides stays.
        """
        with self._lock:
            at = self._later()
            order = _moved(self._orders[order_number], stage, at)
            self._orders[order_number] = order
            record = deepcopy(self._state.get("order", order_number))
            staged = order_record(order, bundle=order_number == self._bundle)
            if record is None:
                raise KeyError(order_number)
            for name in _STAGED:
                for part in children(staged, name):
                    put(record, part)
            self._keep(record, at)
        return order

    def put(self, xml: str) -> str:
        """Have Centra's staff make a record, or make it over: this element, in any namespace or none. It is told.

        Also `store` (`id`, `type`) and `currency` (`id`, `rate`), which no operation writes; these are not told. Gives the
        id of the event, if there is one.
        """
        with self._lock:
            return self._keep(read_fragment(xml), self._later())

    def record(self, kind: str, key: str) -> _Element | None:
        """What is known now of an `order`, a `product` and so on; a size is known by its table too: `SML/S`."""
        with self._lock:
            return deepcopy(self._state.get(kind, key))

    def every(self, kind: str) -> list[_Element]:
        """All records of a kind, in the order in which they were made."""
        with self._lock:
            return deepcopy(self._state.every(kind))

    def _keep(self, record: _Element, at: datetime) -> str:
        change = Change(local_name(record), None, record)
        self._state.put(record)
        return self._tell(change, at)

    def _tell(self, change: Change, at: datetime) -> str:
        """Put a change into the queue, if it is of a kind that events tell: a product is told of by its stock alone."""
        if change.kind == "product" and stock_of(change.before) != stock_of(change.after):
            return self._queue.add(at, node("stock", deepcopy(change.after)), type="stock")
        return self._queue.add(at, change.after, type=change.kind) if change.kind in _EVENT_TYPES else ""

    def add_event(self, type: str, xml: str, *, mission: str = "update") -> str:  # noqa: A002
        """Put an event into the queue whose data is this element, written without namespace; gives the event's id."""
        with self._lock:
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
            **dict.fromkeys(UPDATES, self._update),
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

    def _update(self, message: _Element) -> _Element:
        """All that is sent is taken over, or nothing. How the reference would tell a refusal, no page says."""
        operation = local_name(message)
        with self._lock:
            draft = Draft(self._state, self._later())
            errors = update(draft, operation, message)
            if errors:
                return result(errors=errors)
            for change in draft.commit():
                if self._tells_updates:
                    self._tell(change, draft.at)
        return reference_result(operation) if self._reference_replies else result(notices=draft.notices)


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
