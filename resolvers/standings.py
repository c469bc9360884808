"""Standings: how far each backend can take part in a list out of the index, and what its report says of that."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from gateway.catalogue.index import CatalogueIndex
from gateway.catalogue.records import CatalogueFilter, CatalogueKind
from gateway.catalogue.states import State
from gateway.clock import now
from gateway.entities import SourceReport
from gateway.errors import (
    BackendError,
    DatabaseUnavailable,
    GatewayError,
    Incomplete,
    NotConfigured,
    NotSupported,
    Unavailable,
)
from gateway.models import Backend, SourceState
from gateway.ports import CatalogueFeed, CatalogueSource, Freshness
from resolvers.sources import Fetched, Sources, older_of, report

_WORDS = {CatalogueKind.PRODUCT: "products", CatalogueKind.VARIANT: "variants", CatalogueKind.STOCK: "stock"}
_MISSED = 10
"""So many looks in a row that were not made are taken for a worker that does not run."""

_FOR_GOOD = (NotConfigured, NotSupported)
_AT_LEAST = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Standing:
    """`error` is what keeps a backend from taking part at all. Else `fresh` and `gaps` are as `report` takes them."""

    name: Backend
    error: GatewayError | None = None
    fresh: Freshness | None = None
    gaps: Sequence[GatewayError] = ()
    untold: frozenset[str] = frozenset()

    def report(self, answer: Sequence[Fetched] | GatewayError) -> SourceReport:
        """Its part in an answer: these records of it are in it, or there was this error."""
        return report(self.name, answer if self.error is None else self.error, self.fresh, self.gaps)

    def asked(self, wanted: CatalogueFilter) -> "Standing":
        """The same for a list that is narrowed to what the backend may not tell of any record."""
        for field, condition, words in (("updated_at", wanted.updated_at, "was changed"), ("barcode", wanted.barcodes, "")):
            if condition is not None and field in self.untold and self.error is None:
                told = f"when anything {words}" if words else "barcodes"
                return replace(self, error=NotSupported(f"{self.name.label} does not tell {told}.", backend=self.name))
        return self


Standings = Mapping[Backend, Standing]


async def standings(sources: Sources, index: CatalogueIndex, kind: CatalogueKind) -> Standings:
    """Of every backend, configured or not."""
    names = sources.names()
    try:
        states, fresh = await asyncio.gather(index.states(kind), sources.freshness(names))
    except DatabaseUnavailable:
        return without_database({name: _standing(sources, name, kind, None, None) for name in names})
    return {name: _standing(sources, name, kind, states.get(name), fresh.get(name)) for name in names}


def without_database(known: Standings) -> Standings:
    """While the database cannot be read no backend can take part that otherwise could."""
    return {
        name: Standing(name, standing.error if isinstance(standing.error, _FOR_GOOD) else DatabaseUnavailable(name))
        for name, standing in known.items()
    }


def together(one: Standing, other: Standing) -> Standing:
    """For what needs both: no better than either."""
    if error := one.error or other.error:
        return Standing(one.name, error)
    return replace(one, fresh=older_of(one.fresh, other.fresh), gaps=(*one.gaps, *other.gaps))


def needing(standing: Standing, told: SourceReport | None) -> Standing:
    """The same for what needs another answer too, of which the backend told so much: no better than that."""
    if told is None or told.failure is None or standing.error is not None:
        return standing
    match told.state:
        case SourceState.FAILED:
            return Standing(standing.name, told.failure)
        case SourceState.STALE:
            fresh = older_of(standing.fresh, Freshness(as_of=told.as_of, error=told.failure))
            return replace(standing, fresh=fresh, gaps=(*standing.gaps, *told.gaps))
        case SourceState.PARTIAL:
            return replace(standing, gaps=(*standing.gaps, told.failure, *told.gaps))
        case _:
            return standing


def needing_all(standings: Standings, told: Iterable[SourceReport]) -> Standings:
    """The same of every backend."""
    reports = {report.backend: report for report in told}
    return {name: needing(standing, reports.get(name)) for name, standing in standings.items()}


def _standing(sources: Sources, name: Backend, kind: CatalogueKind, state: State | None, copy: Freshness | None) -> Standing:
    try:
        feed = sources.registry.require(name, CatalogueSource).catalogue.get(kind)
    except GatewayError as error:
        return Standing(name, error)
    if feed is None:
        return Standing(name, NotSupported(f"{name.label} documents no {_WORDS[kind]}.", backend=name))
    if state is None or (state.as_of is None and not state.pass_read):
        why = state.error if state else None
        return Standing(name, why or Unavailable(name, f"The gateway has not read the {_WORDS[kind]} of {name.label} yet."))
    fresh = Freshness(as_of=state.as_of or state.pass_started_at, error=_behind(name, kind, state, feed))
    return Standing(name, None, older_of(fresh, copy), _gaps(name, kind, state), feed.untold)


def _behind(name: Backend, kind: CatalogueKind, state: State, feed: CatalogueFeed) -> BackendError | None:
    """Why the index is older than it should be."""
    if state.as_of is None or state.error_code is Incomplete.code:
        return None
    if state.error is None and now() - state.as_of > max(_AT_LEAST, timedelta(seconds=_MISSED * feed.interval)):
        return Unavailable(
            name, f"The gateway has not looked for changes of the {_WORDS[kind]} of {name.label}: does its worker run?"
        )
    return state.error


def _gaps(name: Backend, kind: CatalogueKind, state: State) -> list[Incomplete]:
    words, gaps = _WORDS[kind], list[Incomplete]()
    if state.as_of is None:
        stopped = f" It was held up: {state.error.message}" if state.error else ""
        first = f"The gateway is reading the {words} of {name.label} for the first time: {state.pass_read} so far.{stopped}"
        gaps.append(Incomplete(name, first))
    elif isinstance(state.error, Incomplete):
        gaps.append(state.error)
    if state.unreadable:
        gaps.append(Incomplete(name, f"{state.unreadable} records of the {words} of {name.label} cannot be read."))
    return gaps
