"""Pairs of members with the same number (cặp trùng số): for whoever sees both of them, to settle."""

from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.values.paging import Page
from app.people.number_pairs import service
from app.people.number_pairs.schemas import NumberPair, SettledPair, SettleIn
from app.routers.actors import NumberSettler

router = StrictRouter(prefix="/v1/member-number-pairs", tags=["members"])


@router.get("", summary="Cặp hội viên trùng số")
async def list_pairs(page: PageQuery, actor: NumberSettler, db: Db) -> Page[NumberPair]:
    """Members of one register with the same national id or social insurance number, both of whom you see.

    Who enters a number that somebody outside of their places has is not told so; it stays pending until it is settled
    here, by the union's office above the two or by BHXH, and BHXH accepts no enrolment for it meanwhile.
    """
    return await service.list_pairs(db, actor, page)


@router.post("/settle", summary="Xử lý cặp trùng số")
async def settle(body: SettleIn, actor: NumberSettler, db: Db) -> SettledPair:
    """Say whose the number is; the other's keeper reads `number_to_check` with the record, which names nobody.

    The two records stay two: nothing of one is moved to the other.
    """
    return await service.settle_pair(db, actor, body)
