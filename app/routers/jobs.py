"""Jobs (công việc nền): long work that goes on beside the API, with its progress and its file."""

from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import Field

from app.auth.actor import Actor
from app.auth.guards import Require
from app.auth.permissions import Permission
from app.core.db import Database, Db
from app.core.ids import Uuid
from app.core.language import negotiate
from app.core.paging import Page, PageQuery
from app.core.routing import Router
from app.core.text import ShortText
from app.exchange import job_kinds
from app.exchange import job_service as service
from app.exchange.job_schemas import JobFilter, JobOut
from app.exchange.pruning import job_files_kept

job_kinds.load()
router = Router(prefix="/v1/jobs", tags=["jobs"])

FileName = Annotated[ShortText, Field(description="Tên tệp; default: the one that `report_url` offers")]
User = Annotated[Actor, Depends(Require(Permission.JOB_USE))]


async def _kept(request: Request) -> timedelta:
    return job_files_kept(request.app.state.settings)


Kept = Annotated[timedelta, Depends(_kept)]
_FILE: dict[int | str, dict[str, Any]] = {
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
    wanted: Annotated[JobFilter, Query()], page: PageQuery, actor: User, db: Db, kept: Kept
) -> Page[JobOut]:
    """Long work of your organisation, the latest first; who works for some groups only sees their own."""
    return await service.list_jobs(db, actor, wanted, page, kept)


@router.get("/{job_id}", summary="Một công việc nền")
async def read_job(job_id: Uuid, actor: User, db: Db, request: Request, kept: Kept) -> JobOut:
    """How far a job is (tiến độ), how it ended, and until when its files are kept (`file_kept_until`, thời hạn lưu)."""
    language = negotiate(request.headers.get("accept-language"))
    return JobOut.of(await service.read_job(db, actor, job_id), kept, language)


@router.post("/{job_id}/cancel", summary="Hủy một công việc nền")
async def cancel_job(job_id: Uuid, actor: User, db: Db, kept: Kept) -> JobOut:
    """Stop a job (hủy): what it has written by then stays, unless it was asked to write all or nothing."""
    return JobOut.of(await service.cancel(db, actor, job_id), kept)


@router.get("/{job_id}/file", summary="Tải tệp kết quả", response_class=StreamingResponse, responses=_FILE)
async def read_file(
    job_id: Uuid, actor: User, db: Db, request: Request, name: Annotated[FileName | None, Query()] = None
) -> StreamingResponse:
    """The file that a job made (tệp kết quả): an export, or the rejected rows of an import.

    An import also has `ket-qua.ndjson.gz`, with what became of every row: pass that as `name`. After
    `file_kept_until` the answer is 410 `file_expired` (hết thời hạn lưu); the job itself stays.
    """
    database: Database = request.app.state.database
    file = await service.open_file(db, actor, job_id, database, name)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}",
        "Content-Length": str(file.size),
    }
    return StreamingResponse(file.parts, headers=headers, media_type=file.media_type)
