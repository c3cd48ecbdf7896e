"""Reports of the social insurance office, worked out from what the actor may see."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Final

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.permissions import Permission
from app.core.errors import FieldError, Forbidden, InvalidInput, NotFound
from app.core.time import first_day, today
from app.exchange import b09_queries, b15_queries, c21_queries, d11_queries
from app.exchange.b09_rules import supported_rows
from app.exchange.b15_rules import collector_rows, doers_of, organisation_rows
from app.exchange.c21_rules import counts_of, people_of
from app.exchange.d11_rules import earned_of, summary_rows
from app.exchange.forms.report_parts import Head
from app.exchange.report_rules import ReportForm, Span, Unit, span_of
from app.exchange.report_schemas import ReportIn
from app.exchange.report_snapshot import Report
from app.exchange.report_units import maker, names_of, of_communes, of_organisations
from app.models.organisation import Organisation
from app.tenancy.organisation_queries import find_organisation

Rows = Callable[[AsyncSession, Actor, ReportIn, Span], Awaitable[list[Any]]]


async def work_out(db: AsyncSession, actor: Actor, body: ReportIn) -> Report:
    """The report that is asked for, within what the actor may see.

    Raises: InvalidInput, NotFound (the organisation); Forbidden where support groups are told to who may not know
    them.
    """
    span = span_of(body.form, body.sheet, body.month, body.months)
    _check(body, span)
    if body.form is ReportForm.B09 and not actor.may(Permission.MEMBER_SENSITIVE):
        raise Forbidden
    by = await maker(db, actor, body.list_date)
    place = by.province or "Hà Nội"
    head = Head(by.above, by.name, span.first, span.last, body.list_date, place=place)
    if body.form is ReportForm.D11 and body.sheet == "detail":
        unit = await _organisation(db, actor, body)
        head = replace(head, unit_code=unit.code, unit_name=unit.name)
        rows = [earned_of(row) for row in await d11_queries.detail(db, actor, span, unit.id)]
    else:
        rows = await _ROWS[body.form](db, actor, body, span)
    return Report(body.form, body.sheet, head, rows)


def _check(body: ReportIn, span: Span) -> None:
    wrong: list[FieldError] = []
    if body.list_date > today():
        wrong.append(FieldError("/list_date", *_IN_FUTURE))
    if span.first > body.list_date:
        wrong.append(FieldError("/month", *_IN_FUTURE))
    if body.stopped_from is not None and (
        body.form is not ReportForm.C21 or first_day(body.stopped_from) > span.first
    ):
        wrong.append(FieldError("/stopped_from", *_NOT_FOR))
    detail = body.form is ReportForm.D11 and body.sheet == "detail"
    if not detail:
        named = (name for name in ("organisation_id", "organisation_code") if getattr(body, name) is not None)
        wrong += [FieldError(f"/{name}", *_NOT_FOR) for name in named]
    if body.organisation_id is not None and body.organisation_code is not None:
        wrong.append(FieldError("/organisation_code", *_ONE_OF_TWO))
    if wrong:
        raise InvalidInput(errors=wrong)


async def _organisation(db: AsyncSession, actor: Actor, body: ReportIn) -> Organisation:
    if body.organisation_code is not None:
        found, pointer = await find_organisation(db, actor, code=body.organisation_code), "/organisation_code"
    else:
        found = await find_organisation(db, actor, id_=body.organisation_id or actor.organisation_id)
        pointer = "/organisation_id"
    if found is None:
        raise NotFound(errors=[FieldError(pointer, "not_found", NotFound.vi, NotFound.en)])
    return found


async def _stopped(db: AsyncSession, actor: Actor, body: ReportIn, span: Span) -> list[Any]:
    since = span.first if body.stopped_from is None else first_day(body.stopped_from)
    stops = await c21_queries.stops(db, actor, replace(span, first=since), body.list_date)
    codes = [code for stop in stops for code in (stop.hamlet_code, stop.home_code, stop.home_province)]
    people = people_of(stops, await names_of(db, codes, span.last))
    if body.sheet == "a":
        return list(people)
    standings = await of_communes(db, (person.commune_code for person in people), span.last)
    return list(counts_of(people, standings, body.sheet))


async def _progress(db: AsyncSession, actor: Actor, body: ReportIn, span: Span) -> list[Any]:
    people, targets = await b15_queries.people(db, actor, span), await b15_queries.targets(db, actor, span)
    doers = doers_of(people, targets)
    if not doers:
        return []
    standings = await of_organisations(db, {organisation for organisation, _ in doers}, span.last)
    if body.sheet != "a":
        return list(organisation_rows(doers, standings, body.sheet))
    who = [collector for _, collector in doers if collector is not None]
    names = {row.id: Unit(row.code, row.name) for row in await b15_queries.collectors(db, actor, who)}
    return list(collector_rows(doers, standings, names))


async def _supported(db: AsyncSession, actor: Actor, body: ReportIn, span: Span) -> list[Any]:
    cells = await b09_queries.supported(db, actor, span)
    standings = await of_communes(db, (cell.commune_code for cell in cells), span.last)
    return list(supported_rows(cells, standings, body.sheet)) if cells else []


async def _earned(db: AsyncSession, actor: Actor, body: ReportIn, span: Span) -> list[Any]:
    cells = await d11_queries.sums(db, actor, span)
    standings = await of_organisations(db, {cell.organisation_id for cell in cells}, span.last)
    return list(summary_rows(cells, standings, body.sheet[0])) if cells else []


_ROWS: Final[dict[ReportForm, Rows]] = {
    ReportForm.C21: _stopped,
    ReportForm.B15: _progress,
    ReportForm.B09: _supported,
    ReportForm.D11: _earned,
}
_IN_FUTURE: Final = (
    "in_future",
    "Ngày lập và kỳ báo cáo không được sau hôm nay.",
    "Neither the report's day nor its period may lie in the future.",
)
_NOT_FOR: Final = (
    "not_of_form",
    "Tờ này của biểu mẫu không dùng trường này, hoặc tháng không trước tháng báo cáo.",
    "This sheet of the form takes no such field, or the month is not before the report's.",
)
_ONE_OF_TWO: Final = (
    "one_of_two",
    "Chỉ ghi một trong hai: mã id hoặc mã code.",
    "Give either the id or the code, not both.",
)
