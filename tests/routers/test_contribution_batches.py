"""Batches of contributions: sheets of many groups in one file, each row with its outcome."""

import json
from typing import Any

import pytest

from app.core.ids import uuid7
from app.ledger.verify import verify
from tests.exchange.sending import CSV, NDJSON, XLSX, book_of, csv_of, lines_of, ndjson
from tests.exchange.work import work_off
from tests.routers.answers import got, refused
from tests.world import national_id

PATH = "/v1/contributions/batches"
DAY = "2026-01-05"


class Field:
    """Two groups of a union with their people, and who sends for them."""

    def __init__(self, world: Any, client: Any) -> None:
        self.world, self.client = world, client

    async def laid_out(self) -> "Field":
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
        self, body: Any, media: str = "application/json", *, who: Any = None, key: str = "k", **query: Any
    ):
        content = json.dumps(body).encode() if media == "application/json" else body
        headers = (who or self.partner).headers | {"Idempotency-Key": key, "Content-Type": media}
        return await self.client.post(PATH, content=content, params=query, headers=headers)

    async def balance(self, group: int) -> int:
        found: int = await self.world.owner.fetchval(
            "select -posted from account where group_id = $1 and kind = 'cash'", self.groups[group].id
        )
        return found


@pytest.fixture
async def field(world, client) -> Field:
    return await Field(world, client).laid_out()


