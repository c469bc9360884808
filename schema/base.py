"""How a type is tied to the model that it shows, and a field to the function that answers it.

A schema type declares fields and describes them in docstrings, for the client developer. It holds no data: resolvers return
models, and a field without a resolver is the model's attribute of its name. Strawberry takes a field's type from its
annotation, so a resolver may be annotated with models.
"""

from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

import strawberry
from strawberry.types.field import StrawberryField

from gateway.docstrings import attribute_docs
from gateway.principal import Scope
from resolvers.asks import Stated

T = TypeVar("T")

_SCOPE = "scope"
_ASKS = "asks"


def field(resolver: Callable[..., Any] | None = None, *, scope: Scope | None = None, asks: Stated | None = None) -> Any:
    """A field that this function of `resolvers` answers, else the model's attribute.

    With a `scope` it is null for callers who lack it; see `schema.guards`. `asks` states what it asks of the backends; see
    `schema.plans`.
    """
    answer: Any = resolver
    stated = {_SCOPE: scope, _ASKS: asks}
    return strawberry.field(resolver=answer, metadata={name: value for name, value in stated.items() if value is not None})


def events(resolver: Callable[..., Any]) -> Any:
    """A field of `Subscription`: this function of `resolvers` gives its events, each of which is the field's value once."""
    source: Any = resolver
    return strawberry.subscription(resolver=source)


def scope_of(declared: StrawberryField) -> Scope | None:
    """The scope that stands on a field."""
    return declared.metadata.get(_SCOPE)


def asks_of(declared: StrawberryField) -> Stated | None:
    """What a field states of the questions that it asks; None where it asks none."""
    return declared.metadata.get(_ASKS)


def represents(*models: type) -> Callable[[type[T]], type[T]]:
    """An object type that shows values of these models."""

    def decorate(cls: type[T]) -> type[T]:
        _describe_fields(cls)
        cls.is_type_of = classmethod(lambda _cls, value, _info: isinstance(value, models))  # type: ignore[attr-defined]  # read by Strawberry
        return strawberry.type(cls, description=cls.__doc__)

    return decorate


def interface(cls: type[T]) -> type[T]:
    """An interface; its fields are described where it is declared."""
    _describe_fields(cls)
    return strawberry.interface(cls, description=cls.__doc__)


def root(cls: type[T]) -> type[T]:
    """The type of an operation."""
    _describe_fields(cls)
    return strawberry.type(cls, description=cls.__doc__)


def describe(enum: type[Enum], description: str, **values: str) -> None:
    """Describe a model's enum and every value of it. (Strawberry may know it already: from the first input that names it.)"""
    if not hasattr(enum, "__strawberry_definition__"):
        strawberry.enum(enum)
    definition = enum.__strawberry_definition__  # type: ignore[attr-defined]  # set by Strawberry
    definition.description = description
    for value in definition.values:
        value.description = values[value.name]


def _describe_fields(cls: type) -> None:
    for name, text in attribute_docs(cls).items():
        declared = cls.__dict__.get(name)
        if isinstance(declared, StrawberryField):
            scope = scope_of(declared)
            declared.description = f"{text} Null without the scope `{scope}`." if scope else text
        else:
            setattr(cls, name, strawberry.field(description=text))
