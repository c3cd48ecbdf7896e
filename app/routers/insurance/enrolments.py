"""Enrolments (đăng ký tham gia): sent by unions, decided by BHXH."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query, Request, Response
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.http.answers import created, describe_existing_response, versioned_response, with_etag
from app.core.http.parameters.if_match import IfMatch, OptionalIfMatch
from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.request_body import KIB, BodyLimits
from app.core.http.router import StrictRouter
from app.core.language import negotiate_language
from app.core.values.ids import Uuid
from app.core.values.paging import Page
from app.insurance.eligibility.schemas import Checks
from app.insurance.enrolments import checks, issue, service
from app.insurance.enrolments.decisions.deciding import DecisionItem
from app.insurance.enrolments.detail import read_enrolment_json
from app.insurance.enrolments.rules import Action
from app.insurance.enrolments.schemas import (
    DecisionReason,
    End,
    EnrolmentFilter,
    EnrolmentIn,
    EnrolmentOut,
    EnrolmentPatch,
    Issue,
    Reasons,
    Withdrawal,
)
from app.routers.actors import (
    EnrolmentDecider,
    EnrolmentDrafter,
    EnrolmentHotReader,
    EnrolmentReader,
    EnrolmentSubmitter,
)

router = StrictRouter(prefix="/v1/enrolments", tags=["enrolments"])

_REASONS_BODY = BodyLimits(256 * KIB)
"""50 reasons of 500 characters."""


@router.post(
    "", status_code=201, responses=describe_existing_response(EnrolmentOut), summary="Lập một đăng ký"
)
async def create(body: EnrolmentIn, actor: EnrolmentDrafter, db: Db, response: Response) -> EnrolmentOut:
    """Enter one enrolment as a draft (nháp). The same once more answers 200 with the first one.

    A treasurer (thủ quỹ tổ) drafts for a group of their own and names it; an officer of the union submits it.
    """
    enrolment, is_new = await service.create_enrolment(db, actor, body)
    return created(response, "/v1/enrolments", enrolment, is_new=is_new)


@router.get("", summary="Danh sách đăng ký")
async def list_enrolments(
    filters: Annotated[EnrolmentFilter, Query()], page: PageQuery, actor: EnrolmentReader, db: Db
) -> Page[EnrolmentOut]:
    """Enrolments that you may see, the newest first; BHXH sees those of all networks in its places."""
    return await service.list_enrolments(db, actor, filters, page)


@router.get("/{enrolment_id}", response_model=EnrolmentOut, summary="Một đăng ký", hot=True)
async def read(caller: EnrolmentHotReader, enrolment_id: Uuid) -> Response:
    """One enrolment, with BHXH's reasons where it was returned or rejected."""
    return versioned_response(*await read_enrolment_json(caller, enrolment_id))


@router.patch("/{enrolment_id}", summary="Sửa đăng ký nháp hoặc bị trả lại")
async def edit(
    enrolment_id: Uuid,
    body: EnrolmentPatch,
    actor: EnrolmentDrafter,
    version: IfMatch,
    db: Db,
    response: Response,
) -> EnrolmentOut:
    """Change a draft or a returned enrolment; only the fields that are sent.

    What is held for it is free again when its place, group or terms change: the price is another one.
    """
    return with_etag(response, await service.edit_enrolment(db, actor, enrolment_id, version, body))


@router.post("/{enrolment_id}/submit", summary="Gửi BHXH")
async def submit(
    enrolment_id: Uuid, actor: EnrolmentSubmitter, version: OptionalIfMatch, db: Db, response: Response
) -> EnrolmentOut:
    """Submit a draft or a returned enrolment to BHXH."""
    return with_etag(
        response, await service.transition_enrolment(db, actor, enrolment_id, version, Action.SUBMIT)
    )


@router.get("/{enrolment_id}/checks", summary="Kiểm tra điều kiện tham gia")
async def read_checks(enrolment_id: Uuid, actor: EnrolmentReader, db: Db, request: Request) -> Checks:
    """What speaks against an enrolment in its first month (điều kiện tham gia), worked out now.

    An `error` refuses `submit` and `accept`, which name each of them; a `warning` is for people to look at and is shown
    here alone, and so are the `candidates`: members of the same register who may be the same person.
    """
    language = negotiate_language(request.headers.get("accept-language"))
    return Checks.from_findings(*await checks.read_checks(db, actor, enrolment_id), language)


