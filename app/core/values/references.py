"""Fields of a body that refer to a record by its id or its code: the pointer of the one given, and not found."""

from uuid import UUID

from app.core.errors import FieldError, InvalidInput, NotFound


def reference_not_found(pointer: str) -> NotFound:
    """Build the NotFound error of a field that refers to something absent or not the caller's."""
    return NotFound(errors=[FieldError(pointer, "not_found", NotFound.vi, NotFound.en)])


def choose_pointer(row_id: UUID | None, code: str | None, prefix: str) -> str | None:
    """The pointer of whichever was given of `<prefix>_id` and `<prefix>_code`; None when neither was.

    Raises: InvalidInput when both were.
    """
    if row_id is not None and code is not None:
        raise InvalidInput.at(
            f"/{prefix}_code",
            "one_of_two",
            vi="Chỉ ghi một trong hai: mã định danh (UUID) hoặc mã số.",
            en="Give either the id or the code, not both.",
        )
    if row_id is not None:
        return f"/{prefix}_id"
    return f"/{prefix}_code" if code is not None else None
