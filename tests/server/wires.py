"""Clients for subscriptions, written by hand down to the frame: what they send is what stands in the test."""

import base64
import json
import os
import socket
import struct
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.stack import GatewayClient

PROTOCOL = "graphql-transport-ws"
PATIENCE = 15.0
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class Closed(Exception):
    """The server has closed the socket; `code` is 0 where it did so without a word."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(f"{code} {reason}")
        self.code = code
        self.reason = reason


class Wire:
    """A WebSocket after its handshake (RFC 6455), frame by frame."""

    def __init__(self, line: socket.socket, rest: bytes, headers: Mapping[str, str]) -> None:
        self._line = line
        self._rest = rest
        self.headers = headers

    def send(self, message: Any) -> None:
        self.frame(TEXT, message.encode() if isinstance(message, str) else json.dumps(message).encode())

    def frame(self, kind: int, data: bytes) -> None:
        """One whole masked frame."""
        length = len(data)
        size = bytes([0x80 | length]) if length < 126 else b"\xfe" + struct.pack("!H", length)
        if length > 0xFFFF:
            size = b"\xff" + struct.pack("!Q", length)
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(data))
        self._line.sendall(bytes([0x80 | kind]) + size + mask + masked)

    def receive(self) -> Any:
        """The next message. Pings are answered. Raises Closed."""
        while True:
            kind, data = self.next_frame()
            if kind == TEXT:
                return json.loads(data)
            if kind == PING:
                self.frame(PONG, data)
            elif kind == CLOSE:
                self.frame(CLOSE, data[:2])
                raise Closed(struct.unpack("!H", data[:2])[0], data[2:].decode())

    def next_frame(self) -> tuple[int, bytes]:
        first, length = self._take(2)
        assert first & 0x80, "no test makes the server send a message in parts"
        if length == 126:
            (length,) = struct.unpack("!H", self._take(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", self._take(8))
        return first & 0x0F, self._take(length)

    def closed(self) -> Closed:
        """How it ends, whatever is said before."""
        try:
            while True:
                self.receive()
        except Closed as end:
            return end

    def begin(self, payload: Any = None) -> None:
        self.send({"type": "connection_init", **({} if payload is None else {"payload": payload})})
        assert self.receive() == {"type": "connection_ack"}

    def subscribe(self, name: str, query: str, **variables: Any) -> None:
        self.send({"id": name, "type": "subscribe", "payload": {"query": query, "variables": variables}})

    def hang_up(self) -> None:
        self._line.close()

    def _take(self, count: int) -> bytes:
        while len(self._rest) < count:
            try:
                more = self._line.recv(65536)
            except ConnectionResetError:
                more = b""
            if not more:
                raise Closed(0)
            self._rest += more
        taken, self._rest = self._rest[:count], self._rest[count:]
        return taken


@contextmanager
def wire(
    gateway: GatewayClient,
    headers: Mapping[str, str] | None = None,
    protocols: Sequence[str] = (PROTOCOL,),
    room: int | None = None,
) -> Iterator[Wire]:
    """A new socket. `room` are the bytes that its system takes before the test reads them."""
    host = urlsplit(gateway.address).netloc
    line = socket.socket()
    if room is not None:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    line.settimeout(PATIENCE)
    with closing(line):
        line.connect((host.partition(":")[0], int(host.partition(":")[2])))
        told = {
            "Host": host,
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
            **({"Sec-WebSocket-Protocol": ", ".join(protocols)} if protocols else {}),
            **(headers or {}),
        }
        line.sendall(("GET /graphql HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in told.items()) + "\r\n").encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            more = line.recv(4096)
            assert more, "hung up during the handshake"
            answer += more
        head, _, rest = answer.partition(b"\r\n\r\n")
        status, *lines = head.decode().split("\r\n")
        got = {name.lower(): value for name, _, value in (each.partition(": ") for each in lines)}
        if " 101 " not in status:
            raise Closed(int(status.split()[1]), rest.decode())
        yield Wire(line, rest, got)


@contextmanager
def events(
    gateway: GatewayClient, query: str, headers: Mapping[str, str] | None = None, **variables: Any
) -> Iterator[Iterator[tuple[str, Any]]]:
    """A stream of server-sent events: their names and data, as they come."""
    body = {"query": query, "variables": variables}
    asks = {"Accept": "text/event-stream", **(headers or {})}
    with (
        httpx.Client(timeout=PATIENCE) as client,
        client.stream("POST", f"{gateway.address}/graphql", json=body, headers=asks) as reply,
    ):
        assert reply.status_code == 200, reply.read()
        assert reply.headers["content-type"].startswith("text/event-stream")
        yield _parsed(reply.iter_lines())


def _parsed(lines: Iterator[str]) -> Iterator[tuple[str, Any]]:
    """By the HTML standard; a comment is an event without a name."""
    name, data = "message", list[str]()
    for line in lines:
        if not line:
            if data:
                text = "\n".join(data)
                yield name, json.loads(text) if text else None
            name, data = "message", []
        elif line.startswith(":"):
            yield "", None
        else:
            field, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if field == "event":
                name = value
            elif field == "data":
                data.append(value)


def spoken(stream: Iterator[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """All events but comments, until the end."""
    return [event for event in stream if event[0]]


def metric(gateway: GatewayClient, name: str) -> float:
    """A number without labels from /metrics."""
    text = httpx.get(f"{gateway.address}/metrics").text
    return float(next(line for line in text.splitlines() if line.startswith(f"{name} ")).split()[1])


def later(work: Any, *given: Any) -> threading.Thread:
    """Do it beside the test."""
    thread = threading.Thread(target=work, args=given)
    thread.start()
    return thread
