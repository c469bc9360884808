"""Order numbers in portions that one call takes."""

from gateway.backends.cenports.numbers import listed, portions


def test_a_portion_holds_255_characters_with_its_commas() -> None:
    assert list(map(len, portions(f"A{number:05}" for number in range(50)))) == [36, 14]
    assert len(",".join(portions(f"A{number:05}" for number in range(50))[0])) == 251
    assert list(map(len, portions(["x" * 127, "y" * 127]))) == [2], "255 characters exactly"
    assert list(map(len, portions(["x" * 127, "y" * 128]))) == [1, 1]


def test_numbers_come_once_and_without_the_space_around_them() -> None:
    assert portions(["A1", " A1", "A2 "]) == [["A1", "A2"]]


def test_what_no_call_can_ask_for_is_left_out() -> None:
    assert portions(["", " ", "A,1", "x" * 256]) == []
    assert portions(["x" * 255]) == [["x" * 255]]


def test_lists_have_a_longest_length_too() -> None:
    assert listed(["A", "B", "C,", "D", "E"], longest=100, most=2) == [["A", "B"], ["C,", "D"], ["E"]]
