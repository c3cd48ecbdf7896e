"""The campaigns, initiatives and emulation of the cases: what raises no money, with events, awards and payouts."""

from datetime import date
from typing import Any, Final, NamedTuple

from app.auth.actor import Actor
from app.campaigns.awards.schemas import AwardIn
from app.campaigns.awards.service import create_award
from app.campaigns.campaigns.schemas import CampaignIn
from app.campaigns.campaigns.service import create_campaign
from app.campaigns.events.schemas import EventIn
from app.campaigns.events.service import create_campaign_event
from app.campaigns.payouts.schemas import PayoutIn
from app.campaigns.payouts.service import record_payout
from app.demo.bootstrap import NATIONAL_ADMIN
from app.demo.cases.savings_models import BOTH, build_model_code
from app.demo.context import BodyColumns, DemoContext, demo_id
from app.demo.tenancy import FRONT
from app.places.rules import EARLIEST_DAY, AddedKind
from app.places.schemas import PlaceIn
from app.places.service import create_place

KHU_VUC_5: Final = "31343.khu-vuc-5"
_MAY_2023: Final = {
    "starts_on": date(2023, 5, 1),
    "note": "Theo bài báo là tháng 5/2023; ngày bắt đầu không in.",
}
_YEAR_2024: Final = {"period_from": date(2024, 1, 1), "period_to": date(2024, 8, 31)}


class Campaign(NamedTuple):
    """One campaign of a case, the user who enters it, and its events."""

    case: str
    entered_by: str
    columns: BodyColumns
    events: tuple[BodyColumns, ...] = ()


_SHOWS: Final = {"kind": "show", "period_from": date(2022, 1, 1), "period_to": date(2023, 5, 31)}

_NORTH: Final = (
    Campaign("A03", NATIONAL_ADMIN, {
        "kind": "communication",
        "name": "Truyền thông BHXH bằng hình thức bài chòi",
        "organiser_name": "Phòng Truyền thông BHXH tỉnh Quảng Nam",
        "products": ["bhxh_tn"],
        "place_code": "49",
        "details": {"form": "bài chòi"},
    }, (
        {**_SHOWS, "name": "Các buổi diễn", "attendance": {
            "min": 300, "max": 500, "of": "each_session", "text": "300–500 người mỗi buổi"}},
        {**_SHOWS, "name": "Buổi đông nhất", "sessions": 1, "attendance": {
            "min": 1000, "qualifier": "nearly", "text": "gần 1.000 người"}},
    )),
    Campaign("A04", NATIONAL_ADMIN, {
        "kind": "initiative",
        "name": "Wifi miễn phí và VssID tại cơ sở khám chữa bệnh",
        "level": "province",
        "organiser_name": "BHXH tỉnh Quảng Bình",
        "place_code": "44",
        "details": {"recognised_level": "sector", "recognised_count": 2},
        **_MAY_2023,
    }),
    Campaign("A05", NATIONAL_ADMIN, {
        "kind": "initiative",
        "name": "Đón tiếp người bệnh bằng CCCD gắn chip tích hợp xác thực sinh trắc",
        "level": "province",
        "organiser_name": "BHXH tỉnh Quảng Bình",
        "place_code": "44",
        "details": {"first_in_country": True},
        **_MAY_2023,
    }),
    Campaign("A06", "nongdan.hatinh", {
        "kind": "communication",
        "name": "Ra mắt mô hình “Cây mai an sinh”",
        "organiser_code": "HND-18832",
        "partners": ["BHXH thị xã Kỳ Anh"],
        "products": ["bhxh_tn"],
        "model_code": build_model_code("A06"),
        "place_code": "18847",
        "starts_on": date(2024, 11, 13),
        "ends_on": date(2024, 11, 13),
    }, (
        {"kind": "launch", "name": "Lễ ra mắt với 9 hộ", "held_on": date(2024, 11, 13)},
    )),
    Campaign("A07", FRONT, {
        "kind": "coverage_drive",
        "name": "Dân vận khéo: tổ liên gia 100 % người lao động tham gia BHXH",
        "organiser_name": "Đảng ủy, UBND xã Đức Lĩnh",
        "partners": ["MTTQ thôn", "Chi đoàn, chi hội", "BHXH huyện Vũ Quang", "Hội Phụ nữ", "Hội Nông dân"],
        "products": BOTH,
        "model_code": build_model_code("A07"),
        "place_code": "18322",
        "starts_on": date(2024, 5, 1),
        "goal": "100 % người lao động của xã tham gia BHXH",
        "details": {"form": "nhóm nhỏ, đến từng hộ", "coverage_percent": "100"},
    }, (
        {
            "kind": "handover",
            "name": "Trao sổ BHXH trong lễ ra mắt",
            "period_from": date(2024, 5, 1),  # of the day, only the month was printed
            "period_to": date(2024, 5, 31),
        },
    )),
)  # fmt: skip

