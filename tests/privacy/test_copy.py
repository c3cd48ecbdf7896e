"""The copy of a person has a part for each table of the registry, and every column of it."""

from typing import Any
from uuid import UUID

import asyncpg

from app.core.values.ids import uuid7
from app.privacy.registry.verdicts import HIDDEN_COLUMNS, PERSONAL_TABLES, TABLES_BY_NAME
from tests.access.existence.answers import mask
from tests.databases import DatabaseUrls
from tests.privacy.request_scenario import REQUESTS, PrivacyScenario
from tests.routers.responses import expect_json
from tests.world import national_id

COPIED = {table.name for table in PERSONAL_TABLES if table.copied}


async def read_copy(privacy: PrivacyScenario, person: dict[str, Any]) -> dict[str, Any]:
    accepted = await privacy.accept(person, "copy")
    body: dict[str, Any] = expect_json(await privacy.get(f"{REQUESTS}/{accepted['id']}/copy"))
    return body


async def fill(privacy: PrivacyScenario, person: dict[str, Any]) -> None:
    """Something of the person in many tables."""
    owner, id_ = privacy.world.owner, UUID(person["id"])
    membership = await privacy.join(person)
    await privacy.save(person, 20_000, note=f"{person['full_name']} nộp")
    consent = {"purpose": "sharing_bhxh", "text_version": "1", "method": "paper", "given_by": "self"}
    assert (await privacy.post(f"/v1/members/{id_}/consents", consent)).status_code == 201
    poor = {"kind": "poor", "valid_from": "2026-01-01"}
    assert (await privacy.post(f"/v1/members/{id_}/support-groups", poor)).status_code == 201
    enrolment = {
        "member_id": str(id_), "product": "bhxh_tn", "method": "months_12", "monthly_income": 1_500_000,
        "from_month": "2026-12", "external_ref": str(uuid7()),
    }  # fmt: skip
    assert (await privacy.post("/v1/enrolments", enrolment)).status_code == 201
    await owner.execute(
        "insert into pledge (id, membership_id, group_id, network, province_code, commune_code, kind, product, amount, per,"
        " valid_from) select new_id(), id, group_id, network, province_code, commune_code, 'money', 'bhxh_tn', 1000, 'day',"
        " '2026-01-01' from membership where id = $1",
        UUID(membership),
    )
    await owner.execute(
        "insert into award (id, network, organisation_id, level, title, recipient_kind, recipient_member_id, recipient_text,"
        " count, awarded_on, created_by, version) select new_id(), network, organisation_id, 'commune', 'Giấy khen', 'person',"
        " id, full_name, 1, '2026-01-01', $2, 1 from member where id = $1",
        id_, privacy.officer.id,
    )  # fmt: skip
    await owner.execute("update savings_group set leader_id = $1 where id = $2", id_, privacy.group.id)


class TestCopyOfPerson:
    async def test_has_every_table_of_the_registry(self, privacy: PrivacyScenario):
        body = await read_copy(privacy, await privacy.create_person())
        assert set(body["tables"]) == COPIED

    async def test_says_what_each_field_is_for(self, privacy: PrivacyScenario):
        tables = (await read_copy(privacy, await privacy.create_person()))["tables"]
        member = tables["member"]
        assert (member["purpose"], member["basis"]) == ("register", "consent")
        assert member["fields"]["national_id"] == {"purpose": "insurance", "basis": "consent"}
        assert "phone" not in member["fields"]  # as the table
        assert tables["posting"]["fields"] == {}
        for name, table in tables.items():
            assert table["fields"].keys() <= TABLES_BY_NAME[name].columns - HIDDEN_COLUMNS

    async def test_has_every_personal_column(self, privacy: PrivacyScenario):
        person = await privacy.create_person()
        await fill(privacy, person)
        tables = (await read_copy(privacy, person))["tables"]
        filled = {name for name, table in tables.items() if table["rows"]}
        assert filled >= {
            "member", "household", "consent", "support_group", "data_request", "membership", "pledge", "account",
            "ledger_txn", "posting", "savings_group", "enrolment", "award", "audit_event",
        }  # fmt: skip
        for name in filled:
            for row in tables[name]["rows"]:
                assert TABLES_BY_NAME[name].columns - HIDDEN_COLUMNS - row.keys() == set(), name
                assert HIDDEN_COLUMNS & row.keys() == set()

    async def test_has_what_lies_in_another_place_of_the_register(self, privacy: PrivacyScenario, world):
        """A group of the next commune, which an officer of this one alone does not see, is the person's all the same."""
        person = await privacy.create_person()
        elsewhere = await world.group(privacy.unit, commune=world.sibling_commune)
        await world.join(elsewhere, UUID(person["id"]))
        unit = await world.unit("womens_union", world.commune, level="commune", parent=privacy.unit)
        officer = await world.user(unit, "union_officer")
        received = expect_json(
            await privacy.post(REQUESTS, privacy.request_body(person, "copy"), officer), 201
        )
        await privacy.act(received, "accept", login=officer)
        body = expect_json(await privacy.get(f"{REQUESTS}/{received['id']}/copy", officer))
        assert [row["group_id"] for row in body["tables"]["membership"]["rows"]] == [str(elsewhere.id)]

    async def test_tells_nobody_that_somebody_else_has_the_number(
        self, privacy: PrivacyScenario, world, owner
    ):
        """It is made by an officer of the commune, who must not learn it (decision 0016); before and after it is settled."""
        unit = await world.unit("womens_union", world.commune, level="commune", parent=privacy.unit)
        officer, texts = await world.user(unit, "union_officer"), []
        for hidden in (False, True):
            number = national_id()
            if hidden:
                body = {
                    "commune_code": world.sibling_commune,
                    "full_name": "Lê Thị Khác",
                    "national_id": number,
                }
                other = expect_json(await privacy.post("/v1/members", body, privacy.sibling_officer), 201)
            body = {"commune_code": world.commune, "full_name": "Trần Thị Một", "national_id": number}
            person = expect_json(await privacy.post("/v1/members", body, officer), 201)
            status = await owner.fetchval(
                "select number_status from member where id = $1", UUID(person["id"])
            )
            assert status == ("pending" if hidden else "confirmed")
            if hidden:
                settle = {"keep": other["id"], "other": person["id"], "outcome": "distinct"}
                expect_json(await privacy.post("/v1/member-number-pairs/settle", settle))
            body = privacy.request_body(person, "copy")
            received = expect_json(await privacy.post(REQUESTS, body, officer), 201)
            await privacy.act(received, "accept", login=officer)
            copy = await privacy.get(f"{REQUESTS}/{received['id']}/copy", officer)
            texts.append(mask(copy.text, number))
        assert texts[0] == texts[1]
        assert "number_to_check" in texts[0]

    async def test_has_nothing_of_anybody_else(self, privacy: PrivacyScenario):
        person, other = await privacy.create_person(), await privacy.create_person(full_name="Lê Thị Khác")
        await fill(privacy, other)
        await fill(privacy, person)
        text = (await privacy.get(f"{REQUESTS}/{(await privacy.accept(person, 'copy'))['id']}/copy")).text
        assert person["id"] in text
        for secret in (other["id"], other["national_id"], "Lê Thị Khác"):
            assert secret not in text

    async def test_the_database_gives_it_to_nobody_without_a_scope(
        self, privacy: PrivacyScenario, database_urls: DatabaseUrls
    ):
        person = await privacy.create_person()
        connection = await asyncpg.connect(database_urls.app)
        try:
            assert await connection.fetchval("select copy_of_person($1)", UUID(person["id"])) is None
        finally:
            await connection.close()
