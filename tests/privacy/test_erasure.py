"""An erased member leaves nothing of themselves anywhere, and the books as they were."""

import csv
import gzip
import html
import json
from collections.abc import AsyncIterator
from datetime import date
from io import BytesIO, StringIO
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.values.ids import uuid7
from app.forms.lists import service as export_service
from app.ledger.verification.verify import verify_ledger
from app.privacy.traces.service import search_traces
from tests.forms.lists.payment_factories import insert_payment
from tests.jobs.job_workers import run_pending_jobs
from tests.privacy.request_scenario import REQUESTS, PrivacyScenario
from tests.privacy.test_copy import fill
from tests.routers.responses import expect_json, expect_problem
from tests.world import national_id


async def find_traces(owner: Any, words: list[str]) -> list[str]:
    """The tables in whose rows, or files, one of the words stands."""
    tables = await owner.fetch(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"
        " and relname <> 'job_file'"
    )
    found = []
    for name in (table["relname"] for table in tables):
        for word in words:
            if await owner.fetchval(f"select count(*) from {name} t where strpos(t::text, $1) > 0", word):
                found.append(f"{name}: {word}")
    files = b"\n".join([content async for content in read_job_files(owner)])
    return found + [f"job_file: {word}" for word in words if word.encode() in files]


async def read_job_files(owner: Any) -> AsyncIterator[bytes]:
    """What a reader of each file of a job sees: the contents of compressed ones."""
    files = await owner.fetch(
        "select string_agg(content, '' order by part) as content from job_file group by job_id, name"
    )
    for content in (row["content"] for row in files):
        if content.startswith(b"\x1f\x8b"):
            yield gzip.decompress(content)
        elif content.startswith(b"PK"):
            with ZipFile(BytesIO(content)) as members:
                for name in members.namelist():
                    yield html.unescape(members.read(name).decode("utf-8", "replace")).encode()
        else:
            yield content


async def end_everything(privacy: PrivacyScenario, person: dict[str, Any]) -> None:
    """Pay the person's savings out and end their memberships."""
    owner, id_ = privacy.world.owner, UUID(person["id"])
    balance = await owner.fetchval("select coalesce(sum(posted), 0) from account where member_id = $1", id_)
    if balance:
        await privacy.save(person, int(balance), "withdrawal")
    await owner.execute("update membership set left_on = '2001-12-31' where member_id = $1", id_)


async def erase(privacy: PrivacyScenario, person: dict[str, Any], app: FastAPI) -> Any:
    """Erase somebody, and let the workers search what is stored to its end."""
    done = expect_json(await privacy.carry_out(person, "deletion"))
    await search_traces(app.state.database)
    return done


