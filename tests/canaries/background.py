"""What workers do unseen: the file of a large list, and what is due every hour; and somebody who is erased."""

import asyncio
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from app.core.values.ids import uuid7
from app.core.values.time import now, today
from app.forms.lists.service import LARGE_LIST_ROWS
from tests.canaries.acts import MEMBERS, person_body
from tests.canaries.bulk import wait_for_job
from tests.canaries.traffic import Traffic
from tests.canaries.values import BATCH_NATIONAL_IDS, MARK, NAME
from tests.forms.lists.payment_factories import insert_payment
from tests.serve_process import ServeProcess, wait_for
from tests.started_world import StartedWorld
from tests.world import GroupRef, World

EXPORTS, REQUESTS = "/v1/exports", "/v1/data-requests"
_MESSAGES = ("reminded of renewals", "pruned", "overdue reviews announced", "searched for erased people")
"""What a worker says that had something to do of each kind."""

_COPY = """
insert into {table}
select copy.* from {table} original
 cross join unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[]) n (member, enrolment, payment, coverage)
 cross join lateral jsonb_populate_record(original, jsonb_build_object({values})) copy
 where original.id = $1
"""
_COPIES = {
    "member": "'id', n.member",
    "enrolment": "'id', n.enrolment, 'member_id', n.member",
    "premium_payment": "'id', n.payment, 'member_id', n.member, 'enrolment_id', n.enrolment, 'receipt_no', n.payment,"
    " 'client_key', n.payment",
    "coverage": "'id', n.coverage, 'member_id', n.member, 'enrolment_id', n.enrolment, 'payment_id', n.payment",
}
"""What is another's in the copy of a row, by table."""


async def export_large_list(traffic: Traffic, data_dir: Path) -> dict[str, Any]:
    """Have a list made that is so large that a job writes its file. Returns: the job, as it ended."""
    async with StartedWorld.open(data_dir) as started:
        group = await _insert_paid_members(started.world, traffic, LARGE_LIST_ROWS + 1)
    body = {"form": "d05_ts", "list_date": str(today()), "group_id": str(group.id)}
    made = await traffic.send("POST", EXPORTS, EXPORTS, json.dumps(body), login=traffic.senders.union)
    assert made.status_code == 202, made.text
    job = await wait_for_job(traffic, made.headers["location"])
    file = await traffic.client.get(made.json()["file_url"], headers=traffic.senders.union.headers)
    assert (file.status_code, len(file.content) > 100_000) == (200, True)
    return job


async def _insert_paid_members(world: World, traffic: Traffic, count: int) -> GroupRef:
    """A group of the union, for whose members with one name so many payments are posted: one, and copies of it."""
    group = await _insert_group(world, traffic)
    member = await world.member(group.unit, commune=group.commune, name=NAME)
    payment = await insert_payment(world, group, member, payment_date=today(), from_month=_month(1))
    paid = await world.owner.fetchrow(
        "select p.enrolment_id, c.id as coverage_id from premium_payment p join coverage c on c.payment_id = p.id"
        " where p.id = $1",
        payment,
    )
    originals = (member, paid["enrolment_id"], payment, paid["coverage_id"])
    ids = [[uuid7() for _ in range(count - 1)] for _ in _COPIES]
    for (table, values), original in zip(_COPIES.items(), originals, strict=True):
        await world.owner.execute(_COPY.format(table=table, values=values), original, *ids)
    return group


async def _insert_group(world: World, traffic: Traffic) -> GroupRef:
    """A group beside the known one, of the same organisation."""
    known = UUID(traffic.known["group_id"])
    row = await world.owner.fetchrow("select * from savings_group where id = $1", known)
    large_id, code = uuid7(), f"{row['code']}-L"
    changes = json.dumps({"id": str(large_id), "code": code})
    await world.owner.execute(
        "insert into savings_group select (jsonb_populate_record(g, $2::jsonb)).* from savings_group g where g.id = $1",
        known, changes,
    )  # fmt: skip
    return GroupRef(large_id, code, traffic.senders.unit, row["commune_code"])


def _month(after: int) -> date:
    """The first day of a month after this one."""
    first = today().replace(day=1)
    months = first.year * 12 + first.month - 1 + after
    return date(months // 12, months % 12 + 1, 1)


async def erase_somebody(traffic: Traffic) -> None:
    """A person is erased, by their request."""
    union = traffic.senders.union
    person = person_body(
        traffic, national_id=f"{BATCH_NATIONAL_IDS[3]}999", social_insurance_no=None, health_card_no=None
    )
    made = await traffic.send("POST", MEMBERS, MEMBERS, person, login=union)
    body = {
        "member_id": made.json()["id"], "kind": "deletion", "requester": "self", "identity_check": "in_person",
        "details": f"{MARK} {NAME}",
    }  # fmt: skip
    asked = await traffic.send("POST", REQUESTS, REQUESTS, json.dumps(body), login=union)
    assert asked.status_code == 201, asked.text
    for version, (step, told) in enumerate({"accept": None, "carry-out": "{}"}.items(), start=1):
        path = f"{REQUESTS}/{asked.json()['id']}/{step}"
        headers = {"If-Match": f'"{version}"'}
        done = await traffic.send(
            "POST", path, f"{REQUESTS}/{{request_id}}/{step}", told, login=union, headers=headers
        )
        assert done.status_code == 200, done.text


async def wait_for_workers(traffic: Traffic, served: ServeProcess) -> list[str]:
    """Let something be due of every kind, and a new worker, which looks at once, do it. Returns: what none of it said."""
    async with StartedWorld.open(served.data_dir) as started:
        await _let_be_due(started.world, traffic)
    for worker in served.job_workers():
        worker.kill()

    def silent() -> list[str]:
        said = [str(line["message"]) for line in served.log_lines()]
        return [words for words in _MESSAGES if not any(one.startswith(f"{words}: ") for one in said)]

    await asyncio.to_thread(wait_for, lambda: not silent())
    return silent()


async def _let_be_due(world: World, traffic: Traffic) -> None:
    """A renewal, a counter of failed logins whose time is over, and the review of an emergency access."""
    group = await _find_group(world, traffic)
    member = await world.member(group.unit, commune=group.commune, name=NAME)
    await insert_payment(world, group, member, from_month=_month(-11))
    await world.owner.execute(
        "update login_throttle set window_start = window_start - interval '2 days', wait_until = null"
    )
    ended = {
        "id": uuid7(), "status": "ended", "decided_by": uuid7(), "decided_at": now(), "reason": f"{MARK} {NAME}",
        "starts_at": now() - timedelta(days=9), "ends_at": now() - timedelta(days=9) + timedelta(hours=1),
        "review_by": now() - timedelta(days=1),
    }  # fmt: skip
    await world.owner.execute(
        "insert into emergency_access select (jsonb_populate_record(e, $2::jsonb)).* from emergency_access e where e.id = $1",
        UUID(traffic.known["access_id"]), json.dumps(ended, default=str),
    )  # fmt: skip


async def _find_group(world: World, traffic: Traffic) -> GroupRef:
    known = UUID(traffic.known["group_id"])
    commune = await world.owner.fetchval("select commune_code from savings_group where id = $1", known)
    return GroupRef(known, traffic.known["group_code"], traffic.senders.unit, commune)
