"""What CartonCloud alone has: who the gateway is there."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """A business that a user may see."""

    id: str
    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """The user on whose behalf the gateway asks. `raw` is its JSON text."""

    id: str | None
    name: str | None = field(repr=False)
    email: str | None = field(repr=False)
    tenants: tuple[Tenant, ...]
    fetched_at: datetime
    raw: bytes | None = field(repr=False)
