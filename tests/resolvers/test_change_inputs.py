"""What a mutation's input says is what its operation takes, field by field, down to the last."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_type_hints

import pytest

from gateway.operations import (
    adjust_stock,
    cancel_orders,
    catalogue,
    centra,
    centry,
    confirm_orders,
    create_orders,
    create_shipments,
    one_order,
    one_shipment,
    order_tasks,
    shipment_tasks,
)
from gateway.operations.items import Operation
from schema import build_schema

MODULES = (
    adjust_stock,
    cancel_orders,
    catalogue,
    centra,
    centry,
    confirm_orders,
    create_orders,
    create_shipments,
    one_order,
    one_shipment,
    order_tasks,
    shipment_tasks,
)
OPERATIONS = {value.name: value for module in MODULES for value in vars(module).values() if isinstance(value, Operation)}
FOUND_OUT = {"Customer": {"backend_id", "first_name", "last_name"}, "LineQuantity": {"order_id"}}
"""What no caller says: it follows from what they do say."""
AT_ONCE = {"linkOrders", "retryTransaction", "cancelTransaction"}


def inputs() -> dict[str, Any]:
    """The class of each mutation's input."""
    mutation = build_schema().get_type_by_name("Mutation")
    declared = {field.graphql_name or field.name: field for field in mutation.fields}  # type: ignore[union-attr]
    names = {name.replace("_", ""): field for name, field in declared.items()}
    return {
        operation: next(argument.type for argument in names[operation.lower()].arguments if argument.python_name == "input")
        for operation in OPERATIONS
    }


def inner(annotation: Any) -> Iterator[type]:
    """The dataclasses in an annotation."""
    if is_dataclass(annotation) and isinstance(annotation, type):
        yield annotation
    for argument in get_args(annotation):
        yield from inner(argument)


def differences(given: type, facts: type, place: str) -> Iterator[str]:
    said = {name: hint for name, hint in get_type_hints(given).items() if name != "idempotency_key"}
    taken = get_type_hints(facts)
    own = {field.name for field in fields(facts)}
    own -= FOUND_OUT.get(facts.__name__, set())
    yield from (f"{place}.{name}" for name in set(said) ^ own)
    for name in set(said) & own:
        for below, beneath in zip(inner(said[name]), inner(taken[name]), strict=True):
            yield from differences(below, beneath, f"{place}.{name}")


def test_every_mutation_that_becomes_a_transaction_has_an_operation() -> None:
    mutation = build_schema()._schema.mutation_type
    assert mutation
    assert set(mutation.fields) - AT_ONCE == set(OPERATIONS)


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_an_input_has_what_its_operation_takes(name: str) -> None:
    assert list(differences(inputs()[name], OPERATIONS[name].given, name)) == []
