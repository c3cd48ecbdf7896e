"""The corpus of bad rows: each named by row, column and reason; the good ones in; the corrected file completes it."""

from typing import Any

import pytest

from tests.exchange.bad_rows import BORN, COMMUNE, FROM, ID, INCOME, KIND, KINDS, METHOD, NAME, REF
from tests.exchange.sending import CSV, XLSX, book_of, csv_of, lines_of, send_file
from tests.exchange.work import work_off
from tests.insurance.rows import Cast
from tests.routers.answers import got
from tests.world import national_id

HEADINGS = {
    "full_name": NAME, "birth_date": BORN, "national_id": ID, "social_insurance_no": "Mã số BHXH",
    "phone": "Số điện thoại", "sex": "Giới tính", "product": KIND, "method": METHOD, "months": "Số tháng",
    "monthly_income": INCOME, "from_month": FROM, "support_group": "Đối tượng", "commune_code": COMMUNE,
    "group_code": "Mã tổ", "external_ref": REF, "relation_to_head": "Quan hệ với chủ hộ",
}  # fmt: skip


@pytest.fixture
async def cast(world, client) -> Cast:
    return await Cast.create(world, client)


def good(cast: Cast, number: int) -> dict[str, str]:
    """A row as it should be, with every column."""
    return dict.fromkeys(HEADINGS.values(), "") | {
        NAME: f"Trần Thị Thử {number}", BORN: "02/03/1984", ID: national_id(), KIND: "BHXH tự nguyện",
        METHOD: "12 tháng", INCOME: "1.500.000", FROM: "12/2026", COMMUNE: cast.world.commune, REF: f"CORPUS-{national_id()}",
    }  # fmt: skip


def corpus(cast: Cast) -> list[dict[str, str]]:
    """Each kind after a good row."""
    rows = []
    for number, kind in enumerate(KINDS.values()):
        rows += [good(cast, number), good(cast, 1000 + number) | kind.changed]
    return rows


def expected(answer: Any, first: int) -> list[str]:
    """What is missing from an answer to the corpus. first: the file's row of its first row."""
    faults = []
    for index, (name, kind) in enumerate(KINDS.items()):
        before, item = answer["items"][2 * index], answer["items"][2 * index + 1]
        row = first + 2 * index + 1
        place = f"Dòng {row}, cột “{HEADINGS[kind.column]}”: "
        told = [error for error in item["errors"] if error["detail"].startswith(place)]
        right = [
            error
            for error in told
            if kind.code in ("", error["code"]) and len(error["detail"]) > len(place) + 8
        ]
        if before["status"] != "created" or item["status"] != "rejected" or not right:
            faults.append(
                f"{name}: {before['status']} {before['errors']} / {item['status']} {item['errors']}"
            )
    return faults


async def test_there_are_forty():
    assert len(KINDS) >= 40


async def test_each_is_named_in_csv(cast: Cast):
    answer = got(await send_file(cast, csv_of(corpus(cast), delimiter=";", mark=True), CSV))
    assert expected(answer, 2) == []


async def test_each_is_named_in_a_workbook(cast: Cast):
    rows = corpus(cast)
    for row in rows:
        row[NAME] = row[NAME].replace("\x00", "").replace("\u0007", "")  # what no workbook can hold
    answer = got(await send_file(cast, book_of(rows[0], *(row.values() for row in rows)), XLSX))
    faults = expected(answer, 2)
    assert [fault for fault in faults if "NUL" not in fault and "control" not in fault] == []


async def test_the_corrected_report_completes_it(app, cast: Cast):
    rows = corpus(cast) + [good(cast, 5000 + number) for number in range(1000)]
    answer = await send_file(cast, csv_of(rows), CSV)
    assert answer.status_code == 202, answer.text
    await work_off(app)
    job = got(await cast.client.get(answer.headers["location"], headers=cast.partner.headers))
    assert (job["status"], job["counts"]["rejected"]) == ("succeeded", len(KINDS)), job
    assert job["counts"]["created"] == len(rows) - len(KINDS)
    report = lines_of((await cast.client.get(job["report_url"], headers=cast.partner.headers)).content)
    assert [int(line["Dòng"]) for line in report] == [3 + 2 * index for index in range(len(KINDS))]
    assert all(line["Lỗi"].startswith(f"Dòng {line['Dòng']}, cột “") for line in report)
    corrected = [
        line
        | {k: v for k, v in good(cast, 9000 + n).items() if v or k == "Số tháng"}
        | dict.fromkeys(("Mã số BHXH", "Số điện thoại", "Giới tính", "Đối tượng", "Mã tổ", "Số tháng"), "")
        for n, line in enumerate(report)
    ]
    told = got(await send_file(cast, csv_of(corrected), CSV))
    assert told["counts"]["created"] == len(KINDS), [
        item for item in told["items"] if item["status"] != "created"
    ]
