"""Export lists on official forms over HTTP: created once, numbered, read, written again."""

import json
from datetime import date
from io import BytesIO
from uuid import uuid4

import docx
import pytest
from openpyxl import load_workbook

from app.core.values.ids import uuid7
from tests.forms.lists.payment_factories import insert_payment
from tests.world import national_id

DAY = "2026-11-21"


@pytest.fixture
async def union(world):
    return await world.unit("womens_union", world.commune, level="commune")


@pytest.fixture
async def officer(world, union):
    return await world.user(union, "union_officer")


@pytest.fixture
async def group(world, union):
    return await world.group(union)


async def create_paid_member(world, group, name="Nguyễn Thị Đào", **columns):
    member = await world.member(group.unit, name=name, commune=group.commune)
    for column, value in columns.items():
        await world.owner.execute(f"update member set {column} = $2 where id = $1", member, value)
    return member


async def create_list(client, login, key=None, **body):
    headers = login.headers | {"Idempotency-Key": key or str(uuid4())}
    return await client.post("/v1/exports", json={"form": "d05_ts", "list_date": DAY} | body, headers=headers)


async def read_sheet(client, login, created):
    response = await client.get(created.json()["file_url"], headers=login.headers)
    assert response.status_code == 200, response.text
    assert int(response.headers["content-length"]) == len(response.content)
    return load_workbook(BytesIO(response.content)).active


