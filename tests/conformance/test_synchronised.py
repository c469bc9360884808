"""Synchronised: a visit brings the copy up to date, or says what kept it from that."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from gateway.errors import BackendError, MalformedReply, RateLimited, Unauthenticated, Unavailable
from gateway.ports import Synchronised
from tests.conformance.known import by_id, everything
from tests.conformance.subject import Subject

PORT = Synchronised

FAULTS: Mapping[str, Any] = {
    "down": ({"mode": "down"}, Unavailable),
    "a web page": ({"mode": "html"}, MalformedReply),
    "cut text": ({"mode": "malformed"}, MalformedReply),
    "401": ({"status": 401}, Unauthenticated),
    "429": ({"status": 429, "headers": {"Retry-After": "60"}}, RateLimited),
    "500": ({"status": 500}, Unavailable),
}


async def test_visits_are_made_in_a_rhythm(subject: Subject) -> None:
    assert subject.backend.poll_interval > 0


async def test_another_visit_makes_the_copy_fresher_and_no_different(subject: Subject) -> None:
    before = await subject.backend.freshness()
    await asyncio.gather(*(subject.backend.synchronise() for _ in range(3)))
    after = await subject.backend.freshness()
    assert after.error is None
    assert after.as_of > before.as_of
    assert by_id(await everything(subject.backend)) == by_id(subject.known)


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_visit_that_fails_is_noted_and_the_copy_stays(subject: Subject, fault: str) -> None:
    wrong, expected = FAULTS[fault]
    before = await subject.backend.freshness()
    async with _failing(subject, wrong) as backend:
        await backend.synchronise()
        noted = await backend.freshness()
    assert isinstance(noted.error, expected)
    assert isinstance(noted.error, BackendError)
    assert noted.error.backend is subject.name
    assert noted.as_of == before.as_of
    assert (await subject.backend.freshness()).error is None, "the next visit that succeeds makes up for it"


async def test_a_first_visit_that_fails_leaves_a_copy_of_no_time(subject: Subject) -> None:
    async with subject.another(fresh=True) as new:
        subject.fault(status=500)
        await new.synchronise()
        noted = await new.freshness()
    assert noted.as_of is None
    assert isinstance(noted.error, Unavailable)


@asynccontextmanager
async def _failing(subject: Subject, wrong: Mapping[str, Any]) -> AsyncIterator[Any]:
    """One that shares the subject's copy. A good visit follows, whatever became of it."""
    async with subject.another() as backend:
        subject.fault(**wrong)
        try:
            yield backend
        finally:
            subject.mend()
            await subject.backend.synchronise()