@router.post("/{enrolment_id}/withdraw", summary="Rút đăng ký")
async def withdraw(
    enrolment_id: Uuid,
    actor: EnrolmentSubmitter,
    version: OptionalIfMatch,
    db: Db,
    response: Response,
    body: Withdrawal | None = None,
) -> EnrolmentOut:
    """Take an enrolment back as long as it is not paid, after BHXH accepted it as well; say why.

    What is held for it is free again, and its month is free for another enrolment, which has a reference of its own.
    """
    return with_etag(response, await service.withdraw_enrolment(db, actor, enrolment_id, version, body))


@router.post("/{enrolment_id}/accept", summary="BHXH tiếp nhận")
async def accept(
    enrolment_id: Uuid, actor: EnrolmentDecider, version: OptionalIfMatch, db: Db, response: Response
) -> EnrolmentOut:
    """Accept a submitted enrolment (BHXH)."""
    return await _decide(db, actor, response, DecisionItem(enrolment_id, version), Action.ACCEPT)


@router.post("/{enrolment_id}/return", summary="BHXH trả lại để sửa", body_limits=_REASONS_BODY)
async def return_(
    enrolment_id: Uuid,
    body: Reasons,
    actor: EnrolmentDecider,
    version: OptionalIfMatch,
    db: Db,
    response: Response,
) -> EnrolmentOut:
    """Return a submitted or accepted enrolment with a reason for each field that must be corrected (BHXH).

    What is held for it stays held until the union changes something that the price depends on.
    `GET /v1/enrolments/decision-reasons` lists the codes of reasons with their fields and sentences.
    """
    return await _decide(
        db, actor, response, DecisionItem(enrolment_id, version), Action.RETURN, body.reasons
    )


@router.post("/{enrolment_id}/reject", summary="BHXH từ chối", body_limits=_REASONS_BODY)
async def reject(
    enrolment_id: Uuid,
    body: Reasons,
    actor: EnrolmentDecider,
    version: OptionalIfMatch,
    db: Db,
    response: Response,
) -> EnrolmentOut:
    """Reject an enrolment that is not paid for good, with reasons (BHXH), after it was accepted or returned as well.

    What is held for it is free again, and its month is free for another enrolment.
    """
    return await _decide(
        db, actor, response, DecisionItem(enrolment_id, version), Action.REJECT, body.reasons
    )


@router.post("/{enrolment_id}/activate", summary="BHXH đã cấp sổ, thẻ")
async def activate(
    enrolment_id: Uuid,
    actor: EnrolmentDecider,
    version: OptionalIfMatch,
    db: Db,
    response: Response,
    body: Issue | None = None,
) -> EnrolmentOut:
    """Say that the book or the card of a paid enrolment is issued (BHXH, cấp sổ BHXH, thẻ BHYT).

    A number that the register does not have is noted there; one that differs from it is 409 and names the field.
    """
    return with_etag(
        response, await issue.activate_enrolment(db, actor, enrolment_id, version, body or Issue())
    )


@router.post("/{enrolment_id}/end", summary="BHXH ghi dừng tham gia")
async def end(
    enrolment_id: Uuid,
    body: End,
    actor: EnrolmentDecider,
    version: OptionalIfMatch,
    db: Db,
    response: Response,
) -> EnrolmentOut:
    """Say why and on which day the insurance of a paid or active enrolment ended (BHXH, dừng tham gia)."""
    return with_etag(response, await issue.end_enrolment(db, actor, enrolment_id, version, body))


async def _decide(
    db: AsyncSession,
    actor: Actor,
    response: Response,
    item: DecisionItem,
    action: Action,
    reasons: Sequence[DecisionReason] = (),
) -> EnrolmentOut:
    """Decide on an enrolment, and answer with its new version."""
    return with_etag(response, await service.decide_enrolment(db, actor, item, action, reasons))
