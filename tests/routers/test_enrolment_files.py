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

from tests.exchange.official import d05, mau_4
from tests.exchange.sending import (
    CSV,
    NDJSON,
    XLSX,
    book_lines,
    book_of,
    csv_of,
    lines_of,
    ndjson,
    outcomes,
    saved,
    send_file,
)
from tests.exchange.work import work_off
from tests.insurance.rows import BATCHES, Cast
from tests.routers.answers import got, refused
from tests.world import national_id


@pytest.fixture
async def cast(world, client) -> Cast:
    return await Cast.create(world, client)


async def finished(app, cast: Cast, answer: Any) -> dict[str, Any]:
    """The job of an answer, after a worker did it."""
    assert answer.status_code == 202, answer.text
    await work_off(app)
    job: dict[str, Any] = got(await cast.client.get(answer.headers["location"], headers=cast.partner.headers))
    return job


async def fetched(cast: Cast, job: dict[str, Any]) -> bytes:
    answer = await cast.client.get(job["report_url"], headers=cast.partner.headers)
    assert answer.status_code == 200, answer.text
    return answer.content


class TestNdjson:
    async def test_a_line_for_each_line(self, cast: Cast):
        sent = [cast.row(), cast.row(nope=1), cast.row(group_code=cast.group.code)]
        answer = await send_file(cast, ndjson(sent), NDJSON)
        lines = outcomes(answer)
        assert [line["status"] for line in lines] == ["created", "rejected", "created"]
        assert [line["index"] for line in lines] == [0, 1, 2]
        assert {"pointer": "/items/1/nope", "code": "extra_forbidden"}.items() <= lines[1]["errors"][
            0
        ].items()
        assert lines[1]["errors"][0]["detail"].startswith("Dòng 2, trường nope: ")
        batch = got(await cast.client.get(answer.headers["location"], headers=cast.partner.headers))
        assert batch["counts"] == {"created": 2, "updated": 0, "duplicate": 0, "unchanged": 0, "rejected": 1}

    async def test_lines_that_are_no_json_are_rejected_one_by_one(self, cast: Cast):
        good = ndjson([cast.row()])
        body = (
            b"\xef\xbb\xbf"
            + good
            + b'\n{"a":1,"a":2}\nnope\n{"full_name":"\xff"}\n[]\n'
            + b'{"a":"'
            + b"x" * 300_000
            + b'"}\n'
            + ndjson([cast.row()])[:-1]
        )
        lines = outcomes(await send_file(cast, body, NDJSON))
        assert [line["status"] for line in lines] == ["created", *["rejected"] * 5, "created"]
        codes = [error["code"] for line in lines for error in line["errors"]]
        assert codes == ["duplicate_key", "syntax", "encoding", "model_type", "row_too_long"]

    async def test_gzip(self, cast: Cast):
        body = gzip.compress(ndjson([cast.row()]))
        lines = outcomes(await send_file(cast, body, NDJSON, headers={"Content-Encoding": "gzip"}))
        assert lines[0]["status"] == "created"

    async def test_a_gzip_bomb_is_413(self, cast: Cast):
        bomb = gzip.compress(b" " * (1024 * 1024 * 1024 + 1), 1)
        answer = await send_file(cast, bomb, NDJSON, headers={"Content-Encoding": "gzip"})
        refused(answer, 413, "body_too_large")

    async def test_query_fills_what_rows_leave_open(self, cast: Cast):
        row = cast.row()
        open_row = {
            name: value
            for name, value in row.items()
            if name not in ("commune_code", "product", "from_month")
        }
        answer = await send_file(
            cast, ndjson([open_row]), NDJSON,
            commune_code=cast.world.commune, product="bhxh_tn", from_month="2026-12", group_code=cast.group.code,
        )  # fmt: skip
        assert outcomes(answer)[0]["status"] == "created"


