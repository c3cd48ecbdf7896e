"""Whatever names somebody who was erased, others keep what is theirs: only a whole number goes, and an officer is told."""

import json
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI

from app.core.values.ids import uuid7
from app.core.values.search_key import search_key
from app.forms.lists import service as export_service
from app.ledger.verification.verify import verify_ledger
from app.privacy.traces.progress import read_doubts
from app.privacy.traces.settling import DoubtRef, settle_doubts
from tests.forms.lists.payment_factories import insert_payment
from tests.privacy.request_scenario import PrivacyScenario
from tests.privacy.test_erasure import erase, find_traces
from tests.privacy.traces.test_progress import insert_job
from tests.privacy.traces.test_search import (
    CARD,
    PAID_ON,
    add_relative,
    create_list,
    forget_mentions,
    pay,
    person,
    read_texts,
    send_rows,
    to_csv,
)
from tests.routers.responses import expect_json

__all__ = ["person"]
ANONYMOUS = "Người đã ẩn danh"
TEXTS = [
    ("{name}", True),
    ("Nguyễn Văn Chồng và {name}", True),
    ("mẹ: {name}, {phone}", True),
    ("Nguyễn Văn Chồng, {phone}", False),
    ("chị {lower} nộp", True),
    ("{plain} nop", True),
    ("{spaced}", True),
    ("{plain} Anh", True),
    ("Lê Văn Khác, tổ 3", False),
    ("CCCD {number} của mẹ", False),
    ("bà {name}, CCCD {dotted}", True),
    ("mã {number}9, {number}x", True),
]
"""What may stand in a text of others, and whether an officer is told of what is left."""
WORDS = {
    "consent": "guardian_name", "data_request": "details", "ledger_txn": "note", "enrolment": "external_ref",
    "payout": "payer_name",
}  # fmt: skip


def fill(text: str, person: dict[str, Any]) -> str:
    """A text about somebody."""
    name, number = person["full_name"], person["national_id"]
    return text.format(
        name=name, phone=person["phone"], lower=name.lower(), plain=search_key(name).title(),
        spaced=name.replace(" ", "  "), number=number, dotted=f"{number[:3]}.{number[3:6]} {number[6:]}",
    )  # fmt: skip


async def write_everywhere(
    privacy: PrivacyScenario, person: dict[str, Any], text: str
) -> tuple[tuple[str, UUID], ...]:
    """A text in rows about a child of the household. Returns: in which."""
    owner = privacy.world.owner
    child = await add_relative(privacy, person, birth_date="2021-01-01")
    consent = {
        "purpose": "savings",
        "text_version": "1",
        "method": "paper",
        "given_by": "guardian",
        "guardian_name": text,
    }
    expect_json(await privacy.post(f"/v1/members/{child['id']}/consents", consent), 201)
    await privacy.receive(child, "access", requester="guardian", requester_name="Lê A", details=text)
    await privacy.join(child)
    await privacy.save(child, 20_000, note=text)
    payout = {
        "kind": "card_support", "amount": 500_000, "paid_on": "2026-11-01", "place_code": privacy.world.commune,
        "purpose": "bhyt", "payer_name": text, "recipients": 1, "recipient_kind": "person",
    }  # fmt: skip
    headers = privacy.officer.headers | {"Idempotency-Key": str(uuid7())}
    payer = expect_json(await privacy.client.post("/v1/payouts", json=payout, headers=headers), 201)
    await pay(privacy, child["id"])
    member = UUID(child["id"])
    await owner.execute("update enrolment set external_ref = $2 where member_id = $1", member, text)
    of_child = "select id from {} where member_id = $1 and {} is not null"
    return (
        ("payout", UUID(payer["id"])),
        *[(kind, await owner.fetchval(of_child.format(kind, column), member))
          for kind, column in WORDS.items() if kind != "payout"],
    )  # fmt: skip