def cell_values(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


class TestMakeExport:
    async def test_anonymous_is_401(self, client):
        response = await client.post("/v1/exports", json={"form": "d05_ts", "list_date": DAY})
        assert response.status_code == 401

    async def test_treasurer_is_403(self, client, world, union, group):
        treasurer = await world.user(union, "treasurer", groups=[group.id])
        assert (await create_list(client, treasurer)).status_code == 403

    async def test_without_a_key_is_400(self, client, officer):
        body = {"form": "d05_ts", "list_date": DAY}
        response = await client.post("/v1/exports", json=body, headers=officer.headers)
        assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_missing")

    @pytest.mark.parametrize("key", ["k" * 201, "Tờ khai 1", " "], ids=["too long", "not ASCII", "a space"])
    async def test_a_key_that_no_other_route_takes_is_422(self, client, officer, key):
        response = await create_list(client, officer, key.encode())
        assert response.status_code == 422
        assert [error["pointer"] for error in response.json()["errors"]] == ["/header/Idempotency-Key"]

    async def test_lists_what_was_paid(self, client, world, officer, group):
        member = await create_paid_member(
            world, group, social_insurance_no="4215000123", birth_date=date(1984, 3, 2), sex="female"
        )
        await insert_payment(world, group, member)
        created = await create_list(client, officer, collector={"name": "Trần Thị Lan", "code": "NV01"})
        assert created.status_code == 201, created.text
        body = created.json()
        assert created.headers["location"] == f"/v1/exports/{body['id']}"
        assert (body["layout"], body["number"], body["year"], body["rows"]) == (366, 1, 2026, 1)
        assert body["totals"]["amount_due"] == 3_960_000
        sheet = await read_sheet(client, officer, created)
        assert sheet["A3"].value == "Họ và tên nhân viên thu: Trần Thị Lan"
        assert sheet["A7"].value == "Số: 1/2026 ; ngày 21 tháng 11 năm 2026"
        assert [cell.value for cell in sheet[15]] == [
            1, "Nguyễn Thị Đào", "4215000123", "02/03/1984", "12/2026", 12, 1_500_000, 3_960_000, 2_376_000, 40, None,
            None, None, None, "Bản điện tử", "Tham gia lần đầu", None,
        ]  # fmt: skip
        assert (sheet["B16"].value, sheet["H16"].value, sheet["I16"].value) == ("Cộng", 3_960_000, 2_376_000)

    async def test_column_7_is_what_is_left_after_every_support(self, client, world, officer, group):
        """c7 = c6 − c4 × c8 % × 22 % × CN − c10 − c12, with the province's share and a donor's money."""
        await insert_payment(
            world, group, await create_paid_member(world, group), province_support=396_000, other_support=500_000,
            more_rules={"province_support_rate_near_poor": "0.1"}, remuneration_kind="again",
            continuous_since=date(2024, 1, 1),
        )  # fmt: skip
        sheet = await read_sheet(client, officer, await create_list(client, officer, receive_as="paper"))
        due, pays, state, extra_rate, extra, other_rate, other = [cell.value for cell in sheet[15]][7:14]
        assert (state, extra_rate, extra, other_rate, other) == (40, 10, 396_000, None, 500_000)
        assert pays == due - 12 * state * 1_500_000 * 22 // 10_000 - extra - other == 1_480_000
        assert [cell.value for cell in sheet[15]][14:16] == ["Bản giấy", "Đóng tiếp"]

    async def test_money_of_the_province_leaves_the_rate_empty(self, client, world, officer, group):
        await insert_payment(
            world, group, await create_paid_member(world, group), province_support=240_000,
            more_rules={"province_support_dong_near_poor": "20000"},
        )  # fmt: skip
        sheet = await read_sheet(client, officer, await create_list(client, officer))
        assert [cell.value for cell in sheet[15]][10:12] == [None, 240_000]

    async def test_a_province_that_supports_fewer_months_is_told_as_an_amount(
        self, client, world, officer, group
    ):
        """Column 10 = 4 × 9 × 22 % × CN would not hold for a rate of two months of twelve."""
        await insert_payment(
            world, group, await create_paid_member(world, group), province_support=66_000,
            more_rules={"province_support_rate_near_poor": "0.1"},
            formula=json.dumps({"rate": "0.22", "support_rate": "0.4", "province_rate_months": 2}),
        )  # fmt: skip
        sheet = await read_sheet(client, officer, await create_list(client, officer))
        assert [cell.value for cell in sheet[15]][10:12] == [None, 66_000]

    async def test_notes_what_the_columns_do_not_tell(self, client, world, officer, group):
        await insert_payment(
            world, group, await create_paid_member(world, group), method="years_2", months=24, amount_due=7_376_770,
            state_support=660_000, supported_months=10, remuneration_kind="again",
        )  # fmt: skip
        sheet = await read_sheet(client, officer, await create_list(client, officer))
        assert [cell.value for cell in sheet[15]][15:] == [
            "Đăng ký lại",
            "Một lần cho 2 năm về sau; NSNN hỗ trợ 10/24 tháng",
        ]

    async def test_tells_who_came_first_also_where_no_remuneration_is_paid(
        self, client, world, officer, group
    ):
        newcomer, known, declared = [await create_paid_member(world, group, name=f"Người {n}") for n in "ABC"]
        await insert_payment(
            world, group, known, remuneration_kind=None, from_month=date(2025, 12, 1), payment_date=date(2025, 11, 20)
        )  # fmt: skip
        await insert_payment(world, group, known, remuneration_kind=None, continuous_since=date(2025, 12, 1))
        await insert_payment(world, group, newcomer, remuneration_kind=None)
        await insert_payment(world, group, declared, remuneration_kind=None, insured_since=date(2019, 1, 1))
        sheet = await read_sheet(client, officer, await create_list(client, officer))
        marked_rows = sorted((sheet.cell(row, 2).value, sheet.cell(row, 16).value) for row in range(15, 19))
        assert marked_rows == [
            ("Người A", "Tham gia lần đầu"),
            ("Người B", "Tham gia lần đầu"),
            ("Người B", "Đóng tiếp"),
            ("Người C", "Đăng ký lại"),
        ]

    async def test_older_days_have_the_older_layout(self, client, world, officer, group):
        await insert_payment(
            world, group, await create_paid_member(world, group), payment_date=date(2025, 3, 10), from_month=date(2025, 3, 1),
            state_support=990_000,
        )  # fmt: skip
        created = await create_list(client, officer, list_date="2026-04-30")
        assert created.json()["layout"] == 595
        sheet = await read_sheet(client, officer, created)
        assert sheet["G12"].value == "4=5+6"
        assert [cell.value for cell in sheet[13]] == [
            1, "Nguyễn Thị Đào", None, 1_500_000, "03/2025", 12, 3_960_000, 2_970_000, 990_000, "Tham gia lần đầu", None,
        ]  # fmt: skip

    async def test_a_payment_is_in_one_list(self, client, world, officer, group):
        await insert_payment(world, group, await create_paid_member(world, group))
        assert (await create_list(client, officer)).status_code == 201
        again = await create_list(client, officer)
        assert (again.status_code, again.json()["code"]) == (409, "nothing_to_list")
        await insert_payment(world, group, await create_paid_member(world, group, name="Trần Thị Hai"))
        second = await create_list(client, officer)
        assert (second.json()["number"], second.json()["rows"]) == (2, 1)

    async def test_bhxh_lists_for_itself(self, client, world, officer, group):
        await insert_payment(world, group, await create_paid_member(world, group))
        bhxh = await world.user(await world.unit("bhxh"), "bhxh_officer")
        assert (await create_list(client, bhxh)).json()["rows"] == 1
        assert (await create_list(client, officer)).json()["rows"] == 1

    async def test_same_key_answers_the_first_result(self, client, world, officer, group):
        await insert_payment(world, group, await create_paid_member(world, group))
        first = await create_list(client, officer, "key-1")
        again = await create_list(client, officer, "key-1")
        assert again.headers["idempotency-replayed"] == "true"
        assert (again.status_code, again.json()) == (201, first.json())
        other = await create_list(client, officer, "key-1", receive_as="paper")
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")

    async def test_held_voided_and_others_payments_are_not_listed(self, client, world, officer, group):
        await insert_payment(
            world, group, await create_paid_member(world, group), status="held", payment_date=None, priced_on=date(2026, 11, 20),
            receipt_series=None, receipt_no=None, posted_at=None,
        )  # fmt: skip
        farmers = await world.group(await world.unit("farmers_association", world.commune, level="commune"))
        await insert_payment(world, farmers, await create_paid_member(world, farmers))
        sibling = await world.group(
            await world.unit("womens_union", world.sibling_commune, level="commune"),
            commune=world.sibling_commune,
        )
        await insert_payment(world, sibling, await create_paid_member(world, sibling))
        assert (await create_list(client, officer)).json()["code"] == "nothing_to_list"

    async def test_filters_choose(self, client, world, officer, union, group):
        other = await world.group(union)
        await insert_payment(
            world, group, await create_paid_member(world, group), payment_date=date(2026, 11, 1)
        )
        await insert_payment(
            world, group, await create_paid_member(world, group), payment_date=date(2026, 11, 15)
        )
        await insert_payment(
            world, other, await create_paid_member(world, other), payment_date=date(2026, 11, 15)
        )
        filters = {"group_code": group.code, "commune_code": world.commune, "paid_from": "2026-11-10"}
        created = await create_list(client, officer, **filters, paid_to="2026-11-15", product="bhxh_tn")
        assert created.json()["rows"] == 1

    async def test_a_later_payment_waits_for_a_later_list(self, client, world, officer, group):
        await insert_payment(
            world, group, await create_paid_member(world, group), payment_date=date(2026, 11, 20)
        )
        assert (await create_list(client, officer, list_date="2026-11-19")).json()[
            "code"
        ] == "nothing_to_list"

    async def test_anothers_group_is_404(self, client, world, officer):
        farmers = await world.group(await world.unit("farmers_association"))
        response = await create_list(client, officer, group_id=str(farmers.id))
        assert (response.status_code, response.json()["errors"][0]["pointer"]) == (404, "/group_id")

    async def test_another_commune_is_403(self, client, world, officer):
        response = await create_list(client, officer, commune_code=world.sibling_commune)
        assert (response.status_code, response.json()["code"]) == (403, "outside_scope")

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"list_date": "2999-01-01"}, "/list_date"),
            ({"list_date": "2017-06-30"}, "/list_date"),
            ({"form": "mau_3", "list_date": "2026-04-30"}, "/list_date"),
            ({"product": "bhyt_hgd"}, "/product"),
            ({"paid_from": "2026-11-20", "paid_to": "2026-11-19"}, "/paid_to"),
            ({"form": "tk1_ts"}, "/enrolment_ids"),
            ({"form": "d99"}, "/form"),
            ({"enrolment_ids": []}, "/enrolment_ids"),
            ({"collector": {"name": "A\u0000"}}, "/collector/name"),
            ({"receive_as": "fax"}, "/receive_as"),
            ({"nope": 1}, "/nope"),
        ],
    )
    async def test_hostile_input_names_the_field(self, client, officer, body, pointer):
        response = await create_list(client, officer, **body)
        assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, pointer)

    async def test_an_enrolment_of_nobody_is_404(self, client, officer):
        response = await create_list(client, officer, form="tk1_ts", enrolment_ids=[str(uuid4())])
        assert (response.status_code, response.json()["errors"][0]["pointer"]) == (404, "/enrolment_ids/0")

    async def test_is_audited_without_names(self, client, world, officer, group):
        await insert_payment(world, group, await create_paid_member(world, group))
        created = await create_list(client, officer)
        await read_sheet(client, officer, created)
        events = await world.owner.fetch(
            "select event, fields::text from audit_event where subject_id = $1 order by id",
            created.json()["id"],
        )
        assert [row["event"] for row in events] == ["export.made", "export.read"]
        assert "Đào" not in "".join(row["fields"] for row in events)


