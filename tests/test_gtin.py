"""Barcodes: one article has one number, however it is written; what is no number is none."""

from datetime import UTC, datetime

import pytest

from gateway.entities import Variant
from gateway.gtin import gtin
from gateway.models import Backend, VariantRecord


@pytest.mark.parametrize(
    ("barcode", "number"),
    [
        ("4006381333931", "04006381333931"),  # EAN-13
        ("036000291452", "00036000291452"),  # UPC-A
        ("0036000291452", "00036000291452"),  # the same as EAN-13
        ("96385074", "00000096385074"),  # EAN-8
        ("10614141000415", "10614141000415"),  # GTIN-14
        (" 4006381-333931 ", "04006381333931"),
    ],
)
def test_a_gtin_has_fourteen_digits(barcode: str, number: str) -> None:
    assert gtin(barcode) == number


@pytest.mark.parametrize(
    "barcode",
    [None, "", "4006381333932", "400638133393", "0000000000000", "00000000", "1111111111111", "1234567890128", "12345670",
     "N/A", "ABC-1", "٤٠٠٦٣٨١٣٣٣٩٣١", "40063813339310000"],
)  # fmt: skip
def test_what_has_a_wrong_check_digit_or_fills_a_field_is_none(barcode: str | None) -> None:
    assert gtin(barcode) is None


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (["4006381333931", "04006381333931"], "04006381333931"),
        (["4006381333931", None, "N/A"], "04006381333931"),
        (["4006381333931", "4006381333932"], "04006381333931"),
        (["4006381333931", "036000291452"], None),
        (["0000000000000", "SHELF-7"], "SHELF-7"),
        (["N/A", None], None),
    ],
    ids=["the same", "one alone", "the other is wrong", "two numbers", "no number", "nothing"],
)
def test_a_variant_has_the_number_that_its_records_agree_on(told: list[str | None], shown: str | None) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    records = [
        VariantRecord(backend=name, backend_id="1", fetched_at=at, sku="A", barcode=barcode)
        for name, barcode in zip(Backend, told, strict=False)
    ]
    variant = Variant(sku="A", records=records, sources=())

    assert variant.barcode == shown
    assert [record.barcode for record in variant.records] == told
