"""An officer settles what searches left: wiped like a sure find, or struck as somebody else's; and the audit says who."""

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI

from app.core.settings import Settings
from app.core.values.ids import uuid7
from app.privacy.traces.progress import read_doubts
from app.privacy.traces.service import search_traces
from app.privacy.traces.settling import (
    DoubtRef,
    NoSuchDoubt,
    Settled,
    UnknownOfficer,
    settle_doubts,
)
from app.privacy.traces.wiping import HeadingsGone
from tests.jobs.job_workers import run_pending_jobs
from tests.privacy.request_scenario import PrivacyScenario
from tests.privacy.test_erasure import erase, find_traces
from tests.privacy.traces.test_progress import insert_batch, insert_list, insert_search, list_searches
from tests.privacy.traces.test_search import add_relative, pay, send_rows, to_csv
from tests.routers.responses import expect_json
from tests.serve_process import run_ansinh
from tests.world import Login

DOUBT = "insert into trace_doubt (record_kind, record_id, file, part, is_failed, rows) values ($1, $2, $3, 0, $4, $5)"


@pytest.fixture
def settle(app: FastAPI, owner: Any, privacy: PrivacyScenario) -> Any:
    """Settles as the union's officer unless said otherwise."""

    async def settle(
        kind: str, record: UUID, row: str | None = None, *, erase: bool = True, carry_out: bool = True,
        by: Login | None = None, file: str | None = None,
    ) -> Any:  # fmt: skip
        ref = DoubtRef(kind, record, file, row=row)
        username = (by or privacy.officer).username
        key = app.state.database.process_key
        return await settle_doubts(owner, key, ref, username, erase=erase, carry_out=carry_out)

    return settle


async def list_doubts(owner: Any, record: UUID) -> list[tuple[Any, ...]]:
    told = [each for each in await read_doubts(owner) if each.record_id == record]
    return [(each.record_kind, each.file, each.part, each.rows) for each in told]


async def list_events(owner: Any, record: UUID) -> list[tuple[Any, ...]]:
    rows = await owner.fetch(
        "select event, actor_id, fields::text as fields from audit_event where subject_id = $1 and subject_kind = 'trace_doubt'"
        " order by id", record,
    )  # fmt: skip
    return [(row["event"], row["actor_id"], json.loads(row["fields"])) for row in rows]


async def send_doubtful_rows(privacy: PrivacyScenario, app: FastAPI, name: str) -> UUID:
    """An import of a union of a province, with two rows that have the name alone, as row 3 and 4. Returns: its job."""
    partner = await privacy.world.partner(privacy.unit, "enrolments:write")
    rows = [["Hàng Xóm", "13", "SETTLE-A"], [name, "", "SETTLE-B"], [name, "", "SETTLE-C"]]
    others = [["Hàng Xóm", "13", f"SETTLE-{index}"] for index in range(1000)]
    content = to_csv(["Họ và tên", "Số CCCD", "Mã tham chiếu"], *rows, *others)
    path = "/v1/enrolments/batches?mode=partial&product=bhxh_tn"
    sent = await send_rows(privacy, partner, path, content, "text/csv")
    await run_pending_jobs(app)
    return UUID(sent.json()["id"])


