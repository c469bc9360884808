"""BackendPort: a backend can be checked and closed, gives no secret away, and fails in words, whatever it is asked."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from gateway.errors import BackendError, MalformedReply, RateLimited, Rejected, TimedOut, Unauthenticated, Unavailable
from gateway.ports import BackendPort, Synchronised
from tests.conformance.questions import answers, assert_true_or_failed
from tests.conformance.subject import Subject
from tests.secrets import found_in

PORT = BackendPort

FAULTS: Mapping[str, Any] = {
    "down": ({"mode": "down"}, Unavailable),
    "a web page": ({"mode": "html"}, MalformedReply),
    "cut text": ({"mode": "malformed"}, MalformedReply),
    "cut connection": ({"mode": "truncated"}, MalformedReply),
    "another form": ({"body": 7}, MalformedReply),
    "a redirect": ({"status": 302, "headers": {"Location": "http://127.0.0.1:9/"}}, MalformedReply),
    "400": ({"status": 400}, Rejected),
    "401": ({"status": 401}, Unauthenticated),
    "403": ({"status": 403}, Unauthenticated),
    "429": ({"status": 429, "headers": {"Retry-After": "60"}}, RateLimited),
    "500": ({"status": 500}, Unavailable),
    "503": ({"status": 503, "headers": {"Retry-After": "60"}}, Unavailable),
}
"""What goes wrong, and the errors that say so."""

COUNTS = ("product_count",)
"""Questions whose answer is a bare number: nobody can tell a wrong one from the right one."""

ROUNDS = 3
"""Different odd answers to each question."""

OF_A_TOKEN: Mapping[str, Sequence[type[BackendError]]] = {"400": [Unauthenticated]}
"""What a fault means besides where a token is asked for: OAuth refuses credentials with 400 too."""


async def test_a_backend_that_is_well_passes_its_check(subject: Subject) -> None:
    assert subject.backend.name is subject.name
    await subject.backend.check()


async def test_a_backend_may_be_closed_again_and_before_it_was_asked_anything(subject: Subject) -> None:
    async with subject.another(fresh=True) as backend:
        await backend.close()
        await backend.close()
    async with subject.another() as backend:
        await backend.check()
        await backend.close()
        await backend.close()


async def test_no_representation_of_a_backend_holds_a_secret(subject: Subject) -> None:
    told = repr([subject.settings(), subject.backend, vars(subject.backend)])
    assert not found_in(told)


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_backend_that_fails_says_how_in_every_answer(subject: Subject, fault: str) -> None:
    """It answers as if nothing were amiss, from a copy or out of what it was given, or with the error; and never less."""
    wrong, *errors = FAULTS[fault]
    async with subject.another() as known_of_before, subject.another(fresh=True) as new:
        await known_of_before.check()
        subject.fault(**wrong)
        await asyncio.gather(
            _assert_true_or_failed(subject, known_of_before, errors),
            _assert_true_or_failed_from_the_first(subject, new, [*errors, *OF_A_TOKEN.get(fault, ())]),
        )


@pytest.mark.parametrize("seed", range(ROUNDS))
async def test_odd_values_in_an_answer_are_blanks_or_errors_and_never_a_crash(subject: Subject, seed: int) -> None:
    async with subject.another(fresh=True) as new:
        await new.check()
        subject.distort(seed)
        if isinstance(new, Synchronised):
            await new.synchronise()
        for answer in (await answers(new, subject.known)).values():
            assert isinstance(answer, BackendError | dict | list | int | None)


@pytest.mark.parametrize("wrong", [{"latency": 30}, {"mode": "drip"}], ids=["silence", "a byte a second"])
async def test_nobody_waits_longer_than_the_time_that_a_call_is_given(subject: Subject, wrong: dict[str, Any]) -> None:
    async with subject.another(fresh=True, timeout=0.2) as new:
        subject.fault(**wrong)
        started = time.monotonic()
        await _assert_true_or_failed_from_the_first(subject, new, [TimedOut])
        assert time.monotonic() - started < 3


async def _assert_true_or_failed_from_the_first(subject: Subject, new: Any, errors: Sequence[type[BackendError]]) -> None:
    """The same for one that has no token yet, and no copy."""
    if isinstance(new, Synchronised):
        await new.synchronise()
    await _assert_true_or_failed(subject, new, errors)


async def _assert_true_or_failed(subject: Subject, backend: Any, errors: Sequence[type[BackendError]]) -> None:
    found = await answers(backend, subject.known)
    assert isinstance(found["check"], tuple(errors)), f"check: {found['check']!r}"
    for method, answer in found.items():
        if method in COUNTS and type(answer) is int:
            continue
        assert_true_or_failed(method, answer, subject.answers[method], tuple(errors))
