"""Contributions over HTTP."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from app.core.values.ids import uuid7
from app.core.values.time import today
from tests.ledger.books import Books, create_books, entry_line

PATH = "/v1/contributions"


@pytest.fixture
async def books(world, client) -> Books:
    return await create_books(world, client)


def error_pointers(response) -> dict[str, str]:
    return {error["pointer"]: error["code"] for error in response.json()["errors"]}


class TestRecordContribution:
    async def test_anonymous_is_401(self, client, books):
        response = await client.post(PATH, json={"bad": 1})
        assert (response.status_code, response.json()["code"]) == (401, "unauthenticated")

    async def test_revoked_session_is_401_whatever_the_body(self, books):
        await books.world.owner.execute(
            "update auth_session set revoked_at = now() where id = $1", books.treasurer.session_id
        )
        assert (await books.post(PATH, books.entry_body(books.members[0]))).status_code == 401
        assert (await books.post(PATH, {"bad": 1})).status_code == 401

    @pytest.mark.parametrize("role", ["viewer", "bhxh_officer", "bhxh_admin"])
    async def test_wrong_role_is_403_whatever_the_body(self, books, role):
        network = "bhxh" if role.startswith("bhxh") else "womens_union"
        login = await books.world.user(await books.world.unit(network), role)
        for body in (books.entry_body(books.members[0]), {"bad": 1}, books.entry_body(books.members[0], 0)):
            response = await books.post(PATH, body, login=login)
            assert (response.status_code, response.json()["code"]) == (403, "forbidden")

    async def test_partner_needs_the_scope(self, books):
        reader = await books.world.partner(books.group.unit, "contributions:read")
        writer = await books.world.partner(books.group.unit, "contributions:write")
        assert (await books.post(PATH, books.entry_body(books.members[0]), login=reader)).status_code == 403
        assert (await books.post(PATH, books.entry_body(books.members[0]), login=writer)).status_code == 201

    async def test_other_unions_and_other_treasurers_see_no_group(self, books):
        farmers = await books.world.user(await books.world.unit("farmers_association"), "union_officer")
        sibling = await books.world.unit("womens_union", books.world.sibling_province)
        other = await books.world.user(books.group.unit, "treasurer", groups=[uuid7()])
        for login in (farmers, await books.world.user(sibling, "union_officer"), other):
            response = await books.post(PATH, books.entry_body(books.members[0]), login=login)
            assert (response.status_code, error_pointers(response)) == (404, {"/group_id": "not_found"})
        assert await books.counts() == (0, 0)

    async def test_an_officer_of_the_commune_records(self, books):
        unit = await books.world.unit("womens_union", books.world.commune, level="commune")
        login = await books.world.user(unit, "union_officer")
        response = await books.post(PATH, books.entry_body(books.members[0]), login=login)
        assert response.status_code == 201

    async def test_valid(self, books):
        a, b, _ = books.members
        await books.record(b, 5_000)
        body = books.entry_body(a, 10_000, note="  tháng 11 ", source="Cửa hàng Hạnh Phúc")
        del body["group_id"]
        response = await books.post(PATH, body | {"group_code": books.group.code})
        assert response.status_code == 201
        assert "idempotency-replayed" not in response.headers
        result = response.json()
        assert result["id"] == result["txn_id"]
        assert result | {"id": "", "txn_id": "", "recorded_at": ""} == {
            "id": "", "txn_id": "", "recorded_at": "",
            "group_id": str(books.group.id), "member_id": str(a), "kind": "saving", "product": "bhxh_tn",
            "amount": 10_000, "quantity": None, "unit": None, "unit_price": None, "source": "Cửa hàng Hạnh Phúc",
            "note": "  tháng 11", "business_date": str(today()), "meeting_id": None, "reverses_id": None,
            "member_balance": 10_000, "group_balance": 15_000,
        } | {"note": result["note"]}  # fmt: skip
        assert result["note"] == "tháng 11"
        assert result["recorded_at"].endswith("Z")

    async def test_same_key_answers_the_first_result(self, books):
        key, body = str(uuid7()), books.entry_body(books.members[0], note="một\nhai")
        first = await books.post(PATH, body, key)
        await books.record(books.members[0], 1)
        again = await books.post(PATH, body, key)
        assert (again.status_code, again.content) == (201, first.content)
        assert again.headers["idempotency-replayed"] == "true"
        assert await books.balance(books.members[0]) == 10_001

    async def test_the_meaning_of_the_body_counts_not_its_letters(self, books):
        key = str(uuid7())
        body = books.entry_body(books.members[0], note="Tiền tháng mười một")
        first = await books.post(PATH, body, key)
        del body["group_id"]
        spelled = {"note": "Tiền tháng mười một", "unit": None, "group_code": books.group.code}
        other = dict(reversed(list((body | spelled).items())))
        again = await books.client.post(
            PATH,
            content=json.dumps(other, ensure_ascii=True, indent=3),
            headers={
                **books.officer.headers,
                "Idempotency-Key": key,
                "Content-Type": "application/json; charset=utf-8",
            },
        )
        assert (again.status_code, again.content) == (201, first.content)

    @pytest.mark.parametrize(
        "change",
        [
            {"amount": 10_001},
            {"product": "bhyt_hgd"},
            {"note": "x"},
            {"kind": "donation"},
            {"id": str(uuid4())},
        ],
    )
    async def test_same_key_with_another_body_is_refused(self, books, change):
        key, body = str(uuid7()), books.entry_body(books.members[0])
        await books.post(PATH, body, key)
        response = await books.post(PATH, body | change, key)
        assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")
        assert await books.counts() == (1, 2)

    async def test_same_key_in_another_group_is_refused(self, books):
        other = await books.world.group(books.group.unit, members=1)
        key = str(uuid7())
        await books.post(PATH, books.entry_body(books.members[0]), key, login=books.officer)
        body = books.entry_body(other.members[0]) | {"group_id": str(other.id)}
        response = await books.post(PATH, body, key, login=books.officer)
        assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")

    async def test_same_key_of_another_organisation_is_another_key(self, books):
        unit = await books.world.unit("womens_union")
        key = str(uuid7())
        first = await books.post(PATH, books.entry_body(books.members[0]), key)
        login = await books.world.user(unit, "union_officer")
        second = await books.post(PATH, books.entry_body(books.members[0]), key, login=login)
        assert second.status_code == 201
        assert second.json()["id"] != first.json()["id"]

    async def test_the_id_is_a_key(self, client, books):
        body = books.entry_body(books.members[0], id=str(uuid7()))
        first = await client.post(PATH, json=body, headers=books.treasurer.headers)
        again = await client.post(PATH, json=body, headers=books.treasurer.headers)
        assert first.json()["id"] == body["id"]
        assert (first.status_code, again.content) == (201, first.content)
        assert again.headers["idempotency-replayed"] == "true"
        other = await client.post(PATH, json=body | {"amount": 7}, headers=books.treasurer.headers)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")

    async def test_an_id_under_another_key_is_taken(self, books):
        body = books.entry_body(books.members[0], id=str(uuid7()))
        await books.post(PATH, body)
        response = await books.post(PATH, body)
        assert (response.status_code, response.json()["code"]) == (409, "id_taken")

    async def test_no_key_is_400(self, client, books):
        response = await client.post(
            PATH, json=books.entry_body(books.members[0]), headers=books.treasurer.headers
        )
        assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_missing")
        assert await books.counts() == (0, 0)

    @pytest.mark.parametrize("key", ["", "x" * 201, "tab\there"])
    async def test_impossible_key(self, books, key):
        headers = {**books.treasurer.headers, "Idempotency-Key": key}
        response = await books.client.post(PATH, json=books.entry_body(books.members[0]), headers=headers)
        assert (response.status_code, error_pointers(response)) == (
            422,
            {"/header/Idempotency-Key": "idempotency_key"},
        )

    async def test_a_sale_is_quantity_times_price_half_up(self, books):
        sale = {"kind": "sale", "unit": "kg", "unit_price": 1_001, "source": "Vựa Bà Năm"}
        body = await books.record(None, None, quantity=2.5, product=None, **sale)
        assert (body["amount"], body["quantity"], body["member_id"]) == (2_503, "2.500", None)
        body = await books.record(books.members[0], 2_503, quantity="2.50", **sale)
        assert (body["amount"], body["member_balance"], body["group_balance"]) == (2_503, 2_503, 5_006)

    @pytest.mark.parametrize(
        ("fields", "wrong"),
        [
            ({"amount": 0}, {"/amount": "greater_than_equal"}),
            ({"amount": -5}, {"/amount": "greater_than_equal"}),
            ({"amount": 1.5}, {"/amount": "int_type"}),
            ({"amount": "5"}, {"/amount": "int_type"}),
            ({"amount": True}, {"/amount": "int_type"}),
            ({"amount": 9_000_000_000_001}, {"/amount": "less_than_equal"}),
            ({"amount": None}, {"/amount": "missing"}),
            ({"member_id": None}, {"/member_id": "missing"}),
            ({"kind": "hold"}, {"/kind": "literal_error"}),
            ({"product": "bhyt"}, {"/product": "literal_error"}),
            ({"quantity": 1}, {"/quantity": "only_for_sale"}),
            ({"group_code": "X"}, {"/group_code": "one_of_two"}),
            ({"group_id": None}, {"/group_id": "one_of_two"}),
            ({"business_date": "2026-02-30"}, {"/business_date": "day"}),
            ({"business_date": "0001-01-01"}, {"/business_date": "day_range"}),
            ({"business_date": None}, {"/business_date": "day"}),
            ({"member_id": "1"}, {"/member_id": "uuid"}),
            ({"note": "a\x07b"}, {"/note": "control_character"}),
            ({"nope": 1}, {"/nope": "extra_forbidden"}),
            ({"kind": "sale", "quantity": "0.0001", "unit_price": 5}, {"/quantity": "decimal_max_places"}),
            ({"kind": "sale", "quantity": 1e300, "unit_price": 5}, {"/quantity": "decimal_max_digits"}),
            ({"kind": "sale", "quantity": "NaN", "unit_price": 5}, {"/quantity": "finite_number"}),
            ({"kind": "sale", "quantity": "0.001", "unit_price": 5}, {"/quantity": "amount_range"}),
            ({"kind": "sale", "quantity": 2, "unit_price": 5, "amount": 11}, {"/amount": "amount_mismatch"}),
            ({"kind": "sale"}, {"/quantity": "missing", "/unit_price": "missing"}),
        ],
    )
    async def test_wrong_fields_are_named(self, books, fields, wrong):
        body = books.entry_body(books.members[0])
        if fields.get("kind") == "sale" and "amount" not in fields:
            del body["amount"]
        response = await books.post(PATH, body | fields)
        assert (response.status_code, error_pointers(response)) == (422, wrong)
        assert await books.counts() == (0, 0)

    async def test_hostile_bodies(self, books):
        headers = {
            **books.treasurer.headers,
            "Idempotency-Key": "k",
            "Content-Type": "application/json",
        }
        for raw, status in [
            (b"", 422), (b"{", 400), (b"[]", 422), (b"\xff", 400), (b'{"note": "\\u0000"}', 422), (b"NaN", 422),
            (b'{"amount": 1, "amount": 2}', 422), (b'{"amount": 99999999999999999999999}', 422), (b"[" * 99, 400),
            (b'{"note": "\\ud800"}', 422),
        ]:  # fmt: skip
            response = await books.client.post(PATH, content=raw, headers=headers)
            assert response.status_code == status, raw
            assert response.headers["content-type"] == "application/problem+json"
        response = await books.client.post(PATH, content=b"a=1", headers=books.treasurer.headers)
        assert response.status_code == 415
        response = await books.client.post(f"{PATH}?x=1", json=books.entry_body(None), headers=headers)
        assert (response.status_code, error_pointers(response)) == (422, {"/query/x": "unknown_parameter"})

    async def test_not_a_member(self, books):
        stranger = await books.world.member(books.group.unit)
        response = await books.post(PATH, books.entry_body(stranger))
        assert (response.status_code, error_pointers(response)) == (422, {"/member_id": "not_in_group"})

    async def test_a_former_member_may_only_take_out(self, books):
        member = books.members[0]
        await books.record(member, 5_000)
        await books.world.owner.execute(
            "update membership set left_on = $2 where member_id = $1", member, today() - timedelta(days=1)
        )
        response = await books.post(PATH, books.entry_body(member))
        assert error_pointers(response) == {"/member_id": "not_in_group"}
        assert (await books.record(member, 5_000, kind="withdrawal"))["member_balance"] == 0

    async def test_no_more_than_there_is(self, books):
        await books.record(books.members[0], 5_000)
        for member in (books.members[0], None):
            response = await books.post(PATH, books.entry_body(member, 5_001, kind="withdrawal"))
            assert (response.status_code, error_pointers(response)) == (
                409,
                {"/amount": "insufficient_balance"},
            )
        assert await books.counts() == (1, 2)

    async def test_not_after_today(self, books):
        body = books.entry_body(books.members[0]) | {"business_date": str(today() + timedelta(days=1))}
        response = await books.post(PATH, body)
        assert (response.status_code, error_pointers(response)) == (
            422,
            {"/business_date": "business_date_future"},
        )

    async def test_a_group_that_had_ended(self, books):
        await books.world.owner.execute(
            "update savings_group set ended_on = $2 where id = $1",
            books.group.id, today() - timedelta(days=1),
        )  # fmt: skip
        response = await books.post(PATH, books.entry_body(books.members[0]))
        assert (response.status_code, error_pointers(response)) == (422, {"/business_date": "group_ended"})

    async def test_vietnamese_first(self, books):
        response = await books.post(PATH, books.entry_body(books.members[0], 1, kind="withdrawal"))
        assert response.json()["detail"] == "Số dư không đủ."
        assert response.headers["content-language"] == "vi"


class TestReverseContribution:
    async def test_a_mirrored_entry_once(self, books):
        entry = await books.record(books.members[0], 5_000)
        path, key = f"{PATH}/{entry['id']}/reversal", str(uuid7())
        response = await books.post(path, {"note": "Ghi nhầm"}, key)
        body = response.json()
        assert response.status_code == 201
        assert (body["kind"], body["amount"], body["member_balance"], body["group_balance"]) == (
            "reversal", 5_000, 0, 0,
        )  # fmt: skip
        assert (body["reverses_id"], body["business_date"]) == (entry["id"], str(today()))
        again = await books.post(path, {"note": "Ghi nhầm"}, key)
        assert (again.content, again.headers["idempotency-replayed"]) == (response.content, "true")
        other = await books.post(path, {"note": "Ghi nhầm"})
        assert (other.status_code, other.json()["code"]) == (409, "already_reversed")
        changed = await books.post(path, {"note": "khác"}, key)
        assert changed.json()["code"] == "idempotency_key_reused"
        assert (await books.get(f"{PATH}/{entry['id']}")).json()["reversed_by"] == body["id"]

    async def test_a_withdrawal_comes_back(self, books):
        await books.record(books.members[0], 5_000)
        entry = await books.record(books.members[0], 3_000, kind="withdrawal")
        body = (await books.post(f"{PATH}/{entry['id']}/reversal", {"note": "x"})).json()
        assert (body["member_balance"], body["group_balance"]) == (5_000, 5_000)

    async def test_a_line_of_a_sheet_and_of_the_fund(self, books):
        sheet = (
            await books.post(
                "/v1/meetings",
                books.meeting_body(entry_line(books.members[0], 7), entry_line(None, 9, kind="donation")),
            )
        ).json()
        for entry in sheet["items"]:
            response = await books.post(f"{PATH}/{entry['id']}/reversal", {"note": "x"})
            assert response.status_code == 201
        assert response.json()["group_balance"] == 0
        response = await books.post(f"{PATH}/{sheet['id']}/reversal", {"note": "x"})
        assert (response.status_code, response.json()["code"]) == (409, "not_reversible")

    async def test_refusals(self, books):
        entry = await books.record(books.members[0], 5_000)
        path = f"{PATH}/{entry['id']}/reversal"
        response = await books.client.post(path, json={"note": "x"}, headers=books.treasurer.headers)
        assert response.json()["code"] == "idempotency_key_missing"
        assert error_pointers(await books.post(path, {})) == {"/note": "missing"}
        early = {"note": "x", "business_date": str(today() - timedelta(days=1))}
        assert error_pointers(await books.post(path, early)) == {"/business_date": "reversal_before_entry"}
        late = {"note": "x", "business_date": str(today() + timedelta(days=1))}
        assert error_pointers(await books.post(path, late)) == {"/business_date": "business_date_future"}
        await books.record(books.members[0], 1, kind="withdrawal")
        assert (await books.post(path, {"note": "x"})).json()["code"] == "insufficient_balance"
        reversal = (await books.post(path.replace(entry["id"], str(uuid7())), {"note": "x"})).json()
        assert reversal["code"] == "not_found"
        assert (await books.post(f"{PATH}/not-an-id/reversal", {"note": "x"})).status_code == 404

    async def test_who_may(self, books):
        entry = await books.record(books.members[0], 5_000)
        path = f"{PATH}/{entry['id']}/reversal"
        assert (await books.client.post(path, json={})).status_code == 401
        collector = await books.world.user(books.group.unit, "collector", groups=[books.group.id])
        assert (await books.post(path, {"note": "x"}, login=collector)).status_code == 403
        farmers = await books.world.user(await books.world.unit("farmers_association"), "union_officer")
        assert (await books.post(path, {"note": "x"}, login=farmers)).status_code == 404
        assert (await books.post(path, {"note": "x"}, login=books.officer)).status_code == 201


class TestReadContributions:
    async def test_scope_of_lists(self, books):
        entry = await books.record(books.members[0], 5_000)
        world = books.world
        commune = await world.unit("womens_union", world.commune, level="commune")
        sibling = await world.unit("womens_union", world.sibling_commune, level="commune")
        national = await world.national("womens_union")
        see = [
            books.treasurer,
            books.officer,
            await world.user(commune, "union_officer"),
            await world.user(national, "union_officer"),
            await world.user(await world.unit("bhxh"), "bhxh_officer"),
            await world.partner(books.group.unit, "contributions:read"),
        ]
        for login in see:
            listed = (await books.get(PATH, login=login)).json()["items"]
            assert entry["id"] in [item["id"] for item in listed]
            assert (await books.get(f"{PATH}/{entry['id']}", login=login)).status_code == 200
        blind = [
            await world.user(sibling, "union_officer"),
            await world.user(await world.unit("farmers_association"), "union_officer"),
            await world.user(await world.unit("bhxh", world.sibling_province), "bhxh_officer"),
            await world.user(books.group.unit, "treasurer", groups=[]),
        ]
        for login in blind:
            for query in ({}, {"group_id": books.group.id}, {"group_code": books.group.code}):
                assert (await books.get(PATH, login=login, **query)).json()["items"] == []
            assert (await books.get(PATH, login=login, member_id=books.members[0])).json()["items"] == []
            assert (await books.get(f"{PATH}/{entry['id']}", login=login)).status_code == 404

    async def test_viewers_and_strangers_do_not_read(self, books):
        viewer = await books.world.user(books.group.unit, "viewer")
        for path in (PATH, f"{PATH}/{uuid7()}"):
            assert (await books.get(path, login=viewer)).status_code == 403
            assert (await books.client.get(path)).status_code == 401
            assert (await books.get(f"{path}?nope=1", login=viewer)).status_code == 403

    async def test_pages_and_filters(self, books):
        a, b, c = books.members
        other = await books.world.group(books.group.unit, members=1)
        old = today() - timedelta(days=400)
        created = [
            await books.record(a, 1),
            await books.record(a, 2, product="bhyt_hgd"),
            await books.record(b, 3, business_date=str(old)),
            await books.record(None, 4, kind="donation", product=None),
            await books.record(a, 1, kind="withdrawal"),
        ]
        sheet = (
            await books.post(
                "/v1/meetings",
                books.meeting_body(entry_line(a, 5), entry_line(c, 6), entry_line(a, 7, product="bhyt_hgd")),
            )
        ).json()
        outside = (
            await books.post(
                PATH, books.entry_body(other.members[0]) | {"group_id": str(other.id)}, login=books.officer
            )
        ).json()
        reversal = (await books.post(f"{PATH}/{created[0]['id']}/reversal", {"note": "x"})).json()
        newest = [reversal, *reversed(sheet["items"]), *reversed(created)]

        async def listed(login=None, **query) -> list[str]:
            items: list[dict] = []
            cursor: dict[str, str] = {}
            while True:
                page = await books.get(PATH, login=login, limit=2, **query, **cursor)
                assert page.status_code == 200, page.text
                items += page.json()["items"]
                assert len(page.json()["items"]) <= 2
                if page.json()["next_cursor"] is None:
                    return [item["id"] for item in items]
                cursor = {"cursor": page.json()["next_cursor"]}

        def ids(*entries: dict) -> list[str]:
            return [entry["id"] for entry in entries]

        assert await listed() == ids(*newest)
        assert await listed(books.officer) == ids(reversal, outside, *newest[1:])
        for login in (books.treasurer, books.officer):
            everything = newest if login is books.treasurer else [reversal, outside, *newest[1:]]
            assert await listed(login, group_code=books.group.code) == ids(*newest)
            assert await listed(login, member_id=a) == ids(*[e for e in newest if e["member_id"] == str(a)])
            assert await listed(login, member_id=a, group_id=other.id) == []
            assert await listed(login, kind="reversal") == ids(reversal)
            assert await listed(login, product="bhyt_hgd") == ids(sheet["items"][2], created[1])
            assert await listed(login, to=old) == ids(created[2])
            assert await listed(login, **{"from": today()}) == ids(
                *[e for e in everything if e["business_date"] == str(today())]
            )
            assert await listed(login, meeting_id=sheet["id"]) == ids(*reversed(sheet["items"]))
            assert await listed(login, meeting_id=sheet["id"], member_id=c) == ids(sheet["items"][1])
            assert await listed(login, meeting_id=created[0]["id"]) == []
        assert (await books.get(f"{PATH}/{created[3]['id']}")).json() == created[3] | {"reversed_by": None}

    async def test_wrong_questions_are_named(self, books):
        questions: list[tuple[dict, dict]] = [
            ({"limit": 0}, {"/query/limit": "greater_than_equal"}),
            ({"limit": "many"}, {"/query/limit": "int_parsing"}),
            ({"cursor": "x"}, {"/query/cursor": "cursor"}),
            ({"member": "x"}, {"/query/member": "unknown_parameter"}),
            ({"member_id": "x"}, {"/query/member_id": "uuid"}),
            ({"kind": "hold"}, {"/query/kind": "literal_error"}),
            ({"from": "yesterday"}, {"/query/from": "day"}),
            ({"to": ["2026-01-01", "2026-01-02"]}, {"/query/to": "repeated_parameter"}),
        ]
        for query, wrong in questions:
            response = await books.get(PATH, **query)
            assert (response.status_code, error_pointers(response)) == (422, wrong)

    async def test_a_cursor_belongs_to_its_filters(self, books):
        for amount in (1, 2):
            await books.record(books.members[0], amount)
        cursor = (await books.get(PATH, limit=1)).json()["next_cursor"]
        assert (await books.get(PATH, limit=1, cursor=cursor)).status_code == 200
        assert (await books.get(PATH, limit=1, cursor=cursor, kind="saving")).status_code == 422
        assert (await books.get("/v1/meetings", limit=1, cursor=cursor)).status_code == 422

    async def test_not_an_id_is_404(self, books):
        for part in ("x", "%00", str(uuid7()), str(uuid7()).replace("-", "")):
            assert (await books.get(f"{PATH}/{part}")).status_code == 404
