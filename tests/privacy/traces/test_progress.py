"""Every search comes to its end, whatever stands in its way, and takes what was written while somebody was erased."""

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from fastapi import FastAPI

from app.core.postgres.migrate import downgrade, upgrade
from app.core.postgres.server import owner_connection
from app.core.values.ids import uuid7
from app.forms.lists import service as export_service
from app.main import publish_overdue
from app.privacy.traces.progress import read_doubts, read_progress, restart_searches
from app.privacy.traces.service import SearchFailed, search_next, search_traces
from app.privacy.traces.settling import DoubtRef, settle_doubts
from tests.databases import DatabaseUrls
from tests.privacy.request_scenario import PrivacyScenario
from tests.privacy.test_erasure import find_traces
from tests.privacy.traces.test_search import add_relative, create_list, pay, to_csv

NUMBER = "042184555555"
_INSERT_SEARCH = """
insert into trace_search (member_id, network, province_code, commune_code, full_name, search_name, numbers, stage,
                          asked_at)
values ($1, $2, 'P', 'C', 'Trần Thị Xuyên', 'tran thi xuyen', array[$3], $4, now() - make_interval(mins => $5))
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


async def insert_list(
    owner: Any, privacy: PrivacyScenario, person: dict[str, Any], *, has_mentions: bool = True, **fields: Any
) -> UUID:
    """A list with a row that names somebody, and the mention of them unless it is from before there were any."""
    list_id, network, organisation = uuid7(), privacy.unit.network, privacy.unit.id
    data = {"full_name": person["full_name"], "national_id": person["national_id"], "months": 12} | fields
    async with owner.transaction():
        await owner.execute(
            "insert into export_list (id, network, organisation_id, form, layout, number, year, list_date, params, rows,"
            " totals, client_key, request_hash, created_by, has_mentions)"
            " select $1, $2, $3, 'mau_4', 366, coalesce(max(number), 0) + 1, 2010, '2010-01-01', '{}', 1, '{}', $4, '', $5, $6"
            " from export_list where organisation_id = $3 and year = 2010",
            list_id, network, organisation, str(list_id), privacy.officer.id, has_mentions,
        )  # fmt: skip
        await owner.execute(
            "insert into export_row (list_id, position, network, organisation_id, form, data)"
            " values ($1, 1, $2, $3, 'mau_4', $4)",
            list_id, network, organisation, json.dumps(data),
        )  # fmt: skip
        if has_mentions:
            await owner.execute(
                "insert into export_mention (list_id, position, member_id, as_head, network) values ($1, 1, $2, false, $3)",
                list_id, UUID(person["id"]), network,
            )  # fmt: skip
    return list_id


async def insert_batch(owner: Any, network: str, text: str, *, table: str = "enrolment_batch") -> UUID:
    """A batch with one outcome, of which a text is a partner's reference and an error."""
    id_ = uuid7()
    items = [{"external_ref": text, "warnings": [], "errors": [["/a", "bad", text, text]]}]
    await owner.execute(
        f"insert into {table} (id, network, organisation_id, client_key, request_hash, mode, rows, items, sent_by, sent_at)"
        " select $1, $2, max(id::text)::uuid, $3, '', 'partial', 1, $4::text::jsonb, $1, clock_timestamp()"
        " from organisation where network = $2",
        id_, network, str(id_), json.dumps(items),
    )  # fmt: skip
    return id_


async def insert_piece(owner: Any, stage: str) -> UUID:
    """What a search of the farmers' association looks at in a stage; it names nobody."""
    if stage != "lists":
        table = "enrolment_batch" if stage == "batches" else "contribution_batch"
        return await insert_batch(owner, "farmers_association", "x", table=table)
    list_id = uuid7()
    async with owner.transaction():
        await owner.execute(
            "insert into export_list (id, network, organisation_id, form, layout, number, year, list_date, params, rows, totals,"
            " client_key, request_hash, created_by, has_mentions) select $1, o.network, o.id, 'mau_4', 366,"
            " (select count(*) + 1 from export_list l where l.organisation_id = o.id), 2010, '2010-01-01', '{}', 1, '{}', $2, '',"
            " $1, false from organisation o where o.network = 'farmers_association' order by o.id desc limit 1",
            list_id, str(list_id),
        )  # fmt: skip
        await owner.execute(
            "insert into export_row (list_id, position, network, organisation_id, form, data)"
            " select $1, 1, network, organisation_id, 'mau_4', '{}' from export_list where id = $1",
            list_id,
        )
    return list_id


