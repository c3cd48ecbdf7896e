"""Reports over HTTP: worked out once, numbered, kept, printed again."""

from datetime import UTC, date, datetime
from io import BytesIO
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from app.core.time import frozen
from tests.exchange.reports.scene import Scene, pay_november, stop

EXPORTS = "/v1/exports"
BODY = {"form": "d11_ts", "sheet": "at", "list_date": "2026-12-05", "month": "2026-11"}


@pytest.fixture(autouse=True)
def december():
    with frozen(datetime(2026, 12, 5, 3, tzinfo=UTC)):
        yield


@pytest.fixture
async def scene(world, app):
    made = await Scene.create(world, app)
    await pay_november(made)
    return made


async def make(client, login, key=None, **body):
    headers = login.headers | {"Idempotency-Key": key or str(uuid4())}
    return await client.post(EXPORTS, json=BODY | body, headers=headers)


async def cells(client, login, path):
    answer = await client.get(path, headers=login.headers)
    assert answer.status_code == 200, answer.text
    sheet = load_workbook(BytesIO(answer.content)).worksheets[0]
    return [[cell.value for cell in row] for row in sheet.iter_rows()], answer.headers["content-disposition"]


class TestMakeReport:
    async def test_anonymous_is_401(self, client):
        assert (await client.post(EXPORTS, json=BODY)).status_code == 401

    async def test_viewer_and_treasurer_are_403(self, client, scene):
        for login in (scene.viewer, scene.collector):
            assert (await make(client, login)).status_code == 403

    async def test_is_numbered_and_says_what_it_sums(self, client, scene):
        made = await make(client, scene.bhxh)
        assert made.status_code == 201, made.text
        told = made.json()
        assert (told["form"], told["sheet"], told["layout"], told["number"], told["year"]) == (
            "d11_ts",
            "at",
            366,
            1,
            2026,
        )
        assert told["totals"] == {
            "participant_pays": 13_642_200, "remuneration": 2_047_346, "refunded": 2_112_000, "clawback": 380_160,
        }  # fmt: skip
        again = await make(client, scene.bhxh, sheet="bt")
        assert again.json()["number"] == 2
        detail = await make(client, scene.bhxh, sheet="detail", organisation_code=scene.women.code)
        assert detail.json()["totals"] == {
            "participant_pays": 5_722_200, "remuneration": 621_746, "refunded": 2_112_000, "clawback": 380_160,
        }  # fmt: skip
        supported = await make(client, scene.bhxh, form="b09_ts", sheet="a", month="2026-10")
        assert supported.json()["totals"] == {"amount_due": 23_760_000, "state_support": 8_316_000}
        assert (await make(client, scene.bhxh, form="b15_uq", sheet="a")).json()["totals"] == {}

    async def test_the_same_key_answers_the_first_report(self, client, scene):
        first = await make(client, scene.bhxh, key="report-1")
        again = await make(client, scene.bhxh, key="report-1")
        assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")
        assert (await make(client, scene.bhxh, key="report-1", sheet="bt")).status_code == 422

    async def test_a_union_gets_its_own_rows_alone(self, client, scene):
        mine = (await make(client, scene.farmer)).json()
        assert mine["totals"]["participant_pays"] == 3_168_000
        rows, _ = await cells(client, scene.farmer, mine["file_url"])
        told = {cell for row in rows for cell in row if isinstance(cell, str)}
        assert scene.farmers.code in told
        assert not {scene.women.code, scene.women_beside.code} & told

    async def test_nothing_to_tell_is_409(self, client, scene):
        answer = await make(client, scene.bhxh, month="2026-01")
        assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_list")

    async def test_another_unions_organisation_is_404(self, client, scene):
        answer = await make(client, scene.farmer, sheet="detail", organisation_code=scene.women.code)
        assert answer.status_code == 404
        assert answer.json()["errors"][0]["pointer"] == "/organisation_code"

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
    async def test_hostile_input_names_the_field(self, client, scene, changed, pointer):
        answer = await make(client, scene.bhxh, **changed)
        assert answer.status_code == 422, answer.text
        assert pointer in [error["pointer"] for error in answer.json()["errors"]]

    @pytest.mark.parametrize("body", [[], "d11_ts", 5, None, {"form": ["d11_ts"]}, {"form": {"d11_ts": 1}}])
    async def test_what_is_no_report_is_refused(self, client, scene, body):
        headers = scene.bhxh.headers | {"Idempotency-Key": str(uuid4())}
        answer = await client.post(EXPORTS, json=body, headers=headers)
        assert answer.status_code in (400, 422), answer.text


class TestPrintReport:
    async def test_a_reprint_says_what_was_so_when_it_was_made(self, client, scene):
        path = (await make(client, scene.bhxh, form="b15_uq", sheet="a")).json()["file_url"]
        first, name = await cells(client, scene.bhxh, path)
        assert name.endswith("B15A-UQ-1-2026.xlsx")
        member = await scene.member(scene.group, "Người Đến Sau")
        await scene.books.pay(scene.group, member, date(2026, 11, 29), by=scene.collector)
        assert (await cells(client, scene.bhxh, path))[0] == first
        later = (await make(client, scene.bhxh, form="b15_uq", sheet="a")).json()["file_url"]
        assert (await cells(client, scene.bhxh, later))[0] != first

    async def test_who_stopped_is_printed(self, client, scene):
        await stop(scene, scene.group, scene.collector, "Nguyễn Thị Thôi")
        made = await make(client, scene.officer, form="c21_ts", sheet="a")
        rows, name = await cells(client, scene.officer, made.json()["file_url"])
        assert name.endswith("C21A-TS-1-2026.xlsx")
        assert rows[10][:4] == [1, scene.world.commune, "Nguyễn Thị Thôi", rows[10][3]]
        assert rows[10][4:7] == [None, "x", None]

    async def test_each_sheet_opens_under_its_name(self, client, scene):
        for level in "abc":
            for kind, month in (("t", "2026-11"), ("q", "2026-10"), ("n", "2026-01")):
                made = await make(client, scene.bhxh, sheet=level + kind, month=month)
                answer = await client.get(made.json()["file_url"], headers=scene.bhxh.headers)
                assert load_workbook(BytesIO(answer.content)).sheetnames == [f"D11{level}{kind}-TS"]

    async def test_of_another_union_and_of_bhxh_is_404(self, client, scene):
        path = (await make(client, scene.bhxh)).json()["file_url"]
        assert (await client.get(path, headers=scene.farmer.headers)).status_code == 404
        path = (await make(client, scene.officer)).json()["file_url"]
        assert (await client.get(path, headers=scene.farmer.headers)).status_code == 404
        assert (await client.get(path, headers=scene.bhxh.headers)).status_code == 200

    async def test_lists_are_chosen_by_a_reports_form(self, client, scene):
        await make(client, scene.bhxh)
        await make(client, scene.bhxh, form="b15_uq", sheet="a")
        answer = await client.get(f"{EXPORTS}?form=b15_uq", headers=scene.bhxh.headers)
        assert [(item["form"], item["sheet"]) for item in answer.json()["items"]] == [("b15_uq", "a")]
