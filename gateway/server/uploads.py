"""Uploads: requests that carry files, by the GraphQL multipart request convention.

A form with the fields `operations` (the request as JSON), `map` (which file belongs to which variables) and the files, in this
order. https://github.com/jaydenseric/graphql-multipart-request-spec has it. A browser sends such a form for any page, without
asking first: so a header is wanted that no form can set.
"""

from collections.abc import AsyncGenerator, Mapping
from typing import Any

import msgspec
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from gateway.changes import NewFile
from gateway.server.operations import UNREADABLE, BadRequest, Operation, of_object

MEDIA_TYPE = "multipart/form-data"
PREFLIGHT = "GraphQL-Require-Preflight"

_MOST_FILES = 20
_MOST_FIELDS = 2
_OVERHEAD = 100_000  # bytes of boundaries and headers of parts
_PLAIN = "application/octet-stream"
_decode_map = msgspec.json.Decoder(dict[str, list[str]]).decode


async def read_upload(request: Request, max_bytes: int, max_upload_bytes: int) -> Operation:
    """The operation in the form's `operations`, with its files in their places. Raises BadRequest."""
    if not request.headers.get(PREFLIGHT):
        raise BadRequest(f"Send the header {PREFLIGHT}: 1 with a form, so that no foreign page can send it unasked.")
    bounded = _bounded(request, max_bytes + max_upload_bytes + _OVERHEAD)
    parser = MultiPartParser(request.headers, bounded, max_files=_MOST_FILES, max_fields=_MOST_FIELDS, max_part_size=max_bytes)
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise BadRequest(f"The form cannot be read: {error.message}") from None
    try:
        written = _object(form.get("operations"))
        files = {name: part for name, part in form.multi_items() if isinstance(part, UploadFile)}
        if sum(part.size or 0 for part in files.values()) > max_upload_bytes:
            raise _too_large(max_upload_bytes)
        await _put(written, _mapped(form.get("map")), files)
        return of_object(written)
    finally:
        await form.close()


async def _bounded(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    read = 0
    async for chunk in request.stream():
        read += len(chunk)
        if read > most:
            raise _too_large(most)
        yield chunk


def _too_large(most: int) -> BadRequest:
    return BadRequest(f"The files are larger than {most} bytes (GATEWAY_MAX_UPLOAD_BYTES).", 413)


def _object(written: object) -> dict[str, Any]:
    try:
        return msgspec.json.decode(written if isinstance(written, str) else "", type=dict[str, Any])
    except UNREADABLE:
        message = "`operations` must be a field of the form, with one GraphQL request as a JSON object; lists are not read."
        raise BadRequest(message) from None


def _mapped(written: object) -> dict[str, list[str]]:
    try:
        return _decode_map(written if isinstance(written, str) else "")
    except UNREADABLE:
        message = '`map` must be the form\'s field that says where files go, such as {"0": ["variables.input.file"]}.'
        raise BadRequest(message) from None


async def _put(operation: dict[str, Any], places: Mapping[str, list[str]], files: Mapping[str, UploadFile]) -> None:
    """Each file in the places that `map` gives it: those are null in `operations`."""
    for name, paths in places.items():
        if name not in files:
            raise BadRequest(f"`map` names the file {name[:80]!r}, but the form has none of this name.")
        part = files[name]
        file = NewFile(filename=part.filename or name, content_type=part.content_type or _PLAIN, content=await part.read())
        for path in paths:
            _place(operation, path, file)


def _place(operation: dict[str, Any], path: str, file: NewFile) -> None:
    *way, last = path.split(".")
    place: Any = operation
    try:
        for step in way:
            place = place[int(step)] if isinstance(place, list) else place[step]
        key: Any = int(last) if isinstance(place, list) else last
        if path.partition(".")[0] != "variables" or place[key] is not None:
            raise KeyError(path)
        place[key] = file
    except (KeyError, IndexError, ValueError, TypeError):
        raise BadRequest(f"`map` puts a file at {path[:80]!r}, where `operations` has no null in its variables.") from None
