"""Gateways are killed while the systems below them fail: all that was accepted ends, and is done once.

`make chaos` runs the long storm; what runs with all other tests is a short one.
"""

import os
from collections import Counter
from dataclasses import replace
from pathlib import Path
from statistics import median

import pytest

from tests.chaos.storm import Outcome, Place, Weather, place, storm

LONG = os.environ.get("CHAOS") == "long"
SEED = int(os.environ.get("CHAOS_SEED", "1"))
WEATHER = (
    Weather(transactions=50, adjustments=10, kills=20, seed=SEED)
    if LONG
    else Weather(transactions=8, adjustments=2, kills=3, seed=SEED)
)


async def test_what_one_gateway_accepted_is_done_once(tmp_path: Path) -> None:
    with place(tmp_path, f"sqlite:///{tmp_path}/gateway.db", gateways=1) as there:
        assert_done_once(there, await storm(there, WEATHER), WEATHER)


@pytest.mark.long
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_what_two_gateways_accepted_is_done_once(tmp_path: Path, database_url: str) -> None:
    """Now and then one is stopped for longer than its lease, and goes on: the other has taken over by then."""
    weather = replace(WEATHER, freezes=5 if LONG else 1, kills=WEATHER.kills if LONG else 1)
    with place(tmp_path, database_url, gateways=2) as there:
        assert_done_once(there, await storm(there, weather), weather)


@pytest.mark.long
async def test_a_gateway_that_does_not_find_out_does_things_twice(tmp_path: Path) -> None:
    """So these tests can fail: the same storm, but every message of which nothing was heard is sent again at once."""
    weather = WEATHER if LONG else replace(WEATHER, kills=0, adjustments=0)
    with place(tmp_path, f"sqlite:///{tmp_path}/gateway.db", gateways=1, command=("tests.chaos.careless",)) as there:
        if not LONG:  # the long storm is bad enough
            there.fault("CENTRY", match="centry-57", share=0.6, status=500, lands=0)
        outcome = await storm(there, weather)
        doubled = {where: (held - orders(weather)).total() for where, held in made(there, weather).items()}
    print(told(there, outcome), doubled)
    assert doubled["CENTRY"] or doubled["CARTONCLOUD"]


def assert_done_once(there: Place, outcome: Outcome, weather: Weather) -> None:
    print(told(there, outcome))
    assert all(len(handles) == 1 for handles in outcome.handles.values()), "a key has several transactions"
    known = {each["handle"] for each in outcome.transactions}
    assert known == {handle for handles in outcome.handles.values() for handle in handles}, "a transaction is lost"
    assert len(known) == len(outcome.transactions) == weather.transactions + 3 * weather.adjustments
    for key in outcome.handles:
        statuses = {"COMPLETED", "UNKNOWN"} if key.startswith("add-") else {"COMPLETED"}
        assert outcome.of(key)["status"] in statuses, (key, outcome.of(key))
    for where, held in made(there, weather).items():
        assert held == orders(weather), where
    assert_adjusted_once(there, outcome, weather)


def assert_adjusted_once(there: Place, outcome: Outcome, weather: Weather) -> None:
    """What was added may be unknown, for nobody can find it out; but it was added once at most. What was set came in order."""
    for number in range(weather.adjustments):
        known = outcome.of(f"add-{number}")["status"] == "COMPLETED"
        assert there.goods.added(number) in ({1} if known else {0, 1})
    for which, prefix in (("set", "set-"), ("set at Centry", "set-at-centry-")):
        each = {100 + number: outcome.of(f"{prefix}{number}")["submittedAt"] for number in range(weather.adjustments)}
        assert there.goods.stock(which) == max(each, key=lambda quantity: each[quantity])


def orders(weather: Weather) -> Counter[str]:
    """What each place should have: one order of each number."""
    return Counter(f"CH-{number}" for number in range(weather.transactions))


def made(there: Place, weather: Weather) -> dict[str, Counter[str]]:
    """What each place has of these numbers."""
    known = orders(weather)
    return {
        where: Counter({number: times for number, times in held.items() if number in known})
        for where, held in there.goods.held().items()
    }


def told(there: Place, outcome: Outcome) -> str:
    starts = [start for gateway in there.gateways for start in gateway.starts]
    return (
        f"{dict(outcome.statuses)}, {outcome.repeated} messages repeated, {outcome.seconds:.0f} s of storm and "
        f"{outcome.calm:.0f} s until all had ended, {median(starts):.1f} s to start (median of {len(starts)})"
    )
