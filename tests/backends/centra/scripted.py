"""A queue on a real socket that hands out the events it is told to, for what a well-behaved system would never send."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.sandbox.server import running

CONTRACT = Path(__file__).parents[3] / "gateway" / "backends" / "centra" / "contract"
PASSWORD = "scripted-secret-of-centra"

_OPERATIONS = {"events_GetRequest": "centra-01", "events_GetByMarkets": "centra-02", "events_Done": "centra-03"}
_ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:ns1="http://www.centra.com/webservices/"><SOAP-ENV:Body>{}</SOAP-ENV:Body></SOAP-ENV:Envelope>'
)
DONE = "<ns1:result><ns1:success>true</ns1:success><ns1:errors/><ns1:notices/></ns1:result>"


def recorded(name: str) -> bytes:
    """A message of the vendor's page: of a request, what follows its headers."""
    message = (CONTRACT / name).read_bytes()
    return message.partition(b"\n\n")[2] if name.endswith(".http") else message


def enveloped(reply: str) -> bytes:
    return _ENVELOPE.format(reply).encode()


def event(event_id: object, kind: str = "order", data: str = "", *, mission: str = "update", entry: object = "") -> str:
    """An event in the page's form. Elements of `data` are written without a prefix."""
    head = f"<id>{event_id}</id><type>{kind}</type><entry>{entry}</entry><mission>{mission}</mission>"
    plain = f"<event>{head}<date>2019-03-27 12:52:20</date><data>{data}</data></event>"
    return re.sub(r"<(/?)(?=\w)", r"<\1ns1:", plain)


def order(order_id: object, *, created: str = "2019-03-27T12:52:20+01:00", more: str = "", sizes: str = "") -> str:
    """The data of an order event: one red sweater in size S, unless `sizes` says otherwise."""
    size = sizes or "<size><id>S</id><sku>01</sku><qty>1</qty><orderitem><id>1</id></orderitem></size>"
    sold = f"<id>T001</id><sku>TURTLE001</sku><variation><id>T001_RED</id></variation><sizes>{size}</sizes>"
    return f"<order><id>{order_id}</id><created>{created}</created>{more}<products><product>{sold}</product></products></order>"


class ScriptedCentra:
    """The oldest 100 events are handed out; `events_Done` forgets what it names. `answer` replaces every reply."""

    port = 8199
    path = "/soap/api"

    def __init__(self, events: list[str] | None = None) -> None:
        self.events = events or []
        self.done = DONE
        self.forgets = True
        self.answer: Response | None = None
        self.requests: list[Request] = []
        self.bodies: list[bytes] = []
        self.before_reply: Callable[[str], None] = lambda _operation: None

    @property
    def app(self) -> ASGIApp:
        async def respond(scope: Scope, receive: Receive, send: Send) -> None:
            request = Request(scope, receive)
            self.requests.append(request)
            self.bodies.append(await request.body())
            await self._reply(self.bodies[-1])(scope, receive, send)

        return respond

    def operation(self, _method: str, _path: str, body: bytes) -> str | None:
        return next((operation for name, operation in _OPERATIONS.items() if f":{name}".encode() in body), None)

    def settings(self, _address: str) -> Mapping[str, str]:
        return {}

    def revoke_tokens(self) -> None: ...

    async def run(self) -> None: ...

    def ids(self) -> list[str]:
        return [found for each in self.events for found in re.findall(r"<ns1:event\b[^>]*>\s*<ns1:id>(.*?)<", each)]

    def _reply(self, body: bytes) -> Response:
        operation = self.operation("POST", self.path, body)
        self.before_reply(operation or "")
        if self.answer is not None:
            return self.answer
        if operation == "centra-03":
            named = set(re.findall(r"event>([^<]+)</", body.decode()))
            if self.forgets:
                self.events = [each for each, known in zip(self.events, self.ids(), strict=True) if known not in named]
            return _xml(self.done)
        return _xml(f"<ns1:events_Get><ns1:events>{''.join(self.events[:100])}</ns1:events></ns1:events_Get>")


def _xml(reply: str) -> Response:
    return Response(enveloped(reply), media_type="text/xml; charset=utf-8")


@contextmanager
def centra(system: ScriptedCentra) -> Iterator[str]:
    """The system up and running; gives its address without a path."""
    with running({"CENTRA": system}) as addresses:
        yield addresses["CENTRA"]


def calls(address: str) -> list[str]:
    """The operations that reached the system, oldest first."""
    return [call["operation"] for call in httpx.get(f"{address}/__calls").json()]
