"""What limits a partner system beside its scopes, over HTTP: places and the sandbox."""

from datetime import timedelta

import httpx
import pytest

from app.core.values.ids import uuid7
from app.core.values.time import today
from tests.insurance.enrolment_scenario import BATCHES, enrolment_row
from tests.routers.responses import expect_json, expect_problem
from tests.routers.tenancy.client_requests import PATH, SCOPES, edit_client, send_batch
from tests.world import Login, Unit, World


@pytest.fixture
async def union(world: World) -> Unit:
    return await world.unit("womens_union")


@pytest.fixture
async def admin(world: World, union: Unit) -> Login:
    return await world.user(union, "union_admin")


@pytest.fixture
async def partner(world: World, union: Unit) -> Login:
    return await world.partner(union, *SCOPES)


async def list_names(client: httpx.AsyncClient, login: Login) -> set[str]:
    return {
        item["full_name"]
        for item in expect_json(await client.get("/v1/members", headers=login.headers))["items"]
    }


class TestPlaces:
    async def test_only_they_are_seen_and_written(self, client, world, union, admin, partner):
        await world.member(union, commune=world.commune, name="Người Ở Đây")
        await world.member(union, commune=world.sibling_commune, name="Người Bên Kia")
        assert await list_names(client, partner) == {"Người Ở Đây", "Người Bên Kia"}
        expect_json(await edit_client(client, admin, partner.id, place_codes=[world.commune]))
        assert await list_names(client, partner) == {"Người Ở Đây"}
        body = expect_json(
            await send_batch(
                client, partner, enrolment_row(world.commune), enrolment_row(world.sibling_commune)
            )
        )
        assert [item["status"] for item in body["items"]] == ["created", "rejected"]
        assert [error["code"] for error in body["items"][1]["errors"]] == ["outside_scope"]
        me = expect_json(await client.get("/v1/auth/me", headers=partner.headers))
        assert [place["code"] for place in me["places"]] == [world.commune]
        expect_json(await edit_client(client, admin, partner.id, 2, place_codes=None))
        assert "Người Bên Kia" in await list_names(client, partner)

    async def test_their_predecessors_are_among_them(self, client, world, union, admin, partner):
        before = await world.old_commune()
        await world.member(union, commune=before, name="Người Xã Cũ")
        expect_json(await edit_client(client, admin, partner.id, place_codes=[world.commune]))
        assert await list_names(client, partner) == {"Người Xã Cũ"}
        expect_json(await edit_client(client, admin, partner.id, 2, place_codes=[world.sibling_commune]))
        assert await list_names(client, partner) == set()

    async def test_a_nationwide_client_is_held_to_its_province(self, client, world, union):
        national = await world.national("womens_union")
        admin = await world.user(national, "union_admin")
        partner = await world.partner(national, "members:read")
        await world.member(union, name="Người Ở Đây")
        expect_json(await edit_client(client, admin, partner.id, place_codes=[world.province]))
        assert await list_names(client, partner) == {"Người Ở Đây"}
        me = expect_json(await client.get("/v1/auth/me", headers=partner.headers))
        assert (me["nationwide"], [place["level"] for place in me["places"]]) == (False, ["province"])
        expect_problem(
            await edit_client(client, admin, partner.id, 2, place_codes=["VN"]),
            422,
            "place_level",
            "/place_codes/0",
        )

    async def test_what_the_organisation_loses_the_client_loses(
        self, client, world, union, admin, partner, owner
    ):
        await world.member(union, name="Người Ở Đây")
        await world.member(union, commune=world.sibling_commune, name="Người Bên Kia")
        expect_json(await edit_client(client, admin, partner.id, place_codes=[world.province]))
        assert len(await list_names(client, partner)) == 2
        yesterday = today() - timedelta(days=1)
        await owner.execute(
            "update organisation_place set valid_to = $2 where organisation_id = $1", union.id, yesterday
        )
        assert await list_names(client, partner) == set()
        await owner.execute(
            "insert into organisation_place (organisation_id, place_code, valid_from, provinces, communes)"
            " select $1, $2, current_date, provinces, communes from expand_place($2)",
            union.id, world.commune,
        )  # fmt: skip
        assert await list_names(client, partner) == {"Người Ở Đây"}

    async def test_batches_of_others_are_not_shown(self, client, world, union, admin, partner):
        other = await world.partner(union, *SCOPES)
        theirs = expect_json(await send_batch(client, other, enrolment_row(world.sibling_commune)))
        expect_json(await edit_client(client, admin, partner.id, place_codes=[world.commune]))
        mine = expect_json(
            await send_batch(client, partner, enrolment_row(world.commune), key="của tôi".encode().hex())
        )
        again = await send_batch(
            client, partner, *[enrolment_row(world.commune)], key="của tôi".encode().hex()
        )
        expect_problem(again, 422, "idempotency_key_reused")
        listed = expect_json(await client.get(BATCHES, headers=partner.headers))["items"]
        assert [item["batch_id"] for item in listed] == [mine["batch_id"]]
        response = await client.get(f"{BATCHES}/{theirs['batch_id']}", headers=partner.headers)
        expect_problem(response, 404, "not_found")

    async def test_a_place_beyond_the_organisation_is_refused(self, client, world, union, admin, partner):
        for codes, status, code in (
            ([world.commune, world.sibling_province], 403, "outside_scope"),
            ([world.commune, "khong-co"], 404, "not_found"),
        ):
            expect_problem(
                await edit_client(client, admin, partner.id, place_codes=codes),
                status,
                code,
                "/place_codes/1",
            )
        for wrong in ([], ["có dấu"], "x", [1]):
            assert (await edit_client(client, admin, partner.id, place_codes=wrong)).status_code == 422

    async def test_it_is_said_at_the_making_and_in_the_audit(self, client, world, union, admin, owner):
        body = {
            "id": str(uuid7()),
            "client_id": f"c-{uuid7()}",
            "name": "Đối tác",
            "scopes": ["stats:read"],
            "sandbox": True,
            "place_codes": [world.commune],
            "requests_per_minute": 30,
            "rows_per_minute": 500,
        }
        created = expect_json(await client.post(PATH, json=body, headers=admin.headers), 201)
        limits = {name: created[name] for name in body if name in created}
        assert limits == body
        again = expect_json(await client.post(PATH, json=body, headers=admin.headers), 201)
        assert again == created | {"secret": None}
        other = await client.post(PATH, json=body | {"rows_per_minute": 501}, headers=admin.headers)
        expect_problem(other, 409, "id_taken")
        expect_json(await edit_client(client, admin, created["id"], sandbox=False, place_codes=None))
        events = await owner.fetch(
            "select event, fields::jsonb ->> 'sandbox' as sandbox, fields::jsonb ->> 'place_codes' as places"
            " from audit_event where subject_id = $1 order by id",
            created["id"],
        )
        assert [tuple(event) for event in events] == [
            ("client.created", "true", f'["{world.commune}"]'),
            ("client.changed", "false", None),
        ]


