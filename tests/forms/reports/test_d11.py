"""D11-TS beside figures that were calculated by hand."""

import pytest

from app.core.errors import NotFound


class TestD11:
    async def test_detail_of_one_organisation_is_its_payments_and_refunds(self, paid_scenario):
        report = await paid_scenario.create_report(
            paid_scenario.bhxh, "d11_ts", "detail", organisation_code=paid_scenario.women.code
        )
        lines = [
            (row.full_name, row.level, row.method, row.first, str(row.rate.normalize()), row.paid, row.earned)
            for row in report.rows[:3]
        ]
        assert lines == [
            ("Trần Thị Hai", 330_000, "12 tháng", True, "18", 1_980_000, 356_400),
            ("Lê Thị Ba", 330_000, "12 tháng", False, "9", 2_376_000, 213_840),
            ("Nguyễn Thị Một", 113_850, "12 tháng", False, "3.77", 1_366_200, 51_506),
        ]
        (refund,) = report.rows[3:]
        assert (refund.full_name, refund.first, refund.months_refunded) == ("Nguyễn Thị Một", True, 8)
        assert (refund.refunded, refund.clawback, refund.paid, refund.earned) == (2_112_000, 380_160, 0, 0)
        assert {row.collector_code for row in report.rows} == {paid_scenario.collector.username}
        assert (report.head.unit_code, report.head.unit_name) == (
            paid_scenario.women.code,
            f"Tổ chức {paid_scenario.women.code}",
        )

    async def test_organisations_offices_and_provinces_have_the_same_sums(self, paid_scenario):
        sheets = {
            sheet: await paid_scenario.create_report(paid_scenario.bhxh, "d11_ts", sheet)
            for sheet in ("at", "bt", "ct")
        }
        by_unit = {
            sheet: [
                (row.code, row.sums.paid, row.sums.earned, row.sums.clawback)
                for row in report.rows
                if row.kind == "line"
            ]
            for sheet, report in sheets.items()
        }
        women = (paid_scenario.women.code, 4_356_000, 570_240, 380_160)
        farmers = (paid_scenario.farmers.code, 3_168_000, 570_240, 0)
        beside = (paid_scenario.sibling_women.code, 4_752_000, 855_360, 0)
        card = (paid_scenario.women.code, 1_366_200, 51_506, 0)
        assert by_unit["at"] == [*sorted([women, beside, farmers]), card]
        office, province = paid_scenario.office_unit.code, paid_scenario.province_unit.code
        assert sorted(by_unit["bt"][:2]) == sorted(
            [(office, 4_356_000, 570_240, 380_160), (province, 7_920_000, 1_425_600, 0)]
        )
        assert by_unit["bt"][2:] == [(office, 1_366_200, 51_506, 0)]
        assert by_unit["ct"] == [(province, 12_276_000, 1_995_840, 380_160), (province, 1_366_200, 51_506, 0)]
        total = sheets["at"].rows[-1].sums
        assert (total.first_people, total.again_people, total.paid, total.refunded) == (
            4,
            2,
            13_642_200,
            2_112_000,
        )
        assert {report.rows[-1].sums for report in sheets.values()} == {total}

    async def test_the_sums_are_those_of_the_payments(self, paid_scenario):
        paid, earned, count = await paid_scenario.world.owner.fetchrow(
            "select sum(participant_pays), sum(remuneration), count(*) from premium_payment"
            " where province_code = $1 and payment_date between '2026-11-01' and '2026-11-30'",
            paid_scenario.world.province,
        )
        total = (await paid_scenario.create_report(paid_scenario.bhxh, "d11_ts", "at")).rows[-1].sums
        assert (total.paid, total.earned, total.first_people + total.again_people) == (paid, earned, count)

    async def test_a_quarter_and_a_year_reach_back(self, paid_scenario):
        quarter = (
            (await paid_scenario.create_report(paid_scenario.bhxh, "d11_ts", "aq", month="2026-10"))
            .rows[-1]
            .sums
        )
        year = (
            (await paid_scenario.create_report(paid_scenario.bhxh, "d11_ts", "an", month="2026-01"))
            .rows[-1]
            .sums
        )
        assert quarter == year
        assert quarter.paid == 13_642_200 + 3_168_000

    async def test_a_union_sees_its_own_alone_and_an_office_its_communes(self, paid_scenario):
        of_women = await paid_scenario.create_report(paid_scenario.officer, "d11_ts", "at")
        assert {row.code for row in of_women.rows if row.kind == "line"} == {
            paid_scenario.women.code,
            paid_scenario.sibling_women.code,
        }
        of_office = await paid_scenario.create_report(paid_scenario.office, "d11_ts", "at")
        seen = [(row.name, row.sums.paid) for row in of_office.rows if row.kind == "line"]
        assert sorted(seen) == sorted(
            [(f"Tổ chức {paid_scenario.women.code}", 4_356_000), (f"Tổ chức {paid_scenario.women.code}", 1_366_200),
             ("Tổ chức ngoài địa bàn được xem", 3_168_000)]
        )  # fmt: skip

    async def test_another_unions_organisation_is_not_found(self, paid_scenario):
        with pytest.raises(NotFound) as exc_info:
            await paid_scenario.create_report(
                paid_scenario.officer, "d11_ts", "detail", organisation_code=paid_scenario.farmers.code
            )
        assert exc_info.value.errors[0].pointer == "/organisation_code"
