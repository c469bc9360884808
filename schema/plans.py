"""Plans: how many calls a query takes at most, read off the query itself. No resolver runs and no backend is asked.

The query is parsed and validated as for its execution. Then its fields are gone through from the root: each states what it
asks, and of how many objects its own fields are asked (`resolvers.asks`); the backends tell what that costs (`gateway.costs`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any, cast

import strawberry
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLSkipDirective,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    get_argument_values,
    get_directive_values,
    get_named_type,
    get_nullable_type,
    get_operation_ast,
    get_variable_values,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    parse,
    type_from_ast,
    validate,
)
from graphql.execution.values import VariableValues
from strawberry.types.arguments import convert_arguments

from gateway.costs import Bill, Planned
from gateway.errors import BadUserInput, Forbidden, GatewayError
from gateway.ports import Priced
from gateway.principal import Principal
from resolvers.asks import Asks, Known, Need, Parents
from schema.base import asks_of
from schema.guards import guarding
from schema.query import Query

Path = tuple[str | int, ...]

MOST_FIELDS = 5000
"""Fields that are gone through: fragments may make a small query endless."""

_TOO_DEEP = "The query is nested too deeply to be planned."


@dataclass(frozen=True, slots=True)
class Plan:
    """`valid` is false where the query could not be run at all. `warnings` are as of an execution, with the field's path."""

    calls: Sequence[Planned]
    errors: Sequence[GraphQLError]
    warnings: Sequence[tuple[list[str | int], GatewayError]] = ()
    valid: bool = True


def plan(
    schema: strawberry.Schema,
    query: str,
    variables: Mapping[str, Any],
    name: str | None,
    known: Known,
    principal: Principal,
) -> Plan:
    """What the query would cost this caller."""
    try:
        document = parse(query)
        if errors := validate(schema._schema, document):
            return Plan((), errors, valid=False)
        operation = _query(document, name)
        given = get_variable_values(schema._schema, operation.variable_definitions or (), dict(variables))
        if isinstance(given, list):
            return Plan((), given, valid=False)
        walk = _Walk(schema, document, given, known, principal)
        walk.types({Query.__name__: Parents()}, [operation.selection_set], ())
    except GraphQLError as error:
        return Plan((), [error], valid=False)
    except RecursionError:
        return Plan((), [_refused(_TOO_DEEP)], valid=False)
    return Plan(walk.bill.planned(), walk.errors, walk.warnings)


