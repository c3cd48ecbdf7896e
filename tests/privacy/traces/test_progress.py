"""Every search comes to its end, whatever stands in its way, and takes what was written while somebody was erased."""

import asyncio
import gzip
import json
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from fastapi import FastAPI

from app.core.postgres.migrate import downgrade, upgrade
from app.core.postgres.server import owner_connection
from app.core.values.ids import uuid7
from app.forms.lists import service as export_service
from app.privacy.traces.service import SearchFailed, read_doubts, read_progress, search_next, search_traces
from tests.databases import DatabaseUrls
from tests.privacy.request_scenario import PrivacyScenario
from tests.privacy.test_erasure import find_traces
from tests.privacy.traces.test_search import add_relative, create_list, pay

NUMBER = "042184555555"
_INSERT_SEARCH = """
insert into trace_search (member_id, network, province_code, commune_code, full_name, search_name, numbers, is_alone,
                          stage, asked_at)
values ($1, $2, 'P', 'C', 'Trần Thị Xuyên', 'tran thi xuyen', array[$3], true, $4, now() - make_interval(mins => $5))
"""


async def insert_search(owner: Any, network: str, minutes_ago: int = 0, stage: str = "jobs") -> UUID:
    member = uuid7()
    await owner.execute(_INSERT_SEARCH, member, network, NUMBER, stage, minutes_ago)
    return member


async def insert_job(owner: Any, network: str, **files: bytes) -> UUID:
    """A job that ended yesterday, with files; in their names a `_` stands for a dot."""
    job = uuid7()
    organisation = await owner.fetchval(
        "select id from organisation where network = $1 order by id desc limit 1", network
    )
    await owner.execute(
        "insert into job (id, network, organisation_id, kind, status, session_id, asked_by, created_at, finished_at)"
        " values ($1, $2, $3, 'x', 'succeeded', $1, $1, now() - interval '1 day', now() - interval '1 day')",
        job, network, organisation,
    )  # fmt: skip
    for name, content in files.items():
        await owner.execute(
            "insert into job_file values ($1, $2, 1, $3)", job, name.replace("_", "."), content
        )
    return job


async def list_searches(owner: Any) -> list[UUID]:
    return [row["member_id"] for row in await owner.fetch("select member_id from trace_search")]


class TestOrder:
    async def test_each_ends_however_many_are_erased_meanwhile(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any
    ):
        """A new one of the network waits; of two networks, whose was asked for first goes first."""
        for _ in range(3):
            await insert_job(owner, "farmers_association", a_txt=b"x")
        first = await insert_search(owner, "farmers_association", 60)
        other = await insert_search(owner, "womens_union", 30)
        assert await search_next(app.state.database)
        later, ended = [], []
        while left := await list_searches(owner):
            if first in left:
                later.append(await insert_search(owner, "farmers_association"))
                begun = "select count(*) from trace_search where stage <> 'jobs' or at_name is not null"
                assert await owner.fetchval(begun) <= 1
            assert await search_next(app.state.database)
            ended += [each for each in left if each not in await list_searches(owner)]
        assert ended[:2] == [first, other]
        assert sorted(ended[2:]) == sorted(later)

    async def test_those_that_begin_together_go_together(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any
    ):
        await insert_job(owner, "farmers_association", a_txt=b"x")
        people = [await insert_search(owner, "farmers_association") for _ in range(3)]
        places = "select count(distinct (stage, at_id, at_name, at_part)) from trace_search"
        while await list_searches(owner):
            assert await owner.fetchval(places) == 1
            assert await search_next(app.state.database)
        assert people


