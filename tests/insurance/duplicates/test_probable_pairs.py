"""The SQL statement finds the same probable pairs as the rule in Python."""

from dataclasses import dataclass
from datetime import date
from itertools import permutations
from typing import Any
from uuid import UUID

from app.insurance.duplicates.queries import PROBABLE_PAIRS
from app.insurance.matching.scoring import Certainty, classify_certainty, compare_entries
from tests.world import World, national_id

DAYS = [
    None, date(1984, 2, 1), date(1984, 1, 2), date(1984, 2, 2), date(1984, 2, 29), date(1984, 1, 13),
    date(1984, 12, 12), date(1985, 2, 1),
]  # fmt: skip


@dataclass(frozen=True)
class Entry:
    search_name: str
    commune_code: str
    birth_date: date | None
    national_id: str | None
    social_insurance_no: str | None


async def insert_people(world: World, owner: Any) -> dict[UUID, Entry]:
    """For each day people of two unions with one number, with another, with an old card's, with none; and elsewhere."""
    people: dict[UUID, Entry] = {}
    ours, theirs = await world.unit("womens_union"), await world.unit("farmers_association")
    for nth, day in enumerate(DAYS):
        number, social_no = national_id(), f"42777{nth:05}"
        for unit, commune, numbers in (
            (ours, world.commune, (number, social_no)),
            (ours, world.commune, (None, None)),
            (ours, world.sibling_commune, (None, None)),
            (theirs, world.commune, (number, None)),
            (theirs, world.commune, (national_id(), None)),
            (theirs, world.commune, (f"18477700{nth}", social_no)),
            (theirs, world.commune, (None, None)),
        ):
            created = await world.member(unit, name="Trần Thị Ná", commune=commune)
            people[created] = Entry("tran thi na", commune, day, *numbers)
            await owner.execute(
                "update member set birth_date = $2, national_id = $3, social_insurance_no = $4 where id = $1",
                created, day, *numbers,
            )  # fmt: skip
    return people


async def test_the_same_pairs_as_the_rule(world: World, owner: Any):
    people = await insert_people(world, owner)
    pairs = {(row["one"], row["other"]): row["shared"] for row in await owner.fetch(PROBABLE_PAIRS)}
    for one, other in permutations(people, 2):
        shared = compare_entries(people[one], people[other])
        expected = shared if shared and classify_certainty(shared) is Certainty.PROBABLE else None
        assert pairs.get((one, other)) == expected, (people[one], people[other])
    assert len(pairs) > len(DAYS)
