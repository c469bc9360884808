"""Items of an input: each for one backend, with its place in the input, or what is wrong with it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, Protocol, TypeVar

from gateway import ids
from gateway.entities import UserError
from gateway.errors import BadUserInput, ErrorCode
from gateway.models import Backend

G = TypeVar("G")
R = TypeVar("R")


class Counted(Protocol):
    """Whatever is given in a quantity."""

    @property
    def quantity(self) -> Decimal | int: ...


class WrongInput(Exception):
    """One thing that is wrong with an input. `path` leads into it."""

    def __init__(self, message: str, *path: str, code: ErrorCode = ErrorCode.BAD_USER_INPUT) -> None:
        super().__init__(message)
        self.error = UserError(code=code, message=message, path=path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an item asks of a backend. `path` leads to the item, `named` from there to what names the backend; `chosen` to what
    names it for all items alike.

    An `optional` one is for whichever backends know what it is about.
    """

    index: int
    backend: Backend
    facts: Any
    path: tuple[str, ...]
    named: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()
    optional: bool = False

    @property
    def place(self) -> tuple[str, ...]:
        """Where its backend is named, as far as it is."""
        return self.chosen or (*self.path, *self.named)


@dataclass(frozen=True, slots=True)
class Operation(Generic[G]):
    """A mutation: its name in the graph, what its input is, and how that is taken apart.

    `apart` is given the input and the backends that are configured and can do it. Where it raises WrongInput, that is the last
    that it says of the input.
    """

    name: str
    given: type[G]
    apart: "Callable[[G, Sequence[Backend]], Iterator[Asked | WrongInput]]"


def backend_id(type_name: str, written: str, *path: str) -> tuple[Backend, str]:
    """The backend's own id that an id of the graph stands for. Raises WrongInput."""
    try:
        ref = ids.decode_as(type_name, written, path[-1])
    except BadUserInput as error:
        raise WrongInput(error.message, *path) from None
    if ref.backend is None or not ref.key:
        raise WrongInput(f"This is the id of no {type_name} in a backend. Take ids from `id` fields.", *path)
    return ref.backend, ref.key


def record_of(backend: Backend, type_name: str, written: str, *path: str) -> str:
    """The same of a record that must be one of this backend. Raises WrongInput."""
    at, record = backend_id(type_name, written, *path)
    if at is not backend:
        raise WrongInput(f"This is a record of {at.label}, not of {backend.label}.", *path)
    return record


def tried(find: Callable[[], R]) -> R | WrongInput:
    """What is found; or what is wrong, so that more can be told of the same element."""
    try:
        return find()
    except WrongInput as wrong:
        return wrong


def record_or_wrong(
    backend: Backend, type_name: str, written: str | None, *path: str
) -> tuple[str | None, Sequence[WrongInput]]:
    """What `record_of` finds. An id that is wrong stays as it was, so that the backend says what else is."""
    found = None if written is None else tried(lambda: record_of(backend, type_name, written, *path))
    return (written, [found]) if isinstance(found, WrongInput) else (found, [])


def known(named: tuple[Backend, str] | WrongInput) -> tuple[Backend | None, str | None]:
    """What `backend_id` found, as far as it did."""
    return (None, None) if isinstance(named, WrongInput) else named


def one_of(given: Mapping[str, object], *path: str) -> None:
    """Raises WrongInput unless exactly one of the fields was given."""
    if sum(value is not None for value in given.values()) != 1:
        raise WrongInput(f"Give exactly one of {' and '.join(f'`{name}`' for name in given)}.", *path)


def only_item(backend: Backend, facts: object, *named: str) -> Asked:
    """What an input asks that has no list of items, but is one itself."""
    return Asked(index=0, backend=backend, facts=facts, path=(), named=named)


def up_to_wrong(asked: Iterable[Asked | WrongInput]) -> Iterator[Asked | WrongInput]:
    """What is asked until WrongInput is raised, and that as the last."""
    try:
        yield from asked
    except WrongInput as wrong:
        yield wrong


def each(
    name: str, given: Sequence[G], take: Callable[[int, G, tuple[str, ...]], Iterable[Asked | WrongInput]]
) -> Iterator[Asked | WrongInput]:
    """What each element of a list asks, and what is wrong with those that ask nothing that can be understood."""
    if not given:
        yield WrongInput("Name at least one.", name)
    for index, element in enumerate(given):
        yield from up_to_wrong(take(index, element, (name, str(index))))


def every(
    given: Iterable[G], take: Callable[[G, tuple[str, ...]], G], *path: str
) -> tuple[tuple[G, ...], Sequence[WrongInput]]:
    """The elements of a list inside of an item as `take` makes them, and what is wrong with those that stay as they were."""
    taken: list[G] = []
    wrong: list[WrongInput] = []
    for index, element in enumerate(given):
        try:
            taken.append(take(element, (*path, str(index))))
        except WrongInput as error:
            taken.append(element)
            wrong.append(error)
    return tuple(taken), wrong


def above_zero(given: Iterable[Counted], *path: str) -> Iterator[WrongInput]:
    """What is wrong with elements of which nothing, or less, is given."""
    for index, element in enumerate(given):
        if element.quantity <= 0:
            yield WrongInput("Give a quantity above zero.", *path, str(index), "quantity")


def only_once(items: Iterable[Asked | WrongInput], key: Callable[[Asked], object]) -> Iterator[Asked | WrongInput]:
    """The items; one that names the same thing as an earlier one is wrong."""
    seen: set[object] = set()
    for item in items:
        if isinstance(item, Asked):
            if (named := key(item)) in seen:
                yield WrongInput("This is named twice.", *item.path, *item.named)
            seen.add(named)
        yield item
