"""Gateways are killed while the systems below them fail: all that was accepted ends, and is done once.

`make chaos` runs the long storm; what runs with all other tests is a short one.
"""

import os
from collections import Counter
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from tests.chaos.records import paper
from tests.chaos.storm import Outcome, Place, Weather, place, storm

LONG = os.environ.get("CHAOS") == "long"
SEED = int(os.environ.get("CHAOS_SEED", "1"))
WEATHER = (
    Weather(transactions=50, adjustments=10, papers=10, updates=10, deletions=10, kills=20, seed=SEED)
    if LONG
    else Weather(transactions=8, adjustments=2, papers=2, updates=2, deletions=2, kills=3, seed=SEED)
)


async def test_what_one_gateway_accepted_is_done_once(tmp_path: Path) -> None:
    with place(tmp_path, f"sqlite:///{tmp_path}/gateway.db", gateways=1) as there:
        assert_done_once(there, await storm(there, WEATHER), WEATHER)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_what_two_gateways_accepted_is_done_once(tmp_path: Path, database_url: str) -> None:
    """Now and then one is stopped for longer than its lease, and goes on: the other has taken over by then."""
    weather = replace(WEATHER, freezes=5 if LONG else 1, kills=WEATHER.kills if LONG else 1)
    with place(tmp_path, database_url, gateways=2) as there:
        assert_done_once(there, await storm(there, weather), weather)


async def test_a_gateway_that_does_not_find_out_does_things_twice(tmp_path: Path) -> None:
    """So these tests can fail: the same storm, but every message of which nothing was heard is sent again at once."""
    lost: dict[str, Any] = {"status": 500, "lands": 0}
    besides = [("CENTRY", {"match": match, "times": 2, **lost}) for match in ("centry-65", "centry-68")]
    weather = replace(WEATHER, besides=besides)
    if not LONG:  # the long storm is bad enough for orders
        besides.append(("CENTRY", {"match": "centry-57", "share": 0.6, **lost}))
        weather = replace(weather, kills=0, adjustments=0, updates=0, deletions=0)
    with place(tmp_path, f"sqlite:///{tmp_path}/gateway.db", gateways=1, command=("tests.chaos.careless",)) as there:
        outcome = await storm(there, weather)
        doubled = {where: (held - orders(weather)).total() for where, held in made(there, weather).items()}
        files = sum(len(there.records.documents(number)) for number in range(weather.papers)) - weather.papers
        notes = sum(len(there.records.notes(number)) for number in range(weather.papers)) - weather.papers
    print(told(there, outcome), doubled, f"{files} files and {notes} notes too many")
    assert doubled["CENTRY"] or doubled["CARTONCLOUD"]
    assert files
    assert notes


def assert_done_once(there: Place, outcome: Outcome, weather: Weather) -> None:
    print(told(there, outcome))
    assert all(len(handles) == 1 for handles in outcome.handles.values()), "a key has several transactions"
    known = {each["handle"] for each in outcome.transactions}
    assert known == {handle for handles in outcome.handles.values() for handle in handles}, "a transaction is lost"
    assert len(known) == len(outcome.transactions) == outcome.wishes
    for key in outcome.handles:
        statuses = {"COMPLETED", "UNKNOWN"} if key.startswith("add-") else {"COMPLETED"}
        assert outcome.of(key)["status"] in statuses, (key, outcome.of(key))
    for where, held in made(there, weather).items():
        assert held == orders(weather), where
    assert_adjusted_once(there, outcome, weather)
    assert_papers_once(there, weather)
    if weather.updates:
        assert_updated_in_order(there, outcome, weather)
    assert there.records.gone() == there.records.doomed


def assert_adjusted_once(there: Place, outcome: Outcome, weather: Weather) -> None:
    """What was added may be unknown, for nobody can find it out; but it was added once at most. What was set came in order."""
    for number in range(weather.adjustments):
        known = outcome.of(f"add-{number}")["status"] == "COMPLETED"
        assert there.goods.added(number) in ({1} if known else {0, 1})
    for which, prefix in (("set", "set-"), ("set at Centry", "set-at-centry-")):
        each = {100 + number: outcome.of(f"{prefix}{number}")["submittedAt"] for number in range(weather.adjustments)}
        assert there.goods.stock(which) == max(each, key=lambda quantity: each[quantity])


def assert_papers_once(there: Place, weather: Weather) -> None:
    """Each order has its new document alone, whole, and its note."""
    for number in range(weather.papers):
        assert there.records.documents(number) == [paper(number)]
        assert there.records.notes(number) == [str(number)]


def assert_updated_in_order(there: Place, outcome: Outcome, weather: Weather) -> None:
    """Each record is as its last update left it; where it has versions, each update made one. What is new is there once."""
    for what, target in there.records.targets().items():
        each = {str(number): outcome.of(f"change-{what}-{number}")["submittedAt"] for number in range(weather.updates)}
        assert target.value == max(each, key=lambda value: each[value]), what
        assert target.version in (None, 1 + weather.updates), what
    products = there.records.products()
    assert [products[f"NEW-{number}"] for number in range(weather.updates)] == [1] * weather.updates


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
