"""Turns: no window ever holds more calls than the limit, wherever it begins, and writes never wait for reads alone."""

import random

import pytest

from gateway.turns import Limit, Turns, Wish, parse_limit

READ, WRITE = Wish(write=False, patience=1e9), Wish(write=True, patience=1e9)
SECOND = 1_000_000


def given(turns: Turns, wishes: list[Wish], at: int) -> list[int]:
    """When each goes."""
    return [at + round(turns.take(wish, at).wait * SECOND) for wish in wishes]


def most_in_a_window(moments: list[int], span: int) -> int:
    moments = sorted(moments)
    return max(sum(start <= moment < start + span for moment in moments) for start in moments)


@pytest.mark.parametrize("seed", range(8))
def test_no_window_holds_more_than_the_limit(seed: int) -> None:
    rng = random.Random(seed)
    limit = Limit(rng.choice([1, 2, 5, 20]), rng.choice([1, 60]))
    turns, at, went = Turns(limit), 0, list[tuple[int, Wish]]()
    for _ in range(300):
        at += rng.choice([0, 0, 1, rng.randrange(limit.seconds * SECOND // 2)])
        wish = rng.choice([READ, WRITE])
        turns.forget(at)
        went += [(moment, wish) for moment in given(turns, [wish], at)]

    span = limit.seconds * SECOND
    assert most_in_a_window([moment for moment, _ in went], span) <= limit.calls
    assert most_in_a_window([moment for moment, wish in went if wish is READ], span) <= limit.reads
    assert all(moment >= 0 for moment, _ in went)


def test_calls_go_at_once_while_there_is_room_and_then_as_soon_as_there_is() -> None:
    limit = Limit(10, 60)
    went = given(Turns(limit), [WRITE] * 25, 0)
    assert went == [0] * 10 + [limit.window] * 10 + [2 * limit.window] * 5


def test_a_share_is_kept_free_for_writes() -> None:
    limit = Limit(10, 60)
    turns = Turns(limit)
    reads = given(turns, [READ] * 12, 0)
    assert reads == [0] * 8 + [limit.window] * 4
    assert given(turns, [WRITE] * 2, 0) == [0, 0]


def test_who_cannot_wait_takes_nobodys_place() -> None:
    turns = Turns(Limit(1, 60))
    assert given(turns, [READ], 0) == [0]
    hurried = turns.take(Wish(write=False, patience=5), 0)
    assert (hurried.kept, hurried.wait > 59) == (False, True)
    assert given(turns, [READ], 0) == [turns.limit.window]


def test_nobody_goes_during_a_pause() -> None:
    turns = Turns(Limit(5, 1), paused_until=3 * SECOND)
    assert given(turns, [READ, WRITE], SECOND) == [3 * SECOND, 3 * SECOND]


def test_what_is_left() -> None:
    turns = Turns(Limit(5, 1))
    given(turns, [WRITE] * 3, 0)
    assert turns.left(SECOND // 2) == 2
    assert turns.left(2 * SECOND) == 5


@pytest.mark.parametrize(
    "written", ["60", "60/day", "0/minute", "-1/second", "1.5/second", "/minute", "60 / minute", "٦/minute"]
)
def test_a_limit_that_cannot_be_read_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="60/minute"):
        parse_limit(written)


def test_a_limit_as_it_is_written() -> None:
    assert parse_limit("60/minute") == Limit(60, 60)
    assert parse_limit("3600/hour") == Limit(3600, 3600)
