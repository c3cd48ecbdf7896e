"""Batches of enrolments as files: NDJSON, CSV, XLSX; at once or as a job; corrected and sent again."""

import csv
import gzip
import io
import json
import zipfile
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.forms.official_workbooks import build_d05_workbook, build_mau_4_workbook
from tests.imports.import_files import (
    CSV,
    NDJSON,
    XLSX,
    read_csv,
    read_outcomes,
    read_xlsx,
    send_file,
    to_csv,
    to_ndjson,
    to_xlsx,
    workbook_bytes,
)
from tests.insurance.enrolment_scenario import BATCHES, EnrolmentScenario
from tests.jobs.job_workers import run_pending_jobs
from tests.routers.responses import expect_json, expect_problem
from tests.world import national_id


@pytest.fixture
async def scenario(world, client) -> EnrolmentScenario:
    return await EnrolmentScenario.create(world, client)


async def finish_job(app, scenario: EnrolmentScenario, response: Any) -> dict[str, Any]:
    """The job of a response, after a worker has run it."""
    assert response.status_code == 202, response.text
    await run_pending_jobs(app)
    job: dict[str, Any] = expect_json(
        await scenario.client.get(response.headers["location"], headers=scenario.partner.headers)
    )
    return job


async def fetch_file(scenario: EnrolmentScenario, job: dict[str, Any]) -> bytes:
    response = await scenario.client.get(job["report_url"], headers=scenario.partner.headers)
    assert response.status_code == 200, response.text
    return response.content


class TestNdjson:
    async def test_a_line_for_each_line(self, scenario: EnrolmentScenario):
        sent = [scenario.row(), scenario.row(nope=1), scenario.row(group_code=scenario.group.code)]
        response = await send_file(scenario, to_ndjson(sent), NDJSON)
        lines = read_outcomes(response)
        assert [line["status"] for line in lines] == ["created", "rejected", "created"]
        assert [line["index"] for line in lines] == [0, 1, 2]
        assert {"pointer": "/items/1/nope", "code": "extra_forbidden"}.items() <= lines[1]["errors"][
            0
        ].items()
        assert lines[1]["errors"][0]["detail"].startswith("Dòng 2, trường nope: ")
        batch = expect_json(
            await scenario.client.get(response.headers["location"], headers=scenario.partner.headers)
        )
        assert batch["counts"] == {"created": 2, "updated": 0, "duplicate": 0, "unchanged": 0, "rejected": 1}

    async def test_lines_that_are_no_json_are_rejected_one_by_one(self, scenario: EnrolmentScenario):
        good = to_ndjson([scenario.row()])
        body = (
            b"\xef\xbb\xbf"
            + good
            + b'\n{"a":1,"a":2}\nnope\n{"full_name":"\xff"}\n[]\n'
            + b'{"a":"'
            + b"x" * 300_000
            + b'"}\n'
            + to_ndjson([scenario.row()])[:-1]
        )
        lines = read_outcomes(await send_file(scenario, body, NDJSON))
        assert [line["status"] for line in lines] == ["created", *["rejected"] * 5, "created"]
        codes = [error["code"] for line in lines for error in line["errors"]]
        assert codes == ["duplicate_key", "syntax", "encoding", "model_type", "row_too_long"]

    async def test_gzip(self, scenario: EnrolmentScenario):
        body = gzip.compress(to_ndjson([scenario.row()]))
        lines = read_outcomes(await send_file(scenario, body, NDJSON, headers={"Content-Encoding": "gzip"}))
        assert lines[0]["status"] == "created"

    async def test_a_gzip_bomb_is_413(self, scenario: EnrolmentScenario):
        bomb = gzip.compress(b" " * (64 * 1024 * 1024))
        response = await send_file(scenario, bomb, NDJSON, headers={"Content-Encoding": "gzip"})
        expect_problem(response, 413, "expands_too_much")

    async def test_query_fills_what_rows_leave_open(self, scenario: EnrolmentScenario):
        row = scenario.row()
        open_row = {
            name: value
            for name, value in row.items()
            if name not in ("commune_code", "product", "from_month")
        }
        response = await send_file(
            scenario, to_ndjson([open_row]), NDJSON,
            commune_code=scenario.world.commune, product="bhxh_tn", from_month="2026-12", group_code=scenario.group.code,
        )  # fmt: skip
        assert read_outcomes(response)[0]["status"] == "created"


