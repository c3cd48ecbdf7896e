"""Compute reports of the social insurance office from what the actor may see."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.permissions import Permission
from app.core.errors import FieldError, Forbidden, InvalidInput
from app.core.values.time import first_day, today
from app.forms.documents.snapshot import Report
from app.forms.kinds import ReportForm
from app.forms.layouts.report_parts import ReportHead
from app.forms.reports.b09 import queries as b09_queries
from app.forms.reports.b09.rules import build_supported_rows
from app.forms.reports.b15 import queries as b15_queries
from app.forms.reports.b15.rules import build_collector_rows, build_organisation_rows, build_performances
from app.forms.reports.c21 import queries as c21_queries
from app.forms.reports.c21.rules import build_stopped_counts, build_stopped_people, list_stopped_members
from app.forms.reports.d11 import queries as d11_queries
from app.forms.reports.d11.rules import build_remuneration_line, build_remuneration_rows
from app.forms.reports.rules import ReportPeriod, ReportUnit, resolve_report_period
from app.forms.reports.schemas import ReportIn
from app.forms.reports.units import (
    read_commune_hierarchies,
    read_issuer,
    read_organisation_hierarchies,
    read_place_names,
)
from app.tenancy.organisations.references import resolve_organisation

Mentions = list[set[UUID]]
"""The members whom each row names, in the order of the rows."""
ComputeRows = Callable[[AsyncSession, Actor, ReportIn, ReportPeriod], Awaitable[tuple[list[Any], Mentions]]]


async def compute_report(db: AsyncSession, actor: Actor, body: ReportIn) -> Report:
    """Compute the requested report, within what the actor may see.

    Raises: InvalidInput, NotFound (the organisation); Forbidden for support groups that the actor may
    not see.
    """
    period = resolve_report_period(body.form, body.sheet, body.month, body.months)
    _check_request(body, period)
    if body.form is ReportForm.B09 and not actor.has_permission(Permission.MEMBER_SENSITIVE):
        raise Forbidden
    issuer = await read_issuer(db, actor, body.list_date)
    signing_place = issuer.province or "Hà Nội"
    head = ReportHead(
        issuer.above, issuer.name, period.first, period.last, body.list_date, place=signing_place
    )
    if body.form is ReportForm.D11 and body.sheet == "detail":
        organisation = await resolve_organisation(db, actor, body.organisation_id, body.organisation_code)
        head = replace(head, unit_code=organisation.code, unit_name=organisation.name)
        lines = await d11_queries.read_remuneration_detail(db, actor, period, organisation.id)
        mentions = [{line.member_id} for line in lines]
        return Report(
            body.form, body.sheet, head, [build_remuneration_line(line) for line in lines], mentions
        )
    rows, mentions = await _COMPUTE_BY_FORM[body.form](db, actor, body, period)
    return Report(body.form, body.sheet, head, rows, mentions)


def _check_request(body: ReportIn, period: ReportPeriod) -> None:
    errors: list[FieldError] = []
    if body.list_date > today():
        errors.append(FieldError("/list_date", *_IN_FUTURE))
    if period.first > body.list_date:
        errors.append(FieldError("/month", *_IN_FUTURE))
    if body.stopped_from is not None and (
        body.form is not ReportForm.C21 or first_day(body.stopped_from) > period.first
    ):
        errors.append(FieldError("/stopped_from", *_NOT_OF_SHEET))
    detail = body.form is ReportForm.D11 and body.sheet == "detail"
    if not detail:
        given_fields = (
            name for name in ("organisation_id", "organisation_code") if getattr(body, name) is not None
        )
        errors += [FieldError(f"/{name}", *_NOT_OF_SHEET) for name in given_fields]
    if body.organisation_id is not None and body.organisation_code is not None:
        errors.append(FieldError("/organisation_code", *_ONE_OF_TWO))
    if errors:
        raise InvalidInput(errors=errors)


async def _compute_stopped(
    db: AsyncSession, actor: Actor, body: ReportIn, period: ReportPeriod
) -> tuple[list[Any], Mentions]:
    since = period.first if body.stopped_from is None else first_day(body.stopped_from)
    stops = await c21_queries.read_stopped_coverage(db, actor, replace(period, first=since), body.list_date)
    codes = [code for stop in stops for code in (stop.hamlet_code, stop.home_code, stop.home_province)]
    people = build_stopped_people(stops, await read_place_names(db, codes, period.last))
    if body.sheet == "a":
        return list(people), list_stopped_members(stops)
    hierarchies = await read_commune_hierarchies(db, (person.commune_code for person in people), period.last)
    return list(build_stopped_counts(people, hierarchies, body.sheet)), []


async def _compute_progress(
    db: AsyncSession, actor: Actor, body: ReportIn, period: ReportPeriod
) -> tuple[list[Any], Mentions]:
    participants, targets = (
        await b15_queries.read_participants(db, actor, period),
        await b15_queries.read_targets(db, actor, period),
    )
    performances = build_performances(participants, targets)
    if not performances:
        return [], []
    hierarchies = await read_organisation_hierarchies(
        db, {organisation for organisation, _ in performances}, period.last
    )
    if body.sheet != "a":
        return list(build_organisation_rows(performances, hierarchies, body.sheet)), []
    collector_ids = [collector for _, collector in performances if collector is not None]
    names = {
        row.id: ReportUnit(row.code, row.name)
        for row in await b15_queries.read_collectors(db, actor, collector_ids)
    }
    return list(build_collector_rows(performances, hierarchies, names)), []


async def _compute_supported(
    db: AsyncSession, actor: Actor, body: ReportIn, period: ReportPeriod
) -> tuple[list[Any], Mentions]:
    rows = await b09_queries.read_supported(db, actor, period)
    hierarchies = await read_commune_hierarchies(db, (row.commune_code for row in rows), period.last)
    return list(build_supported_rows(rows, hierarchies, body.sheet)) if rows else [], []


async def _compute_remuneration(
    db: AsyncSession, actor: Actor, body: ReportIn, period: ReportPeriod
) -> tuple[list[Any], Mentions]:
    rows = await d11_queries.read_remuneration_sums(db, actor, period)
    hierarchies = await read_organisation_hierarchies(db, {row.organisation_id for row in rows}, period.last)
    return list(build_remuneration_rows(rows, hierarchies, body.sheet[0])) if rows else [], []


_COMPUTE_BY_FORM: Final[dict[ReportForm, ComputeRows]] = {
    ReportForm.C21: _compute_stopped,
    ReportForm.B15: _compute_progress,
    ReportForm.B09: _compute_supported,
    ReportForm.D11: _compute_remuneration,
}
_IN_FUTURE: Final = (
    "in_future",
    "Ngày lập và kỳ báo cáo không được sau hôm nay.",
    "Neither the report's date nor its period may be in the future.",
)
_NOT_OF_SHEET: Final = (
    "not_of_form",
    "Tờ này của biểu mẫu không dùng trường này, hoặc tháng không trước tháng báo cáo.",
    "This sheet does not take this field, or the month is not before the report's.",
)
_ONE_OF_TWO: Final = (
    "one_of_two",
    "Chỉ ghi một trong hai: mã định danh (UUID) hoặc mã số.",
    "Give either the id or the code, not both.",
)
