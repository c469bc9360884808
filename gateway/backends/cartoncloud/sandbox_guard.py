"""What the simulated CartonCloud asks of every request before it looks at the address: version, token and tenant."""

import base64
import binascii
import hmac
import secrets
import time
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.backends.cartoncloud.sandbox_replies import as_json, refusal, show

TOKEN_PATH = "/uaa/oauth/token"  # noqa: S105  # an address


class Tokens:
    """The access tokens that were given out for these client credentials, each until it expires."""

    def __init__(self, client_id: str, client_secret: str, seconds: int) -> None:
        self._credentials = f"{client_id}:{client_secret}".encode()
        self._seconds = seconds
        self._ends: dict[str, float] = {}

    def revoke(self) -> None:
        """Let every token expire now."""
        self._ends.clear()

    def accepts(self, authorization: str) -> bool:
        """Whether this header bears a token that lives."""
        scheme, _, token = authorization.partition(" ")
        return scheme.lower() == "bearer" and self._ends.get(token, 0.0) > time.monotonic()

    async def give(self, request: Request) -> Response:
        """Answer a request for a token."""
        if not self._proves_client(request.headers.get("Authorization", "")):
            raise refusal(401, "Bad client credentials")
        if request.headers.get("Content-Type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
            raise refusal(400, "The request must be a form")
        if parse_qs((await request.body()).decode("latin-1")).get("grant_type") != ["client_credentials"]:
            raise refusal(400, "Unsupported grant type")
        token = secrets.token_urlsafe(24)
        self._ends[token] = time.monotonic() + self._seconds
        return as_json({"access_token": token, "token_type": "bearer", "expires_in": self._seconds})

    def _proves_client(self, authorization: str) -> bool:
        """Whether this is HTTP Basic of the credentials."""
        scheme, _, code = authorization.partition(" ")
        try:
            given = base64.b64decode(code, validate=True)
        except (binascii.Error, ValueError):
            return False
        return scheme.lower() == "basic" and hmac.compare_digest(given, self._credentials)


class Guard:
    """An application around another that refuses what has no version, no living token or a foreign tenant, in this order."""

    def __init__(self, app: ASGIApp, tokens: Tokens, tenant_id: str) -> None:
        self._app = app
        self._tokens = tokens
        self._tenant_id = tenant_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app
        if scope["type"] == "http" and not scope["path"].startswith("/__"):
            request = Request(scope)
            wrong = self._refusal(request)
            app = await show(request, wrong) if wrong else app
        await app(scope, receive, send)

    def _refusal(self, request: Request) -> Exception | None:
        version, segments = request.headers.get("Accept-Version"), request.url.path.split("/")
        if version is None:
            return refusal(400, "The header Accept-Version is required")
        if version != "1":
            return refusal(404, "Unknown version")
        if request.url.path != TOKEN_PATH and not self._tokens.accepts(request.headers.get("Authorization", "")):
            return refusal(401, "Access token is missing, invalid or expired")
        if segments[1] == "tenants" and segments[2:3] != [self._tenant_id]:
            return refusal(403, "No permissions to access the tenant")
        return None