class TestSandbox:
    async def test_it_validates_and_reads_and_writes_nothing(
        self, client, world, union, admin, partner, owner
    ):
        await world.member(union, name="Người Ở Đây")
        expect_json(await edit_client(client, admin, partner.id, sandbox=True))
        me = expect_json(await client.get("/v1/auth/me", headers=partner.headers))
        assert (me["sandbox"], me["scopes"]) == (True, sorted(SCOPES))
        assert await list_names(client, partner) == {"Người Ở Đây"}
        body = expect_json(await send_batch(client, partner, enrolment_row(world.commune), mode="validate"))
        assert body["items"][0]["status"] == "created"
        assert expect_json(await client.get("/v1/enrolments", headers=partner.headers))["items"] == []
        for mode in ("partial", "atomic"):
            expect_problem(
                await send_batch(client, partner, enrolment_row(world.commune), mode=mode),
                403,
                "sandbox_only",
            )
        assert await list_names(client, partner) == {"Người Ở Đây"}
        count_sql = "select count(*) from enrolment_batch where client_id = $1"
        assert await owner.fetchval(count_sql, partner.id) == 1

    async def test_every_way_to_write_says_why(self, client, world, union, admin, partner):
        group = await world.group(union, members=1)
        expect_json(await edit_client(client, admin, partner.id, sandbox=True))
        entry = {
            "group_id": str(group.id), "member_id": str(group.members[0]), "kind": "saving",
            "product": "bhxh_tn", "amount": 10_000, "business_date": "2026-11-20",
        }  # fmt: skip
        sheet = {"group_id": str(group.id), "business_date": "2026-11-20", "items": [entry]}
        for path, body in (
            ("/v1/enrolments", enrolment_row(world.commune)),
            ("/v1/members", {"full_name": "Người Mới", "commune_code": world.commune}),
            ("/v1/contributions", entry),
            ("/v1/meetings", sheet),
            (f"/v1/contributions/{uuid7()}/reversal", {"reason": "nhầm"}),
            ("/v1/devices", {"name": "máy"}),
        ):
            headers = partner.headers | {"Idempotency-Key": str(uuid7())}
            expect_problem(await client.post(path, json=body, headers=headers), 403, "sandbox_only")
        # What it could not do either way is not the sandbox's doing.
        expect_problem(await client.get("/v1/users", headers=partner.headers), 403, "forbidden")
        expect_problem(await client.post("/v1/clients", json={}, headers=partner.headers), 403, "forbidden")

    async def test_lifted_it_writes_with_the_same_token(self, client, world, union, admin, partner):
        expect_json(await edit_client(client, admin, partner.id, sandbox=True))
        expect_json(await edit_client(client, admin, partner.id, 2, sandbox=False))
        body = expect_json(await send_batch(client, partner, enrolment_row(world.commune)))
        assert body["items"][0]["status"] == "created"

    async def test_nobody_lifts_it_who_could_not_give_the_scopes(self, client, world, union, admin, partner):
        expect_json(await edit_client(client, admin, partner.id, sandbox=True))
        bhxh = await world.user(await world.unit("bhxh"), "bhxh_admin")
        expect_problem(await edit_client(client, bhxh, partner.id, 2, sandbox=False), 403, "grant_exceeds")
        expect_problem(await edit_client(client, partner, partner.id, 2, sandbox=False), 403, "forbidden")

    async def test_it_ends_its_own_session(self, client, world, union, admin, partner):
        expect_json(await edit_client(client, admin, partner.id, sandbox=True))
        expect_json(await client.post("/v1/auth/logout", headers=partner.headers), 204)
        expect_problem(await client.get("/v1/auth/me", headers=partner.headers), 401, "unauthenticated")
