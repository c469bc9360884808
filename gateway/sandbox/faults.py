"""Faults: what a test asks a simulated system to do wrong, for which calls, and what then goes over the wire.

What can go wrong with a change, before it is made and after it, for one operation or a share of all calls:

    {"match": "cenports-03", "times": 1, "status": 500}              not made, and the caller is told of an error
    {"match": "cenports-03", "times": 1, "latency": 60}              not made if the caller leaves: he waits in vain
    {"match": "cenports-03", "times": 1, "mode": "reset"}            not made, and the connection ends
    {"match": "cenports-03", "times": 1, "lands": 0, "status": 500}  made; also with "latency": 60 or "mode": "reset"
    {"match": "cenports-03", "times": 1, "lands": 5, "status": 500}  told at once, and made five seconds later; likewise
    {"status": 429, "headers": {"Retry-After": "2"}, "share": 0.1}   every tenth call, by chance: not made
"""

import asyncio
import random
import socket
import struct
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from http import HTTPStatus
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Headers: TypeAlias = list[tuple[bytes, bytes]]
CONNECTION = "sandbox.connection"
"""The ASGI extension in which the server hands over the connection's transport."""

_NO_BODY_STATUSES = (204, 304)


class InvalidFault(Exception):
    """A fault that cannot be set; the message says what is wrong with it."""


class Gone(Exception):
    """The caller, or the server, ended the connection before the answer was complete."""


class Fault(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What to do wrong: `match` says for which calls, `times` for how many more of them (None: until deleted), and `share`
    for which part of them: each is hit with this probability, and the same `seed` hits the same ones.

    First comes `latency`, in seconds. With `status`, `body` or the modes html and malformed the system itself is not
    asked; otherwise its answer is taken. `headers` are set on either. The other modes say how the answer travels.

    With `lands` the system is asked all the same, so many seconds after the call came in: with 0 before anything else
    happens, with more whether or not the caller still waits.
    """

    match: str | None = None
    times: Annotated[int, msgspec.Meta(ge=1)] | None = None
    share: Annotated[float, msgspec.Meta(gt=0, le=1)] = 1
    seed: int = 1
    latency: Annotated[float, msgspec.Meta(ge=0)] = 0
    lands: Annotated[float, msgspec.Meta(ge=0)] | None = None
    status: Annotated[int, msgspec.Meta(ge=200, le=599)] | None = None
    headers: dict[str, str] = {}
    body: Any = msgspec.UNSET
    mode: Literal["reset", "malformed", "html", "truncated", "drip", "down"] | None = None


@dataclass(frozen=True)
class Call:
    """A request as faults see it. `paths` are its path with and without the system's own prefix."""

    method: str
    paths: Sequence[str]
    operation: str | None
    body: bytes
    content_type: str


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Headers
    body: bytes


@dataclass(frozen=True)
class SetFault:
    """A fault that is set, and its chance."""

    fault: Fault
    chance: random.Random

    def hits(self, call: Call) -> bool:
        """Whether this call is to go wrong: of the calls that it is for, some."""
        return applies(self.fault, call) and (self.fault.share == 1 or self.chance.random() < self.fault.share)


@dataclass(frozen=True)
class Asked:
    """A simulated system as faults ask it: `app` answers, and what lands though its caller has left is `under_way`."""

    app: ASGIApp
    under_way: set["asyncio.Task[Answer]"] = field(default_factory=set)

    def begin(self, answer: Coroutine[object, object, Answer]) -> "asyncio.Task[Answer]":
        task = asyncio.create_task(answer)
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)
        return task

    def end(self) -> None:
        """What has not landed by now never does."""
        for task in self.under_way:
            task.cancel()


def read_fault(body: bytes) -> SetFault:
    """The fault that a request body describes. Raises InvalidFault."""
    try:
        fault = msgspec.json.decode(body, type=Fault)
    except msgspec.DecodeError as error:
        raise InvalidFault(str(error)) from None
    _check_match(fault.match)
    for name, value in fault.headers.items():
        if not (name.isascii() and name.replace("-", "").replace("_", "").isalnum() and value.isprintable()):
            raise InvalidFault(f"`headers`: {name!r} or its value cannot be sent as a header")
    return SetFault(fault, random.Random(f"fault {fault.seed}"))


def _check_match(match: str | None) -> None:
    if match is None:
        return
    words = match.split(" ")
    is_path = words[-1] == "*" or words[-1].startswith("/")
    is_operation = len(words) == 1 and "/" not in match and match.strip() == match != ""
    if not (is_operation or (is_path and len(words) <= 2 and words[0])):
        raise InvalidFault('`match` is "METHOD /path", "/path" or an operation such as "cenports-02"')


def applies(fault: Fault, call: Call) -> bool:
    """Whether the fault is for this call. A system that is down is so for every call."""
    if fault.match is None or fault.mode == "down":
        return True
    method, _, pattern = fault.match.rpartition(" ")
    if method and method != "*" and method.upper() != call.method:
        return False
    if pattern == "*":
        return True
    if not pattern.startswith("/"):
        return call.operation is not None and fnmatchcase(call.operation, pattern)
    return any(_path_matches(pattern, path) for path in call.paths)


