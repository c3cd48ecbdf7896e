"""What the canary run does beside sending to every route: people, acts of security, and defects that are provoked."""

import asyncio
import json
from typing import Any

from app.core.postgres.server import open_connection
from app.core.values.ids import uuid7
from tests.canaries.bulk import ENROLMENTS, enrolment_rows, to_ndjson, wait_for_job
from tests.canaries.receiver import EchoingReceiver
from tests.canaries.traffic import Traffic
from tests.canaries.values import (
    BATCH_NATIONAL_IDS,
    HEALTH_CARD_NO,
    MARK,
    NAME,
    NATIONAL_ID,
    PHONE,
    SOCIAL_INSURANCE_NO,
)
from tests.serve_process import SECONDS

MEMBERS, CONTRIBUTIONS = "/v1/members", "/v1/contributions"
PROVOKED = ""
"""The path under which the statuses of requests are noted that were made to fail."""


async def create_webhook(traffic: Traffic, receiver: EchoingReceiver) -> None:
    body = json.dumps({"url": f"http://127.0.0.1:{receiver.port}/"})
    response = await traffic.send("POST", "/v1/webhooks", "/v1/webhooks", body, login=traffic.senders.union)
    assert response.status_code == 201, response.text


def person_body(traffic: Traffic, **fields: Any) -> str:
    person = {
        "full_name": NAME, "birth_date": "1984-03-02", "sex": "female", "national_id": NATIONAL_ID, "phone": PHONE,
        "social_insurance_no": SOCIAL_INSURANCE_NO, "health_card_no": HEALTH_CARD_NO, "occupation": f"{MARK} làm vườn",
        "commune_code": traffic.known["commune_code"],
    }  # fmt: skip
    return json.dumps(person | fields)


async def create_people(traffic: Traffic) -> None:
    """A person with all their numbers, the same numbers again (a unique violation), and an enrolment."""
    union = traffic.senders.union
    first = await traffic.send("POST", MEMBERS, MEMBERS, person_body(traffic), login=union)
    second = await traffic.send("POST", MEMBERS, MEMBERS, person_body(traffic), login=union)
    assert (first.status_code, second.status_code) == (201, 409), (first.text, second.text)
    traffic.known["member_id"] = first.json()["id"]
    enrolment = {
        "member_id": first.json()["id"], "group_code": traffic.known["group_code"], "product": "bhxh_tn",
        "method": "months_12", "monthly_income": 1_500_000, "from_month": traffic.known["today"][:7],
    }  # fmt: skip
    made = await traffic.send("POST", "/v1/enrolments", "/v1/enrolments", json.dumps(enrolment), login=union)
    assert made.status_code == 201, made.text


async def provoke_defects(traffic: Traffic, admin_url: str, jobs: list[dict[str, Any]]) -> list[int]:
    """Take rights, a function and the connections away from the application, and let it run into that."""
    union, known = traffic.senders.union, traffic.known
    contribution: dict[str, Any] = {
        "group_code": known["group_code"],
        "business_date": known["today"],
        "kind": "saving",
    }
    contribution |= {"product": "bhxh_tn", "amount": 10_000, "member_id": known["group_member_id"]}
    rows = to_ndjson(enrolment_rows(traffic, BATCH_NATIONAL_IDS[2:]))
    statuses = []
    admin = await open_connection(admin_url)
    try:
        await admin.execute("revoke insert on member from ansinh_app")
        statuses.append(
            await traffic.send("POST", MEMBERS, PROVOKED, person_body(traffic, national_id=None), login=union)
        )
        batch = await traffic.send(
            "POST",
            f"{ENROLMENTS}?mode=partial",
            PROVOKED,
            rows,
            login=union,
            headers={"Content-Type": "application/x-ndjson"},
        )
        jobs.append(await wait_for_job(traffic, batch.headers["location"]))
        await admin.execute("grant insert on member to ansinh_app")
        await admin.execute("alter function record_entry rename to record_entry_away")
        statuses.append(
            await traffic.send("POST", CONTRIBUTIONS, PROVOKED, json.dumps(contribution), login=union)
        )
        await admin.execute("alter function record_entry_away rename to record_entry")
        await admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'ansinh_app'"
        )
        for _ in range(4):
            statuses.append(
                await traffic.send(
                    "POST", MEMBERS, PROVOKED, person_body(traffic, id=str(uuid7())), login=union
                )
            )
    finally:
        await admin.close()
    await settle(traffic)
    return [response.status_code for response in statuses]


async def settle(traffic: Traffic) -> None:
    """Ask until each process has noticed that its connections were ended: many at once, so that all are asked."""

    async def ask() -> int:
        body, headers = person_body(traffic, id=str(uuid7())), {"Connection": "close"}
        sent = await traffic.send(
            "POST", MEMBERS, PROVOKED, body, login=traffic.senders.union, headers=headers
        )
        return sent.status_code

    rounds = 0
    async with asyncio.timeout(SECONDS):
        while rounds < 5:
            answers = await asyncio.gather(*(ask() for _ in range(10)))
            rounds = rounds + 1 if set(answers) == {409} else 0


async def change_rights_and_reveal(traffic: Traffic) -> None:
    """What the log of security is for, beside logins and tokens."""
    union, known = traffic.senders.union, traffic.known
    path, body = f"{MEMBERS}/{known['member_id']}/reveal", json.dumps({"reason": "complaint"})
    shown = await traffic.send("POST", path, f"{MEMBERS}/{{member_id}}/reveal", body, login=union)
    path, body = f"/v1/users/{known['user_id']}", json.dumps({"roles": ["union_officer"]})
    changed = await traffic.send("PATCH", path, "/v1/users/{user_id}", body, login=union)
    assert (shown.status_code, changed.status_code) == (200, 200), (shown.text, changed.text)
