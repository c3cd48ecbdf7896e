"""The statements that write enrolments, each for many rows, with all that follows: their members join the groups, and
what is recorded in the audit and announced to partners.

Rows are written in the order of their keys, so that two batches with the same people wait for one another instead of
locking each other out, and a row that is there already is passed over, never an error.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final
from uuid import UUID

from app.audit.events import Event
from app.audit.outbox import announce_sql
from app.audit.service import actor_arguments, record_event_sql
from app.core.postgres.bulk import BulkColumn, BulkRows, equal_to_one_of_many, fetch_with_custom_plan
from app.core.values.time import first_day
from app.insurance.enrolments.intake.context import IntakeContext
from app.insurance.enrolments.intake.row import EnrolmentRow
from app.insurance.enrolments.lifecycle import ANNOUNCEMENT_BY_STATUS
from app.insurance.enrolments.rules import PRICED_COLUMNS
from app.insurance.kinds import EnrolmentStatus

# The first arguments of each statement are the five of `actor_arguments` (network, actor, kind of actor, organisation,
# request), then status, batch, and the day on which members join groups.
_FIRST_ARGUMENT: Final = 9

_KEY_COLUMNS: Final[tuple[BulkColumn[EnrolmentRow], ...]] = (
    BulkColumn("id", "uuid", lambda row: row.enrolment_id),
    BulkColumn("member_id", "uuid", lambda row: row.member_id),
    BulkColumn("product", "text", lambda row: row.data.product),
    BulkColumn("external_ref", "text", lambda row: row.data.external_ref),
)
_EDITABLE_COLUMNS: Final[tuple[BulkColumn[EnrolmentRow], ...]] = (
    BulkColumn("province_code", "text", lambda row: row.commune_at_start.province_code),
    BulkColumn("commune_code", "text", lambda row: row.commune_at_start.commune_code),
    BulkColumn("group_id", "uuid", lambda row: row.group_id),
    BulkColumn("method", "text", lambda row: row.data.method),
    BulkColumn("months", "integer", lambda row: row.months),
    BulkColumn("monthly_income", "bigint", lambda row: row.data.monthly_income),
    BulkColumn("from_month", "date", lambda row: first_day(row.data.from_month)),
    BulkColumn("support_group", "text", lambda row: row.data.support_group),
    BulkColumn("relation_to_head", "text", lambda row: row.data.relation_to_head),
    BulkColumn("covered_until", "date", lambda row: row.data.covered_until),
    BulkColumn("insured_since", "date", lambda row: row.data.insured_since),
    BulkColumn("supported_before", "integer", lambda row: row.data.supported_before or 0),
    BulkColumn("consented_on", "date", lambda row: row.data.consented_on),
    BulkColumn("months_paid_before", "integer", lambda row: row.data.months_paid_before or 0),
    BulkColumn("proof_kind", "text", lambda row: row.data.proof_kind),
    BulkColumn("proof_no", "text", lambda row: row.data.proof_no),
    BulkColumn("proof_issued_by", "text", lambda row: row.data.proof_issued_by),
    BulkColumn("proof_valid_until", "date", lambda row: row.data.proof_valid_until),
    BulkColumn("content_hash", "bytea", lambda row: bytes.fromhex(row.content_hash)),
)
_PRICED_COLUMNS: Final = [column for column in _EDITABLE_COLUMNS if column.name in PRICED_COLUMNS]
_NEW_ENROLMENTS: Final = BulkRows("enrolment", *_KEY_COLUMNS, *_EDITABLE_COLUMNS)
_CHANGED_ENROLMENTS: Final = BulkRows(
    "changed_enrolment",
    _KEY_COLUMNS[0],
    *_EDITABLE_COLUMNS,
    BulkColumn("version", "integer", lambda row: row.existing and row.existing.version),
)


_WRITTEN_COLUMNS = "id, province_code, commune_code, external_ref, product, from_month, group_id, member_id"
_ANNOUNCEMENT_PAYLOAD = """jsonb_build_object('status', $6::text, 'external_ref', external_ref, 'product', product,
       'from_month', to_char(from_month, 'YYYY-MM'), 'reasons', '[]'::jsonb)"""
_MEMBERSHIP_FIELDS = "jsonb_build_object('group_id', group_id, 'joined_on', joined_on)"


def _follow_up_sql(event: Event, fields: str, status: EnrolmentStatus) -> str:
    """SQL after the CTE `done`, the enrolments as written: their members join the groups, and all of it is
    recorded in the audit and announced to partners.

    Memberships are looked up by the member alone: the planner would take the index of the group, and read all that are
    in it for each row."""
    announcement = ANNOUNCEMENT_BY_STATUS.get(status)
    announcement_cte = (
        f"announced as ({announce_sql(announcement, 'done', _ANNOUNCEMENT_PAYLOAD, 1)}),"
        if announcement
        else ""
    )
    return f"""