def _path_matches(pattern: str, path: str) -> bool:
    """Segment by segment; a `*` at the end stands for one segment or more, elsewhere for (part of) one.

    An ending `.json`, which some vendors' addresses have, may be left out of the pattern.
    """
    shown = path if pattern.endswith(".json") else path.removesuffix(".json")
    wanted, given = pattern.strip("/").split("/"), shown.strip("/").split("/")
    if wanted[-1] == "*" and wanted[:-1]:
        given = [*given[: len(wanted)]]
    return len(wanted) == len(given) and all(map(fnmatchcase, given, wanted))


async def perform(fault: Fault, call: Call, asked: Asked, scope: Scope, receive: Receive, send: Send) -> None:
    """Do to one call what the fault says. Raises Gone when the caller leaves before the end."""
    landing = None if fault.lands is None else asked.begin(_landed(fault.lands, call, asked.app, scope))
    if landing and fault.lands == 0:
        await landing
    if fault.latency:
        await _pause(fault.latency, receive)
    if fault.mode in ("reset", "down"):
        reset(scope)
        raise Gone
    answer = _own_answer(fault, call) or await (landing or _real_answer(call, asked.app, scope, receive))
    answer = _with_headers(answer, fault.headers)
    if fault.mode == "truncated":
        await _send_half(answer, scope, send)
        raise Gone
    await _send_start(answer, send)
    if fault.mode == "drip":
        await _drip(answer.body[:-1], receive, send)
        answer = Answer(answer.status, answer.headers, answer.body[-1:])
    await send({"type": "http.response.body", "body": answer.body})


def reset(scope: Scope) -> None:
    """End the connection at once and with a TCP reset, whatever was still to be sent."""
    transport = _transport(scope)
    connection = transport.get_extra_info("socket")
    if connection is not None and not transport.is_closing():
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _transport(scope: Scope) -> asyncio.WriteTransport:
    transport: asyncio.WriteTransport = scope["extensions"][CONNECTION]["transport"]
    return transport


async def _pause(seconds: float, receive: Receive) -> None:
    """Wait, but not for a caller who has left. The request's body must have been read before."""
    try:
        async with asyncio.timeout(seconds):
            await receive()
    except TimeoutError:
        return
    raise Gone


def _own_answer(fault: Fault, call: Call) -> Answer | None:
    """What the fault answers in the system's place; None where the system is to be asked."""
    kind = "text/xml; charset=utf-8" if "xml" in call.content_type else "application/json"
    status = fault.status or 200
    if fault.mode == "html":
        return _answer(status, "text/html; charset=utf-8", b"<!doctype html><html><body><h1>Sorry</h1></body></html>")
    if fault.mode == "malformed":
        return _answer(status, kind, b"<Envelope><Body>" if "xml" in kind else b'{"data": [{"id": "1')
    if isinstance(fault.body, str):
        return _answer(status, kind, fault.body.encode())
    if fault.body is not msgspec.UNSET:
        return _answer(status, "application/json", msgspec.json.encode(fault.body))
    if fault.status is not None:
        return _answer(status, "application/json", msgspec.json.encode({"message": _phrase(status)}))
    return None


def _answer(status: int, content_type: str, body: bytes) -> Answer:
    return Answer(status, [(b"content-type", content_type.encode())], b"" if status in _NO_BODY_STATUSES else body)


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Error"


async def _landed(after: float, call: Call, app: ASGIApp, scope: Scope) -> Answer:
    """The system's answer to a call whose caller may have left: it never hears of that."""
    await asyncio.sleep(after)
    return await _real_answer(call, app, scope, _nothing_more)


async def _nothing_more() -> Message:
    await asyncio.Event().wait()
    raise Gone


async def _real_answer(call: Call, app: ASGIApp, scope: Scope, receive: Receive) -> Answer:
    """The system's own answer, whole."""
    messages: list[Message] = []

    async def keep(message: Message) -> None:
        messages.append(message)

    await app(scope, replay(call.body, receive), keep)
    start = next(message for message in messages if message["type"] == "http.response.start")
    body = b"".join(message.get("body", b"") for message in messages)
    return Answer(start["status"], list(start.get("headers", [])), body)


def replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives a body that was read before, and then what comes after it."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return messages.pop() if messages else await receive()

    return again


def _with_headers(answer: Answer, extra: dict[str, str]) -> Answer:
    """With these headers in place of its own of the same name, and the length of the whole body."""
    added = [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in extra.items()]
    replaced = {name for name, _ in added} | {b"transfer-encoding", b"content-length"}
    kept = [(name, value) for name, value in answer.headers if name.lower() not in replaced]
    length = [] if answer.status in _NO_BODY_STATUSES else [(b"content-length", str(len(answer.body)).encode())]
    own = [header for header in added if header[0] not in (b"content-length", b"transfer-encoding")]
    return Answer(answer.status, kept + own + length, answer.body)


async def _send_start(answer: Answer, send: Send) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})


async def _send_half(answer: Answer, scope: Scope, send: Send) -> None:
    """Half of the body under the length of the whole, then the end of the connection."""
    await _send_start(answer, send)
    await send({"type": "http.response.body", "body": answer.body[: len(answer.body) // 2], "more_body": True})
    _transport(scope).close()


async def _drip(body: bytes, receive: Receive, send: Send) -> None:
    """A byte a second: a client that only watches for silence waits for ever."""
    for byte in body:
        await send({"type": "http.response.body", "body": bytes((byte,)), "more_body": True})
        await _pause(1, receive)
