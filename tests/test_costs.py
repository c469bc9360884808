"""Costs added up: what is sure, what nobody knows, and what an operation needs once."""

from collections.abc import Collection, Iterable
from math import inf

from gateway.costs import Asked, Bill, Cost, CostOf, Planned, parts, times
from gateway.models import Backend


def planned(*questions: tuple[CostOf | None, Asked, float, Collection[str]]) -> list[Planned]:
    bill = Bill()
    for question in questions:
        bill.add(Backend.CENTRY, *question)
    return bill.planned()


def of(operation: str, calls: int | None, reason: str | None = None) -> Planned:
    return Planned(backend=Backend.CENTRY, operation=operation, calls=calls, bounded=reason is None, reason=reason)


def by_tens(asked: Asked) -> Iterable[Cost]:
    return [Cost(operation="find", calls=parts(asked.keys, 10))]


def one_by_one(asked: Asked) -> Iterable[Cost]:
    return [Cost(operation="get", calls=times(asked.keys)), Cost(operation="list", calls=2, read="the list")]


def test_what_is_asked_twice_counts_twice_but_for_a_read_that_is_the_same() -> None:
    question = (one_by_one, Asked(keys=3), 1, ())
    assert planned(question, question) == [of("get", 6), of("list", 2)]


def test_keys_that_come_up_one_after_the_other_fill_fewer_calls() -> None:
    """No more than a call for each batch beyond the first, and never more than one for each key."""
    assert planned((by_tens, Asked(keys=20), 1, ())) == [of("find", 2)]
    assert planned((by_tens, Asked(keys=20), 4, ())) == [of("find", 5)]
    assert planned((by_tens, Asked(keys=3), 40, ())) == [of("find", 3)]
    assert planned((one_by_one, Asked(keys=20), 4, ())) == [of("get", 20), of("list", 2)]


def test_what_keys_depend_on_makes_unsure_only_what_depends_on_keys() -> None:
    why = "Nobody knows how many."
    assert planned((one_by_one, Asked(keys=inf), 1, (why,))) == [of("get", None, why), of("list", 2)]
    assert planned((one_by_one, Asked(keys=5), 1, (why,))) == [of("get", 5, why), of("list", 2)]


def test_what_nobody_knows_is_never_bounded() -> None:
    (told, _) = planned((one_by_one, Asked(keys=inf), 1, ()))
    assert (told.calls, told.bounded, told.reason) == (None, False, "How often it is asked for is not known beforehand.")


def test_a_backend_that_does_not_tell_is_said_to() -> None:
    (told,) = planned((None, Asked(), 1, ()))
    assert (told.operation, told.calls, told.bounded) == (None, None, False)
    assert told.reason == "Centry does not tell what it costs to ask."


def test_numbers_that_no_client_can_read_are_not_told() -> None:
    (told, _) = planned((one_by_one, Asked(keys=10.0**30), 1, ()))
    assert (told.calls, told.bounded) == (None, False)
    assert "more than 1000000000 calls" in (told.reason or "")