class TestRefused:
    async def test_mode_is_needed(self, cast: Cast):
        headers = cast.partner.headers | {"Idempotency-Key": "x", "Content-Type": NDJSON}
        answer = await cast.client.post(BATCHES, content=b"{}\n", headers=headers)
        refused(answer, 422, "missing", "/query/mode")

    async def test_query_is_for_files_only(self, cast: Cast):
        answer = await cast.client.post(
            BATCHES, json={"mode": "partial", "items": [cast.row()]}, params={"mode": "partial"},
            headers=cast.partner.headers | {"Idempotency-Key": "x"},
        )  # fmt: skip
        refused(answer, 422, "for_files_only", "/query/mode")

    async def test_other_content_types_are_415(self, cast: Cast):
        for media in (
            "text/plain",
            "application/xml",
            "text/csv; charset=windows-1258",
            "multipart/form-data",
        ):
            refused(await send_file(cast, b"a,b\n", media), 415, "unsupported_media_type")

    async def test_files_without_rows_or_headings(self, cast: Cast):
        refused(await send_file(cast, b"", NDJSON), 422, "no_items", "")
        refused(await send_file(cast, b"\n\n", NDJSON), 422, "no_items", "")
        refused(await send_file(cast, b"", CSV), 422, "no_headings")
        refused(await send_file(cast, b"full_name,birth_date\n", CSV), 422, "no_items", "")
        refused(await send_file(cast, b"x,y\n1,2\n", CSV), 422, "no_headings")
        refused(await send_file(cast, b"full_name,colour\nA,red\n", CSV), 422, "unknown_heading", "")
        refused(await send_file(cast, b'full_name,birth_date\n"A,1984\n', CSV), 400, "bad_file", "")
        refused(await send_file(cast, b"PK\x03\x04nothing", XLSX), 400, "bad_file", "")
        refused(await send_file(cast, b"", XLSX), 400, "bad_file", "")
        refused(await send_file(cast, book_of([1, 2], [3, 4]), XLSX), 422, "no_headings")

    async def test_who_may_not_send_is_told_so_at_once(self, cast: Cast, world):
        reader = await world.partner(cast.unit, "enrolments:read")
        refused(await send_file(cast, b"x" * 3_000_000, NDJSON, who=reader), 403, "forbidden")
        answer = await cast.client.post(
            BATCHES, content=b"{}", headers={"Content-Type": NDJSON, "Idempotency-Key": "x"}
        )
        refused(answer, 401, "unauthenticated")

    async def test_a_json_body_keeps_its_bound(self, cast: Cast):
        answer = await send_file(cast, b'{"mode":"' + b"x" * 9_000_000 + b'"}', "application/json")
        refused(answer, 413, "body_too_large")

    async def test_another_body_under_the_same_key_is_422(self, cast: Cast):
        body = ndjson([cast.row()])
        first = await send_file(cast, body, NDJSON, key="same")
        again = await send_file(cast, body, NDJSON, key="same")
        assert outcomes(again) == outcomes(first)
        assert again.headers["idempotency-replayed"] == "true"
        refused(await send_file(cast, body, NDJSON, key="same", mode="atomic"), 422, "idempotency_key_reused")
        refused(
            await send_file(cast, ndjson([cast.row()]), NDJSON, key="same"), 422, "idempotency_key_reused"
        )


def vietnamese(cast: Cast, **changed: Any) -> dict[str, Any]:
    """A row under Vietnamese headings, as people type."""
    return {
        "STT": 1, "Họ và tên": "Nguyễn Thị Đào", "Số CCCD/ ĐDCN": national_id(), "Ngày, tháng, năm sinh": "2/3/1984",
        "Giới tính": "Nữ", "Số điện thoại": "912000111", "Loại hình": "BHXH tự nguyện", "Phương thức": "12 tháng",
        "Mức thu nhập": "1.500.000 đ", "Từ tháng": "12/2026", "Đối tượng": "Hộ cận nghèo",
        "Mã xã": cast.world.commune, "Mã tổ": cast.group.code, "Ghi chú": "",
    } | changed  # fmt: skip


