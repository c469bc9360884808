"""CentryReads: what Centry alone has, by its ids and in lists that are walked by them."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from gateway.own import centry as own
from gateway.own.lists import Condition, OwnQuery, Path
from gateway.ports import CentryReads
from tests.conformance.keys import assert_matched_by_key, assert_strange_keys_do_no_harm
from tests.conformance.known import plain, sure
from tests.conformance.subject import Subject

PORT = CentryReads

KINDS = (
    own.Category, own.Brand, own.Color, own.Size, own.Country, own.Region, own.City, own.Commune, own.ConfirmationReason,
    own.CancellationReason, own.BuyerRate, own.IntegrationConfig,
)  # fmt: skip
"""Those of which there are lists and single records, and some in the world of these suites."""


async def walked(
    subject: Subject,
    kind: type[own.Record],
    size: int,
    owner: Path = (),
    filters: Mapping[str, Condition] | None = None,
) -> list[Any]:
    """A list to its end; no page but the last may be short, for nothing here is cut."""
    records: list[Any] = []
    after = None
    while True:
        query = OwnQuery(owner=owner, filters=filters or {}, after=after, limit=size)
        found = await subject.backend.centry_list(kind, query)
        records += found.records
        if not found.more:
            assert len(found.records) <= size
            return records
        assert len(found.records) == size
        after = records[-1].id


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
async def test_a_list_has_each_record_once_in_the_order_of_ids_whatever_the_size_of_its_pages(
    subject: Subject, kind: type[own.Record]
) -> None:
    whole = await walked(subject, kind, 250)
    assert whole
    ids = [record.id for record in whole]
    assert ids == sorted(set(ids))
    for size in (1, 2, len(whole), len(whole) + 1):
        assert plain(await walked(subject, kind, size)) == plain(whole)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
async def test_a_record_by_its_id_is_the_one_of_the_list(subject: Subject, kind: type[own.Record]) -> None:
    async def ask(ids: Sequence[str]) -> Mapping[str, Any]:
        found = await subject.backend.centry_records(kind, [(each,) for each in ids])
        return {path[0]: record for path, record in found.items()}

    expected = {record.id: record for record in await walked(subject, kind, 250)}
    await assert_matched_by_key(ask, expected)
    if kind is own.Brand:
        await assert_strange_keys_do_no_harm(ask, expected)


async def test_a_list_that_belongs_to_something_is_reached_by_it(subject: Subject) -> None:
    for integration in await walked(subject, own.IntegrationConfig, 250):
        listed = await walked(subject, own.WarehousePriority, 1, (integration.id,))
        assert sorted(one.priority for one in listed) == list(range(len(listed)))
        paths = [(integration.id, one.id) for one in listed]
        found = await subject.backend.centry_records(own.WarehousePriority, paths)
        assert plain([found[path] for path in paths]) == plain(listed)
    assert listed


async def test_the_list_of_what_does_not_exist_is_not_an_empty_one(subject: Subject) -> None:
    for owner in (("nobody's",), ("",), ("..",)):
        query = OwnQuery(owner=owner, limit=5)
        assert await subject.backend.centry_list(own.WarehousePriority, query) is None
        assert await subject.backend.centry_list(own.VariantSyncHistory, query) is None


async def test_what_there_is_once_is_asked_for_without_an_id(subject: Subject) -> None:
    for kind in (own.Company, own.User):
        (found,) = (await subject.backend.centry_records(kind, [()])).values()
        assert sure(found).id


async def test_a_filter_narrows_a_list(subject: Subject) -> None:
    regions = await walked(subject, own.Region, 250)
    countries = {region.country_id for region in regions}
    assert len(countries) > 1
    for country in countries:
        mine = await walked(subject, own.Region, 1, (), {"country_id": country})
        assert plain(mine) == plain([region for region in regions if region.country_id == country])


async def test_products_are_counted(subject: Subject) -> None:
    assert await subject.backend.product_count() >= len(subject.known.products) > 0


async def test_pages_that_centry_cuts_are_walked_to_their_end(subject: Subject) -> None:
    """Its maximum is not documented: a page may have fewer records than were asked for, and yet others behind it."""
    async with subject.another(page_size=2) as small:
        query = OwnQuery(limit=250)
        found = await small.centry_list(own.Color, query)
    assert (found.more, plain(found.records)) == (False, plain(await walked(subject, own.Color, 250)))