class TestHostileNames:
    @pytest.mark.parametrize("name", ['=HYPERLINK("http://x.example","a")', "@SUM(1)", "+1", "-1", "\t=1+1"])
    async def test_is_text_in_the_file(self, client, world, officer, group, name):
        await insert_payment(world, group, await create_paid_member(world, group, full_name=name))
        sheet = await read_sheet(client, officer, await create_list(client, officer))
        assert sheet["B15"].data_type == "s"
        assert sheet["B15"].value == f"'{name}"


class TestCards:
    async def test_mau_3_tells_salary_by_order_and_support(self, client, world, officer, group):
        number = national_id()
        member = await create_paid_member(
            world, group, national_id=number, health_card_no=None, social_insurance_no="4215000777"
        )
        await insert_payment(
            world, group, member, product="bhyt_hgd", monthly_income=None, amount_due=956_340, state_support=0,
            supported_months=0, support_group=None, household_order=2, other_support=95_634,
            more_rules={"bhyt_order_2": "0.7"},
        )  # fmt: skip
        created = await create_list(client, officer, form="mau_3")
        sheet = await read_sheet(client, officer, created)
        assert [cell.value for cell in sheet[12]][:2] == ["(1)", "Tăng"]
        assert [cell.value for cell in sheet[13]] == [
            1, "Nguyễn Thị Đào", "4215000777", number, None, 1_771_000, None, None, None, None, "12/2026", None,
            "x", None, "12 tháng; hỗ trợ khác 10%",
        ]  # fmt: skip

    async def test_mau_4_lists_the_whole_household(self, client, world, union, officer, group):
        head = await create_paid_member(world, group, name="Trần Văn Hùng", sex="male", phone="0912000111")
        wife = await create_paid_member(world, group, sex="female")
        child = await create_paid_member(world, group, name="Trần Văn Con", sex="male")
        household_id = uuid7()
        await world.owner.execute(
            "insert into household (id, network, organisation_id, province_code, commune_code, address, head_member_id)"
            " values ($1, $2, $3, $4, $5, 'Số 5', $6)",
            household_id, union.network, union.id, world.province, world.commune, head,
        )  # fmt: skip
        for member, relation in ((head, None), (wife, "spouse"), (child, "child")):
            await world.owner.execute(
                "update member set household_id = $2, relation_to_head = $3 where id = $1",
                member,
                household_id,
                relation,
            )
        card = {"product": "bhyt_hgd", "monthly_income": None, "supported_months": 0, "support_group": None}
        await insert_payment(world, group, head, **card, amount_due=1_366_200, state_support=0)
        await insert_payment(
            world, group, wife, **card | {"support_group": "near_poor"}, amount_due=1_366_200, state_support=956_340
        )  # fmt: skip
        created = await create_list(client, officer, form="mau_4")
        assert created.json()["rows"] == 3
        sheet = await read_sheet(client, officer, created)
        assert sheet["B9"].value == "Họ và tên chủ hộ: Trần Văn Hùng số điện thoại (nếu có): 0912000111"
        assert sheet["B10"].value.endswith(": Số 5")
        assert sheet["B11"].value.startswith(f"Xã, phường, đặc khu: Xã Đơn vị {world.commune} Tỉnh")
        rows = [[cell.value for cell in sheet[number]] for number in (16, 17, 18)]
        assert [row[1] for row in rows] == ["Trần Văn Hùng", "Nguyễn Thị Đào", "Trần Văn Con"]
        assert [row[6:] for row in rows] == [
            [2_530_000, "Chủ hộ", None, "x", None, "12 tháng"],
            [2_530_000, "Vợ", 70, "x", None, "12 tháng"],
            [None, "Con", None, None, None, None],
        ]
        assert sheet["A20"].value.startswith(
            "Tổng số người đề nghị cấp thẻ bảo hiểm y tế: 2 (Trong đó: 0 thẻ"
        )


