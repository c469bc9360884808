"""The command `gateway operations`: every operation that a vendor documents, and the fields of the graph that reach it."""

import csv
import io
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.backends import module_of
from gateway.documentation import changes_of
from gateway.models import Backend

COLUMNS = ("id", "backend", "operation", "reached_by")


@dataclass(frozen=True, slots=True, kw_only=True)
class Documented:
    """One operation. `reached_by` are paths into the schema, or the work of the gateway's own that it is for, in brackets."""

    id: str
    backend: Backend
    operation: str
    reached_by: tuple[str, ...]


def documented() -> list[Documented]:
    """All of every backend, in the order of the vendors' pages."""
    return [one for name in Backend for one in _of(name)]


def operations_csv() -> str:
    """The whole table; several fields of one operation are separated by spaces."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((one.id, one.backend, one.operation, " ".join(one.reached_by)) for one in documented())
    return text.getvalue()


def run_operations() -> int:
    """Print the table, and beside it how many are reached."""
    every = documented()
    sys.stdout.write(operations_csv())
    reached = sum(1 for one in every if one.reached_by)
    print(f"{reached} of {len(every)} documented operations are reached", file=sys.stderr)
    return 0


def _of(name: Backend) -> Iterator[Documented]:
    """Those of the backend's module `documented`, if it has one; with the mutations whose changes call them."""
    page = module_of(name, "documented")
    known: Sequence[tuple[str, str]] = page.OPERATIONS if page else ()
    callers = [(f"Mutation.{mutation}", change.calls) for mutation, change in changes_of(name).items()]
    for number, (operation, answers) in enumerate(known, 1):
        id_ = f"{name.lower()}-{number:02}"
        read_by = (answers,) if answers.startswith("(") else tuple(answers.split())
        written_by = (mutation for mutation, calls in callers if id_ in calls)
        yield Documented(id=id_, backend=name, operation=operation, reached_by=(*read_by, *written_by))