class TestRowsOfAFile:
    async def test_one_is_wiped_and_the_other_kept(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any, settle: Any
    ):
        """The name goes from one row of the report and its outcome; whoever has the other keeps it."""
        person = await privacy.create_person()
        name = person["full_name"]
        job = await send_doubtful_rows(privacy, app, name)
        await erase(privacy, person, app)
        (doubt,) = await list_doubts(owner, job)
        assert doubt == ("file", "dong-loi.csv", doubt[2], ["3", "4"])
        before = await find_traces(owner, ["SETTLE-B", "SETTLE-C", "SETTLE-7"])

        shown = await settle("file", job, carry_out=False)
        assert [piece.rows for piece in shown] == [["3", "4"]]
        assert await find_traces(owner, ["SETTLE-B", "SETTLE-C", "SETTLE-7"]) == before
        assert await list_events(owner, job) == []

        await settle("file", job, "3")
        assert await find_traces(owner, ["SETTLE-B", name]) == [f"job_file: {name}"]
        assert {each.split(": ")[1] for each in await find_traces(owner, ["SETTLE-C", "SETTLE-7"])} == {
            "SETTLE-C",
            "SETTLE-7",
        }
        assert [each[3] for each in await list_doubts(owner, job)] == [["4"]]
        await settle("file", job, "4", erase=False)
        assert await list_doubts(owner, job) == []
        assert await find_traces(owner, [name]) == [f"job_file: {name}"]
        place = {"record_kind": "file", "file": "dong-loi.csv", "part": doubt[2]}
        assert await list_events(owner, job) == [
            ("trace_doubt.erased", privacy.officer.id, place | {"rows": ["3"]}),
            ("trace_doubt.kept", privacy.officer.id, place | {"rows": ["4"]}),
        ]

        for row, outcome in (("3", "erased"), ("4", "kept")):
            again = await settle("file", job, row)
            assert isinstance(again, Settled)
            assert (again.outcome, again.username) == (outcome, privacy.officer.username)
        assert len(await list_events(owner, job)) == 2

    async def test_the_length_of_a_file_stays(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any, settle: Any
    ):
        """A download that runs meanwhile ends as it was announced."""
        person = await privacy.create_person()
        job = await send_doubtful_rows(privacy, app, person["full_name"])
        await erase(privacy, person, app)
        size = "select file_size from job where id = $1"
        before = await owner.fetchval(size, job)
        await settle("file", job)
        assert await owner.fetchval(size, job) == before > 0
        assert await find_traces(owner, [person["full_name"]]) == []


class TestMoreThanAreListed:
    """Of a doubt that says how many `more` there are, each row is settled once, and only one that is there."""

    @pytest.mark.parametrize("erase_", [True, False])
    @pytest.mark.parametrize("kind", ["file", "outcomes", "items", "errors", "rows"])
    async def test_a_row_counts_once(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any, settle: Any, kind: str, erase_: bool
    ):
        record, file, row = await insert_counted(privacy, app, kind)
        more = "update trace_doubt set more = 3 where record_id = $1 returning file"
        await owner.execute(more, record)

        async def count() -> int:
            return sum(each.more for each in await read_doubts(owner) if each.record_id == record)

        kind = "file" if kind == "outcomes" else kind
        for wrong in ("999999", "abc", "-1", "1:heads", ""):
            with pytest.raises(NoSuchDoubt):
                await settle(kind, record, wrong, erase=erase_, file=file)
        assert await count() == 3
        assert not isinstance(await settle(kind, record, row, erase=erase_, file=file), Settled)
        assert await count() == 2
        assert isinstance(await settle(kind, record, row, erase=erase_, file=file), Settled)
        assert await count() == 2

    async def test_a_text_has_no_rows(self, privacy: PrivacyScenario, app: FastAPI, owner: Any, settle: Any):
        person = await privacy.create_person()
        await name_elsewhere(privacy, "consent", person)
        await erase(privacy, person, app)
        name = person["full_name"]
        record = await owner.fetchval("select id from consent where guardian_name = $1", name)
        await owner.execute("update trace_doubt set more = 3 where record_id = $1", record)
        with pytest.raises(NoSuchDoubt):
            await settle("consent", record, "1")
        assert await find_traces(owner, [name]) == [f"consent: {name}"]


class TestHeadings:
    async def test_a_report_without_its_first_part(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any, settle: Any
    ):
        """Which could not be searched and goes with the rows in doubt; once it is gone no row is found, and none goes."""
        person = await privacy.create_person()
        name = person["full_name"]
        jobs = [await send_doubtful_rows(privacy, app, name) for _ in range(2)]
        await erase(privacy, person, app)
        for job in jobs:
            await owner.execute(DOUBT, "file", job, "dong-loi.csv", True, [])
        await settle("file", jobs[0])
        assert await list_doubts(owner, jobs[0]) == []
        left = await owner.fetch("select name, part from job_file where job_id = $1", jobs[0])
        assert ("dong-loi.csv", 0) not in {(row["name"], row["part"]) for row in left}
        assert ("dong-loi.csv", 1) in {(row["name"], row["part"]) for row in left}

        await owner.execute(
            "delete from job_file where job_id = $1 and name = 'dong-loi.csv' and part = 0", jobs[1]
        )
        content = "select content from job_file where job_id = $1 and name = 'dong-loi.csv' and part = 1"
        before = await owner.fetchval(content, jobs[1])
        with pytest.raises(HeadingsGone):
            await settle("file", jobs[1], "3")
        assert await owner.fetchval(content, jobs[1]) == before
        await settle("file", jobs[1], erase=False)
        assert await list_doubts(owner, jobs[1]) == []


