"""Premium payments (đóng phí): held by unions' people, posted with a receipt, or voided."""

from typing import Annotated

from fastapi import Query, Request, Response

from app.core.http.answers import set_location
from app.core.http.parameters.idempotency import REPLAY_RESPONSES, IdempotencyKey, set_replayed
from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.values.idempotency import resolve_idempotency_key
from app.core.values.ids import Uuid
from app.core.values.paging import Page
from app.insurance.premiums.payments import service
from app.insurance.premiums.payments.posting import post_premium
from app.insurance.premiums.payments.schemas import (
    PostIn,
    PremiumPaymentFilter,
    PremiumPaymentIn,
    PremiumPaymentOut,
)
from app.routers.actors import PremiumReader, PremiumRecorder

router = StrictRouter(prefix="/v1/premium-payments", tags=["premium-payments"])


@router.post("", status_code=201, summary="Tạm giữ tiền đóng", responses=REPLAY_RESPONSES)
async def hold(
    body: PremiumPaymentIn,
    actor: PremiumRecorder,
    db: Db,
    request: Request,
    response: Response,
    key: IdempotencyKey = None,
) -> PremiumPaymentOut:
    """Hold the premium of an enrolment that is submitted or accepted, out of several sources together.

    The price is the quote by the rules of the business date, and the sources add up to what remains after the support
    of state and province. All sources are held, or none: too little is 409 `insufficient_balance` at that source,
    or at `business_date` when it was not there on that day.
    """
    book = await request.app.state.rules.book()
    payment, replayed = await service.hold_premium(db, actor, book, body, resolve_idempotency_key(key, None))
    set_location(response, "/v1/premium-payments", payment.id)
    set_replayed(response, replayed)
    return payment


@router.get("", summary="Danh sách khoản đóng")
async def list_payments(
    filters: Annotated[PremiumPaymentFilter, Query()], page: PageQuery, actor: PremiumReader, db: Db
) -> Page[PremiumPaymentOut]:
    """Premium payments that you may see, the newest first; `from` and `to` are payment dates."""
    return await service.list_payments(db, actor, filters, page)


@router.get("/{payment_id}", summary="Một khoản đóng")
async def read(payment_id: Uuid, actor: PremiumReader, db: Db) -> PremiumPaymentOut:
    """One payment with its sources, and the formula and rules that its amounts follow."""
    return await service.read_payment(db, actor, payment_id)


@router.post("/{payment_id}/post", summary="Ghi biên lai")
async def post(
    payment_id: Uuid, body: PostIn, actor: PremiumRecorder, db: Db, request: Request
) -> PremiumPaymentOut:
    """Post a held payment, once BHXH has accepted the enrolment: priced again by the rules of the payment date.

    Dearer than what is held is 409 `premium_changed`; of a cheaper one the rest stays in the accounts. From then on
    nothing of it changes. Coverage follows, and the enrolment is paid. The same receipt again changes nothing.
    """
    book = await request.app.state.rules.book()
    return await post_premium(db, actor, book, payment_id, body)


@router.post("/{payment_id}/void", summary="Hủy tạm giữ")
async def void(payment_id: Uuid, actor: PremiumRecorder, db: Db) -> PremiumPaymentOut:
    """Give a held payment up: the money is free again, a donor's gift stays in the fund."""
    return await service.void_premium(db, actor, payment_id)
