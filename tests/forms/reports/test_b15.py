"""B15-UQ beside figures that were calculated by hand."""

from datetime import date
from typing import Any

from tests.forms.reports.scenario import ReportScenario


async def insert_target(scenario: ReportScenario, value: int, *, metric: str, **columns: Any) -> None:
    """A target of 2026 that BHXH set for somebody."""
    values = {
        "network": "womens_union", "period": "year", "period_from": date(2026, 1, 1), "period_to": date(2026, 12, 31),
        "set_by_network": "bhxh", "product": None, "for_organisation_id": None, "for_user_id": None,
    } | columns  # fmt: skip
    await scenario.world.owner.execute(
        "insert into target (id, network, organisation_id, province_code, metric, product, for_organisation_id,"
        " for_user_id, period, period_from, period_to, value, unit, qualifier, set_by_network, created_by, version)"
        " values (gen_random_uuid(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'people', 'exact', $12, $13, 1)",
        values["network"], scenario.province_unit.id, scenario.world.province, metric, values["product"],
        values["for_organisation_id"], values["for_user_id"], values["period"], values["period_from"],
        values["period_to"], value, values["set_by_network"], scenario.bhxh.id,
    )  # fmt: skip


class TestB15:
    async def test_organisations_with_their_collectors(self, paid_scenario):
        women, who = paid_scenario.women.id, paid_scenario.collector.id
        await insert_target(paid_scenario, 40, metric="participants_bhxh_tn", for_organisation_id=women)
        await insert_target(
            paid_scenario,
            99,
            metric="participants_bhxh_tn",
            for_organisation_id=women,
            set_by_network="womens_union",
        )
        await insert_target(
            paid_scenario, 15, metric="new_participants", product="bhxh_tn", for_organisation_id=women
        )
        await insert_target(paid_scenario, 4, metric="participants_bhxh_tn", for_user_id=who)
        month = {"period": "month", "for_organisation_id": women, "metric": "participants_bhyt_hgd"}
        for number, first in enumerate((date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)), 3):
            await insert_target(paid_scenario, number, **month, period_from=first, period_to=first)
        report = await paid_scenario.create_report(paid_scenario.bhxh, "b15_uq", "a")
        lines = {row.code: row for row in report.rows if row.code}
        own = lines[paid_scenario.women.code]
        assert (own.kind, own.voluntary.target, own.voluntary.target_new, own.voluntary.target_again) == (
            "part",
            40,
            15,
            25,
        )
        assert (own.voluntary.new, own.voluntary.again, own.voluntary.cumulative) == (1, 1, 3)
        assert (own.health.target, own.health.new, own.health.again, own.health.cumulative) == (7, 0, 1, 1)
        one = lines[paid_scenario.collector.username]
        assert (one.kind, one.voluntary.target, one.voluntary.target_new, one.voluntary.cumulative) == (
            "line",
            4,
            None,
            3,
        )
        total = report.rows[-1]
        assert (total.kind, total.voluntary.new, total.voluntary.again, total.voluntary.cumulative) == (
            "total",
            4,
            1,
            6,
        )

    async def test_offices_and_provinces(self, paid_scenario):
        by_office = await paid_scenario.create_report(paid_scenario.bhxh, "b15_uq", "b")
        parts = {row.code: row.voluntary.cumulative for row in by_office.rows if row.kind == "part"}
        assert parts == {paid_scenario.office_unit.code: 3, paid_scenario.province_unit.code: 3}
        by_province = await paid_scenario.create_report(paid_scenario.bhxh, "b15_uq", "c")
        assert [(row.no, row.code) for row in by_province.rows if row.kind == "part"] == [
            ("I", paid_scenario.province_unit.code)
        ]
        assert {row.no for row in by_province.rows if row.kind == "line"} >= {"I.I", "I.II", "1"}
        assert by_office.rows[-1].voluntary == by_province.rows[-1].voluntary

    async def test_who_pays_every_month_counts_once_in_the_year(self, scenario):
        member = await scenario.create_member(scenario.group, "Nguyễn Thị Đều")
        for month, kind in ((9, "first"), (10, "again"), (11, "again")):
            await scenario.payments.create_payment(
                scenario.group,
                member,
                date(2026, month, 2),
                collector=scenario.collector,
                months=1,
                kind=kind,
                begins=date(2026, month, 1),
            )
        (own, _, total) = (await scenario.create_report(scenario.officer, "b15_uq", "a")).rows
        assert (own.voluntary.new, own.voluntary.again, own.voluntary.cumulative) == (0, 1, 1)
        assert total.voluntary == own.voluntary

    async def test_another_union_is_not_there(self, paid_scenario):
        report = await paid_scenario.create_report(paid_scenario.farmer, "b15_uq", "a")
        assert [row.code for row in report.rows if row.kind == "part"] == [paid_scenario.farmers.code]
