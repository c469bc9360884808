"""Pages of lists that are at hand as a whole: ordered by a key, cut by `first` and `after`."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from gateway.cursors import CursorSeal
from gateway.entities import Page, SourceReport
from gateway.errors import BadUserInput
from gateway.models import Backend, SourceState

T = TypeVar("T")

LARGEST_PAGE = 250
DEFAULT_PAGE = 50

_UNSURE = (SourceState.FAILED, SourceState.PARTIAL, SourceState.STALE)


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
    backends_of: Callable[[T], Iterable[Backend]],
) -> Page[T]:
    """The `first` items behind the cursor, in the order of their keys (texts by code points).

    `backends_of` tells which backends an item came from; `sources` are reports of the whole list.
    """
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
        sources=[counted(source, nodes, backends_of) for source in sources],
        total_count=len(items) if exact(sources) else None,
    )


def exact(sources: Iterable[SourceReport]) -> bool:
    """Whether everything could be counted: what is read from an older copy may be more or less by now."""
    return not any(source.state in _UNSURE for source in sources)


def counted(source: SourceReport, nodes: Sequence[T], backends_of: Callable[[T], Iterable[Backend]]) -> SourceReport:
    """The report for a page of these nodes."""
    return replace(source, count=sum(source.backend in set(backends_of(node)) for node in nodes))