class TestRefused:
    async def test_mode_is_needed(self, scenario: EnrolmentScenario):
        headers = scenario.partner.headers | {"Idempotency-Key": "x", "Content-Type": NDJSON}
        response = await scenario.client.post(BATCHES, content=b"{}\n", headers=headers)
        expect_problem(response, 422, "missing", "/query/mode")

    async def test_query_is_for_files_only(self, scenario: EnrolmentScenario):
        response = await scenario.client.post(
            BATCHES, json={"mode": "partial", "items": [scenario.row()]}, params={"mode": "partial"},
            headers=scenario.partner.headers | {"Idempotency-Key": "x"},
        )  # fmt: skip
        expect_problem(response, 422, "for_files_only", "/query/mode")

    async def test_other_content_types_are_415(self, scenario: EnrolmentScenario):
        for media in (
            "text/plain",
            "application/xml",
            "text/csv; charset=windows-1258",
            "multipart/form-data",
        ):
            expect_problem(await send_file(scenario, b"a,b\n", media), 415, "unsupported_media_type")

    async def test_files_without_rows_or_headings(self, scenario: EnrolmentScenario):
        expect_problem(await send_file(scenario, b"", NDJSON), 422, "no_items", "")
        expect_problem(await send_file(scenario, b"\n\n", NDJSON), 422, "no_items", "")
        expect_problem(await send_file(scenario, b"", CSV), 422, "no_headings")
        expect_problem(await send_file(scenario, b"full_name,birth_date\n", CSV), 422, "no_items", "")
        expect_problem(await send_file(scenario, b"x,y\n1,2\n", CSV), 422, "no_headings")
        expect_problem(
            await send_file(scenario, b"full_name,colour\nA,red\n", CSV), 422, "unknown_heading", ""
        )
        expect_problem(
            await send_file(scenario, b'full_name,birth_date\n"A,1984\n', CSV), 400, "bad_file", ""
        )
        expect_problem(await send_file(scenario, b"PK\x03\x04nothing", XLSX), 400, "bad_file", "")
        expect_problem(await send_file(scenario, b"", XLSX), 400, "bad_file", "")
        expect_problem(await send_file(scenario, to_xlsx([1, 2], [3, 4]), XLSX), 422, "no_headings")

    async def test_who_may_not_send_is_told_so_at_once(self, scenario: EnrolmentScenario, world):
        reader = await world.partner(scenario.unit, "enrolments:read")
        expect_problem(await send_file(scenario, b"x" * 3_000_000, NDJSON, login=reader), 403, "forbidden")
        response = await scenario.client.post(
            BATCHES, content=b"{}", headers={"Content-Type": NDJSON, "Idempotency-Key": "x"}
        )
        expect_problem(response, 401, "unauthenticated")

    async def test_a_json_body_keeps_its_bound(self, scenario: EnrolmentScenario):
        response = await send_file(scenario, b'{"mode":"' + b"x" * 9_000_000 + b'"}', "application/json")
        expect_problem(response, 413, "body_too_large")

    async def test_another_body_under_the_same_key_is_422(self, scenario: EnrolmentScenario):
        body = to_ndjson([scenario.row()])
        first = await send_file(scenario, body, NDJSON, key="same")
        again = await send_file(scenario, body, NDJSON, key="same")
        assert read_outcomes(again) == read_outcomes(first)
        assert again.headers["idempotency-replayed"] == "true"
        expect_problem(
            await send_file(scenario, body, NDJSON, key="same", mode="atomic"), 422, "idempotency_key_reused"
        )
        expect_problem(
            await send_file(scenario, to_ndjson([scenario.row()]), NDJSON, key="same"),
            422,
            "idempotency_key_reused",
        )


