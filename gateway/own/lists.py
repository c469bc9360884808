"""Lists of what one backend alone has: how a part of one is asked for and given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeAlias, TypeVar

R = TypeVar("R", covariant=True)

Condition: TypeAlias = str | int | bool | datetime
"""What a filter asks for. True stands for a filter that has no value; false and null are no conditions."""

Path: TypeAlias = tuple[str, ...]
"""The backend's ids that lead to a record: its own, behind those of what it belongs to. Empty for what there is once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnQuery:
    """The next `limit` records of a list by their ids, behind the id `after` (None: from its start).

    `owner` leads to what the list belongs to. `filters` go by the backend's own names, all of which a record has to meet.
    """

    owner: Path = ()
    filters: Mapping[str, Condition] = field(default_factory=dict)
    after: str | None = None
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSlice(Generic[R]):
    """Records in the order of their ids; `more` tells whether others lie behind them."""

    records: Sequence[R]
    more: bool
