"""What a vendor's page shows: recorded requests and replies, and how the simulated system and the client are held to them.

A recorded request is a file as HTTP writes it: `POST /orders`, a line for each header that the page shows, an empty line,
the body. A recorded reply is its body alone. Both are the page's text; `{access_token}` and the like stand as printed.
A form with a file is recorded as curl takes it: `multipart/form-data`, and in the body `name=value&file=@name.pdf`.
"""

import mimetypes
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, Generic, TypeVar

import httpx

from tests.contract.same import Differs

# Made once: the system's certificates take longer to read than a request takes.
_TLS = httpx.create_ssl_context()

System = TypeVar("System")
Client = TypeVar("Client")


@dataclass(frozen=True)
class Request:
    """`target` is path and query, without the part of the base URL that the page leaves out. Header names are lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: str

    @classmethod
    def parse(cls, text: str) -> "Request":
        head, _, body = text.partition("\n\n")
        first, *rest = head.strip().splitlines()
        method, _, target = first.partition(" ")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
        return cls(method, target.strip(), headers, body.strip())


@dataclass(frozen=True)
class Slip:
    """A slip of the page: in this line it prints `printed` where `mended` is recorded."""

    line: int
    printed: str
    mended: str
    why: str


@dataclass(frozen=True)
class Recorded:
    """A message in a file. `lines` are the page's (first and last, from 1) that print it; none: it is ours, as `why` says."""

    path: Path
    lines: tuple[tuple[int, int], ...] = ()
    slips: tuple[Slip, ...] = ()
    why: str = ""

    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")


@dataclass(frozen=True)
class Example(Generic[System, Client]):
    """A request and its reply.

    `given` brings the simulated system to where the example begins, and gives what stands in the request in the place of
    the page's values (`{access_token}`, a handle). `differs` names values of the reply that only the vendor computes,
    `sends` those of the request in which the client does otherwise. `call` has the client send the request and read the
    reply; without one, `why` says why the gateway does not.
    """

    name: str
    operation: str
    request: Recorded
    reply: Recorded | None
    status: int = 200
    given: Callable[[System], Mapping[str, str]] | None = None
    differs: tuple[Differs, ...] = ()
    sends: tuple[Differs, ...] = ()
    call: Callable[[Client], Awaitable[object]] | None = None
    why: str = ""

    def asked(self, known: Mapping[str, str]) -> Request:
        """The documented request, with these values in place of the page's."""
        return Request.parse(filled(self.request.text(), known))


@dataclass(frozen=True)
class NotCovered:
    """What the page prints at these lines and no example holds, and why."""

    name: str
    lines: tuple[int, int]
    why: str


def filled(text: str, known: Mapping[str, str]) -> str:
    for printed, actual in known.items():
        text = text.replace(printed, actual)
    return text


def send(base_url: str, request: Request) -> httpx.Response:
    """Sends a documented request as it is: no header is added but those that HTTP needs."""
    with httpx.Client(headers={}, timeout=10, verify=_TLS) as http:
        for name in ("accept", "user-agent"):
            del http.headers[name]
        content: dict[str, Any] = {"headers": dict(request.headers), "content": request.body.encode()}
        if request.headers.get("content-type") == "multipart/form-data":
            content = _form(request)
        return http.request(request.method, base_url + request.target, **content)


def _form(request: Request) -> dict[str, Any]:
    """A form as httpx takes it; every file holds the same few bytes."""
    headers = {name: value for name, value in request.headers.items() if name != "content-type"}
    parts = [part.split("=", 1) for part in request.body.split("&")]
    files = {}
    for name, value in parts:
        path = PurePosixPath(value.removeprefix("@"))
        file = (path.name, b"%PDF-1.4\n", mimetypes.guess_type(path.name)[0])
        files[name] = file if value.startswith("@") else (None, value)
    return {"headers": headers, "files": files}


def without_base(request: Request, base: str) -> Request:
    return replace(request, target=request.target.removeprefix(base))