async def write_file(owner: Any, privacy: PrivacyScenario, person: dict[str, Any]) -> None:
    """A job that is made and ends in the transaction of a request, with a file."""
    id_ = uuid7()
    await owner.execute(
        "insert into job (id, network, organisation_id, kind, status, session_id, asked_by, created_at, finished_at)"
        " values ($1, $2, $3, 'x', 'succeeded', $1, $1, clock_timestamp(), clock_timestamp())",
        id_, privacy.unit.network, privacy.unit.id,
    )  # fmt: skip
    report = to_csv(["Họ và tên", "Số CCCD"], [person["full_name"], person["national_id"]])
    await owner.execute("insert into job_file values ($1, 'dong-loi.csv', 0, $2)", id_, report)


async def write_consent(owner: Any, privacy: PrivacyScenario, person: dict[str, Any]) -> None:
    """A consent and a support group of somebody whom a request had read."""
    await owner.execute(
        "insert into consent (id, member_id, purpose, text_version, method, given_by, given_at, network, province_code,"
        " commune_code, guardian_name) select gen_random_uuid(), id, 'savings', '1', 'paper', 'guardian', now(), network,"
        " province_code, commune_code, $2 from member where id = $1",
        UUID(person["id"]), person["full_name"],
    )  # fmt: skip
    await owner.execute(
        "insert into support_group (id, member_id, network, province_code, commune_code, kind, evidence, valid_from)"
        " select gen_random_uuid(), id, network, province_code, commune_code, 'poor', $2, '2026-01-01' from member"
        " where id = $1",
        UUID(person["id"]), person["national_id"],
    )  # fmt: skip


async def write_request(
    owner: Any, privacy: PrivacyScenario, person: dict[str, Any], *, own: bool = False
) -> None:
    """A request that mentions a number: of somebody else, or of the person, with the name."""
    member = person["id"] if own else (await privacy.create_person())["id"]
    details = f"{person['full_name'] if own else 'CCCD'} {person['national_id']} của mẹ"
    await owner.execute(
        "insert into data_request (network, organisation_id, province_code, commune_code, member_id, kind, requester,"
        " identity_check, details, received_at, respond_by, due_on, created_by) select network, organisation_id,"
        " province_code, commune_code, id, 'access', 'self', 'in_person', $2, now(), current_date, current_date, id"
        " from member where id = $1",
        UUID(member), details,
    )  # fmt: skip