class TestCsv:
    @pytest.mark.parametrize(("delimiter", "mark"), [(",", False), (";", True), ("\t", True)])
    async def test_vietnamese_headings(self, cast: Cast, delimiter: str, mark: bool):
        body = csv_of([vietnamese(cast), vietnamese(cast)], delimiter=delimiter, mark=mark)
        answer = got(await send_file(cast, body, CSV))
        assert answer["counts"]["created"] == 2
        one = got(await cast.get(f"/v1/enrolments/{answer['items'][0]['enrolment_id']}"))
        wanted = {"product": "bhxh_tn", "method": "months_12", "monthly_income": 1_500_000, "from_month": "2026-12",
                  "support_group": "near_poor", "group_id": str(cast.group.id)}  # fmt: skip
        assert wanted.items() <= one.items()
        known = await cast.world.owner.fetchrow(
            "select birth_date, sex, phone from member where id = $1", one["member_id"]
        )
        assert (str(known["birth_date"]), known["sex"], known["phone"]) == (
            "1984-03-02",
            "female",
            "0912000111",
        )

    async def test_english_names_and_quoted_cells(self, cast: Cast):
        rows = [cast.row(), cast.row(full_name='Nguyễn "Ba", Bà'), cast.row(national_id="'042184999001")]
        answer = got(await send_file(cast, csv_of(rows), CSV))
        assert [item["status"] for item in answer["items"]] == ["created"] * 3

    async def test_a_bad_cell_is_named_by_row_column_and_reason(self, cast: Cast):
        rows = [vietnamese(cast), vietnamese(cast, **{"Mức thu nhập": "nhiều"})]
        answer = got(await send_file(cast, csv_of(rows), CSV))
        error = answer["items"][1]["errors"][0]
        assert error["pointer"] == "/items/1/monthly_income"
        assert error["detail"].startswith("Dòng 3, cột “Mức thu nhập”: ")

    async def test_a_formula_is_a_text_and_comes_back_harmless(self, app, cast: Cast):
        bad = vietnamese(cast, **{"Họ và tên": "=1+1", "Từ tháng": "13/2026"})
        job = await finished(app, cast, await send_file(cast, csv_of([bad] * 1001), CSV))
        assert lines_of(await fetched(cast, job))[0]["Họ và tên"] == "'=1+1"


class TestXlsx:
    async def test_numbers_dates_and_texts_as_excel_makes_them(self, cast: Cast):
        typed = vietnamese(cast, **{
            "Ngày, tháng, năm sinh": date(1984, 3, 2), "Số CCCD/ ĐDCN": 42184999777,
            "Từ tháng": date(2026, 12, 1), "Mức thu nhập": 1_500_000.0,
        })  # fmt: skip
        answer = got(await send_file(cast, book_of(typed, typed.values()), XLSX))
        assert answer["counts"]["created"] == 1, answer
        sent = await cast.world.owner.fetchval(
            "select national_id from member where id = $1", answer["items"][0]["member_id"]
        )
        assert sent == "042184999777"

    async def test_a_bomb_is_refused(self, cast: Cast, app, monkeypatch):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("xl/worksheets/sheet1.xml", b" " * 3_000_000)
        monkeypatch.setattr(app.state.settings, "import_limit", 2_000_000)
        refused(await send_file(cast, out.getvalue(), XLSX), 400, "bad_file", "")


