"""The ledger's books (sổ cái): from which day they begin, and which periods are closed."""

from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.values.paging import Page
from app.ledger import closings
from app.ledger.schemas import ClosingIn, ClosingOut, OpeningIn, OpeningOut
from app.routers.actors import ContributionReader, PeriodCloser

router = StrictRouter(prefix="/v1/ledger", tags=["ledger"])


@router.get("/closings", summary="Các kỳ đã khóa sổ")
async def list_closings(actor: ContributionReader, db: Db, page: PageQuery) -> Page[ClosingOut]:
    """Until which day the books of a network are closed in each province (khóa sổ)."""
    return await closings.list_closings(db, actor, page)


@router.post("/closings", status_code=201, summary="Khóa sổ")
async def close_period(body: ClosingIn, actor: PeriodCloser, db: Db) -> ClosingOut:
    """Close your network's books in a province through a day. It cannot be taken back, only moved forward."""
    return await closings.close_period(db, actor, body)


@router.get("/openings", summary="Ngày mở sổ")
async def list_openings(actor: ContributionReader, db: Db, page: PageQuery) -> Page[OpeningOut]:
    """From which day the books of a network begin in each province (ngày mở sổ)."""
    return await closings.list_openings(db, actor, page)


@router.post("/openings", status_code=201, summary="Đặt ngày mở sổ")
async def open_books(body: OpeningIn, actor: PeriodCloser, db: Db) -> OpeningOut:
    """Say from which day your network's books in a province begin: what is dated before it is refused everywhere.

    It is not after today, nor after the first entry; until somebody says it, only the first days of groups and
    memberships bound the entries. It can be said again, with an earlier or a later day.
    """
    return await closings.open_books(db, actor, body)