class TestNothingIsLeft:
    async def test_of_a_member_with_something_everywhere(self, privacy: PrivacyScenario, app, owner):
        person = await privacy.create_person()
        await fill(privacy, person)
        await end_everything(privacy, person)
        assert {"member", "household", "ledger_txn", "award"} == {
            each.partition(":")[0] for each in await find_traces(owner, person["words"])
        }
        await erase(privacy, person, app)
        assert await find_traces(owner, person["words"]) == []

    @pytest.mark.parametrize("erased", ["confirmed", "pending"])
    async def test_of_one_of_two_with_one_number(self, privacy: PrivacyScenario, app, owner, erased: str):
        """No pair is left, and the other's number is theirs at the next look."""
        number = national_id()
        body = {
            "commune_code": privacy.world.sibling_commune,
            "full_name": "Lê Thị Khác",
            "national_id": number,
        }
        first = expect_json(await privacy.post("/v1/members", body, privacy.sibling_officer), 201)
        unit = await privacy.world.unit(
            "womens_union", privacy.world.commune, level="commune", parent=privacy.unit
        )
        officer = await privacy.world.user(unit, "union_officer")
        body = {"commune_code": privacy.world.commune, "full_name": "Trần Thị Một", "national_id": number}
        second = expect_json(await privacy.post("/v1/members", body, officer), 201)
        gone, left = (first, second) if erased == "confirmed" else (second, first)
        await erase(privacy, gone, app)
        record = await owner.fetchrow("select * from member where id = $1", UUID(gone["id"]))
        assert (record["national_id"], record["number_claim"], record["number_status"]) == (
            None,
            None,
            "confirmed",
        )
        assert expect_json(await privacy.get("/v1/member-number-pairs"))["items"] == []
        await owner.execute("select confirm_numbers($1)", UUID(left["id"]))
        record = await owner.fetchrow("select * from member where id = $1", UUID(left["id"]))
        assert (record["national_id"], record["number_status"]) == (number, "confirmed")

    async def test_of_one_who_came_by_a_partners_batch(self, privacy: PrivacyScenario, app, owner):
        """The partner's reference, the hash of the row, what was announced, what the partner answered, and the outcome."""
        partner = await privacy.world.partner(privacy.unit, "enrolments:write")
        person, ref = await privacy.create_person(), f"REF-{uuid7()}"
        row = {
            "external_ref": ref, "member_id": person["id"], "product": "bhxh_tn", "method": "months_12",
            "monthly_income": 1_500_000, "from_month": "2026-12", "support_group": "ethnic_minority",
        }  # fmt: skip
        response = await privacy.client.post(
            "/v1/enrolments/batches",
            json={"mode": "partial", "items": [row]},
            headers=partner.headers | {"Idempotency-Key": "k"},
        )
        assert expect_json(response)["counts"]["created"] == 1
        enrolment = await owner.fetchrow("select * from enrolment where member_id = $1", UUID(person["id"]))
        event = await owner.fetchrow(
            "select seq, id, kind from outbox_event where subject_id = $1", enrolment["id"]
        )
        webhook = uuid7()
        await owner.execute(
            "insert into webhook (id, network, organisation_id, client_id, url, kinds, created_by, version)"
            " values ($1, $2, $3, $4, 'https://example.vn', '{enrolment.submitted}', $4, 1)",
            webhook, privacy.unit.network, privacy.unit.id, partner.id,
        )  # fmt: skip
        await owner.execute(
            "insert into webhook_delivery (webhook_id, seq, event_id, kind, subject_id, status, attempts, tries,"
            " finished_at) values ($1, $2, $3, $4, $5, 'delivered', 1, 1, now())",
            webhook, event["seq"], event["id"], event["kind"], enrolment["id"],
        )  # fmt: skip
        await owner.execute(
            "insert into webhook_attempt (webhook_id, seq, number, at, duration_ms, answer) values ($1, $2, 1, now(), 1, $3)",
            webhook, event["seq"], f"thanks for {ref}",
        )  # fmt: skip
        assert {each.partition(":")[0] for each in await find_traces(owner, [ref])} == {
            "enrolment", "enrolment_batch", "outbox_event", "webhook_attempt",
        }  # fmt: skip
        refused = await privacy.carry_out(person, "deletion")
        expect_problem(refused, 409, "erasure_refused")
        assert [error["code"] for error in refused.json()["errors"]] == ["enrolment_open"]
        path = f"/v1/enrolments/{enrolment['id']}/withdraw"
        assert (await privacy.client.post(path, headers=partner.headers)).status_code == 200
        [accepted] = expect_json(await privacy.get(REQUESTS, status="accepted"))["items"]
        expect_json(await privacy.act(accepted, "carry-out", {}))
        await search_traces(app.state.database)
        assert await find_traces(owner, [ref]) == []
        after = await owner.fetchrow("select * from enrolment where id = $1", enrolment["id"])
        assert after["content_hash"] != enrolment["content_hash"]
        assert (after["support_group"], after["product"]) == (None, "bhxh_tn")
        batch = f"/v1/enrolments/batches/{enrolment['batch_id']}"
        [item] = expect_json(await privacy.client.get(batch, headers=partner.headers))["items"]
        assert (item["status"], item["external_ref"]) == ("created", None)

    async def test_of_one_whose_card_was_proven(self, privacy: PrivacyScenario, app, owner):
        """Group, paper, its number and its issuer go, and the enrolment stays as a row of the books."""
        officer = await privacy.world.user(privacy.unit, "union_officer")
        person, number = await privacy.create_person(), f"SV-{uuid7()}"
        row = {
            "member_id": person["id"], "product": "bhyt_hgd", "method": "months_12", "from_month": "2026-12",
            "support_group": "student", "proof_kind": "student_card", "proof_no": number,
            "proof_issued_by": f"Trường {number}", "proof_valid_until": "2027-05-31",
        }  # fmt: skip
        draft = expect_json(await privacy.post("/v1/enrolments", row, officer), 201)
        assert {each.partition(":")[0] for each in await find_traces(owner, [number])} == {"enrolment"}
        path = f"/v1/enrolments/{draft['id']}/withdraw"
        assert (await privacy.client.post(path, headers=officer.headers)).status_code == 200
        await erase(privacy, person, app)
        assert await find_traces(owner, [number]) == []
        left = await owner.fetchrow("select * from enrolment where id = $1", UUID(draft["id"]))
        assert (left["product"], left["status"]) == ("bhyt_hgd", "withdrawn")
        gone = ("support_group", "proof_kind", "proof_no", "proof_issued_by", "proof_valid_until")
        assert [left[name] for name in gone] == [None] * 5

    async def test_of_one_whom_a_file_of_rejected_rows_names(self, privacy: PrivacyScenario, app, owner):
        """The report on a row that was rejected names a person whom nothing else ties to the job."""
        partner = await privacy.world.partner(privacy.unit, "enrolments:write")
        person = await privacy.create_person()
        row = {
            "full_name": person["full_name"], "national_id": person["national_id"], "birth_date": "1984-03-02", "product": "bhxh_tn",
            "method": "months_12", "from_month": "2026-12", "commune_code": privacy.world.commune,
        }  # fmt: skip
        rows = "\n".join(json.dumps(each) for each in [row, *([{"product": "?"}] * 1000)])
        response = await privacy.client.post(
            "/v1/enrolments/batches?mode=partial",
            content=rows.encode(),
            headers=partner.headers | {"Idempotency-Key": "f", "Content-Type": "application/x-ndjson"},
        )
        assert response.status_code == 202, response.text
        await run_pending_jobs(app)
        assert "job_file" in {
            each.partition(":")[0] for each in await find_traces(owner, [person["national_id"]])
        }
        await erase(privacy, person, app)
        assert await find_traces(owner, [person["national_id"]]) == []
        left = await privacy.client.get(f"{response.headers['location']}/file", headers=partner.headers)
        lines = list(csv.DictReader(StringIO(left.text.removeprefix("\ufeff"))))
        assert len(lines) == 1001
        assert {name for name, value in lines[0].items() if value} == {"Dòng", "Lỗi"}
        assert [each["product"] for each in lines[1:]] == ["?"] * 1000

    async def test_of_one_whom_the_workbook_of_a_large_list_names(
        self, privacy: PrivacyScenario, app, owner, monkeypatch
    ):
        """A workbook is compressed: its list says whom it names, and prints it again without them."""
        monkeypatch.setattr(export_service, "LARGE_LIST_ROWS", 0)
        person, other = await privacy.create_person(), await privacy.create_person()
        lists = []
        for each, group in ((person, privacy.group), (other, await privacy.world.group(privacy.unit))):
            paid_on = date(2010, 1, 1)
            await insert_payment(
                privacy.world, group, UUID(each["id"]), payment_date=paid_on, business_date=paid_on,
                priced_on=paid_on, from_month=paid_on,
            )  # fmt: skip
            body = {"form": "d05_ts", "list_date": "2026-11-21", "group_id": str(group.id)}
            headers = privacy.officer.headers | {"Idempotency-Key": str(uuid7())}
            lists.append(
                expect_json(await privacy.client.post("/v1/exports", json=body, headers=headers), 202)
            )
        await run_pending_jobs(app)
        name = person["full_name"]
        assert f"job_file: {name}" in await find_traces(owner, [name])
        await erase(privacy, person, app)
        assert await find_traces(owner, person["words"]) == []
        assert await find_traces(owner, [other["full_name"]]) != []
        removed, kept = [
            await owner.fetchval("select files_removed_at from job where id = $1", UUID(each["job_id"]))
            for each in lists
        ]
        assert (removed is None, kept) == (False, None)
        again = await privacy.get(lists[0]["file_url"])
        assert (again.status_code, again.content[:2]) == (200, b"PK")

    @pytest.mark.parametrize("place", ["own", "other"])
    async def test_of_one_whom_the_outcomes_of_an_import_may_name(
        self, privacy: PrivacyScenario, app, owner, place: str
    ):
        """They are compressed, and a dry run leaves nothing else: the sender's references go, whoever the sender is."""
        unit = privacy.unit if place == "own" else await privacy.world.unit(
            "womens_union", privacy.world.sibling_commune, level="commune", parent=privacy.unit
        )  # fmt: skip
        partner = await privacy.world.partner(unit, "enrolments:write")
        person, ref = await privacy.create_person(), f"REF-{uuid7()}"
        row = {
            "external_ref": ref, "member_id": person["id"], "product": "bhxh_tn", "method": "months_12",
            "monthly_income": 1_500_000, "from_month": "2026-12",
        }  # fmt: skip
        rows = "\n".join(json.dumps(row | {"external_ref": f"{ref}-{number}"}) for number in range(1001))
        response = await privacy.client.post(
            "/v1/enrolments/batches?mode=validate",
            content=rows.encode(),
            headers=partner.headers | {"Idempotency-Key": "v", "Content-Type": "application/x-ndjson"},
        )
        assert response.status_code == 202, response.text
        await run_pending_jobs(app)
        traces = {each.partition(":")[0] for each in await find_traces(owner, [ref])}
        assert traces == {"job_file"}
        await erase(privacy, person, app)
        left = await owner.fetchval(
            "select count(*) from job_file where job_id = $1", UUID(response.json()["id"])
        )
        assert left > 0
        assert await find_traces(owner, [ref]) == []

    async def test_of_a_row_on_an_official_form_whose_time_is_over(
        self, privacy: PrivacyScenario, app, owner
    ):
        person = await privacy.create_person()
        paid_on = date(2010, 1, 1)
        payment = await insert_payment(
            privacy.world, privacy.group, UUID(person["id"]), payment_date=paid_on, business_date=paid_on,
            priced_on=paid_on, from_month=paid_on,
        )  # fmt: skip
        list_id = uuid7()
        data = {
            "full_name": person["full_name"], "national_id": person["national_id"], "amount_due": 3_960_000,
            "head": {"name": person["full_name"]},
        }  # fmt: skip
        async with owner.transaction():
            await owner.execute(
                "insert into export_list (id, network, organisation_id, form, layout, number, year, list_date, params, rows,"
                " totals, client_key, request_hash, created_by) values ($1, $2, $3, 'd05_ts', 366, 1, 2010, '2010-01-01',"
                " '{}', 1, '{}', $4, '', $5)",
                list_id, privacy.unit.network, privacy.unit.id, str(list_id), privacy.officer.id,
            )  # fmt: skip
            await owner.execute(
                "insert into export_row (list_id, position, network, organisation_id, form, payment_id, data)"
                " values ($1, 1, $2, $3, 'd05_ts', $4, $5)",
                list_id, privacy.unit.network, privacy.unit.id, payment, json.dumps(data),
            )  # fmt: skip
        assert "export_row" in {each.partition(":")[0] for each in await find_traces(owner, person["words"])}
        await erase(privacy, person, app)
        assert await find_traces(owner, person["words"]) == []
        left = json.loads(
            await owner.fetchval("select data::text from export_row where list_id = $1", list_id)
        )
        assert left == {
            "full_name": "Người đã ẩn danh",
            "national_id": None,
            "amount_due": 3_960_000,
            "head": None,
        }


