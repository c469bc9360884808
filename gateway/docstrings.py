"""Attribute docstrings: the text that stands under a class's attribute, which says what the attribute is."""

import ast
import inspect
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise


def attribute_docs(cls: type) -> dict[str, str]:
    """The docstrings of the attributes that the class itself declares, by their names."""
    body = _classes(cls.__module__)[cls.__qualname__].body
    return {
        _name(statement): inspect.cleandoc(text)
        for statement, following in pairwise(body)
        if isinstance(statement, ast.AnnAssign) and (text := _text(following)) is not None
    }


@cache
def _classes(module: str) -> dict[str, ast.ClassDef]:
    """The classes of a module by their qualified names. Its source is read once: `inspect` reads all of it for every class."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return dict(_within(tree.body, ""))


def _within(statements: Iterable[ast.stmt], prefix: str) -> Iterator[tuple[str, ast.ClassDef]]:
    for statement in statements:
        if isinstance(statement, ast.ClassDef):
            yield prefix + statement.name, statement
            yield from _within(statement.body, f"{prefix}{statement.name}.")
        elif isinstance(statement, ast.FunctionDef):
            yield from _within(statement.body, f"{prefix}{statement.name}.<locals>.")


def _name(statement: ast.AnnAssign) -> str:
    return statement.target.id if isinstance(statement.target, ast.Name) else ""


def _text(statement: ast.stmt) -> str | None:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str):
        return statement.value.value
    return None
