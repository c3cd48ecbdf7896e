"""Where the books of a network begin, over HTTP: no writer takes a day before it."""

import asyncio
import json
from datetime import date, timedelta
from typing import Any

import pytest

from app.core.values.ids import uuid7
from app.core.values.time import today
from tests.insurance.direct_scenario import DirectScenario
from tests.insurance.premium_scenario import PARTICIPANT_PAYS, PAYMENTS, PremiumScenario
from tests.ledger.books import Books, create_books, entry_line
from tests.routers.ledger.test_entry_days import outcome, send_file, send_sheet, send_single
from tests.routers.responses import expect_json, expect_problem

PATH, CLOSINGS = "/v1/ledger/openings", "/v1/ledger/closings"
FIRST = date(2025, 1, 1)
ONE_DAY = timedelta(days=1)
BEFORE_BOOKS = [("/business_date", "before_books")]


@pytest.fixture
async def books(world, client) -> Books:
    return await create_books(world, client)


@pytest.fixture
async def admin(books):
    return await books.world.user(books.group.unit, "union_admin")


def opening_body(books: Books, begins_on: date = FIRST, province: str | None = None) -> dict[str, str]:
    return {"province_code": province or books.world.province, "begins_on": str(begins_on)}


class TestOpenBooks:
    async def test_who_may(self, books):
        assert (await books.client.post(PATH, json=opening_body(books))).status_code == 401
        viewer = await books.world.user(books.group.unit, "viewer")
        for login in (books.treasurer, books.officer, viewer):
            assert (await books.post(PATH, opening_body(books), login=login)).status_code == 403

    async def test_outside_the_scope(self, books, admin):
        sibling = opening_body(books, province=books.world.sibling_province)
        expect_problem(await books.post(PATH, sibling, login=admin), 403, "outside_scope")
        unit = await books.world.unit("womens_union", books.world.commune, level="commune")
        below = await books.world.user(unit, "union_admin")
        expect_problem(await books.post(PATH, opening_body(books), login=below), 403, "outside_scope")

    async def test_of_the_province_and_of_the_country(self, books, admin):
        national = await books.world.user(await books.world.national("womens_union"), "union_admin")
        for login, day in ((admin, FIRST), (national, FIRST + ONE_DAY), (admin, FIRST - ONE_DAY)):
            opened = expect_json(await books.post(PATH, opening_body(books, day), login=login), 201)
            assert opened | {"set_at": ""} == {
                "network": "womens_union", "province_code": books.world.province, "begins_on": str(day),
                "set_by": str(login.id), "set_at": "",
            }  # fmt: skip
            assert expect_json(await books.post(PATH, opening_body(books, day), login=login), 201) == opened
        events = await books.world.owner.fetch(
            "select fields from audit_event where event = 'books.opened' and province_code = $1 order by id",
            books.world.province,
        )
        told = [json.loads(event["fields"]) for event in events]
        assert [(each["before"], each["begins_on"]) for each in told] == [
            (None, "2025-01-01"),
            ("2025-01-01", "2025-01-02"),
            ("2025-01-02", "2024-12-31"),
        ]

    async def test_bad_input(self, books, admin):
        cases: list[tuple[dict[str, Any], tuple[str, str]]] = [
            ({"begins_on": str(today() + ONE_DAY)}, ("/begins_on", "business_date_future")),
            ({"begins_on": "x"}, ("/begins_on", "day")),
            ({"begins_on": None}, ("/begins_on", "day")),
            ({"province_code": books.world.commune}, ("/province_code", "unknown_province")),
            ({"province_code": "nowhere"}, ("/province_code", "unknown_province")),
            ({"network": "bhxh"}, ("/network", "extra_forbidden")),
        ]
        for change, wrong in cases:
            response = await books.post(PATH, opening_body(books) | change, login=admin)
            [error] = response.json()["errors"]
            assert (response.status_code, error["pointer"], error["code"]) == (422, *wrong)
        assert (await books.post(PATH, opening_body(books, today()), login=admin)).status_code == 201

    async def test_not_after_the_first_entry(self, books, admin):
        await books.record(books.members[0], 5, business_date=str(FIRST))
        late = await books.post(PATH, opening_body(books, FIRST + ONE_DAY), login=admin)
        expect_problem(late, 422, "after_first_entry", "/begins_on")
        assert late.json()["errors"][0]["detail"] == (
            "Đã có khoản ghi sổ của ngày 01/01/2025; ngày mở sổ không được sau ngày đó."
        )
        expect_json(await books.post(PATH, opening_body(books, FIRST), login=admin), 201)

    async def test_entries_elsewhere_do_not_matter(self, books, admin):
        farmers = await books.world.unit("farmers_association")
        group = await books.world.group(farmers, members=1)
        login = await books.world.user(farmers, "union_officer")
        body = books.entry_body(group.members[0], 5, business_date=str(FIRST)) | {"group_id": str(group.id)}
        expect_json(await books.post("/v1/contributions", body, login=login), 201)
        expect_json(await books.post(PATH, opening_body(books, today()), login=admin), 201)
        body["business_date"] = str(FIRST - ONE_DAY)
        expect_json(await books.post("/v1/contributions", body, login=login), 201)

    async def test_waits_for_entries_that_saw_the_day_open(self, books, admin, app):
        """What is being written meanwhile is in, and the books do not begin after it."""
        async with app.state.database.driver.acquire() as connection, connection.transaction():
            await connection.fetchrow(
                "select body from record_entry($1, $2, $3, 'k', 'h', $4, null, $5, $6)",
                books.treasurer.session_id, ["treasurer"], [], books.group.id, FIRST,
                json.dumps({"id": str(uuid7()), **entry_line(books.members[0], 5)}),
            )  # fmt: skip
            waiting = asyncio.create_task(books.post(PATH, opening_body(books, FIRST + ONE_DAY), login=admin))
            done, _ = await asyncio.wait([waiting], timeout=0.3)
            assert not done
        expect_problem(await waiting, 422, "after_first_entry", "/begins_on")


