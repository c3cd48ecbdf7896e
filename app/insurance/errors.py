"""The errors of fields, as every list of rows reports them."""

from app.core.errors import DomainError, FieldError


def build_field_error(pointer: str, error_type: type[DomainError]) -> FieldError:
    """Build the error of one field of a row, with the error type's code and texts."""
    return FieldError(pointer, error_type.code, error_type.vi, error_type.en)
