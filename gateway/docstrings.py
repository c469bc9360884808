"""Attribute docstrings: the text that stands under a class's attribute, which says what the attribute is."""

import ast
import inspect
import textwrap
from itertools import pairwise


def attribute_docs(cls: type) -> dict[str, str]:
    """The docstrings of the attributes that the class itself declares, by their names."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(cls))).body[0]
    body = tree.body if isinstance(tree, ast.ClassDef) else []
    return {
        _name(statement): inspect.cleandoc(text)
        for statement, following in pairwise(body)
        if isinstance(statement, ast.AnnAssign) and (text := _text(following)) is not None
    }


def _name(statement: ast.AnnAssign) -> str:
    return statement.target.id if isinstance(statement.target, ast.Name) else ""


def _text(statement: ast.stmt) -> str | None:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str):
        return statement.value.value
    return None
