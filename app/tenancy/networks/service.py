"""Networks: list and read, the same for everybody."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.errors import NotFound
from app.core.values.paging import Page, PageRequest, fetch_page
from app.models.tenancy.network import Network
from app.tenancy.networks.schemas import NetworkOut


async def list_networks(db: AsyncSession, page: PageRequest) -> Page[NetworkOut]:
    """List one page of the networks, by code."""
    rows, cursor = await fetch_page(db, select(Network), columns=[col(Network.code)], page=page)
    return Page(items=[_to_response(row) for row in rows], next_cursor=cursor)


async def read_network(db: AsyncSession, code: str) -> NetworkOut:
    """Read one network. Raises: NotFound."""
    row = await db.get(Network, code)
    if row is None:
        raise NotFound
    return _to_response(row)


def _to_response(row: Network) -> NetworkOut:
    return NetworkOut(code=row.code, name_vi=row.name_vi, name_en=row.name_en)
