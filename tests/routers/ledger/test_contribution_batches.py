"""Batches of contributions: sheets of many groups in one file, each row with its outcome."""

import json
from typing import Any

import pytest

from app.core.values.ids import uuid7
from app.imports.contributions import sheets
from app.ledger.verification.verify import verify_ledger
from tests.imports.import_files import CSV, NDJSON, XLSX, read_csv, to_csv, to_ndjson, to_xlsx
from tests.jobs.job_workers import run_pending_jobs
from tests.routers.responses import expect_json, expect_problem
from tests.world import national_id

PATH = "/v1/contributions/batches"
DAY = "2026-01-05"


class BatchScenario:
    """Two groups of a union with their members, and logins that send batches for them."""

    def __init__(self, world: Any, client: Any) -> None:
        self.world, self.client = world, client

    async def create_groups(self) -> "BatchScenario":
        self.unit = await self.world.unit("womens_union")
        self.groups = [await self.world.group(self.unit, members=3) for _ in range(2)]
        self.partner = await self.world.partner(self.unit, "contributions:write")
        self.treasurer = await self.world.user(self.unit, "treasurer", groups=[self.groups[0].id])
        return self

    def row(
        self, group: int = 0, member: int | None = 0, amount: int = 10_000, **changed: Any
    ) -> dict[str, Any]:
        one = self.groups[group]
        who = {} if member is None else {"member_id": str(one.members[member])}
        kind = "donation" if member is None else "saving"
        return {"group_code": one.code, "kind": kind, "amount": amount, "business_date": DAY} | who | changed

    async def send(
        self, body: Any, media: str = "application/json", *, login: Any = None, key: str = "k", **query: Any
    ):
        content = json.dumps(body).encode() if media == "application/json" else body
        headers = (login or self.partner).headers | {"Idempotency-Key": key, "Content-Type": media}
        return await self.client.post(PATH, content=content, params=query, headers=headers)

    async def balance(self, group: int) -> int:
        balance: int = await self.world.owner.fetchval(
            "select -posted from account where group_id = $1 and kind = 'cash'", self.groups[group].id
        )
        return balance


@pytest.fixture
async def scenario(world, client) -> BatchScenario:
    return await BatchScenario(world, client).create_groups()


