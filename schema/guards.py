"""Scopes at work: a guarded field is null for a caller without its scope, and says so once for each place in the query.

A field without a scope is left as it is, and costs nothing.
"""

from collections.abc import Callable
from typing import Any

from graphql import GraphQLField, GraphQLNonNull, GraphQLObjectType, GraphQLResolveInfo, GraphQLSchema

from gateway.errors import Forbidden
from gateway.principal import Scope
from resolvers.context import Context
from schema.base import scope_of


def guard(schema: GraphQLSchema) -> None:
    """Put its scope before every field that has one."""
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType):
            for name, field in kind.fields.items():
                if scope := guarding(field):
                    field.resolve = _guarded(f"{kind.name}.{name}", field, scope)


def guarding(field: GraphQLField) -> Scope | None:
    """The scope that a field needs; None where everybody may see it."""
    declared = field.extensions.get("strawberry-definition")
    return None if declared is None else scope_of(declared)


def _guarded(name: str, field: GraphQLField, scope: Scope) -> Callable[..., Any]:
    resolve = field.resolve
    if resolve is None or isinstance(field.type, GraphQLNonNull):
        raise TypeError(f"{name} has a scope, so it must be able to be null.")
    allowed = resolve

    def answer(root: Any, info: GraphQLResolveInfo[Context], **arguments: Any) -> Any:
        context = info.context
        if scope in context.principal.scopes:
            return allowed(root, info, **arguments)
        place = id(info.field_nodes[0])
        if place not in context.masked:
            context.masked.add(place)
            context.warnings.append((info.path.as_list(), Forbidden(f"{name} needs the scope `{scope}`.")))
        return None

    return answer
