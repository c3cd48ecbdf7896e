"""What counts as seeing somebody (docs/privacy.md), and how a search is kept. Pure."""

import re
from enum import StrEnum
from typing import Final

from app.core.values.search_key import search_key

_WORD: Final = re.compile(r"(\S)\S*")


class ReadAct(StrEnum):
    """What somebody did to see a person (việc đã xem)."""

    RECORD = "record"  # xem hồ sơ, số đã che
    REVEALED = "revealed"  # xem đầy đủ số, có lý do
    EXPORTED = "exported"  # lấy bản sao hồ sơ, có lý do
    COPIED = "copied"  # lấy bản sao theo yêu cầu của chủ thể dữ liệu
    SEARCHED = "searched"  # tìm người
    LISTED = "listed"  # xem danh sách, khi truy cập khẩn cấp


class SearchedBy(StrEnum):
    """By what somebody was searched for (cách tìm)."""

    NATIONAL_ID = "national_id"
    SOCIAL_INSURANCE_NO = "social_insurance_no"
    PHONE = "phone"
    NAME = "name"


def mask_name(name: str) -> str:
    """Mask a name that was searched for: the first letter of each word, as `note_search` does ("n… t… d…")."""
    return _WORD.sub(r"\1…", search_key(name))