class TestOtherPieces:
    async def test_outcomes_of_batches(self, privacy: PrivacyScenario, owner: Any, settle: Any):
        for kind, table in (("items", "enrolment_batch"), ("contributions", "contribution_batch")):
            id_ = await insert_batch(owner, privacy.unit.network, "Trần Thị Ngờ", table=table)
            await owner.execute(DOUBT, kind, id_, "", False, ["0"])
            await settle(kind, id_)
            (left,) = json.loads(await owner.fetchval(f"select items::text from {table} where id = $1", id_))
            assert left == {"external_ref": None, "warnings": [], "errors": [["/a", "bad", "…", "…"]]}

    async def test_errors_of_a_job(self, privacy: PrivacyScenario, app: FastAPI, owner: Any, settle: Any):
        """The one in doubt alone."""
        person = await privacy.create_person()
        id_ = await insert_job(owner, privacy)
        errors = [["/x", "bad", "Cột khác", "Other"], ["/y", "bad", f"dòng {person['full_name']} lạ", "x"]]
        await owner.execute("update job set errors = $2::text::jsonb where id = $1", id_, json.dumps(errors))
        await erase(privacy, person, app)
        assert await list_doubts(owner, id_) == [("errors", "", 0, ["1"])]
        await settle("errors", id_)
        left = json.loads(await owner.fetchval("select errors::text from job where id = $1", id_))
        assert left == [errors[0], ["/y", "bad", "…", "…"]]

    @pytest.mark.parametrize("place", ["1", "1:head"])
    async def test_a_row_of_a_list(self, privacy: PrivacyScenario, owner: Any, settle: Any, place: str):
        """Its own person, or the head of their household alone."""
        person = await privacy.create_person()
        head = {"name": "Trần Thị Ngờ", "phone": "0912", "address": "Xóm 1"}
        list_id = await insert_list(owner, privacy, person, has_mentions=False, head=head)
        await owner.execute(DOUBT, "rows", list_id, "", False, [place])
        await settle("rows", list_id)
        left = json.loads(
            await owner.fetchval("select data::text from export_row where list_id = $1", list_id)
        )
        if place == "1":
            assert (left["full_name"], left["national_id"], left["head"]) == ("Người đã ẩn danh", None, None)
        else:
            assert left["full_name"] == person["full_name"]
            assert left["head"] == {"name": None, "phone": None, "address": "Xóm 1"}
        assert left["months"] == 12

    async def test_what_could_not_be_searched(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any, settle: Any
    ):
        """It goes as a whole, unread; the search that was put aside for it ends, and forgets the name."""
        job = await insert_job(owner, privacy)
        await owner.execute("insert into job_file values ($1, 'dong-loi.csv', 0, '\\xff')", job)
        search = await insert_search(owner, privacy.unit.network)
        at = "update trace_search set at_id = $1, at_name = '', failures = 5, begun_at = now() where member_id = $2"
        await owner.execute(at, job, search)
        await search_traces(app.state.database)
        assert await list_searches(owner) == [search]
        await settle("file", job)
        assert await list_searches(owner) == []
        assert await owner.fetchval("select count(*) from job_file where job_id = $1", job) == 0

    async def test_lists_that_could_not_be_emptied(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any, settle: Any
    ):
        """Their rows of who was erased go now."""
        person = await privacy.create_person()
        await erase(privacy, person, app)
        await insert_list(owner, privacy, person)
        await owner.execute(DOUBT, "member", UUID(person["id"]), "", True, [])
        assert await find_traces(owner, person["words"][:-1]) != []
        await settle("member", UUID(person["id"]))
        assert await find_traces(owner, person["words"][:-1]) == []

    @pytest.mark.parametrize(
        "kind",
        ["consent", "data_request", "campaign", "award", "payout", "export_list", "ledger_txn", "enrolment"],
    )
    async def test_a_row_of_somebody_else(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any, settle: Any, kind: str
    ):
        """The words with the name go; what the row is about stays."""
        person = await privacy.create_person()
        name = person["full_name"]
        await name_elsewhere(privacy, kind, person)
        await erase(privacy, person, app)
        assert await find_traces(owner, [name]) == [f"{kind}: {name}"]
        record = await owner.fetchval(f"select id from {kind} t where strpos(t::text, $1) > 0", name)
        rows = await owner.fetchval(f"select count(*) from {kind}")
        assert [each[0] for each in await list_doubts(owner, record)] == [kind]
        await settle(kind, record)
        assert await find_traces(owner, [name]) == []
        assert await owner.fetchval(f"select count(*) from {kind}") == rows
        assert await list_doubts(owner, record) == []


