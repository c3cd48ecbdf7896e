"""Enrolments (đăng ký tham gia): sent by unions one by one or in batches, decided by BHXH.

The reading of one of them is in `enrolment_detail.py`.
"""

from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response

from app.auth.actor import Actor
from app.auth.guards.require import Require
from app.auth.permissions import Permission
from app.core.http.answers import describe_existing_response
from app.core.http.if_match import IfMatch, OptionalIfMatch
from app.core.http.page_query import PageQuery
from app.core.http.routing import StrictRouter
from app.core.http.unit_of_work import Db
from app.core.language import negotiate_language
from app.core.values.ids import Uuid
from app.core.values.paging import Page
from app.imports.enrolments import service as imports
from app.imports.enrolments.schemas import ImportQuery
from app.imports.files.columns import Form
from app.imports.files.sources import Format
from app.imports.files.templates import build_enrolment_template
from app.imports.upload import Upload
from app.insurance.eligibility import service as eligibility
from app.insurance.eligibility.schemas import Checks
from app.insurance.enrolments import issue, service
from app.insurance.enrolments.intake import batch as batches
from app.insurance.enrolments.intake.schemas import EnrolmentBatchIn, EnrolmentBatchOut, EnrolmentBatchSummary
from app.insurance.enrolments.rules import Action
from app.insurance.enrolments.schemas import (
    End,
    EnrolmentFilter,
    EnrolmentIn,
    EnrolmentOut,
    EnrolmentPatch,
    Issue,
    Reasons,
)
from app.routers import batch_answers as http
from app.routers.upload import ReceiveUpload

router = StrictRouter(prefix="/v1/enrolments", tags=["enrolments"])

Reader = Annotated[Actor, Depends(Require(Permission.ENROLMENT_READ))]
Sender = Annotated[Actor, Depends(Require(Permission.ENROLMENT_SUBMIT))]
Validator = Annotated[Actor, Depends(Require(Permission.ENROLMENT_VALIDATE, sandbox=True))]
Decider = Annotated[Actor, Depends(Require(Permission.ENROLMENT_DECIDE))]


def _body_schema() -> dict[str, Any]:
    schema = EnrolmentBatchIn.model_json_schema(ref_template="#/components/schemas/{model}")
    schema.pop("$defs")  # they are described with the single enrolment
    schema["properties"]["on_conflict"].pop("default")  # generators take what has a default for needed
    return schema


