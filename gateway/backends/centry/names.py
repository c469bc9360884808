"""Names: what Centry's brands, categories and places are called, for records that name them by their ids alone.

They hardly ever change, and no change of the gateway's can change them, so they are kept for long. Of many brands or categories
at once Centry is asked for those that the company's products have, a page for all, instead of for each by itself.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar, cast

from cachetools import TTLCache

from gateway.backends.centry.own import Own
from gateway.clock import now
from gateway.errors import BackendError, Rejected
from gateway.own import centry as own
from gateway.transport import caller_asks_since

R = TypeVar("R", bound=own.Record)

LAST = 3600.0
"""Seconds for which names are kept, unless the settings say that nothing is."""

FEW = 2
"""So many cost no more one by one than the pages of the list that are read at most."""

PAGES = 2

USED: Mapping[type[own.Record], Mapping[str, bool]] = {
    kind: {"filtered_used_by_company": True} for kind in (own.Brand, own.Category)
}
"""Lists that can be narrowed to what the company's products have."""

_MOST = 10_000


@dataclass(frozen=True, slots=True)
class _Kept:
    record: own.Record
    asked_at: float


class Names:
    """Keeps for so many seconds what it has read; a caller who wants nothing kept gets nothing that was asked for before."""

    def __init__(self, reading: Own, last: float = LAST) -> None:
        self._own = reading
        self._last = last
        self._kept: TTLCache[tuple[type[own.Record], str], _Kept] = TTLCache(_MOST, last)
        self._listed: TTLCache[type[own.Record], float] = TTLCache(len(USED), last)

    async def of(self, kind: type[R], ids: Iterable[object]) -> Mapping[str, R | BackendError]:
        """What has these ids; what does not exist is missing."""
        wanted = list(dict.fromkeys(text for value in ids if value is not None and (text := str(value).strip())))
        found: dict[str, R | BackendError] = {**self._known(kind, wanted)}
        missing = [each for each in wanted if each not in found]
        if kind in USED and len(missing) > FEW and self._listed.get(kind, -1.0) < caller_asks_since():
            found |= await self._out_of_list(kind, missing)
            missing = [each for each in missing if each not in found]
        asked_at = time.monotonic()
        read = await self._own.records(kind, [(each,) for each in missing])
        self._keep(kind, (one for one in read.values() if not isinstance(one, BackendError)), asked_at)
        return found | {path[0]: one for path, one in read.items()}

    def _known(self, kind: type[R], ids: Iterable[str]) -> dict[str, R]:
        since = caller_asks_since()
        kept = {each: self._kept.get((kind, each)) for each in ids}
        return {each: cast("R", one.record) for each, one in kept.items() if one is not None and one.asked_at >= since}

    async def _out_of_list(self, kind: type[R], wanted: Iterable[str]) -> dict[str, R | BackendError]:
        """Those of the list's first pages. A Centry that does not take the filter is asked for each by itself."""
        asked_at, left, after = time.monotonic(), set(wanted), None
        found: dict[str, R | BackendError] = {}
        for _ in range(PAGES):
            try:
                page, ended = await self._own.page(kind, USED[kind], after)
            except Rejected:
                break
            except BackendError as error:
                return {**found, **dict.fromkeys(left, error)}
            self._keep(kind, page, asked_at)
            found |= {one.id: one for one in page if one.id in left}
            left -= found.keys()
            if ended or not left:
                break
            after = page[-1].id
        self._listed[kind] = asked_at
        return found

    def _keep(self, kind: type[own.Record], records: Iterable[own.Record], asked_at: float) -> None:
        """Not what is an older copy itself."""
        oldest = now() - timedelta(seconds=self._last)
        self._kept.update({(kind, one.id): _Kept(one, asked_at) for one in records if one.fetched_at > oldest})
