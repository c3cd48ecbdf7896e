"""Rules of places, without a database: levels, kinds, codes of hamlets, and the possible meanings of a typed name."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from app.core.errors import InvalidInput
from app.core.values.search_key import search_key

EARLIEST_DAY: Final = date(1900, 1, 1)
"""The first day of units that are older than our records."""


class Level(StrEnum):
    """Levels of the tree of places (cấp), from the whole country down to a few neighbouring houses."""

    COUNTRY = "country"
    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"
    HAMLET = "hamlet"
    BLOCK = "block"


class AddedKind(StrEnum):
    """What users may add below a commune: hamlets in the words of each region, and blocks of houses."""

    THON = "thôn"
    AP = "ấp"
    KHU_VUC = "khu vực"
    KHU_PHO = "khu phố"
    KHOM = "khóm"
    TO_DAN_PHO = "tổ dân phố"
    BAN = "bản"
    BUON = "buôn"
    LANG = "làng"
    XOM = "xóm"
    KHU = "khu"
    TO_LIEN_GIA = "tổ liên gia"
    TO_TU_QUAN = "tổ tự quản"
    TO = "tổ"

    @property
    def level(self) -> Level:
        return Level.BLOCK if self in _BLOCKS else Level.HAMLET


_BLOCKS: Final = frozenset({AddedKind.TO_LIEN_GIA, AddedKind.TO_TU_QUAN, AddedKind.TO})
_OFFICIAL_KINDS: Final = (
    "quốc gia", "tỉnh", "thành phố", "huyện", "quận", "thị xã", "xã", "phường", "thị trấn", "đặc khu",
)  # fmt: skip

PLACE_KINDS: Final = (*_OFFICIAL_KINDS, *AddedKind)
"""Every kind of place (loại), lower case, as it stands before a name."""

_PARENT_LEVELS: Final = {Level.HAMLET: {Level.COMMUNE}, Level.BLOCK: {Level.COMMUNE, Level.HAMLET}}
_KIND_BY_KEY: Final = {search_key(kind): str(kind) for kind in PLACE_KINDS}


@dataclass(frozen=True, slots=True)
class PlaceQuery:
    """One meaning of what was typed: a name in lower case, its search key, and a kind where one was typed."""

    key: str
    name: str
    kind: str | None


def parse_place_queries(text: str) -> list[PlaceQuery]:
    """Parse a typed name into its possible meanings: "Xa phien" is a name, or a xã whose name begins with "phien".

    Returns: none when nothing is left to search for.
    """
    words = [word for word in text.lower().split() if search_key(word)]
    keys = [search_key(word) for word in words]
    queries = [PlaceQuery(" ".join(keys), " ".join(words), None)] if words else []
    for count in range(1, min(len(words), 4)):
        kind = _KIND_BY_KEY.get(" ".join(keys[:count]))
        if kind:
            queries.append(PlaceQuery(" ".join(keys[count:]), " ".join(words[count:]), kind))
    return queries


def format_full_name(kind: str, name: str) -> str:
    """Format the name in full: "Xã Thạch Lạc"; of the country, the name alone."""
    return name if kind == "quốc gia" else f"{kind.capitalize()} {name}"


def check_parent_level(level: Level, parent_level: Level) -> None:
    """Refuse a place under a parent of a wrong level: a hamlet needs a commune, a block a commune or hamlet.

    Raises: InvalidInput at /parent_code.
    """
    if parent_level not in _PARENT_LEVELS[level]:
        raise InvalidInput.at(
            "/parent_code",
            "place_level",
            vi="Thôn, ấp phải thuộc một xã, phường; tổ liên gia phải thuộc một thôn, ấp hoặc xã, phường.",
            en="A hamlet belongs to a commune, a block to a hamlet or a commune.",
        )


def build_place_code(commune_code: str, kind: str, name: str) -> str:
    """Build a code for a hamlet or block that came without one: 18322, thôn Thanh Bình → `18322.thon-thanh-binh`.

    At most 28 characters of the 32 that a code may have, so that a number for a namesake still fits.
    """
    words = search_key(f"{kind} {name}")
    slug = "-".join("".join(char if char.isascii() and char.isalnum() else " " for char in words).split())
    return f"{commune_code}.{slug}"[:28].rstrip("-.")
