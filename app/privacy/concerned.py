"""Who is concerned by a breach: whose data a user or partner system touched in a time, and whose they could see."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from app.core.halt import FatalError

# What an actor did stands in the audit and in the books, whom they saw or searched for in the read audit; each record
# leads to the person whom it is about. (A list that was leafed through leaves no trace: `_REACH` is for that.)
_TOUCHED: Final = """
with acts as (
    select subject_id, subject_kind, event, at from audit_event where actor_id = $1 and at >= $2 and at < $3
), people as (
    select a.subject_id as member_id, a.event, a.at from acts a
    union all select m.id, a.event, a.at from acts a join member m on m.household_id = a.subject_id
    union all select e.member_id, a.event, a.at from acts a join enrolment e on e.id = a.subject_id
    union all select p.member_id, a.event, a.at from acts a join premium_payment p on p.id = a.subject_id
    union all select r.member_id, a.event, a.at from acts a join premium_refund r on r.id = a.subject_id
    union all select s.member_id, a.event, a.at from acts a join membership s on s.id = a.subject_id
    union all select q.member_id, a.event, a.at from acts a join data_request q on q.id = a.subject_id
    union all select e.member_id, a.event, a.at from acts a join enrolment e on e.batch_id = a.subject_id
    union all select coalesce(e.member_id, p.member_id), a.event, a.at
                from acts a join export_row x on x.list_id = a.subject_id
                left join enrolment e on e.id = x.enrolment_id left join premium_payment p on p.id = x.payment_id
    union all select t.member_id, 'ledger.recorded', t.recorded_at
                from ledger_txn t where t.recorded_by = $1 and t.recorded_at >= $2 and t.recorded_at < $3
    union all select r.member_id, 'read.' || r.act, r.at
                from read_audit r where r.actor_id = $1 and r.at >= $2 and r.at < $3
)
select m.id, m.network, m.province_code, m.commune_code, array_agg(distinct p.event order by p.event) as events,
       min(p.at) as first_at, max(p.at) as last_at
  from people p join member m on m.id = p.member_id
 group by m.id order by m.id
"""

_REACH: Final = """
select m.id
  from (select organisation_id, null::text[] as places from app_user where id = $1
        union all select organisation_id, place_codes from api_client where id = $1) a
  join organisation o on o.id = a.organisation_id join network n on n.code = o.network
 cross join covered_by(o.id, $2::date) c
  join member m on (n.sees_all or m.network = o.network)
       and (c.nationwide or m.province_code = any (c.provinces) or m.commune_code = any (c.communes))
       and (a.places is null or m.province_code = any (a.places) or m.commune_code = any (a.places))
 where m.anonymised_at is null order by m.id
"""

_FIND_USER: Final = "select id from app_user where username = $1"
_FIND_CLIENT: Final = "select id from api_client where client_id = $1"


class UnknownActor(FatalError):
    """Nobody has this name."""

    def __init__(self) -> None:
        super().__init__("Không có người dùng hoặc hệ thống này. / No such user or client.")


class DaysReversed(FatalError):
    """The first day is after the last."""

    def __init__(self) -> None:
        super().__init__("--from là ngày sau --to. / --from is after --to.")


@dataclass(frozen=True, slots=True)
class ConcernedPerson:
    """A member whose data was touched. events: what was done; first_at, last_at: within the time asked for."""

    member_id: UUID
    network: str
    province_code: str
    commune_code: str
    events: tuple[str, ...]
    first_at: datetime
    last_at: datetime


async def find_actor(connection: Any, user: str | None, client: str | None) -> UUID:
    """Find a user by username or a partner system by client id. connection: as the owner. Raises: UnknownActor."""
    statement, name = (_FIND_USER, user) if user is not None else (_FIND_CLIENT, client)
    actor_id: UUID | None = await connection.fetchval(statement, name)
    if actor_id is None:
        raise UnknownActor
    return actor_id


async def find_concerned(
    connection: Any, actor_id: UUID, begins: datetime, ends: datetime
) -> list[ConcernedPerson]:
    """Find whose data an actor touched from a moment on and before another. connection: as the owner."""
    await connection.execute("select fold_reads()")
    rows = await connection.fetch(_TOUCHED, actor_id, begins, ends)
    return [
        ConcernedPerson(
            row["id"], row["network"], row["province_code"], row["commune_code"], tuple(row["events"]),
            row["first_at"], row["last_at"],
        )
        for row in rows
    ]  # fmt: skip


async def find_within_reach(connection: Any, actor_id: UUID, day: Any) -> list[UUID]:
    """Find every member whom an actor's organisation covered on a day: at most these could be seen in lists."""
    return [row["id"] for row in await connection.fetch(_REACH, actor_id, day)]
