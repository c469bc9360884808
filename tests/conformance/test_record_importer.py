"""RecordImporter: older records are taken over by kind and id, and what cannot be read is named."""

from itertools import product

import pytest

from gateway.errors import BackendError, MalformedReply, Rejected, Unauthenticated, Unavailable
from gateway.ports import RecordImporter, Synchronised
from tests.conformance.keys import ODD
from tests.conformance.known import by_id, everything
from tests.conformance.subject import Subject

PORT = RecordImporter


async def test_a_new_gateway_can_be_told_of_everything_by_id(subject: Subject) -> None:
    """Every id is that of a record of one kind; under the others the backend knows no such record."""
    kinds, ids = subject.backend.imported_kinds, _ids(subject)
    pairs = list(product(kinds, ids))
    async with subject.another(fresh=True) as new:
        failed = await new.import_records([*pairs, *pairs[:5]])
        if isinstance(new, Synchronised):
            await new.synchronise()
        assert by_id(await everything(new)) == by_id(subject.known)
    assert all(isinstance(error, Rejected) for error in failed.values())
    read = set(pairs) - set(failed)
    assert sorted(backend_id for _, backend_id in read) == sorted(ids)
    assert set(failed) < set(pairs)


async def test_what_is_taken_over_again_stays_as_it_is(subject: Subject) -> None:
    await subject.backend.import_records(list(product(subject.backend.imported_kinds, _ids(subject))))
    assert by_id(await everything(subject.backend)) == by_id(subject.known)


async def test_kinds_and_ids_that_there_are_none_of_are_named(subject: Subject) -> None:
    wanted = [(subject.backend.imported_kinds[0], odd) for odd in (*ODD, "", " ")] + [("no kind", _ids(subject)[0])]
    failed = await subject.backend.import_records(wanted)
    assert set(failed) == set(wanted)
    assert all(isinstance(error, BackendError) for error in failed.values())
    assert await subject.backend.import_records([]) == {}


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"mode": "down"}, Unavailable),
        ({"mode": "html"}, MalformedReply),
        ({"mode": "malformed"}, MalformedReply),
        ({"status": 401}, Unauthenticated),
        ({"status": 500}, Unavailable),
    ],
    ids=str,
)
async def test_while_a_backend_fails_every_record_is_named_with_the_reason(
    subject: Subject, wrong: dict[str, object], expected: type[BackendError]
) -> None:
    wanted = [(kind, _ids(subject)[0]) for kind in subject.backend.imported_kinds]
    async with subject.another(fresh=True) as new:
        subject.fault(**wrong)
        failed = await new.import_records(wanted)
    assert set(failed) == set(wanted)
    assert all(isinstance(error, expected) for error in failed.values())


def _ids(subject: Subject) -> list[str]:
    return [record.backend_id for record in (*subject.known.orders, *subject.known.shipments)]
