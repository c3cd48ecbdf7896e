"""Decisions on many enrolments at once (tiếp nhận, trả lại, từ chối hàng loạt), and the catalogue of reasons."""

from typing import Annotated, Any

from fastapi import Query, Request, Response

from app.auth.guards.allowance import consume_rows
from app.core.http.parameters.idempotency import BatchIdempotencyKey, set_replayed
from app.core.http.parameters.unit_of_work import Db
from app.core.http.request_body import KIB, BodyLimits
from app.core.http.router import StrictRouter
from app.core.language import negotiate_language
from app.core.values.ids import Uuid
from app.core.values.time import Day, today
from app.imports.decisions.service import receive_decision
from app.insurance.enrolments.decisions.catalogue import CATALOGUE
from app.insurance.enrolments.decisions.records import read_decision
from app.insurance.enrolments.decisions.schemas import (
    MAX_ITEMS,
    CatalogueReasonOut,
    CatalogueReasonsOut,
    EnrolmentDecisionIn,
    EnrolmentDecisionOut,
)
from app.jobs.schemas import JobOut
from app.routers.actors import EnrolmentDecider, EnrolmentReader
from app.routers.batch_answers import respond_with_job

router = StrictRouter(prefix="/v1/enrolments", tags=["enrolments"])

_DECISION_BODY = BodyLimits(1536 * KIB, values=3 * MAX_ITEMS + 1000)
"""10,000 rows with a version each, and 50 reasons."""
_RESPONSES: dict[int | str, dict[str, Any]] = {
    202: {
        "model": JobOut,
        "description": "Danh sách dài: công việc nền thực hiện / a job decides on a long list",
        "headers": {"Location": {"description": "Where to ask further", "schema": {"type": "string"}}},
    }
}


@router.get("/decision-reasons", summary="Danh mục lý do trả lại, từ chối")
async def list_reasons(
    _reader: EnrolmentReader,
    on: Annotated[Day | None, Query(description="Ngày mà lý do được dùng; bỏ trống: hôm nay")] = None,
) -> CatalogueReasonsOut:
    """The reasons for which BHXH may return or reject an enrolment on a day, with their codes, fields and sentences."""
    day = on or today()
    reasons = [CatalogueReasonOut.from_reason(reason) for reason in CATALOGUE if reason.is_valid_on(day)]
    return CatalogueReasonsOut(items=reasons)


@router.post(
    "/decisions",
    body_limits=_DECISION_BODY,
    summary="Tiếp nhận, trả lại hoặc từ chối hàng loạt",
    responses=_RESPONSES,
    response_model=EnrolmentDecisionOut,
)
async def decide(
    body: EnrolmentDecisionIn, key: BatchIdempotencyKey, actor: EnrolmentDecider, db: Db, request: Request,
    response: Response,
) -> Any:  # fmt: skip
    """Accept, return or reject many enrolments at once (BHXH), each row with its own outcome.

    A row is `done`, or `refused` with the code and the reasons that its single decision would answer; one row's refusal
    stops no other. The rows are those of a list (`items`, refused as stale where a `version` is named that is no longer
    theirs) or of a filter with the words of `GET /v1/enrolments`. A filter is tried first (`dry_run`, chạy thử: the
    same answer, nothing is written); `dry_run_id` then carries out what was seen: rows that came later
    are not decided, and those that were changed since are refused. Up to 1,000 rows are answered at once; more are 202
    with a job (`Location`), whose file has a line for each row.
    """
    await consume_rows(request, len(body.items or ()) or 1)
    received = await receive_decision(db, actor, body, key)
    language = negotiate_language(request.headers.get("accept-language"))
    if received.job is not None:
        return respond_with_job(request, received.job, language, replayed=received.replayed)
    set_replayed(response, received.replayed)
    response.headers["Location"] = f"/v1/enrolments/decisions/{received.decision.id}"
    return EnrolmentDecisionOut.from_record(received.decision, language)


@router.get("/decisions/{decision_id}", summary="Một quyết định hàng loạt")
async def read_outcomes(
    decision_id: Uuid, actor: EnrolmentDecider, db: Db, request: Request
) -> EnrolmentDecisionOut:
    """What became of each row of a decision of your organisation (kết quả từng dòng), also of a trial."""
    decision = await read_decision(db, actor, decision_id)
    return EnrolmentDecisionOut.from_record(
        decision, negotiate_language(request.headers.get("accept-language"))
    )
