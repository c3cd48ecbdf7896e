"""The savings models (A01–A29 of the cases; those that raise no money are campaigns).

A model belongs to today's organisation of its place; who ran it then is named among its partners. Where the press gave
a name only, there is no more here: no groups, no members, no day of launch.
"""

from datetime import date
from typing import Final, NamedTuple

from app.demo.bootstrap import NATIONAL_ADMIN
from app.demo.context import BodyColumns, DemoContext, demo_id
from app.demo.tenancy import FARMERS, FRONT, WOMEN
from app.savings.savings_models.schemas import ModelIn
from app.savings.savings_models.service import create_model

BOTH: Final = ["bhxh_tn", "bhyt_hgd"]


class Model(NamedTuple):
    """One savings model: its code, the user who enters it, and the fields of its request body."""

    code: str
    entered_by: str
    columns: BodyColumns


_PIGGY: Final = "Nuôi heo đất tiết kiệm tham gia BHXH tự nguyện"

_HA_TINH: Final = (
    Model("A01", WOMEN, {
        "name": "CLB “Vườn rau an sinh”",
        "aliases": ["Tiết kiệm an sinh"],
        "mechanism": "farm_product",
        "details": {"product_name": "rau"},
        "products": ["bhxh_tn"],
        "partners": ["BHXH huyện Thạch Hà", "Hội LHPN huyện Thạch Hà"],
        "place_code": "445",
        "organisation_code": "HPN-42",
        "description": "Hội viên bán rau vườn nhà để đóng BHXH và vận động người thân, bạn bè cùng tham gia."
        " Bài báo có ảnh ở xã Tượng Sơn (18628, nay là xã Thạch Lạc) và không in số hội viên.",
    }),
    Model("A06", FARMERS, {
        "name": "Cây mai an sinh",
        "mechanism": "dedicated_asset",
        "details": {"asset_name": "cây mai", "quantity_min": 1, "quantity_max": 2, "season": "Tết Nguyên đán"},
        "products": ["bhxh_tn"],
        "partners": ["Hội Nông dân xã Kỳ Nam", "BHXH thị xã Kỳ Anh"],
        "place_code": "18847",
        "organisation_code": "HND-18832",
        "launched_on": date(2024, 11, 13),
        "description": "Mỗi hộ dành thu nhập của 1–2 cây mai để đóng BHXH tự nguyện. Ra mắt với 9 hộ, sau thêm 3 hộ.",
    }),
    Model("A07", FRONT, {
        "name": "Tổ liên gia 100 % người lao động tham gia BHXH",
        "aliases": ["Dân vận khéo “Tổ liên gia 100 % người lao động tham gia BHXH”"],
        "mechanism": "full_coverage_pledge",
        "details": {"unit_level": "block", "product": "bhxh_tn", "threshold": "100"},
        "products": BOTH,
        "partners": [
            "Đảng ủy, UBND xã Đức Lĩnh", "MTTQ thôn Thanh Bình", "Chi đoàn, chi hội thôn", "BHXH huyện Vũ Quang",
            "Hội Phụ nữ", "Hội Nông dân",
        ],
        "place_code": "18322",
        "launched_on": date(2024, 5, 1),
        "description": "Vận động theo nhóm nhỏ, đến từng nhà; không có quy định góp tiền. Phát động tháng 5/2024"
        " (ngày không in; ghi ngày đầu tháng).",
    }),
    Model("A08", FARMERS, {
        "name": "Nuôi lợn đất tiết kiệm đóng BHXH tự nguyện",
        "mechanism": "piggy_bank",
        "products": ["bhxh_tn"],
        "partners": ["Hội LHPN xã"],
        "place_code": "42",
        "organisation_code": "HND-42",
        "description": "Trong danh sách mô hình của tỉnh Hà Tĩnh; không in số liệu.",
    }),
    Model("A09", WOMEN, {
        "name": "Nuôi heo đất tiết kiệm tham gia BHXH, BHYT",
        "mechanism": "piggy_bank",
        "products": BOTH,
        "partners": ["Hội Nông dân xã"],
        "place_code": "42",
        "organisation_code": "HPN-42",
        "description": "Trong danh sách mô hình của tỉnh Hà Tĩnh; không in số liệu. Tổ HT-HD-0001 là tổ thử nghiệm.",
    }),
    Model("A10", FARMERS, {
        "name": "Cây bưởi BHXH tự nguyện",
        "mechanism": "dedicated_asset",
        "details": {"asset_name": "cây bưởi"},
        "products": ["bhxh_tn"],
        "partners": ["Hội Nông dân xã Hương Trạch"],
        "place_code": "18553",
        "organisation_code": "HND-18547",
        "description": "Thu nhập từ cây bưởi dành để đóng BHXH tự nguyện; không in số liệu.",
    }),
    Model("A11", WOMEN, {
        "name": "Vườn rau an sinh",
        "mechanism": "farm_product",
        "details": {"product_name": "rau"},
        "products": ["bhxh_tn"],
        "partners": ["Hội LHPN xã"],
        "place_code": "42",
        "organisation_code": "HPN-42",
        "description": "Cùng loại với CLB ở huyện Thạch Hà, trong danh sách mô hình của tỉnh; không in số liệu.",
    }),
)  # fmt: skip