class TestErrors:
    async def test_a_piece_that_fails_is_passed_by(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any, caplog: pytest.LogCaptureFixture
    ):
        """It stays, is counted, and no word of it is logged."""
        bad = {"row": 2, "external_ref": NUMBER, "candidates": [{"id": 1}], "warnings": [], "errors": []}
        packed = gzip.compress(json.dumps(bad).encode() + b"\n")
        job = await insert_job(owner, "farmers_association", x_txt=NUMBER.encode())
        await owner.execute("insert into job_file values ($1, 'ket-qua.ndjson.gz', 1, $2)", job, packed)
        await insert_search(owner, "farmers_association")
        await search_traces(app.state.database)
        assert await list_searches(owner) == []
        left = await owner.fetch("select name from job_file where job_id = $1", job)
        assert [row["name"] for row in left] == ["ket-qua.ndjson.gz"]
        told = [each for each in await read_doubts(owner) if each.record_id == job]
        assert [(each.file, each.part, each.is_failed) for each in told] == [("ket-qua.ndjson.gz", 1, True)]
        assert (await read_progress(app.state.database)).failed >= 1
        assert "a piece failed: file" in caplog.text
        assert NUMBER not in caplog.text

    async def test_a_search_that_fails_goes_on_after_the_others(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any
    ):
        """Its database statement fails: here, at headings that are no text."""
        job = await insert_job(owner, "farmers_association")
        await owner.execute("insert into job_file values ($1, 'dong-loi.csv', 0, '\\xff')", job)
        failing = await insert_search(owner, "farmers_association", 60)
        await insert_search(owner, "womens_union", 30)
        with pytest.raises(SearchFailed, match="22021"):
            await search_traces(app.state.database)
        assert len(await list_searches(owner)) == 2
        with pytest.raises(SearchFailed):
            await search_traces(app.state.database)
        assert await list_searches(owner) == [failing]
        assert (await read_progress(app.state.database)).delayed == 1
        later = await insert_search(owner, "farmers_association")
        with pytest.raises(SearchFailed):
            await search_traces(app.state.database)
        assert set(await list_searches(owner)) == {failing, later}
        await owner.execute("delete from job_file where job_id = $1", job)
        await search_traces(app.state.database)
        assert await list_searches(owner) == []


class TestBatches:
    async def test_only_the_one_that_is_looked_at_is_locked(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any
    ):
        """An import writes the counts of its batch, which has no outcomes of rows, all the while."""
        ids = [uuid7() for _ in range(3)]
        organisation = await owner.fetchval(
            "select id from organisation where network = 'farmers_association' order by id desc limit 1"
        )
        for id_, items in zip(ids, ["[]", '[{"row": 1}]', '[{"row": 1}]'], strict=True):
            await owner.execute(
                "insert into enrolment_batch (id, network, organisation_id, client_key, request_hash, mode, rows, items,"
                " sent_by, sent_at) values ($1, 'farmers_association', $2, $3, '', 'partial', 1, $4::text::jsonb, $1, now())",
                id_, organisation, str(id_), items,
            )  # fmt: skip
        search = await insert_search(owner, "farmers_association", stage="batches")
        before = "update trace_search set at_id = $1 where member_id = $2"
        await owner.execute(before, UUID(int=ids[0].int - 1), search)
        async with app.state.database.driver.acquire() as connection:
            transaction = connection.transaction()
            await transaction.start()
            step = await connection.fetchrow(
                "select kind, id from next_trace($1)", app.state.database.process_key
            )
            assert (step["kind"], step["id"]) == ("items", ids[1])
            async with owner.transaction():
                await owner.execute("set local lock_timeout = '5s'")
                await owner.execute(
                    "update enrolment_batch set created = 1 where id = any ($1)", [ids[0], ids[2]]
                )
            await transaction.rollback()
        await search_traces(app.state.database)
        assert await list_searches(owner) == []

    async def test_outcomes_of_contributions(self, privacy: PrivacyScenario, app: FastAPI, owner: Any):
        person, id_ = await privacy.create_person(), uuid7()
        spaced = person["national_id"][:3] + "." + person["national_id"][3:]
        items = [
            {"id": None, "status": "rejected", "warnings": [], "errors": [["/a", "bad", text, text]]}
            for text in (f"Số {spaced} lạ", "Số 12 lạ")
        ]
        await owner.execute(
            "insert into contribution_batch (id, network, organisation_id, client_key, request_hash, mode, rows, items,"
            " sent_by, sent_at) values ($1, $2, $3, $4, '', 'partial', 2, $5::text::jsonb, $1, now())",
            id_, privacy.unit.network, privacy.unit.id, str(id_), json.dumps(items),
        )  # fmt: skip
        await privacy.carry_out(person, "deletion")
        await search_traces(app.state.database)
        left = json.loads(
            await owner.fetchval("select items::text from contribution_batch where id = $1", id_)
        )
        assert [item["errors"] for item in left] == [[["/a", "bad", "…", "…"]], items[1]["errors"]]


