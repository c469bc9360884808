"""What an image is made of, as tests read it: the Dockerfile's stages, the files that it copies, and the locks."""

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: its keyword, and what follows it on one line."""

    keyword: str
    value: str

    def exec_form(self) -> list[str]:
        """The command, where it is written as a JSON list. Raises ValueError where it is not."""
        words: list[str] = json.loads(self.value[self.value.index("[") :])
        return words


def stages() -> list[list[Instruction]]:
    """The instructions of each stage, the first of which is its FROM."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    found: list[list[Instruction]] = []
    for line in filter(str.strip, lines):
        keyword, _, value = line.partition(" ")
        if keyword == "FROM":
            found.append([])
        if found:
            found[-1].append(Instruction(keyword, " ".join(value.split())))
    return found


def of(stage: list[Instruction], keyword: str) -> list[Instruction]:
    return [instruction for instruction in stage if instruction.keyword == keyword]


def copied() -> list[str]:
    """The paths of the repository that the image is built of, as COPY names them."""
    copies = [copy.value.split() for stage in stages() for copy in of(stage, "COPY") if not copy.value.startswith("--from=")]
    return [path for words in copies for path in words[:-1]]


def tracked(*paths: str) -> list[str]:
    """The files under these paths that git knows, or would take."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *paths]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [path for path in listed.stdout.split("\0") if (ROOT / path).is_file()]


def pinned(lock: Path) -> list[Requirement]:
    """The packages of a lock, without their hashes."""
    lines = (line.removesuffix("\\") for line in lock.read_text().splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith((" ", "#"))]