class TestOfficialForms:
    async def test_d05_as_it_is(self, cast: Cast):
        rows = [
            (1, "Nguyễn Thị Đào", national_id()[2:], "02/03/1984", "12/2026", 12, 1_500_000, 3_960_000, 1_980_000, 50),
            (2, "Trần Thị Bưởi", national_id()[2:], date(1985, 4, 5), date(2027, 1, 1), 24, "2.000.000", None, None, 0.2),
            (3, "Lê Thị Cam", national_id()[2:], "06/07/1986", "01/2027", 30, 2_500_000, None, None, None),
        ]  # fmt: skip
        query: dict[str, Any] = {"commune_code": cast.world.commune, "group_code": cast.group.code}
        answer = got(await send_file(cast, d05(rows), XLSX, **query))
        assert [item["status"] for item in answer["items"]] == ["created"] * 3, answer
        told = [got(await cast.get(f"/v1/enrolments/{item['enrolment_id']}")) for item in answer["items"]]
        names = ("product", "method", "months", "monthly_income", "from_month", "support_group")
        assert [tuple(one[name] for name in names) for one in told] == [
            ("bhxh_tn", "months_12", 12, 1_500_000, "2026-12", "poor"),
            ("bhxh_tn", "years_2", 24, 2_000_000, "2027-01", "other"),
            ("bhxh_tn", "missing_months", 30, 2_500_000, "2027-01", None),
        ]

    async def test_households_of_mau_4_as_they_are(self, cast: Cast):
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
        query: dict[str, Any] = {"commune_code": cast.world.commune, "from_month": "2026-12"}
        answer = got(await send_file(cast, mau_4(first, second), XLSX, **query))
        assert [item["status"] for item in answer["items"]] == ["created"] * 3, (
            answer
        )  # who wants no card has no row
        told = [got(await cast.get(f"/v1/enrolments/{item['enrolment_id']}")) for item in answer["items"]]
        assert [(one["product"], one["method"], one["relation_to_head"]) for one in told] == [
            ("bhyt_hgd", "months_12", "Chủ hộ"), ("bhyt_hgd", "months_12", "Vợ"), ("bhyt_hgd", "months_6", "Chủ hộ"),
        ]  # fmt: skip

    async def test_a_bad_cell_is_named_by_its_heading(self, cast: Cast):
        rows = [(1, "Nguyễn Thị Đào", None, "02/03/1984", "12/2026", "nhiều", 1_500_000)]
        answer = got(await send_file(cast, d05(rows), XLSX, commune_code=cast.world.commune))
        details = [error["detail"] for error in answer["items"][0]["errors"]]
        assert any(detail.startswith("Dòng 15, cột “Số tháng”: ") for detail in details), details


class TestTemplates:
    @pytest.mark.parametrize("form", ["plain", "d05_ts", "mau_4"])
    async def test_a_filled_template_is_taken_in(self, cast: Cast, form: str):
        values = {
            "Họ và tên": "Lê Thị Mẫu", "Ngày/ tháng/ năm sinh": "02/03/1984", "Ngày, tháng, năm sinh": "02/03/1984",
            "Số CCCD/ ĐDCN": national_id(), "Từ tháng/ năm": "12/2026", "Số tháng": "12", "Mã xã": cast.world.commune,
            "Mức thu nhập tháng đóng BHXH": "1500000", "Ghi chú": "12 tháng", "Quan hệ với chủ hộ": "Chủ hộ",
        } | cast.row(national_id=national_id())  # fmt: skip
        for kind, media in (("csv", CSV), ("xlsx", XLSX)):
            answer = await cast.get(f"{BATCHES}/template", format=kind, form=form)
            assert answer.status_code == 200, answer.text
            assert "attachment" in answer.headers["content-disposition"]
            if kind == "csv":
                headings = next(csv.reader([answer.content.decode("utf-8-sig").strip()]))
                body = csv_of([{heading: values.get(heading, "") for heading in headings}])
            else:
                headings = list(book_lines(answer.content)[0])
                book = load_workbook(io.BytesIO(answer.content))
                book.active.append([values.get(heading) for heading in headings])  # type: ignore[union-attr]
                body = saved(book)
            told = got(await send_file(cast, body, media))
            assert told["items"][0]["status"] in ("created", "duplicate", "unchanged"), told

    async def test_an_example_in_ndjson(self, cast: Cast):
        answer = await cast.get(f"{BATCHES}/template", format="ndjson")
        assert json.loads(answer.text)["full_name"]

    async def test_without_a_format_is_422(self, cast: Cast):
        refused(await cast.get(f"{BATCHES}/template"), 422, "missing", "/query/format")


