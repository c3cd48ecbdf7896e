"""Reports over HTTP: calculated once, numbered, stored, written again from what is stored."""

from datetime import UTC, date, datetime
from io import BytesIO
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from app.core.values.time import freeze_time
from tests.forms.reports.scenario import ReportScenario, create_stopped_member, pay_in_november

EXPORTS = "/v1/exports"
BODY = {"form": "d11_ts", "sheet": "at", "list_date": "2026-12-05", "month": "2026-11"}


@pytest.fixture(autouse=True)
def frozen_today():
    with freeze_time(datetime(2026, 12, 5, 3, tzinfo=UTC)):
        yield


@pytest.fixture
async def scenario(world, app):
    created = await ReportScenario.create(world, app)
    await pay_in_november(created)
    return created


async def create_report(client, login, key=None, **body):
    headers = login.headers | {"Idempotency-Key": key or str(uuid4())}
    return await client.post(EXPORTS, json=BODY | body, headers=headers)


async def read_cells(client, login, path):
    response = await client.get(path, headers=login.headers)
    assert response.status_code == 200, response.text
    sheet = load_workbook(BytesIO(response.content)).worksheets[0]
    return [[cell.value for cell in row] for row in sheet.iter_rows()], response.headers[
        "content-disposition"
    ]


class TestMakeReport:
    async def test_anonymous_is_401(self, client):
        assert (await client.post(EXPORTS, json=BODY)).status_code == 401

    async def test_viewer_and_treasurer_are_403(self, client, scenario):
        for login in (scenario.viewer, scenario.collector):
            assert (await create_report(client, login)).status_code == 403

    async def test_is_numbered_and_says_what_it_sums(self, client, scenario):
        created = await create_report(client, scenario.bhxh)
        assert created.status_code == 201, created.text
        body = created.json()
        assert (body["form"], body["sheet"], body["layout"], body["number"], body["year"]) == (
            "d11_ts",
            "at",
            366,
            1,
            2026,
        )
        assert body["totals"] == {
            "participant_pays": 13_642_200, "remuneration": 2_047_346, "refunded": 2_112_000, "clawback": 380_160,
        }  # fmt: skip
        again = await create_report(client, scenario.bhxh, sheet="bt")
        assert again.json()["number"] == 2
        detail = await create_report(
            client, scenario.bhxh, sheet="detail", organisation_code=scenario.women.code
        )
        assert detail.json()["totals"] == {
            "participant_pays": 5_722_200, "remuneration": 621_746, "refunded": 2_112_000, "clawback": 380_160,
        }  # fmt: skip
        supported = await create_report(client, scenario.bhxh, form="b09_ts", sheet="a", month="2026-10")
        assert supported.json()["totals"] == {"amount_due": 23_760_000, "state_support": 8_316_000}
        assert (await create_report(client, scenario.bhxh, form="b15_uq", sheet="a")).json()["totals"] == {}

    async def test_the_same_key_answers_the_first_report(self, client, scenario):
        first = await create_report(client, scenario.bhxh, key="report-1")
        again = await create_report(client, scenario.bhxh, key="report-1")
        assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")
        assert (await create_report(client, scenario.bhxh, key="report-1", sheet="bt")).status_code == 422

    async def test_a_union_gets_its_own_rows_alone(self, client, scenario):
        mine = (await create_report(client, scenario.farmer)).json()
        assert mine["totals"]["participant_pays"] == 3_168_000
        rows, _ = await read_cells(client, scenario.farmer, mine["file_url"])
        texts = {cell for row in rows for cell in row if isinstance(cell, str)}
        assert scenario.farmers.code in texts
        assert not {scenario.women.code, scenario.sibling_women.code} & texts

    async def test_nothing_to_tell_is_409(self, client, scenario):
        response = await create_report(client, scenario.bhxh, month="2026-01")
        assert (response.status_code, response.json()["code"]) == (409, "nothing_to_list")

    async def test_another_unions_organisation_is_404(self, client, scenario):
        response = await create_report(
            client, scenario.farmer, sheet="detail", organisation_code=scenario.women.code
        )
        assert response.status_code == 404
        assert response.json()["errors"][0]["pointer"] == "/organisation_code"

    @pytest.mark.parametrize(
        ("changed", "pointer"),
        [
            ({"form": "d12_ts"}, "/form"),
            ({"form": None}, "/form"),
            ({"sheet": "zz"}, "/sheet"),
            ({"sheet": 7}, "/sheet"),
            ({"month": "2026-13"}, "/month"),
            ({"month": "2026-11-01"}, "/month"),
            ({"list_date": "2026-12-06"}, "/list_date"),
            ({"list_date": "2026-04-30", "month": "2026-04"}, "/list_date"),
            ({"months": 2}, "/months"),
            ({"months": True}, "/months"),
            ({"form": "b09_ts", "sheet": "a", "month": "2026-09"}, "/month"),
            ({"stopped_from": "2026-10"}, "/stopped_from"),
            ({"organisation_id": "x"}, "/organisation_id"),
            ({"collector": {"name": "Ai"}}, "/collector"),
        ],
    )
    async def test_hostile_input_names_the_field(self, client, scenario, changed, pointer):
        response = await create_report(client, scenario.bhxh, **changed)
        assert response.status_code == 422, response.text
        assert pointer in [error["pointer"] for error in response.json()["errors"]]

    @pytest.mark.parametrize("body", [[], "d11_ts", 5, None, {"form": ["d11_ts"]}, {"form": {"d11_ts": 1}}])
    async def test_what_is_no_report_is_refused(self, client, scenario, body):
        headers = scenario.bhxh.headers | {"Idempotency-Key": str(uuid4())}
        response = await client.post(EXPORTS, json=body, headers=headers)
        assert response.status_code in (400, 422), response.text


