"""HTTP parts that the routes for batches share: responses, OpenAPI descriptions."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Final

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from app.auth.guards.allowance import consume_rows
from app.core.http.parameters.idempotency import REPLAYED_HEADER, replayed_headers
from app.core.language import Language
from app.core.settings import Settings
from app.imports.files.bounds import FileBounds
from app.imports.files.sources import Format
from app.imports.upload import Upload, UploadTerms
from app.jobs.pruning import job_file_retention
from app.jobs.schemas import JobOut, job_url
from app.models.jobs.job import Job

MEDIA_TYPE_BY_FORMAT: Final = {
    Format.NDJSON: "application/x-ndjson",
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_FILE_MEDIA_TYPES: Final = [media.partition(";")[0] for media in MEDIA_TYPE_BY_FORMAT.values()]
_FILE_SCHEMA: Final = {"schema": {"type": "string", "format": "binary"}}
_RESPONSE_HEADERS: Final = {
    REPLAYED_HEADER: {"description": "`true`: the first answer again", "schema": {"type": "string"}},
    "Location": {"description": "Where to ask further", "schema": {"type": "string"}},
}
TEMPLATE_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "Tệp mẫu / the template", "content": dict.fromkeys(_FILE_MEDIA_TYPES, _FILE_SCHEMA)}
}


def build_upload_terms(request: Request, key: str) -> UploadTerms:
    """Build the terms on which this request's upload is received."""
    settings: Settings = request.app.state.settings
    bounds = FileBounds(settings.import_limit, settings.import_lines, settings.import_part_seconds)
    return UploadTerms(key, bounds, partial(consume_rows, request))


def batch_responses(row: str) -> dict[int | str, dict[str, Any]]:
    """Describe the responses of a route that receives batches, for OpenAPI. row: the model of a line of NDJSON."""
    lines = {"application/x-ndjson": {"schema": {"$ref": f"#/components/schemas/{row}"}}}
    return {
        200: {"headers": _RESPONSE_HEADERS, "content": lines},
        202: {"model": JobOut, "description": "A job takes the rows in", "headers": _RESPONSE_HEADERS},
    }


def batch_request_body(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Describe the request bodies of such a route, for OpenAPI. schema: of one JSON value."""
    content = {"application/json": {"schema": schema}} | dict.fromkeys(_FILE_MEDIA_TYPES, _FILE_SCHEMA)
    return {"requestBody": {"required": True, "content": content}}


def respond_with_job(request: Request, job: Job, language: Language, *, replayed: bool) -> Response:
    """Respond 202 with the job that imports a batch."""
    body = JobOut.from_record(job, job_file_retention(request.app.state.settings), language)
    headers = {"Location": job_url(job.id), **replayed_headers(replayed)}
    return Response(body.model_dump_json(), 202, headers, "application/json")


def respond_with_rows(
    upload: Upload, body: BaseModel, rows: Iterable[BaseModel], location: str, *, replayed: bool
) -> Response:
    """Respond 200 with the outcome of each row: for NDJSON a line for each."""
    headers = {"Location": location, **replayed_headers(replayed)}
    if upload.format is Format.NDJSON:
        return StreamingResponse(
            (row.model_dump_json() + "\n" for row in rows), 200, headers, MEDIA_TYPE_BY_FORMAT[upload.format]
        )
    return Response(body.model_dump_json(), 200, headers, "application/json")


def respond_with_file(name: str, kind: Format, content: bytes) -> Response:
    """Respond with a file to download. name: without its extension."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind.value}"'}
    return Response(content, 200, headers, MEDIA_TYPE_BY_FORMAT[kind])