class TestJob:
    async def test_progress_counts_and_the_report_sent_again(self, app, cast: Cast):
        rows = [cast.row() for _ in range(2500)]
        for at in (7, 1500, 2499):
            rows[at]["birth_date"] = "1984-02-31"
        answer = await send_file(cast, csv_of(rows), CSV, key="large")
        job = await finished(app, cast, answer)
        assert job["status"] == "succeeded"
        assert job["progress"] == {"rows_done": 2500, "rows_total": 2500, "percent": 100}
        assert job["counts"] == {"created": 2497, "updated": 0, "duplicate": 0, "unchanged": 0, "rejected": 3}
        batch = got(await cast.client.get(f"{BATCHES}/{job['subject_id']}", headers=cast.partner.headers))
        assert batch["counts"] == job["counts"]
        assert (batch["rows"], batch["job_id"]) == (2500, job["id"])
        again = await send_file(cast, csv_of(rows), CSV, key="large")
        assert (again.status_code, again.headers["idempotency-replayed"]) == (202, "true")
        assert again.json()["id"] == job["id"]
        report = lines_of(await fetched(cast, job))
        assert [line["Dòng"] for line in report] == ["9", "1502", "2501"]
        assert report[0]["Lỗi"].startswith("Dòng 9, cột “birth_date”: ")
        assert report[0]["external_ref"] == rows[7]["external_ref"]
        for line in report:
            line["birth_date"] = "1984-03-02"
        told = got(await send_file(cast, csv_of(report), CSV))
        assert [item["status"] for item in told["items"]] == ["created"] * 3

    async def test_outcomes_of_every_row(self, app, cast: Cast):
        rows = [cast.row() for _ in range(1001)]
        job = await finished(app, cast, await send_file(cast, ndjson(rows), NDJSON))
        answer = await cast.client.get(
            f"/v1/jobs/{job['id']}/file", params={"name": "ket-qua.ndjson.gz"}, headers=cast.partner.headers
        )
        lines = [json.loads(line) for line in gzip.decompress(answer.content).splitlines()]
        assert [line["external_ref"] for line in lines] == [row["external_ref"] for row in rows]
        assert {line["status"] for line in lines} == {"created"}
        hidden = await cast.client.get(
            f"/v1/jobs/{job['id']}/file", params={"name": "input"}, headers=cast.partner.headers
        )
        refused(hidden, 404, "no_file")

    async def test_a_large_json_body_is_a_job_too(self, app, cast: Cast):
        job = await finished(app, cast, await cast.send(*(cast.row() for _ in range(1001))))
        assert job["counts"]["created"] == 1001

    async def test_atomic_keeps_nothing_of_a_bad_file(self, app, cast: Cast, owner):
        rows = [cast.row() for _ in range(2100)]
        rows[2099]["product"] = "nope"
        job = await finished(app, cast, await send_file(cast, ndjson(rows), NDJSON, mode="atomic"))
        assert (job["status"], job["error"]) == ("failed", "batch_refused")
        assert job["counts"]["rejected"] == 1
        assert len(lines_of(await fetched(cast, job))) == 1
        count = "select count(*) from enrolment where batch_id = $1"
        assert await owner.fetchval(count, job["subject_id"]) == 0
        rows[2099]["product"] = "bhxh_tn"
        job = await finished(app, cast, await send_file(cast, ndjson(rows), NDJSON, mode="atomic"))
        assert (job["status"], job["counts"]["created"]) == ("succeeded", 2100)
        assert await owner.fetchval(count, job["subject_id"]) == 2100

    async def test_validate_writes_nothing_and_knows_of_earlier_rows(self, app, cast: Cast, owner):
        rows = [cast.row() for _ in range(2001)]
        rows.append({**rows[0], "external_ref": "another"})
        job = await finished(app, cast, await send_file(cast, ndjson(rows), NDJSON, mode="validate"))
        assert (job["counts"]["created"], job["counts"]["duplicate"]) == (2001, 1)
        assert (
            await owner.fetchval("select count(*) from enrolment where batch_id = $1", job["subject_id"]) == 0
        )
        numbers = [row["national_id"] for row in rows]
        assert await owner.fetchval("select count(*) from member where national_id = any($1)", numbers) == 0

    async def test_a_file_that_breaks_off_says_where(self, app, cast: Cast):
        body = csv_of([cast.row() for _ in range(1500)]) + b'"never closed\n' * 2
        job = await finished(app, cast, await send_file(cast, body, CSV))
        assert (job["status"], job["error"]) == ("failed", "bad_file")
        assert "dòng 15" in job["errors"][0]["detail"]

    async def test_cancelled_before_it_begins(self, app, cast: Cast):
        answer = await send_file(cast, ndjson(cast.row() for _ in range(1001)), NDJSON)
        await cast.client.post(f"{answer.headers['location']}/cancel", headers=cast.partner.headers)
        job = await finished(app, cast, answer)
        assert (job["status"], job["counts"]) == ("cancelled", {})


