"""Operations: what a client asks for, read out of what it sent, and what came of it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

import msgspec
from graphql import GraphQLError, OperationDefinitionNode, OperationType, parse

from gateway.costs import Planned
from gateway.errors import ErrorCode, GatewayError
from gateway.principal import Principal, Scope
from gateway.server.authentication import Refused


@dataclass(frozen=True, slots=True)
class Operation:
    """What a client asks for."""

    query: str
    variables: Mapping[str, Any] | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. `ran` is false where the request was refused before any field was answered.

    `plan` is what it would have cost, where that was asked for instead.
    """

    data: Mapping[str, Any] | None
    errors: Sequence[GraphQLError]
    ran: bool
    warnings: Sequence[tuple[Sequence[str | int], GatewayError]] = ()
    plan: Sequence[Planned] | None = None


@dataclass(frozen=True, slots=True)
class Stream:
    """A subscription that has begun: its events, and how the client's fields are answered for each of them."""

    events: AsyncIterator[Any]
    answer: Callable[[Any], Awaitable[Outcome]]


class Wish(StrEnum):
    """What X-Gateway-Explain may ask for: the calls that were made, or those that would be, which are then not made."""

    CALLS = "1"
    PLAN = "plan"


Execute = Callable[[Operation, Principal], Awaitable[Outcome]]
Subscribe = Callable[[Operation, Principal], Awaitable[Stream | Outcome]]
"""Begins a subscription; an Outcome where it cannot begin."""


class BadRequest(Refused):
    """A request that is no GraphQL request. The message names the mend."""

    def __init__(self, message: str, status: int = 400, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message, ErrorCode.BAD_USER_INPUT, status, headers)


class _Body(msgspec.Struct):
    query: str
    variables: dict[str, Any] | None = None
    operationName: str | None = None  # noqa: N815  # the wire's name
    extensions: dict[str, Any] | None = None


UNREADABLE = (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_NO_REQUEST = (
    "The body is no GraphQL request: send a JSON object with `query` (a text) and, where needed, `variables` (an object) "
    "and `operationName` (a text)."
)

_decode_body = msgspec.json.Decoder(_Body).decode
_decode_variables = msgspec.json.Decoder(dict[str, Any] | None).decode


def of_body(body: bytes | msgspec.Raw) -> Operation:
    """The operation in a JSON object. Raises BadRequest."""
    try:
        return _operation(_decode_body(body))
    except UNREADABLE:
        raise BadRequest(_NO_REQUEST) from None


def of_object(read: Mapping[str, Any]) -> Operation:
    """The operation in an object that was JSON, and may hold files now. Raises BadRequest."""
    try:
        return _operation(msgspec.convert(read, _Body))
    except UNREADABLE:
        raise BadRequest(_NO_REQUEST) from None


def _operation(read: _Body) -> Operation:
    if not read.query:
        raise BadRequest(_NO_REQUEST)
    return Operation(read.query, read.variables, read.operationName)


def of_address(params: Mapping[str, str]) -> Operation:
    """The operation in the parameters of an address. Raises BadRequest."""
    if not params.get("query"):
        raise BadRequest("Give a query: POST it as JSON, or as the parameter `query`.")
    try:
        variables = _decode_variables(params.get("variables") or "null")
    except UNREADABLE:
        raise BadRequest("`variables` must be a JSON object.") from None
    return Operation(params["query"], variables, params.get("operationName") or None)


def kind_of(operation: Operation) -> OperationType | None:
    """What is to be run; None for a document that cannot be read, which its execution tells better.

    Raises BadRequest where it is not clear which of its operations is meant.
    """
    known = _operations(operation.query)
    if known is None:
        return None
    if not known:
        raise BadRequest("`query` holds no operation: begin it with `query`, `mutation`, `subscription` or `{`.")
    if operation.name is None and len(known) > 1:
        raise BadRequest("`query` holds several operations: say which one to run in `operationName`.")
    if operation.name is not None and operation.name not in known:
        raise BadRequest("`operationName` names no operation of `query`.")
    return known[operation.name] if operation.name is not None else next(iter(known.values()))


def check_scope(principal: Principal, scope: Scope) -> None:
    """Raises Refused where the caller lacks it."""
    if scope not in principal.scopes:
        raise Refused(f"This key lacks the scope `{scope}`.", ErrorCode.FORBIDDEN, 403)


def check_allowed(kind: OperationType | None, principal: Principal) -> None:
    """Raises Refused where the caller may not run an operation of this kind."""
    if kind is OperationType.MUTATION:
        check_scope(principal, Scope.WRITE)


@lru_cache(maxsize=512)
def _operations(query: str) -> dict[str | None, OperationType] | None:
    """The operations of a document by their names; None for one that cannot be read."""
    try:
        definitions = parse(query).definitions
    except (GraphQLError, RecursionError):
        return None
    operations = (node for node in definitions if isinstance(node, OperationDefinitionNode))
    return {node.name.value if node.name else None: node.operation for node in operations}
