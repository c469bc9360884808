"""Whether two messages say the same: JSON as values, XML without insignificant white space, whatever its prefixes."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from lxml import etree

Value: TypeAlias = Any
"""What JSON may hold, its numbers as Decimal. An element is a dict of its attributes (`@name`) and elements (`order`,
`order[2]`) and of their full names in order (`names()`), or its text if it has neither."""

_ABSENT = object()
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)


@dataclass(frozen=True)
class Differs:
    """A value that need not be the documented one, only of its kind and form: an id, a time.

    `path` is such as `/data/*/id`; a `*` is any one step. The same documented id is the same id wherever it stands. With
    `free` anything will do there, also nothing at all.
    """

    path: str
    why: str
    free: bool = False

    def is_for(self, path: str) -> bool:
        pattern = re.escape(self.path).replace(r"\*", "[^/]+")
        return re.fullmatch(pattern, path) is not None


def value_of(text: str) -> Value:
    """A message by its text: XML, JSON, or else the text itself."""
    stripped = text.strip()
    if stripped.startswith("<"):
        root = etree.fromstring(stripped.encode(), _PARSER)
        return {"names()": root.tag, etree.QName(root).localname: _element(root)}
    try:
        return json.loads(stripped, parse_float=Decimal, parse_int=Decimal)
    except ValueError:
        return stripped


def _element(element: etree._Element) -> Value:
    children = list(element)
    attributes = {"@" + etree.QName(name).text: value for name, value in element.attrib.items()}
    text = (element.text or "").strip()
    if not children:
        return {**attributes, "text()": text} if attributes else text
    counts: dict[str, int] = {}
    inside: dict[str, Value] = {"names()": " ".join(etree.QName(child).text for child in children)}
    for child in children:
        name = etree.QName(child).localname
        counts[name] = counts.get(name, 0) + 1
        inside[name if counts[name] == 1 else f"{name}[{counts[name]}]"] = _element(child)
    return attributes | inside


def differences(
    documented: Value, actual: Value, differs: Sequence[Differs] = (), known: Mapping[str, str] | None = None
) -> list[str]:
    """What is not the same, a line each; nothing if the messages say the same.

    `known` has actual ids by documented ones, where they are known before.
    """
    comparison = _Comparison(differs, known or {})
    comparison.look("", documented, actual)
    unused = [
        f"{rule.path} is said to differ ({rule.why}), but is not there" for rule in differs if rule not in comparison.used
    ]
    return comparison.found + unused


class _Comparison:
    def __init__(self, differs: Sequence[Differs], known: Mapping[str, str]) -> None:
        self.found: list[str] = []
        self.used: list[Differs] = []
        self._differs = differs
        self._actual: dict[Value, Value] = dict(known)
        self._documented: dict[Value, Value] = {actual: documented for documented, actual in known.items()}

    def look(self, path: str, documented: Value, actual: Value) -> None:
        rule = next((rule for rule in self._differs if rule.is_for(path)), None)
        if rule is not None:
            self.used.append(rule)
        if rule is not None and rule.free:
            return
        if _kind(documented) != _kind(actual):
            self._tell(path, documented, actual)
        elif isinstance(documented, dict):
            self._look_into(path, documented, actual, [*documented, *(key for key in actual if key not in documented)])
        elif isinstance(documented, list):
            self._look_into(
                path, dict(enumerate(documented)), dict(enumerate(actual)), range(max(len(documented), len(actual)))
            )
        elif rule is not None:
            self._replace(path, documented, actual)
        elif documented != actual:
            self._tell(path, documented, actual)

    def _look_into(self, path: str, documented: Mapping[Any, Value], actual: Mapping[Any, Value], keys: Iterable[Any]) -> None:
        for key in keys:
            self.look(f"{path}/{key}", documented.get(key, _ABSENT), actual.get(key, _ABSENT))

    def _replace(self, path: str, documented: Value, actual: Value) -> None:
        if _form(documented) != _form(actual):
            self._tell(path, documented, actual)
        elif _is_id(documented) and (
            self._actual.setdefault(documented, actual) != actual
            or self._documented.setdefault(actual, documented) != documented
        ):
            self.found.append(f"{path}: {actual!r} for {documented!r}, but elsewhere {self._actual.get(documented)!r}")

    def _tell(self, path: str, documented: Value, actual: Value) -> None:
        self.found.append(f"{path or '/'}: documented {_shown(documented)}, but {_shown(actual)}")


def _kind(value: Value) -> object:
    return _ABSENT if value is _ABSENT else type(value)


def _form(value: Value) -> str:
    """How a value is written: a time by the places of its digits, a UUID, or anything else."""
    text = str(value)
    if re.match(r"\d{4}-\d\d-\d\d([T ]|$)", text):
        return re.sub(r"\d", "0", text)
    return "uuid" if re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text) else "any"


def _is_id(value: Value) -> bool:
    return isinstance(value, str | Decimal) and value != "" and not _form(value).startswith("0000-")


def _shown(value: Value) -> str:
    return "nothing" if value is _ABSENT else repr(value)