class TestConflicts:
    async def test_refused_unless_asked_for(self, cast: Cast):
        row = cast.row()
        await cast.sent(row)
        declared = {"covered_until": "2026-12-31", "insured_since": "2021-01-01", "supported_before": 12}
        changed = row | declared | {"monthly_income": 2_000_000}
        refused_row = outcomes(await send_file(cast, ndjson([changed]), NDJSON))[0]
        assert refused_row["errors"][0]["code"] == "conflicts_with_existing"
        updated = outcomes(await send_file(cast, ndjson([changed]), NDJSON, on_conflict="update_open"))[0]
        assert updated["status"] == "updated"
        one = got(await cast.get(f"/v1/enrolments/{updated['enrolment_id']}"))
        assert (one["monthly_income"], one["version"], one["status"]) == (2_000_000, 2, "submitted")
        assert {name: one[name] for name in declared} == declared
        same = outcomes(await send_file(cast, ndjson([changed]), NDJSON, on_conflict="update_open"))[0]
        assert same["status"] == "unchanged"

    async def test_a_returned_one_is_submitted_again(self, cast: Cast):
        row = cast.row()
        sent = (await cast.sent(row))["items"][0]
        one = got(await cast.get(f"/v1/enrolments/{sent['enrolment_id']}"))
        reasons = [{"pointer": "/method", "code": "wrong", "text": "Sai phương thức."}]
        await cast.step(one, "return", cast.bhxh, reasons=reasons)
        answer = await send_file(
            cast, ndjson([row | {"method": "months_6"}]), NDJSON, on_conflict="update_open"
        )
        assert outcomes(answer)[0]["status"] == "updated"
        one = got(await cast.get(f"/v1/enrolments/{sent['enrolment_id']}"))
        assert (one["status"], one["method"], one["months"]) == ("submitted", "months_6", 6)

    async def test_an_accepted_one_stays(self, cast: Cast):
        row = cast.row()
        sent = (await cast.sent(row))["items"][0]
        one = got(await cast.get(f"/v1/enrolments/{sent['enrolment_id']}"))
        assert (await cast.step(one, "accept", cast.bhxh)).status_code == 200
        answer = await send_file(
            cast, ndjson([row | {"monthly_income": 9_000_000}]), NDJSON, on_conflict="update_open"
        )
        assert outcomes(answer)[0]["errors"][0]["code"] == "conflicts_with_existing"

    async def test_another_person_under_the_reference_is_refused(self, cast: Cast):
        row = cast.row()
        await cast.sent(row)
        other = cast.row(external_ref=row["external_ref"], full_name="Ai Khác Hẳn", birth_date="1990-01-01")
        answer = await send_file(cast, ndjson([other]), NDJSON, on_conflict="update_open")
        assert outcomes(answer)[0]["status"] == "rejected"
        known = "select count(*) from member where national_id = $1"
        assert await cast.world.owner.fetchval(known, other["national_id"]) == 0

    async def test_two_rows_that_meet_in_one_month(self, cast: Cast):
        first = cast.row(from_month="2026-12")
        second = first | {"external_ref": first["external_ref"] + "-b", "from_month": "2027-12"}
        await cast.sent(first, second)
        moved = [row | {"from_month": "2027-06"} for row in (first, second)]
        lines = outcomes(await send_file(cast, ndjson(moved), NDJSON, on_conflict="update_open"))
        assert [line["status"] for line in lines] == ["updated", "rejected"]


