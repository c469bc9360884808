"""Copied: a backend whose lists are read from a copy says how current that is."""

from gateway.clock import now
from gateway.ports import Copied
from tests.conformance.subject import Subject

PORT = Copied


async def test_a_copy_that_is_in_step_says_since_when(subject: Subject) -> None:
    fresh = await subject.backend.freshness()
    assert fresh.error is None
    assert fresh.as_of is not None
    assert fresh.as_of.utcoffset() == now().utcoffset()
    assert fresh.as_of <= now()
    assert await subject.backend.freshness() == fresh, "asking makes it no fresher"


async def test_a_copy_that_nothing_has_come_to_yet_is_of_no_time(subject: Subject) -> None:
    async with subject.another(fresh=True) as new:
        assert (await new.freshness()).as_of is None