_SOUTH: Final = (
    Model("A02", WOMEN, {
        "name": "Nuôi heo đất tiết kiệm tham gia BHXH tự nguyện, BHYT hộ gia đình",
        "mechanism": "piggy_bank",
        "details": {"daily_amounts": [
            {"product": "bhxh_tn", "amount": 10_000, "at_least": True},
            {"product": "bhyt_hgd", "amount": 3_000, "at_least": True},
        ]},
        "products": BOTH,
        "partners": [
            "BHXH huyện Châu Thành", "Hội Phụ nữ huyện Châu Thành", "Hội Cựu chiến binh", "Hội Người cao tuổi",
        ],
        "place_code": "808",
        "organisation_code": "HPN-80",
        "description": "Lập tổ ở các xã, thị trấn và tặng heo đất; mỗi người bớt tiền chợ từ 10.000 đồng"
        " (BHXH tự nguyện) hoặc 3.000 đồng (BHYT) mỗi ngày. Đến 5/2023 có ở 13/13 xã, thị trấn.",
    }),
    Model("A12", WOMEN, {
        "name": "Phụ nữ tiết kiệm nuôi heo đất mua thẻ BHYT hộ gia đình",
        "mechanism": "piggy_bank",
        "products": ["bhyt_hgd"],
        "description": "Có ở các tỉnh phía Nam; không in nơi và số liệu.",
    }),
    Model("A13", WOMEN, {
        "name": "Hùn vốn mua thẻ BHYT",
        "mechanism": "pooled_capital",
        "details": {"use": "Mua thẻ BHYT hộ gia đình"},
        "products": ["bhyt_hgd"],
        "description": "Có ở các tỉnh phía Nam; không in nơi và số liệu.",
    }),
    Model("A14", WOMEN, {
        "name": "Biến rác mua thẻ BHYT",
        "aliases": ["Biến rác thành thẻ BHYT"],
        "mechanism": "recyclables",
        "products": ["bhyt_hgd"],
        "description": "Có ở các tỉnh phía Nam; không in nơi và số liệu.",
    }),
    Model("A15", WOMEN, {
        "name": "Xã hội hóa tặng sổ BHXH tự nguyện, thẻ BHYT",
        "mechanism": "donation",
        "details": {"kinds": ["book", "card"], "needs": ["hardship"]},
        "products": BOTH,
        "partners": ["Nhà hảo tâm"],
        "description": "Tặng hộ khó khăn ở các tỉnh phía Nam; số lượng in là “nhiều”.",
    }),
    Model("A16", WOMEN, {
        "name": _PIGGY,
        "mechanism": "piggy_bank",
        "products": ["bhxh_tn"],
        "partners": ["BHXH tỉnh Bến Tre", "Hội LHPN tỉnh Bến Tre"],
        "place_code": "83",
        "organisation_code": "HPN-86",
        "description": "Sau chưa đầy một năm có 403 tổ với gần 4.300 người, 1.679 người tham gia BHXH tự nguyện.",
    }),
    Model("A17", WOMEN, {
        "name": "Ve chai",
        "mechanism": "recyclables",
        "details": {"materials": [{"name": "ve chai", "unit": "kg"}]},
        "products": ["bhyt_hgd"],
        "partners": ["Hội LHPN tỉnh Đắk Lắk"],
        "place_code": "66",
        "organisation_code": "HPN-66",
        "description": "Gom và bán ve chai để mua thẻ BHYT tặng hội viên khó khăn: gần 5.000 thẻ, “hàng tỷ đồng”.",
    }),
    Model("A18", WOMEN, {
        "name": "Giúp nhau mua BHYT trả góp",
        "mechanism": "instalment",
        "products": ["bhyt_hgd"],
        "place_code": "89",
        "organisation_code": "HPN-91",
        "description": "Quỹ của chị em ứng tiền mua thẻ, người được giúp trả dần; “hàng ngàn chị em”.",
    }),
    Model("A19", WOMEN, {
        "name": "Nuôi heo đất tiết kiệm tham gia BHXH, BHYT (xã Hiệp Mỹ Tây)",
        "mechanism": "piggy_bank",
        "partners": ["Hội Phụ nữ xã Hiệp Mỹ Tây"],
        "place_code": "29455",
        "organisation_code": "HPN-86",
        "launched_on": date(2022, 7, 1),
        "description": "Chú thích ảnh, tên bị cắt. Ngày phát động không in: ghi giữa năm 2022, năm của bài báo,"
        " để địa danh là của thời điểm ấy.",
    }),
    Model("A22", NATIONAL_ADMIN, {
        "name": "Nguồn lực của phường mua BHYT cho hoàn cảnh khó khăn ngoài hộ nghèo, cận nghèo",
        "mechanism": "public_support",
        "details": {
            "needs": ["hardship"], "eligibility": "Đảng viên và người dân khó khăn, không thuộc hộ nghèo, cận nghèo",
        },
        "products": ["bhyt_hgd"],
        "partners": ["UBND phường Lái Hiếu", "Nhà hảo tâm"],
        "place_code": "31341",
        "description": "Đi cùng phong trào thi đua theo chủ điểm của phường.",
    }),
    Model("A24", NATIONAL_ADMIN, {
        "name": "Một cán bộ, đảng viên vận động từ 1 hoặc 2 người tham gia BHXH tự nguyện, BHYT hộ gia đình",
        "mechanism": "recruitment_pledge",
        "details": {"recruits_min": 1, "recruits_max": 2, "recruiter_occupations": ["cán bộ", "đảng viên"]},
        "products": BOTH,
        "partners": ["BHXH địa phương"],
        "place_code": "91",
        "description": "Không góp tiền: mỗi cán bộ, đảng viên vận động 1–2 người thân.",
    }),
    Model("A25", WOMEN, {
        "name": _PIGGY,
        "mechanism": "piggy_bank",
        "products": ["bhxh_tn"],
        "partners": ["Hội LHPN huyện U Minh Thượng", "Hội LHPN xã"],
        "place_code": "913",
        "organisation_code": "HPN-91",
        "description": "Huyện U Minh Thượng, tỉnh Kiên Giang; bài có in số tổ, số người, ở đây không có con số.",
    }),
    Model("A27", WOMEN, {
        "name": "Phụ nữ góp vốn xoay vòng mua thẻ BHYT cho người có hoàn cảnh khó khăn",
        "mechanism": "rotating_fund",
        "products": ["bhyt_hgd"],
        "place_code": "903",
        "organisation_code": "HPN-91",
        "description": "Huyện Hòn Đất, tỉnh Kiên Giang; không in số vòng, mức góp.",
    }),
)  # fmt: skip


async def load(context: DemoContext) -> None:
    """Load all savings models, each by who may add it."""
    models = sorted(_HA_TINH + _SOUTH, key=lambda model: (model.entered_by, model.code))
    actor = None
    for model in models:
        if actor is None or actor.name != model.entered_by:
            actor = await context.act_as(model.entered_by)
        body = ModelIn(id=demo_id("model", model.code), code=build_model_code(model.code), **model.columns)
        await create_model(context.db, actor, body)


def build_model_code(case: str) -> str:
    """Build the code of the model of a case: A02 is `MH-A02`."""
    return f"MH-{case}"
