"""A server on a real socket that records what a client sends and answers what a vendor's page shows."""

import gzip
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import Message
from email.parser import BytesParser
from urllib.parse import parse_qsl, urlsplit

from tests.contract.examples import Request, without_base
from tests.contract.same import Value, value_of
from tests.transport import server


@dataclass(frozen=True)
class Reply:
    body: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Recorder:
    """`requests` are those that came, but for the calls aside (for a token); `base` is cut off their targets."""

    base: str
    address: str = ""
    requests: list[Request] = field(default_factory=list)

    @property
    def base_url(self) -> str:
        return self.address + self.base


@asynccontextmanager
async def recording(reply: Reply, *, base: str = "", aside: Mapping[str, Reply] | None = None) -> AsyncIterator[Recorder]:
    """Answers every request with `reply`, and those to the paths of `aside` (below `base`) with their own."""
    others = aside or {}
    recorder = Recorder(base)

    async def answer(raw: server.Request, writer: server.Writer) -> None:
        request = without_base(_request(raw), base)
        other = others.get(urlsplit(request.target).path)
        if other is None:
            recorder.requests.append(request)
        _send(writer, other or reply)

    async with server.serving(answer) as listening:
        recorder.address = listening.address
        yield recorder


def _request(raw: server.Request) -> Request:
    body = gzip.decompress(raw.body) if raw.headers.get("content-encoding") == "gzip" else raw.body
    if raw.headers.get("content-type", "").startswith("multipart/form-data"):
        return _form(raw, body)
    return Request(raw.method, raw.target, raw.headers, body.decode())


def _form(raw: server.Request, body: bytes) -> Request:
    """A form with a file, as curl takes it: see `tests.contract.examples`."""
    head = f"Content-Type: {raw.headers['content-type']}\r\n\r\n".encode()
    parts = list(BytesParser(policy=policy.default).parsebytes(head + body).iter_parts())
    told = (
        (part.get_param("name", header="content-disposition"), f"@{name}" if (name := part.get_filename()) else _text(part))
        for part in parts
    )
    headers = {**raw.headers, "content-type": "multipart/form-data"}
    return Request(raw.method, raw.target, headers, "&".join(f"{name}={value}" for name, value in told))


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    return content.decode() if isinstance(content, bytes) else ""


def _send(writer: server.Writer, reply: Reply) -> None:
    kind = "text/xml; charset=utf-8" if reply.body.lstrip().startswith("<") else "application/json"
    server.send(writer, reply.body.encode(), reply.status, **{"content-type": kind, **reply.headers})


def told(request: Request, headers: Mapping[str, str]) -> Value:
    """A request as a value to compare: the query as a set, of the headers those alone that these name."""
    address = urlsplit(request.target)
    query: dict[str, list[str]] = {}
    for name, value in sorted(parse_qsl(address.query, keep_blank_values=True)):
        query.setdefault(name, []).append(value)
    is_form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    return {
        "method": request.method,
        "path": address.path,
        "query": query,
        "headers": {name: value for name, value in request.headers.items() if name in headers},
        "body": dict(parse_qsl(request.body)) if is_form else value_of(request.body),
    }