WRITERS: Mapping[str, Callable[[Any, PrivacyScenario, dict[str, Any]], Awaitable[Any]]] = {
    "file": write_file,
    "batches": lambda owner, privacy, person: insert_batch(
        owner, privacy.unit.network, person["national_id"]
    ),
    "contributions": lambda owner, privacy, person: insert_batch(
        owner, privacy.unit.network, person["national_id"], table="contribution_batch"
    ),
    "list with mentions": insert_list,
    "consent": write_consent,
    "request of another": write_request,
    "own request": partial(write_request, own=True),
    "list without": partial(insert_list, has_mentions=False),
}
"""What a transaction beside an erasure may write of somebody."""


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
        job = await insert_job(owner, "farmers_association", input=NUMBER.encode())
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

    async def test_a_piece_at_which_the_database_always_fails_is_passed_by(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any
    ):
        """It is noted, the rest is searched, and who was erased stays known until the officer has it searched again."""
        job = await insert_job(owner, "farmers_association", input=NUMBER.encode())
        await owner.execute("insert into job_file values ($1, 'dong-loi.csv', 0, '\\xff')", job)
        search = await insert_search(owner, "farmers_association")
        before = await read_progress(app.state.database)
        for _ in range(5):
            with pytest.raises(SearchFailed, match="22021"):
                await search_traces(app.state.database)
        assert await search_traces(app.state.database) > 0
        after = await read_progress(app.state.database)
        assert (after.delayed, after.aside, after.failed - before.failed) == (0, 1, 1)
        await publish_overdue(app.state.database)
        metrics = (await privacy.client.get("/metrics")).text
        assert f'ansinh_overdue{{kind="unsearched_piece"}} {after.failed}.0' in metrics
        left = await owner.fetch("select name from job_file where job_id = $1", job)
        assert [row["name"] for row in left] == ["dong-loi.csv"]
        told = [(each.file, each.is_failed) for each in await read_doubts(owner) if each.record_id == job]
        assert told == [("dong-loi.csv", True)]
        assert await search_traces(app.state.database) == 0
        assert await list_searches(owner) == [search]

        report = to_csv(["Dòng", "Số CCCD"], ["2", NUMBER])
        await owner.execute("update job_file set content = $2 where job_id = $1", job, report)
        assert await restart_searches(owner) == 1
        await search_traces(app.state.database)
        assert await list_searches(owner) == []
        assert [each for each in await read_doubts(owner) if each.record_id == job] == []
        assert (
            NUMBER
            not in (await owner.fetchval("select content from job_file where job_id = $1", job)).decode()
        )

    async def test_a_piece_that_always_takes_too_long_is_passed_by(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any
    ):
        """It would hold its search up for ever, and nobody would be told."""
        job = await insert_job(owner, "farmers_association", input=NUMBER.encode())
        await insert_search(owner, "farmers_association")
        await owner.execute(
            "create function take_too_long() returns trigger language plpgsql as"
            " $$ begin raise exception 'too long' using errcode = 'query_canceled'; end $$"
        )
        await owner.execute(
            "create trigger take_too_long before delete on job_file for each row"
            f" when (old.job_id = '{job}') execute function take_too_long()"
        )
        try:
            for _ in range(5):
                with pytest.raises(SearchFailed, match="57014"):
                    await search_traces(app.state.database)
            assert await search_traces(app.state.database) > 0
            assert (await read_progress(app.state.database)).delayed == 0
        finally:
            await owner.execute("drop function take_too_long cascade")
        told = [(each.file, each.is_failed) for each in await read_doubts(owner) if each.record_id == job]
        assert told == [("input", True)]
        assert await restart_searches(owner) == 1
        await search_traces(app.state.database)
        assert await list_searches(owner) == []
        assert await owner.fetchval("select count(*) from job_file where job_id = $1", job) == 0

    @pytest.mark.parametrize("stage", ["batches", "contributions", "lists"])
    async def test_pieces_of_every_kind_are_passed_by_unread(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any, stage: str
    ):
        """A search that failed so often looks at none of them: it notes the first, and reads the next again."""
        records = [await insert_piece(owner, stage) for _ in range(2)]
        search = await insert_search(owner, "farmers_association", stage=stage)
        at = "update trace_search set at_id = $1, at_name = $2, failures = 5 where member_id = $3"
        place = (records[0], "") if stage == "lists" else (UUID(int=records[0].int - 1), None)
        await owner.execute(at, *place, search)
        await search_traces(app.state.database)
        told = [
            each.record_id
            for each in await read_doubts(owner)
            if each.record_id in records and each.is_failed
        ]
        assert told == records[:1]
        assert await owner.fetchval("select stage from trace_search where member_id = $1", search) == "aside"
        await owner.execute("delete from trace_doubt where record_id = $1", records[0])
        await search_traces(app.state.database)
        assert await list_searches(owner) == []

    async def test_a_search_that_cannot_end_is_put_aside(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any
    ):
        """Lists are emptied once more at its end, and a row of one refuses."""
        person = await privacy.create_person()
        list_id = await insert_list(owner, privacy, person)
        await privacy.carry_out(person, "deletion")
        refuse = "alter table export_row add constraint refuse check (list_id <> '{}' or data ->> 'full_name' <> '{}') not valid"
        anonymous = "Người đã ẩn danh"
        late = await insert_list(owner, privacy, person)
        await owner.execute(refuse.format(late, anonymous))
        try:
            for _ in range(6):
                with suppress(SearchFailed):
                    await search_traces(app.state.database)
            progress = await read_progress(app.state.database)
            assert (progress.searches, progress.delayed, progress.aside) == (1, 0, 1)
        finally:
            await owner.execute("alter table export_row drop constraint refuse")
        assert await restart_searches(owner) == 1
        await search_traces(app.state.database)
        assert await list_searches(owner) == []
        assert await find_traces(owner, person["words"][:-1]) == []
        assert list_id != late

    async def test_errors_of_the_hour_are_no_reason_to_pass_by(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any
    ):
        """A piece that is locked for long: the search goes on when it is free."""
        job = await insert_job(owner, "farmers_association", input=NUMBER.encode())
        await insert_search(owner, "farmers_association")
        for _ in range(7):
            await app.state.database.call("select delay_trace($1, false)", app.state.database.process_key)
        assert await owner.fetchval("select failures from trace_search") <= 1
        await search_traces(app.state.database)
        assert await list_searches(owner) == []
        assert await owner.fetchval("select count(*) from job_file where job_id = $1", job) == 0


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
        assert [item["errors"] for item in left] == [
            [["/a", "bad", "Số … lạ", "Số … lạ"]],
            items[1]["errors"],
        ]


