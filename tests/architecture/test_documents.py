"""What the Markdown pages, compose.yaml and the Dockerfile speak of exists: settings, links, commands, options and targets."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from gateway.__main__ import main
from gateway.backends import backend_class
from gateway.models import Backend
from gateway.settings import Settings
from tests.shipping.image import ROOT, tracked

PAGES = tracked("*.md")
DECISIONS = tracked("docs/decisions/*.md")
OF_TESTS = {"GATEWAY_TEST_POSTGRES_URL"}


def code(page: str) -> Iterator[str]:
    """What stands in a page as code: lines of fenced and indented blocks, and what is code in other lines."""
    fenced = False
    for line in (ROOT / page).read_text().splitlines():
        if line.startswith("```"):
            fenced = not fenced
        yield line if fenced or line.startswith("    ") else " ".join(re.findall(r"`([^`]+)`", line))


def variables() -> set[str]:
    """Every variable that the gateway reads, and those of backends once more as `GATEWAY_<BACKEND>__NAME`."""
    kinds: dict[str, type[BaseSettings]] = {f"{name}__": backend_class(name).settings_type for name in Backend}
    found = {f"GATEWAY_{field.upper()}" for field in Settings.model_fields}
    for prefix, kind in kinds.items():
        for field in kind.model_fields:
            found |= {f"GATEWAY_{prefix}{field.upper()}", f"GATEWAY_<BACKEND>__{field.upper()}"}
    return found


@pytest.mark.parametrize("path", [*PAGES, "compose.yaml", "Dockerfile"])
def test_every_variable_is_a_setting(path: str) -> None:
    named = set(re.findall(r"\bGATEWAY_(?:<BACKEND>__)?[A-Z][A-Z0-9_]*[A-Z0-9]", (ROOT / path).read_text()))
    assert named <= variables() | OF_TESTS


def anchors(page: Path) -> set[str]:
    """The parts of a page that links can lead to."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    links = re.findall(r"\]\((?!https?://)([^)#\s]*)#?([^)\s]*)\)", (ROOT / page).read_text())
    for path, anchor in links:
        target = (ROOT / page).parent / path if path else ROOT / page
        assert target.exists(), path
        assert not anchor or anchor in anchors(target), f"{path}#{anchor}"


def commands(page: str) -> Iterator[tuple[str, list[str]]]:
    """Each command that a page names, with the options after it on its line."""
    for line in code(page):
        for part in re.split(r"(?:^|[\s/])gateway (?=[a-z])", line)[1:]:
            command, *words = part.split()
            yield command, [word for word in words if word.startswith("--")]


def help_of(capsys: pytest.CaptureFixture[str], *command: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main([*command, "--help"])
    assert ended.value.code == 0, f"there is no command {' '.join(command)}"
    return capsys.readouterr().out


@pytest.mark.parametrize("page", PAGES)
def test_every_command_and_its_options_exist(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    for command, options in commands(page):
        offered = re.findall(r"--[a-z-]+", help_of(capsys, command))
        assert set(options) <= set(offered), f"gateway {command}"


def test_the_readme_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    offered = set(re.findall(r"^    ([a-z]+)\b", help_of(capsys), re.MULTILINE))
    assert offered >= {"serve", "demo"}
    assert offered == {command for command, _ in commands("README.md")}


@pytest.mark.parametrize("page", PAGES)
def test_every_target_of_make_exists(page: str) -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    named = {target for line in code(page) for target in re.findall(r"(?:^|\s)make ([a-z]+)", line)}
    assert named <= set(targets)


@pytest.mark.parametrize("page", DECISIONS)
def test_a_decision_says_what_led_to_it_what_follows_and_which_tests_hold_it(page: str) -> None:
    text = (ROOT / page).read_text()
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences", "Held by"]
    assert text.count("\n") < 50, "one page"
    held = text.partition("## Held by\n")[2]
    paths = re.findall(r"`(tests/[^`]+)`", held)
    assert paths
    defined = {name for path in paths for name in re.findall(r"def (test_\w+)", (ROOT / path).read_text())}
    assert set(re.findall(r"`(test_\w+)`", held)) <= defined


def test_the_decisions_are_numbered_and_the_page_of_the_house_names_them() -> None:
    titles = [(ROOT / page).read_text().partition("\n")[0].removeprefix("# ") for page in DECISIONS]
    numbers = [str(number) for number in range(1, len(DECISIONS) + 1)]
    assert numbers == [title.partition(". ")[0] for title in titles]
    assert numbers == [str(int(Path(page).name.partition("-")[0])) for page in DECISIONS]
    links = [f"{title.replace('. ', '. [', 1)}]({page})" for page, title in zip(DECISIONS, titles, strict=True)]
    assert "\n".join(links) in (ROOT / "ARCHITECTURE.md").read_text()
