"""Cursors: what was sealed is found again, by this gateway and for this list alone."""

import pytest

from gateway.cursors import CursorSeal
from gateway.errors import BadUserInput

SEAL = CursorSeal(b"k" * 32)


def test_a_place_comes_back() -> None:
    bound = SEAL.bind("orders", "DESC")
    cursor = SEAL.seal(bound, {"CENTRY": (17, "äöü/1")})
    assert SEAL.open(bound, cursor, dict[str, tuple[int, str]]) == {"CENTRY": (17, "äöü/1")}


@pytest.mark.parametrize("cursor", ["", "x", "not a cursor", "äöü", "A" * 40])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(BadUserInput, match="after"):
        SEAL.open(SEAL.bind("orders"), cursor, dict[str, int])


def test_one_changed_byte_is_seen() -> None:
    bound = SEAL.bind("orders")
    cursor = SEAL.seal(bound, {"a": 1})
    for index, letter in enumerate(cursor[:-1]):
        forged = cursor[:index] + ("A" if letter != "A" else "B") + cursor[index + 1 :]
        with pytest.raises(BadUserInput):
            SEAL.open(bound, forged, dict[str, int])


def test_a_cursor_of_another_list_or_gateway_is_refused() -> None:
    cursor = SEAL.seal(SEAL.bind("orders", "ASC"), {"a": 1})
    with pytest.raises(BadUserInput, match="another list"):
        SEAL.open(SEAL.bind("orders", "DESC"), cursor, dict[str, int])
    with pytest.raises(BadUserInput, match="not a cursor"):
        CursorSeal(b"o" * 32).open(SEAL.bind("orders", "ASC"), cursor, dict[str, int])
