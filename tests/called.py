"""Which documented operations the gateway called while the tests ran, counted at the simulated systems.

A run of all tests fails where one of the 127 was not: then no journey goes all the way to it. Workers of pytest-xdist tell
theirs at their end.
"""

from collections.abc import Iterable, Mapping

import pytest

from gateway.operations_command import documented

GATEWAY = "commerce-gateway"
"""The name under which the gateway calls. What tests call themselves does not count."""

_TOLD = {"inbound": "cartoncloud-06", "outbound": "cartoncloud-10", "consignment": "cartoncloud-14"}
"""Operations that CartonCloud calls: webhooks of these kinds of records."""

_CHOOSING = ("keyword", "collectonly", "lf", "deselect", "ignore", "ignore_glob", "maxfail")
"""Options with which not all tests run."""

_called: set[str] = set()


def note_told(kinds: Iterable[str]) -> None:
    """Keep that the gateway has taken CartonCloud's webhooks of these kinds."""
    _called.update(_TOLD[kind] for kind in kinds)


def note(calls: Iterable[Mapping[str, str | None]]) -> None:
    """Keep what a system has recorded (`/__calls`)."""
    _called.update(operation for call in calls if call["by"] == GATEWAY and (operation := call["operation"]))


class EveryOperation:
    """The plugin that looks at them when a run has ended."""

    def pytest_testnodedown(self, node: object) -> None:
        """A worker of pytest-xdist has ended."""
        _called.update(getattr(node, "workeroutput", {}).get("called", ()))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output["called"] = sorted(_called)
        elif _is_whole(session.config) and exitstatus == pytest.ExitCode.OK and _missing():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
        if not _is_whole(config):
            return
        every, missing = len(documented()), _missing()
        terminalreporter.write_line(f"{every - len(missing)} of {every} documented operations were called at the sandbox")
        if missing:
            terminalreporter.write_line(f"Never called: {', '.join(missing)}", red=True)


def _is_whole(config: pytest.Config) -> bool:
    """Whether all tests were to run, but for those that take long."""
    chosen = any(config.getoption(name) for name in _CHOOSING) or config.option.markexpr not in ("", "not long")
    return config.args_source is pytest.Config.ArgsSource.TESTPATHS and not chosen


def _missing() -> list[str]:
    return [one.id for one in documented() if one.id not in _called]
