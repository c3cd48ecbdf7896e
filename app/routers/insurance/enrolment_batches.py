"""Batches of enrolments (lô đăng ký): as JSON, NDJSON, CSV or XLSX, at once or as a job."""

from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response

from app.auth.permissions import Permission
from app.core.http.parameters.idempotency import BatchIdempotencyKey
from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.language import negotiate_language
from app.core.values.ids import Uuid
from app.core.values.paging import Page
from app.imports.enrolments import service as imports
from app.imports.enrolments.schemas import ImportQuery
from app.imports.files.columns import Form
from app.imports.files.sources import Format
from app.imports.files.templates import build_enrolment_template
from app.imports.upload import Upload
from app.insurance.enrolments.intake import batch as batches
from app.insurance.enrolments.intake.schemas import EnrolmentBatchIn, EnrolmentBatchOut, EnrolmentBatchSummary
from app.routers import batch_answers as http
from app.routers.actors import (
    EnrolmentReader,
    EnrolmentSandboxValidator,
)
from app.routers.upload import UPLOAD_BODY, ReceiveUpload, await_while_connected

router = StrictRouter(prefix="/v1/enrolments/batches", tags=["enrolments"])


def _body_schema() -> dict[str, Any]:
    schema = EnrolmentBatchIn.model_json_schema(ref_template="#/components/schemas/{model}")
    schema.pop("$defs")  # they are described with the single enrolment
    schema["properties"]["on_conflict"].pop("default")  # generators take what has a default for needed
    return schema


@router.post(
    "",
    body_limits=UPLOAD_BODY,
    summary="Gửi một lô đăng ký",
    responses=http.batch_responses("RowOut"),
    openapi_extra=http.batch_request_body(_body_schema()),
    response_model=EnrolmentBatchOut,
)
async def receive_batch(
    query: Annotated[ImportQuery, Query()],
    upload: Annotated[Upload, Depends(ReceiveUpload(Permission.ENROLMENT_VALIDATE))],
    key: BatchIdempotencyKey,
    actor: EnrolmentSandboxValidator,
    db: Db,
    request: Request,
) -> Response:
    """Send enrolments (lô đăng ký) as JSON, NDJSON, CSV or XLSX and learn what became of each.

    A row becomes `created` (submitted to BHXH), `updated` (with `on_conflict=update_open`), `duplicate` (the person is
    enrolled for the same product from the same month), `unchanged` (this very row was sent before) or `rejected`, with
    a pointer and a reason; what is there is never overwritten unasked. `candidates` are members of your own register
    who may be the person of the row. An `atomic` batch with a rejected row is 422, and nothing of it is kept. Up to
    1,000 rows are answered at once, an NDJSON body with one line for each; more are 202 with a job (`Location`), whose
    report holds the rejected rows, ready to be corrected and sent again. CSV and XLSX may have the API's columns, or
    the headings of D05-TS or Mẫu số 4; the official forms are read as they are. A client in the sandbox (chỉ thử) sends
    `validate` only.
    """
    terms = http.build_upload_terms(request, key)
    received = await await_while_connected(
        request, upload, imports.receive_enrolment_upload(db, actor, upload, query, terms)
    )
    batch, language = received.batch, negotiate_language(request.headers.get("accept-language"))
    if received.job is not None:
        return http.respond_with_job(request, received.job, language, replayed=received.replayed)
    report, location = EnrolmentBatchOut.from_record(batch, language), f"/v1/enrolments/batches/{batch.id}"
    return http.respond_with_rows(upload, report, report.items, location, replayed=received.replayed)


@router.get("/template", summary="Tải tệp mẫu", response_class=Response, responses=http.TEMPLATE_RESPONSES)
async def read_template(
    _reader: EnrolmentReader,
    kind: Annotated[Format, Query(alias="format", description="Định dạng")],
    form: Annotated[
        Form, Query(description="Biểu mẫu whose headings it has; `plain`: the API's names")
    ] = Form.PLAIN,
) -> Response:
    """An empty file with the headings (tệp mẫu) that a batch is read by."""
    return http.respond_with_file(f"dang-ky-{form.value}", kind, build_enrolment_template(kind, form))


@router.get("", summary="Các lô đã gửi")
async def list_batches(page: PageQuery, actor: EnrolmentReader, db: Db) -> Page[EnrolmentBatchSummary]:
    """Batches of your organisation and of those in your places, the newest first."""
    return await batches.list_enrolment_batches(db, actor, page)


@router.get("/{batch_id}", summary="Một lô đã gửi")
async def read_batch(batch_id: Uuid, actor: EnrolmentReader, db: Db, request: Request) -> EnrolmentBatchOut:
    """What became of each row of a batch (kết quả từng dòng)."""
    batch = await batches.read_enrolment_batch(db, actor, batch_id)
    return EnrolmentBatchOut.from_record(batch, negotiate_language(request.headers.get("accept-language")))
