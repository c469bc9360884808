"""Centry's tokens: an access token for the newest refresh token, whose successor is in the database before it is used.

The page's chapter "Renovar los tokens": every renewal gives a new refresh token, and only the last one is accepted. Client
credentials are not on the page, but both of Centry's published clients use them.
"""

import hashlib
from dataclasses import dataclass, field
from math import inf
from typing import Any

import httpx
import msgspec

from gateway.backends.centry import wire
from gateway.backends.centry.settings import CentrySettings
from gateway.errors import MalformedReply, Unauthenticated
from gateway.models import Backend
from gateway.transport import Token, check, decode
from gateway.vault import Vault

CHAIN = "centry.refresh_token"
"""The name under which the vault keeps the newest refresh token."""

_LIFE = 7200.0  # seconds; what the page gives, where an answer does not say
_REFUSED = (400, 401, 403)  # OAuth answers invalid_grant with 400, invalid_client with 401


@dataclass(frozen=True, slots=True)
class Chain:
    """The newest refresh token, and of the one that the operator configured when the chain began, a digest."""

    began_with: str
    newest: str = field(repr=False)


class RefreshTokenRefused(Unauthenticated):
    """Only a person can help: the application has to be authorized again."""

    def __init__(self) -> None:
        super().__init__(
            Backend.CENTRY,
            "Centry refuses the gateway's refresh token. Authorize the application again and set "
            "GATEWAY_CENTRY__REFRESH_TOKEN to the new refresh token.",
        )


class Tokens:
    """Fetches tokens for the transport, which asks for one at a time and never breaks a fetch off."""

    def __init__(self, settings: CentrySettings, vault: Vault) -> None:
        self._settings = settings
        self._vault = vault

    async def fetch(self, http: httpx.AsyncClient) -> Token:
        """A new access token. Raises Unauthenticated if Centry refuses the application or every refresh token."""
        refused: dict[str, RefreshTokenRefused] = {}
        while refresh_token := next((known for known in await self._known() if known not in refused), None):
            try:
                return await self._by_refresh_token(http, refresh_token)
            except RefreshTokenRefused as refusal:
                # Another replica may have used it a moment ago, and stored the next one.
                refused[refresh_token] = refusal
        if refused:
            raise next(iter(refused.values()))
        return await self._by_credentials(http)

    async def _known(self) -> list[str]:
        """The refresh tokens that Centry may accept, the likeliest first: the stored one, and the configured one.

        The stored one is out of the question if the operator has configured another since that chain began.
        """
        configured = self._settings.refresh_token.get_secret_value()
        stored = _read(await self._vault.get(CHAIN))
        follows = stored is not None and (not configured or stored.began_with == digest(configured))
        return [token for token in (stored.newest if stored and follows else "", configured) if token]

    async def _by_credentials(self, http: httpx.AsyncClient) -> Token:
        response = await self._ask(http, {"grant_type": "client_credentials"}, read=True)
        if response.status_code in _REFUSED:
            raise _client_refused()
        return _token(_answer(response))

    async def _by_refresh_token(self, http: httpx.AsyncClient, refresh_token: str) -> Token:
        """Not a read: sent twice, the second would be refused, for Centry accepts a refresh token once."""
        grant = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        response = await self._ask(http, grant, read=False)
        if response.status_code in _REFUSED:
            raise _client_refused() if b"invalid_client" in response.content else RefreshTokenRefused()
        answer = _answer(response)
        if newest := _text(answer.refresh_token):
            await self._keep(newest)
        return _token(answer)

    async def _keep(self, newest: str) -> None:
        configured = self._settings.refresh_token.get_secret_value()
        await self._vault.put(CHAIN, msgspec.json.encode(Chain(digest(configured), newest)).decode())

    async def _ask(self, http: httpx.AsyncClient, grant: dict[str, str], *, read: bool) -> httpx.Response:
        body = {
            "client_id": self._settings.client_id,
            "client_secret": self._settings.client_secret.get_secret_value(),
            "redirect_uri": self._settings.redirect_uri,
            **grant,
        }
        return await http.post("/oauth/token", json=body, extensions={"operation": "centry-02", "read": read})


def digest(token: str) -> str:
    """What is kept of a configured token: enough to know it again, and nothing that Centry would accept."""
    return hashlib.sha256(token.encode()).hexdigest()


def _read(stored: str | None) -> Chain | None:
    return None if stored is None else msgspec.json.decode(stored, type=Chain)


def _answer(response: httpx.Response) -> wire.Token:
    return decode(Backend.CENTRY, check(Backend.CENTRY, response), wire.Token)


def _client_refused() -> Unauthenticated:
    return Unauthenticated(Backend.CENTRY, "Centry refuses the gateway's client id or secret.")


def _token(answer: wire.Token) -> Token:
    value = _text(answer.access_token)
    if value is None:
        raise MalformedReply(Backend.CENTRY, "Centry's answer holds no access token.")
    return Token(value, _life(answer.expires_in))


def _life(expires_in: Any) -> float:
    try:
        seconds = float(str(expires_in))
    except ValueError:
        return _LIFE
    return seconds if 0 < seconds < inf else _LIFE


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