class TestReceiveBatch:
    async def test_a_sum_is_booked_nowhere(self, scenario: BatchScenario):
        """Without a person, it would be a gift to the common fund."""
        rows = [scenario.row(), {"group_code": scenario.groups[0].code, "source": "Cộng", "amount": 10_000}]
        body = expect_json(await scenario.send(to_csv(rows), CSV, mode="partial", business_date=DAY))
        assert (body["counts"]["recorded"], body["skipped"]) == (1, 1)
        assert [(row["row"], row["code"]) for row in body["skipped_rows"]] == [(3, "sum_row")]
        assert await scenario.balance(0) == 10_000

    async def test_anonymous_and_other_scopes(self, scenario: BatchScenario, world):
        response = await scenario.client.post(PATH, json={}, headers={"Idempotency-Key": "k"})
        expect_problem(response, 401, "unauthenticated")
        reader = await world.partner(scenario.unit, "contributions:read")
        expect_problem(
            await scenario.send({"mode": "partial", "items": [scenario.row()]}, login=reader),
            403,
            "forbidden",
        )

    async def test_rows_of_two_groups_and_their_funds(self, scenario: BatchScenario, owner):
        rows = [
            scenario.row(0, 0),
            scenario.row(1, 1, 20_000),
            scenario.row(0, 0, 5_000),
            scenario.row(1, None, 7_000),
        ]
        body = expect_json(await scenario.send({"mode": "partial", "items": rows}))
        assert body["counts"] == {"recorded": 4, "unchanged": 0, "rejected": 0}
        assert (await scenario.balance(0), await scenario.balance(1)) == (15_000, 27_000)
        one = await scenario.client.get(
            f"/v1/contributions/{body['items'][1]['id']}", headers=scenario.partner.headers
        )
        assert (one.json()["amount"], one.json()["business_date"]) == (20_000, DAY)
        assert await verify_ledger(owner, [scenario.world.province]) == []
        again = await scenario.send({"mode": "partial", "items": rows})
        assert expect_json(again) == body
        assert again.headers["idempotency-replayed"] == "true"
        assert await scenario.balance(0) == 15_000
        other = await scenario.send({"mode": "partial", "items": rows[:1]})
        expect_problem(other, 422, "idempotency_key_reused")
        read = expect_json(
            await scenario.client.get(f"{PATH}/{body['batch_id']}", headers=scenario.partner.headers)
        )
        assert read == body

    async def test_bad_rows_are_told_and_the_others_written(self, scenario: BatchScenario):
        rows = [
            scenario.row(0, 0),
            scenario.row(0, 1, kind="withdrawal", amount=999_000),
            scenario.row(0, 0, member_id=str(scenario.groups[1].members[0])),
            scenario.row(0, 2, amount=0),
            scenario.row(0, 2, business_date="2150-01-01"),
            scenario.row(0, 2) | {"group_code": "khong-co"},
            scenario.row(0, None, kind="saving", national_id="042184999000"),
            {"amount": 5},
            scenario.row(0, 2),
        ]
        body = expect_json(await scenario.send({"mode": "partial", "items": rows}))
        statuses = [item["status"] for item in body["items"]]
        assert statuses == ["recorded", *["rejected"] * 7, "recorded"]
        pointers = [[(error["pointer"], error["code"]) for error in item["errors"]] for item in body["items"]]
        assert pointers[1] == [("/items/1/amount", "insufficient_balance")]
        assert pointers[2] == [("/items/2/member_id", "not_in_group")]
        assert pointers[3] == [("/items/3/amount", "greater_than_equal")]
        assert pointers[4] == [("/items/4/business_date", "business_date_future")]
        assert pointers[5] == [("/items/5/group_code", "not_found")]
        assert pointers[6] == [("/items/6/national_id", "not_found")]
        assert ("/items/7/business_date", "missing") in pointers[7]
        assert await scenario.balance(0) == 20_000

    async def test_atomic_and_validate(self, scenario: BatchScenario):
        good, bad = (
            [scenario.row(0, 0)],
            [scenario.row(0, 0), scenario.row(0, 0, member_id=str(scenario.groups[1].members[0]))],
        )
        refusal = await scenario.send({"mode": "atomic", "items": bad})
        expect_problem(refusal, 422, "batch_refused")
        expect_problem(refusal, 422, "not_in_group", "/items/1/member_id")
        body = expect_json(await scenario.send({"mode": "validate", "items": good}, key="v"))
        assert (body["counts"]["recorded"], body["items"][0]["id"]) == (1, None)
        assert await scenario.balance(0) == 0
        expect_json(await scenario.send({"mode": "atomic", "items": good}))
        assert await scenario.balance(0) == 10_000

    async def test_a_row_with_an_id_counts_once_for_ever(self, scenario: BatchScenario):
        row = scenario.row(0, 0, id=str(uuid7()))
        assert (
            expect_json(await scenario.send({"mode": "partial", "items": [row]}))["counts"]["recorded"] == 1
        )
        body = expect_json(
            await scenario.send({"mode": "partial", "items": [row, scenario.row(0, 1)]}, key="other")
        )
        assert [item["status"] for item in body["items"]] == ["unchanged", "recorded"]
        assert body["items"][0]["id"] == row["id"]
        changed = expect_json(
            await scenario.send({"mode": "partial", "items": [row | {"amount": 1}]}, key="third")
        )
        assert changed["items"][0]["errors"][0]["code"] == "id_taken"
        assert await scenario.balance(0) == 20_000

    async def test_a_treasurer_writes_into_their_own_groups_alone(self, scenario: BatchScenario):
        body = expect_json(
            await scenario.send(
                {"mode": "partial", "items": [scenario.row(0), scenario.row(1)]}, login=scenario.treasurer
            )
        )
        assert [item["status"] for item in body["items"]] == ["recorded", "rejected"]
        assert body["items"][1]["errors"][0]["code"] == "not_found"
        other = await scenario.world.user(scenario.unit, "treasurer", groups=[scenario.groups[1].id])
        response = await scenario.client.get(f"{PATH}/{body['batch_id']}", headers=other.headers)
        expect_problem(response, 404, "not_found")

    async def test_csv_and_xlsx_in_vietnamese(self, scenario: BatchScenario, owner):
        number = national_id()
        await owner.execute(
            "update member set national_id = $2 where id = $1", scenario.groups[0].members[0], number
        )
        typed = {
            "STT": 1, "Họ và tên": "Nguyễn Thị Thử", "Mã tổ": scenario.groups[0].code, "Số CCCD/ ĐDCN": number,
            "Loại": "Tiết kiệm", "Mục đích": "BHXH tự nguyện", "Số tiền": "10.000 đ", "Ngày thu": "05/01/2026", "Ghi chú": "",
        }  # fmt: skip
        body = expect_json(
            await scenario.send(
                to_csv([typed, typed], delimiter=";", byte_order_mark=True), CSV, mode="partial"
            )
        )
        assert body["counts"]["recorded"] == 2, body
        body = expect_json(await scenario.send(to_xlsx(typed, typed.values()), XLSX, key="x", mode="partial"))
        assert body["counts"]["recorded"] == 1, body
        assert await scenario.balance(0) == 30_000
        bad = to_csv([typed | {"Số tiền": "nhiều"}])
        body = expect_json(await scenario.send(bad, CSV, key="bad", mode="partial"))
        assert body["items"][0]["errors"][0]["detail"].startswith("Dòng 2, cột “Số tiền”: ")

    async def test_a_large_file_is_a_job_whose_report_is_sent_again(
        self, app, scenario: BatchScenario, owner
    ):
        rows = [scenario.row(n % 2, n % 3, 1_000) for n in range(2_400)]
        rows[100]["amount"] = rows[2_300]["amount"] = -5
        response = await scenario.send(to_ndjson(rows), NDJSON, mode="partial")
        assert response.status_code == 202, response.text
        await run_pending_jobs(app)
        job = expect_json(
            await scenario.client.get(response.headers["location"], headers=scenario.partner.headers)
        )
        assert (job["status"], job["counts"]) == (
            "succeeded",
            {"recorded": 2_398, "unchanged": 0, "rejected": 2},
        ), job
        assert await scenario.balance(0) + await scenario.balance(1) == 2_398_000
        report = read_csv(
            (await scenario.client.get(job["report_url"], headers=scenario.partner.headers)).content
        )
        assert [line["Dòng"] for line in report] == ["101", "2301"]
        fixed = [
            {name: value for name, value in line.items() if value} | {"amount": "1000"} for line in report
        ]
        body = expect_json(await scenario.send(to_csv(fixed), CSV, key="fixed", mode="partial"))
        assert body["counts"]["recorded"] == 2
        assert await verify_ledger(owner, [scenario.world.province]) == []

    @pytest.mark.parametrize("mode", ["validate", "atomic", "partial"])
    async def test_a_job_in_one_piece_takes_so_many_days_of_a_group(
        self, app, scenario: BatchScenario, owner, monkeypatch, mode: str
    ):
        monkeypatch.setattr(sheets, "MAX_WHOLE_FILE_SHEETS", 10)
        rows = [scenario.row(0, n % 3, 1_000) for n in range(2_000)]
        days = [scenario.row(1, n % 3, 1_000, business_date=f"2026-01-{n:02}") for n in range(1, 13)]
        response = await scenario.send(to_ndjson(rows + days), NDJSON, mode=mode)
        assert response.status_code == 202, response.text
        await run_pending_jobs(app)
        headers = scenario.partner.headers
        job = expect_json(await scenario.client.get(response.headers["location"], headers=headers))
        if mode == "partial":
            assert (job["counts"]["rejected"], await scenario.balance(1)) == (0, 12_000)
            return
        assert job["counts"]["rejected"] == 2
        report = read_csv((await scenario.client.get(job["report_url"], headers=headers)).content)
        assert [line["Dòng"] for line in report] == ["2011", "2012"]
        assert all("quá nhiều ngày của một nhóm" in line["Lỗi"] for line in report)
        assert await scenario.balance(0) == await scenario.balance(1) == 0

    async def test_refusals(self, scenario: BatchScenario):
        expect_problem(await scenario.send({"mode": "partial", "items": []}), 422, "no_items", "/items")
        expect_problem(await scenario.send({"mode": "nope", "items": [1]}), 422, "enum", "/mode")
        expect_problem(await scenario.send(b"{}\n", NDJSON), 422, "missing", "/query/mode")
        expect_problem(
            await scenario.send({"mode": "partial", "items": [1]}, mode="partial"),
            422,
            "for_files_only",
            "/query",
        )
        expect_problem(
            await scenario.send(b"colour,amount\nred,1\n", CSV, mode="partial"), 422, "no_headings"
        )