async def read_words(owner: Any, records: tuple[tuple[str, UUID], ...]) -> list[str]:
    """The texts of rows."""
    return [
        await owner.fetchval(f"select {WORDS[kind]} from {kind} where id = $1", id_) for kind, id_ in records
    ]


async def list_told(owner: Any) -> set[tuple[str, UUID]]:
    return {(each.record_kind, each.record_id) for each in await read_doubts(owner)}


async def read_rows(owner: Any, created: Any) -> list[dict[str, Any]]:
    """What the rows of a list say."""
    rows = await owner.fetch(
        "select data::text as data from export_row where list_id = $1 order by position", UUID(created["id"])
    )
    return [json.loads(row["data"]) for row in rows]


class TestTexts:
    async def test_keep_all_but_a_whole_number(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any, person: dict[str, Any]
    ):
        """Of guardians, requests, notes, references and payers, with a namesake in the register: and the books are sound."""
        await privacy.create_person(full_name=person["full_name"])
        await privacy.leave(await privacy.join(person))
        records = {
            await write_everywhere(privacy, person, fill(text, person)): (text, told) for text, told in TEXTS
        }
        books = await verify_ledger(owner, [privacy.world.province])
        before = {ids: await read_words(owner, ids) for ids in records}
        await erase(privacy, person, app)
        told = await list_told(owner)
        for ids, (text, is_told) in records.items():
            number = person["national_id"]
            dotted = fill("{dotted}", person)
            masked = [words.replace(f"{number} ", "… ").replace(dotted, "…") for words in before[ids]]
            left = [
                None if kind == "enrolment" and words != was else words
                for (kind, _), words, was in zip(ids, masked, before[ids], strict=True)
            ]
            assert await read_words(owner, ids) == left, text
            expected = [is_told and words is not None for words in left]
            assert [record in told for record in ids] == expected, text
        assert await verify_ledger(owner, [privacy.world.province]) == books

    async def test_references_of_one_sender_never_become_one(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any, person: dict[str, Any]
    ):
        """Of two relatives, made of a number of who is erased."""
        relatives = []
        for number in (fill("{number}", person), fill("{dotted}", person)):
            relative = UUID((await add_relative(privacy, person, birth_date="1990-01-01"))["id"])
            await pay(privacy, str(relative))
            await owner.execute(
                "update enrolment set external_ref = $2 where member_id = $1", relative, number
            )
            relatives.append(relative)
        await erase(privacy, person, app)
        left = await owner.fetch("select external_ref from enrolment where member_id = any ($1)", relatives)
        assert [row["external_ref"] for row in left] == [None, None]

    async def test_a_number_that_another_member_has_as_well_stays(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any, person: dict[str, Any]
    ):
        """One of the two has it by a mistake of who wrote it down; an officer is told."""
        body = {
            "commune_code": privacy.world.sibling_commune, "full_name": "Lê Thị Khác", "national_id": person["national_id"],
        }  # fmt: skip
        expect_json(await privacy.post("/v1/members", body, privacy.sibling_officer), 201)
        report = to_csv(["Họ và tên", "Số CCCD", "Dòng"], [person["full_name"], person["national_id"], "2"])
        job = await insert_job(owner, "womens_union")
        await owner.execute("insert into job_file values ($1, 'dong-loi.csv', 0, $2)", job, report)
        child = await add_relative(privacy, person, birth_date="2021-01-01")
        details = f"CCCD {person['national_id']}"
        request = UUID((await privacy.receive(child, "access", details=details))["id"])
        await erase(privacy, person, app)
        assert await owner.fetchval("select details from data_request where id = $1", request) == details
        assert await owner.fetchval("select content from job_file where job_id = $1", job) == report
        assert {("data_request", request), ("file", job)} <= await list_told(owner)

    async def test_a_card_that_another_member_has_as_well_stays(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any, person: dict[str, Any]
    ):
        """Cards are of nobody by a rule of the register, and a row without a name would be wiped by its number."""
        card = "DN4010123456789"
        other = await privacy.create_person()
        ids = [UUID(each["id"]) for each in (person, other)]
        await owner.execute("update member set health_card_no = $2 where id = any ($1)", ids, card)
        report = to_csv(["Số thẻ BHYT", "Dòng"], [card, "2"])
        job = await insert_job(owner, "womens_union")
        await owner.execute("insert into job_file values ($1, 'dong-loi.csv', 0, $2)", job, report)
        child = await add_relative(privacy, other, birth_date="2021-01-01")
        request = UUID((await privacy.receive(child, "access", details=f"Thẻ {card}"))["id"])
        await erase(privacy, person, app)
        assert (
            await owner.fetchval("select details from data_request where id = $1", request) == f"Thẻ {card}"
        )
        assert await owner.fetchval("select content from job_file where job_id = $1", job) == report
        assert {("data_request", request), ("file", job)} <= await list_told(owner)

    async def test_one_that_names_two_is_of_the_day_of_the_second(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any, person: dict[str, Any]
    ):
        """Whose officer looks at those noted since then: in a text and a file."""
        second = await privacy.create_person()
        names = f"{person['full_name']}, {second['full_name']}"
        child = await add_relative(privacy, await privacy.create_person(), birth_date="2021-01-01")
        request = UUID((await privacy.receive(child, "access", details=names))["id"])
        job = await insert_job(owner, "womens_union", a_txt=names.encode())
        await owner.execute("update job set organisation_id = $2 where id = $1", job, privacy.unit.id)
        await erase(privacy, person, app)
        await owner.execute("update trace_doubt set noted_at = '2001-01-01'")
        await erase(privacy, second, app)
        told = {(each.record_kind, each.record_id): each.noted_at.year for each in await read_doubts(owner)}
        assert told["data_request", request] > 2001
        assert told["file", job] > 2001

    async def test_small_batches_and_collectors(
        self,
        privacy: PrivacyScenario,
        app: FastAPI,
        owner: Any,
        person: dict[str, Any],
        monkeypatch: pytest.MonkeyPatch,
    ):
        """A partner's reference; who signs for a list, which is printed again."""
        monkeypatch.setattr(export_service, "LARGE_LIST_ROWS", 0)
        partner = await privacy.world.partner(privacy.unit, "enrolments:write")
        rows = b"\n".join(
            json.dumps({"full_name": "Ai", "external_ref": ref}).encode()
            for ref in (f"{person['national_id']}-2", f"{person['phone']}-CON")
        )
        path = "/v1/enrolments/batches?mode=partial"
        await send_rows(privacy, partner, path, rows, "application/x-ndjson")
        batch = await owner.fetchval("select max(id::text) from enrolment_batch where rows = 2")
        unit = await privacy.world.unit(
            "womens_union", privacy.world.commune, level="commune", parent=privacy.unit
        )
        officer = await privacy.world.user(unit, "union_officer")
        other = await privacy.create_person()
        await pay(privacy, other["id"])
        collector = {"name": "Lê Thu", "code": person["national_id"]}
        created = await create_list(
            privacy, app, officer, form="d05_ts", group_id=str(privacy.group.id), collector=collector
        )
        await erase(privacy, person, app)
        assert await find_traces(owner, [person["national_id"]]) == []
        shown = expect_json(
            await privacy.client.get(f"/v1/enrolments/batches/{batch}", headers=partner.headers)
        )
        assert [item["external_ref"] for item in shown["items"]] == ["…-2", f"{person['phone']}-CON"]
        assert other["full_name"] in await read_texts(privacy, created, officer)

    async def test_at_most_200_of_a_kind_are_told_one_by_one(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any, person: dict[str, Any]
    ):
        """How many more there are stands with the last of them; a doubt goes with its text."""
        child = await add_relative(privacy, person)
        await owner.execute(
            "insert into consent (id, member_id, purpose, text_version, method, given_by, given_at, network, province_code,"
            " commune_code, guardian_name, withdrawn_at) select gen_random_uuid(), m.id, 'savings', '1', 'paper', 'guardian',"
            " now(), m.network, m.province_code, m.commune_code, $2, now() from member m, generate_series(1, 203)"
            " where m.id = $1",
            UUID(child["id"]), person["full_name"],
        )  # fmt: skip
        await erase(privacy, person, app)
        of_child = "select id from consent where member_id = $1"
        ids = {row["id"] for row in await owner.fetch(of_child, UUID(child["id"]))}
        told = [each for each in await read_doubts(owner) if each.record_id in ids]
        assert sorted(each.more for each in told) == [*[0] * 199, 3]
        await owner.execute(
            "update consent set guardian_name = $2 where member_id = $1", UUID(child["id"]), ANONYMOUS
        )
        assert [each.more for each in await read_doubts(owner) if each.record_id in ids] == [3]


