"""The index gives every SKU once, in the order of code points, with all that any backend knows of it."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

import pytest

from gateway.catalogue import entries
from gateway.catalogue.entries import Record, Shelf
from gateway.catalogue.index import CatalogueIndex, Part, Place, Shown, StockPlace
from gateway.catalogue.records import CatalogueFilter, CatalogueKind, StockRecord
from gateway.database import Database
from gateway.models import Backend, CatalogStatus, Money, Price, ProductRecord, TimeRange, VariantRecord
from tests import databases

P = TypeVar("P")

DAY = datetime(2026, 1, 1, tzinfo=UTC)
KEYS = ["", " ", "10", "9", "A", "a", "B", "Z", "Ä", "é", "ñ", "z", "中", "😀", "a b", "a-b", "a_b", "%", "_", "a\x00", "a\x01"]
BACKENDS = (Backend.CENTRA, Backend.CENTRY)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with databases.opened(database_url) as made:
        yield made


@pytest.fixture
def index(database: Database) -> CatalogueIndex:
    return CatalogueIndex(database)


def variant(backend: Backend, number: int, sku: str | None, **more: object) -> VariantRecord:
    record = {"backend": backend, "backend_id": f"v{number:03}", "fetched_at": DAY, "sku": sku} | more
    return VariantRecord(**record)  # type: ignore[arg-type]  # fields by their names


async def put(database: Database, kind: CatalogueKind, *records: Record, seen: int = 1) -> int:
    counts = [
        await database.write(lambda c, own=own, name=name: entries.put(c, Shelf(kind, name), own, seen))  # type: ignore[misc]
        for name in Backend
        if (own := [record for record in records if record.backend is name])
    ]
    return sum(counts)


def world(rng: random.Random, count: int) -> list[VariantRecord]:
    return [
        variant(
            rng.choice(BACKENDS),
            number,
            rng.choice(KEYS),
            barcode=rng.choice(["1", "2", None]),
            updated_at=DAY + timedelta(hours=rng.randrange(10)),
        )
        for number in range(count)
    ]


def stock_of(record: VariantRecord, site: str, available: Decimal) -> StockRecord:
    return StockRecord(
        backend=record.backend,
        backend_id=f"{record.backend_id}/{site}",
        fetched_at=DAY,
        variant_backend_id=record.backend_id,
        warehouse_backend_id=site,
        available=available,
    )


def place(record: VariantRecord) -> Place:
    key = (record.sku or "").strip()
    return Place(False, key) if key else Place(True, record.backend_id, record.backend)


@pytest.mark.parametrize("limit", [1, 3, 100])
async def test_a_walk_gives_every_place_once_in_order_and_all_records_at_it(
    database: Database, index: CatalogueIndex, limit: int
) -> None:
    records = world(random.Random(limit), 60)
    await put(database, CatalogueKind.VARIANT, *records)
    part = Part(kind=CatalogueKind.VARIANT, backends=BACKENDS)

    walked: list[Place] = []
    while page := await index.places(part, walked[-1] if walked else None, limit):
        walked += page
    held = await index.records(CatalogueKind.VARIANT, walked)

    assert walked == sorted({place(record) for record in records})
    assert sorted(r.backend_id for found in held.values() for r in found) == sorted(r.backend_id for r in records)
    for at, found in held.items():
        assert all(place(record) == at for record in found)
        assert [r.backend for r in found] == sorted((r.backend for r in found), key=list(Backend).index)
    assert await index.count(part) == len(walked)


async def test_what_goes_by_a_text_too_long_for_an_index_stands_among_those_without_sku(
    database: Database, index: CatalogueIndex
) -> None:
    long = "".join(random.Random(1).choices("0123456789abcdef", k=20_000))
    await put(database, CatalogueKind.VARIANT, variant(Backend.CENTRY, 1, long), variant(Backend.CENTRY, 2, "A"))

    places = await index.places(Part(kind=CatalogueKind.VARIANT, backends=BACKENDS), None, 10)

    assert places == [Place(False, "A"), Place(True, "v001", Backend.CENTRY)]


async def test_filters_agree_with_what_the_records_say(database: Database, index: CatalogueIndex) -> None:
    rng = random.Random(7)
    records = world(rng, 80)
    await put(database, CatalogueKind.VARIANT, *records)

    for _ in range(60):
        names = rng.sample(BACKENDS, rng.randint(1, 2))
        wanted = CatalogueFilter(
            skus=frozenset(rng.sample(KEYS, 8)) if rng.random() < 0.5 else None,
            barcodes=frozenset(rng.sample(["1", "2", "3"], 2)) if rng.random() < 0.5 else None,
            updated_at=TimeRange(start=DAY + timedelta(hours=rng.randrange(10))) if rng.random() < 0.5 else None,
        )
        part = Part(kind=CatalogueKind.VARIANT, backends=names, filter=wanted)

        fitting = {
            place(record)
            for record in records
            if record.backend in names
            and (wanted.skus is None or (record.sku or "").strip() in wanted.skus - {"", " "})
            and (wanted.barcodes is None or record.barcode in wanted.barcodes)
            and (wanted.updated_at is None or wanted.updated_at.holds(record.updated_at))
        }
        assert await index.places(part, None, 1000) == sorted(fitting)
        assert await index.count(part) == len(fitting)


async def test_a_count_fits_the_page_that_it_is_told_with_or_is_none(database: Database, index: CatalogueIndex) -> None:
    await put(database, CatalogueKind.VARIANT, *(variant(Backend.CENTRY, n, f"S{n}") for n in range(4)))
    stock = [stock_of(variant(Backend.CENTRY, n, None), "w1", Decimal(n)) for n in range(4)]
    await put(database, CatalogueKind.STOCK, *stock)
    part, sites = Part(kind=CatalogueKind.VARIANT, backends=BACKENDS), [(Backend.CENTRY, "w1")]
    places = await index.places(part, None, 10)
    rows = [row.place for row in await index.stock(sites, None, None, 10)]
    pages = [(None, 2, True), (None, 4, False), (1, 2, True), (1, 3, False)]

    async def counts() -> list[tuple[int | None, int | None]]:
        """Behind the place of this number so many were shown."""
        return [
            (
                await index.count(part, Shown(*shown(places, after, size, more))),
                await index.count_stock(sites, None, Shown(*shown(rows, after, size, more))),
            )
            for after, size, more in pages
        ]

    assert await counts() == [(4, 4)] * 4
    await put(database, CatalogueKind.VARIANT, variant(Backend.CENTRY, 9, "S9"))
    await put(database, CatalogueKind.STOCK, stock_of(variant(Backend.CENTRY, 9, None), "w1", Decimal(9)))
    assert await counts() == [(5, 5), (None, None), (5, 5), (None, None)], "what was shown as the end no longer is"


def shown(places: list[P], after: int | None, size: int, more: bool) -> tuple[P | None, list[P], bool]:
    start = 0 if after is None else after
    return None if after is None else places[start - 1], places[start : start + size], more


async def test_more_skus_than_fit_into_a_statement(database: Database, index: CatalogueIndex) -> None:
    await put(database, CatalogueKind.VARIANT, *(variant(Backend.CENTRY, n, f"S{n:04}") for n in range(1200)))
    wanted = CatalogueFilter(skus=frozenset(f"S{n:04}" for n in range(0, 1200, 2)) | {"none"})
    part = Part(kind=CatalogueKind.VARIANT, backends=BACKENDS, filter=wanted)

    first = await index.places(part, None, 550)
    rest = await index.places(part, first[-1], 550)

    assert [at.key for at in first + rest] == [f"S{n:04}" for n in range(0, 1200, 2)]
    assert await index.count(part) == 600


async def test_a_record_comes_back_as_it_was(database: Database, index: CatalogueIndex) -> None:
    record = ProductRecord(
        backend=Backend.CENTRY,
        backend_id="p/1",
        fetched_at=DAY,
        created_at=DAY,
        raw=b'{"price":1.10}',
        sku="A",
        name="Größe ☃",
        status=CatalogStatus.ACTIVE,
        prices=[Price(amount=Money(Decimal("1.10"), "CLP"))],
    )
    await put(database, CatalogueKind.PRODUCT, record)

    assert await index.records(CatalogueKind.PRODUCT, [Place(False, "A")]) == {Place(False, "A"): [record]}


async def test_what_is_as_it_was_is_not_written_again(database: Database, index: CatalogueIndex) -> None:
    before = variant(Backend.CENTRY, 1, "A"), variant(Backend.CENTRY, 2, "B")
    later = variant(Backend.CENTRY, 1, "A", fetched_at=DAY + timedelta(1)), variant(Backend.CENTRY, 2, "C")
    assert await put(database, CatalogueKind.VARIANT, *before) == 2

    assert await put(database, CatalogueKind.VARIANT, *later) == 1
    held = await index.records(CatalogueKind.VARIANT, [Place(False, key) for key in "ABC"])

    assert [found[0].fetched_at if found else None for found in held.values()] == [DAY, None, DAY]


async def test_a_pass_takes_away_what_it_did_not_meet_of_its_own_shelf(database: Database, index: CatalogueIndex) -> None:
    mine, others = variant(Backend.CENTRY, 1, "A"), variant(Backend.CENTRA, 2, "B")
    await put(database, CatalogueKind.VARIANT, mine, others, seen=1)
    await put(database, CatalogueKind.VARIANT, variant(Backend.CENTRY, 3, "C"), seen=2)

    shelf = Shelf(CatalogueKind.VARIANT, Backend.CENTRY)
    assert await database.write(lambda connection: entries.remove_unseen(connection, shelf, 2)) == 1

    places = await index.places(Part(kind=CatalogueKind.VARIANT, backends=BACKENDS), None, 10)
    assert [at.key for at in places] == ["B", "C"]


async def test_stock_comes_by_sku_and_backend_and_of_variants_without_one_last(
    database: Database, index: CatalogueIndex
) -> None:
    rng = random.Random(3)
    variants = world(rng, 40)
    rows = [
        stock_of(record, site, Decimal(number))
        for number, record in enumerate(variants)
        for site in rng.sample(["w1", "w2"], rng.randint(0, 2))
    ]
    await put(database, CatalogueKind.VARIANT, *variants)
    await put(database, CatalogueKind.STOCK, *rows)
    sites = [(Backend.CENTRA, "w1"), (Backend.CENTRY, "w2")]
    by_id = {(record.backend, record.backend_id): record for record in variants}

    walked: list[StockPlace] = []
    while page := await index.stock(sites, None, walked[-1] if walked else None, 3):
        walked += [StockPlace(row.variant, row.record.backend, row.record.backend_id) for row in page]

    expected = sorted(
        StockPlace(place(by_id[row.backend, row.variant_backend_id]), row.backend, row.backend_id)
        for row in rows
        if (row.backend, row.warehouse_backend_id) in sites
    )
    assert walked == expected
    assert await index.count_stock(sites, None) == len(expected)
    some = {"A", "z"}
    assert [r.variant.key for r in await index.stock(sites, some, None, 100)] == [
        w.variant.key for w in walked if w.variant.key in some
    ]
    assert await index.stock([], None, None, 100) == []
