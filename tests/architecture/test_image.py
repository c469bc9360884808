"""What must stay true of the image: who it runs as, what is in it and what is not, and how its commands are written."""

import re

import pytest
from packaging.requirements import Requirement

from gateway.__main__ import main
from tests.shipping.image import ROOT, copied, of, pinned, stages, tracked

BUILD, FINAL = stages()


def test_it_does_not_run_as_root() -> None:
    (user,) = of(FINAL, "USER")
    numbers = [int(part) for part in user.value.split(":")]
    assert len(numbers) == 2
    assert all(number >= 10_000 for number in numbers), "a number that no user of the host has"
    assert FINAL.index(user) < FINAL.index(of(FINAL, "ENTRYPOINT")[0])


@pytest.mark.parametrize("keyword", ["ENTRYPOINT", "CMD", "HEALTHCHECK"])
def test_no_shell_stands_between_docker_and_the_gateway(keyword: str) -> None:
    (instruction,) = of(FINAL, keyword)
    assert instruction.exec_form()


def test_its_command_is_one_of_ours() -> None:
    (entry,), (command,) = of(FINAL, "ENTRYPOINT"), of(FINAL, "CMD")
    assert entry.exec_form() == ["gateway"]
    with pytest.raises(SystemExit) as ended:
        main([*command.exec_form(), "--help"])
    assert ended.value.code == 0


def test_nothing_is_installed_where_it_runs() -> None:
    """Neither a compiler nor pip's traces nor a source file can be there: all comes in one piece from the build."""
    assert [copy.value for copy in of(FINAL, "COPY")] == ["--from=build /opt/gateway /opt/gateway"]
    assert not any(re.search(r"\b(pip|apt|apt-get|curl|wget)\b", run.value) for run in of(FINAL, "RUN"))
    assert not of(FINAL, "ADD")


def test_what_is_installed_is_pinned_and_not_compiled() -> None:
    installs = [command for run in of(BUILD, "RUN") for command in run.value.split("&&") if " install " in command]
    assert len(installs) == 3
    for command in installs:
        own_wheel = "--no-deps /wheels/" in command
        assert own_wheel or "--only-binary :all:" in command
        assert own_wheel or "--require-hashes" in command or "--constraint requirements.lock" in command


def test_both_stages_stand_on_one_base() -> None:
    """A virtual environment works only with the Python that made it."""
    assert [stage[0].value.split(" AS ")[0] for stage in (BUILD, FINAL)] == ["${BASE}", "${BASE}"]


def test_the_build_sees_what_it_copies_and_no_more() -> None:
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*"
    assert {line.removeprefix("!") for line in lines if line.startswith("!")} == set(copied())
    assert tracked(*copied())


def test_no_secret_is_in_a_layer() -> None:
    for stage in (BUILD, FINAL):
        for instruction in of(stage, "ENV") + of(stage, "ARG"):
            assert not re.search("SECRET|PASSWORD|TOKEN|KEY", instruction.value)


@pytest.fixture
def locks() -> tuple[list[Requirement], list[Requirement]]:
    """What a checkout needs, and what the gateway needs to run."""
    return pinned(ROOT / "requirements.lock"), pinned(ROOT / "requirements-run.lock")


def test_both_locks_hold_the_same_versions(locks: tuple[list[Requirement], list[Requirement]]) -> None:
    whole, run = locks
    assert set(run) < set(whole), "run `make lock`"


def test_nothing_that_only_developers_need_is_shipped(locks: tuple[list[Requirement], list[Requirement]]) -> None:
    assert not {"hatchling", "mypy", "pip", "pytest", "ruff", "uv"} & {requirement.name for requirement in locks[1]}
    lines = (ROOT / "requirements-run.lock").read_text().splitlines()
    assert sum("--hash=sha256:" in line for line in lines) > len(locks[1])
