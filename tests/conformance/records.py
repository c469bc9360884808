"""What every record promises: whose it is, that its times can be compared, and that its text can be read."""

import json
from collections.abc import Sequence
from datetime import timedelta

from gateway.clock import now
from gateway.models import Backend, BackendRecord
from tests.conformance.known import times_in


def assert_well_formed(name: Backend, records: Sequence[BackendRecord]) -> None:
    """All of them, with what they hold; no two have one id."""
    assert records
    assert len({record.backend_id for record in records}) == len(records)
    for record in records:
        assert record.backend is name
        assert record.backend_id.strip() == record.backend_id != ""
        assert timedelta(0) <= now() - record.fetched_at < timedelta(minutes=5)
        assert all(time.utcoffset() == timedelta(0) for time in times_in(record))
        if record.raw is not None:
            json.loads(record.raw)
