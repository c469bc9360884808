"""`gateway import`: records that are older than the gateway, read by their ids from a file."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from gateway.app import open_gateway
from gateway.errors import GatewayError
from gateway.models import Backend
from gateway.ports import BackendPort, RecordImporter
from gateway.registry import Registry
from gateway.settings import Settings

_BATCH = 50


class InvalidImport(Exception):
    """An import that cannot begin. The message names the line and the mend, or says why the backend cannot be asked."""


def run_import(settings: Settings, name: Backend, file: str) -> int:
    """Read every record that the file names; 1 if one could not be read. Raises InvalidImport before anything is read."""
    with open_gateway(settings) as gateway:
        try:
            return asyncio.run(_import(gateway.registry, name, file))
        except GatewayError as error:
            raise InvalidImport(error.message) from None


def _read(file: str, kinds: Sequence[str]) -> list[tuple[str, str]]:
    """What a file names, each once. Spreadsheets put a mark in front of it: `utf-8-sig` leaves it out."""
    try:
        lines = Path(file).read_text("utf-8-sig").splitlines()
    except OSError as error:
        raise InvalidImport(f"{file}: this file cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise InvalidImport(f"{file}: this file is no UTF-8 text") from None
    filled = [(number, line) for number, line in enumerate(lines, 1) if line.strip() and line.lstrip()[0] != "#"]
    if not filled:
        raise InvalidImport(f"{file}: this file names no record")
    return list(dict.fromkeys(_parse(file, number, line, kinds) for number, line in filled))


def _parse(file: str, number: int, line: str, kinds: Sequence[str]) -> tuple[str, str]:
    words = line.replace(",", " ").split()
    if len(words) != 2 or words[0].lower() not in kinds:
        raise InvalidImport(f"{file}, line {number}: write one of {', '.join(kinds)}, a space, and the id")
    return words[0].lower(), words[1]


async def _import(registry: Registry, name: Backend, file: str) -> int:
    try:
        importer = registry.require(name, RecordImporter)
        wanted = _read(file, importer.imported_kinds)
        await registry.require(name, BackendPort).check()  # else every record would say the same
        return 1 if await _failures(importer, wanted) else 0
    finally:
        await registry.close()


async def _failures(importer: RecordImporter, wanted: list[tuple[str, str]]) -> int:
    """How many could not be read. Tells of each, and how far it is."""
    failed = 0
    for start in range(0, len(wanted), _BATCH):
        batch = wanted[start : start + _BATCH]
        errors = await importer.import_records(batch)
        failed += len(errors)
        for (kind, backend_id), error in errors.items():
            print(f"{kind} {backend_id}: {error.message}")
        done = start + len(batch)
        print(f"{done} of {len(wanted)} done: {done - failed} read, {failed} failed", flush=True)
    return failed
