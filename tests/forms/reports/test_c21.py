"""C21-TS: who stopped, who only seems to have stopped, and who may see it."""

from datetime import date
from typing import Any

import pytest

from tests.forms.reports.scenario import ReportScenario, create_stopped_member
from tests.world import national_id


class TestC21:
    @pytest.fixture
    async def stopped(self, scenario: ReportScenario) -> ReportScenario:
        """In the first commune one stopped both, one went on, one died; beside it one stopped the card."""
        here: Any = {"group": scenario.group, "by": scenario.collector}
        card: Any = {"product": "bhyt_hgd", "due": 1_263_600, "support": None}
        both, _ = await create_stopped_member(scenario, **here, name="An Thôi Cả Hai")
        await scenario.payments.create_payment(
            scenario.group, both, date(2025, 11, 1), collector=scenario.collector, **card
        )
        on, _ = await create_stopped_member(scenario, **here, name="Bình Đi Tiếp")
        await scenario.payments.create_payment(
            scenario.group, on, date(2026, 10, 20), collector=scenario.collector, begins=date(2026, 11, 1)
        )
        _, died = await create_stopped_member(scenario, **here, name="Cúc Đã Mất")
        await scenario.payments.end_enrolment(died, date(2026, 11, 2), "died")
        _, moved = await create_stopped_member(
            scenario, **here, name="Dung Hoàn Trả", until=date(2027, 3, 31)
        )
        await scenario.payments.create_refund(
            moved, date(2026, 12, 1), amount=1, months=4, clawback=0, reason="compulsory"
        )
        await create_stopped_member(scenario, **here, name="Em Thôi Tháng Chín", until=date(2026, 8, 31))
        await create_stopped_member(
            scenario, scenario.sibling_group, scenario.sibling_collector, "Giang Thôi Thẻ", **card
        )
        return scenario

    async def test_who_stopped_and_did_not_return_with_what_is_marked(self, stopped):
        report = await stopped.create_report(stopped.bhxh, "c21_ts", "a")
        assert [
            (row.full_name, row.voluntary, row.health, row.month, row.organisation_code)
            for row in report.rows
        ] == [
            ("An Thôi Cả Hai", True, True, "11/2026", stopped.women.code),
            ("Giang Thôi Thẻ", False, True, "11/2026", stopped.sibling_women.code),
        ]
        first = report.rows[0]
        assert (first.commune_code, first.phone) == (stopped.world.commune, "0912000111")
        assert first.address == f"Xã Đơn vị {stopped.world.commune}, Tỉnh Đơn vị {stopped.world.province}"
        assert first.insurance_no.startswith("79")

    async def test_earlier_stops_are_told_on_demand(self, stopped):
        report = await stopped.create_report(stopped.bhxh, "c21_ts", "a", stopped_from="2026-09")
        assert [row.full_name for row in report.rows] == [
            "An Thôi Cả Hai",
            "Em Thôi Tháng Chín",
            "Giang Thôi Thẻ",
        ]

    async def test_counts_by_commune_office_and_province(self, stopped):
        sheets = {sheet: (await stopped.create_report(stopped.bhxh, "c21_ts", sheet)).rows for sheet in "bcd"}
        counts = {
            sheet: [(row.code, row.voluntary, row.health, row.strong) for row in rows]
            for sheet, rows in sheets.items()
        }
        world, province = stopped.world, (stopped.province_unit.code, 1, 2, True)
        assert counts["b"] == [(world.commune, 1, 1, False), (world.sibling_commune, 0, 1, False)]
        office = stopped.office_unit.code
        assert counts["c"][0] == province
        assert sorted(counts["c"][1:]) == sorted(
            [(office, 1, 1, True), (world.commune, 1, 1, False), (world.sibling_commune, 0, 1, False)]
        )
        assert counts["d"] == [province, (office, 1, 1, False)]

    async def test_taken_up_in_another_union_is_known_to_bhxh_alone(self, stopped):
        number = national_id()
        columns = {"national_id": number, "social_insurance_no": None}
        await create_stopped_member(stopped, stopped.group, stopped.collector, "Hoa Đổi Hội", columns=columns)
        again = await stopped.create_member(stopped.farmers_group, "Hoa Đổi Hội", **columns)
        await stopped.payments.create_payment(
            stopped.farmers_group,
            again,
            date(2026, 10, 20),
            collector=stopped.farmer,
            begins=date(2026, 11, 1),
            kind="again",
        )
        for_bhxh = await stopped.create_report(stopped.bhxh, "c21_ts", "a")
        for_women = await stopped.create_report(stopped.officer, "c21_ts", "a")
        assert "Hoa Đổi Hội" not in [row.full_name for row in for_bhxh.rows]
        assert "Hoa Đổi Hội" in [row.full_name for row in for_women.rows]
        assert await stopped.create_report(stopped.farmer, "c21_ts", "a") is not None
        assert (await stopped.create_report(stopped.farmer, "c21_ts", "a")).rows == []

    @pytest.mark.parametrize(("product", "is_listed"), [("bhxh_tn", True), ("bhyt_hgd", False)])
    async def test_a_free_card_is_in_place_of_a_card_alone(self, stopped, product, is_listed):
        member, _ = await create_stopped_member(
            stopped, stopped.group, stopped.collector, "Hoa Thẻ Khác", product=product
        )
        await stopped.world.owner.execute(
            "insert into other_insurance (id, network, organisation_id, province_code, commune_code, member_id, kind,"
            " valid_from, entered_by) values (gen_random_uuid(), 'bhxh', $1, $2, $3, $4, 'social_pension', '2026-12-01', $5)",
            stopped.province_unit.id, stopped.world.province, stopped.world.commune, member, stopped.bhxh.id,
        )  # fmt: skip
        names = [row.full_name for row in (await stopped.create_report(stopped.bhxh, "c21_ts", "a")).rows]
        assert ("Hoa Thẻ Khác" in names) is is_listed

    async def test_who_is_insured_elsewhere_did_not_stop(self, stopped):
        member, _ = await create_stopped_member(stopped, stopped.group, stopped.collector, "Kim Đi Làm")
        await stopped.world.owner.execute(
            "insert into other_insurance (id, network, organisation_id, province_code, commune_code, member_id, kind,"
            " valid_from, entered_by) values (gen_random_uuid(), 'bhxh', $1, $2, $3, $4, 'compulsory', '2026-12-01', $5)",
            stopped.province_unit.id, stopped.world.province, stopped.world.commune, member, stopped.bhxh.id,
        )  # fmt: skip
        for who in (stopped.bhxh, stopped.officer):
            assert "Kim Đi Làm" not in [
                row.full_name for row in (await stopped.create_report(who, "c21_ts", "a")).rows
            ]

    @pytest.mark.parametrize(
        ("product", "begins", "ended_on", "month"),
        [
            ("bhxh_tn", date(2025, 11, 1), None, "11/2026"),  # to the end of 10/2026
            ("bhxh_tn", date(2025, 10, 1), None, "10/2026"),
            ("bhyt_hgd", date(2025, 11, 1), None, "11/2026"),
            ("bhyt_hgd", date(2025, 10, 31), None, "10/2026"),  # the last day is 30 October
            ("bhyt_hgd", date(2025, 11, 2), None, "11/2026"),
            ("bhxh_tn", date(2026, 1, 1), date(2026, 10, 31), "11/2026"),
            ("bhxh_tn", date(2026, 1, 1), date(2026, 9, 30), "10/2026"),
            ("bhyt_hgd", date(2026, 1, 1), date(2026, 11, 29), "11/2026"),
            ("bhyt_hgd", date(2026, 1, 1), date(2026, 11, 30), "12/2026"),
        ],
    )
    async def test_the_month_is_that_of_the_first_day_without_insurance(
        self, scenario, product, begins, ended_on, month
    ):
        """ended_on: the last day that was left of a period that reached further."""
        member = await scenario.create_member(scenario.group, "Lan Thôi")
        await scenario.payments.create_payment(
            scenario.group, member, begins, collector=scenario.collector, product=product
        )
        await scenario.world.owner.execute(
            "update coverage set ended_on = $2 where member_id = $1", member, ended_on
        )
        for asked in ("10/2026", "11/2026", "12/2026"):
            report = await scenario.create_report(
                scenario.officer, "c21_ts", "a", month=f"{asked[3:]}-{asked[:2]}"
            )
            assert [row.month for row in report.rows] == ([month] if asked == month else []), asked

    @pytest.mark.parametrize(("list_date", "names"), [("2026-11-14", []), ("2026-11-15", ["Mai Thôi"])])
    async def test_who_is_still_insured_on_the_lists_day_did_not_stop(self, scenario, list_date, names):
        """The last day is 14 November."""
        member = await scenario.create_member(scenario.group, "Mai Thôi")
        await scenario.payments.create_payment(
            scenario.group, member, date(2025, 11, 15), collector=scenario.collector, product="bhyt_hgd"
        )
        report = await scenario.create_report(scenario.officer, "c21_ts", "a", list_date=list_date)
        assert [row.full_name for row in report.rows] == names
