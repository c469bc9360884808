"""What fields of what Centry alone has ask of it: `asks` of their own, for there is one question for all kinds of record."""

from typing import Any

from strawberry import UNSET

from gateway.costs import Asked
from gateway.models import Backend
from gateway.own import centry as own
from gateway.ports import CentryReads
from resolvers.asks import Asks, Known, Need, Parents, Stated
from resolvers.centry_filters import sync_subject
from resolvers.pages import page_size


def record(kind: type[own.Record]) -> Stated:
    """One record; the same one is asked for once."""

    def stated(_known: Known, parents: Parents, **arguments: Any) -> Asks:
        asked = Asked(keys=parents.count, named=_words(arguments), kind=kind)
        return Asks(needs=[Need(port=CentryReads, question="centry_records", backends=[Backend.CENTRY], asked=asked)])

    return stated


def listed(kind: type[own.Record]) -> Stated:
    """A page of a list."""

    def stated(_known: Known, parents: Parents, first: int | None = 50, **arguments: Any) -> Asks:
        return _list(kind, parents, first, arguments)

    return stated


def sync_histories(
    _known: Known,
    parents: Parents,
    product_id: Any = UNSET,
    asset_id: Any = UNSET,
    variant_id: Any = UNSET,
    variant_warehouse_id: Any = UNSET,
    first: int | None = 50,
    **arguments: Any,
) -> Asks:
    kind, owner = sync_subject(product_id, asset_id, variant_id, variant_warehouse_id)
    return _list(kind, parents, first, {**arguments, "owner": owner})


def product_count(_known: Known, _parents: Parents) -> Asks:
    return Asks(needs=[Need(port=CentryReads, question="product_count", backends=[Backend.CENTRY])])


def _list(kind: type[own.Record], parents: Parents, first: int | None, arguments: dict[str, Any]) -> Asks:
    size = page_size(first)
    asked = Asked(keys=parents.count, named=_words(arguments), kind=kind, first=size)
    need = Need(port=CentryReads, question="centry_list", backends=[Backend.CENTRY], asked=asked)
    return Asks(needs=[need], below=parents.times(size))


def _words(arguments: dict[str, Any]) -> tuple[str, ...]:
    """The same for two fields that ask for the same."""
    return (repr(sorted(arguments.items())),)
