"""Duplicates (đăng ký trùng): one person enrolled by two unions, which BHXH alone sees and settles."""

from typing import Annotated

from fastapi import Query, Response

from app.core.http.answers import set_created_status, set_location
from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.values.ids import Uuid
from app.core.values.paging import Page
from app.insurance.duplicates import service
from app.insurance.duplicates.schemas import Duplicate, DuplicateFilter, MergeIn
from app.routers.actors import EnrolmentDecider

router = StrictRouter(prefix="/v1/enrolment-duplicates", tags=["enrolments"])


@router.get("", summary="Đăng ký trùng giữa các hội")
async def list_duplicates(
    filters: Annotated[DuplicateFilter, Query()], page: PageQuery, _actor: EnrolmentDecider, db: Db
) -> Page[Duplicate]:
    """Pairs of enrolments of one person for one product in overlapping months (BHXH), whoever sent them.

    Two members are one person for certain when they share a number: `national_id` or `social_insurance_no`. With
    `certainty=probable` come those of one name (accents do not count), commune and birth date, with a score: 0.95, or
    0.80 where day and month are swapped; never those whose 12-digit national ids differ. To reject one of a pair is
    the ordinary `reject`; `merge` says besides which one it repeats, and can be undone.
    """
    return await service.list_duplicates(db, filters, page)


@router.post("/merge", status_code=201, summary="Gộp đăng ký trùng")
async def merge(body: MergeIn, actor: EnrolmentDecider, db: Db, response: Response) -> Duplicate:
    """Keep one enrolment and take the other out of life (BHXH, gộp).

    The other becomes `rejected` for its union with the reason `already_registered`, which names nobody. The same once
    more answers 200.
    """
    duplicate, is_new = await service.merge_enrolments(db, actor, body)
    set_created_status(response, is_new)
    set_location(response, "/v1/enrolment-duplicates", duplicate.merge_id)
    return duplicate


@router.get("/{merge_id}", summary="Một lần gộp")
async def read_merge(merge_id: Uuid, _actor: EnrolmentDecider, db: Db) -> Duplicate:
    """One merge (BHXH), undone ones too."""
    return await service.read_merge(db, merge_id)


@router.post("/{merge_id}/undo", summary="Hoàn tác việc gộp")
async def undo(merge_id: Uuid, actor: EnrolmentDecider, db: Db) -> Duplicate:
    """Put the dropped enrolment back where it was (BHXH, hoàn tác); 409 when it has changed since."""
    return await service.undo_merge(db, actor, merge_id)
