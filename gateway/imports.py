"""`gateway import`: records that are older than the gateway, read by their ids from a file."""

import asyncio
from pathlib import Path

from gateway.app import Gateway, open_gateway
from gateway.errors import GatewayError
from gateway.models import Backend
from gateway.ports import RecordImporter
from gateway.settings import Settings

_KINDS = ("inbound", "outbound", "consignment")
_BATCH = 50


class InvalidImport(Exception):
    """A file that cannot be imported. The message names the line and the mend."""


def run_import(settings: Settings, file: str) -> int:
    """Read every record that the file names; 1 if one could not be read. Raises InvalidImport before anything is read."""
    wanted = _read(file)
    with open_gateway(settings) as gateway:
        return asyncio.run(_import(gateway, wanted))


def _read(file: str) -> list[tuple[str, str]]:
    try:
        lines = Path(file).read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        raise InvalidImport(f"{file}: this file cannot be read") from None
    return [_parse(file, number, line) for number, line in enumerate(lines, 1) if line.strip() and line.lstrip()[0] != "#"]


def _parse(file: str, number: int, line: str) -> tuple[str, str]:
    words = line.replace(",", " ").split()
    if len(words) != 2 or words[0].lower() not in _KINDS:
        raise InvalidImport(f"{file}, line {number}: write one of {', '.join(_KINDS)}, a space, and the id")
    return words[0].lower(), words[1]


async def _import(gateway: Gateway, wanted: list[tuple[str, str]]) -> int:
    failed = 0
    try:
        importer = gateway.registry.require(Backend.CARTONCLOUD, RecordImporter)
        for start in range(0, len(wanted), _BATCH):
            errors = await importer.import_records(wanted[start : start + _BATCH])
            failed += len(errors)
            for (kind, backend_id), error in errors.items():
                print(f"{kind} {backend_id}: {error.message}")
            print(f"{min(start + _BATCH, len(wanted))} of {len(wanted)} read, {failed} failed", flush=True)
    except GatewayError as error:
        raise InvalidImport(error.message) from None
    finally:
        await gateway.registry.close()
    return 1 if failed else 0