class TestListsWrittenMeanwhile:
    async def test_a_workbook_that_was_being_built(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any, monkeypatch: pytest.MonkeyPatch
    ):
        """Its job had read the rows before: it goes when the job has ended, and is waited for."""
        monkeypatch.setattr(export_service, "LARGE_LIST_ROWS", 0)
        monkeypatch.setattr("tests.privacy.traces.test_search.run_pending_jobs", lambda app: asyncio.sleep(0))
        person = await privacy.create_person()
        relative = await add_relative(privacy, person)
        await pay(
            privacy, relative["id"], product="bhyt_hgd", monthly_income=None, supported_months=0, support_group=None,
            amount_due=900_000, state_support=0,
        )  # fmt: skip
        created = await create_list(privacy, app, form="mau_4")
        job = UUID(created["job_id"])
        await privacy.carry_out(person, "deletion")
        await search_traces(app.state.database)
        assert await list_searches(owner) == [UUID(person["id"])]
        await owner.execute(
            "insert into job_file values ($1, 'a.xlsx', 0, $2)", job, person["full_name"].encode()
        )
        await owner.execute(
            "update job set status = 'succeeded', finished_at = now(), file_name = 'a.xlsx', file_type = 'x', file_size = 1"
            " where id = $1", job,
        )  # fmt: skip
        await search_traces(app.state.database)
        assert await list_searches(owner) == []
        assert await find_traces(owner, person["words"][:-1]) == []
        assert await owner.fetchval("select files_removed_at from job where id = $1", job) is not None

    async def test_rows_of_a_list_that_was_being_made(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any
    ):
        """Its statement had begun before, and was not there yet for the erasure."""
        person, list_id = await privacy.create_person(), uuid7()
        await privacy.carry_out(person, "deletion")
        data = {"full_name": person["full_name"], "national_id": person["national_id"], "months": 12}
        async with owner.transaction():
            await owner.execute(
                "insert into export_list (id, network, organisation_id, form, layout, number, year, list_date, params, rows,"
                " totals, client_key, request_hash, created_by, has_mentions)"
                " values ($1, $2, $3, 'mau_4', 366, 1, 2010, '2010-01-01', '{}', 1, '{}', $4, '', $5, true)",
                list_id, privacy.unit.network, privacy.unit.id, str(list_id), privacy.officer.id,
            )  # fmt: skip
            await owner.execute(
                "insert into export_row (list_id, position, network, organisation_id, form, data)"
                " values ($1, 1, $2, $3, 'mau_4', $4)",
                list_id, privacy.unit.network, privacy.unit.id, json.dumps(data),
            )  # fmt: skip
            await owner.execute(
                "insert into export_mention (list_id, position, member_id, as_head, network) values ($1, 1, $2, false, $3)",
                list_id, UUID(person["id"]), privacy.unit.network,
            )  # fmt: skip
        assert await find_traces(owner, [person["full_name"]]) != []
        await search_traces(app.state.database)
        assert await find_traces(owner, person["words"][:-1]) == []


def test_a_downgrade_is_refused_while_somebody_is_searched_for(empty_database_urls: DatabaseUrls) -> None:
    """Whom files are searched for stands nowhere else."""
    urls = (empty_database_urls.admin, empty_database_urls.role_prefix)
    upgrade(*urls, "0033")

    async def run(sql: str, *values: Any) -> None:
        async with owner_connection(*urls) as connection, connection.transaction():
            await connection.execute("select set_config('app.system', 'on', true)")
            await connection.execute(sql, *values)

    asyncio.run(run(_INSERT_SEARCH, uuid7(), "womens_union", NUMBER, "jobs", 0))
    with pytest.raises(
        asyncpg.ObjectNotInPrerequisiteStateError, match=r"Còn tìm 1 người .* searches` says 0"
    ):
        downgrade(*urls, "0032")
    asyncio.run(run("delete from trace_search"))
    downgrade(*urls, "0032")
