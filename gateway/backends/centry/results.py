"""What changes of Centry's say in common: that a record was made or changed, that Centry has no place for something."""

from typing import Any

from gateway.errors import ErrorCode
from gateway.models import Backend
from gateway.transactions.facts import RecordRef
from gateway.transactions.work import Achieved, Done, Job, Wrong


def done(job: Job[Any], type_name: str, backend_id: str) -> Done:
    """The one item of a step, with its record."""
    return Done({index: Achieved(RecordRef(type_name, Backend.CENTRY, backend_id)) for index in job.items})


def not_supported(message: str, *path: str) -> Wrong:
    return Wrong(path=path, message=message, code=ErrorCode.NOT_SUPPORTED)
