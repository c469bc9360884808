"""The page `docs/mapping.md`, written from the tables that the backends' mappings follow: `python -m gateway.mapping_docs`."""

import importlib
from collections.abc import Iterable, Sequence
from typing import Any

from gateway.backends import BACKENDS
from gateway.mapping import Absent, Field, Table
from gateway.models import Backend

_HEAD = """\
# Where every field comes from

Made from the mapping tables in the code by `make docs`; a test keeps it true. For each type: our field (as in the graph), the
backend's field, and the rule by which the one becomes the other. Below each table stand the fields that a backend's documents
give no value for, and why.
"""


def mapping_page() -> str:
    """The whole page, in Markdown."""
    tables = {backend: tables_of(place) for backend, place in BACKENDS.items()}
    names = list(dict.fromkeys(table.model.__name__ for made in tables.values() for table in made))
    sections = (_section(name, tables) for name in names)
    return "\n".join([_HEAD, *sections])


def tables_of(place: str) -> Sequence[Table[Any]]:
    """The tables of a backend: `TABLES` of the module `mapping` beside its class."""
    package = place.partition(":")[0].rpartition(".")[0]
    tables: Sequence[Table[Any]] = importlib.import_module(f"{package}.mapping").TABLES
    return tables


def _section(model: str, tables: dict[Backend, Sequence[Table[Any]]]) -> str:
    parts = [f"## {model}\n"]
    for backend, made in tables.items():
        for table in made:
            if table.model.__name__ == model:
                parts.append(_part(backend, table))
    return "\n".join(parts)


def _part(backend: Backend, table: Table[Any]) -> str:
    filled = "\n".join(_row(row) for row in table.rows if isinstance(row, Field))
    absent = _absent(row for row in table.rows if isinstance(row, Absent))
    head = f"### {backend.label}: {table.wire}\n\n| our field | its field | rule |\n| --- | --- | --- |\n{filled}\n"
    return f"{head}\n{absent}" if absent else head


def _row(row: Field) -> str:
    sources = ", ".join(f"`{path}`" for path in row.paths if path) or "-"
    return f"| `{camel(row.name)}` | {sources} | {_cell(row.rule)} |"


def _absent(rows: Iterable[Absent]) -> str:
    by_reason: dict[str, list[str]] = {}
    for row in rows:
        by_reason.setdefault(row.why, []).append(f"`{camel(row.name)}`")
    return "".join(f"- not filled: {', '.join(names)}: {why}\n" for why, names in by_reason.items())


def camel(name: str) -> str:
    """The name of a model's field as the graph has it."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    print(mapping_page(), end="")
