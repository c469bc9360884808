"""Pages of lists that are at hand as a whole: ordered by a key, cut by `first` and `after`."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from gateway.cursors import CursorSeal
from gateway.entities import Page, SourceReport
from gateway.errors import BadUserInput

T = TypeVar("T")

LARGEST_PAGE = 250
DEFAULT_PAGE = 50


def page_size(first: int | None) -> int:
    """How many to give. Raises BadUserInput out of bounds; null, which GraphQL lets one say, is the default."""
    if first is None:
        return DEFAULT_PAGE
    if not 1 <= first <= LARGEST_PAGE:
        raise BadUserInput(f"first: {first} is out of bounds; ask for 1 to {LARGEST_PAGE}.")
    return first


def page_of(
    items: Sequence[T],
    key: Callable[[T], tuple[str, ...]],
    *,
    first: int | None,
    after: str | None,
    cursors: CursorSeal,
    bound: bytes,
    sources: Sequence[SourceReport],
) -> Page[T]:
    """The `first` items behind the cursor, in the order of their keys (texts by code points)."""
    size = page_size(first)
    start = () if after is None else cursors.open(bound, after, tuple[str, ...])
    rest = sorted((item for item in items if after is None or key(item) > start), key=key)
    nodes = rest[:size]
    end = key(nodes[-1]) if nodes else start
    return Page(
        nodes=nodes,
        cursor_behind=lambda index: cursors.seal(bound, key(nodes[index])),
        end_cursor=cursors.seal(bound, end),
        has_next_page=len(rest) > size,
        has_previous_page=after is not None,
        sources=sources,
        total_count=len(items) if all(source.failure is None for source in sources) else None,
    )
