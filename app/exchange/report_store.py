"""A report is kept like every list: numbered, with its rows as they stood, in the transaction that works it out."""

import json
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.db import driver_of
from app.core.ids import uuid7
from app.exchange.export_errors import NothingToList
from app.exchange.forms.d11 import Sums
from app.exchange.report_rules import ReportForm
from app.exchange.report_schemas import ReportIn
from app.exchange.report_service import work_out
from app.exchange.report_snapshot import Report

_KEEP: Final = """
with listed as (
    insert into export_list (id, network, organisation_id, province_code, commune_code, form, layout, number, year,
           list_date, params, rows, totals, client_key, request_hash, created_by)
    select $1, $2, o.id, o.province_code, o.commune_code, $4, $5, $6, $7, $8, $9::text::jsonb, cardinality($10::text[]),
           $11::text::jsonb, $12, $13, $14
      from organisation o where o.id = $3
    returning *
)
insert into export_row (list_id, position, network, organisation_id, province_code, commune_code, form, data)
select l.id, r.n, l.network, l.organisation_id, l.province_code, l.commune_code, l.form, r.data::jsonb
  from listed l cross join unnest($10) with ordinality r (data, n)
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the list of a report is entered under. layout: the decision's number; key, digest: of the request."""

    layout: int
    number: int
    key: str
    digest: bytes


async def store_report(db: AsyncSession, actor: Actor, body: ReportIn, entry: Entry) -> UUID:
    """Work a report out and keep it under the id that is given back.

    Raises: NothingToList when it has no row; what `work_out` refuses.
    """
    report = await work_out(db, actor, body)
    if not report.rows:
        raise NothingToList
    params = {
        "sheet": body.sheet,
        "head": report.head_data(),
        "asked": body.model_dump(mode="json", exclude_none=True),
    }
    list_id = uuid7()
    await (await driver_of(db)).execute(
        _KEEP, list_id, actor.network, actor.organisation_id, body.form.value, entry.layout, entry.number,
        body.list_date.year, body.list_date, _text(params), [_text(row) for row in report.row_data()],
        _text(totals_of(report)), entry.key, entry.digest, actor.id,
    )  # fmt: skip
    return list_id


def _text(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


def totals_of(report: Report) -> dict[str, int]:
    """The money of a report, đồng; none of those that count people."""
    if report.form is ReportForm.B09:
        total = report.rows[-1]
        return {"amount_due": total.due, "state_support": total.state}
    if report.form is not ReportForm.D11:
        return {}
    sums: Any = report.rows[-1].sums if report.sheet != "detail" else sum(map(Sums.of, report.rows), Sums())
    return {
        "participant_pays": sums.paid,
        "remuneration": sums.earned,
        "refunded": sums.refunded,
        "clawback": sums.clawback,
    }
