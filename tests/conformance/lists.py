"""What every list of records promises, whoever gives it: order, an end, true positions, and the same filter for all."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Protocol, TypeVar

from gateway.errors import NotSupported
from gateway.models import Sort
from gateway.ports import ListQuery, Position, Slice


class Listed(Protocol):
    """What has a place in a list."""

    @property
    def list_time(self) -> datetime: ...
    @property
    def backend_id(self) -> str: ...


R = TypeVar("R", bound=Listed)
Ask = Callable[[ListQuery[Any]], Awaitable[Slice[R]]]

LIMITS = (1, 7, 250)


def place(record: Listed | Position) -> tuple[datetime, str]:
    return record.list_time, record.backend_id


def in_order(records: Sequence[R], sort: Sort) -> list[R]:
    return sorted(records, key=place, reverse=sort is Sort.DESC)


def ids(records: Sequence[Listed]) -> list[str]:
    return [record.backend_id for record in records]


async def walked(ask: Ask[R], wanted: Any, sort: Sort, limit: int, after: Position | None = None) -> list[Slice[R]]:
    """Slice after slice to the end of the list, each holding its own promises. Gives up where there is no end."""
    slices: list[Slice[R]] = []
    while not slices or slices[-1].more:
        assert len(slices) < 500, "the walk does not end"
        given = await ask(ListQuery(filter=wanted, sort=sort, after=after, limit=limit))
        _assert_true_to_itself(given, sort, limit, after)
        slices.append(given)
        after = given.position or after
    return slices


def _assert_true_to_itself(given: Slice[R], sort: Sort, limit: int, after: Position | None) -> None:
    places = [place(record) for record in given.records]
    assert len(places) <= limit
    behind = [place(after)] if after else []
    end = [place(given.position)] if given.position else []
    # Records lie strictly behind the position that was asked for; the new position is behind or at the last of them.
    turned = [*behind, *places] if sort is Sort.ASC else [*places[::-1], *behind]
    assert all(one < other for one, other in pairwise(turned))
    if places or given.more:
        assert end, "a slice that has records, or that goes on, says where"
        last = places[-1] if places else behind[0] if behind else None
        assert last is None or end[0] == last or (end[0] > last) is (sort is Sort.ASC)
        assert end != behind, "a walk from here would ask the same again"


async def assert_walk(ask: Ask[R], wanted: Any, expected: Sequence[R], sort: Sort, limit: int) -> None:
    """A walk yields every record once, in order, and behind its end there is nothing."""
    slices = await walked(ask, wanted, sort, limit)
    assert ids([record for given in slices for record in given.records]) == ids(in_order(expected, sort))
    assert not [gap for given in slices for gap in given.gaps]
    end = next((given.position for given in reversed(slices) if given.position), None)
    if end:
        (last,) = await walked(ask, wanted, sort, limit, end)
        assert (list(last.records), last.more) == ([], False)


async def assert_every_place_leads_on(ask: Ask[R], wanted: Any, expected: Sequence[R], sort: Sort) -> None:
    """From behind each record, and from just before it, the walk goes on with the rest."""
    listed = in_order(expected, sort)
    step = timedelta(microseconds=1 if sort is Sort.ASC else -1)
    for index, record in enumerate(listed):
        (rest,) = await walked(ask, wanted, sort, 250, Position(record.list_time, record.backend_id))
        assert ids(rest.records) == ids(listed[index + 1 :])
        early = Position(record.list_time - step, "\U0010ffff" if sort is Sort.ASC else "")
        (rest,) = await walked(ask, wanted, sort, 250, early)
        assert ids(rest.records) == ids([one for one in listed if (place(one) > place(early)) is (sort is Sort.ASC)])


async def assert_filter(ask: Ask[R], wanted: Any, expected: Sequence[R], *, optional: bool) -> None:
    """The list holds what matches, no more; where a filter is `optional`, a backend may refuse it, in words."""
    for sort, limit in ((Sort.ASC, 250), (Sort.DESC, 3)):
        try:
            slices = await walked(ask, wanted, sort, limit)
        except NotSupported as error:
            refusal = error
            break
        found = ids([record for given in slices for record in given.records])
        if any(given.gaps for given in slices):
            assert set(found) <= set(ids(expected)), f"{wanted}: more than matches"
        else:
            assert found == ids(in_order(expected, sort)), f"{wanted}"
    else:
        return
    assert optional, f"{wanted}: {refusal.message}"
    assert refusal.backend
    assert refusal.message.endswith(".")
