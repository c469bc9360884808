"""All that a resolver may reach: the backends, the loaders of this operation, and what the settings say of merging."""

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from strawberry.types import Info as StrawberryInfo

from gateway.catalogue.index import CatalogueIndex
from gateway.cursors import CursorSeal
from gateway.errors import GatewayError
from gateway.links.channels import Channels
from gateway.links.words import Words
from gateway.models import Backend
from gateway.order_changes import OrderChanges
from gateway.principal import Principal
from gateway.transactions.desk import Desk
from resolvers.loaders import Loaders
from resolvers.sources import Sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One operation.

    `principal` is who asks, `desk` takes changes from them, and `order_changes` are to be watched. `link_channels` is what the
    settings say of links between orders, `link_words` what people said. `warnings` are errors that are told beside the data,
    with the field's path, for answers that have no `sources`; `masked` are the places in the query whose missing scope was
    told so, `told_older` the backends and ports whose older copies were.
    """

    principal: Principal
    sources: Sources
    loaders: Loaders
    catalogue: CatalogueIndex
    cursors: CursorSeal
    desk: Desk
    order_changes: OrderChanges
    stock_preference: tuple[Backend, ...]
    link_channels: Channels
    link_words: Words
    warnings: list[tuple[list[str | int], GatewayError]] = field(default_factory=list)
    masked: set[int] = field(default_factory=set)
    told_older: set[tuple[Backend, type[Any]]] = field(default_factory=set)


Info: TypeAlias = StrawberryInfo[Context, None]
