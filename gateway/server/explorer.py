"""GraphiQL, served from this package alone: no other host is asked for anything."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

_FILES = Path(__file__).parent / "graphiql"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


def is_wanted(request: Request) -> bool:
    """Whether a browser opens the address, rather than a program that asks a query."""
    accepts = request.headers.get("accept", "")
    return request.method == "GET" and "query" not in request.query_params and "text/html" in accepts


def page() -> Response:
    return FileResponse(
        _FILES / "index.html",
        media_type="text/html; charset=utf-8",
        headers={"Content-Security-Policy": _POLICY, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"},
    )


routes: list[Route | Mount] = [Mount("/graphiql", StaticFiles(directory=_FILES))]
