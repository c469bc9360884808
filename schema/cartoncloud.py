"""`Query.cartoncloud`: what CartonCloud alone has, read."""

from datetime import datetime

import resolvers
from gateway.own import cartoncloud as own
from gateway.principal import Scope
from schema.base import field, represents, root
from schema.scalars import ID, JSON


@represents(own.Tenant)
class CartonCloudTenant:
    """A business that a user of CartonCloud may see."""

    id: ID
    """Its id at CartonCloud."""
    name: str | None
    """Its name."""


@represents(own.User)
class CartonCloudUser:
    """The user on whose behalf the gateway asks CartonCloud."""

    id: ID | None
    """Its id at CartonCloud; not good for `node`."""
    name: str | None = field(scope=Scope.PII)
    """The whole name."""
    email: str | None = field(scope=Scope.PII)
    """E-mail address."""
    tenants: list[CartonCloudTenant]
    """The businesses that the user may see."""
    fetched_at: datetime
    """When the gateway read it."""
    raw: JSON | None = field(resolvers.record.raw, scope=Scope.PII)
    """Exactly as CartonCloud sent it."""


@root
class CartonCloud:
    """What CartonCloud alone has. Its orders, consignments and products are read with those of all backends."""

    user_info: CartonCloudUser | None = field(resolvers.cartoncloud.user_info, asks=resolvers.cartoncloud.asks)
    """Who the gateway is at CartonCloud; null with an error where CartonCloud cannot be asked."""
