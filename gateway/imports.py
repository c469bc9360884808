"""`gateway import`: records that are older than the gateway, read by their ids from a file."""

import asyncio
from pathlib import Path

from gateway.app import Gateway, open_gateway
from gateway.errors import GatewayError
from gateway.models import Backend
from gateway.ports import BackendPort, RecordImporter
from gateway.settings import Settings

_KINDS = ("inbound", "outbound", "consignment")
_BATCH = 50


class InvalidImport(Exception):
    """An import that cannot begin. The message names the line and the mend, or says why CartonCloud cannot be asked."""


def run_import(settings: Settings, file: str) -> int:
    """Read every record that the file names; 1 if one could not be read. Raises InvalidImport before anything is read."""
    wanted = _read(file)
    with open_gateway(settings) as gateway:
        return asyncio.run(_import(gateway, wanted))


def _read(file: str) -> list[tuple[str, str]]:
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
    return list(dict.fromkeys(_parse(file, number, line) for number, line in filled))


def _parse(file: str, number: int, line: str) -> tuple[str, str]:
    words = line.replace(",", " ").split()
    if len(words) != 2 or words[0].lower() not in _KINDS:
        raise InvalidImport(f"{file}, line {number}: write one of {', '.join(_KINDS)}, a space, and the id")
    return words[0].lower(), words[1]


async def _import(gateway: Gateway, wanted: list[tuple[str, str]]) -> int:
    registry = gateway.registry
    try:
        await registry.require(Backend.CARTONCLOUD, BackendPort).check()  # else every record would say the same
        failed = await _failures(registry.require(Backend.CARTONCLOUD, RecordImporter), wanted)
    except GatewayError as error:
        raise InvalidImport(error.message) from None
    finally:
        await registry.close()
    return 1 if failed else 0


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
