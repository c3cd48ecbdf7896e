"""Organisations (tổ chức, cơ quan): the tree of each network, with dated parents and places."""

from typing import Annotated

from fastapi import Query, Response

from app.core.http.answers import created, with_etag
from app.core.http.parameters.if_match import IfMatch
from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.values.ids import Uuid
from app.core.values.paging import Page
from app.routers.actors import OrganisationManager, OrganisationReader
from app.tenancy.organisations import dates as organisation_dates
from app.tenancy.organisations import service as organisation_service
from app.tenancy.organisations.schemas import (
    CoverageIn,
    EndIn,
    OrganisationFilter,
    OrganisationIn,
    OrganisationOut,
    OrganisationPatch,
    ParentIn,
)

router = StrictRouter(prefix="/v1/organisations", tags=["organisations"])


@router.get("", summary="Danh sách tổ chức")
async def list_organisations(
    filters: Annotated[OrganisationFilter, Query()], page: PageQuery, actor: OrganisationReader, db: Db
) -> Page[OrganisationOut]:
    """The organisations of your places and network, by code."""
    return await organisation_service.list_organisations(db, actor, filters, page)


@router.post("", status_code=201, summary="Thêm một tổ chức")
async def create_organisation(
    body: OrganisationIn, actor: OrganisationManager, db: Db, response: Response
) -> OrganisationOut:
    """Add a unit in your places. BHXH may add the units of any network: so unions come into the system."""
    organisation = await organisation_service.create_organisation(db, actor, body)
    return created(response, "/v1/organisations", organisation)


@router.get("/{organisation_id}", summary="Một tổ chức")
async def read_organisation(
    organisation_id: Uuid, actor: OrganisationReader, db: Db, response: Response
) -> OrganisationOut:
    """One organisation with its dated parents and places."""
    return with_etag(response, await organisation_service.read_organisation(db, actor, organisation_id))


@router.patch("/{organisation_id}", summary="Đổi tên hoặc đóng một tổ chức")
async def edit_organisation(
    organisation_id: Uuid,
    body: OrganisationPatch,
    actor: OrganisationManager,
    version: IfMatch,
    db: Db,
    response: Response,
) -> OrganisationOut:
    """Rename an organisation, or close it from a day on (`closed_on`; null opens it again)."""
    organisation = await organisation_service.edit_organisation(db, actor, organisation_id, version, body)
    return with_etag(response, organisation)


@router.post("/{organisation_id}/parents", status_code=201, summary="Thay đổi cấp trên từ một ngày")
async def set_parent(
    organisation_id: Uuid, body: ParentIn, actor: OrganisationManager, db: Db, response: Response
) -> OrganisationOut:
    """Put an organisation under another one from a day on; earlier days stay as recorded."""
    return with_etag(response, await organisation_dates.set_parent(db, actor, organisation_id, body))


@router.post("/{organisation_id}/places", status_code=201, summary="Thêm địa bàn từ một ngày")
async def add_place(
    organisation_id: Uuid, body: CoverageIn, actor: OrganisationManager, db: Db, response: Response
) -> OrganisationOut:
    """Let an organisation cover a further place of yours, with all that became part of it."""
    return with_etag(
        response, await organisation_dates.add_organisation_place(db, actor, organisation_id, body)
    )


@router.post("/{organisation_id}/places/{place_code}/end", summary="Kết thúc phụ trách một địa bàn")
async def end_place(
    organisation_id: Uuid,
    place_code: str,
    body: EndIn,
    actor: OrganisationManager,
    db: Db,
    response: Response,
) -> OrganisationOut:
    """End the coverage of a place: at once, or with a last day."""
    return with_etag(
        response,
        await organisation_dates.end_organisation_place(db, actor, organisation_id, place_code, body),
    )