class TestPrintReport:
    async def test_a_reprint_says_what_was_so_when_it_was_made(self, client, scenario):
        path = (await create_report(client, scenario.bhxh, form="b15_uq", sheet="a")).json()["file_url"]
        first, name = await read_cells(client, scenario.bhxh, path)
        assert name.endswith("B15A-UQ-1-2026.xlsx")
        member = await scenario.create_member(scenario.group, "Người Đến Sau")
        await scenario.payments.create_payment(
            scenario.group, member, date(2026, 11, 29), collector=scenario.collector
        )
        assert (await read_cells(client, scenario.bhxh, path))[0] == first
        later = (await create_report(client, scenario.bhxh, form="b15_uq", sheet="a")).json()["file_url"]
        assert (await read_cells(client, scenario.bhxh, later))[0] != first

    async def test_who_stopped_is_printed(self, client, scenario):
        await create_stopped_member(scenario, scenario.group, scenario.collector, "Nguyễn Thị Thôi")
        created = await create_report(client, scenario.officer, form="c21_ts", sheet="a")
        rows, name = await read_cells(client, scenario.officer, created.json()["file_url"])
        assert name.endswith("C21A-TS-1-2026.xlsx")
        assert rows[10][:4] == [1, scenario.world.commune, "Nguyễn Thị Thôi", rows[10][3]]
        assert rows[10][4:7] == [None, "x", None]

    async def test_each_sheet_opens_under_its_name(self, client, scenario):
        for level in "abc":
            for kind, month in (("t", "2026-11"), ("q", "2026-10"), ("n", "2026-01")):
                created = await create_report(client, scenario.bhxh, sheet=level + kind, month=month)
                response = await client.get(created.json()["file_url"], headers=scenario.bhxh.headers)
                assert load_workbook(BytesIO(response.content)).sheetnames == [f"D11{level}{kind}-TS"]

    async def test_of_another_union_and_of_bhxh_is_404(self, client, scenario):
        path = (await create_report(client, scenario.bhxh)).json()["file_url"]
        assert (await client.get(path, headers=scenario.farmer.headers)).status_code == 404
        path = (await create_report(client, scenario.officer)).json()["file_url"]
        assert (await client.get(path, headers=scenario.farmer.headers)).status_code == 404
        assert (await client.get(path, headers=scenario.bhxh.headers)).status_code == 200

    async def test_lists_are_chosen_by_a_reports_form(self, client, scenario):
        await create_report(client, scenario.bhxh)
        await create_report(client, scenario.bhxh, form="b15_uq", sheet="a")
        response = await client.get(f"{EXPORTS}?form=b15_uq", headers=scenario.bhxh.headers)
        assert [(item["form"], item["sheet"]) for item in response.json()["items"]] == [("b15_uq", "a")]
