"""Batches of contributions (lô khoản đóng góp): as JSON, NDJSON, CSV or XLSX, at once or as a job."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response

from app.auth.permissions import Permission
from app.core.http.parameters.idempotency import BatchIdempotencyKey
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.language import negotiate_language
from app.core.values.ids import Uuid
from app.imports.contributions import intake
from app.imports.contributions.batch import read_contribution_batch as find_batch
from app.imports.contributions.rows import CONTRIBUTION_EXAMPLE, CONTRIBUTION_TEMPLATE, ContributionRowIn
from app.imports.contributions.schemas import ContributionBatchOut, ContributionQuery
from app.imports.files.sources import Format
from app.imports.files.templates import build_template
from app.imports.upload import Upload
from app.insurance.enrolments.intake.schemas import Mode
from app.routers import batch_answers as http
from app.routers.actors import ContributionReader, ContributionSandboxValidator
from app.routers.upload import UPLOAD_BODY, ReceiveUpload, await_while_connected

router = StrictRouter(prefix="/v1/contributions/batches", tags=["contributions"])

_ROW = ContributionRowIn.model_json_schema()
_ROW["properties"]["kind"].pop("default")  # generators take what has a default for needed
_SCHEMA = {
    "title": "ContributionBatchIn",
    "type": "object",
    "additionalProperties": False,
    "required": ["mode", "items"],
    "properties": {
        "mode": {"type": "string", "enum": [mode.value for mode in Mode]},
        "items": {"type": "array", "minItems": 1, "items": _ROW},
    },
}


@router.post(
    "",
    body_limits=UPLOAD_BODY,
    summary="Gửi một lô khoản đóng góp",
    responses=http.batch_responses("BookedRow"),
    openapi_extra=http.batch_request_body(_SCHEMA),
    response_model=ContributionBatchOut,
)
async def receive_batch(
    query: Annotated[ContributionQuery, Query()],
    upload: Annotated[Upload, Depends(ReceiveUpload(Permission.CONTRIBUTION_VALIDATE))],
    key: BatchIdempotencyKey,
    actor: ContributionSandboxValidator,
    db: Db,
    request: Request,
) -> Response:
    """Send contributions (khoản đóng góp) of any groups and days as JSON, NDJSON, CSV or XLSX.

    A row becomes `recorded`, `unchanged` (its `id` is in the books with just this) or `rejected`, with a pointer and a
    reason. The rows of a group and day make a sheet, written without those that are refused. A member is named by
    `member_id`, `national_id` or `social_insurance_no`; a row without is for the group's common fund (quỹ chung). Up to
    1,000 rows are answered at once; more are 202 with a job (`Location`), whose report holds the rejected rows. A
    client in the sandbox (chỉ thử) sends `validate` only: it learns what would become of each row, and none is kept.
    """
    terms = http.build_upload_terms(request, key)
    batch, replayed, job = await await_while_connected(
        request, upload, intake.receive_contribution_upload(db, actor, upload, query, terms)
    )
    language = negotiate_language(request.headers.get("accept-language"))
    if job is not None:
        return http.respond_with_job(request, job, language, replayed=replayed)
    report = ContributionBatchOut.from_record(batch, language)
    return http.respond_with_rows(
        upload, report, report.items, f"/v1/contributions/batches/{batch.id}", replayed=replayed
    )


@router.get("/template", summary="Tải tệp mẫu", response_class=Response, responses=http.TEMPLATE_RESPONSES)
async def read_template(
    _reader: ContributionReader, kind: Annotated[Format, Query(alias="format", description="Định dạng")]
) -> Response:
    """An empty file with the headings (tệp mẫu) that a batch of contributions is read by."""
    return http.respond_with_file(
        "dong-gop", kind, build_template(kind, CONTRIBUTION_TEMPLATE, CONTRIBUTION_EXAMPLE, "dong_gop")
    )


@router.get("/{batch_id}", summary="Một lô đã gửi")
async def read_batch(
    batch_id: Uuid, actor: ContributionReader, db: Db, request: Request
) -> ContributionBatchOut:
    """What became of each row of a batch (kết quả từng dòng)."""
    batch = await find_batch(db, actor, batch_id)
    return ContributionBatchOut.from_record(batch, negotiate_language(request.headers.get("accept-language")))
