"""GraphQL over WebSocket, by the protocol graphql-transport-ws: any number of operations over one connection."""

import asyncio
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from gateway.errors import ErrorCode
from gateway.principal import Principal, Scope
from gateway.server.answers import encode, refusal
from gateway.server.authentication import Authentication, Refused
from gateway.server.connections import Connections, until_first
from gateway.server.operations import UNREADABLE, BadRequest, check_scope, of_body
from gateway.server.outbox import Outbox, deliver
from gateway.server.running import Asked, Runner
from gateway.telemetry import begin_request

PROTOCOL = "graphql-transport-ws"

_OURS = ""  # the subscriber as which the connection itself speaks: no operation's id is empty
_LAST_WORDS = 1.0  # seconds
_LONGEST_REASON = 123  # bytes, by RFC 6455

GOING_AWAY, TOO_LARGE = 1001, 1009
BAD_MESSAGE, UNAUTHORIZED, FORBIDDEN, NOT_ACCEPTABLE = 4400, 4401, 4403, 4406
TOO_LATE, ID_IN_USE, INIT_TWICE = 4408, 4409, 4429

_CODES = {ErrorCode.UNAUTHENTICATED: UNAUTHORIZED, ErrorCode.FORBIDDEN: FORBIDDEN}


class _Message(msgspec.Struct):
    type: str
    id: str = ""
    payload: msgspec.Raw = msgspec.Raw(b"null")


_decode_message = msgspec.json.Decoder(_Message).decode
_decode_payload = msgspec.json.Decoder(dict[str, Any] | None).decode


