"""Errors of organisations, users, devices and clients."""

from collections.abc import Sequence

from app.core.errors import (
    Conflict,
    FieldError,
    Forbidden,
    IdTaken,
    InvalidInput,
    register_constraint,
)


class CodeTaken(Conflict):
    """Another organisation has this code."""

    code = "code_taken"
    vi = "Mã tổ chức này đã có."
    en = "Another organisation has this code."


class UsernameTaken(Conflict):
    """Another user has this user name; user names are the same for all networks."""

    code = "username_taken"
    vi = "Tên đăng nhập này đã có người dùng."
    en = "This user name is taken."


class ClientIdTaken(Conflict):
    """Another client has this client_id."""

    code = "client_id_taken"
    vi = "Mã hệ thống đối tác này đã có."
    en = "This client_id is taken."


class OrganisationCycle(Conflict):
    """An organisation would be above itself on some day."""

    code = "organisation_cycle"
    vi = "Tổ chức không thể là cấp trên của chính mình."
    en = "An organisation cannot be above itself."


class DatesOverlap(Conflict):
    """There is already an entry of the same kind on some of these days."""

    code = "dates_overlap"
    vi = "Trong thời gian này đã có một mục cùng loại."
    en = "There is already an entry of this kind on some of these days."


class TooManySecrets(Conflict):
    """Two secrets of the client are valid; one must end before a third is created."""

    code = "too_many_secrets"
    vi = "Hệ thống đối tác đã có hai mã bí mật còn hiệu lực; hãy thu hồi một mã trước."
    en = "The client has two valid secrets; revoke one first."


class OutsideScope(Forbidden):
    """The record to be written lies outside the actor's places (địa bàn)."""

    code = "outside_scope"
    vi = "Ngoài địa bàn được giao."
    en = "This lies outside your places."

    def __init__(self, pointer: str | None = None, *, errors: Sequence[FieldError] = ()) -> None:
        field_errors = errors if pointer is None else [FieldError(pointer, self.code, self.vi, self.en)]
        super().__init__(errors=field_errors)


class GrantExceeds(Forbidden):
    """The actor would grant rights that they do not have."""

    code = "grant_exceeds"
    vi = "Không thể cấp quyền vượt quá quyền của mình."
    en = "Nobody may grant more than their own rights."

    def __init__(self, pointer: str | None = None) -> None:
        super().__init__(errors=[] if pointer is None else [FieldError(pointer, self.code, self.vi, self.en)])


class OwnRecord(Forbidden):
    """The actor's own account or organisation can only be changed in this way by somebody above them."""

    code = "own_record"
    vi = "Việc này do cấp trên hoặc người quản trị khác thực hiện."
    en = "You cannot do this to your own account or organisation."


def rewrites_past(pointer: str) -> InvalidInput:
    """Build the error of a dated change that would begin before today."""
    return InvalidInput.at(
        pointer,
        "rewrites_past",
        vi="Chỉ được thay đổi từ hôm nay trở đi; những ngày đã qua giữ nguyên.",
        en="A change takes effect today or later; past days stay as recorded.",
    )


register_constraint("organisation_pkey", IdTaken)
register_constraint("app_user_pkey", IdTaken)
register_constraint("device_pkey", IdTaken)
register_constraint("api_client_pkey", IdTaken)
register_constraint("uq_organisation_code", CodeTaken)
register_constraint("uq_app_user_username", UsernameTaken)
register_constraint("uq_api_client_client_id", ClientIdTaken)
register_constraint("ck_organisation_parent_self", OrganisationCycle)
register_constraint("organisation_parent_pkey", DatesOverlap)
register_constraint("ex_organisation_parent_overlap", DatesOverlap)
register_constraint("organisation_place_pkey", DatesOverlap)
register_constraint("ex_organisation_place_overlap", DatesOverlap)
register_constraint("user_group_pkey", DatesOverlap)
register_constraint("ex_user_group_overlap", DatesOverlap)