_SOUTH: Final = (
    Campaign("A20", NATIONAL_ADMIN, {
        "kind": "coverage_drive",
        "name": "Vận động qua chi bộ, đoàn thể khu vực 5",
        "organiser_name": "Chi bộ, Trưởng khu vực 5",
        "products": ["bhyt_hgd"],
        "place_code": KHU_VUC_5,
        "details": {"form": "trong các cuộc họp chi bộ, đoàn thể"},
    }),
    Campaign("A21", NATIONAL_ADMIN, {
        "kind": "recruitment_drive",
        "name": "Vận động người thân tham gia BHXH tự nguyện",
        "organiser_name": "Đảng ủy, UBND phường Lái Hiếu",
        "products": BOTH,
        "place_code": "31341",
        "goal": "Giao chỉ tiêu cho từng chi bộ và đoàn thể",
        "details": {
            "recruiters": ["cadre", "party_member", "union_member", "worker"], "recruits_min": 1,
            "relatives_only": True, "family_coverage_percent": "100",
        },
    }),
    Campaign("A22", NATIONAL_ADMIN, {
        "kind": "emulation",
        "name": "Thi đua theo chủ điểm và hỗ trợ mua BHYT",
        "organiser_name": "UBND phường Lái Hiếu",
        "products": ["bhyt_hgd"],
        "model_code": build_model_code("A22"),
        "place_code": "31341",
        "details": {"theme": "Thi đua theo chủ điểm"},
    }),
    Campaign("A23", NATIONAL_ADMIN, {
        "kind": "emulation",
        "name": "Khen thưởng và hỗ trợ người vận động",
        "organiser_name": "UBND thành phố Ngã Bảy",
        "partners": ["BHXH thành phố Ngã Bảy"],
        "products": BOTH,
        "place_code": "931",
        "starts_on": date(2024, 1, 1),
        "note": "Ghi theo năm của bài báo; ngày bắt đầu không in.",
    }),
    Campaign("A24", NATIONAL_ADMIN, {
        "kind": "recruitment_drive",
        "name": "Một cán bộ, đảng viên vận động từ 1 hoặc 2 người tham gia BHXH tự nguyện, BHYT hộ gia đình",
        "organiser_name": "BHXH địa phương, tỉnh Kiên Giang",
        "products": BOTH,
        "model_code": build_model_code("A24"),
        "place_code": "91",
        "starts_on": date(2023, 1, 1),
        "note": "Ghi theo năm của bài báo; ngày bắt đầu không in.",
        "details": {
            "recruiters": ["cadre", "party_member"], "recruits_min": 1, "recruits_max": 2, "relatives_only": True,
        },
    }),
    Campaign("A26", NATIONAL_ADMIN, {
        "kind": "recruitment_drive",
        "name": "Vận động giáo viên tham gia BHXH tự nguyện, BHYT cho thân nhân",
        "organiser_name": "BHXH huyện An Minh",
        "products": BOTH,
        "place_code": "909",
        "details": {"recruiters": ["teacher"], "relatives_only": True},
    }),
    Campaign("A28", NATIONAL_ADMIN, {
        "kind": "communication",
        "name": "Truyền thông các mô hình vận động",
        "organiser_name": "BHXH huyện Tân Hiệp",
        "products": BOTH,
        "place_code": "904",
    }),
    Campaign("A29", "phunu.vinhlong", {
        "kind": "communication",
        "name": "Hội Phụ nữ đưa chính sách BHXH vào cuộc sống",
        "place_code": "86",
        "note": "Chỉ có tiêu đề trong mục tin liên quan; không có số liệu.",
    }),
)  # fmt: skip

_AWARDS: Final = {
    "level": "district",
    "title": "Khen thưởng người vận động",
    "awarded_by": "UBND thành phố Ngã Bảy",
    "recipient_kind": "person",
    "count": 9,
    "note": "In tổng số 9; không in từng cấp khen.",
    **_YEAR_2024,
}
_PAYOUT: Final = {
    "kind": "mobiliser_support",
    "amount": 48_000_000,
    "qualifier": "more_than",
    "text": "hơn 48 triệu đồng",
    "purpose": "Hỗ trợ người vận động ở ấp, khu vực, ngoài thù lao",
    "payer_name": "UBND thành phố Ngã Bảy",
    **_YEAR_2024,
}


async def load(context: DemoContext) -> None:
    """Load all campaigns with their events, and the awards and payouts of Ngã Bảy."""
    actor = await context.act_as(NATIONAL_ADMIN)
    hamlet = PlaceIn(
        name="5", kind=AddedKind.KHU_VUC, code=KHU_VUC_5, parent_code="31343", valid_from=EARLIEST_DAY
    )
    await create_place(context.db, actor, hamlet)
    for campaign in sorted(_NORTH + _SOUTH, key=lambda campaign: (campaign.entered_by, campaign.case)):
        if actor.name != campaign.entered_by:
            actor = await context.act_as(campaign.entered_by)
        await _create_campaign(context, actor, campaign)
    actor = await context.act_as(NATIONAL_ADMIN)
    fields: dict[str, Any] = {"campaign_id": demo_id("campaign", "A23"), "place_code": "931"}
    await create_award(context.db, actor, AwardIn(id=demo_id("award", "A23"), **_AWARDS, **fields))
    await record_payout(
        context.db, actor, PayoutIn(id=demo_id("payout", "A23"), **_PAYOUT, **fields), "demo/payout/A23"
    )


async def _create_campaign(context: DemoContext, actor: Actor, campaign: Campaign) -> None:
    campaign_id = demo_id("campaign", campaign.case)
    await create_campaign(context.db, actor, CampaignIn(id=campaign_id, **campaign.columns))
    for number, event in enumerate(campaign.events):
        event_id = demo_id("event", campaign.case, number)
        await create_campaign_event(context.db, actor, campaign_id, EventIn(id=event_id, **event))
