"""Submission: from the input of a mutation to a stored transaction, or to what is wrong with the input."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from gateway.entities import TransactionPayload, UserError
from gateway.errors import ErrorCode
from gateway.operations.codes import wrong_codes
from gateway.operations.items import Asked, Operation, WrongInput, up_to_wrong
from gateway.principal import Principal
from gateway.registry import Registry
from gateway.texts import in_graph
from gateway.transactions.desk import Desk, digest_of
from gateway.transactions.ledger import KeyReused
from gateway.transactions.work import NewItem, Wrong

G = TypeVar("G")

LONGEST_KEY = 200
_STEP = re.compile(r"\w+")
_REUSED = "This key stands for another input of yours already. Use a new one for each change that you want."


async def submit(
    operation: Operation[G],
    written: Mapping[str, Any],
    *,
    key: str | None,
    principal: Principal,
    registry: Registry,
    desk: Desk,
) -> TransactionPayload:
    """Nothing is stored unless all of it is right. `written` is the input, without what was left out."""
    if key is not None and not 0 < len(key) <= LONGEST_KEY:
        return _refused([_error(f"Give a key of 1 to {LONGEST_KEY} characters, or none.", "idempotencyKey")])
    digest = digest_of(operation.name, written)
    try:
        if key is not None and (known := await desk.known(principal, key, digest)):
            return TransactionPayload(transaction=known)
        given = msgspec.convert(written, operation.given)
        items, wrong = _taken_apart(operation, given, registry)
        if wrong:
            return _refused(wrong)
        stored = await desk.submit(principal, operation.name, items, key=key, digest=digest)
    except KeyReused:
        return _refused([_error(_REUSED, "idempotencyKey")])
    except msgspec.ValidationError as error:
        return _refused([_misshapen(str(error))])
    return TransactionPayload(transaction=stored)


def _misshapen(said: str) -> UserError:
    """What the schema lets through and nobody can use: where an object is wanted, any JSON may be given. `said` is such as
    Expected `object`, got `array` - at `$.orders[0].extra`."""
    message, _, place = said.partition(" - at ")
    return _error(
        f"{message.replace(' | null', '')}: give it in that form, or leave it out.", *map(in_graph, _STEP.findall(place))
    )


def _taken_apart(operation: Operation[G], given: G, registry: Registry) -> tuple[list[NewItem], list[UserError]]:
    """The items, and what is wrong: each once, and by the gateway where a backend would say it too."""
    able = [name for name in registry.names if registry.change(name, operation.name)]
    items: list[NewItem] = []
    wrong = [each.error for each in wrong_codes(given)]
    own = set(map(_place, wrong))
    for asked in up_to_wrong(operation.apart(given, able)):
        if isinstance(asked, WrongInput):
            wrong.append(asked.error)
            own.add(_place(asked.error))
            continue
        wrong += (each for each in _problems(operation.name, asked, registry) if _place(each) not in own)
        items.append(NewItem(index=asked.index, backend=asked.backend, facts=asked.facts, optional=asked.optional))
    return items, list(dict.fromkeys(wrong))


def _place(error: UserError) -> tuple[ErrorCode, tuple[str, ...]]:
    return error.code, tuple(error.path)


def _problems(name: str, asked: Asked, registry: Registry) -> Iterator[UserError]:
    change = registry.change(asked.backend, name)
    label, where = asked.backend.label, asked.place
    if missing := registry.missing(asked.backend):
        message = f"{label} is not configured: {', '.join(missing)} missing."
        yield UserError(code=ErrorCode.BACKEND_NOT_CONFIGURED, message=message, path=where)
    elif change is None:
        yield UserError(code=ErrorCode.NOT_SUPPORTED, message=f"{label} documents no way to do {name}.", path=where)
    else:
        yield from (_at(asked, each) for each in _told(change.problems(asked.facts), asked.optional))


def _told(problems: Iterable[Wrong], optional: bool) -> Iterator[Wrong]:
    """What an optional backend does not support is no fault of the input: its item says so."""
    return (each for each in problems if not (optional and each.code is ErrorCode.NOT_SUPPORTED))


def _at(asked: Asked, wrong: Wrong) -> UserError:
    return UserError(code=wrong.code, message=wrong.message, path=(*asked.path, *wrong.path))


def _error(message: str, *path: str) -> UserError:
    return UserError(code=ErrorCode.BAD_USER_INPUT, message=message, path=path)


def _refused(errors: Sequence[UserError]) -> TransactionPayload:
    return TransactionPayload(user_errors=errors)
