"""Centry's tokens: an access token for the newest refresh token, whose successor is in the database before it is used.

The page's chapter "Renovar los tokens": every renewal gives a new refresh token, and only the last one is accepted. Client
credentials are not on the page, but both of Centry's published clients use them.

The processes of one database share what one of them was given: each renewal by another would use up the refresh token of
all, and the page does not say whether it also ends the access token before it.
"""

import asyncio
import hashlib
from dataclasses import dataclass, field
from math import inf
from typing import Any

import httpx
import msgspec

from gateway.backends.centry import wire
from gateway.backends.centry.settings import CentrySettings
from gateway.clock import now
from gateway.errors import DatabaseUnavailable, MalformedReply, Rejected, Unauthenticated
from gateway.models import Backend
from gateway.transport import Token, check, decode
from gateway.vault import Vault

CHAIN = "centry.refresh_token"
"""The name under which the vault keeps the newest tokens."""

_LIFE = 7200.0  # seconds; what the page gives, where an answer does not say
_REFUSED = (400, 401, 403)  # OAuth answers invalid_grant with 400, invalid_client with 401
_WORTH_SHARING = 60.0  # seconds that an access token must still be good for
_LOOKS, _PAUSE = 10, 0.1  # seconds between looks at what another process may be storing


@dataclass(frozen=True, slots=True)
class Chain:
    """The newest tokens, and of the refresh token that the operator configured when the chain began, a digest.

    `ends_at` is when the access token ends, in seconds since 1970.
    """

    began_with: str
    newest: str = field(repr=False)
    access_token: str = field(default="", repr=False)
    ends_at: float = 0


class RefreshTokenRefused(Unauthenticated):
    """Only a person can help: the application has to be authorized again."""

    def __init__(self) -> None:
        super().__init__(
            Backend.CENTRY,
            "Centry refuses the gateway's refresh token. Authorize the application again: give the code that Centry shows to "
            "`gateway authorize centry CODE`, or set GATEWAY_CENTRY__REFRESH_TOKEN to a new refresh token.",
        )


class CodeRefused(Rejected):
    """Only a person can help: codes are good for one exchange, and not for long."""

    def __init__(self) -> None:
        super().__init__(
            Backend.CENTRY,
            "Centry does not accept this code. A code is good for one exchange, soon after it was given, and for the same "
            "GATEWAY_CENTRY__CLIENT_ID and GATEWAY_CENTRY__REDIRECT_URI that it was asked for with: ask for a new one.",
        )


class Tokens:
    """Fetches tokens for the transport, which asks for one at a time and never breaks a fetch off."""

    def __init__(self, settings: CentrySettings, vault: Vault) -> None:
        self._settings = settings
        self._vault = vault
        self._configured = settings.refresh_token.get_secret_value()
        self._seen: str | None = None
        self._unkept: Chain | None = None
        self._given = ""

    async def fetch(self, http: httpx.AsyncClient) -> Token:
        """Another access token than the last. Raises Unauthenticated if Centry refuses the application or our refresh token."""
        token = await self._fetched(http)
        self._given = token.value
        return token

    async def authorize(self, http: httpx.AsyncClient, code: str) -> None:
        """centry-01: the first tokens for a code, in the place of whatever tokens there are. A code is good once: sent once."""
        asked_at = now().timestamp()
        response = await self._ask(http, {"grant_type": "authorization_code", "code": code}, read=False)
        if response.status_code in _REFUSED:
            raise _client_refused() if b"invalid_client" in response.content else CodeRefused()
        answer = _answer(response)
        newest = _text(answer.refresh_token)
        if newest is None:
            raise MalformedReply(Backend.CENTRY, "Centry's answer holds no refresh token.")
        chain = Chain(digest(self._configured), newest, _token(answer).value, asked_at + _life(answer.expires_in))
        while _read(self._seen) != chain:  # a gateway that runs meanwhile may renew what it has
            await self._keep(chain)
            self._seen = await self._vault.get(CHAIN)

    async def _fetched(self, http: httpx.AsyncClient) -> Token:
        if self._unkept:
            await self._keep(self._unkept)
        refused: dict[str, RefreshTokenRefused] = {}
        chain = await self._chain()
        while refresh_token := next((known for known in self._known(chain) if known not in refused), None):
            if chain and (shared := self._shared(chain)):
                return shared
            try:
                return await self._by_refresh_token(http, refresh_token)
            except RefreshTokenRefused as refusal:
                refused[refresh_token] = refusal
                chain = await self._other_than(chain)
        if refused:
            raise next(iter(refused.values()))
        return await self._by_credentials(http)

    async def _chain(self) -> Chain | None:
        """The stored chain, unless the operator has configured another refresh token since it began.

        Raises DatabaseUnavailable, but not where client credentials will do.
        """
        try:
            self._seen = await self._vault.get(CHAIN)
        except DatabaseUnavailable:
            if self._configured:
                raise
            return None
        stored = _read(self._seen)
        follows = stored is not None and (not self._configured or stored.began_with == digest(self._configured))
        return stored if follows else None

    async def _other_than(self, chain: Chain | None) -> Chain | None:
        """Another process may have used the token a moment ago: give it the time to store what it got."""
        for _ in range(_LOOKS):
            stored = await self._chain()
            if stored != chain:
                return stored
            await asyncio.sleep(_PAUSE)
        return chain

    def _known(self, chain: Chain | None) -> list[str]:
        """The refresh tokens that Centry may accept, the likeliest first: the stored one, and the configured one."""
        return [token for token in (chain.newest if chain else "", self._configured) if token]

    def _shared(self, chain: Chain) -> Token | None:
        """What another process, or this one before a restart, was given. Not what is to be replaced now."""
        left = chain.ends_at - now().timestamp()
        fresh = chain.access_token not in ("", self._given) and left > _WORTH_SHARING
        return Token(chain.access_token, left) if fresh else None

    async def _by_credentials(self, http: httpx.AsyncClient) -> Token:
        response = await self._ask(http, {"grant_type": "client_credentials"}, read=True)
        if response.status_code in _REFUSED:
            raise _client_refused()
        return _token(_answer(response))

    async def _by_refresh_token(self, http: httpx.AsyncClient, refresh_token: str) -> Token:
        """Not a read: sent twice, the second would be refused, for Centry accepts a refresh token once."""
        asked_at = now().timestamp()
        grant = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        response = await self._ask(http, grant, read=False)
        if response.status_code in _REFUSED:
            raise _client_refused() if b"invalid_client" in response.content else RefreshTokenRefused()
        answer = _answer(response)
        newest, value, life = _text(answer.refresh_token), _text(answer.access_token), _life(answer.expires_in)
        if newest:
            await self._keep(Chain(digest(self._configured), newest, value or "", asked_at + life))
        return _token(answer)

    async def _keep(self, chain: Chain) -> None:
        """What cannot be stored is not forgotten: Centry accepts no other any more.

        Nor is it certain that it was not stored. Where another process has gone on from it since, that one's tokens stay.
        """
        self._unkept = chain
        await self._vault.replace(CHAIN, self._seen, msgspec.json.encode(chain).decode())
        self._unkept = None

    async def _ask(self, http: httpx.AsyncClient, grant: dict[str, str], *, read: bool) -> httpx.Response:
        body = {
            "client_id": self._settings.client_id,
            "client_secret": self._settings.client_secret.get_secret_value(),
            "redirect_uri": self._settings.redirect_uri,
            **grant,
        }
        operation = "centry-01" if "code" in grant else "centry-02"
        return await http.post("/oauth/token", json=body, extensions={"operation": operation, "read": read})


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