async def insert_counted(privacy: PrivacyScenario, app: FastAPI, kind: str) -> tuple[UUID, str | None, str]:
    """A doubt that lists another row. Returns: its record and file, and a row that it does not list."""
    owner = privacy.world.owner
    if kind in ("file", "outcomes"):
        name = "dong-loi.csv" if kind == "file" else "ket-qua.ndjson.gz"
        job = await send_doubtful_rows(privacy, app, "Trần Thị Đếm")
        part = "select part from job_file where job_id = $1 and name = $2 order by part desc limit 1"
        await owner.execute(DOUBT, "file", job, name, False, ["3"])
        await owner.execute(
            "update trace_doubt set part = $2 where record_id = $1",
            job,
            await owner.fetchval(part, job, name),
        )
        return job, name, "5"
    if kind == "rows":
        record = await insert_list(owner, privacy, await privacy.create_person(), has_mentions=False)
        row = "1"
    elif kind == "errors":
        record, row = await insert_job(owner, privacy), "1"
        errors = json.dumps([["/x", "bad", "a", "b"], ["/y", "bad", "c", "d"]])
        await owner.execute("update job set errors = $2::text::jsonb where id = $1", record, errors)
    else:
        record, row = await insert_batch(owner, privacy.unit.network, "Trần Thị Đếm"), "0"
    await owner.execute(DOUBT, kind, record, "", False, ["7"])
    return record, None, row


async def insert_job(owner: Any, privacy: PrivacyScenario) -> UUID:
    """A job of the union that ended yesterday."""
    id_ = uuid7()
    await owner.execute(
        "insert into job (id, network, organisation_id, kind, status, session_id, asked_by, created_at, finished_at)"
        " values ($1, $2, $3, 'x', 'succeeded', $1, $1, now() - interval '1 day', now() - interval '1 day')",
        id_, privacy.unit.network, privacy.unit.id,
    )  # fmt: skip
    return id_


async def name_elsewhere(privacy: PrivacyScenario, kind: str, person: dict[str, Any]) -> None:
    """A row of a kind, of somebody else, whose words name a person."""
    commune, name = privacy.world.commune, person["full_name"]
    other = await privacy.create_person(birth_date="2021-01-01")
    bodies: dict[str, tuple[str, dict[str, Any]]] = {
        "consent": (f"/v1/members/{other['id']}/consents", {
            "purpose": "savings", "text_version": "1", "method": "paper", "given_by": "guardian", "guardian_name": name,
        }),
        "campaign": ("/v1/campaigns", {
            "kind": "communication", "name": "Ra quân", "organiser_name": name, "place_code": commune,
        }),
        "award": ("/v1/awards", {
            "level": "commune", "title": "Giấy khen", "recipient_kind": "person", "recipient_text": name,
            "awarded_on": "2026-11-01", "place_code": commune,
        }),
        "payout": ("/v1/payouts", {
            "kind": "card_support", "amount": 500_000, "paid_on": "2026-11-01", "place_code": commune, "purpose": "bhyt",
            "payer_name": name, "recipients": 1, "recipient_kind": "person",
        }),
    }  # fmt: skip
    if kind == "data_request":
        await privacy.receive(
            other, "access", requester="guardian", requester_name=name, details=f"{name} hỏi"
        )
    elif kind == "ledger_txn":
        await privacy.leave(await privacy.join(person))
        await privacy.join(other)
        await privacy.save(other, 20_000, note=name)
    elif kind == "enrolment":
        relative = await add_relative(privacy, person, birth_date="1990-01-01")
        await pay(privacy, relative["id"])
        await privacy.world.owner.execute(
            "update enrolment set external_ref = $2 where member_id = $1", UUID(relative["id"]), name
        )
    elif kind == "export_list":
        owner = privacy.world.owner
        list_id = await insert_list(owner, privacy, other)
        await owner.execute("alter table export_list disable trigger user")
        await owner.execute(
            "update export_list set collector_name = $2, province_code = $3, commune_code = $4 where id = $1",
            list_id, name, privacy.world.province, commune,
        )  # fmt: skip
        await owner.execute("alter table export_list enable trigger user")
    else:
        path, body = bodies[kind]
        headers = privacy.officer.headers | {"Idempotency-Key": str(uuid7())}
        expect_json(await privacy.client.post(path, json=body, headers=headers), 201)


