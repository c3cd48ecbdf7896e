"""Which counts of people are too small to be shown."""

from app.core.values.small_counts import is_small_count


def test_one_to_four_people_are_few():
    assert [count for count in range(8) if is_small_count(count)] == [1, 2, 3, 4]
