"""Benefit estimates (ước tính quyền lợi): open to everybody as quotes are, out of the same limit; and of a member."""

from fastapi import Request, Response

from app.core.http.answers import json_response
from app.core.http.parameters.unit_of_work import Db
from app.core.http.request_body import KIB, BodyLimits
from app.core.http.router import StrictRouter
from app.core.language import negotiate_language
from app.core.values.ids import Uuid
from app.insurance.benefits import service
from app.insurance.benefits.member import estimate_member
from app.insurance.benefits.schemas import BenefitEstimateIn, MemberEstimateIn
from app.insurance.benefits.shapes import BenefitEstimateOut
from app.routers.actors import MemberReader
from app.routers.visitor import TOO_MANY, AnyVisitor

ESTIMATE_LIMITS = BodyLimits(64 * KIB, values=500)
"""20 times paid, 5 plans, and the values of a what-if."""

router = StrictRouter(prefix="/v1", tags=["insurance"])


@router.post(
    "/insurance/benefit-estimates",
    response_model=BenefitEstimateOut,
    responses=TOO_MANY,
    summary="Ước tính quyền lợi BHXH tự nguyện",
    hot=True,
    body_limits=ESTIMATE_LIMITS,
)
async def estimate(caller: AnyVisitor, body: BenefitEstimateIn) -> Response:
    """What voluntary social insurance gives back: from birth, sex, the months paid so far and plans to compare.

    Retirement age, the years that are missing and what they cost, the pension in today's money, the health card, the
    allowance without a pension, a withdrawal, maternity, funeral and survivors' benefits, the social pension: each
    with its article, its formula, what is assumed and what the texts leave open. A plan names an income
    (`monthly_income`) or what is put by (`pledge`), and how long. Nothing is stored.
    """
    return caller.to_response(service.build_estimate(await caller.rules.book(), body, caller.language))


@router.post(
    "/members/{member_id}/benefit-estimates",
    response_model=BenefitEstimateOut,
    summary="Ước tính quyền lợi của hội viên",
    body_limits=ESTIMATE_LIMITS,
)
async def estimate_of_member(
    member_id: Uuid, body: MemberEstimateIn, actor: MemberReader, db: Db, request: Request
) -> Response:
    """The same of a member of yours: birth, sex and what was paid are known, `paid_elsewhere` adds what is not.

    Who may not see premiums (a partner with `members:read` alone) gets it of what it declares. Nothing is stored.
    """
    language = negotiate_language(request.headers.get("accept-language"))
    book = await request.app.state.rules.book()
    return json_response(await estimate_member(db, actor, book, member_id, body, language))
