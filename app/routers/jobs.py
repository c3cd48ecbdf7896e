"""Jobs (công việc nền): long work that goes on beside the API, with its progress and its file."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import Field

from app.core.http.answers import file_response
from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.language import negotiate_language
from app.core.postgres.database import Database
from app.core.values.ids import Uuid
from app.core.values.paging import Page
from app.core.values.text import ShortText
from app.jobs import kinds as job_kinds
from app.jobs import service
from app.jobs.pruning import job_file_retention
from app.jobs.schemas import JobFilter, JobOut
from app.routers.actors import JobUser

job_kinds.load_job_kinds()
router = StrictRouter(prefix="/v1/jobs", tags=["jobs"])

FileName = Annotated[ShortText, Field(description="Tên tệp; default: the one that `report_url` offers")]


async def _file_retention(request: Request) -> timedelta:
    return job_file_retention(request.app.state.settings)


FileRetention = Annotated[timedelta, Depends(_file_retention)]
_FILE_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Tệp kết quả / the file, with its own content type",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
    410: {
        "description": "Đã hết thời hạn lưu / its time is over",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    },
}


@router.get("", summary="Các công việc nền, mới nhất trước")
async def list_jobs(
    filters: Annotated[JobFilter, Query()], page: PageQuery, actor: JobUser, db: Db, retention: FileRetention
) -> Page[JobOut]:
    """Long work of your organisation, the latest first; who works for some groups only sees their own."""
    return await service.list_jobs(db, actor, filters, page, retention)


@router.get("/{job_id}", summary="Một công việc nền")
async def read_job(
    job_id: Uuid, actor: JobUser, db: Db, request: Request, retention: FileRetention
) -> JobOut:
    """How far a job is (tiến độ), how it ended, and until when its files are kept (`file_kept_until`, thời hạn lưu)."""
    language = negotiate_language(request.headers.get("accept-language"))
    return JobOut.from_record(await service.read_job(db, actor, job_id), retention, language)


@router.post("/{job_id}/cancel", summary="Hủy một công việc nền")
async def cancel_job(job_id: Uuid, actor: JobUser, db: Db, retention: FileRetention) -> JobOut:
    """Stop a job (hủy): what it has written by then stays, unless it was asked to write all or nothing."""
    return JobOut.from_record(await service.cancel_job(db, actor, job_id), retention)


@router.get(
    "/{job_id}/file", summary="Tải tệp kết quả", response_class=StreamingResponse, responses=_FILE_RESPONSES
)
async def read_file(
    job_id: Uuid, actor: JobUser, db: Db, request: Request, name: Annotated[FileName | None, Query()] = None
) -> StreamingResponse:
    """The file that a job made (tệp kết quả): an export, or the rejected rows of an import.

    An import also has `ket-qua.ndjson.gz`, with what became of every row: pass that as `name`. After
    `file_kept_until` the answer is 410 `file_expired` (hết thời hạn lưu); the job itself stays.
    """
    database: Database = request.app.state.database
    file = await service.open_job_file(db, actor, job_id, database, name)
    return file_response(file.name, file.media_type, file.size, file.parts)
