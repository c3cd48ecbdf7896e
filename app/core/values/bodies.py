"""Request bodies: their base model, and validation that names each wrong field by its JSON pointer."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from app.core.errors import FieldError, InvalidInput
from app.core.language import translate_field_error
from app.core.values.json_flaws import MAX_ERRORS, to_pointer_step
from app.core.values.strict_json import parse_strict

T = TypeVar("T")

WholeNumber = Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)]
"""A count in a body: a JSON number without a fraction, not a text of digits."""

StrictFlag = Annotated[bool, Field(strict=True)]
"""A yes or no in a body: true or false, not 1 or "yes"."""


class RequestBody(BaseModel):
    """Base of every request body: an unknown field is an error, a text has at most 100,000 characters."""

    model_config = ConfigDict(extra="forbid", str_max_length=100_000, allow_inf_nan=False)


def omittable_field() -> Any:
    """The default of a field that an edit may leave out but not set to null: `name: Name = omittable_field()`."""
    return Field(default_factory=lambda: None)


def get_set_fields(body: BaseModel) -> dict[str, Any]:
    """The fields that a PATCH body sets, with their values: only these change."""
    return {name: getattr(body, name) for name in type(body).model_fields if name in body.model_fields_set}


def _json_pointer(location: Iterable[int | str], value: object) -> str:
    """The JSON pointer of a pydantic error; steps that the value does not have (names of unions) are left out."""
    pointer, steps = "", list(location)
    for index, step in enumerate(steps):
        if isinstance(value, dict):
            if step in value:
                value = value[step]
            elif index < len(steps) - 1 or step == "[key]":
                continue
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            continue
        pointer += to_pointer_step(step)
    return pointer


def to_field_errors(errors: Iterable[Mapping[str, Any]], value: object, prefix: str = "") -> list[FieldError]:
    """Convert pydantic's errors (`ValidationError.errors(include_url=False)`) to FieldErrors in both languages.

    value: what was validated, to find the pointers; prefix: where that value lies, such as "/items/3".
    At most 100 are given; no value that was sent is repeated.
    """
    results = []
    for error in islice(errors, MAX_ERRORS):
        vi, en = translate_field_error(error["type"], error.get("ctx") or {})
        results.append(FieldError(prefix + _json_pointer(error["loc"], value), error["type"], vi, en))
    return results


_adapters: dict[Any, TypeAdapter[Any]] = {}


def _get_adapter(model: Any) -> TypeAdapter[Any]:
    """The TypeAdapter of a type, made once: types are few and live as long as the process."""
    if model not in _adapters:
        _adapters[model] = TypeAdapter(model)
    return _adapters[model]


def validate_value(value: object, model: type[T] | TypeAdapter[T], prefix: str = "") -> T:
    """Validate a parsed value as `model`. Raises: InvalidInput with the pointers, each after `prefix`."""
    adapter: TypeAdapter[T] = model if isinstance(model, TypeAdapter) else _get_adapter(model)
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise InvalidInput(errors=to_field_errors(found, value, prefix)) from None


def validate(raw: bytes, model: type[T] | TypeAdapter[T]) -> T:
    """Parse and validate a raw JSON body as `model`: `parse_strict`, then `validate_value`."""
    return validate_value(parse_strict(raw), model)