def vietnamese_row(scenario: EnrolmentScenario, **changed: Any) -> dict[str, Any]:
    """A row under Vietnamese headings, as people type."""
    return {
        "STT": 1, "Họ và tên": "Nguyễn Thị Đào", "Số CCCD/ ĐDCN": national_id(), "Ngày, tháng, năm sinh": "2/3/1984",
        "Giới tính": "Nữ", "Số điện thoại": "912000111", "Loại hình": "BHXH tự nguyện", "Phương thức": "12 tháng",
        "Mức thu nhập": "1.500.000 đ", "Từ tháng": "12/2026", "Đối tượng": "Hộ cận nghèo",
        "Mã xã": scenario.world.commune, "Mã tổ": scenario.group.code, "Ghi chú": "",
    } | changed  # fmt: skip


class TestCsv:
    @pytest.mark.parametrize(("delimiter", "byte_order_mark"), [(",", False), (";", True), ("\t", True)])
    async def test_vietnamese_headings(
        self, scenario: EnrolmentScenario, delimiter: str, byte_order_mark: bool
    ):
        body = to_csv(
            [vietnamese_row(scenario), vietnamese_row(scenario)],
            delimiter=delimiter,
            byte_order_mark=byte_order_mark,
        )
        result = expect_json(await send_file(scenario, body, CSV))
        assert result["counts"]["created"] == 2
        one = expect_json(await scenario.get(f"/v1/enrolments/{result['items'][0]['enrolment_id']}"))
        expected = {"product": "bhxh_tn", "method": "months_12", "monthly_income": 1_500_000, "from_month": "2026-12",
                  "support_group": "near_poor", "group_id": str(scenario.group.id)}  # fmt: skip
        assert expected.items() <= one.items()
        known = await scenario.world.owner.fetchrow(
            "select birth_date, sex, phone from member where id = $1", one["member_id"]
        )
        assert (str(known["birth_date"]), known["sex"], known["phone"]) == (
            "1984-03-02",
            "female",
            "0912000111",
        )

    async def test_missing_months_with_what_was_paid_before(self, scenario: EnrolmentScenario):
        missing = {"Phương thức": "tháng còn thiếu", "Số tháng": "60", "Ngày, tháng, năm sinh": "2/3/1960"}
        number = {"Số CCCD/ ĐDCN": None}
        rows = [
            vietnamese_row(scenario, **missing, **number, **{"Số tháng đã đóng BHXH": paid})
            for paid in ("120", "119")
        ]
        body = expect_json(await send_file(scenario, to_csv(rows), CSV))
        assert [item["status"] for item in body["items"]] == ["created", "rejected"], body
        assert {error["code"] for error in body["items"][1]["errors"]} == {"too_many_missing"}
        one = expect_json(await scenario.get(f"/v1/enrolments/{body['items'][0]['enrolment_id']}"))
        assert (one["method"], one["months"], one["months_paid_before"]) == ("missing_months", 60, 120)

    async def test_english_names_and_quoted_cells(self, scenario: EnrolmentScenario):
        rows = [
            scenario.row(),
            scenario.row(full_name='Nguyễn "Ba", Bà'),
            scenario.row(national_id="'042184999001"),
        ]
        body = expect_json(await send_file(scenario, to_csv(rows), CSV))
        assert [item["status"] for item in body["items"]] == ["created"] * 3

    async def test_a_bad_cell_is_named_by_row_column_and_reason(self, scenario: EnrolmentScenario):
        rows = [vietnamese_row(scenario), vietnamese_row(scenario, **{"Mức thu nhập": "nhiều"})]
        body = expect_json(await send_file(scenario, to_csv(rows), CSV))
        error = body["items"][1]["errors"][0]
        assert error["pointer"] == "/items/1/monthly_income"
        assert error["detail"].startswith("Dòng 3, cột “Mức thu nhập”: ")

    async def test_an_empty_cell_is_named_as_people_name_it(self, scenario: EnrolmentScenario):
        rows = [vietnamese_row(scenario), vietnamese_row(scenario, **{"Mức thu nhập": ""})]
        body = expect_json(await send_file(scenario, to_csv(rows), CSV))
        details = [error["detail"] for error in body["items"][1]["errors"]]
        assert details == ["Dòng 3, cột “Mức thu nhập”: Chưa nhập “Mức thu nhập”."]

    async def test_a_formula_is_a_text_and_comes_back_harmless(self, app, scenario: EnrolmentScenario):
        bad = vietnamese_row(scenario, **{"Họ và tên": "=1+1", "Từ tháng": "13/2026"})
        job = await finish_job(app, scenario, await send_file(scenario, to_csv([bad] * 1001), CSV))
        assert read_csv(await fetch_file(scenario, job))[0]["Họ và tên"] == "'=1+1"