recorded as ({record_event_sql(event, "done", fields, 1)}), {announcement_cte}
started as (
insert into membership (id, group_id, member_id, network, province_code, commune_code, joined_on)
select new_id(), g.id, x.member_id, g.network, g.province_code, g.commune_code, greatest($8::date, g.started_on)
  from (select distinct group_id, member_id from done where group_id is not null) x
  join savings_group g on g.id = x.group_id
 where not exists (select from membership m
                    where m.member_id = x.member_id and not m.group_id is distinct from g.id
                      and (m.left_on is null or m.left_on >= $8::date))
 order by g.id, x.member_id
on conflict (group_id, member_id) where left_on is null do nothing
returning id, province_code, commune_code, group_id, joined_on
), joined as ({record_event_sql(Event.MEMBERSHIP_STARTED, "started", _MEMBERSHIP_FIELDS, 1)})
select id from done
"""


_CREATED_FIELDS = "jsonb_build_object('status', $6::text, 'product', product)"


@cache
def _insert_enrolments_sql(status: EnrolmentStatus, source: str) -> str:
    """SQL that inserts enrolments of one status, with all that follows."""
    return f"""
with done as (
insert into enrolment (network, organisation_id, client_id, batch_id, status, submitted_at, submitted_by, created_by,
       {", ".join(_NEW_ENROLMENTS.names)})
select $1::text, $4::uuid, case when $3::text = 'client' then $2::uuid end, $7::uuid, $6::text,
       case when $6::text = 'submitted' then now() end, case when $6::text = 'submitted' then $2::uuid end, $2::uuid,
       {", ".join(f"x.{name}" for name in _NEW_ENROLMENTS.names)}
  from {source}
 order by x.member_id, x.product, x.from_month, x.nth
on conflict do nothing
returning {_WRITTEN_COLUMNS}
), {_follow_up_sql(Event.ENROLMENT_CREATED, _CREATED_FIELDS, status)}
"""


_CHANGED_FIELDS = "jsonb_build_object('status', $6::text, 'batch_id', $7::uuid)"


@cache
def _update_enrolments_sql(source: str) -> str:
    """SQL that updates enrolments that were sent before, with all that follows.

    Passed over when BHXH or a colleague was there meanwhile, or when the person has another enrolment from that
    month on.
    """
    return f"""
with done as (
update enrolment e
   set {", ".join(f"{column.name} = x.{column.name}" for column in _EDITABLE_COLUMNS)},
       status = $6::text, submitted_at = now(), submitted_by = $2::uuid, updated_at = now(), version = e.version + 1
  from {source}
 where e.id = x.id and e.version = x.version and e.status in ('draft', 'submitted', 'returned')
   and not exists (select from enrolment o
                    where {equal_to_one_of_many("o.member_id", "e.member_id")}
                      and o.product = e.product and o.from_month = x.from_month
                      and o.id <> e.id and o.status not in ('rejected', 'withdrawn', 'ended') offset 0)
returning {", ".join(f"e.{name}" for name in _WRITTEN_COLUMNS.split(", "))}
), {_follow_up_sql(Event.ENROLMENT_CHANGED, _CHANGED_FIELDS, EnrolmentStatus.SUBMITTED)}
"""


def is_repriced(row: EnrolmentRow) -> bool:
    """Whether a row changes what the price of the enrolment that it updates depends on."""
    terms = row.existing.terms if row.existing else {}
    return any(column.get(row) != terms[column.name] for column in _PRICED_COLUMNS)


async def insert_enrolments(context: IntakeContext, rows: Sequence[EnrolmentRow]) -> set[UUID]:
    """Insert the enrolments of rows, and the memberships of their members in the groups.

    Returns: the ids of those that were inserted; one that repeats an existing enrolment is not.
    """
    source, arguments = await _NEW_ENROLMENTS.prepare_source(context.driver, rows, _FIRST_ARGUMENT)
    status = context.options.status
    settings = _first_arguments(context, status)
    sql = _insert_enrolments_sql(status, source)
    return {
        record["id"] for record in await fetch_with_custom_plan(context.driver, sql, *settings, *arguments)
    }


async def update_enrolments(context: IntakeContext, rows: Sequence[EnrolmentRow]) -> set[UUID]:
    """Update the open enrolments of rows, which are then submitted, and let their members join their groups; returns
    the ids of those that were."""
    source, arguments = await _CHANGED_ENROLMENTS.prepare_source(context.driver, rows, _FIRST_ARGUMENT)
    settings = _first_arguments(context, EnrolmentStatus.SUBMITTED)
    sql = _update_enrolments_sql(source)
    return {
        record["id"] for record in await fetch_with_custom_plan(context.driver, sql, *settings, *arguments)
    }


def _first_arguments(context: IntakeContext, status: EnrolmentStatus) -> tuple[Any, ...]:
    return *actor_arguments(context.actor), status.value, context.options.batch_id, context.today
