"""Wire shape of people who are entered and join a group in one step."""

from typing import Annotated

from pydantic import Field

from app.core.spelling.person_names import PersonName
from app.core.values.bodies import RequestBody
from app.core.values.ids import Uuid
from app.core.values.text import Code, PersonNumber, Phone, ShortText, SocialInsuranceNo
from app.core.values.time import Day
from app.people.members.rules import Sex
from app.savings.memberships.schemas import Pledges


class EntrantIn(RequestBody):
    """A person who is new to the network's register, and the group that they join with what they pledge."""

    id: Annotated[Uuid | None, Field(description="Of the member; generated when left out")] = None
    group_id: Annotated[Uuid, Field(description="Tổ")]
    commune_code: Annotated[Code | None, Field(description="Where they live; default: the group's")] = None
    hamlet_code: Annotated[Code | None, Field(description="Thôn, ấp, tổ")] = None
    full_name: Annotated[PersonName, Field(description="Họ và tên")]
    birth_date: Annotated[Day | None, Field(description="Ngày sinh")] = None
    sex: Annotated[Sex | None, Field(description="Giới tính")] = None
    national_id: Annotated[PersonNumber | None, Field(description="Số CCCD/định danh")] = None
    social_insurance_no: Annotated[SocialInsuranceNo | None, Field(description="Mã số BHXH")] = None
    phone: Annotated[Phone | None, Field(description="Số điện thoại")] = None
    occupation: Annotated[ShortText | None, Field(description="Nghề nghiệp")] = None
    joined_on: Annotated[Day, Field(description="Ngày tham gia, of the person and of the membership")]
    pledges: Annotated[Pledges, Field(description="From `joined_on` on")] = []
