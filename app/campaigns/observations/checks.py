"""Checks of an observation before it is recorded: a time, units, and a number or words."""

from app.campaigns.metrics import check_unit, check_value, check_whole_number
from app.campaigns.observations.schemas import ObservationIn
from app.campaigns.shapes import NumberIn, check_not_both, missing_content
from app.core.errors import InvalidInput
from app.core.values.time import check_day_order


def check_observation(body: ObservationIn) -> None:
    """Refuse an observation without a time, a unit, or a number or words. Raises: InvalidInput."""
    _check_time(body)
    _check_value(body)
    comparison = body.comparison
    if comparison is not None and (comparison.difference is None) != (comparison.difference_kind is None):
        raise InvalidInput.at(
            "/comparison/difference_kind" if comparison.difference_kind is None else "/comparison/difference",
            "difference_kind",
            vi="Mức chênh lệch và loại chênh lệch phải đi cùng nhau.",
            en="A difference and its kind go together.",
        )


def _check_time(body: ObservationIn) -> None:
    begins, ends = body.period_from, body.period_to
    check_not_both(body.observed_on, begins, ends, "/observed_on")
    incomplete = (begins is None) != (ends is None)
    if incomplete or (body.observed_on or begins or body.source.date) is None:
        raise InvalidInput.at(
            "/observed_on" if not incomplete else "/period_to" if ends is None else "/period_from",
            "day_or_period",
            vi="Cần một ngày, cả ngày đầu và ngày cuối của khoảng thời gian, hoặc ngày của nguồn.",
            en="A day is needed, or both days of a period, or the source's date.",
        )
    check_day_order(begins, ends, "/period_to")


def _check_value(body: ObservationIn) -> None:
    if body.value is not None and body.unit is None:
        raise InvalidInput.at(
            "/unit", "unit_needed", vi="Cần đơn vị của con số.", en="The number's unit is needed."
        )
    if body.unit is not None:
        check_unit(body.metric, body.unit, "/unit")
    if body.value is not None and body.unit is not None:
        check_value(body.metric, body.value, body.unit, "/value")
    terms: dict[str, NumberIn | None] = {"/numerator": body.numerator, "/denominator": body.denominator}
    terms |= {f"/parts/{at}": part for at, part in enumerate(body.parts)}
    for pointer, term in terms.items():
        if term is not None:
            check_whole_number(term.value, term.unit, f"{pointer}/value")
    if body.value is None and not (body.text or body.numerator or body.parts or body.corrects_id):
        raise missing_content("/value")
