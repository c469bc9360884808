"""All that a resolver may reach: the backends, the loaders of this operation, and what the settings say of merging."""

from dataclasses import dataclass
from typing import TypeAlias

from strawberry.types import Info as StrawberryInfo

from gateway.cursors import CursorSeal
from gateway.errors import GatewayError
from gateway.models import Backend
from resolvers.loaders import Loaders
from resolvers.sources import Sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One operation.

    `warnings` are errors that are told beside the data, with the field's path, for answers that have no `sources`.
    """

    sources: Sources
    loaders: Loaders
    cursors: CursorSeal
    stock_preference: tuple[Backend, ...]
    warnings: list[tuple[list[str | int], GatewayError]]


Info: TypeAlias = StrawberryInfo[Context, None]
