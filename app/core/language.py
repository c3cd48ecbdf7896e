"""The caller's language, and the texts in both languages that are not a domain error's own."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from app.core.errors import FieldError

Language = Literal["vi", "en"]

_MAX_HEADER_LENGTH = 200


@lru_cache(maxsize=256)
def negotiate_language(accept_language: str | None) -> Language:
    """Choose a language: Vietnamese unless `Accept-Language` (RFC 9110) clearly prefers English.

    A range's weight is its `q`; what cannot be read is passed over.
    """
    if not accept_language or len(accept_language) > _MAX_HEADER_LENGTH:
        return "vi"
    weights: dict[str, float] = {}
    for item in accept_language.split(","):
        tag, _, parameters = item.strip().partition(";")
        weight = _weight(parameters)
        name = tag.strip().lower().split("-")[0]
        if weight is not None and weight > weights.get(name, -1.0):
            weights[name] = weight
    rest = weights.get("*", 0.0)
    vietnamese, english = weights.get("vi", rest), weights.get("en", rest)
    return (
        "en" if english > vietnamese or (english == vietnamese > rest and _english_first(weights)) else "vi"
    )


def _weight(parameters: str) -> float | None:
    """The q of a range, 1 when there is none, None when it is malformed."""
    name, _, value = parameters.strip().partition("=")
    if not name:
        return 1.0
    try:
        weight = float(value)
    except ValueError:
        return None
    return weight if name.strip().lower() == "q" and 0 <= weight <= 1 else None


def _english_first(weights: Mapping[str, float]) -> bool:
    order = list(weights)
    return order.index("en") < order.index("vi")


TITLES: Mapping[int, tuple[str, str]] = {
    400: ("Yêu cầu không hợp lệ", "Bad request"),
    401: ("Chưa đăng nhập", "Not logged in"),
    403: ("Không có quyền", "Not allowed"),
    404: ("Không tìm thấy", "Not found"),
    405: ("Phương thức không được hỗ trợ", "Method not allowed"),
    408: ("Hết thời gian chờ", "Request timeout"),
    409: ("Mâu thuẫn dữ liệu", "Conflict"),
    410: ("Không còn nữa", "Gone"),
    412: ("Phiên bản đã cũ", "Stale version"),
    413: ("Nội dung quá lớn", "Content too large"),
    414: ("Đường dẫn quá dài", "URI too long"),
    415: ("Kiểu nội dung không được hỗ trợ", "Unsupported media type"),
    422: ("Dữ liệu chưa hợp lệ", "Invalid input"),
    428: ("Thiếu số phiên bản", "Version needed"),
    429: ("Quá nhiều yêu cầu", "Too many requests"),
    431: ("Tiêu đề quá lớn", "Request header fields too large"),
    500: ("Lỗi hệ thống", "Internal error"),
    503: ("Tạm thời chưa phục vụ được", "Temporarily unavailable"),
}
"""Short titles of problems by status: Vietnamese, English."""

_ANY = ("Giá trị không hợp lệ.", "This value is not valid.")
_TEXT = ("Cần một chuỗi ký tự.", "A text is needed.")
_INTEGER = ("Cần một số nguyên.", "A whole number is needed.")
_NUMBER = ("Cần một số.", "A number is needed.")
_TRUTH = ("Cần giá trị đúng hoặc sai.", "true or false is needed.")
_OBJECT = ("Cần một đối tượng JSON.", "A JSON object is needed.")
_LIST = ("Cần một danh sách.", "A list is needed.")
_DATE = ("Cần một ngày dạng NĂM-THÁNG-NGÀY.", "A day as YYYY-MM-DD is needed.")
_INSTANT = ("Cần một thời điểm dạng RFC 3339, có múi giờ.", "An RFC 3339 instant with a time zone is needed.")
_CLOCK = ("Cần một giờ trong ngày.", "A time of day is needed.")
_CHOICE = ("Chỉ nhận một trong: {expected}.", "One of these is needed: {expected}.")
_UUID = ("Cần một mã UUID.", "A UUID is needed.")
_DECIMAL = ("Cần một số thập phân.", "A decimal number is needed.")

FIELD_MESSAGES: Mapping[str, tuple[str, str]] = {
    "missing": ("Thiếu trường bắt buộc.", "This field is required."),
    "missing_argument": ("Thiếu trường bắt buộc.", "This field is required."),
    "extra_forbidden": ("Trường này không được hỗ trợ.", "There is no such field."),
    "none_required": ("Trường này phải để trống.", "This must be null."),
    "string_type": _TEXT,
    "string_sub_type": _TEXT,
    "string_unicode": ("Chuỗi có ký tự không hợp lệ.", "The text has invalid characters."),
    "string_too_short": ("Cần ít nhất {min_length} ký tự.", "At least {min_length} characters are needed."),
    "string_too_long": ("Nhiều nhất {max_length} ký tự.", "At most {max_length} characters are allowed."),
    "string_pattern_mismatch": ("Không đúng dạng quy định.", "This does not have the required form."),
    "int_type": _INTEGER,
    "int_parsing": _INTEGER,
    "int_from_float": _INTEGER,
    "int_parsing_size": ("Số nguyên quá lớn.", "The number is too large."),
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": ("Cần một số hữu hạn.", "A finite number is needed."),
    "decimal_type": _DECIMAL,
    "decimal_parsing": _DECIMAL,
    "decimal_max_digits": ("Nhiều nhất {max_digits} chữ số.", "At most {max_digits} digits are allowed."),
    "decimal_max_places": (
        "Nhiều nhất {decimal_places} chữ số lẻ.",
        "At most {decimal_places} decimal places.",
    ),
    "decimal_whole_digits": ("Phần nguyên quá dài.", "The whole part has too many digits."),
    "bool_type": _TRUTH,
    "bool_parsing": _TRUTH,
    "greater_than": ("Phải lớn hơn {gt}.", "This must be greater than {gt}."),
    "greater_than_equal": ("Phải từ {ge} trở lên.", "This must be at least {ge}."),
    "less_than": ("Phải nhỏ hơn {lt}.", "This must be less than {lt}."),
    "less_than_equal": ("Nhiều nhất là {le}.", "This must be at most {le}."),
    "multiple_of": ("Phải là bội số của {multiple_of}.", "This must be a multiple of {multiple_of}."),
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "dataclass_type": _OBJECT,
    "dict_type": _OBJECT,
    "mapping_type": _OBJECT,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "set_type": _LIST,
    "too_short": ("Cần ít nhất {min_length} phần tử.", "At least {min_length} items are needed."),
    "too_long": ("Nhiều nhất {max_length} phần tử.", "At most {max_length} items are allowed."),
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "date_past": ("Phải là ngày đã qua.", "This must be a day in the past."),
    "date_future": ("Phải là ngày chưa tới.", "This must be a day in the future."),
    "datetime_type": _INSTANT,
    "datetime_parsing": _INSTANT,
    "datetime_from_date_parsing": _INSTANT,
    "datetime_object_invalid": _INSTANT,
    "timezone_aware": _INSTANT,
    "time_type": _CLOCK,
    "time_parsing": _CLOCK,
    "enum": _CHOICE,
    "literal_error": _CHOICE,
    "uuid_type": _UUID,
    "uuid_parsing": _UUID,
    "uuid_version": _UUID,
    "union_tag_invalid": ("Loại không được hỗ trợ.", "There is no such kind."),
    "union_tag_not_found": ("Thiếu trường cho biết loại.", "The field that says the kind is missing."),
    "url_type": ("Cần một địa chỉ web.", "A web address is needed."),
    "url_parsing": ("Cần một địa chỉ web.", "A web address is needed."),
    "url_scheme": ("Cần địa chỉ web bắt đầu bằng: {expected_schemes}.", "Use one of: {expected_schemes}."),
    "recursion_loop": ("Lồng nhau quá sâu.", "This is nested too deeply."),
}
"""Words for pydantic's error types, filled from the limits of the schema and never from what was sent."""


def translate_field_error(error_type: str, context: Mapping[str, object]) -> tuple[str, str]:
    """The Vietnamese and English message for one error of pydantic.

    context: the error's context. Our own validators put both messages into it (`app.core.errors.field_problem`).
    """
    if isinstance(context.get("vi"), str) and isinstance(context.get("en"), str):
        return str(context["vi"]), str(context["en"])
    if error_type in ("too_short", "too_long") and context.get("field_type") == "Value":
        error_type = f"string_{error_type}"  # a text that was checked after other validators
    vi, en = FIELD_MESSAGES.get(error_type, _ANY)
    choices = context.get("expected")
    vi_context = {
        name: f"{value:,}".replace(",", ".") if isinstance(value, int) else value
        for name, value in context.items()
    }
    if isinstance(choices, str):
        vi_context["expected"] = choices.replace(" or ", " hoặc ")
    try:
        return vi.format_map(vi_context), en.format_map(context)
    except KeyError:
        return _ANY


def missing_field(pointer: str) -> FieldError:
    """Error for a field that is needed here, though not in every request."""
    return FieldError(pointer, "missing", *FIELD_MESSAGES["missing"])