class TestXlsx:
    async def test_numbers_dates_and_texts_as_excel_makes_them(self, scenario: EnrolmentScenario):
        typed = vietnamese_row(scenario, **{
            "Ngày, tháng, năm sinh": date(1984, 3, 2), "Số CCCD/ ĐDCN": 42184999777,
            "Từ tháng": date(2026, 12, 1), "Mức thu nhập": 1_500_000.0,
        })  # fmt: skip
        body = expect_json(await send_file(scenario, to_xlsx(typed, typed.values()), XLSX))
        assert body["counts"]["created"] == 1, body
        sent = await scenario.world.owner.fetchval(
            "select national_id from member where id = $1", body["items"][0]["member_id"]
        )
        assert sent == "042184999777"

    async def test_a_bomb_is_refused(self, scenario: EnrolmentScenario, app, monkeypatch):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("xl/worksheets/sheet1.xml", b" " * 3_000_000)
        monkeypatch.setattr(app.state.settings, "import_limit", 2_000_000)
        expect_problem(await send_file(scenario, out.getvalue(), XLSX), 400, "bad_file", "")


class TestOfficialForms:
    async def test_d05_as_it_is(self, scenario: EnrolmentScenario):
        rows = [
            (1, "Nguyễn Thị Đào", national_id()[2:], "02/03/1984", "12/2026", 12, 1_500_000, 3_960_000, 1_980_000, 50),
            (2, "Trần Thị Bưởi", national_id()[2:], date(1985, 4, 5), date(2027, 1, 1), 24, "2.000.000", None, None, 0.2),
            (3, "Lê Thị Cam", national_id()[2:], "06/07/1986", "01/2027", 30, 2_500_000, None, None, None),
        ]  # fmt: skip
        query: dict[str, Any] = {"commune_code": scenario.world.commune, "group_code": scenario.group.code}
        body = expect_json(await send_file(scenario, build_d05_workbook(rows), XLSX, **query))
        assert [item["status"] for item in body["items"]] == ["created", "created", "rejected"], body
        # Missing months, which ask for the retirement age: the form has no column for the sex.
        assert {error["code"] for error in body["items"][2]["errors"]} == {"sex_unknown"}
        enrolments = [
            expect_json(await scenario.get(f"/v1/enrolments/{item['enrolment_id']}"))
            for item in body["items"][:2]
        ]
        names = ("product", "method", "months", "monthly_income", "from_month", "support_group")
        assert [tuple(one[name] for name in names) for one in enrolments] == [
            ("bhxh_tn", "months_12", 12, 1_500_000, "2026-12", "poor"),
            ("bhxh_tn", "years_2", 24, 2_000_000, "2027-01", "other"),
        ]

    async def test_households_of_mau_4_as_they_are(self, scenario: EnrolmentScenario):
        def member(place: int, name: str, relation: str, months: str | None) -> tuple[Any, ...]:
            return (
                place,
                name,
                None,
                national_id(),
                "02/03/1984",
                "Trạm y tế",
                2_340_000,
                relation,
                None,
                "x",
                None,
                months,
            )

        first = [member(1, "Phạm Văn Ổi", "Chủ hộ", "12 tháng"), member(2, "Phạm Thị Mận", "Vợ", "12 tháng")]
        second = [member(1, "Hồ Thị Na", "Chủ hộ", "6 tháng"), member(2, "Hồ Văn Không", "Con", None)]
        query: dict[str, Any] = {"commune_code": scenario.world.commune, "from_month": "2026-12"}
        body = expect_json(await send_file(scenario, build_mau_4_workbook(first, second), XLSX, **query))
        assert [item["status"] for item in body["items"]] == ["created"] * 3, (
            body
        )  # who wants no card has no row
        enrolments = [
            expect_json(await scenario.get(f"/v1/enrolments/{item['enrolment_id']}"))
            for item in body["items"]
        ]
        assert [(one["product"], one["method"], one["relation_to_head"]) for one in enrolments] == [
            ("bhyt_hgd", "months_12", "Chủ hộ"), ("bhyt_hgd", "months_12", "Vợ"), ("bhyt_hgd", "months_6", "Chủ hộ"),
        ]  # fmt: skip

    async def test_a_bad_cell_is_named_by_its_heading(self, scenario: EnrolmentScenario):
        rows = [(1, "Nguyễn Thị Đào", None, "02/03/1984", "12/2026", "nhiều", 1_500_000)]
        body = expect_json(
            await send_file(scenario, build_d05_workbook(rows), XLSX, commune_code=scenario.world.commune)
        )
        details = [error["detail"] for error in body["items"][0]["errors"]]
        assert any(detail.startswith("Dòng 15, cột “Số tháng”: ") for detail in details), details