class TestDeclaration:
    async def test_tk1_is_a_filled_document(self, client, world, officer, group):
        member = await create_paid_member(
            world, group, sex="female", birth_date=date(1984, 3, 2), social_insurance_no="4215000888",
            phone="0912000112",
        )  # fmt: skip
        payment = await insert_payment(world, group, member)
        enrolment = await world.owner.fetchval(
            "select enrolment_id from premium_payment where id = $1", payment
        )
        created = await create_list(client, officer, form="tk1_ts", enrolment_ids=[str(enrolment)])
        assert created.status_code == 201, created.text
        response = await client.get(created.json()["file_url"], headers=officer.headers)
        assert "TK1-TS-1-2026.docx" in response.headers["content-disposition"]
        assert "camera=()" in response.headers["permissions-policy"]
        assert response.headers["content-security-policy"].startswith("default-src 'none'")
        text = "\n".join(line.text for line in docx.Document(BytesIO(response.content)).paragraphs)
        assert "Mã số BHXH: 4215000888" in text
        assert "[01]. Họ và tên: Nguyễn Thị Đào [02]. Giới tính: - ☐ Nam       - ☒ Nữ" in text
        assert "[03]. Ngày, tháng, năm sinh: 02/03/1984" in text
        assert "[12]. Mức tiền đóng: 1.500.000 đồng [13]. Phương thức đóng: 12 tháng một lần" in text
        assert "[15]. Đối tượng tham gia: (4) tham gia BHXH tự nguyện" in text


