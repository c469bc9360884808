"""Authorizable: a code that is not accepted changes nothing, and a backend that fails says why."""

import pytest

from gateway.errors import BackendError, MalformedReply, Rejected, Unavailable
from gateway.ports import Authorizable
from tests.conformance.subject import Subject

PORT = Authorizable


async def test_a_code_that_is_not_accepted_changes_nothing(subject: Subject) -> None:
    for code in ("no code", "", "☃"):
        with pytest.raises(Rejected):
            await subject.backend.authorize(code)
    await subject.backend.check()


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [({"mode": "down"}, Unavailable), ({"mode": "html"}, MalformedReply), ({"status": 500}, Unavailable)],
    ids=str,
)
async def test_a_backend_that_fails_says_why(subject: Subject, wrong: dict[str, object], expected: type[BackendError]) -> None:
    async with subject.another() as other:
        subject.fault(**wrong)
        with pytest.raises(expected):
            await other.authorize("code")