class TestTemplates:
    @pytest.mark.parametrize("form", ["plain", "d05_ts", "mau_4"])
    async def test_a_filled_template_is_taken_in(self, scenario: EnrolmentScenario, form: str):
        values = {
            "Họ và tên": "Lê Thị Mẫu", "Ngày/ tháng/ năm sinh": "02/03/1984", "Ngày, tháng, năm sinh": "02/03/1984",
            "Số CCCD/ ĐDCN": national_id(), "Từ tháng/ năm": "12/2026", "Số tháng": "12", "Mã xã": scenario.world.commune,
            "Mức thu nhập tháng đóng BHXH": "1500000", "Ghi chú": "12 tháng", "Quan hệ với chủ hộ": "Chủ hộ",
        } | scenario.row(national_id=national_id())  # fmt: skip
        for kind, media in (("csv", CSV), ("xlsx", XLSX)):
            response = await scenario.get(f"{BATCHES}/template", format=kind, form=form)
            assert response.status_code == 200, response.text
            assert "attachment" in response.headers["content-disposition"]
            if kind == "csv":
                headings = next(csv.reader([response.content.decode("utf-8-sig").strip()]))
                body = to_csv([{heading: values.get(heading, "") for heading in headings}])
            else:
                headings = list(read_xlsx(response.content)[0])
                workbook = load_workbook(io.BytesIO(response.content))
                workbook.active.append([values.get(heading) for heading in headings])  # type: ignore[union-attr]
                body = workbook_bytes(workbook)
            result = expect_json(await send_file(scenario, body, media))
            assert result["items"][0]["status"] in ("created", "duplicate", "unchanged"), result

    async def test_an_example_in_ndjson(self, scenario: EnrolmentScenario):
        response = await scenario.get(f"{BATCHES}/template", format="ndjson")
        assert json.loads(response.text)["full_name"]

    async def test_without_a_format_is_422(self, scenario: EnrolmentScenario):
        expect_problem(await scenario.get(f"{BATCHES}/template"), 422, "missing", "/query/format")


