"""The arguments that many fields share, with the words that describe them to clients."""

from typing import Annotated

import strawberry

First = Annotated[int | None, strawberry.argument(description="How many to give at most: 1 to 250.")]
After = Annotated[str | None, strawberry.argument(description="A cursor of this list: go on behind it.")]
