"""What every simulated system has besides its vendor's operations: a record of the calls, and faults that can be set.

GET    /__calls     [{"operation": "cenports-02", "at": "2026-06-30T18:00:00.000Z", "method": "GET",
                      "path": "/v2/orders", "by": "commerce-gateway"}]
DELETE /__calls
GET    /__faults    the faults that are set, with the `times` that they have left
PUT    /__faults    adds a fault: what goes wrong, for which calls, before or after the system has done what it was asked
                    (see `gateway.sandbox.faults`)
DELETE /__faults    clears all of them
DELETE /__tokens    lets every access token expire

Other addresses that begin with /__ are the system's own; neither recorded nor faulted.
"""

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from gateway.sandbox.faults import (
    Asked,
    Call,
    Fault,
    Gone,
    InvalidFault,
    SetFault,
    perform,
    read_fault,
    replay,
    reset,
)
from gateway.sandbox.system import SimulatedSystem

_OWN_PATHS = ("/__calls", "/__faults", "/__tokens")


class RecordedCall(msgspec.Struct):
    """A call that reached a system. `at` is when its head came in, `by` the name under which the caller goes (User-Agent)."""

    operation: str | None
    at: str
    method: str
    path: str
    by: str


class Controlled:
    """A simulated system under control: its application with the record and the faults around it."""

    def __init__(self, system: SimulatedSystem) -> None:
        self._system = system
        self._calls: list[RecordedCall] = []
        self._asked = Asked(system.app)
        self._faults: list[SetFault] = []
        self._open: dict[int, Scope] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] in _OWN_PATHS:
            answer = self._control(scope["method"], scope["path"], await _whole_body(receive))
            await answer(scope, receive, send)
            return
        if scope["path"].startswith("/__"):
            await self._system.app(scope, receive, send)
            return
        self._open[id(scope)] = scope
        try:
            await self._answer(scope, receive, send)
        except Gone:
            await _until_closed(receive)
        finally:
            del self._open[id(scope)]

    def end(self) -> None:
        """Break off what is still being answered: a call that waits out a fault would hold up the server's end."""
        for scope in list(self._open.values()):
            reset(scope)
        self._asked.end()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        at = datetime.now(UTC)
        call = self._call(scope, await _whole_body(receive))
        by = _header(scope, b"user-agent")
        self._calls.append(RecordedCall(call.operation, _milliseconds(at), call.method, scope["path"], by))
        fault = self._next_fault(call)
        if fault is None:
            await self._system.app(scope, replay(call.body, receive), send)
        else:
            await perform(fault, call, self._asked, scope, receive, send)

    def _call(self, scope: Scope, body: bytes) -> Call:
        method, path = scope["method"], scope["path"]
        paths = (path, path.removeprefix(self._system.path))
        return Call(method, paths, self._system.operation(method, path, body), body, _header(scope, b"content-type"))

    def _next_fault(self, call: Call) -> Fault | None:
        """The first fault for this call, which is used up by one."""
        found = next((each for each in self._faults if each.hits(call)), None)
        if found is None:
            return None
        if found.fault.times is not None:
            found.fault.times -= 1
            if found.fault.times == 0:
                self._faults.remove(found)
        return found.fault

    def _control(self, method: str, path: str, body: bytes) -> Response:
        actions: dict[tuple[str, str], Callable[[], Response]] = {
            ("GET", "/__calls"): lambda: _json(self._calls),
            ("DELETE", "/__calls"): lambda: _done(self._calls.clear),
            ("GET", "/__faults"): self._set_faults,
            ("PUT", "/__faults"): lambda: self._add_fault(body),
            ("DELETE", "/__faults"): lambda: _done(self._faults.clear),
            ("DELETE", "/__tokens"): lambda: _done(self._system.revoke_tokens),
        }
        action = actions.get((method, path))
        if action is None:
            known = ", ".join(f"{method} {path}" for method, path in actions)
            return _json({"message": f"There is nothing here; there are {known}."}, 404)
        return action()

    def _add_fault(self, body: bytes) -> Response:
        try:
            self._faults.append(read_fault(body))
        except InvalidFault as error:
            return _json({"message": f"This fault cannot be set: {error}"}, 400)
        return self._set_faults()

    def _set_faults(self) -> Response:
        return _json([each.fault for each in self._faults])


def _header(scope: Scope, wanted: bytes) -> str:
    return "".join(value.decode("latin-1") for name, value in scope["headers"] if name == wanted)


def _json(value: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")


def _done(action: Callable[[], None]) -> Response:
    action()
    return Response(status_code=204)


def _milliseconds(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def _whole_body(receive: Receive) -> bytes:
    """The request's body. Raises Gone where the caller leaves before its end."""
    body = b""
    while True:
        message: Message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        body += bytes(message.get("body", b""))
        if not message.get("more_body", False):
            return body


async def _until_closed(receive: Receive) -> None:
    """The server asks for an answer as long as it believes that the connection is open."""
    while (await receive())["type"] != "http.disconnect":
        pass
