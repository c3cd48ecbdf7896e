"""Emergency accesses (truy cập khẩn cấp): people beyond one's places, for a while, by two, and reviewed."""

from typing import Annotated

from fastapi import Query, Response

from app.core.http.answers import created, describe_existing_response, with_etag
from app.core.http.parameters.if_match import IfMatch
from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.values.ids import Uuid
from app.core.values.paging import Page
from app.privacy.emergency import service
from app.privacy.emergency.queries import require_access
from app.privacy.emergency.schemas import (
    EmergencyAccessIn,
    EmergencyAccessOut,
    EmergencyDecision,
    EmergencyFilter,
    EmergencyReview,
    EmergencyToken,
)
from app.routers.actors import (
    EmergencyDecider,
    EmergencyEnder,
    EmergencyReader,
    EmergencyRequester,
    EmergencyReviewer,
)
from app.routers.dependencies import AuthServicesDep

router = StrictRouter(prefix="/v1/emergency-accesses", tags=["emergency-accesses"])
_Out = EmergencyAccessOut


@router.get("", summary="Danh sách truy cập khẩn cấp")
async def list_accesses(
    filters: Annotated[EmergencyFilter, Query()], page: PageQuery, actor: EmergencyReader, db: Db
) -> Page[EmergencyAccessOut]:
    """Those of your places and of your organisation, the newest first; `overdue=true`: not reviewed in time."""
    return await service.list_accesses(db, actor, filters, page)


@router.post("", status_code=201, responses=describe_existing_response(_Out), summary="Yêu cầu")
async def request_access(
    body: EmergencyAccessIn, actor: EmergencyRequester, db: Db, response: Response
) -> EmergencyAccessOut:
    """Ask to see the members of a place beside your own; another administrator decides within a day."""
    row, is_new = await service.request_access(db, actor, body)
    return created(response, "/v1/emergency-accesses", _Out.from_record(row), is_new=is_new)


@router.get("/{access_id}", summary="Một lượt truy cập khẩn cấp")
async def read_access(access_id: Uuid, actor: EmergencyReader, db: Db) -> EmergencyAccessOut:
    """One emergency access; what was seen under it: `GET /v1/read-audit?emergency_access_id=`."""
    return _Out.from_record(await require_access(db, actor, access_id))


@router.post("/{access_id}/approve", summary="Duyệt (người thứ hai)")
async def approve_access(
    access_id: Uuid,
    body: EmergencyDecision,
    actor: EmergencyDecider,
    version: IfMatch,
    db: Db,
    response: Response,
) -> EmergencyAccessOut:
    """Approve it as the second person: it begins now, and ends by itself."""
    row = await service.approve_access(db, actor, access_id, version, body.note)
    return with_etag(response, _Out.from_record(row))


@router.post("/{access_id}/refuse", summary="Từ chối (người thứ hai)")
async def refuse_access(
    access_id: Uuid,
    body: EmergencyDecision,
    actor: EmergencyDecider,
    version: IfMatch,
    db: Db,
    response: Response,
) -> EmergencyAccessOut:
    """Refuse it as the second person."""
    row = await service.refuse_access(db, actor, access_id, version, body.note)
    return with_etag(response, _Out.from_record(row))


@router.post("/{access_id}/cancel", summary="Rút lại yêu cầu")
async def cancel_access(
    access_id: Uuid, actor: EmergencyRequester, version: IfMatch, db: Db, response: Response
) -> EmergencyAccessOut:
    """Cancel what you asked for, before it is decided."""
    row = await service.cancel_access(db, actor, access_id, version)
    return with_etag(response, _Out.from_record(row))


@router.post("/{access_id}/end", summary="Kết thúc sớm")
async def end_access(
    access_id: Uuid, actor: EmergencyEnder, version: IfMatch, db: Db, response: Response
) -> EmergencyAccessOut:
    """End it before its time; its sessions hold no longer from the next request on."""
    row = await service.end_access(db, actor, access_id, version)
    return with_etag(response, _Out.from_record(row))


@router.post("/{access_id}/review", summary="Rà soát sau khi kết thúc")
async def review_access(
    access_id: Uuid,
    body: EmergencyReview,
    actor: EmergencyReviewer,
    version: IfMatch,
    db: Db,
    response: Response,
) -> EmergencyAccessOut:
    """Say, as data protection officer, what the access was: of the time that is over, by who took no part in it."""
    row = await service.review_access(db, actor, access_id, version, body)
    return with_etag(response, _Out.from_record(row))


@router.post("/{access_id}/session", status_code=201, summary="Mở phiên truy cập khẩn cấp")
async def start_session(
    access_id: Uuid, actor: EmergencyRequester, db: Db, services: AuthServicesDep
) -> EmergencyToken:
    """A token for your approved access: it reads and searches members of your places and of that one, and nothing else.

    Your ordinary session stays what it is. Everybody who is shown is noted in the read audit with the access' id.
    """
    return await service.enter_access(db, actor, access_id, services.tokens)