def _query(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operation = get_operation_ast(document, name)
    if operation is None or operation.operation is not OperationType.QUERY:
        raise _refused("X-Gateway-Explain: plan is for queries alone. Leave it out to run this operation.")
    return operation


def _refused(message: str) -> GraphQLError:
    return GraphQLError(message, original_error=BadUserInput(message))


@dataclass
class _Walk:
    """One walk through a query."""

    schema: strawberry.Schema
    document: DocumentNode
    variables: VariableValues
    known: Known
    principal: Principal
    bill: Bill = field(default_factory=Bill)
    errors: list[GraphQLError] = field(default_factory=list)
    warnings: list[tuple[list[str | int], GatewayError]] = field(default_factory=list)
    _asked: set[tuple[Any, ...]] = field(default_factory=set)
    _fields: int = 0

    def types(self, parents: Mapping[str, Parents], selected: Iterable[SelectionSetNode], path: Path) -> None:
        """Go through what is selected of objects of these types."""
        for name, mine in parents.items():
            kind = cast("GraphQLObjectType", self.schema._schema.type_map[name])
            fields: dict[str, list[FieldNode]] = {}
            for one in selected:
                self._collect(kind, one.selections, fields)
            for key, nodes in fields.items():
                self._field(kind, mine, nodes, (*path, key))

    def _collect(self, kind: GraphQLObjectType, selections: Iterable[SelectionNode], found: dict[str, list[FieldNode]]) -> None:
        """The fields of this type by the names that the answer gives them."""
        for node in filter(self._is_wanted, selections):
            match node:
                case FieldNode():
                    found.setdefault((node.alias or node.name).value, []).append(node)
                case InlineFragmentNode() if self._is_of(kind, node):
                    self._collect(kind, node.selection_set.selections, found)
                case FragmentSpreadNode():
                    fragment = self._fragment(node.name.value)
                    if self._is_of(kind, fragment):
                        self._collect(kind, fragment.selection_set.selections, found)

    def _field(self, kind: GraphQLObjectType, parents: Parents, nodes: list[FieldNode], path: Path) -> None:
        self._fields += 1
        if self._fields > MOST_FIELDS:
            raise _refused(f"The query has more than {MOST_FIELDS} fields: too many to be planned.")
        name = nodes[0].name.value
        if name.startswith("__"):
            return
        definition = kind.fields[name]
        scope = guarding(definition)
        if scope is not None and scope not in self.principal.scopes:
            self.warnings.append((list(path), Forbidden(f"{kind.name}.{name} needs the scope `{scope}`.")))
            return
        try:
            asks = self._asks(definition, parents, nodes[0])
        except BadUserInput as error:
            self.errors.append(GraphQLError(error.message, nodes, path=list(path), original_error=error))
            return
        for need in () if asks is None else asks.needs:
            self._take(kind, parents, need)
        if not is_leaf_type(get_named_type(definition.type)):
            below = self._below(kind, name, parents, asks)
            self.types(below, [node.selection_set for node in nodes if node.selection_set], path)

    def _asks(self, definition: GraphQLField, parents: Parents, node: FieldNode) -> Asks | None:
        """What the field states; None where it is an attribute of its object."""
        declared = definition.extensions.get("strawberry-definition")
        stated = asks_of(declared) if declared else None
        if declared is None or stated is None:
            return None
        arguments = convert_arguments(
            get_argument_values(definition, node, self.variables),
            declared.arguments,
            self.schema.schema_converter.scalar_registry,
            self.schema.config,
        )
        return stated(self.known, parents, **arguments)

    def _take(self, kind: GraphQLObjectType, parents: Parents, need: Need) -> None:
        """The same question about the same objects is asked once."""
        registry = self.known.registry
        for name in need.backends:
            key = (parents, kind.name, need.question, name, need.asked)
            if key in self._asked or not need.asked.keys or registry.find(name, need.port) is None:
                continue
            self._asked.add(key)
            priced = registry.find(name, Priced)
            cost_of = None if priced is None else priced.costs.get(need.question)
            self.bill.add(name, cost_of, need.asked, parents.waves * need.steps, parents.unless | need.unless)

    def _below(self, kind: GraphQLObjectType, name: str, parents: Parents, asks: Asks | None) -> Mapping[str, Parents]:
        """The objects that a field gives, by their types."""
        given = get_named_type(kind.fields[name].type)
        if asks is None:
            below: Parents | Mapping[str, Parents] = self._attribute(kind, name, parents)
        else:
            below = replace(parents) if asks.below is None else asks.below
        if not is_abstract_type(given):
            return {given.name: below if isinstance(below, Parents) else below.get(given.name, Parents(count=0))}
        if isinstance(below, Parents):
            return {possible.name: below for possible in self.schema._schema.get_possible_types(given)}
        return below

    def _attribute(self, kind: GraphQLObjectType, name: str, parents: Parents) -> Parents:
        """Nobody knows how long a list is, but for those of a page, and for an entity's records: one in each backend."""
        given = kind.fields[name].type
        records = self.schema._schema.type_map["BackendRecord"]
        named = get_named_type(given)
        is_record = isinstance(named, GraphQLObjectType) and records in named.interfaces
        if not is_list_type(get_nullable_type(given)) or "pageInfo" in kind.fields or is_record:
            return parents
        reason = f"How many `{name}` each {kind.name} has is not known beforehand."
        return replace(parents, count=inf if parents.count else 0, unless=parents.unless | {reason})

    def _is_wanted(self, node: SelectionNode) -> bool:
        skip = get_directive_values(GraphQLSkipDirective, node, self.variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self.variables)
        return not (skip and skip["if"]) and not (include and not include["if"])

    def _is_of(self, kind: GraphQLObjectType, node: InlineFragmentNode | FragmentDefinitionNode) -> bool:
        if node.type_condition is None:
            return True
        wanted = type_from_ast(self.schema._schema, node.type_condition)
        return wanted is kind or (is_abstract_type(wanted) and self.schema._schema.is_sub_type(wanted, kind))

    def _fragment(self, name: str) -> FragmentDefinitionNode:
        return next(
            node for node in self.document.definitions if isinstance(node, FragmentDefinitionNode) and node.name.value == name
        )
