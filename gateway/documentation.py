"""The pages of `docs` that are written from the code: `python -m gateway.documentation docs`."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from gateway.backends import backend_class, module_of
from gateway.links.page import links_page
from gateway.mapping import Absent, Field, Table
from gateway.models import Backend
from gateway.settings import BackendSettings, Settings
from gateway.transactions.work import Change

_MAPPING = """\
# Where every field comes from

Made from the mapping tables in the code by `make docs`; a test keeps it true. For each type: our field (as in the graph), the
backend's field, and the rule by which the one becomes the other. Below each table stand the fields that a backend's documents
give no value for, and why.
"""


_SETTINGS = """\
# Settings

Made from the settings in the code by `make docs`; a test keeps it true.

Environment variables; a file `.env` in the working directory is read too. A backend without its required settings (**bold**)
is NOT_CONFIGURED, and everything else works. A value that cannot be used stops the start with one line that names the variable.
Secrets never appear in logs, errors or the graph.
"""


_MUTATIONS = """\
# What each mutation does where

Made from the changes in the code by `make docs`; a test keeps it true. A mutation is stored and answered at once; then each
of its items goes to its backend. Where it is not known whether a message took effect (no answer came, or the gateway was killed
in the middle), that is found out before anything is sent again. What cannot be found out ends as UNKNOWN, with the code
OUTCOME_UNKNOWN, and is left to a person: see `retryTransaction(resendUnknown:)`. A mutation that is not listed for a backend is
not documented by its vendor: it is refused with NOT_SUPPORTED.
"""


def settings_page() -> str:
    """The whole page, in Markdown."""
    kinds = {name: backend_class(name).settings_type for name in Backend}
    shared = set(BackendSettings.model_fields)
    parts = [
        _SETTINGS,
        _settings("The gateway", "GATEWAY_", Settings.model_fields),
        _settings("Every backend", "GATEWAY_<BACKEND>__", BackendSettings.model_fields),
    ]
    for name, kind in kinds.items():
        own = {field: info for field, info in kind.model_fields.items() if field not in shared or _differs(kind, field)}
        parts.append(_settings(name.label, f"GATEWAY_{name}__", own, kind.required))
    return "\n".join(parts)


def _differs(kind: type[BackendSettings], field: str) -> bool:
    """Whether a backend has a default of its own for a setting that all have."""
    return bool(kind.model_fields[field].default != BackendSettings.model_fields[field].default)


def _settings(title: str, prefix: str, fields: dict[str, FieldInfo], required: Sequence[str] = ()) -> str:
    rows = []
    for name, info in fields.items():
        variable = f"`{prefix}{name.upper()}`"
        shown = f"**{variable}**" if name in required else variable
        rows.append(f"| {shown} | {_cell(info.description or '')} | {_default(info)} |")
    head = "| variable | meaning | default |\n| --- | --- | --- |"
    return f"## {title}\n\n{head}\n" + "\n".join(rows) + "\n"


def _default(info: FieldInfo) -> str:
    value = info.default.get_secret_value() if isinstance(info.default, SecretStr) else info.default
    return "" if value in (None, "", (), PydanticUndefined) else f"`{value}`"


def mapping_page() -> str:
    """The whole page, in Markdown."""
    tables = {backend: tables_of(backend) for backend in Backend}
    titles = list(dict.fromkeys(_title(backend, table) for backend, made in tables.items() for table in made))
    sections = (_section(title, tables) for title in titles)
    return "\n".join([_MAPPING, *sections])


def mutations_page() -> str:
    """The whole page, in Markdown."""
    made = {name: changes_of(name) for name in Backend}
    operations = sorted({operation for changes in made.values() for operation in changes})
    rows = (
        _change(name, operation, made[name][operation])
        for operation in operations
        for name in Backend
        if operation in made[name]
    )
    head = (
        "| mutation | backend | vendor's operations | done when | how an unknown outcome is found out | what cannot be known |"
    )
    return "\n".join([_MUTATIONS, head, "| --- | --- | --- | --- | --- | --- |", *rows]) + "\n"


def changes_of(name: Backend) -> Mapping[str, type[Change[Any]]]:
    """How a backend does what mutations ask: `CHANGES` of its module `changes`, if it has one."""
    changes = module_of(name, "changes")
    made: Mapping[str, type[Change[Any]]] = changes.CHANGES if changes else {}
    return made


def _change(name: Backend, operation: str, change: type[Change[Any]]) -> str:
    cells = (
        f"`{operation}`",
        name.label,
        ", ".join(change.calls),
        change.done_when,
        change.found_out,
        change.unknowable or "-",
    )
    return f"| {' | '.join(map(_cell, cells))} |"


def tables_of(name: Backend) -> Sequence[Table[Any]]:
    """The tables of a backend: `TABLES` of its module `mapping`, if it has one."""
    mapping = module_of(name, "mapping")
    tables: Sequence[Table[Any]] = mapping.TABLES if mapping else ()
    return tables


def _title(backend: Backend, table: Table[Any]) -> str:
    """The name of the model; of what one backend alone has, with the backend's before it, as in the graph."""
    name, own = table.model.__name__, table.model.__module__.startswith("gateway.own.")
    return f"{backend.label}{name}" if own else name


def _section(title: str, tables: dict[Backend, Sequence[Table[Any]]]) -> str:
    parts = (_part(name, table) for name, made in tables.items() for table in made if _title(name, table) == title)
    return "\n".join([f"## {title}\n", *parts])


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
    """The name of a model's field as the graph has it. What the model names by its id is shown as the thing itself."""
    first, *rest = _SHOWN_AS.get(name, name).split("_")
    return first + "".join(word.capitalize() for word in rest)


_SHOWN_AS = {
    "line_id": "id",
    "order_backend_id": "order",
    "product_backend_id": "product_record_id",
    "variant_backend_id": "variant",
    "variant_record": "variant",
    "warehouse_backend_id": "warehouse",
}


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    (folder / "mapping.md").write_text(mapping_page())
    (folder / "settings.md").write_text(settings_page())
    (folder / "links.md").write_text(links_page())
    (folder / "mutations.md").write_text(mutations_page())