class TestWhatStays:
    async def test_a_household_with_others_in_it(self, privacy: PrivacyScenario, app, owner):
        person = await privacy.create_person()
        household = UUID(person["household_id"])
        body = {
            "commune_code": privacy.world.commune,
            "household_id": str(household),
            "full_name": "Lê Văn Ở Lại",
        }
        expect_json(await privacy.post("/v1/members", body), 201)
        await owner.execute(
            "update household set head_member_id = $1 where id = $2", UUID(person["id"]), household
        )
        await erase(privacy, person, app)
        left = await owner.fetchrow("select address, head_member_id from household where id = $1", household)
        assert (left["address"], left["head_member_id"]) == (person["words"][-1], None)

    async def test_the_proof_that_consent_was_given(self, privacy: PrivacyScenario, app, owner):
        person = await privacy.create_person(birth_date="2012-01-01")
        consent = {
            "purpose": "savings", "text_version": "1", "method": "paper", "given_by": "both", "guardian_name": "Mẹ Của Em",
        }  # fmt: skip
        expect_json(await privacy.post(f"/v1/members/{person['id']}/consents", consent), 201)
        await erase(privacy, person, app)
        row = await owner.fetchrow("select * from consent where member_id = $1", UUID(person["id"]))
        assert (row["purpose"], row["given_by"], row["guardian_name"]) == (
            "savings",
            "both",
            "Người đã ẩn danh",
        )
        assert row["withdrawn_at"] is not None

    async def test_the_number_can_be_registered_again(self, privacy: PrivacyScenario, app):
        person = await privacy.create_person()
        await erase(privacy, person, app)
        again = await privacy.create_person(national_id=person["national_id"])
        assert again["id"] != person["id"]

    async def test_an_erased_member_is_edited_no_more(self, privacy: PrivacyScenario, app):
        person = await privacy.create_person()
        await erase(privacy, person, app)
        shown = expect_json(await privacy.get(f"/v1/members/{person['id']}"))
        headers = privacy.officer.headers | {"If-Match": f'"{shown["version"]}"'}
        path = f"/v1/members/{person['id']}"
        edit = await privacy.client.patch(path, json={"full_name": "Ai Đó"}, headers=headers)
        expect_problem(edit, 409, "member_anonymised")
        consent = {"purpose": "savings", "text_version": "1", "method": "paper", "given_by": "self"}
        expect_problem(await privacy.post(f"{path}/consents", consent), 409, "member_anonymised")
        poor = {"kind": "poor", "valid_from": "2026-01-01"}
        expect_problem(await privacy.post(f"{path}/support-groups", poor), 409, "member_anonymised")
        enrolment = {
            "member_id": person["id"], "product": "bhxh_tn", "method": "months_12", "monthly_income": 1_500_000,
            "from_month": "2026-12",
        }  # fmt: skip
        expect_problem(await privacy.post("/v1/enrolments", enrolment), 404, "not_found")


