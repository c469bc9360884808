"""A report of a backend names everything that is missing, and does not get longer than anyone reads."""

from datetime import UTC, datetime

import pytest

from gateway.errors import Incomplete, RateLimited
from gateway.models import Backend, SourceState
from gateway.ports import Freshness
from resolvers.sources import report
from resolvers.standings import Standing, needing

DAY = datetime(2026, 1, 1, tzinfo=UTC)


def gaps(*words: str) -> list[Incomplete]:
    return [Incomplete(Backend.CENPORTS, f"{word} is missing.") for word in words]


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("A", "A is missing."),
        ("ABC", "A is missing. B is missing. C is missing."),
        ("ABCDE", "A is missing. B is missing. C is missing. And 2 more."),
        ("AABA", "A is missing. B is missing."),
    ],
)
def test_every_gap_is_named_or_counted(missing: str, message: str) -> None:
    told = report(Backend.CENPORTS, [], None, gaps(*missing))
    assert told.state is SourceState.PARTIAL
    assert told.error is not None
    assert (told.error.code, told.error.message) == ("BACKEND_INCOMPLETE", message)


def test_what_is_older_says_what_it_lacks_too() -> None:
    late = Freshness(as_of=DAY, error=RateLimited(Backend.CENPORTS, "Later.", retry_after=9))
    told = report(Backend.CENPORTS, [], late, gaps("A"))
    assert told.state is SourceState.STALE
    assert told.error is not None
    assert (told.error.code, told.error.message, told.error.retry_after) == ("BACKEND_RATE_LIMITED", "Later. A is missing.", 9)


def test_what_rests_on_another_answer_lacks_what_that_lacks() -> None:
    partial = report(Backend.CENPORTS, [], None, gaps("A", "B"))
    told = needing(Standing(Backend.CENPORTS, gaps=gaps("C")), partial).report([])
    assert told.state is SourceState.PARTIAL
    assert told.error is not None
    assert told.error.message == "C is missing. A is missing. B is missing."
