"""Somebody whom rows and files of others name is in none of them once erased, and the others are in all of theirs."""

import asyncio
import csv
import gzip
import json
from datetime import date
from io import BytesIO, StringIO
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from openpyxl import Workbook, load_workbook

from app.core.values.ids import uuid7
from app.forms.lists import service as export_service
from app.privacy.traces.progress import read_doubts, read_progress
from app.privacy.traces.service import search_for_ever, search_next, search_traces
from tests.forms.lists.payment_factories import insert_payment
from tests.jobs.job_workers import run_pending_jobs
from tests.privacy.request_scenario import PrivacyScenario
from tests.privacy.test_erasure import erase, find_traces
from tests.routers.responses import expect_json
from tests.world import Login, national_id

PAID_ON = date(2010, 1, 1)
CARD = {"product": "bhyt_hgd", "monthly_income": None, "supported_months": 0, "support_group": None}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
async def person(privacy: PrivacyScenario) -> dict[str, Any]:
    """Somebody in a household with others; `canaries` are what nothing may keep of them. The address is the others', too."""
    person = await privacy.create_person()
    return person | {"canaries": person["words"][:-1], "phone": person["words"][3]}


async def add_relative(privacy: PrivacyScenario, person: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Another member of the person's household."""
    name = f"Lê Văn Ở Lại {uuid7().hex[-6:]}"
    body = {
        "commune_code": privacy.world.commune, "household_id": person["household_id"], "full_name": name,
        "national_id": national_id(),
    }  # fmt: skip
    created: dict[str, Any] = expect_json(await privacy.post("/v1/members", body | fields), 201)
    return created | body


async def pay(privacy: PrivacyScenario, member: str, **fields: Any) -> UUID:
    """A payment long ago, which hinders no erasure."""
    return await insert_payment(
        privacy.world, privacy.group, UUID(member), payment_date=PAID_ON, business_date=PAID_ON, priced_on=PAID_ON,
        from_month=PAID_ON, **fields,
    )  # fmt: skip


async def create_list(privacy: PrivacyScenario, app: FastAPI, login: Login | None = None, **body: Any) -> Any:
    """A list or report whose workbook a job built."""
    login = login or privacy.officer
    headers = login.headers | {"Idempotency-Key": str(uuid7())}
    response = await privacy.client.post(
        "/v1/exports", json={"list_date": "2026-11-21"} | body, headers=headers
    )
    created = expect_json(response, response.status_code)
    assert response.status_code in (201, 202), created
    await run_pending_jobs(app)
    return created


async def read_texts(privacy: PrivacyScenario, created: Any, login: Login | None = None) -> list[Any]:
    """Every cell of the workbook of a list."""
    response = await privacy.get(created["file_url"], login)
    assert response.status_code == 200, response.text
    book = load_workbook(BytesIO(response.content))
    return [
        cell.value for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value
    ]


async def forget_mentions(owner: Any) -> None:
    """Every list as it would be from before there were mentions."""
    for table, sql in (("export_list", "update export_list set has_mentions = false"),
                       ("export_mention", "delete from export_mention")):  # fmt: skip
        await owner.execute(f"alter table {table} disable trigger user")
        await owner.execute(sql)
        await owner.execute(f"alter table {table} enable trigger user")


async def send_rows(
    privacy: PrivacyScenario, login: Login, path: str, content: bytes, media_type: str
) -> httpx.Response:
    headers = login.headers | {"Idempotency-Key": str(uuid7()), "Content-Type": media_type}
    response = await privacy.client.post(path, content=content, headers=headers)
    assert response.status_code in (200, 201, 202), response.text
    return response


def to_csv(*rows: list[Any]) -> bytes:
    out = StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def to_workbook(*rows: list[Any]) -> bytes:
    book, packed = Workbook(write_only=True), BytesIO()
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    book.save(packed)
    return packed.getvalue()


@pytest.mark.parametrize("made", ["now", "before there were mentions"])
@pytest.mark.parametrize("large", [True, False], ids=["by a job", "at once"])
class TestListsAndReports:
    @pytest.mark.parametrize("part", ["head", "relative", "head who paid"])
    async def test_a_households_list(
        self,
        privacy: PrivacyScenario,
        app: FastAPI,
        owner: Any,
        person: dict[str, Any],
        monkeypatch: pytest.MonkeyPatch,
        part: str,
        large: bool,
        made: str,
    ):
        monkeypatch.setattr(export_service, "LARGE_LIST_ROWS", 0 if large else 5000)
        relative = await add_relative(privacy, person, phone="0911222333")
        head = relative["id"] if part == "relative" else person["id"]
        await owner.execute(
            "update household set head_member_id = $1 where id = $2",
            UUID(head),
            UUID(person["household_id"]),
        )
        await pay(privacy, relative["id"], **CARD, amount_due=1_366_200, state_support=0)
        if part == "head who paid":
            await pay(privacy, person["id"], **CARD, amount_due=900_000, state_support=0)
        created = await create_list(privacy, app, form="mau_4")
        assert "export_row" in {
            each.partition(":")[0] for each in await find_traces(owner, person["canaries"])
        }
        if made != "now":
            await forget_mentions(owner)
        await erase(privacy, person, app)
        # As a head beside a relative's payment, without a number: only a mention says for sure who it is.
        is_doubtful = made != "now" and part != "relative"
        left = await find_traces(owner, person["canaries"])
        assert set(left) == (
            {f"export_row: {person['canaries'][0]}", f"export_row: {person['phone']}"} & set(left)
        )
        assert bool(left) == is_doubtful
        told = [each.rows for each in await read_doubts(owner) if str(each.record_id) == created["id"]]
        assert [row.endswith(":head") for rows in told for row in rows] == [True] * is_doubtful
        texts = await read_texts(privacy, created)
        assert {relative["full_name"], relative["national_id"]} <= set(texts)
        assert "Người đã ẩn danh" in texts
        heading = next(text for text in texts if str(text).startswith("Họ và tên chủ hộ"))
        assert (relative["full_name"] in heading) == (part == "relative")
        assert any(str(text).endswith(person["words"][-1]) for text in texts)
        after = expect_json(await privacy.get(f"/v1/exports/{created['id']}"))
        assert (after["rows"], after["totals"]) == (created["rows"], created["totals"])

    @pytest.mark.parametrize(
        "report",
        [{"form": "c21_ts", "sheet": "a", "month": "2011-01"}, {"form": "d11_ts", "sheet": "detail", "month": "2010-01"}],
        ids=lambda report: report["form"],
    )  # fmt: skip
    async def test_a_report_of_people(
        self,
        privacy: PrivacyScenario,
        app: FastAPI,
        owner: Any,
        person: dict[str, Any],
        monkeypatch: pytest.MonkeyPatch,
        report: dict[str, Any],
        large: bool,
        made: str,
    ):
        monkeypatch.setattr(export_service, "LARGE_LIST_ROWS", 0 if large else 5000)
        other = await privacy.create_person()
        for each in (person, other):
            await pay(privacy, each["id"])
        if report["form"] == "d11_ts":
            report = report | {"organisation_id": str(privacy.unit.id)}
        await owner.execute(
            "update member set social_insurance_no = $2 where id = $1",
            UUID(person["id"]),
            f"79{UUID(person['id']).int % 10**8:08}",
        )
        created = await create_list(privacy, app, privacy.bhxh, **report)
        assert "export_row" in {
            each.partition(":")[0] for each in await find_traces(owner, person["canaries"])
        }
        if made != "now":
            await forget_mentions(owner)
        before = len(await read_texts(privacy, created, privacy.bhxh))
        await erase(privacy, person, app)
        assert await find_traces(owner, person["canaries"]) == []
        texts = await read_texts(privacy, created, privacy.bhxh)
        assert {other["full_name"], "Người đã ẩn danh"} <= set(texts)
        assert before - len(texts) <= 3  # number, address and phone; every figure is there
        after = expect_json(await privacy.get(f"/v1/exports/{created['id']}", privacy.bhxh))
        assert (after["rows"], after["totals"]) == (created["rows"], created["totals"])


class TestFiles:
    async def test_rejected_rows_in_every_format(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any, person: dict[str, Any]
    ):
        """By number and name in their columns; of all others nothing goes, and what looks like the person is told."""
        partner = await privacy.world.partner(privacy.unit, "enrolments:write", "contributions:write")
        name, number = person["full_name"], person["national_id"]
        headings = [
            "Họ và tên",
            "Số CCCD",
            "Ngày sinh",
            "Số điện thoại",
            "Mã tham chiếu",
            "Mã xã",
            "Từ tháng",
        ]
        fields = ["full_name", "national_id", "birth_date", "phone", "external_ref", "commune_code"]
        theirs = [
            [name, number, "?", "", "ROWS-REF-1", "", ""],
            [name.upper(), number.lstrip("0"), "", "", "ROWS-REF-2", privacy.world.commune, ""],
            ["", f"{number[:3]} {number[3:]}", "", person["phone"], "ROWS-REF-3", "", ""],
        ]
        staying = [
            [name, national_id(), "1950-01-01", "", "ROWS-REF-NAMESAKE", "", ""],
            [name, "", "1984-03-02", person["phone"], "ROWS-REF-DOUBT", privacy.world.commune, ""],
            ["Nguyễn Văn Chồng", "", "", person["phone"], "ROWS-REF-HUSBAND", "", ""],
            [f"{name} Anh", "", "", "", "ROWS-REF-LONGER", privacy.world.commune, ""],
            ["Phạm Văn Khác", number, "1950-01-01", "0987654321", "ROWS-REF-MISTYPED", "", ""],
        ]
        others = [
            [f"Hàng Xóm {index}", "13", "", "", f"ROWS-REF-OTHER-{index}", "", ""] for index in range(1000)
        ]
        rows = [*theirs, *staying, *others]
        path = "/v1/enrolments/batches?mode={}&product=bhxh_tn"
        objects = [json.dumps(dict(zip(fields, row, strict=False))).encode() for row in rows]
        files = [
            (to_csv(headings, *rows), "text/csv", "partial"),
            (to_workbook(headings, *rows), XLSX, "validate"),
            (b"\n".join(objects), "application/x-ndjson", "partial"),
        ]
        jobs = [
            await send_rows(privacy, partner, path.format(mode), content, media_type)
            for content, media_type, mode in files
        ]
        money = [theirs[0], *staying, *others]
        sheet = to_csv(
            ["Họ và tên", "Mã tổ", "Số CCCD", "Số tiền"],
            *([each[0], "KHONG-CO", each[1], "x"] for each in money),
        )
        jobs.append(
            await send_rows(privacy, partner, "/v1/contributions/batches?mode=partial", sheet, "text/csv")
        )
        assert {each.status_code for each in jobs} == {202}
        await run_pending_jobs(app)
        found = {each.partition(":")[0] for each in await find_traces(owner, person["canaries"])}
        assert {"job_file", "member"} <= found
        before = await read_progress(app.state.database)
        await erase(privacy, person, app)
        left = [each for each in await find_traces(owner, person["canaries"]) if "job_file" in each]
        # Of the namesake, of whom it may be, of the husband with the household's phone, and of the mistyped number.
        assert left == [f"job_file: {name}", f"job_file: {number}", f"job_file: {person['phone']}"]
        for each, sent in zip(jobs, [rows, rows, rows, money], strict=True):
            report = await privacy.client.get(f"{each.headers['location']}/file", headers=partner.headers)
            lines = list(csv.reader(StringIO(report.text.removeprefix("\ufeff"))))
            assert len(lines) == len(sent) + 1
            assert [sum(row[0] in line for line in lines) for row in staying] == [2, 2, 1, 1, 1]
            assert sum("Hàng Xóm 999" in line for line in lines) == 1
            assert all(line[lines[0].index("Dòng")] for line in lines[1:])
        assert await find_traces(owner, ["ROWS-REF-1", "ROWS-REF-2", "ROWS-REF-3"]) == []
        kept = [
            "ROWS-REF-NAMESAKE",
            "ROWS-REF-DOUBT",
            "ROWS-REF-HUSBAND",
            "ROWS-REF-LONGER",
            "ROWS-REF-MISTYPED",
            "ROWS-REF-OTHER-7",
        ]
        assert {each.split(": ")[1] for each in await find_traces(owner, kept)} == set(kept)
        after = await read_progress(app.state.database)
        assert (after.doubts - before.doubts, after.failed - before.failed) == (12, 0)

    async def test_a_job_that_had_not_ended(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any, person: dict[str, Any]
    ):
        """It is looked at when it has, and until then the search is there."""
        partner = await privacy.world.partner(privacy.unit, "enrolments:write")
        row = {
            "full_name": person["full_name"],
            "national_id": person["national_id"],
            "external_ref": "ROWS-REF-LATER",
        }
        content = b"\n".join(json.dumps(each).encode() for each in [row, *([{"product": "?"}] * 1000)])
        path = "/v1/enrolments/batches?mode=partial"
        await send_rows(privacy, partner, path, content, "application/x-ndjson")
        await erase(privacy, person, app)
        assert (await read_progress(app.state.database)).searches == 1
        await run_pending_jobs(app)
        assert await find_traces(owner, [person["national_id"]]) != []
        await search_traces(app.state.database)
        assert (await read_progress(app.state.database)).searches == 0
        assert await find_traces(owner, [*person["canaries"], "ROWS-REF-LATER"]) == []
        assert await owner.fetchval("select count(*) from job_file where name = 'input'") == 0

    async def test_what_no_kind_of_job_here_writes(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any, person: dict[str, Any]
    ):
        """A packed file, a plain one, one that cannot be read stay, and are told; of errors the number goes, even where the
        files of the job have gone."""
        partner = await privacy.world.partner(privacy.unit, "enrolments:write")
        content = b"\n".join([b"{}"] * 1001)
        path = "/v1/enrolments/batches?mode=validate"
        jobs = [await send_rows(privacy, partner, path, content, "application/x-ndjson") for _ in range(2)]
        await run_pending_jobs(app)
        job, pruned = [UUID(each.json()["id"]) for each in jobs]
        text = f"{person['full_name']} {person['national_id']}"
        files = {
            "a.xlsx": to_workbook([text]), "a.gz": gzip.compress(text.encode()), "a.txt": text.encode(), "b.txt": b"nobody",
            "b.gz": gzip.compress(b"nobody"), "broken.gz": b"\x1f\x8bbroken",
        }  # fmt: skip
        for name, data in files.items():
            await owner.execute("insert into job_file values ($1, $2, 0, $3)", job, name, data)
        errors = json.dumps(
            [["/x", "bad", f"Cột {person['national_id']} lạ", "y"], ["/y", "bad", "vi", "en"]]
        )
        for each in (job, pruned):
            await owner.execute("update job set errors = $2::text::jsonb where id = $1", each, errors)
        await owner.execute("update job set files_removed_at = now() where id = $1", pruned)
        await erase(privacy, person, app)
        told = {(each.file, each.is_failed) for each in await read_doubts(owner) if each.record_id == job}
        assert told == {("a.xlsx", False), ("a.gz", False), ("a.txt", False), ("broken.gz", True)}
        assert len(await owner.fetch("select from job_file where job_id = $1 and name ~ '^[ab]'", job)) == 6
        await owner.execute("delete from job_file where job_id = $1", job)  # others read every file
        for each in (job, pruned):
            shown = json.loads(await owner.fetchval("select errors::text from job where id = $1", each))
            assert shown == [["/x", "bad", "Cột … lạ", "y"], ["/y", "bad", "vi", "en"]]

    async def test_it_goes_on_where_it_stopped(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any, person: dict[str, Any]
    ):
        """Each piece is committed by itself; whoever is erased meanwhile is looked for when this search is at its end."""
        other = await privacy.create_person()
        partner = await privacy.world.partner(privacy.unit, "enrolments:write")
        content = b"\n".join([b"{}"] * 4001)
        path = "/v1/enrolments/batches?mode=partial"
        await send_rows(privacy, partner, path, content, "application/x-ndjson")
        await run_pending_jobs(app)
        await privacy.carry_out(person, "deletion")
        progress = await read_progress(app.state.database)
        assert (progress.searches, progress.asked_at is not None) == (1, True)
        assert progress.parts >= 6
        assert await search_next(app.state.database)
        left = (await read_progress(app.state.database)).parts
        assert left < progress.parts
        await privacy.carry_out(other, "deletion")
        begun = "select member_id from trace_search where stage <> 'jobs' or at_name is not null"
        while await owner.fetchval("select count(*) from trace_search") == 2:
            assert [row["member_id"] for row in await owner.fetch(begun)] == [UUID(person["id"])]
            assert await search_next(app.state.database)
        await search_traces(app.state.database)
        assert (await read_progress(app.state.database)).searches == 0
        assert not await search_next(app.state.database)


class TestWorker:
    async def test_it_searches_by_itself(
        self, privacy: PrivacyScenario, app: FastAPI, person: dict[str, Any], caplog: pytest.LogCaptureFixture
    ):
        """Nobody asks for it; an error does not end it, and says no name."""
        await privacy.carry_out(person, "deletion")
        polls = 0

        async def sleep(seconds: float) -> None:
            nonlocal polls
            polls += seconds > 1
            if polls == 2:
                raise asyncio.CancelledError

        with caplog.at_level("INFO"), pytest.raises(asyncio.CancelledError):
            await search_for_ever(app.state.database, sleep)
        assert (await read_progress(app.state.database)).searches == 0
        assert "searched for erased people" in caplog.text
        assert person["full_name"] not in caplog.text
