"""Networks (hệ thống hội, ngành)."""

from typing import Annotated

from fastapi import Depends

from app.auth.actor import Actor
from app.auth.guards.require import Require
from app.auth.permissions import Permission
from app.core.http.page_query import PageQuery
from app.core.http.routing import StrictRouter
from app.core.http.unit_of_work import Db
from app.core.values.paging import Page
from app.tenancy.networks import service as network_service
from app.tenancy.networks.schemas import NetworkOut

router = StrictRouter(prefix="/v1/networks", tags=["networks"])

Reader = Annotated[Actor, Depends(Require(Permission.SELF))]


@router.get("", summary="Danh sách hệ thống hội, ngành")
async def list_networks(page: PageQuery, _actor: Reader, db: Db) -> Page[NetworkOut]:
    """The networks whose units work here."""
    return await network_service.list_networks(db, page)


@router.get("/{code}", summary="Một hệ thống")
async def read_network(code: str, _actor: Reader, db: Db) -> NetworkOut:
    """One network by its code."""
    return await network_service.read_network(db, code)
