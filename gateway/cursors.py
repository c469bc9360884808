"""Cursors: where a walk through a list stands, sealed so that nobody can forge or misuse one.

A cursor holds what the list's resolver wants to find again, is bound to the list's name, filter and sort, and needs nothing
that the gateway keeps but its key.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from typing import TypeVar

import msgspec

from gateway.errors import BadUserInput

T = TypeVar("T")

_SEAL = 12
_BOUND = 8


class CursorSeal:
    """Makes and opens the cursors of this gateway (all replicas share the key through the database)."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def bind(self, *parts: object) -> bytes:
        """What the cursors of one list are bound to: its name, filter and sort."""
        return hashlib.blake2b(repr(parts).encode(), digest_size=_BOUND).digest()

    def seal(self, bound: bytes, place: object) -> str:
        body = bound + msgspec.msgpack.encode(place)
        return urlsafe_b64encode(self._sign(body) + body).decode().rstrip("=")

    def open(self, bound: bytes, cursor: str, place: type[T]) -> T:
        """Raises BadUserInput for a cursor that is not this gateway's, or another list's."""
        try:
            sealed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except (ValueError, Error):
            sealed = b""
        signature, body = sealed[:_SEAL], sealed[_SEAL:]
        if not hmac.compare_digest(signature, self._sign(body)):
            raise BadUserInput("after: this is not a cursor of this gateway. Take cursors from `pageInfo` or `edges`.")
        if not hmac.compare_digest(body[:_BOUND], bound):
            raise BadUserInput("after: this cursor belongs to another list, filter or sort. Begin again without it.")
        return msgspec.msgpack.decode(body[_BOUND:], type=place)

    def _sign(self, body: bytes) -> bytes:
        return hmac.digest(self._key, body, "sha256")[:_SEAL]
