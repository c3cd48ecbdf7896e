"""Store a report like every list: numbered, with its rows, in the transaction that computes it."""

import json
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.core.postgres.database import get_driver
from app.core.values.ids import uuid7
from app.forms.documents.errors import NothingToList
from app.forms.documents.snapshot import Report
from app.forms.kinds import ReportForm
from app.forms.layouts.d11 import RemunerationSums
from app.forms.reports.schemas import ReportIn
from app.forms.reports.service import compute_report

_INSERT_REPORT: Final = """
with listed as (
    insert into export_list (id, network, organisation_id, province_code, commune_code, form, layout, number, year,
           list_date, params, rows, totals, client_key, request_hash, created_by, has_mentions)
    select $1, $2, o.id, o.province_code, o.commune_code, $4, $5, $6, $7, $8, $9::text::jsonb, cardinality($10::text[]),
           $11::text::jsonb, $12, $13, $14, true
      from organisation o where o.id = $3
    returning *
), mentioned as (
    insert into export_mention (list_id, position, member_id, as_head, network)
    select l.id, m.position, m.member_id, false, l.network
      from listed l cross join unnest($15::integer[], $16::uuid[]) m (position, member_id)
)
insert into export_row (list_id, position, network, organisation_id, province_code, commune_code, form, data)
select l.id, r.n, l.network, l.organisation_id, l.province_code, l.commune_code, l.form, r.data::jsonb
  from listed l cross join unnest($10) with ordinality r (data, n)
"""


@dataclass(frozen=True, slots=True)
class ReportEntry:
    """The identity of a stored report. layout: the decision's number; key, digest: of the request."""

    layout: int
    number: int
    key: str
    digest: bytes


async def store_report(db: AsyncSession, actor: Actor, body: ReportIn, entry: ReportEntry) -> UUID:
    """Compute a report and store it; return its id.

    Raises: NothingToList when it has no row; as `compute_report`.
    """
    report = await compute_report(db, actor, body)
    if not report.rows:
        raise NothingToList
    params = {
        "sheet": body.sheet,
        "head": report.dump_head(),
        "asked": body.model_dump(mode="json", exclude_none=True),
    }
    list_id = uuid7()
    mentions = [(position, member) for position, row in enumerate(report.mentions, 1) for member in row]
    await (await get_driver(db)).execute(
        _INSERT_REPORT, list_id, actor.network, actor.organisation_id, body.form.value, entry.layout, entry.number,
        body.list_date.year, body.list_date, _to_json(params), [_to_json(row) for row in report.dump_rows()],
        _to_json(compute_report_totals(report)), entry.key, entry.digest, actor.id,
        [position for position, _ in mentions], [member for _, member in mentions],
    )  # fmt: skip
    return list_id


def _to_json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


def compute_report_totals(report: Report) -> dict[str, int]:
    """Compute the sums of a report in đồng; none for reports that count people."""
    if report.form is ReportForm.B09:
        total = report.rows[-1]
        return {"amount_due": total.due, "state_support": total.state}
    if report.form is not ReportForm.D11:
        return {}
    sums: Any = (
        report.rows[-1].sums
        if report.sheet != "detail"
        else sum(map(RemunerationSums.from_line, report.rows), RemunerationSums())
    )
    return {
        "participant_pays": sums.paid,
        "remuneration": sums.earned,
        "refunded": sums.refunded,
        "clawback": sums.clawback,
    }