class TestWrittenMeanwhile:
    @pytest.mark.parametrize("kind", WRITERS)
    async def test_what_is_committed_long_after_the_erasure(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any, database_urls: DatabaseUrls, kind: str
    ):
        """A transaction read the name before, and writes it down while the workers search: they wait for its end."""
        person = await privacy.create_person()
        async with owner_connection(database_urls.admin, database_urls.role_prefix) as beside:
            transaction = beside.transaction()
            await transaction.start()
            assert await beside.fetchval("select full_name from member where id = $1", UUID(person["id"]))
            await privacy.carry_out(person, "deletion")
            await search_traces(app.state.database)
            assert await list_searches(owner) == [UUID(person["id"])]
            await WRITERS[kind](beside, privacy, person)
            await search_traces(app.state.database)
            assert await list_searches(owner) == [UUID(person["id"])]
            await transaction.commit()
        assert await find_traces(owner, person["words"][:-1]) != []
        await search_traces(app.state.database)
        assert await list_searches(owner) == []
        assert await find_traces(owner, person["words"][:-1]) == []

    async def test_of_what_comes_later_nothing_goes(self, privacy: PrivacyScenario, app: FastAPI, owner: Any):
        """A complaint about the erasure, while the search waits for a job; and what an officer kept is no doubt again."""
        person = await privacy.create_person()
        other = await privacy.create_person(birth_date="2021-01-01")
        request = UUID((await privacy.receive(other, "access", details=person["full_name"]))["id"])
        job = await insert_job(owner, privacy.unit.network)
        await owner.execute("update job set finished_at = null, status = 'queued' where id = $1", job)
        await privacy.carry_out(person, "deletion")
        await search_traces(app.state.database)
        assert await list_searches(owner) == [UUID(person["id"])]
        complaint = await privacy.receive(person, "access", details="tôi muốn biết vì sao")
        ref, key = DoubtRef("data_request", request), app.state.database.process_key
        await settle_doubts(owner, key, ref, privacy.officer.username, erase=False, carry_out=True)
        await owner.execute("update job set finished_at = now(), status = 'failed' where id = $1", job)
        await search_traces(app.state.database)
        assert await list_searches(owner) == []
        details = "select details from data_request where id = $1"
        assert await owner.fetchval(details, UUID(complaint["id"])) == "tôi muốn biết vì sao"
        assert request not in {each.record_id for each in await read_doubts(owner)}

    async def test_only_those_are_waited_for_that_were_there(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any, database_urls: DatabaseUrls
    ):
        """One after another of them: the search begins between the first and the second."""
        person = await privacy.create_person()
        async with (
            owner_connection(database_urls.admin, database_urls.role_prefix) as first,
            owner_connection(database_urls.admin, database_urls.role_prefix) as second,
        ):
            async with first.transaction():
                await privacy.carry_out(person, "deletion")
                await search_traces(app.state.database)
                later = second.transaction()
                await later.start()
                assert (
                    await second.fetchval("select count(*) from member where id = $1", UUID(person["id"]))
                    == 1
                )
                assert await list_searches(owner) == [UUID(person["id"])]
            await search_traces(app.state.database)
            assert await list_searches(owner) == []
            await later.rollback()

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
        person = await privacy.create_person()
        await privacy.carry_out(person, "deletion")
        await insert_list(owner, privacy, person)
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