class TestReadExport:
    async def test_anonymous_is_401(self, client):
        assert (await client.get(f"/v1/exports/{uuid4()}")).status_code == 401

    async def test_other_union_and_sibling_are_404(self, client, world, officer, group):
        await insert_payment(world, group, await create_paid_member(world, group))
        created = (await create_list(client, officer)).json()
        farmers = await world.user(await world.unit("farmers_association"), "union_officer")
        sibling = await world.unit("womens_union", world.sibling_commune, level="commune")
        for login in (farmers, await world.user(sibling, "union_officer")):
            for path in (f"/v1/exports/{created['id']}", created["file_url"]):
                assert (await client.get(path, headers=login.headers)).status_code == 404
            assert (await client.get("/v1/exports", headers=login.headers)).json()["items"] == []

    async def test_province_and_bhxh_see_it(self, client, world, officer, group):
        await insert_payment(world, group, await create_paid_member(world, group))
        created = (await create_list(client, officer)).json()
        for network, role in (("womens_union", "union_officer"), ("bhxh", "bhxh_officer")):
            login = await world.user(await world.unit(network), role)
            assert (await client.get(f"/v1/exports/{created['id']}", headers=login.headers)).json() == created
            assert (await client.get(created["file_url"], headers=login.headers)).status_code == 200


