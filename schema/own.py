"""Lists of what one backend alone has: pages without `sources`, for there is one that is asked."""

from typing import Generic, TypeVar

from gateway import entities
from schema.base import represents
from schema.connections import Edge
from schema.values import PageInfo

T = TypeVar("T")


@represents(entities.Page)
class Connection(Generic[T]):
    """A page of a list of one backend's own, in the order of its ids. A list that cannot be read is null with an error."""

    edges: list[Edge[T]]
    """The records with their cursors."""
    nodes: list[T]
    """The records alone."""
    page_info: PageInfo
    """Where this page stands in the list. How long the list is, the backend does not tell."""
