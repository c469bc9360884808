"""The command `gateway` as a user runs it, in a process of its own: forked from one that has loaded the code already.

Python and the code take a second to load. Tests of what a command says would spend most of their time on that.
"""

import multiprocessing
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from subprocess import CompletedProcess

from gateway.__main__ import main

PATIENCE = 60.0

_loaded = multiprocessing.get_context("forkserver")
_loaded.set_forkserver_preload(["gateway.__main__"])


def gateway(*arguments: str, home: Path | None = None, **settings: str) -> "CompletedProcess[str]":
    """What became of `gateway ARGUMENTS` in this folder, with nothing but these environment variables."""
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder)
        (code,) = at_once(_run, [(arguments, home or written, settings, written)])
        return CompletedProcess(arguments, code, (written / "stdout").read_text(), (written / "stderr").read_text())


def at_once(work: Callable[..., None], each: Sequence[tuple[object, ...]]) -> list[int]:
    """Do it with each of these arguments, all at the same time, in processes of their own; gives their exit codes."""
    processes = [_loaded.Process(target=work, args=arguments) for arguments in each]
    for process in processes:
        process.start()
    return [_ended(process) for process in processes]


@contextmanager
def started(*arguments: str, home: Path, **settings: str) -> Iterator[BaseProcess]:
    """`gateway ARGUMENTS` at work, until the block ends; what it says is in the files stdout and stderr of the folder."""
    process = _loaded.Process(target=_run, args=(arguments, home, settings, home))
    process.start()
    try:
        yield process
    finally:
        process.terminate()
        _ended(process)


def _ended(process: BaseProcess) -> int:
    """The exit code of a process, which is killed if it takes too long."""
    process.join(PATIENCE)
    process.kill()
    process.join()
    code = process.exitcode
    process.close()
    assert code is not None
    return code


def _run(arguments: Sequence[str], home: Path, settings: Mapping[str, str], written: Path) -> None:
    os.chdir(home)
    os.environ.clear()
    os.environ.update(settings)
    for name, number in (("stdout", 1), ("stderr", 2)):
        with (written / name).open("w") as file:
            os.dup2(file.fileno(), number)
    sys.exit(main(arguments))
