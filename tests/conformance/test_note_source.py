"""NoteSource: what people wrote at an order."""

from datetime import timedelta

from gateway.ports import NoteSource
from tests.conformance.keys import assert_matched_by_record
from tests.conformance.known import sure, times_in
from tests.conformance.subject import Subject

PORT = NoteSource


async def test_notes_are_matched_by_order_and_say_something(subject: Subject) -> None:
    found = await assert_matched_by_record(subject.backend.notes_by_order, subject.known.orders)
    notes = [note for answer in found.values() for note in sure(answer)]
    assert notes
    assert all(note.text.strip() for note in notes)
    assert all(time.utcoffset() == timedelta(0) for time in times_in(notes))
