"""Invented people: plausible, deterministic, and recognisably nobody.

A citizen's number has the province of the case, the right digits for century, sex and year of birth, and then a serial
from 900000 up: serials are counted from 000001 in each province and year, and no province ever registered 900,000
births in a year, so such a number belongs to nobody. Phones begin with 0500, a prefix that no operator was given.
Names are put together by chance from common family names, middle names and first names.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, Final

_FAMILY: Final = (
    ("Nguyễn", 36), ("Trần", 11), ("Lê", 10), ("Phạm", 7), ("Hoàng", 5), ("Phan", 5), ("Võ", 5), ("Đặng", 4),
    ("Bùi", 4), ("Đỗ", 3), ("Hồ", 3), ("Ngô", 3), ("Dương", 2), ("Lý", 1), ("Mai", 1),
)  # fmt: skip
_MIDDLE: Final = {
    "female": ("Thị", "Thị", "Thị", "Thị Kim", "Thị Mỹ", "Thị Thu", "Thị Ngọc", "Thị Hồng", "Thị Bích", "Thị Thanh"),
    "male": ("Văn", "Văn", "Văn", "Đức", "Hữu", "Minh", "Quốc", "Đình", "Công", "Xuân"),
}  # fmt: skip
_FIRST: Final = {
    "female": (
        "An", "Bông", "Cúc", "Diệp", "Đào", "Gấm", "Hạnh", "Hằng", "Hiền", "Hoa", "Hòa", "Huệ", "Hương", "Lan", "Lài",
        "Liên", "Loan", "Lụa", "Mai", "Mận", "Nga", "Ngân", "Nhàn", "Nhung", "Phượng", "Sen", "Tâm", "Thảo", "Thắm",
        "Thủy", "Trang", "Tuyết", "Vân", "Xuân", "Yến",
    ),
    "male": (
        "An", "Bình", "Chiến", "Cường", "Dũng", "Đạt", "Hải", "Hậu", "Hùng", "Khánh", "Lâm", "Long", "Lợi", "Minh",
        "Nam", "Nghĩa", "Phúc", "Quang", "Sơn", "Tài", "Thành", "Thắng", "Tiến", "Toàn", "Trung", "Tuấn", "Vinh",
    ),
}  # fmt: skip
_WORK: Final = ("nông dân", "nông dân", "buôn bán nhỏ", "lao động tự do", "thợ may", "nội trợ")
_FIRST_SERIAL: Final = 900_000


@dataclass(frozen=True, slots=True)
class InventedPerson:
    """A person who does not exist."""

    number: int
    full_name: str
    birth_date: date
    sex: str
    national_id: str
    phone: str
    occupation: str

    def columns(self) -> dict[str, Any]:
        """Return the person as fields of a request body."""
        names = ("full_name", "birth_date", "sex", "national_id", "phone", "occupation")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class PeopleGenerator:
    """Generates the people of a case. province: of birth registration, 3 digits; first: the serial of its first person.

    women: of 100 people; born: the earliest and the latest year of birth.
    """

    case: str
    province: str
    first: int
    women: int = 100
    born: tuple[int, int] = (1970, 2000)

    def generate(self, count: int) -> Iterator[InventedPerson]:
        """Generate *count* people, the same ones at every call."""
        rng = Random(self.case)  # noqa: S311 - invented people need no secrecy
        for number in range(self.first, self.first + count):
            yield self._generate_person(rng, number)

    def _generate_person(self, rng: Random, number: int) -> InventedPerson:
        sex = "female" if rng.randrange(100) < self.women else "male"
        families, weights = zip(*_FAMILY, strict=True)
        family = rng.choices(families, weights)[0]
        born = date(rng.randint(*self.born), 1, 1) + timedelta(days=rng.randrange(365))
        return InventedPerson(
            number=number,
            full_name=f"{family} {rng.choice(_MIDDLE[sex])} {rng.choice(_FIRST[sex])}",
            birth_date=born,
            sex=sex,
            national_id=f"{self.province}{_century_digit(born, sex)}{born.year % 100:02}{_FIRST_SERIAL + number}",
            phone=f"0500{number:06}",
            occupation=rng.choice(_WORK),
        )


def _century_digit(born: date, sex: str) -> int:
    """Return digit 4 of a citizen's number. Source: Luật Căn cước 2023, Article 12."""
    return 2 * (born.year // 100 - 19) + (sex == "female")
