"""Subscribing: a subscription's source of events, and how the client's fields are answered for one of them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import strawberry
from graphql import (
    DocumentNode,
    ExecutionResult,
    Executor,
    GraphQLError,
    GraphQLSchema,
    create_source_event_stream,
    execute,
    parse,
    validate,
)

from resolvers.context import Context


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A subscription that has begun."""

    events: AsyncIterator[Any]
    schema: GraphQLSchema
    document: DocumentNode
    variables: Mapping[str, Any]
    name: str | None

    async def answer(self, event: Any, context: Context) -> tuple[Mapping[str, Any] | None, Sequence[GraphQLError]]:
        """The client's fields of one event. Nothing is known of other events but what the context brings with it."""
        result = execute(
            self.schema,
            self.document,
            root_value=event,
            context_value=context,
            variable_values=dict(self.variables),
            operation_name=self.name,
        )
        told: ExecutionResult = result if isinstance(result, ExecutionResult) else await result
        return told.data, told.errors or []


async def subscribe(
    schema: strawberry.Schema, query: str, variables: Mapping[str, Any], name: str | None, context: Context
) -> Subscribed | Sequence[GraphQLError]:
    """Begin a subscription; errors where it cannot begin."""
    try:
        document = parse(query)
        if errors := validate(schema._schema, document):
            return errors
    except GraphQLError as error:
        return [error]
    except RecursionError:
        return [GraphQLError("The query is nested too deeply.")]
    executor = Executor.build(
        schema._schema, document, context_value=context, raw_variable_values=dict(variables), operation_name=name
    )
    if isinstance(executor, list):
        return executor
    source = create_source_event_stream(executor)
    events = source if isinstance(source, ExecutionResult | AsyncIterator) else await source  # type: ignore[misc]
    if isinstance(events, ExecutionResult):
        return events.errors or []
    return Subscribed(aiter(events), schema._schema, document, variables, name)
