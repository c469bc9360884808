"""How a message is held against the tables of CartonCloud's page: of what form a member is, and whether it must be there.

A member of another JSON type makes the whole request invalid. What is missing or cannot be is told by its JSON Pointer.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, auto
from typing import Any, TypeAlias

Problem: TypeAlias = dict[str, Any]


class Malformed(Exception):
    """A member of the wrong JSON type; the message names it."""


class Form(Enum):
    """What a member is. A day is a text such as 2018-01-31, a quantity a number above zero."""

    TEXT = auto()
    DAY = auto()
    FLAG = auto()
    NUMBER = auto()
    QUANTITY = auto()
    WHOLE = auto()
    OBJECT = auto()
    LIST = auto()


_TYPES: dict[Form, tuple[type, ...]] = {
    Form.TEXT: (str,),
    Form.DAY: (str,),
    Form.FLAG: (bool,),
    Form.NUMBER: (int, Decimal),
    Form.QUANTITY: (int, Decimal),
    Form.WHOLE: (int,),
    Form.OBJECT: (dict,),
    Form.LIST: (list,),
}


@dataclass(frozen=True)
class Rule:
    """A row of a table: what stands at a path, such as `/items/*/measures/quantity`; `*` is each item, or each name.

    `words` are the only ones allowed, where the page lists them.
    """

    path: str
    form: Form
    required: bool = False
    words: tuple[str, ...] = ()


def problems(message: object, rules: Iterable[Rule]) -> list[Problem]:
    """What is wrong with a message's content, in the order of the rules. Raises Malformed."""
    told = []
    for rule in rules:
        for pointer, value in places(message, rule.path):
            complaint = _complaint(rule, pointer, value)
            if complaint:
                told.append(problem(pointer, complaint))
    return told


def problem(pointer: str, message: str, **more: Any) -> Problem:
    """A validation error as the page shows it."""
    return {"field": pointer, "message": message, **more}


def places(message: object, path: str) -> Iterator[tuple[str, Any]]:
    """Pointer and value of each place that a path names; the value is None where nothing is. Raises Malformed."""
    return _walk(message, path.split("/")[1:], "")


def _walk(value: object, steps: Sequence[str], pointer: str) -> Iterator[tuple[str, Any]]:
    if not steps:
        yield pointer, value
        return
    if value is not None and not isinstance(value, dict | list):
        raise Malformed(f"{pointer or 'The body'} must be a JSON object")
    if steps[0] == "*":
        for name, part in _parts(value):
            if part is None and isinstance(value, list):
                raise Malformed(f"{pointer}/{name} must not be null")
            yield from _walk(part, steps[1:], f"{pointer}/{name}")
    elif isinstance(value, list):
        raise Malformed(f"{pointer or 'The body'} must be a JSON object")
    else:
        yield from _walk((value or {}).get(steps[0]), steps[1:], f"{pointer}/{steps[0]}")


def _parts(value: dict[str, Any] | list[Any] | None) -> Iterable[tuple[object, Any]]:
    if isinstance(value, dict):
        return [(name.replace("~", "~0").replace("/", "~1"), part) for name, part in value.items()]
    return enumerate(value or [])


def _complaint(rule: Rule, pointer: str, value: Any) -> str | None:
    name = spelled_out(pointer.rpartition("/")[2])
    if value is None or (rule.required and _is_empty(value)):
        return f"{name} cannot be empty." if rule.required else None
    # To Python, true is a number as well.
    if not isinstance(value, _TYPES[rule.form]) or (isinstance(value, bool) and rule.form is not Form.FLAG):
        raise Malformed(f"{pointer} is of the wrong type")
    flaw = _flaw(rule, value)
    return f"{name} {flaw}." if flaw else None


def _is_empty(value: object) -> bool:
    return value == {} or (isinstance(value, str) and not value.strip())


def _flaw(rule: Rule, value: Any) -> str | None:
    if rule.words and value not in rule.words:
        return f"must be one of {', '.join(word for word in rule.words if word)}"
    if rule.form is Form.DAY and not _is_day(value):
        return "must be a date such as 2018-01-31"
    if rule.form is Form.QUANTITY and value <= 0:
        return "must be greater than zero"
    return None


def _is_day(text: str) -> bool:
    with suppress(ValueError):
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII)) and bool(date.fromisoformat(text))
    return False


def spelled_out(name: str) -> str:
    """A member's name in words: `defaultUnitOfMeasure` is Default unit of measure."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()