class TestJob:
    async def test_progress_counts_and_the_report_sent_again(self, app, scenario: EnrolmentScenario):
        rows = [scenario.row() for _ in range(2500)]
        for at in (7, 1500, 2499):
            rows[at]["birth_date"] = "1984-02-31"
        result = await send_file(scenario, to_csv(rows), CSV, key="large")
        job = await finish_job(app, scenario, result)
        assert job["status"] == "succeeded"
        assert job["progress"] == {"rows_done": 2500, "rows_total": 2500, "percent": 100}
        assert job["counts"] == {"created": 2497, "updated": 0, "duplicate": 0, "unchanged": 0, "rejected": 3}
        batch = expect_json(
            await scenario.client.get(f"{BATCHES}/{job['subject_id']}", headers=scenario.partner.headers)
        )
        assert batch["counts"] == job["counts"]
        assert (batch["rows"], batch["job_id"]) == (2500, job["id"])
        again = await send_file(scenario, to_csv(rows), CSV, key="large")
        assert (again.status_code, again.headers["idempotency-replayed"]) == (202, "true")
        assert again.json()["id"] == job["id"]
        report = read_csv(await fetch_file(scenario, job))
        assert [line["Dòng"] for line in report] == ["9", "1502", "2501"]
        assert report[0]["Lỗi"].startswith("Dòng 9, cột “birth_date”: ")
        assert report[0]["external_ref"] == rows[7]["external_ref"]
        for line in report:
            line["birth_date"] = "1984-03-02"
        body = expect_json(await send_file(scenario, to_csv(report), CSV))
        assert [item["status"] for item in body["items"]] == ["created"] * 3

    async def test_outcomes_of_every_row(self, app, scenario: EnrolmentScenario):
        rows = [scenario.row() for _ in range(1001)]
        job = await finish_job(app, scenario, await send_file(scenario, to_ndjson(rows), NDJSON))
        response = await scenario.client.get(
            f"/v1/jobs/{job['id']}/file",
            params={"name": "ket-qua.ndjson.gz"},
            headers=scenario.partner.headers,
        )
        lines = [json.loads(line) for line in gzip.decompress(response.content).splitlines()]
        assert [line["external_ref"] for line in lines] == [row["external_ref"] for row in rows]
        assert {line["status"] for line in lines} == {"created"}
        hidden = await scenario.client.get(
            f"/v1/jobs/{job['id']}/file", params={"name": "input"}, headers=scenario.partner.headers
        )
        expect_problem(hidden, 404, "no_file")

    async def test_a_large_json_body_is_a_job_too(self, app, scenario: EnrolmentScenario):
        job = await finish_job(app, scenario, await scenario.send(*(scenario.row() for _ in range(1001))))
        assert job["counts"]["created"] == 1001

    async def test_atomic_keeps_nothing_of_a_bad_file(self, app, scenario: EnrolmentScenario, owner):
        rows = [scenario.row() for _ in range(2100)]
        rows[2099]["product"] = "nope"
        job = await finish_job(
            app, scenario, await send_file(scenario, to_ndjson(rows), NDJSON, mode="atomic")
        )
        assert (job["status"], job["error"]) == ("failed", "batch_refused")
        assert job["counts"]["rejected"] == 1
        assert len(read_csv(await fetch_file(scenario, job))) == 1
        count = "select count(*) from enrolment where batch_id = $1"
        assert await owner.fetchval(count, job["subject_id"]) == 0
        rows[2099]["product"] = "bhxh_tn"
        job = await finish_job(
            app, scenario, await send_file(scenario, to_ndjson(rows), NDJSON, mode="atomic")
        )
        assert (job["status"], job["counts"]["created"]) == ("succeeded", 2100)
        assert await owner.fetchval(count, job["subject_id"]) == 2100

    async def test_validate_writes_nothing_and_knows_of_earlier_rows(
        self, app, scenario: EnrolmentScenario, owner
    ):
        rows = [scenario.row() for _ in range(2001)]
        rows.append({**rows[0], "external_ref": "another"})
        job = await finish_job(
            app, scenario, await send_file(scenario, to_ndjson(rows), NDJSON, mode="validate")
        )
        assert (job["counts"]["created"], job["counts"]["duplicate"]) == (2001, 1)
        assert (
            await owner.fetchval("select count(*) from enrolment where batch_id = $1", job["subject_id"]) == 0
        )
        numbers = [row["national_id"] for row in rows]
        assert await owner.fetchval("select count(*) from member where national_id = any($1)", numbers) == 0

    async def test_a_file_that_breaks_off_says_where(self, app, scenario: EnrolmentScenario):
        body = to_csv([scenario.row() for _ in range(1500)]) + b'"never closed\n' * 2
        job = await finish_job(app, scenario, await send_file(scenario, body, CSV))
        assert (job["status"], job["error"]) == ("failed", "bad_file")
        assert "dòng 15" in job["errors"][0]["detail"]

    async def test_cancelled_before_it_begins(self, app, scenario: EnrolmentScenario):
        response = await send_file(scenario, to_ndjson(scenario.row() for _ in range(1001)), NDJSON)
        await scenario.client.post(f"{response.headers['location']}/cancel", headers=scenario.partner.headers)
        job = await finish_job(app, scenario, response)
        assert (job["status"], job["counts"]) == ("cancelled", {})