@router.post(
    "/batches",
    summary="Gửi một lô đăng ký",
    responses=http.batch_responses("RowOut"),
    openapi_extra=http.batch_request_body(_body_schema()),
    response_model=EnrolmentBatchOut,
)
async def receive_batch(
    query: Annotated[ImportQuery, Query()],
    upload: Annotated[Upload, Depends(ReceiveUpload(Permission.ENROLMENT_VALIDATE))],
    key: http.BatchKey,
    actor: Validator,
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
    received = await imports.receive_enrolment_upload(db, actor, upload, query, terms)
    batch, language = received.batch, negotiate_language(request.headers.get("accept-language"))
    if received.job is not None:
        return http.respond_with_job(request, received.job, language, replayed=received.replayed)
    report, location = EnrolmentBatchOut.from_record(batch, language), f"/v1/enrolments/batches/{batch.id}"
    return http.respond_with_rows(upload, report, report.items, location, replayed=received.replayed)


@router.get(
    "/batches/template", summary="Tải tệp mẫu", response_class=Response, responses=http.TEMPLATE_RESPONSES
)
async def read_template(
    _reader: Reader,
    kind: Annotated[Format, Query(alias="format", description="Định dạng")],
    form: Annotated[
        Form, Query(description="Biểu mẫu whose headings it has; `plain`: the API's names")
    ] = Form.PLAIN,
) -> Response:
    """An empty file with the headings (tệp mẫu) that a batch is read by."""
    return http.respond_with_file(f"dang-ky-{form.value}", kind, build_enrolment_template(kind, form))


@router.get("/batches", summary="Các lô đã gửi")
async def list_batches(page: PageQuery, actor: Reader, db: Db) -> Page[EnrolmentBatchSummary]:
    """Batches of your organisation and of those in your places, the newest first."""
    return await batches.list_enrolment_batches(db, actor, page)


@router.get("/batches/{batch_id}", summary="Một lô đã gửi")
async def read_batch(batch_id: Uuid, actor: Reader, db: Db, request: Request) -> EnrolmentBatchOut:
    """What became of each row of a batch (kết quả từng dòng)."""
    batch = await batches.read_enrolment_batch(db, actor, batch_id)
    return EnrolmentBatchOut.from_record(batch, negotiate_language(request.headers.get("accept-language")))


@router.post(
    "", status_code=201, responses=describe_existing_response(EnrolmentOut), summary="Lập một đăng ký"
)
async def create(body: EnrolmentIn, actor: Sender, db: Db, response: Response) -> EnrolmentOut:
    """Enter one enrolment as a draft (nháp). The same once more answers 200 with the first one."""
    enrolment, is_new = await service.create_enrolment(db, actor, body)
    response.status_code = 201 if is_new else 200
    response.headers["Location"] = f"/v1/enrolments/{enrolment.id}"
    return _with_etag(enrolment, response)


@router.get("", summary="Danh sách đăng ký")
async def list_enrolments(
    filters: Annotated[EnrolmentFilter, Query()], page: PageQuery, actor: Reader, db: Db
) -> Page[EnrolmentOut]:
    """Enrolments that you may see, the newest first; BHXH sees those of all networks in its places."""
    return await service.list_enrolments(db, actor, filters, page)


@router.patch("/{enrolment_id}", summary="Sửa đăng ký nháp hoặc bị trả lại")
async def edit(
    enrolment_id: Uuid, body: EnrolmentPatch, actor: Sender, version: IfMatch, db: Db, response: Response
) -> EnrolmentOut:
    """Change a draft or a returned enrolment; only the fields that are sent."""
    return _with_etag(await service.edit_enrolment(db, actor, enrolment_id, version, body), response)


@router.post("/{enrolment_id}/submit", summary="Gửi BHXH")
async def submit(
    enrolment_id: Uuid, actor: Sender, version: OptionalIfMatch, db: Db, response: Response
) -> EnrolmentOut:
    """Submit a draft or a returned enrolment to BHXH."""
    return _with_etag(
        await service.transition_enrolment(db, actor, enrolment_id, version, Action.SUBMIT), response
    )


@router.get("/{enrolment_id}/checks", summary="Kiểm tra điều kiện tham gia")
async def read_checks(enrolment_id: Uuid, actor: Reader, db: Db, request: Request) -> Checks:
    """What speaks against an enrolment in its first month (điều kiện tham gia), worked out now.

    An `error` refuses `submit` and `accept`, which name each of them; a `warning` is for people to look at and is shown
    here alone, and so are the `candidates`: members of the same register who may be the same person.
    """
    language = negotiate_language(request.headers.get("accept-language"))
    return Checks.of(*await eligibility.read_checks(db, actor, enrolment_id), language)


@router.post("/{enrolment_id}/withdraw", summary="Rút đăng ký")
async def withdraw(
    enrolment_id: Uuid, actor: Sender, version: OptionalIfMatch, db: Db, response: Response
) -> EnrolmentOut:
    """Take an enrolment back before BHXH has accepted it."""
    return _with_etag(
        await service.transition_enrolment(db, actor, enrolment_id, version, Action.WITHDRAW), response
    )


@router.post("/{enrolment_id}/accept", summary="BHXH tiếp nhận")
async def accept(
    enrolment_id: Uuid, actor: Decider, version: OptionalIfMatch, db: Db, response: Response
) -> EnrolmentOut:
    """Accept a submitted enrolment (BHXH)."""
    return _with_etag(
        await service.transition_enrolment(db, actor, enrolment_id, version, Action.ACCEPT), response
    )


@router.post("/{enrolment_id}/return", summary="BHXH trả lại để sửa")
async def return_(
    enrolment_id: Uuid, body: Reasons, actor: Decider, version: OptionalIfMatch, db: Db, response: Response
) -> EnrolmentOut:
    """Return a submitted enrolment with a reason for each field that must be corrected (BHXH)."""
    enrolment = await service.transition_enrolment(
        db, actor, enrolment_id, version, Action.RETURN, body.reasons
    )
    return _with_etag(enrolment, response)


@router.post("/{enrolment_id}/reject", summary="BHXH từ chối")
async def reject(
    enrolment_id: Uuid, body: Reasons, actor: Decider, version: OptionalIfMatch, db: Db, response: Response
) -> EnrolmentOut:
    """Reject a submitted enrolment for good, with reasons (BHXH)."""
    enrolment = await service.transition_enrolment(
        db, actor, enrolment_id, version, Action.REJECT, body.reasons
    )
    return _with_etag(enrolment, response)


@router.post("/{enrolment_id}/activate", summary="BHXH đã cấp sổ, thẻ")
async def activate(
    enrolment_id: Uuid,
    actor: Decider,
    version: OptionalIfMatch,
    db: Db,
    response: Response,
    body: Issue | None = None,
) -> EnrolmentOut:
    """Say that the book or the card of a paid enrolment is issued (BHXH, cấp sổ BHXH, thẻ BHYT).

    A number that the register does not have is noted there; one that differs from it is 409 and names the field.
    """
    return _with_etag(
        await issue.activate_enrolment(db, actor, enrolment_id, version, body or Issue()), response
    )


@router.post("/{enrolment_id}/end", summary="BHXH ghi dừng tham gia")
async def end(
    enrolment_id: Uuid, body: End, actor: Decider, version: OptionalIfMatch, db: Db, response: Response
) -> EnrolmentOut:
    """Say why and on which day the insurance of a paid or active enrolment ended (BHXH, dừng tham gia)."""
    return _with_etag(await issue.end_enrolment(db, actor, enrolment_id, version, body), response)


def _with_etag(enrolment: EnrolmentOut, response: Response) -> EnrolmentOut:
    response.headers["ETag"] = f'"{enrolment.version}"'
    return enrolment
