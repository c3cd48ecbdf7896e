"""Money, days, months and ids as they arrive on the wire."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from app.core.values import money, time
from app.core.values.ids import Uuid, find_instant, uuid7, uuid7_text, uuid7s

DONG = TypeAdapter(money.Dong)
DAY = TypeAdapter(time.Day)
MONTH = TypeAdapter(time.Month)
UUIDS = TypeAdapter(Uuid)


class TestMoney:
    @pytest.mark.parametrize("value", [0, -1, money.MAX_DONG + 1, 1.0, "5", True, None, Decimal(5)])
    def test_not_an_amount(self, value: object):
        with pytest.raises(ValidationError):
            DONG.validate_python(value)

    def test_amounts(self):
        assert DONG.validate_python(money.MAX_DONG) == money.MAX_DONG

    @pytest.mark.parametrize(("value", "expected"), [("0.5", 1), ("1.49", 1), ("2.5", 3), ("-0.5", -1)])
    def test_half_up(self, value: str, expected: int):
        assert money.round_half_up(Decimal(value)) == expected

    def test_undefined_amount(self):
        with pytest.raises(ValueError, match="money"):
            money.round_half_up(Decimal("NaN"))


class TestTime:
    def test_the_day_turns_at_seventeen_utc(self):
        with time.freeze_time(datetime(2026, 11, 20, 16, 59, 59, tzinfo=UTC)):
            assert time.today() == date(2026, 11, 20)
        with time.freeze_time(datetime(2026, 11, 20, 17, 0, tzinfo=UTC)):
            assert time.today() == date(2026, 11, 21)
            assert time.now() == datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
        assert abs(time.now() - datetime.now(UTC)) < timedelta(seconds=5)

    @pytest.mark.parametrize(
        "value", ["2026-01-05T08:30:00+07:00", "2026-01-05t01:30:00z", "2026-01-05T01:30:00.000000Z"]
    )
    def test_instant(self, value: str):
        assert TypeAdapter(time.Instant).validate_python(value) == datetime(2026, 1, 5, 1, 30, tzinfo=UTC)

    @pytest.mark.parametrize(
        "value",
        [
            "2026-01-05",
            "2026-01-05T08:30:00",
            "2026-01-05 08:30:00Z",
            "2026-02-30T08:30:00Z",
            "2026-01-05T08:30:00+99:99",
            "1899-12-31T00:00:00Z",
            1767573000,
            None,
            datetime(2026, 1, 5),  # noqa: DTZ001 - the case is one without a zone
        ],
    )
    def test_instant_refused(self, value: object):
        with pytest.raises(ValidationError):
            TypeAdapter(time.Instant).validate_python(value)

    def test_day(self):
        assert DAY.validate_python("2024-02-29") == date(2024, 2, 29)
        assert DAY.validate_python(date(2024, 2, 29)) == date(2024, 2, 29)

    @pytest.mark.parametrize(
        "value",
        [
            "2026-02-29",
            "20260201",
            "2026-W01-1",
            "2026-2-1",
            "2026-02-01T00:00:00",
            "٢٠٢٦-02-01",
            0,
            1.5,
            True,
            None,
            "1899-12-31",
            "2201-01-01",
            datetime(2026, 1, 1, tzinfo=UTC),
            " 2026-02-01",
            "2026-02-01\n",
        ],
    )
    def test_not_a_day(self, value: object):
        with pytest.raises(ValidationError):
            DAY.validate_python(value)

    @pytest.mark.parametrize(
        "value", ["2026-13", "2026-00", "2026-1", "1899-12", "2026-12-01", 202612, "2026-12\n"]
    )
    def test_not_a_month(self, value: object):
        with pytest.raises(ValidationError):
            MONTH.validate_python(value)

    @given(st.dates(date(1950, 1, 1), date(2150, 1, 1)), st.integers(-600, 600))
    def test_months_add_up(self, day: date, count: int):
        month = MONTH.validate_python(time.month_of(day))
        later = time.add_months(month, count)
        assert time.add_months(later, -count) == month
        assert (later > month) == (count > 0)
        assert time.first_day(month) == day.replace(day=1)


def generate_ids(count: int) -> list[UUID]:
    return [uuid7() for _ in range(count)]


class TestIds:
    def test_shape_and_order(self):
        ids = generate_ids(5000)
        assert ids == sorted(set(ids))
        assert {(created.version, created.variant) for created in ids} == {(7, "specified in RFC 4122")}
        born = datetime.fromtimestamp((ids[-1].int >> 80) / 1000, UTC)
        assert abs(datetime.now(UTC) - born) < timedelta(seconds=10)

    def test_many_at_once(self):
        ids = [uuid7(), *uuid7s(3000), uuid7(), *uuid7s(2), uuid7()]
        assert ids == sorted(set(ids))
        assert {(created.version, created.variant) for created in ids} == {(7, "specified in RFC 4122")}
        assert uuid7s(0) == []

    def test_threads_do_not_collide(self):
        with ThreadPoolExecutor(4) as pool:
            created = [one for batch in pool.map(uuid7s, [500] * 8) for one in batch]
        assert len({one.int >> 64 for one in created}) == 4000

    def test_as_any_other(self):
        row_id = uuid7()
        same = UUID(str(row_id))
        assert (row_id, hash(row_id), row_id.int, row_id.bytes) == (same, hash(same), same.int, same.bytes)
        assert to_json(row_id) == to_json(same)

    def test_as_text(self):
        before, created, after = uuid7(), UUID(uuid7_text()), uuid7()
        assert before < created < after
        assert created.version == 7

    def test_says_when_it_was_made(self):
        made = find_instant(uuid7())
        assert made is not None
        assert abs(datetime.now(UTC) - made) < timedelta(seconds=5)
        assert find_instant(uuid4()) is None

    def test_processes_do_not_collide(self):
        with ProcessPoolExecutor(2) as pool:
            created = [one for batch in pool.map(generate_ids, [2000, 2000]) for one in batch]
        assert len(set(created)) == 4000

    def test_text_of_36_characters(self):
        row_id = uuid7()
        assert UUIDS.validate_python(str(row_id)) == row_id
        assert UUIDS.validate_python(str(row_id).upper()) == row_id

    @pytest.mark.parametrize(
        "value",
        [
            "",
            "x",
            "{01928f00-0000-7000-8000-000000000000}",
            "01928f00000070008000000000000000",
            5,
            b"\0" * 16,
            None,
            "urn:uuid:01928f00-0000-7000-8000-000000000000",
            "01928f00-0000-7000-8000-00000000000g",
            "01928f00-0000-7000-8000-0000000000_0",
            "01928f00-0000-7000-80000-00000000000",
        ],
    )
    def test_not_an_id(self, value: object):
        with pytest.raises(ValidationError):
            UUIDS.validate_python(value)
