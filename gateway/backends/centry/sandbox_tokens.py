"""Centry's tokens: three grants, access tokens that expire, refresh tokens that serve once."""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Granted = dict[str, Any]


class Refused(Exception):
    """A token that is not given. `error` is OAuth's word; Centry's page names the 401 only."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


@dataclass(frozen=True)
class Application:
    """An application as registered with Centry, with what its user was first given: a code and a refresh token."""

    client_id: str
    client_secret: str
    redirect_uri: str
    code: str
    refresh_token: str


class Tokens:
    """The tokens of one application. `lifetime` is that of an access token in seconds."""

    def __init__(self, application: Application, lifetime: float) -> None:
        self._application = application
        self._lifetime = lifetime
        self._codes = {application.code}
        self._refresh_tokens = {application.refresh_token}
        self._expiry: dict[str, float] = {}

    def grant(self, parameters: Mapping[str, object]) -> Granted:
        """What POST /oauth/token answers. Raises Refused."""
        self._check_client(parameters)
        grant_type = parameters.get("grant_type")
        if grant_type == "client_credentials":
            return self._access_token()
        if grant_type == "authorization_code":
            return self._exchange(parameters, "code", self._codes)
        if grant_type == "refresh_token":
            return self._exchange(parameters, "refresh_token", self._refresh_tokens)
        raise Refused(400, "unsupported_grant_type" if grant_type else "invalid_request")

    def allows(self, authorization: str) -> bool:
        """Whether an Authorization header bears an access token that has not expired."""
        scheme, _, token = authorization.partition(" ")
        return scheme.lower() == "bearer" and time.monotonic() < self._expiry.get(token.strip(), 0)

    def revoke(self) -> None:
        """Let every access token expire. Refresh tokens stay."""
        self._expiry = {}

    def _check_client(self, parameters: Mapping[str, object]) -> None:
        known = (self._application.client_id, self._application.client_secret)
        if (parameters.get("client_id"), parameters.get("client_secret")) != known:
            raise Refused(401, "invalid_client")

    def _exchange(self, parameters: Mapping[str, object], name: str, valid: set[str]) -> Granted:
        """A new pair for a code or a refresh token, which with that is used up."""
        given, redirect_uri = parameters.get(name), parameters.get("redirect_uri")
        if not given or not redirect_uri:
            raise Refused(400, "invalid_request")
        if redirect_uri != self._application.redirect_uri or given not in valid:
            raise Refused(401, "invalid_grant")
        valid.discard(str(given))
        refresh_token = secrets.token_hex(32)
        self._refresh_tokens.add(refresh_token)
        return self._access_token() | {"refresh_token": refresh_token}

    def _access_token(self) -> Granted:
        token = secrets.token_hex(32)
        self._expiry[token] = time.monotonic() + self._lifetime
        return {
            "access_token": token,
            "token_type": "bearer",
            "expires_in": int(self._lifetime),
            "created_at": int(time.time()),
        }
