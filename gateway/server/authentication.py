"""Who asks: a caller with one of the configured keys, or, where no key is configured, anyone on this machine."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from gateway.errors import ErrorCode
from gateway.principal import Principal, Scope
from gateway.settings import ApiKey

LOCAL = Principal("local", frozenset(Scope))
"""Whoever asks from this machine, where no key is configured."""

_PASSED_ON = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
"""Headers by which a proxy tells that it asks for someone else."""

_OWN_PAGE = ("same-origin", "none")
"""What a browser says in Sec-Fetch-Site where no foreign page is behind a request."""


class Refused(Exception):
    """A request that is not answered: its HTTP status, and the code and message for the caller, which names the mend."""

    def __init__(self, message: str, code: ErrorCode, status: int, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.headers = headers


@dataclass(frozen=True)
class Authentication:
    """Tells who sent a request. Raises Refused.

    A key comes as `Authorization: Bearer KEY` or as `X-API-Key: KEY`.
    """

    keys: Sequence[ApiKey]

    def __call__(self, request: HTTPConnection) -> Principal:
        self.admit(request)
        return self.principal(request.headers)

    def admit(self, connection: HTTPConnection) -> None:
        """Raises Refused for who may not even show a key: where none is configured, whoever is not on this machine."""
        if not self.keys:
            _check_local(connection)

    def principal(self, *headers: Mapping[str, str]) -> Principal:
        """Whose key it is. The first headers that have one count; their names are in small letters."""
        if not self.keys:
            return LOCAL
        given = next((key for each in headers if (key := _given_key(each))), None)
        if given is None:
            raise _unauthenticated("Send one of the gateway's keys: `Authorization: Bearer KEY`, or `X-API-Key: KEY`.", "")
        known = self._known(given)
        if known is None:
            raise _unauthenticated("The gateway does not know this key.", ', error="invalid_token"')
        return Principal(known.name, known.scopes)

    def _known(self, given: bytes) -> ApiKey | None:
        """Every key is compared, and in constant time: how long it takes tells nothing of how near a guess is."""
        digest = hashlib.sha256(given).hexdigest()
        same = [key for key in self.keys if hmac.compare_digest(digest, key.sha256)]
        return same[0] if same else None


def is_loopback(host: str) -> bool:
    """Whether a host's name or address is this machine's own."""
    if host == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    inner = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (inner or address).is_loopback


def _given_key(headers: Mapping[str, str]) -> bytes | None:
    """The bytes as they came: Starlette reads headers as Latin-1."""
    scheme, _, key = headers.get("authorization", "").partition(" ")
    given = (key if scheme.lower() == "bearer" else "").strip() or headers.get("x-api-key", "").strip()
    return given.encode("latin-1") or None


def _unauthenticated(message: str, why: str) -> Refused:
    return Refused(message, ErrorCode.UNAUTHENTICATED, 401, {"WWW-Authenticate": f'Bearer realm="gateway"{why}'})


def _check_local(request: HTTPConnection) -> None:
    """Raises Refused unless a program or a page of this machine asks, for itself.

    A proxy on this machine asks for callers elsewhere. A name that leads here may belong to a foreign page (DNS
    rebinding), so the host that is asked for has to be this machine by name too. And a foreign page may let its
    visitor's browser ask.
    """
    headers = request.headers
    if request.client is None or not is_loopback(request.client.host) or any(name in headers for name in _PASSED_ON):
        raise _forbidden("only callers on its own machine are served, and none behind a proxy")
    host = headers.get("host", "")
    if not is_loopback(_host_of(f"//{host}")):
        raise _forbidden("it has to be asked for by a loopback name, such as 127.0.0.1")
    if headers.get("origin", f"http://{host}") not in (f"http://{host}", f"https://{host}"):
        raise _forbidden("pages of other origins are not served")
    if headers.get("sec-fetch-site", "none") not in _OWN_PAGE:
        raise _forbidden("pages of other origins are not served")


def _forbidden(why: str) -> Refused:
    return Refused(f"Without GATEWAY_API_KEYS {why}.", ErrorCode.FORBIDDEN, 403)


def _host_of(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
