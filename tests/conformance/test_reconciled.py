"""Reconciled: nothing is asked at first, then what changed; a backend that is down leaves the place where it was."""

import pytest

from gateway.errors import BackendError
from gateway.ports import Reconciled
from tests.conformance.known import by_id, everything
from tests.conformance.subject import Subject

PORT = Reconciled


async def test_the_first_time_costs_no_call_and_later_ones_do_no_harm(subject: Subject) -> None:
    subject.control.delete("/__calls")
    place = await subject.backend.reconcile(None)
    assert subject.control.get("/__calls").json() == []

    for _ in range(2):
        place = await subject.backend.reconcile(place)
    assert by_id(await everything(subject.backend)) == by_id(subject.known)


async def test_a_backend_that_is_down_says_so(subject: Subject) -> None:
    place = await subject.backend.reconcile(None)
    subject.fault(status=503)
    with pytest.raises(BackendError):
        await subject.backend.reconcile(place)
