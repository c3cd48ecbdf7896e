"""Lists on official forms (danh sách theo biểu mẫu): made once, numbered, and printed again."""

from typing import Annotated, Any

from fastapi import Query, Request, Response
from fastapi.responses import StreamingResponse

from app.core.http.answers import file_response
from app.core.http.parameters.idempotency import IdempotencyKey, set_replayed
from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.postgres.database import Database
from app.core.values.ids import Uuid
from app.core.values.paging import Page
from app.forms.lists import service
from app.forms.lists.schemas import ExportBody, ExportFilter, ExportOut
from app.insurance.rules.store import RuleStore
from app.jobs import service as jobs
from app.routers.actors import ExportMaker

router = StrictRouter(prefix="/v1/exports", tags=["exports"])

_ACCEPTED_RESPONSES: dict[int | str, dict[str, Any]] = {
    202: {
        "model": ExportOut,
        "description": "Danh sách lớn: tệp do công việc nền lập / a job makes the file of a large list",
    }
}
_FILE_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Tệp XLSX hoặc DOCX / the file, with its own content type",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("", status_code=201, summary="Lập danh sách theo biểu mẫu", responses=_ACCEPTED_RESPONSES)
async def make_export(
    body: ExportBody,
    actor: ExportMaker,
    db: Db,
    request: Request,
    response: Response,
    key: IdempotencyKey = None,
) -> ExportOut:
    """Make a list on an official form of the posted payments that the filters choose and no list has yet.

    Its number (số), day and rows never change; `GET /v1/exports/{id}/file` prints it, also again. The day chooses the
    layout: D05-TS is that of QĐ 366 from 2026-05-01 on, and of QĐ 595 before. Beyond 5,000 rows the answer is 202,
    and the job at `Location` makes the file. TK1-TS declares one enrolment (`enrolment_ids`).

    The reports C21-TS, B15-UQ, B09-TS and D11-TS (`form` c21_ts, b15_uq, b09_ts, d11_ts) tell about a month, a quarter
    or a year: `sheet` names the sheet of the form, `month` the period's first month. What they say is worked out when
    they are made, from all networks for BHXH and from its own for a union, within the caller's places.
    """
    store: RuleStore = request.app.state.rules
    result = await service.create_list(db, actor, await store.book(), body, key)
    answer = ExportOut.from_record(result.row)
    if answer.job_url is not None:
        response.status_code = 202
    response.headers["Location"] = answer.job_url or f"/v1/exports/{answer.id}"
    set_replayed(response, result.replayed)
    return answer


@router.get("", summary="Các danh sách đã lập, mới nhất trước")
async def list_exports(
    filters: Annotated[ExportFilter, Query()], page: PageQuery, actor: ExportMaker, db: Db
) -> Page[ExportOut]:
    """Lists of your organisation and of those in your places, the newest first."""
    return await service.list_lists(db, actor, filters, page)


@router.get("/{export_id}", summary="Một danh sách đã lập")
async def read_export(export_id: Uuid, actor: ExportMaker, db: Db) -> ExportOut:
    """One list: its number, day, totals, and where its file is."""
    return await service.read_list(db, actor, export_id)


@router.get(
    "/{export_id}/file",
    summary="Tải hoặc in lại danh sách",
    response_class=StreamingResponse,
    responses=_FILE_RESPONSES,
)
async def read_file(export_id: Uuid, actor: ExportMaker, db: Db, request: Request) -> StreamingResponse:
    """The list as XLSX (TK1-TS as DOCX), from its rows as they stood when it was made: cell by cell the same each time.

    While the job of a large list is at work the answer is 404 `file_not_ready`.
    """
    opened = await service.open_list(db, actor, export_id)
    if isinstance(opened, service.OpenList):
        return file_response(opened.name, opened.media_type, opened.size, opened.chunks())
    database: Database = request.app.state.database
    file = await jobs.open_job_file(db, actor, opened, database)
    return file_response(file.name, file.media_type, file.size, file.parts)