class TestReceiveBatch:
    async def test_anonymous_and_other_scopes(self, field: Field, world):
        answer = await field.client.post(PATH, json={}, headers={"Idempotency-Key": "k"})
        refused(answer, 401, "unauthenticated")
        reader = await world.partner(field.unit, "contributions:read")
        refused(await field.send({"mode": "partial", "items": [field.row()]}, who=reader), 403, "forbidden")

    async def test_rows_of_two_groups_and_their_funds(self, field: Field, owner):
        rows = [field.row(0, 0), field.row(1, 1, 20_000), field.row(0, 0, 5_000), field.row(1, None, 7_000)]
        told = got(await field.send({"mode": "partial", "items": rows}))
        assert told["counts"] == {"recorded": 4, "unchanged": 0, "rejected": 0}
        assert (await field.balance(0), await field.balance(1)) == (15_000, 27_000)
        one = await field.client.get(
            f"/v1/contributions/{told['items'][1]['id']}", headers=field.partner.headers
        )
        assert (one.json()["amount"], one.json()["business_date"]) == (20_000, DAY)
        assert await verify(owner, [field.world.province]) == []
        again = await field.send({"mode": "partial", "items": rows})
        assert got(again) == told
        assert again.headers["idempotency-replayed"] == "true"
        assert await field.balance(0) == 15_000
        other = await field.send({"mode": "partial", "items": rows[:1]})
        refused(other, 422, "idempotency_key_reused")
        read = got(await field.client.get(f"{PATH}/{told['batch_id']}", headers=field.partner.headers))
        assert read == told

    async def test_bad_rows_are_told_and_the_others_written(self, field: Field):
        rows = [
            field.row(0, 0),
            field.row(0, 1, kind="withdrawal", amount=999_000),
            field.row(0, 0, member_id=str(field.groups[1].members[0])),
            field.row(0, 2, amount=0),
            field.row(0, 2, business_date="2150-01-01"),
            field.row(0, 2) | {"group_code": "khong-co"},
            field.row(0, None, kind="saving", national_id="042184999000"),
            {"amount": 5},
            field.row(0, 2),
        ]
        told = got(await field.send({"mode": "partial", "items": rows}))
        statuses = [item["status"] for item in told["items"]]
        assert statuses == ["recorded", *["rejected"] * 7, "recorded"]
        pointers = [[(error["pointer"], error["code"]) for error in item["errors"]] for item in told["items"]]
        assert pointers[1] == [("/items/1/amount", "insufficient_balance")]
        assert pointers[2] == [("/items/2/member_id", "not_in_group")]
        assert pointers[3] == [("/items/3/amount", "greater_than_equal")]
        assert pointers[4] == [("/items/4/business_date", "business_date_future")]
        assert pointers[5] == [("/items/5/group_code", "not_found")]
        assert pointers[6] == [("/items/6/national_id", "not_found")]
        assert ("/items/7/business_date", "missing") in pointers[7]
        assert await field.balance(0) == 20_000

    async def test_atomic_and_validate(self, field: Field):
        good, bad = (
            [field.row(0, 0)],
            [field.row(0, 0), field.row(0, 0, member_id=str(field.groups[1].members[0]))],
        )
        refusal = await field.send({"mode": "atomic", "items": bad})
        refused(refusal, 422, "batch_refused")
        refused(refusal, 422, "not_in_group", "/items/1/member_id")
        told = got(await field.send({"mode": "validate", "items": good}, key="v"))
        assert (told["counts"]["recorded"], told["items"][0]["id"]) == (1, None)
        assert await field.balance(0) == 0
        got(await field.send({"mode": "atomic", "items": good}))
        assert await field.balance(0) == 10_000

    async def test_a_row_with_an_id_counts_once_for_ever(self, field: Field):
        row = field.row(0, 0, id=str(uuid7()))
        assert got(await field.send({"mode": "partial", "items": [row]}))["counts"]["recorded"] == 1
        told = got(await field.send({"mode": "partial", "items": [row, field.row(0, 1)]}, key="other"))
        assert [item["status"] for item in told["items"]] == ["unchanged", "recorded"]
        assert told["items"][0]["id"] == row["id"]
        changed = got(await field.send({"mode": "partial", "items": [row | {"amount": 1}]}, key="third"))
        assert changed["items"][0]["errors"][0]["code"] == "id_taken"
        assert await field.balance(0) == 20_000

    async def test_a_treasurer_writes_into_their_own_groups_alone(self, field: Field):
        told = got(
            await field.send({"mode": "partial", "items": [field.row(0), field.row(1)]}, who=field.treasurer)
        )
        assert [item["status"] for item in told["items"]] == ["recorded", "rejected"]
        assert told["items"][1]["errors"][0]["code"] == "not_found"
        other = await field.world.user(field.unit, "treasurer", groups=[field.groups[1].id])
        answer = await field.client.get(f"{PATH}/{told['batch_id']}", headers=other.headers)
        refused(answer, 404, "not_found")

    async def test_csv_and_xlsx_in_vietnamese(self, field: Field, owner):
        number = national_id()
        await owner.execute(
            "update member set national_id = $2 where id = $1", field.groups[0].members[0], number
        )
        typed = {
            "STT": 1, "Họ và tên": "Nguyễn Thị Thử", "Mã tổ": field.groups[0].code, "Số CCCD/ ĐDCN": number,
            "Loại": "Tiết kiệm", "Mục đích": "BHXH tự nguyện", "Số tiền": "10.000 đ", "Ngày thu": "05/01/2026", "Ghi chú": "",
        }  # fmt: skip
        told = got(await field.send(csv_of([typed, typed], delimiter=";", mark=True), CSV, mode="partial"))
        assert told["counts"]["recorded"] == 2, told
        told = got(await field.send(book_of(typed, typed.values()), XLSX, key="x", mode="partial"))
        assert told["counts"]["recorded"] == 1, told
        assert await field.balance(0) == 30_000
        bad = csv_of([typed | {"Số tiền": "nhiều"}])
        told = got(await field.send(bad, CSV, key="bad", mode="partial"))
        assert told["items"][0]["errors"][0]["detail"].startswith("Dòng 2, cột “Số tiền”: ")

    async def test_a_large_file_is_a_job_whose_report_is_sent_again(self, app, field: Field, owner):
        rows = [field.row(n % 2, n % 3, 1_000) for n in range(2_400)]
        rows[100]["amount"] = rows[2_300]["amount"] = -5
        answer = await field.send(ndjson(rows), NDJSON, mode="partial")
        assert answer.status_code == 202, answer.text
        await work_off(app)
        job = got(await field.client.get(answer.headers["location"], headers=field.partner.headers))
        assert (job["status"], job["counts"]) == (
            "succeeded",
            {"recorded": 2_398, "unchanged": 0, "rejected": 2},
        ), job
        assert await field.balance(0) + await field.balance(1) == 2_398_000
        report = lines_of((await field.client.get(job["report_url"], headers=field.partner.headers)).content)
        assert [line["Dòng"] for line in report] == ["101", "2301"]
        fixed = [
            {name: value for name, value in line.items() if value} | {"amount": "1000"} for line in report
        ]
        told = got(await field.send(csv_of(fixed), CSV, key="fixed", mode="partial"))
        assert told["counts"]["recorded"] == 2
        assert await verify(owner, [field.world.province]) == []

    async def test_refusals(self, field: Field):
        refused(await field.send({"mode": "partial", "items": []}), 422, "no_items", "/items")
        refused(await field.send({"mode": "nope", "items": [1]}), 422, "enum", "/mode")
        refused(await field.send(b"{}\n", NDJSON), 422, "missing", "/query/mode")
        refused(
            await field.send({"mode": "partial", "items": [1]}, mode="partial"),
            422,
            "for_files_only",
            "/query",
        )
        refused(await field.send(b"colour,amount\nred,1\n", CSV, mode="partial"), 422, "no_headings")


