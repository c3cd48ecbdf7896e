"""The newspapers that the figures come from: what each article is about, in our own words.

The day of printing is an estimate, the nearest day that fits the article's figures.
"""

from datetime import date
from typing import Final

from app.demo.context import BodyColumns


def _article(title: str, day: date) -> BodyColumns:
    return {"kind": "newspaper", "title": f"{title} (ngày đăng ước theo số liệu)", "date": day}


MODELS_2023: Final = _article(
    "Báo tỉnh: cách làm vận động BHXH ở Hà Tĩnh, Long An và nơi khác", date(2023, 6, 15)
)
HA_TINH_2024: Final = _article("Báo Hà Tĩnh: các mô hình an sinh ở cơ sở cuối năm 2024", date(2024, 12, 5))
SOUTH_2022: Final = _article(
    "Báo ngành: hội phụ nữ các tỉnh phía Nam giúp nhau mua bảo hiểm", date(2022, 12, 1)
)
NGA_BAY_2024: Final = _article("Báo Hậu Giang: vận động BHXH, BHYT ở thành phố Ngã Bảy", date(2024, 9, 15))
KIEN_GIANG_2023: Final = _article("Báo Kiên Giang: mô hình tham gia BHXH tự nguyện, BHYT", date(2023, 8, 15))
