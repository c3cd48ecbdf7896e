"""The results of collectors: by month and product, from the lists of enrolments and payments and equal to them."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.permissions import Permission
from app.core.errors import InvalidInput
from app.core.values.paging import Page, PageRequest, get_cursor_values
from app.core.values.time import add_months, first_day, month_of, today
from app.stats.collectors import queries
from app.stats.collectors.schemas import CollectorResultFilter, CollectorResultOut

_FIGURES: Final = tuple(
    name
    for name in CollectorResultOut.model_fields
    if name not in ("collector_id", "collector_name", "month", "product")
)


async def list_results(
    db: AsyncSession, actor: Actor, filters: CollectorResultFilter, page: PageRequest
) -> Page[CollectorResultOut]:
    """List a page of results by month, collector and product; their own for who may not see users.

    Raises: InvalidInput when the period ends before it begins.
    """
    days = _resolve_days(filters)
    collector = filters.collector_id
    if not actor.has_permission(Permission.USER_READ):
        if collector not in (None, actor.id):
            return Page(items=[], next_cursor=None)
        collector = actor.id
    figures: dict[tuple[str, str, str], dict[str, Any]] = defaultdict(lambda: dict.fromkeys(_FIGURES, 0))
    for read in (queries.count_enrolments, queries.sum_payments):
        for row in await read(db, actor, days, filters.product, collector):
            values = row._asdict()
            key = values.pop("month"), str(values.pop("collector_id")), values.pop("product")
            figures[key] |= values
    after = get_cursor_values(page, str, str, str)
    keys = [key for key in sorted(figures) if after is None or key > after]
    shown = keys[: page.limit]
    names = await queries.read_names(db, actor, {UUID(collector_id) for _, collector_id, _ in shown})
    items = [
        CollectorResultOut(
            month=month, collector_id=UUID(of), product=product, collector_name=names.get(UUID(of)),
            **figures[month, of, product],
        )
        for month, of, product in shown
    ]  # fmt: skip
    return Page(items=items, next_cursor=page.next_cursor(keys, lambda key: key))


def _resolve_days(filters: CollectorResultFilter) -> tuple[date, date]:
    this_month = month_of(today())
    last = filters.to or this_month
    first = filters.from_ or min(f"{last[:4]}-01", last)
    if first > last:
        raise InvalidInput.at(
            "/query/to",
            "before_from",
            vi="Tháng kết thúc trước tháng bắt đầu.",
            en="The period ends before it begins.",
        )
    return first_day(first), first_day(add_months(last, 1)) - timedelta(days=1)
