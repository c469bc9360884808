"""The arguments that many fields share, with the words that describe them to clients."""

from typing import Annotated, TypeVar

import strawberry
from strawberry import UNSET

T = TypeVar("T")

First = Annotated[int | None, strawberry.argument(description="How many to give at most: 1 to 250.")]
Input = Annotated[T, strawberry.argument(description="What is to be changed.")]
After = Annotated[str | None, strawberry.argument(description="A cursor of this list: go on behind it.")]


def given(value: T | None) -> T | None:
    """What a client gave; None where it said nothing."""
    return None if value is UNSET else value
