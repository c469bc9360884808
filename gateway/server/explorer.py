"""GraphiQL, served from this package alone: no other host is asked for anything."""

import re
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

_FILES = Path(__file__).parent / "graphiql"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'{sockets}; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)

_HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?")


def is_wanted(request: Request) -> bool:
    """Whether a browser opens the address, rather than a program that asks a query."""
    accepts = request.headers.get("accept", "")
    return request.method == "GET" and "query" not in request.query_params and "text/html" in accepts


def page(request: Request) -> Response:
    """The page may speak with its own host alone. Older browsers do not take that to cover sockets to it."""
    host = request.headers.get("host", "")
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    policy = _POLICY.format(sockets=sockets)
    return FileResponse(
        _FILES / "index.html",
        media_type="text/html; charset=utf-8",
        headers={"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"},
    )


routes: list[Route | Mount] = [Mount("/graphiql", StaticFiles(directory=_FILES))]
