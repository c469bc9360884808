"""What clients see: the types of the graph, their fields and their descriptions."""

from functools import cache

import strawberry
from graphql import DirectiveLocation, GraphQLDirective, GraphQLError, GraphQLSchema
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from schema import enums
from schema.guards import guard
from schema.mutation import Mutation
from schema.query import Query
from schema.scalars import SCALARS
from schema.subscription import Subscription
from schema.types import ProductRecord, VariantRecord, WarehouseRecord

__all__ = ["build_schema", "enums"]


class Schema(strawberry.Schema):
    """The schema. What went wrong is logged by the endpoint, which knows the request, and what of it is public."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        return None


@cache
def build_schema() -> strawberry.Schema:
    """The schema, which holds nothing of a request or a gateway: one is enough for a process."""
    schema = Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[ProductRecord, VariantRecord, WarehouseRecord],
        extensions=[ParserCache, ValidationCache],  # clients ask the same few documents again and again
        config=StrawberryConfig(scalar_map=SCALARS),
    )
    _hide_newest_location(schema._schema)
    guard(schema._schema)
    return schema


def _hide_newest_location(schema: GraphQLSchema) -> None:
    """`@deprecated` on directives: clients of graphql-core 3.2 and graphql-js before 16.15 cannot read a schema that has it."""
    schema.directives = tuple(_without_newest(directive) for directive in schema.directives)


def _without_newest(directive: GraphQLDirective) -> GraphQLDirective:
    if DirectiveLocation.DIRECTIVE_DEFINITION not in directive.locations:
        return directive
    parts = directive.to_kwargs()
    parts["locations"] = tuple(p for p in directive.locations if p is not DirectiveLocation.DIRECTIVE_DEFINITION)
    return GraphQLDirective(**parts)