class TestSandbox:
    """A client in the sandbox (chỉ thử) learns what would become of each row, and nothing of it is kept."""

    @pytest.fixture
    async def sandboxed(self, scenario: BatchScenario, owner) -> BatchScenario:
        await owner.execute("update api_client set sandbox = true where id = $1", scenario.partner.id)
        return scenario

    async def count_ledger_rows(self, scenario: BatchScenario) -> tuple[int, int]:
        """Count the entries and postings of the scenario's groups."""
        counts: Any = [
            await scenario.world.owner.fetchval(count, [group.id for group in scenario.groups])
            for count in (
                "select count(*) from ledger_txn where group_id = any ($1)",
                "select count(*) from posting p join ledger_txn t on t.id = p.txn_id where t.group_id = any ($1)",
            )
        ]
        return counts[0], counts[1]

    async def test_the_outcome_of_each_row_and_nothing_kept(self, sandboxed: BatchScenario):
        own = str(uuid7())
        rows = [sandboxed.row(0, 0, id=own), sandboxed.row(1, None), sandboxed.row(0, 1, amount=0)]
        response = await sandboxed.send({"mode": "validate", "items": rows})
        body = expect_json(response)
        assert body["counts"] == {"recorded": 2, "unchanged": 0, "rejected": 1}
        assert [item["id"] for item in body["items"]] == [None] * 3
        (error,) = body["items"][2]["errors"]
        assert (error["pointer"], error["code"]) == ("/items/2/amount", "greater_than_equal")
        assert await self.count_ledger_rows(sandboxed) == (0, 0)
        assert (await sandboxed.balance(0), await sandboxed.balance(1)) == (0, 0)
        again = await sandboxed.send({"mode": "validate", "items": rows})
        assert (expect_json(again), again.headers["idempotency-replayed"]) == (body, "true")
        read = await sandboxed.client.get(response.headers["location"], headers=sandboxed.partner.headers)
        assert expect_json(read) == body

    async def test_the_other_modes_are_403(self, sandboxed: BatchScenario, owner):
        for mode in ("partial", "atomic"):
            expect_problem(
                await sandboxed.send({"mode": mode, "items": [sandboxed.row()]}), 403, "sandbox_only"
            )
            expect_problem(
                await sandboxed.send(to_ndjson([sandboxed.row()] * 1_001), NDJSON, mode=mode),
                403,
                "sandbox_only",
            )
        kept = "select count(*) from contribution_batch where organisation_id = $1"
        assert await owner.fetchval(kept, sandboxed.unit.id) == 0
        assert await self.count_ledger_rows(sandboxed) == (0, 0)

    async def test_other_scopes_stay_403(self, scenario: BatchScenario, world, owner):
        reader = await world.partner(scenario.unit, "contributions:read", "enrolments:write")
        await owner.execute("update api_client set sandbox = true where id = $1", reader.id)
        expect_problem(
            await scenario.send({"mode": "validate", "items": [scenario.row()]}, login=reader),
            403,
            "forbidden",
        )

    async def test_a_large_file_is_validated_by_a_job(self, app, sandboxed: BatchScenario):
        rows = [sandboxed.row(n % 2, n % 3, 1_000) for n in range(1_001)]
        rows[7]["amount"] = -5
        response = await sandboxed.send(to_ndjson(rows), NDJSON, mode="validate")
        assert response.status_code == 202, response.text
        await run_pending_jobs(app)
        headers = sandboxed.partner.headers
        job = expect_json(await sandboxed.client.get(response.headers["location"], headers=headers))
        assert (job["status"], job["counts"]) == (
            "succeeded",
            {"recorded": 1_000, "unchanged": 0, "rejected": 1},
        ), job
        report = read_csv((await sandboxed.client.get(job["report_url"], headers=headers)).content)
        assert [line["Dòng"] for line in report] == ["8"]
        assert await self.count_ledger_rows(sandboxed) == (0, 0)

    async def test_who_falls_into_it_writes_no_further(self, app, scenario: BatchScenario, owner):
        response = await scenario.send(to_ndjson([scenario.row(0, 0, 1_000)] * 1_001), NDJSON, mode="partial")
        await owner.execute("update api_client set sandbox = true where id = $1", scenario.partner.id)
        await run_pending_jobs(app)
        job = expect_json(
            await scenario.client.get(response.headers["location"], headers=scenario.partner.headers)
        )
        assert (job["status"], job["error"]) == ("failed", "sandbox_only")
        assert await self.count_ledger_rows(scenario) == (0, 0)

    async def test_lifted_it_writes_the_same_under_a_key_of_its_own(self, sandboxed: BatchScenario, owner):
        expect_json(await sandboxed.send({"mode": "validate", "items": [sandboxed.row()]}))
        await owner.execute("update api_client set sandbox = false where id = $1", sandboxed.partner.id)
        body = expect_json(await sandboxed.send({"mode": "atomic", "items": [sandboxed.row()]}, key="real"))
        assert body["counts"]["recorded"] == 1
        assert await sandboxed.balance(0) == 10_000


class TestTemplate:
    async def test_headings_that_are_understood(self, scenario: BatchScenario):
        for kind in ("csv", "xlsx", "ndjson"):
            response = await scenario.client.get(
                f"{PATH}/template", params={"format": kind}, headers=scenario.partner.headers
            )
            assert response.status_code == 200
            assert "attachment" in response.headers["content-disposition"]
            assert "camera=()" in response.headers["permissions-policy"]
        headings = (
            await scenario.client.get(f"{PATH}/template?format=csv", headers=scenario.partner.headers)
        ).text
        assert "Mã tổ" in headings
