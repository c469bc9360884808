"""Connections: pages of lists, and how each backend took part in them."""

from typing import Generic, TypeVar

import resolvers
from gateway import entities
from schema.base import field, represents
from schema.values import PageInfo, SourceReport

T = TypeVar("T")


@represents(entities.Edge)
class Edge(Generic[T]):
    """A node of a page and its place in the list."""

    cursor: str
    """Goes on right behind this node."""
    node: T
    """The node itself."""


@represents(entities.Page)
class Connection(Generic[T]):
    """A page of a list. One backend that fails never empties it, and never goes unnoticed: see `sources`."""

    edges: list[Edge[T]]
    """The nodes with their cursors."""
    nodes: list[T]
    """The nodes alone."""
    page_info: PageInfo
    """Where this page stands in the list."""
    total_count: int | None = field(resolvers.connection.total_count, asks=resolvers.asks.nothing)
    """How many match in all; null while a backend cannot say: it tells no numbers, failed, or is shown in part or as it was."""
    sources: list[SourceReport]
    """How each backend that was asked took part in this page."""
