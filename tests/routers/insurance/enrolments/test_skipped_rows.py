"""Rows of a file that are none of its table, over HTTP: told with their reasons, and nobody beside them is missed."""

from typing import Any

import pytest
from openpyxl import Workbook

from tests.imports.import_files import CSV, XLSX, send_file, to_csv, to_xlsx, workbook_bytes
from tests.insurance.enrolment_scenario import BATCHES, EnrolmentScenario
from tests.jobs.job_workers import run_pending_jobs
from tests.routers.responses import expect_json

D05 = (
    "STT", "Họ và tên", "Mã số BHXH", "Số CCCD/ ĐDCN", "Ngày/ tháng/ năm sinh", "Giới tính", "Từ tháng/ năm", "Số tháng",
    "Mức thu nhập tháng đóng BHXH",
)  # fmt: skip
TOTAL = (None, "Cộng", None, None, None, None, None, None, 3_000_000)


def person(name: str) -> tuple[Any, ...]:
    return (1, name, None, None, "02/03/1984", "Nữ", "12/2026", 12, 1_500_000)


@pytest.fixture
async def scenario(world, client) -> EnrolmentScenario:
    return await EnrolmentScenario.create(world, client)


class TestFile:
    @pytest.mark.parametrize("mode", ["validate", "partial", "atomic"])
    async def test_with_sums_between(self, scenario: EnrolmentScenario, mode: str):
        rows = [("I", "Thôn Bắc"), person("Lê Thị Một"), TOTAL, person("Lê Thị Hai"), (None, "Tổng cộng")]
        query: dict[str, Any] = {"commune_code": scenario.world.commune, "mode": mode}
        body = expect_json(await send_file(scenario, to_xlsx(D05, *rows), XLSX, **query))
        assert [item["status"] for item in body["items"]] == ["created", "created"]
        assert (body["rows"], body["skipped"]) == (2, 3)
        assert [(row["row"], row["code"]) for row in body["skipped_rows"]] == [
            (2, "group_row"), (4, "sum_row"), (6, "sum_row"),
        ]  # fmt: skip
        assert body["skipped_rows"][1]["detail"] == "Dòng cộng, không phải dòng dữ liệu."
        path = f"{BATCHES}/{body['batch_id']}"
        assert expect_json(await scenario.client.get(path, headers=scenario.partner.headers)) == body
        english = {**scenario.partner.headers, "Accept-Language": "en"}
        told = expect_json(await scenario.client.get(path, headers=english))["skipped_rows"]
        assert told[1]["detail"] == "A sum, no row of data."

    async def test_with_a_sheet_that_has_no_table(self, scenario: EnrolmentScenario):
        workbook = Workbook()
        workbook.active.append(["Hướng dẫn điền"])  # type: ignore[union-attr]
        workbook.create_sheet("Trống")
        sheet = workbook.create_sheet("D05-TS")
        for row in (D05, person("Lê Thị Một")):
            sheet.append(row)
        query: dict[str, Any] = {"commune_code": scenario.world.commune}
        body = expect_json(await send_file(scenario, workbook_bytes(workbook), XLSX, **query))
        assert body["rows"] == 1
        [told] = body["skipped_rows"]
        assert (told["row"], told["code"]) == (0, "sheet_without_table")
        assert "“Sheet”" in told["detail"]

    async def test_sent_as_json_nothing_is_skipped(self, scenario: EnrolmentScenario):
        body = await scenario.send_ok(scenario.row())
        assert (body["skipped"], body["skipped_rows"]) == (0, [])


class TestJob:
    async def test_tells_the_same(self, app, scenario: EnrolmentScenario):
        rows = [scenario.row() for _ in range(1_001)]
        sums = [{"full_name": "Cộng", "monthly_income": 1}, {"full_name": "Tổng cộng", "monthly_income": 2}]
        content = to_csv([*rows[:500], sums[0], *rows[500:], sums[1]])
        response = await send_file(scenario, content, CSV)
        assert response.status_code == 202, response.text
        await run_pending_jobs(app)
        job = expect_json(
            await scenario.client.get(response.headers["location"], headers=scenario.partner.headers)
        )
        assert job["counts"]["created"] == 1_001
        path = f"{BATCHES}/{job['subject_id']}"
        batch = expect_json(await scenario.client.get(path, headers=scenario.partner.headers))
        assert (batch["rows"], batch["skipped"]) == (1_001, 2)
        assert [(row["row"], row["code"]) for row in batch["skipped_rows"]] == [
            (502, "sum_row"), (1_004, "sum_row"),
        ]  # fmt: skip
