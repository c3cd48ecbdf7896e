"""What routes that receive batches share: their key, their answers, how they are described."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Annotated, Any, Final

from fastapi import Header, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from app.auth.allowance import spend_rows
from app.core.language import Language
from app.exchange.import_sources import Format
from app.exchange.import_upload import Terms, Upload
from app.exchange.job_schemas import JobOut, job_url
from app.exchange.pruning import job_files_kept
from app.models.job import Job

BatchKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x20-\x7e]+$",
        description="Khóa do phía gửi chọn: gửi lại cùng khóa và cùng nội dung thì nhận lại kết quả đầu tiên.",
    ),
]
MEDIA: Final = {
    Format.NDJSON: "application/x-ndjson",
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_NAMED: Final = [media.partition(";")[0] for media in MEDIA.values()]
_FILE: Final = {"schema": {"type": "string", "format": "binary"}}
_TOLD: Final = {
    "Idempotency-Replayed": {"description": "`true`: the first answer again", "schema": {"type": "string"}},
    "Location": {"description": "Where to ask further", "schema": {"type": "string"}},
}
TEMPLATE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "Tệp mẫu / the template", "content": dict.fromkeys(_NAMED, _FILE)}
}


def terms_of(request: Request, key: str) -> Terms:
    """On what terms the sender of this request is received."""
    return Terms(key, request.app.state.settings.import_limit, partial(spend_rows, request))


def answers(row: str) -> dict[int | str, dict[str, Any]]:
    """The answers of a route that receives batches, for the API's document. row: the model of a line of NDJSON."""
    lines = {"application/x-ndjson": {"schema": {"$ref": f"#/components/schemas/{row}"}}}
    return {
        200: {"headers": _TOLD, "content": lines},
        202: {"model": JobOut, "description": "A job takes the rows in", "headers": _TOLD},
    }


def bodies(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The bodies that such a route reads, for the API's document. schema: of one JSON value."""
    content = {"application/json": {"schema": schema}} | dict.fromkeys(_NAMED, _FILE)
    return {"requestBody": {"required": True, "content": content}}


def as_job(request: Request, job: Job, language: Language, *, replayed: bool) -> Response:
    """202 with the job that takes a batch in."""
    told = JobOut.of(job, job_files_kept(request.app.state.settings), language)
    headers = {"Location": job_url(job.id), **_replay(replayed)}
    return Response(told.model_dump_json(), 202, headers, "application/json")


def at_once(
    upload: Upload, told: BaseModel, rows: Iterable[BaseModel], location: str, *, replayed: bool
) -> Response:
    """200 with what became of each row: for NDJSON a line for each."""
    headers = {"Location": location, **_replay(replayed)}
    if upload.kind is Format.NDJSON:
        return StreamingResponse(
            (row.model_dump_json() + "\n" for row in rows), 200, headers, MEDIA[upload.kind]
        )
    return Response(told.model_dump_json(), 200, headers, "application/json")


def as_file(name: str, kind: Format, content: bytes) -> Response:
    """A file to be kept. name: without its ending."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind.value}"'}
    return Response(content, 200, headers, MEDIA[kind])


def _replay(replayed: bool) -> dict[str, str]:
    return {"Idempotency-Replayed": "true"} if replayed else {}