class TestSandbox:
    """A client in the sandbox (chỉ thử) learns what would become of each row, and nothing of it is kept."""

    @pytest.fixture
    async def sandboxed(self, field: Field, owner) -> Field:
        await owner.execute("update api_client set sandbox = true where id = $1", field.partner.id)
        return field

    async def books(self, field: Field) -> tuple[int, int]:
        """Entries and postings of the field's groups."""
        found: Any = [
            await field.world.owner.fetchval(count, [group.id for group in field.groups])
            for count in (
                "select count(*) from ledger_txn where group_id = any ($1)",
                "select count(*) from posting p join ledger_txn t on t.id = p.txn_id where t.group_id = any ($1)",
            )
        ]
        return found[0], found[1]

    async def test_the_outcome_of_each_row_and_nothing_kept(self, sandboxed: Field):
        own = str(uuid7())
        rows = [sandboxed.row(0, 0, id=own), sandboxed.row(1, None), sandboxed.row(0, 1, amount=0)]
        sent = await sandboxed.send({"mode": "validate", "items": rows})
        told = got(sent)
        assert told["counts"] == {"recorded": 2, "unchanged": 0, "rejected": 1}
        assert [item["id"] for item in told["items"]] == [None] * 3
        (error,) = told["items"][2]["errors"]
        assert (error["pointer"], error["code"]) == ("/items/2/amount", "greater_than_equal")
        assert await self.books(sandboxed) == (0, 0)
        assert (await sandboxed.balance(0), await sandboxed.balance(1)) == (0, 0)
        again = await sandboxed.send({"mode": "validate", "items": rows})
        assert (got(again), again.headers["idempotency-replayed"]) == (told, "true")
        read = await sandboxed.client.get(sent.headers["location"], headers=sandboxed.partner.headers)
        assert got(read) == told

    async def test_the_other_modes_are_403(self, sandboxed: Field, owner):
        for mode in ("partial", "atomic"):
            refused(await sandboxed.send({"mode": mode, "items": [sandboxed.row()]}), 403, "sandbox_only")
            refused(
                await sandboxed.send(ndjson([sandboxed.row()] * 1_001), NDJSON, mode=mode),
                403,
                "sandbox_only",
            )
        kept = "select count(*) from contribution_batch where organisation_id = $1"
        assert await owner.fetchval(kept, sandboxed.unit.id) == 0
        assert await self.books(sandboxed) == (0, 0)

    async def test_other_scopes_stay_403(self, field: Field, world, owner):
        reader = await world.partner(field.unit, "contributions:read", "enrolments:write")
        await owner.execute("update api_client set sandbox = true where id = $1", reader.id)
        refused(await field.send({"mode": "validate", "items": [field.row()]}, who=reader), 403, "forbidden")

    async def test_a_large_file_is_validated_by_a_job(self, app, sandboxed: Field):
        rows = [sandboxed.row(n % 2, n % 3, 1_000) for n in range(1_001)]
        rows[7]["amount"] = -5
        answer = await sandboxed.send(ndjson(rows), NDJSON, mode="validate")
        assert answer.status_code == 202, answer.text
        await work_off(app)
        headers = sandboxed.partner.headers
        job = got(await sandboxed.client.get(answer.headers["location"], headers=headers))
        assert (job["status"], job["counts"]) == (
            "succeeded",
            {"recorded": 1_000, "unchanged": 0, "rejected": 1},
        ), job
        report = lines_of((await sandboxed.client.get(job["report_url"], headers=headers)).content)
        assert [line["Dòng"] for line in report] == ["8"]
        assert await self.books(sandboxed) == (0, 0)

    async def test_who_falls_into_it_writes_no_further(self, app, field: Field, owner):
        answer = await field.send(ndjson([field.row(0, 0, 1_000)] * 1_001), NDJSON, mode="partial")
        await owner.execute("update api_client set sandbox = true where id = $1", field.partner.id)
        await work_off(app)
        job = got(await field.client.get(answer.headers["location"], headers=field.partner.headers))
        assert (job["status"], job["error"]) == ("failed", "sandbox_only")
        assert await self.books(field) == (0, 0)

    async def test_lifted_it_writes_the_same_under_a_key_of_its_own(self, sandboxed: Field, owner):
        got(await sandboxed.send({"mode": "validate", "items": [sandboxed.row()]}))
        await owner.execute("update api_client set sandbox = false where id = $1", sandboxed.partner.id)
        told = got(await sandboxed.send({"mode": "atomic", "items": [sandboxed.row()]}, key="real"))
        assert told["counts"]["recorded"] == 1
        assert await sandboxed.balance(0) == 10_000


class TestTemplate:
    async def test_headings_that_are_understood(self, field: Field):
        for kind in ("csv", "xlsx", "ndjson"):
            answer = await field.client.get(
                f"{PATH}/template", params={"format": kind}, headers=field.partner.headers
            )
            assert answer.status_code == 200
            assert "attachment" in answer.headers["content-disposition"]
        headings = (await field.client.get(f"{PATH}/template?format=csv", headers=field.partner.headers)).text
        assert "Mã tổ" in headings
