"""Networks: read by everybody, the same for everybody."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.errors import NotFound
from app.core.paging import Page, PageRequest, paged
from app.models.network import Network
from app.tenancy.network_schemas import NetworkOut


async def list_networks(db: AsyncSession, page: PageRequest) -> Page[NetworkOut]:
    """One page of the networks, by code."""
    rows, cursor = await paged(db, select(Network), columns=[col(Network.code)], page=page)
    return Page(items=[_out(row) for row in rows], next_cursor=cursor)


async def read_network(db: AsyncSession, code: str) -> NetworkOut:
    """Raises: NotFound."""
    row = await db.get(Network, code)
    if row is None:
        raise NotFound
    return _out(row)


def _out(row: Network) -> NetworkOut:
    return NetworkOut(code=row.code, name_vi=row.name_vi, name_en=row.name_en)