class TestWho:
    @pytest.mark.parametrize("who", ["treasurer", "farmers", "bhxh_admin"])
    async def test_only_who_handles_data_of_the_network(
        self, privacy: PrivacyScenario, owner: Any, settle: Any, who: str
    ):
        job = await insert_job(owner, privacy)
        await owner.execute(DOUBT, "file", job, "a.txt", True, [])
        await owner.execute("insert into job_file values ($1, 'a.txt', 0, 'x')", job)
        for erase_ in (True, False):
            with pytest.raises(UnknownOfficer):
                await settle("file", job, erase=erase_, by=getattr(privacy, who))
        assert len(await list_doubts(owner, job)) == 1

    async def test_nor_whose_account_is_disabled(self, privacy: PrivacyScenario, owner: Any, settle: Any):
        officer = await privacy.world.user(privacy.unit, "union_data_officer")
        id_ = await insert_batch(owner, privacy.unit.network, "x")
        await owner.execute(DOUBT, "items", id_, "", False, ["0"])
        assert len(await settle("items", id_, by=officer, carry_out=False)) == 1
        await owner.execute("update app_user set disabled_at = now() where id = $1", officer.id)
        with pytest.raises(UnknownOfficer):
            await settle("items", id_, by=officer)

    async def test_what_is_not_there(self, privacy: PrivacyScenario, owner: Any, settle: Any):
        with pytest.raises(NoSuchDoubt):
            await settle("file", uuid7())
        job = await insert_job(owner, privacy)
        with pytest.raises(NoSuchDoubt):
            await settle("file", job)


async def test_the_command(
    privacy: PrivacyScenario, owner: Any, settings: Settings, folder: Path, app: FastAPI
) -> None:
    """Nothing is wiped without --yes; who repeats it is told what was done."""
    environment = {
        "DATABASE_URL": str(settings.database_url),
        "APP_DATABASE_URL": str(settings.app_database_url),
        "ANSINH_ROLE_PREFIX": settings.role_prefix,
        "ANSINH_SECRET_KEY": str(settings.secret_key),
    }
    id_ = await insert_batch(owner, privacy.unit.network, "Trần Thị Ngờ")
    await owner.execute(DOUBT, "items", id_, "", False, ["0"])

    async def run(*words: str, code: int = 0) -> list[str]:
        words = ("privacy", "settle", "items", str(id_), "--by", privacy.officer.username, *words)
        finished = await asyncio.to_thread(run_ansinh, folder / "data", *words, **environment)
        assert finished.returncode == code, finished.stderr
        return (finished.stderr if code else finished.stdout).splitlines()

    place = f"items {id_}  0 0"
    assert await run("--erase") == [
        place,
        "Sẽ xóa hẳn những chỗ trên; thêm --yes để xóa. / These would be wiped for good: add --yes.",
    ]
    assert await find_traces(owner, ["Trần Thị Ngờ"]) != []
    assert await run("--erase", "--yes") == [place, "Đã xóa. / Wiped."]
    assert await find_traces(owner, ["Trần Thị Ngờ"]) == []
    (told,) = await run("--keep")
    assert told.startswith("đã xóa / was erased: ")
    assert told.endswith(f", {privacy.officer.username}")
    assert any("has no such place" in line for line in await run("--row", "7", "--keep", code=1))
    await run("--erase", "--keep", code=2)
    for part in ("-1", "x", "99999999999", "9999999999999999999999"):
        await run("--keep", "--part", part, code=2)
