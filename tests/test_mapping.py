"""The rules that all mappings share: what they make of what vendors send."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from gateway import mapping
from gateway.mapping import Absent, Field, Scope, Table
from gateway.models import Money, Reference

SCOPE = Scope(zone=ZoneInfo("America/Santiago"), currency="CLP", fetched_at=datetime(2026, 1, 1, tzinfo=UTC), raw=b"{}")


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("58", Decimal(58)),
        (1135.1, Decimal("1135.1")),
        (Decimal("0.10"), Decimal("0.10")),
        (" 12.50 ", Decimal("12.50")),
        ("", None),
        (None, None),
        ("n/a", None),
        ("NaN", None),
        ("1e999", None),
        (True, None),
    ],
)
def test_numbers(sent: object, meant: Decimal | None) -> None:
    assert mapping.decimal(sent, SCOPE) == meant


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("2019-11-01T10:15:14.000000Z", datetime(2019, 11, 1, 10, 15, 14, tzinfo=UTC)),
        ("2018-10-17T17:57:29.888-03:00", datetime(2018, 10, 17, 20, 57, 29, 888000, tzinfo=UTC)),
        ("2019-03-27 12:52:20", datetime(2019, 3, 27, 15, 52, 20, tzinfo=UTC)),
        ("0000-00-00 00:00:00", None),
        ("", None),
        (None, None),
        ("yesterday", None),
        ("9999-12-31T23:59:59-14:00", None),
    ],
)
def test_instants_are_utc_and_a_missing_zone_is_the_configured_one(sent: object, meant: datetime | None) -> None:
    assert mapping.instant(sent, SCOPE) == meant


def test_days_texts_amounts_and_flags() -> None:
    assert mapping.day("2018-06-22", SCOPE) == date(2018, 6, 22)
    assert mapping.day("2018-06-22T23:00:00-08:00", SCOPE) == date(2018, 6, 22)
    assert mapping.text("  ", SCOPE) is None
    assert mapping.text(42, SCOPE) == "42"
    assert mapping.text({"a": 1}, SCOPE) is None
    assert mapping.money("2900", SCOPE) == Money(Decimal(2900), "CLP")
    assert mapping.money(None, SCOPE) is None
    assert mapping.integer("3.0", SCOPE) == 3
    assert mapping.integer("3.5", SCOPE) is None
    assert mapping.integer(2**31, SCOPE) is None
    assert [mapping.yes_or_no(word, SCOPE) for word in ("yes", "NO", True, "maybe", None)] == [True, False, True, None, None]


def test_a_table_makes_the_model_by_its_rules() -> None:
    table = Table(Reference, "thing", (Field("name", "a.b", mapping.text), Field("value", ("c", "d"), lambda c, d, _s: c + d)))

    class Inner:
        b = " x "

    class Wire:
        a = Inner()
        c, d = "1", "2"

    assert table(Wire(), SCOPE) == Reference("x", "12")
    assert Absent("name", "because").why == "because"