class TestLists:
    @pytest.mark.parametrize("shared", ["name", "name and birth", "number"])
    async def test_a_row_with_the_id_of_anothers_payment(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any, person: dict[str, Any], shared: str
    ):
        """A namesake's, or of who has the number by mistake, on a list without mentions: the id says whose it is."""
        sibling = privacy.world.sibling_commune
        house = await privacy.post("/v1/households", {"commune_code": sibling}, privacy.sibling_officer)
        body = {"commune_code": sibling, "household_id": expect_json(house, 201)["id"]}
        body |= {
            "name": {"full_name": person["full_name"]},
            "name and birth": {"full_name": person["full_name"], "birth_date": "1984-03-02"},
            "number": {"full_name": "Phạm Thị Người Khác", "national_id": person["national_id"]},
        }[shared]
        other = expect_json(await privacy.post("/v1/members", body, privacy.sibling_officer), 201)
        await pay(privacy, other["id"], **CARD, amount_due=900_000, state_support=0)
        created = await create_list(privacy, app, form="mau_4")
        await forget_mentions(owner)
        await erase(privacy, person, app)
        assert [row["full_name"] for row in await read_rows(owner, created)] == [body["full_name"]]
        positions = (
            "select settle_trace($1, 'rows', $2, '', 0, null, null, null, '{1}', null, null, false, null)"
        )
        await owner.execute(positions, app.state.database.process_key, UUID(created["id"]))
        assert [row["full_name"] for row in await read_rows(owner, created)] == [body["full_name"]]

    @pytest.mark.parametrize("made", ["now", "before there were mentions"])
    @pytest.mark.parametrize("form", ["c21_ts", "mau_4"])
    async def test_a_row_of_another_network(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any, person: dict[str, Any], form: str, made: str
    ):
        """Of who is in two registers by one number: the line of both stays until both are erased, a payment's for ten years."""
        farmers = await privacy.world.unit("farmers_association")
        group = await privacy.world.group(farmers)
        other = await privacy.world.member(farmers, commune=privacy.world.commune, name=person["full_name"])
        house = uuid7()
        await owner.execute(
            "insert into household (id, network, organisation_id, province_code, commune_code, version)"
            " select $1, network, organisation_id, province_code, commune_code, 1 from member where id = $2",
            house, other,
        )  # fmt: skip
        await owner.execute(
            "update member set national_id = $2, household_id = $3 where id = $1",
            other, person["national_id"], house,
        )  # fmt: skip
        if form == "mau_4":
            paid = {"payment_date": date(2026, 11, 20)} | CARD | {"amount_due": 900_000, "state_support": 0}
            await insert_payment(privacy.world, group, other, **paid)
            created = await create_list(privacy, app, privacy.bhxh, form="mau_4")
        else:
            paid = dict.fromkeys(("payment_date", "business_date", "priced_on", "from_month"), PAID_ON)
            await insert_payment(privacy.world, group, other, **paid)
            await insert_payment(privacy.world, privacy.group, UUID(person["id"]), **paid)
            created = await create_list(privacy, app, privacy.bhxh, form="c21_ts", sheet="a", month="2011-01")
        if made != "now":
            await forget_mentions(owner)
        before = await read_rows(owner, created)
        await erase(privacy, person, app)
        assert await read_rows(owner, created) == before
        told = [each.rows for each in await read_doubts(owner) if str(each.record_id) == created["id"]]
        assert told == ([] if form == "mau_4" else [["1"]])
        if (form, made) == ("c21_ts", "now"):
            await owner.execute("update member set anonymised_at = now() where id = $1", other)
            await owner.execute("select erase_rows($1)", other)
            [after] = await read_rows(owner, created)
            assert (after["full_name"], after["address"]) == (ANONYMOUS, "")
            assert ("rows", UUID(created["id"])) not in await list_told(owner)


