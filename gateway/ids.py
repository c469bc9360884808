"""Ids that clients see: opaque and stable, made of the type, the backend and the backend's id, or of an entity's key."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass

from gateway.errors import BadUserInput
from gateway.models import Backend


@dataclass(frozen=True, slots=True)
class Ref:
    """What an id says: a record of a backend, or (without backend) an entity by its key."""

    type: str
    backend: Backend | None
    key: str


def encode(type_name: str, backend: Backend | None, key: str) -> str:
    return urlsafe_b64encode(f"{type_name}:{backend or ''}:{key}".encode()).decode().rstrip("=")


def decode(written: str) -> Ref:
    """Raises BadUserInput for what never was an id of this gateway."""
    try:
        padded = written + "=" * (-len(written) % 4)
        type_name, backend, key = urlsafe_b64decode(padded.encode()).decode().split(":", 2)
        ref = Ref(type_name, Backend(backend) if backend else None, key)
        if encode(ref.type, ref.backend, ref.key) != written:
            raise ValueError("written in another way")
        return ref
    except (ValueError, Error) as error:
        raise BadUserInput(f"{written[:80]!r} is not an id of this gateway. Take ids from `id` fields.") from error


def decode_as(type_name: str, written: str, argument: str) -> Ref:
    """The same, for an argument that takes ids of one type."""
    ref = decode(written)
    if ref.type != type_name:
        raise BadUserInput(f"{argument}: this is the id of a {ref.type}; give the id of a {type_name}.")
    return ref
