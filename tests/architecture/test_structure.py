"""What must stay true of the house: who imports whom, how long things are, and that the made files are made from the code."""

import ast
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from graphql import GraphQLObjectType
from pydantic_settings import BaseSettings

from gateway import documentation
from gateway.backends import backend_class, module_of
from gateway.links.page import links_page
from gateway.mapping import Field
from gateway.models import Backend
from gateway.settings import Settings
from schema import build_schema
from schema.base import asks_of

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for room in ("gateway", "resolvers", "schema") for path in (ROOT / room).rglob("*.py"))
LONGEST_FILE, LONGEST_FUNCTION = 500, 50


def test_imports_run_inwards() -> None:
    done = subprocess.run([Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_what_it_is_and_stays_readable(path: Path) -> None:
    text = path.read_text()
    tree = ast.parse(text)
    assert not tree.body or ast.get_docstring(tree), "open the module with one sentence that says what it is"
    assert text.count("\n") <= LONGEST_FILE
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = [f.name for f in functions if (f.end_lineno or 0) - f.lineno > LONGEST_FUNCTION]
    assert not long
    inner = [f.name for f in functions for node in ast.walk(f) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert not inner, "imports stand at the top"


def test_the_committed_schema_is_the_printed_one() -> None:
    assert (ROOT / "schema/schema.graphql").read_text().strip() == build_schema().as_str().strip(), "run `make schema`"


def test_the_mapping_page_is_made_from_the_tables() -> None:
    assert (ROOT / "docs/mapping.md").read_text() == documentation.mapping_page(), "run `make docs`"


def test_the_page_of_links_is_made_from_the_rules() -> None:
    assert (ROOT / "docs/links.md").read_text() == links_page(), "run `make docs`"


def test_the_page_of_mutations_is_made_from_the_changes() -> None:
    assert (ROOT / "docs/mutations.md").read_text() == documentation.mutations_page(), "run `make docs`"


@pytest.mark.parametrize("name", Backend)
def test_a_mapping_table_has_every_field_of_its_model(name: Backend) -> None:
    for table in documentation.tables_of(name):
        told = [row.name for row in table.rows]
        assert sorted(told) == sorted(set(told)), f"{table.wire}: a field stands there twice"
        assert set(told) == {field.name for field in fields(table.model)}, f"{name}: {table.model.__name__} from {table.wire}"
        assert all(row.rule for row in table.rows if isinstance(row, Field))


@pytest.mark.parametrize("name", Backend)
def test_a_backend_says_all_that_its_line_has_to_say_and_answers_to_its_name(name: Backend) -> None:
    assert (name.name, bool(name.label), bool(name.about)) == (name.value, True, True)
    assert not name.about.endswith(".")
    assert vars(backend_class(name))["name"] is name


def test_a_module_that_a_backend_does_without_is_none() -> None:
    assert module_of(Backend.CENTRY, "nothing") is None


def test_everything_in_the_schema_is_described() -> None:
    schema = build_schema()._schema
    bare = []
    for name, kind in schema.type_map.items():
        if name.startswith("__"):
            continue
        parts = {**(getattr(kind, "fields", None) or {}), **(getattr(kind, "values", None) or {})}
        arguments = {f"{key}({arg})": a for key, part in parts.items() for arg, a in getattr(part, "args", {}).items()}
        described = {name: kind, **{f"{name}.{key}": part for key, part in {**parts, **arguments}.items()}}
        bare += [key for key, part in described.items() if not part.description]
    assert not bare


def test_every_setting_is_described_and_its_page_is_made_from_the_code() -> None:
    kinds: list[type[BaseSettings]] = [Settings, *(backend_class(name).settings_type for name in Backend)]
    for settings in kinds:
        bare = [name for name, field in settings.model_fields.items() if not field.description]
        assert not bare, settings
    assert (ROOT / "docs/settings.md").read_text() == documentation.settings_page(), "run `make docs`"


def test_a_resolver_is_named_as_its_field() -> None:
    """So that a field is found by its name: `Order.shipments` is `resolvers.order.shipments`."""
    declared = re.findall(r"(\w+): .* = field\(resolvers\.(\w+)\.(\w+)[,)]", (ROOT / "schema/types.py").read_text())
    assert len(declared) > 10
    odd = [found for found in declared if found[0] != found[2]]
    assert set(odd) == {("warehouse", "warehouse", "of_record"), ("order_id", "order", "link_order_id")}


def test_a_field_that_may_ask_a_backend_states_what_it_asks() -> None:
    """So that a plan has it: `field(resolver, asks=resolvers.asks.…)`; `nothing` for one that asks no backend.

    Plans are for queries alone, so the roots of changes and of subscriptions need not.
    """
    schema = build_schema()._schema
    roots = (schema.mutation_type, schema.subscription_type)
    kinds = [kind for kind in schema.type_map.values() if isinstance(kind, GraphQLObjectType) and kind not in roots]
    declared = {
        f"{kind.name}.{name}": field.extensions["strawberry-definition"]
        for kind in kinds
        for name, field in kind.fields.items()
        if "strawberry-definition" in field.extensions
    }
    asking = {name: field for name, field in declared.items() if field.base_resolver and field.base_resolver.is_async}
    assert len(asking) > 20
    assert [name for name, field in asking.items() if asks_of(field) is None] == []
