"""Scalars: how instants, dates, exact numbers and free JSON are written."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import strawberry
from graphql import FloatValueNode, GraphQLError, IntValueNode, StringValueNode, ValueNode
from strawberry.types.scalar import ScalarDefinition

from gateway.changes import NewFile
from resolvers.change_inputs import FreeJSON

JSON = FreeJSON

_LARGEST_EXPONENT = 30


def _read(parse: Callable[[str], Any], name: str, example: str) -> Callable[[Any], Any]:
    """A parser of text that says what is wanted where it is given something else."""

    def parse_value(value: Any) -> Any:
        try:
            return parse(value if isinstance(value, str) else "")
        except ValueError:
            raise GraphQLError(f"{name} cannot be read; write it as {example}.") from None

    return parse_value


def _instant(text: str) -> datetime:
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError("no offset")
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("outside of the calendar") from error


def _exact(value: Any) -> Decimal:
    """A number by its text. A float in variables has lost nothing yet: its shortest text is what was written."""
    try:
        number = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number.adjusted()) > _LARGEST_EXPONENT:
        raise GraphQLError('Decimal cannot be read; write a finite number of at most 30 digits, such as "12.50".')
    return number


def _exact_literal(node: ValueNode, _variables: Any = None) -> Decimal:
    if isinstance(node, StringValueNode | IntValueNode | FloatValueNode):
        return _exact(node.value)
    raise GraphQLError('Decimal cannot be read; write a number or a string, such as "12.50".', node)


def _plain(number: Decimal) -> str:
    return format(number, "f")


def _file(value: Any) -> NewFile:
    return value if isinstance(value, NewFile) else _no_file(value)


def _no_file(_value: Any, _variables: Any = None) -> NewFile:
    raise GraphQLError("Upload: send the file with the GraphQL multipart request convention, in a variable.")


def _scalar(name: str, description: str, python: Any, **functions: Any) -> ScalarDefinition:
    parts = {"serialize": None, "parse_value": None, "parse_literal": None} | functions
    return ScalarDefinition(name=name, description=description, specified_by_url=None, origin=python, **parts)


SCALARS: dict[object, ScalarDefinition] = {
    datetime: _scalar(
        "DateTime",
        "An instant, RFC 3339 with offset. Backend times without an offset are read in that backend's configured zone.",
        datetime,
        serialize=datetime.isoformat,
        parse_value=_read(_instant, "DateTime", '"2026-01-31T12:00:00Z", with its offset'),
    ),
    date: _scalar(
        "Date",
        "A calendar date, YYYY-MM-DD.",
        date,
        serialize=date.isoformat,
        parse_value=_read(date.fromisoformat, "Date", '"2026-01-31"'),
    ),
    Decimal: _scalar(
        "Decimal",
        "An exact decimal number, written as a string so that no client rounds it. Read from a string or a number.",
        Decimal,
        serialize=_plain,
        parse_value=_exact,
        parse_literal=_exact_literal,
    ),
    NewFile: _scalar(
        "Upload",
        "A file sent with the GraphQL multipart request convention (header `GraphQL-Require-Preflight`).",
        NewFile,
        serialize=_no_file,
        parse_value=_file,
        parse_literal=_no_file,
    ),
    JSON: _scalar("JSON", "Any JSON value.", JSON, serialize=lambda value: value, parse_value=lambda value: value),
}

ID = strawberry.ID
