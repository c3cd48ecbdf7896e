"""The ledger's books (sổ cái): which periods are closed."""

from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.values.paging import Page
from app.ledger import closings
from app.ledger.schemas import ClosingIn, ClosingOut
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
