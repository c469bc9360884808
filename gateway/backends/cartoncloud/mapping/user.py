"""Who the gateway is at CartonCloud."""

from collections.abc import Sequence

from gateway.backends.cartoncloud import wire
from gateway.backends.cartoncloud.mapping.fields import FETCHED_AT, RAW
from gateway.mapping import Field, Scope, Table, text
from gateway.own.cartoncloud import Tenant, User


def tenants(sent: Sequence[wire.Tenant], scope: Scope) -> tuple[Tenant, ...]:
    """those with an id"""
    return tuple(Tenant(id=found, name=text(one.name, scope)) for one in sent if (found := text(one.id, scope)))


USER = Table(
    User,
    "User info",
    (
        Field("id", "id", text),
        Field("name", "name", text),
        Field("email", "email", text),
        Field("tenants", "tenants", tenants),
        FETCHED_AT,
        RAW,
    ),
)