class TestEveryWriter:
    @pytest.mark.parametrize("send", [send_single, send_sheet, send_file])
    async def test_contributions(self, books, admin, send):
        expect_json(await books.post(PATH, opening_body(books), login=admin), 201)
        for member, kind in (
            (books.members[0], "saving"),
            (books.members[0], "withdrawal"),
            (None, "donation"),
        ):
            assert await send(books, FIRST - ONE_DAY, member, kind) == BEFORE_BOOKS
            assert await send(books, FIRST, member, kind) == 201

    async def test_a_reversal(self, books, admin):
        """Of an entry from before the books' first day was said too late: it is reversed as of a day of the books."""
        entry = await books.record(books.members[0], 5, business_date=str(FIRST))
        await books.world.owner.execute(
            "insert into books_opening (network, province_code, begins_on) values ('womens_union', $1, $2)",
            books.world.province, FIRST + ONE_DAY,
        )  # fmt: skip
        path = f"/v1/contributions/{entry['id']}/reversal"
        for day, expected in ((FIRST, BEFORE_BOOKS), (FIRST + ONE_DAY, 201)):
            assert outcome(await books.post(path, {"note": "x", "business_date": str(day)})) == expected

    async def test_premiums_of_a_group(self, world, client):
        scenario = await PremiumScenario.create(world, client)
        day = today() - ONE_DAY
        await scenario.save(scenario.members[0], PARTICIPANT_PAYS, day=day)
        enrolment = await scenario.create_enrolment(scenario.members[0])
        held = await scenario.hold_payment(enrolment, business_date=str(day))
        await world.owner.execute(
            "insert into books_opening (network, province_code, begins_on) values ('womens_union', $1, $2)",
            world.province, today(),
        )  # fmt: skip
        late = await scenario.post_payment(held, payment_date=str(day))
        expect_problem(late, 422, "before_books", "/payment_date")
        expect_json(await scenario.post_payment(held, payment_date=str(today())))
        other = await scenario.create_enrolment(scenario.members[1])
        body = scenario.payment_body(other, business_date=str(day))
        expect_problem(await scenario.post(PAYMENTS, body), 422, "before_books", "/business_date")

    async def test_premiums_of_direct_customers(self, world, client):
        scenario = await DirectScenario.create(world, client)
        admin = await world.user(scenario.unit, "union_admin")
        body = {"province_code": world.province, "begins_on": str(today())}
        expect_json(await scenario.premium.post(PATH, body, login=admin), 201)
        yesterday = str(today() - ONE_DAY)
        early = await scenario.hold(await scenario.enrol(), business_date=yesterday)
        expect_problem(early, 422, "before_books", "/business_date")
        await scenario.take()

    @pytest.mark.parametrize(
        ("language", "text"),
        [
            (
                "vi",
                "Sổ của hội tại tỉnh, thành phố này bắt đầu từ ngày 01/01/2025; không ghi khoản nào của ngày trước đó.",
            ),
            (
                "en",
                "The network's books in this province begin on 2025-01-01; nothing is recorded of a day before it.",
            ),
        ],
    )
    async def test_the_day_is_named(self, books, admin, language, text):
        expect_json(await books.post(PATH, opening_body(books), login=admin), 201)
        headers = {**books.treasurer.headers, "Idempotency-Key": "k", "Accept-Language": language}
        body = books.entry_body(books.members[0], business_date=str(FIRST - ONE_DAY))
        response = await books.client.post("/v1/contributions", json=body, headers=headers)
        assert response.json()["errors"][0]["detail"] == text

    async def test_what_was_accepted_is_answered_again(self, books):
        body = books.entry_body(books.members[0], business_date=str(FIRST))
        first = await books.post("/v1/contributions", body, "k1")
        await books.world.owner.execute(
            "insert into books_opening (network, province_code, begins_on) values ('womens_union', $1, $2)",
            books.world.province, today(),
        )  # fmt: skip
        again = await books.post("/v1/contributions", body, "k1")
        assert (again.status_code, again.content) == (201, first.content)


