"""ChangeSink: a backend that can be changed says of each mutation how it is done there, and how that is found out."""

import pytest

from gateway.documentation import changes_of
from gateway.models import Backend
from gateway.ports import ChangeSink
from schema import build_schema
from tests.conformance.conftest import offered

PORT = ChangeSink
SINKS = offered(ChangeSink)


@pytest.mark.parametrize("name", SINKS)
def test_each_change_is_a_mutation_of_the_graph_and_says_how_it_is_done(name: Backend) -> None:
    mutations = build_schema()._schema.mutation_type
    assert mutations
    for operation, change in changes_of(name).items():
        assert operation in mutations.fields
        assert change.__doc__
        assert change.done_when.endswith(".")
        assert change.found_out.endswith(".")
        assert change.calls
        assert all(call.startswith(f"{name.lower()}-") for call in change.calls)