class TestObstacles:
    @pytest.mark.parametrize(
        ("sql", "code"),
        [
            ("update account set held = 5, posted = 5 where member_id = $1", "balance_not_zero"),
            ("update membership set left_on = current_date + 9 where member_id = $1", "membership_open"),
        ],
    )
    async def test_each_is_told_and_nothing_is_erased(
        self, privacy: PrivacyScenario, owner, sql: str, code: str
    ):
        person = await privacy.create_person()
        await privacy.leave(await privacy.join(person))
        await owner.execute(sql, UUID(person["id"]))
        response = await privacy.carry_out(person, "deletion")
        expect_problem(response, 409, "erasure_refused")
        assert [error["code"] for error in response.json()["errors"]] == [code]
        name = await owner.fetchval("select full_name from member where id = $1", UUID(person["id"]))
        assert name == person["full_name"]
        await owner.execute(
            "update account set held = 0, posted = 0 where member_id = $1", UUID(person["id"])
        )

    async def test_whose_insurance_was_paid_within_ten_years(self, privacy: PrivacyScenario):
        person = await privacy.create_person()
        await insert_payment(privacy.world, privacy.group, UUID(person["id"]))
        response = await privacy.carry_out(person, "deletion")
        assert [error["code"] for error in response.json()["errors"]] == ["enrolment_open", "retention_holds"]

    async def test_whose_insurance_is_over_but_not_for_long(self, privacy: PrivacyScenario):
        person, paid_on = await privacy.create_person(), date(2020, 1, 1)
        await insert_payment(
            privacy.world, privacy.group, UUID(person["id"]), payment_date=paid_on, business_date=paid_on,
            priced_on=paid_on, from_month=paid_on,
        )  # fmt: skip
        response = await privacy.carry_out(person, "deletion")
        assert [error["code"] for error in response.json()["errors"]] == ["retention_holds"]