class TestConflicts:
    async def test_refused_unless_asked_for(self, scenario: EnrolmentScenario):
        row = scenario.row()
        await scenario.send_ok(row)
        declared = {"covered_until": "2026-12-31", "insured_since": "2021-01-01", "supported_before": 12}
        changed = row | declared | {"monthly_income": 2_000_000}
        refused_row = read_outcomes(await send_file(scenario, to_ndjson([changed]), NDJSON))[0]
        assert refused_row["errors"][0]["code"] == "conflicts_with_existing"
        updated = read_outcomes(
            await send_file(scenario, to_ndjson([changed]), NDJSON, on_conflict="update_open")
        )[0]
        assert updated["status"] == "updated"
        one = expect_json(await scenario.get(f"/v1/enrolments/{updated['enrolment_id']}"))
        assert (one["monthly_income"], one["version"], one["status"]) == (2_000_000, 2, "submitted")
        assert {name: one[name] for name in declared} == declared
        same = read_outcomes(
            await send_file(scenario, to_ndjson([changed]), NDJSON, on_conflict="update_open")
        )[0]
        assert same["status"] == "unchanged"

    async def test_a_returned_one_is_submitted_again(self, scenario: EnrolmentScenario):
        row = scenario.row()
        sent = (await scenario.send_ok(row))["items"][0]
        one = expect_json(await scenario.get(f"/v1/enrolments/{sent['enrolment_id']}"))
        reasons = [{"pointer": "/method", "code": "wrong", "text": "Sai phương thức."}]
        await scenario.transition(one, "return", scenario.bhxh, reasons=reasons)
        response = await send_file(
            scenario, to_ndjson([row | {"method": "months_6"}]), NDJSON, on_conflict="update_open"
        )
        assert read_outcomes(response)[0]["status"] == "updated"
        one = expect_json(await scenario.get(f"/v1/enrolments/{sent['enrolment_id']}"))
        assert (one["status"], one["method"], one["months"]) == ("submitted", "months_6", 6)

    async def test_an_accepted_one_stays(self, scenario: EnrolmentScenario):
        row = scenario.row()
        sent = (await scenario.send_ok(row))["items"][0]
        one = expect_json(await scenario.get(f"/v1/enrolments/{sent['enrolment_id']}"))
        assert (await scenario.transition(one, "accept", scenario.bhxh)).status_code == 200
        response = await send_file(
            scenario, to_ndjson([row | {"monthly_income": 9_000_000}]), NDJSON, on_conflict="update_open"
        )
        assert read_outcomes(response)[0]["errors"][0]["code"] == "conflicts_with_existing"

    async def test_another_person_under_the_reference_is_refused(self, scenario: EnrolmentScenario):
        row = scenario.row()
        await scenario.send_ok(row)
        other = scenario.row(
            external_ref=row["external_ref"], full_name="Ai Khác Hẳn", birth_date="1990-01-01"
        )
        response = await send_file(scenario, to_ndjson([other]), NDJSON, on_conflict="update_open")
        assert read_outcomes(response)[0]["status"] == "rejected"
        known = "select count(*) from member where national_id = $1"
        assert await scenario.world.owner.fetchval(known, other["national_id"]) == 0

    async def test_two_rows_that_meet_in_one_month(self, scenario: EnrolmentScenario):
        first = scenario.row(from_month="2026-12", method="months_6")
        second = first | {"external_ref": first["external_ref"] + "-b", "from_month": "2027-12"}
        await scenario.send_ok(first, second)
        moved = [row | {"from_month": "2027-06"} for row in (first, second)]
        lines = read_outcomes(await send_file(scenario, to_ndjson(moved), NDJSON, on_conflict="update_open"))
        assert [line["status"] for line in lines] == ["updated", "rejected"]