class TestHostileTables:
    async def test_a_heading_that_is_no_text_is_told_and_nothing_breaks(self, app, cast: Cast):
        body = b"\xff\x00colour,full_name,birth_date\nred,A,02/03/1984\n"
        refused(await send_file(cast, body, CSV), 422, "unknown_heading", "")
        large = body + b"red,A,02/03/1984\n" * 1001
        refused(await send_file(cast, large, CSV), 422, "unknown_heading", "")

    async def test_entities_of_a_workbook_are_not_unfolded(self, cast: Cast):
        laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
        sheet = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "{"ha" * 50}">{laughs}]><worksheet>&l8;</worksheet>'
        good, out = book_of(["full_name", "birth_date"], ["A", "B"]), io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(good)) as source, zipfile.ZipFile(out, "w") as packed:
            for entry in source.infolist():
                is_sheet = entry.filename.endswith("sheet1.xml")
                packed.writestr(entry.filename, sheet if is_sheet else source.read(entry.filename))
        assert (await send_file(cast, out.getvalue(), XLSX)).status_code in (400, 422)

    async def test_what_a_job_was_given_to_read_goes_with_its_end(self, app, cast: Cast, owner):
        kept = "select count(*) from job_file where name = 'input' and job_id = $1"
        answer = await send_file(cast, ndjson([{}] * 1001), NDJSON)
        assert await owner.fetchval(kept, answer.json()["id"]) == 1
        job = await finished(app, cast, answer)
        assert await owner.fetchval(kept, job["id"]) == 0
        waiting = await send_file(cast, ndjson([{}] * 1001), NDJSON)
        await cast.client.post(f"{waiting.headers['location']}/cancel", headers=cast.partner.headers)
        assert await owner.fetchval(kept, waiting.json()["id"]) == 0


class TestSandbox:
    async def test_a_client_in_the_sandbox_validates_files_of_any_size_and_writes_nothing(
        self, app, cast: Cast, owner
    ):
        await owner.execute("update api_client set sandbox = true where id = $1", cast.partner.id)
        refused(await send_file(cast, ndjson([cast.row()]), NDJSON), 403, "sandbox_only")
        refused(await send_file(cast, ndjson([{}] * 1001), NDJSON), 403, "sandbox_only")
        lines = outcomes(await send_file(cast, ndjson([cast.row()]), NDJSON, mode="validate"))
        assert (lines[0]["status"], lines[0]["enrolment_id"]) == ("created", None)
        rows = [cast.row() for _ in range(1001)]
        job = await finished(app, cast, await send_file(cast, ndjson(rows), NDJSON, mode="validate"))
        assert (job["status"], job["counts"]["created"]) == ("succeeded", 1001), job
        count = "select count(*) from enrolment where batch_id = $1"
        assert await owner.fetchval(count, job["subject_id"]) == 0

    async def test_who_falls_into_the_sandbox_writes_no_further(self, app, cast: Cast, owner):
        answer = await send_file(cast, ndjson([cast.row() for _ in range(1001)]), NDJSON)
        await owner.execute("update api_client set sandbox = true where id = $1", cast.partner.id)
        job = await finished(app, cast, answer)
        assert (job["status"], job["error"]) == ("failed", "sandbox_only")
        count = "select count(*) from enrolment where batch_id = $1"
        assert await owner.fetchval(count, job["subject_id"]) == 0
