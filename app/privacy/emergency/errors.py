"""Errors of emergency accesses."""

from typing import Any, Final

from app.core.errors import Conflict, Forbidden, IdTaken, Words, register_constraint


class WrongEmergencyState(Conflict):
    """The step is not possible in the present state of the access."""

    code = "wrong_emergency_state"
    vi = "Lượt truy cập khẩn cấp đang ở trạng thái “{state}” nên không làm được việc này."
    en = "The emergency access is “{state}”, so this is not possible."

    def __init__(self, *, state: str, **values: Any) -> None:
        super().__init__(state=_STATE_NAMES[state], **values)


class EmergencyStepRefused(Conflict):
    """The database refuses a step that is not this person's, or whose time has passed meanwhile."""

    code = "emergency_step_refused"
    vi = "Không làm được bước này: đã quá hạn, hoặc phải do người khác làm."
    en = "This step is refused: its time has passed, or another person has to take it."


class AnotherPersonNeeded(Forbidden):
    """Who asked does not decide, and who asked or decided does not review."""

    code = "another_person_needed"
    vi = "Việc này phải do một người khác làm."
    en = "Another person has to do this."


class NotWhoAsked(Forbidden):
    """Only who asked for an access cancels it or uses it."""

    code = "not_who_asked"
    vi = "Chỉ người đã yêu cầu mới làm được việc này."
    en = "Only who asked for the access can do this."


register_constraint("emergency_access_pkey", IdTaken)

_STATE_NAMES: Final = {
    "requested": Words("chờ người thứ hai duyệt", "requested"),
    "lapsed": Words("quá hạn duyệt", "lapsed"),
    "refused": Words("đã từ chối", "refused"),
    "cancelled": Words("người yêu cầu đã rút lại", "cancelled"),
    "active": Words("đang mở", "active"),
    "over": Words("đã hết, chờ rà soát", "over"),
    "reviewed": Words("đã rà soát", "reviewed"),
}
