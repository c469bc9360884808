"""Older copies behind fields that have no `sources`: an error beside the data tells of them."""

from typing import Any

from gateway.models import Backend
from resolvers.context import Info


def tell(info: Info, backend: Backend, port: type[Any]) -> None:
    """Where older copies of this backend answered questions of this port: once in an operation, however many rows there are."""
    context = info.context
    older = context.sources.older(backend, port)
    if older is not None and older.error is not None and (backend, port) not in context.told_older:
        context.told_older.add((backend, port))
        context.warnings.append((info.path.as_list(), older.error))
