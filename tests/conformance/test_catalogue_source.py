"""CatalogueSource: feeds of products, variants and stock, out of which an index is kept."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.catalogue.records import CatalogueKind, StockRecord
from gateway.errors import BackendError, MalformedReply, RateLimited, Unauthenticated, Unavailable
from gateway.models import CatalogStatus, ProductRecord, VariantRecord
from gateway.ports import CatalogueFeed, CataloguePage, CatalogueSource, ProductSource, StockSource, Synchronised
from tests.conformance.known import plain, sure
from tests.conformance.records import assert_well_formed
from tests.conformance.subject import Subject

PORT = CatalogueSource

OF = {CatalogueKind.PRODUCT: ProductRecord, CatalogueKind.VARIANT: VariantRecord, CatalogueKind.STOCK: StockRecord}
LONG_AGO, FAR_AHEAD = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
FAULTS: Mapping[str, Any] = {
    "down": ({"mode": "down"}, Unavailable),
    "a web page": ({"mode": "html"}, MalformedReply),
    "cut text": ({"mode": "malformed"}, MalformedReply),
    "401": ({"status": 401}, Unauthenticated),
    "429": ({"status": 429, "headers": {"Retry-After": "60"}}, RateLimited),
    "500": ({"status": 500}, Unavailable),
}


async def test_a_feed_has_everything_once(subject: Subject) -> None:
    assert subject.backend.catalogue
    for kind, feed in subject.backend.catalogue.items():
        pages = await _read(feed.everything(None))
        records = [record for page in pages for record in page.records]
        assert {type(record) for record in records} == {OF[kind]}
        assert_well_formed(subject.name, records)
        assert not any(page.unreadable or page.gap for page in pages)
        assert not {gone for page in pages for gone in page.gone} & {record.backend_id for record in records}
        assert feed.interval > 0


async def test_the_fields_that_a_feed_does_not_tell_are_blank_in_every_record(subject: Subject) -> None:
    for feed in subject.backend.catalogue.values():
        for record in await _records(feed):
            told = {getattr(record, name, None) for name in feed.untold}
            assert told <= {None, (), CatalogStatus.UNKNOWN}


async def test_a_pass_goes_on_where_it_was_broken_off(subject: Subject) -> None:
    for feed in subject.backend.catalogue.values():
        pages = await _read(feed.everything(None))
        seen: set[str] = set()
        every = {record.backend_id for page in pages for record in page.records}
        for page in pages:
            seen |= {record.backend_id for record in page.records}
            if page.after is not None:
                rest = {record.backend_id for later in await _read(feed.everything(page.after)) for record in later.records}
                assert seen | rest == every


async def test_what_changed_is_asked_for_by_time(subject: Subject) -> None:
    for feed in subject.backend.catalogue.values():
        if not feed.tells_changes:
            continue
        every = {record.backend_id: record for record in await _records(feed)}
        since_ever = await _read(feed.changed(LONG_AGO))
        assert {record.backend_id for page in since_ever for record in page.records} == set(every)
        newest = max((page.changed_at for page in since_ever if page.changed_at), default=None)
        assert newest is not None
        just_before = newest - timedelta(microseconds=1)
        lately = {record.backend_id for page in await _read(feed.changed(just_before)) for record in page.records}
        assert lately
        assert {key for key, record in every.items() if record.updated_at and record.updated_at >= newest} <= lately
        assert not [record for page in await _read(feed.changed(FAR_AHEAD)) for record in page.records]


async def test_what_a_feed_tells_is_what_the_ports_tell_of_the_same_record(subject: Subject) -> None:
    backend, feeds = subject.backend, subject.backend.catalogue
    variants = await _records(feeds[CatalogueKind.VARIANT])
    assert {variant.backend_id for variant in variants} >= {variant.backend_id for variant in subject.known.variants}
    assert plain(await backend.variants_by_id([each.backend_id for each in variants])) == _by_id(variants)
    if CatalogueKind.PRODUCT in feeds and isinstance(backend, ProductSource):
        products = await _records(feeds[CatalogueKind.PRODUCT])
        assert plain(await backend.products_by_id([each.backend_id for each in products])) == _by_id(products)
    if CatalogueKind.STOCK in feeds and isinstance(backend, StockSource):
        rows = {(row.variant_backend_id, row.warehouse_backend_id): row for row in await _records(feeds[CatalogueKind.STOCK])}
        assert {variant_id for variant_id, _ in rows} <= {variant.backend_id for variant in variants}
        readings = {
            (variant_id, reading.warehouse.backend_id): reading
            for variant_id, answer in (await backend.stock_by_variant(variants)).items()
            for reading in sure(answer)
        }
        assert {key: (row.available, row.on_hand, row.incoming, row.incoming_on) for key, row in rows.items()} == {
            key: (each.available, each.on_hand, each.incoming, each.incoming_on) for key, each in readings.items()
        }


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_feed_that_cannot_be_read_says_how(subject: Subject, fault: str) -> None:
    """A copy of an earlier visit is read all the same; where there was none, its first visit has said how."""
    wrong, expected = FAULTS[fault]
    whole = {kind: await _records(feed) for kind, feed in subject.backend.catalogue.items()}
    async with subject.another() as known_of_before, subject.another(fresh=True) as new:
        subject.fault(**wrong)
        if isinstance(new, Synchronised):
            await new.synchronise()
        feeds = [(kind, feed) for backend in (known_of_before, new) for kind, feed in backend.catalogue.items()]
        outcomes = await asyncio.gather(*(_records_or_error(feed) for _, feed in feeds))
    for (kind, _), outcome in zip(feeds, outcomes, strict=True):
        assert isinstance(outcome, expected) or _by_id(outcome) == _by_id(whole[kind])


async def _read(pages: AsyncIterator[CataloguePage]) -> list[CataloguePage]:
    return [page async for page in pages]


async def _records(feed: CatalogueFeed) -> list[Any]:
    return [record for page in await _read(feed.everything(None)) for record in page.records]


async def _records_or_error(feed: CatalogueFeed) -> Any:
    try:
        return await _records(feed)
    except BackendError as error:
        return error


def _by_id(records: list[Any]) -> dict[str, Any]:
    return {record.backend_id: plain(record) for record in records}
