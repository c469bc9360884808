"""Who asks, and what they may: a principal and its scopes."""

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """What a caller may be allowed."""

    READ = "read"
    WRITE = "write"
    PII = "pii"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller, by the name under which the settings know it."""

    name: str
    scopes: frozenset[Scope]