class TestListExports:
    async def test_newest_first_by_form_and_year(self, client, world, officer, group):
        await insert_payment(world, group, await create_paid_member(world, group))
        first = (await create_list(client, officer)).json()
        await insert_payment(
            world, group, await create_paid_member(world, group), payment_date=date(2025, 12, 1)
        )
        second = (await create_list(client, officer, list_date="2025-12-31")).json()
        everything = (await client.get("/v1/exports", headers=officer.headers)).json()["items"]
        assert everything == [second, first]
        of_year = await client.get("/v1/exports?year=2026&form=d05_ts", headers=officer.headers)
        assert of_year.json()["items"] == [first]
        none = await client.get("/v1/exports?form=mau_4", headers=officer.headers)
        assert none.json()["items"] == []

    async def test_unknown_filter_is_422(self, client, officer):
        assert (await client.get("/v1/exports?x=1", headers=officer.headers)).status_code == 422


class TestReadFile:
    async def test_reprint_is_identical_whatever_changed(self, client, world, officer, group):
        member = await create_paid_member(world, group)
        payment = await insert_payment(world, group, member)
        created = await create_list(client, officer)
        before = cell_values(await read_sheet(client, officer, created))
        await world.owner.execute("update member set full_name = 'Tên Khác' where id = $1", member)
        await world.owner.execute(
            "update premium_payment set status = 'refunded', version = 2 where id = $1", payment
        )
        await world.owner.execute(
            "update organisation set name = 'Khác' where id = $1", officer.organisation_id
        )
        assert cell_values(await read_sheet(client, officer, created)) == before

    async def test_a_list_cannot_be_changed(self, client, world, officer, group):
        await insert_payment(world, group, await create_paid_member(world, group))
        created = (await create_list(client, officer)).json()
        row = (
            "list_id, 2, network, organisation_id, province_code, commune_code, form, null, null, null, data"
        )
        for statement in (
            "update export_list set number = 9 where id = $1",
            "delete from export_list where id = $1",
            "update export_row set data = '{}' where list_id = $1",
            "delete from export_row where list_id = $1",
            f"insert into export_row select {row} from export_row where list_id = $1",
        ):
            with pytest.raises(Exception, match=r"keeps what|append-only|never added"):
                await world.owner.execute(statement, created["id"])

    async def test_part_of_a_list_is_no_list(self, client, world, union, officer, group):
        """A provincial unit lists two communes; whoever sees only one of them gets no file."""
        above = await world.unit("womens_union", world.province)
        seat = await world.user(above, "union_officer")
        await world.owner.execute(
            "update organisation set commune_code = $2 where id = $1", above.id, world.commune
        )
        other = await world.group(above, commune=world.sibling_commune)
        await insert_payment(world, group, await create_paid_member(world, group))
        await insert_payment(world, other, await create_paid_member(world, other))
        created = (await create_list(client, seat)).json()
        assert created["rows"] == 2
        assert (await client.get(created["file_url"], headers=seat.headers)).status_code == 200
        assert (await client.get(created["file_url"], headers=officer.headers)).status_code == 404
