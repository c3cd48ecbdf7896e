"""Networks (hệ thống hội, ngành)."""

from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.values.paging import Page
from app.routers.actors import AnyActor
from app.tenancy.networks import service as network_service
from app.tenancy.networks.schemas import NetworkOut

router = StrictRouter(prefix="/v1/networks", tags=["networks"])


@router.get("", summary="Danh sách hệ thống hội, ngành")
async def list_networks(page: PageQuery, _actor: AnyActor, db: Db) -> Page[NetworkOut]:
    """The networks whose units work here."""
    return await network_service.list_networks(db, page)


@router.get("/{code}", summary="Một hệ thống")
async def read_network(code: str, _actor: AnyActor, db: Db) -> NetworkOut:
    """One network by its code."""
    return await network_service.read_network(db, code)
