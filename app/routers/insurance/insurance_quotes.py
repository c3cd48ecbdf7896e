"""Quotes (tính mức đóng) and refunds (số tiền hoàn trả): open to everybody, so many a minute from one address."""

from fastapi import Response

from app.core.http.request_body import KIB, BodyLimits
from app.core.http.router import StrictRouter
from app.insurance.quotes import service
from app.insurance.quotes.schemas import QuoteIn, QuoteOut, RefundIn, RefundQuoteOut
from app.routers.visitor import TOO_MANY, AnyVisitor

router = StrictRouter(prefix="/v1/insurance", tags=["insurance"])


@router.post(
    "/quotes",
    response_model=QuoteOut,
    responses=TOO_MANY,
    summary="Tính mức đóng",
    hot=True,
    body_limits=BodyLimits(24 * KIB, values=500),  # a household with what proves each member's age
)
async def quote(caller: AnyVisitor, body: QuoteIn) -> Response:
    """What is to be paid under the rules of the payment date, what state, province and others add, and until when.

    Voluntary social insurance (BHXH tự nguyện) by `method` and `monthly_income`; household health insurance (BHYT hộ
    gia đình) by `months` and `members`. `assume` puts values in place of the rules' for a what-if.
    """
    return caller.to_response(service.build_quote(await caller.rules.book(), body, caller.language))


@router.post(
    "/refund-quotes",
    response_model=RefundQuoteOut,
    responses=TOO_MANY,
    summary="Tính số tiền hoàn trả",
    hot=True,
)
async def quote_refund(caller: AnyVisitor, body: RefundIn) -> Response:
    """What the unused months of a payment give back: the person's own money, support excluded."""
    return caller.to_response(service.build_refund_quote(await caller.rules.book(), body, caller.language))