@pytest.fixture
async def old_books(world, client) -> Books:
    """Books of a group that was noted in a province and a commune which were merged into the world's in 2025."""
    ended = date(2025, 6, 30)
    province = await world.place("province", "VN", valid_to=ended)
    commune = await world.place("commune", province, valid_to=ended)
    for old, new in ((province, world.province), (commune, world.commune)):
        await world.owner.execute(
            "insert into place_succession (old_code, new_code, on_date, share, is_default) values ($1, $2, $3, 1, true)",
            old, new, ended + ONE_DAY,
        )  # fmt: skip
    books = await create_books(world, client)
    await world.owner.execute(
        "update savings_group set province_code = $2, commune_code = $3 where id = $1",
        books.group.id, province, commune,
    )  # fmt: skip
    return books


class TestProvinceOfBefore:
    """The days of the province of today hold for a group that kept the codes of before, on days before the merger as well."""

    @pytest.mark.parametrize(
        ("path", "day", "code"),
        [
            (CLOSINGS, {"closed_through": "2025-12-31"}, "period_closed"),
            (PATH, {"begins_on": "2026-01-01"}, "before_books"),
        ],
    )
    async def test_days_before_and_after_the_merger(self, old_books, path, day, code):
        books = old_books
        admin = await books.world.user(books.group.unit, "union_admin")
        expect_json(await books.post(path, day | {"province_code": books.world.province}, login=admin), 201)
        for then in ("2025-06-15", "2025-12-31"):
            assert await send_single(books, date.fromisoformat(then), books.members[0]) == [
                ("/business_date", code)
            ]
        assert await send_single(books, date(2026, 1, 1), books.members[0]) == 201

    async def test_its_entries_are_counted(self, old_books):
        books, before = old_books, date(2025, 6, 15)
        admin = await books.world.user(books.group.unit, "union_admin")
        assert await send_single(books, before, books.members[0]) == 201
        late = await books.post(PATH, opening_body(books, before + ONE_DAY), login=admin)
        expect_problem(late, 422, "after_first_entry", "/begins_on")
        expect_json(await books.post(PATH, opening_body(books, before), login=admin), 201)


class TestListOpenings:
    async def test_own_network_and_places(self, books, admin):
        created = expect_json(await books.post(PATH, opening_body(books), login=admin), 201)
        assert expect_json(await books.get(PATH)) == {"items": [created], "next_cursor": None}
        bhxh = await books.world.user(await books.world.unit("bhxh"), "bhxh_officer")
        assert expect_json(await books.get(PATH, login=bhxh))["items"] == [created]
        for unit in (
            await books.world.unit("farmers_association"),
            await books.world.unit("womens_union", books.world.sibling_province),
        ):
            login = await books.world.user(unit, "union_officer")
            assert expect_json(await books.get(PATH, login=login))["items"] == []

    async def test_who_may_not(self, books):
        viewer: Any = await books.world.user(books.group.unit, "viewer")
        assert (await books.get(PATH, login=viewer)).status_code == 403
        assert (await books.client.get(PATH)).status_code == 401