class TestTheBooks:
    @settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(entries=st.lists(st.tuples(st.integers(1, 10**9), st.integers(0, 1)), max_size=6))
    async def test_are_the_same_before_and_after(self, privacy: PrivacyScenario, app, owner, entries):
        """Every sum, balance and statistic of the province, whatever was saved; only words are gone."""
        people = [await privacy.create_person(), await privacy.create_person()]
        for person in people:
            await privacy.join(person)
        start = await read_books(privacy)
        for amount, who in entries:
            await privacy.save(people[who], amount, note=f"{people[who]['full_name']} nộp")
        await end_everything(privacy, people[0])
        before = await read_books(privacy)
        await erase(privacy, people[0], app)
        assert await read_books(privacy) == before
        assert (before == start) == (not entries)
        assert await verify_ledger(owner, [privacy.world.province]) == []
        notes = await owner.fetch(
            "select member_id, note from ledger_txn where group_id = $1 and note is not null",
            privacy.group.id,
        )
        assert UUID(people[0]["id"]) not in {row["member_id"] for row in notes}


async def read_books(privacy: PrivacyScenario) -> Any:
    """Every figure of the group's books, and what the statistics say of the province."""
    owner, group = privacy.world.owner, privacy.group.id
    txns = await owner.fetch(
        "select id, seq, member_id, kind, amount, business_date, member_balance, group_balance, client_key, request_hash"
        " from ledger_txn where group_id = $1 order by seq", group,
    )  # fmt: skip
    accounts = await owner.fetch("select * from account where group_id = $1 order by id", group)
    postings = await owner.fetch(
        "select p.* from posting p join account a on a.id = p.account_id where a.group_id = $1"
        " order by p.account_id, p.account_version", group,
    )  # fmt: skip
    summary = await privacy.get("/v1/stats/summary", place=privacy.world.province)
    return [list(map(tuple, rows)) for rows in (txns, accounts, postings)], summary.json()
