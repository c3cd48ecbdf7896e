"""The corpus of bad rows: each named by row, column and reason; the good ones in; the corrected file completes it."""

from typing import Any

import pytest

from tests.imports.enrolments.bad_rows import (
    BAD_ROWS,
    BORN,
    COMMUNE,
    FROM,
    ID,
    INCOME,
    KIND,
    METHOD,
    NAME,
    REF,
)
from tests.imports.import_files import CSV, XLSX, read_csv, send_file, to_csv, to_xlsx
from tests.insurance.enrolment_scenario import EnrolmentScenario
from tests.jobs.job_workers import run_pending_jobs
from tests.routers.responses import expect_json
from tests.world import national_id

HEADINGS = {
    "full_name": NAME, "birth_date": BORN, "national_id": ID, "social_insurance_no": "Mã số BHXH",
    "phone": "Số điện thoại", "sex": "Giới tính", "product": KIND, "method": METHOD, "months": "Số tháng",
    "monthly_income": INCOME, "from_month": FROM, "support_group": "Đối tượng", "commune_code": COMMUNE,
    "group_code": "Mã tổ", "external_ref": REF, "relation_to_head": "Quan hệ với chủ hộ",
}  # fmt: skip


@pytest.fixture
async def scenario(world, client) -> EnrolmentScenario:
    return await EnrolmentScenario.create(world, client)


def good_row(scenario: EnrolmentScenario, number: int) -> dict[str, str]:
    """A row as it should be, with every column."""
    return dict.fromkeys(HEADINGS.values(), "") | {
        NAME: f"Trần Thị Thử {number}", BORN: "02/03/1984", ID: national_id(), KIND: "BHXH tự nguyện",
        METHOD: "12 tháng", INCOME: "1.500.000", FROM: "12/2026", COMMUNE: scenario.world.commune, REF: f"CORPUS-{national_id()}",
    }  # fmt: skip


def build_rows(scenario: EnrolmentScenario) -> list[dict[str, str]]:
    """Each kind after a good row."""
    rows = []
    for number, kind in enumerate(BAD_ROWS.values()):
        rows += [good_row(scenario, number), good_row(scenario, 1000 + number) | kind.changes]
    return rows


def missing_errors(body: Any, first: int) -> list[str]:
    """Errors of the corpus that a response lacks. first: the number of the first row in the file."""
    faults = []
    for index, (name, kind) in enumerate(BAD_ROWS.items()):
        before, item = body["items"][2 * index], body["items"][2 * index + 1]
        row = first + 2 * index + 1
        place = f"Dòng {row}, cột “{HEADINGS[kind.column]}”: "
        matching_errors = [error for error in item["errors"] if error["detail"].startswith(place)]
        right = [
            error
            for error in matching_errors
            if kind.code in ("", error["code"]) and len(error["detail"]) > len(place) + 8
        ]
        if before["status"] != "created" or item["status"] != "rejected" or not right:
            faults.append(
                f"{name}: {before['status']} {before['errors']} / {item['status']} {item['errors']}"
            )
    return faults


async def test_there_are_forty():
    assert len(BAD_ROWS) >= 40


async def test_each_is_named_in_csv(scenario: EnrolmentScenario):
    result = expect_json(
        await send_file(scenario, to_csv(build_rows(scenario), delimiter=";", byte_order_mark=True), CSV)
    )
    assert missing_errors(result, 2) == []


async def test_each_is_named_in_a_workbook(scenario: EnrolmentScenario):
    rows = build_rows(scenario)
    for row in rows:
        row[NAME] = row[NAME].replace("\x00", "").replace("\u0007", "")  # what no workbook can hold
    result = expect_json(await send_file(scenario, to_xlsx(rows[0], *(row.values() for row in rows)), XLSX))
    faults = missing_errors(result, 2)
    assert [fault for fault in faults if "NUL" not in fault and "control" not in fault] == []


async def test_the_corrected_report_completes_it(app, scenario: EnrolmentScenario):
    rows = build_rows(scenario) + [good_row(scenario, 5000 + number) for number in range(1000)]
    response = await send_file(scenario, to_csv(rows), CSV)
    assert response.status_code == 202, response.text
    await run_pending_jobs(app)
    job = expect_json(
        await scenario.client.get(response.headers["location"], headers=scenario.partner.headers)
    )
    assert (job["status"], job["counts"]["rejected"]) == ("succeeded", len(BAD_ROWS)), job
    assert job["counts"]["created"] == len(rows) - len(BAD_ROWS)
    report = read_csv(
        (await scenario.client.get(job["report_url"], headers=scenario.partner.headers)).content
    )
    assert [int(line["Dòng"]) for line in report] == [3 + 2 * index for index in range(len(BAD_ROWS))]
    assert all(line["Lỗi"].startswith(f"Dòng {line['Dòng']}, cột “") for line in report)
    corrected = [
        line
        | {k: v for k, v in good_row(scenario, 9000 + n).items() if v or k == "Số tháng"}
        | dict.fromkeys(("Mã số BHXH", "Số điện thoại", "Giới tính", "Đối tượng", "Mã tổ", "Số tháng"), "")
        for n, line in enumerate(report)
    ]
    body = expect_json(await send_file(scenario, to_csv(corrected), CSV))
    assert body["counts"]["created"] == len(BAD_ROWS), [
        item for item in body["items"] if item["status"] != "created"
    ]