class TestHostileTables:
    async def test_a_heading_that_is_no_text_is_told_and_nothing_breaks(
        self, app, scenario: EnrolmentScenario
    ):
        body = b"\xff\x00colour,full_name,birth_date\nred,A,02/03/1984\n"
        expect_problem(await send_file(scenario, body, CSV), 422, "unknown_heading", "")
        large = body + b"red,A,02/03/1984\n" * 1001
        expect_problem(await send_file(scenario, large, CSV), 422, "unknown_heading", "")

    async def test_entities_of_a_workbook_are_not_unfolded(self, scenario: EnrolmentScenario):
        entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
        sheet = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "{"ha" * 50}">{entities}]><worksheet>&l8;</worksheet>'
        good, out = to_xlsx(["full_name", "birth_date"], ["A", "B"]), io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(good)) as source, zipfile.ZipFile(out, "w") as packed:
            for entry in source.infolist():
                is_sheet = entry.filename.endswith("sheet1.xml")
                packed.writestr(entry.filename, sheet if is_sheet else source.read(entry.filename))
        assert (await send_file(scenario, out.getvalue(), XLSX)).status_code in (400, 422)

    async def test_what_a_job_was_given_to_read_goes_with_its_end(
        self, app, scenario: EnrolmentScenario, owner
    ):
        kept = "select count(*) from job_file where name = 'input' and job_id = $1"
        response = await send_file(scenario, to_ndjson([{}] * 1001), NDJSON)
        assert await owner.fetchval(kept, response.json()["id"]) == 1
        job = await finish_job(app, scenario, response)
        assert await owner.fetchval(kept, job["id"]) == 0
        waiting = await send_file(scenario, to_ndjson([{}] * 1001), NDJSON)
        await scenario.client.post(f"{waiting.headers['location']}/cancel", headers=scenario.partner.headers)
        assert await owner.fetchval(kept, waiting.json()["id"]) == 0


class TestSandbox:
    async def test_a_client_in_the_sandbox_validates_files_of_any_size_and_writes_nothing(
        self, app, scenario: EnrolmentScenario, owner
    ):
        await owner.execute("update api_client set sandbox = true where id = $1", scenario.partner.id)
        expect_problem(await send_file(scenario, to_ndjson([scenario.row()]), NDJSON), 403, "sandbox_only")
        expect_problem(await send_file(scenario, to_ndjson([{}] * 1001), NDJSON), 403, "sandbox_only")
        lines = read_outcomes(await send_file(scenario, to_ndjson([scenario.row()]), NDJSON, mode="validate"))
        assert (lines[0]["status"], lines[0]["enrolment_id"]) == ("created", None)
        rows = [scenario.row() for _ in range(1001)]
        job = await finish_job(
            app, scenario, await send_file(scenario, to_ndjson(rows), NDJSON, mode="validate")
        )
        assert (job["status"], job["counts"]["created"]) == ("succeeded", 1001), job
        count = "select count(*) from enrolment where batch_id = $1"
        assert await owner.fetchval(count, job["subject_id"]) == 0

    async def test_who_falls_into_the_sandbox_writes_no_further(
        self, app, scenario: EnrolmentScenario, owner
    ):
        result = await send_file(scenario, to_ndjson([scenario.row() for _ in range(1001)]), NDJSON)
        await owner.execute("update api_client set sandbox = true where id = $1", scenario.partner.id)
        job = await finish_job(app, scenario, result)
        assert (job["status"], job["error"]) == ("failed", "sandbox_only")
        count = "select count(*) from enrolment where batch_id = $1"
        assert await owner.fetchval(count, job["subject_id"]) == 0