class TestFiles:
    @pytest.mark.parametrize(
        ("ended", "is_told"), [("2026-11-01", True), (None, True), ("never there", False)]
    )
    async def test_who_ever_covered_the_place_is_told_of(
        self,
        privacy: PrivacyScenario,
        app: FastAPI,
        owner: Any,
        person: dict[str, Any],
        ended: str | None,
        is_told: bool,
    ):
        """A file with the name alone."""
        place = privacy.world.sibling_commune if ended == "never there" else privacy.world.commune
        unit = await privacy.world.unit("womens_union", place, level="commune", parent=privacy.unit)
        job = await insert_job(owner, "womens_union", a_txt=person["full_name"].encode())
        await owner.execute("update job set organisation_id = $2 where id = $1", job, unit.id)
        if ended == "2026-11-01":
            await owner.execute(
                "update organisation_place set valid_to = $2 where organisation_id = $1",
                unit.id, date.fromisoformat(ended),
            )  # fmt: skip
        await erase(privacy, person, app)
        assert (("file", job) in await list_told(owner)) == is_told
        assert (
            await owner.fetchval("select content from job_file where job_id = $1", job)
            == person["full_name"].encode()
        )
        await owner.execute("delete from job_file where job_id = $1", job)
        assert ("file", job) not in await list_told(owner)

    async def test_at_most_1000_rows_a_search_are_told_one_by_one(
        self, privacy: PrivacyScenario, app: FastAPI, owner: Any, person: dict[str, Any]
    ):
        """Of the others is told how many there are in which piece; the officer names those rows, or keeps all."""
        name = person["full_name"]
        rows = ["Họ và tên,Dòng", *(f"{name},{number}" for number in range(1, 801))]
        report = "\r\n".join([*rows, ""]).encode()
        job = await insert_job(owner, "womens_union")
        for part in range(2):
            await owner.execute("insert into job_file values ($1, 'dong-loi.csv', $2, $3)", job, part, report)
        await owner.execute("update job set organisation_id = $2 where id = $1", job, privacy.unit.id)
        await erase(privacy, person, app)
        told = [each for each in await read_doubts(owner) if each.record_id == job]
        assert [(each.part, len(each.rows), each.more) for each in told] == [(0, 800, 0), (1, 200, 600)]
        assert await owner.fetchval("select content from job_file where job_id = $1", job) == report
        key, by = app.state.database.process_key, privacy.officer.username
        for row, is_erased, left in (("800", True, (200, 599)), (None, True, (0, 599)), (None, False, None)):
            ref = DoubtRef("file", job, part=1, row=row)
            await settle_doubts(owner, key, ref, by, erase=is_erased, carry_out=True)
            told = [each for each in await read_doubts(owner) if (each.record_id, each.part) == (job, 1)]
            assert [(len(each.rows), each.more) for each in told] == ([left] if left else [])
        content = await owner.fetchval("select content from job_file where job_id = $1 and part = 1", job)
        assert content.decode().count(name) == 800 - 201