class _End(Exception):
    """The connection ends, with this close code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True)
class SocketEndpoint:
    """Lets a connection begin, or refuses the handshake."""

    runner: Runner
    authenticate: Authentication
    connections: Connections

    async def __call__(self, websocket: WebSocket) -> None:
        try:
            self.authenticate.admit(websocket)
            self.connections.check()
        except Refused as error:
            body = encode(refusal(str(error), error.code, uuid.uuid4().hex))
            await websocket.send_denial_response(Response(body, error.status, error.headers, "application/json"))
            return
        with self.connections.place(), suppress(WebSocketDisconnect):
            await _Conversation(websocket, self.runner, self.authenticate, self.connections).hold()


class _Conversation:
    """What is said over one connection, from its opening to its end."""

    def __init__(self, websocket: WebSocket, runner: Runner, authenticate: Authentication, connections: Connections) -> None:
        self._websocket = websocket
        self._runner = runner
        self._authenticate = authenticate
        self._connections = connections
        self._limits = connections.limits
        self._outbox = Outbox(self._limits.queue)
        self._running: dict[str, asyncio.Task[None]] = {}
        self._principal: Principal | None = None

    async def hold(self) -> None:
        """Until one of both has ended it. Nothing of it is left behind."""
        spoken = PROTOCOL in self._websocket.scope["subprotocols"]
        await self._websocket.accept(PROTOCOL if spoken else None)
        if not spoken:
            await self._close(NOT_ACCEPTABLE, f"Subprotocol not acceptable: this gateway speaks {PROTOCOL}.")
            return
        try:
            await until_first(self._hear(), self._speak(), self._stop_with_the_process())
        except _End as end:
            await self._close(end.code, end.reason)
        finally:
            tasks = list(self._running.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _close(self, code: int, reason: str) -> None:
        """A client that takes nothing any more is not waited for."""
        shortened = reason.encode()[:_LONGEST_REASON].decode(errors="ignore")
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORDS):
                await self._websocket.close(code, shortened)

    async def _stop_with_the_process(self) -> None:
        await self._connections.ending()
        raise _End(GOING_AWAY, "The gateway is about to stop.")

    async def _speak(self) -> None:
        while True:
            post = await self._outbox.take()
            if post.last:  # before it is sent: who has read it may use the id again
                self._running.pop(post.subscriber, None)
            await self._websocket.send({"type": "websocket.send", "text": post.message.decode()})

    async def _hear(self) -> None:
        """Until the client hangs up. Who does not read its answers is not listened to either."""
        try:
            async with asyncio.timeout(self._limits.init_timeout) as waiting:
                while (message := await self._next()) is not None:
                    self._answer(message)
                    if self._principal is not None:
                        waiting.reschedule(None)
                    await self._outbox.room(_OURS)
        except TimeoutError:
            raise _End(TOO_LATE, "Connection initialisation timeout") from None

    async def _next(self) -> _Message | None:
        """The next message; None once the client has hung up."""
        received = await self._websocket.receive()
        if received["type"] == "websocket.disconnect":
            return None
        text: str | None = received.get("text")
        if text is None:
            raise _End(BAD_MESSAGE, "Send messages as text.")
        if len(text) > self._limits.max_bytes:
            raise _End(TOO_LARGE, f"A message may have {self._limits.max_bytes} bytes (GATEWAY_MAX_BODY_BYTES).")
        try:
            return _decode_message(text)
        except UNREADABLE:
            raise _End(
                BAD_MESSAGE, "A message is a JSON object with `type`, and with `id` where it is of an operation."
            ) from None

    def _answer(self, message: _Message) -> None:
        match message.type:
            case "connection_init":
                self._begin(_object(message))
            case "ping":
                self._say("pong", _object(message))
            case "pong":
                _object(message)
            case "subscribe":
                self._subscribe(message)
            case "complete":
                self._complete(_id(message))
            case _:
                raise _End(BAD_MESSAGE, "Clients send connection_init, subscribe, complete, ping and pong.")

    def _say(self, kind: str, payload: Mapping[str, Any] | None = None) -> None:
        said = {"type": kind} if payload is None else {"type": kind, "payload": payload}
        self._outbox.put(_OURS, encode(said))

    def _begin(self, payload: Mapping[str, Any] | None) -> None:
        if self._principal is not None:
            raise _End(INIT_TWICE, "Too many initialisation requests")
        told = {name.lower(): _as_header(value) for name, value in (payload or {}).items() if isinstance(value, str)}
        try:
            principal = self._authenticate.principal(told, self._websocket.headers)
            check_scope(principal, Scope.READ)
        except Refused as error:
            raise _End(_CODES[error.code], str(error)) from None
        self._principal = principal
        self._say("connection_ack")

    def _subscribe(self, message: _Message) -> None:
        if self._principal is None:
            raise _End(UNAUTHORIZED, "Unauthorized: send connection_init first, and wait for connection_ack.")
        name = _id(message)
        if name in self._running:
            raise _End(ID_IN_USE, f"Subscriber for {name} already exists")
        try:
            operation = of_body(message.payload)
        except BadRequest as error:
            raise _End(BAD_MESSAGE, f"payload: {error}") from None
        request_id = uuid.uuid4().hex
        if len(self._running) >= self._limits.subscriptions:
            says = f"One connection may run {self._limits.subscriptions} operations at a time: complete one first."
            self._outbox.put(_OURS, _Words(name).error(refusal(says, ErrorCode.RATE_LIMITED, request_id)))
            return
        asked = Asked(operation=operation, principal=self._principal, request_id=request_id)
        self._running[name] = asyncio.create_task(self._run(name, asked))

    async def _run(self, name: str, asked: Asked) -> None:
        begin_request(asked.request_id)
        with self._connections.subscription():
            await deliver(self._runner.answers(asked), self._outbox, name, _Words(name), asked.request_id)

    def _complete(self, name: str) -> None:
        """The client wants to hear no more of it. What has ended meanwhile is no mistake of its."""
        if (task := self._running.pop(name, None)) is not None:
            task.cancel()
            self._outbox.withdraw(name)


@dataclass(frozen=True, slots=True)
class _Words:
    """What a subscriber is told, as messages of the protocol."""

    id: str

    def next(self, body: Mapping[str, Any]) -> bytes:
        return encode({"id": self.id, "type": "next", "payload": body})

    def error(self, body: Mapping[str, Any]) -> bytes:
        return encode({"id": self.id, "type": "error", "payload": body["errors"]})

    def complete(self) -> bytes:
        return encode({"id": self.id, "type": "complete"})


def _id(message: _Message) -> str:
    if not message.id:
        raise _End(BAD_MESSAGE, f"{message.type}: `id` must be a text that is not empty.")
    return message.id


def _object(message: _Message) -> dict[str, Any] | None:
    try:
        payload: dict[str, Any] | None = _decode_payload(message.payload)
    except UNREADABLE:
        raise _End(BAD_MESSAGE, f"{message.type}: `payload` must be a JSON object, or left out.") from None
    return payload


def _as_header(value: str) -> str:
    """Its bytes as Starlette gives those of a header."""
    return value.encode().decode("latin-1")
