"""Errors about other insurance."""

from app.core.errors import Conflict, IdTaken, register_constraint


class OtherInsuranceOverlaps(Conflict):
    """This kind of other insurance is already recorded for some of these days."""

    code = "other_insurance_overlaps"
    vi = "Thời gian này bị trùng với lần đã ghi của cùng loại bảo hiểm."
    en = "These days overlap with an earlier record of the same insurance."


class OtherInsuranceEnded(Conflict):
    """The other insurance has ended, on another day."""

    code = "other_insurance_ended"
    vi = "Bảo hiểm này đã được ghi kết thúc vào ngày khác."
    en = "This insurance has ended, on another day."


register_constraint("other_insurance_pkey", IdTaken)
register_constraint("ex_other_insurance_overlap", OtherInsuranceOverlaps)
