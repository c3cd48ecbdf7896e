"""Domain errors, their texts, and the errors that database errors are mapped to."""

import asyncpg
import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.core.errors import (
    BodyTooLarge,
    Conflict,
    DomainError,
    Forbidden,
    InvalidInput,
    NotFound,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    error_for_constraint,
    register_constraint,
)
from app.core.postgres.database_errors import error_for_database
from app.insurance.enrolments.errors import WrongEnrolmentStatus


class NationalIdTaken(DomainError):
    status, code = 409, "national_id_taken"
    vi, en = "Số định danh này đã có.", "This number is already registered."


register_constraint("uq_test_national_id", NationalIdTaken)


def make_violation(kind: type[asyncpg.PostgresError], **fields: object) -> asyncpg.PostgresError:
    error = kind("words that must not matter")
    for name, value in fields.items():
        setattr(error, name, value)
    return error


def wrap_error(error: asyncpg.PostgresError) -> IntegrityError:
    """As SQLAlchemy's asyncpg dialect does it: DBAPIError.orig.__cause__ is the driver's."""
    adapted = Exception("adapted")
    adapted.__cause__ = error
    return IntegrityError("insert …", {}, adapted)


class TestNouns:
    def test_words_are_filled_in_both_languages(self):
        error = BodyTooLarge(limit=10)
        assert "10" in error.detail_vi
        assert error.detail_en == "The body is longer than 10 bytes."

    def test_amounts_and_states_are_written_as_in_each_language(self):
        error = BodyTooLarge(limit=1_048_576)
        assert (error.detail_vi[-15:], error.detail_en[-16:]) == ("1.048.576 byte.", "1,048,576 bytes.")
        status = WrongEnrolmentStatus(status="accepted")
        assert "“BHXH đã tiếp nhận”" in status.detail_vi
        assert "“accepted by BHXH”" in status.detail_en

    def test_a_forgotten_value_is_noticed(self):
        with pytest.raises(KeyError):
            BodyTooLarge()

    def test_unauthenticated_says_how(self):
        assert Unauthenticated().headers == {"WWW-Authenticate": "Bearer"}

    def test_retry_after_is_at_least_a_second(self):
        assert TooManyRequests(retry_after=0).headers == {"Retry-After": "1"}
        assert Unavailable(retry_after=30).headers["Retry-After"] == "30"

    def test_one_field(self):
        error = InvalidInput.at("/items/3/amount", "too_much", vi="Quá lớn.", en="Too much.")
        assert error.status == 422
        assert [(item.pointer, item.code) for item in error.errors] == [("/items/3/amount", "too_much")]


class TestConstraints:
    def test_known_by_name(self):
        assert isinstance(error_for_constraint("uq_test_national_id"), NationalIdTaken)
        assert error_for_constraint("uq_unheard_of") is None
        assert error_for_constraint(None) is None

    def test_a_name_means_one_thing(self):
        register_constraint("uq_test_national_id", NationalIdTaken)
        with pytest.raises(ValueError, match="uq_test_national_id"):
            register_constraint("uq_test_national_id", Forbidden)

    def test_found_inside_sqlalchemys_exception(self):
        error = make_violation(asyncpg.UniqueViolationError, constraint_name="uq_test_national_id")
        assert isinstance(error_for_database(error), NationalIdTaken)
        assert isinstance(error_for_database(wrap_error(error)), NationalIdTaken)

    def test_a_function_may_name_a_constraint(self):
        error = make_violation(asyncpg.RaiseError, constraint_name="uq_test_national_id")
        assert isinstance(error_for_database(error), NationalIdTaken)


class TestDatabase:
    @pytest.mark.parametrize(
        ("raised", "expected"),
        [
            (asyncpg.UniqueViolationError("x"), Conflict),
            (asyncpg.ExclusionViolationError("x"), Conflict),
            (asyncpg.ForeignKeyViolationError("x"), InvalidInput),
            (asyncpg.CheckViolationError("x"), InvalidInput),
            (asyncpg.NotNullViolationError("x"), InvalidInput),
            (asyncpg.NumericValueOutOfRangeError("x"), InvalidInput),
            (asyncpg.CharacterNotInRepertoireError("x"), InvalidInput),
            (asyncpg.exceptions._base.DataError("x"), InvalidInput),
            (asyncpg.SerializationError("x"), Unavailable),
            (asyncpg.DeadlockDetectedError("x"), Unavailable),
            (asyncpg.LockNotAvailableError("x"), Unavailable),
            (asyncpg.QueryCanceledError("x"), Unavailable),
            (asyncpg.AdminShutdownError("x"), Unavailable),
            (asyncpg.TooManyConnectionsError("x"), Unavailable),
            (asyncpg.ConnectionDoesNotExistError("x"), Unavailable),
            (asyncpg.InterfaceError("x"), Unavailable),
            (asyncpg.ClientConfigurationError("x"), Unavailable),
            (ConnectionRefusedError(), Unavailable),
            (TimeoutError(), Unavailable),
            (PoolTimeout(), Unavailable),
        ],
    )
    def test_by_state(self, raised: Exception, expected: type[DomainError]):
        assert type(error_for_database(raised)) is expected

    def test_a_row_refused_by_row_level_security_is_as_if_absent(self):
        error = make_violation(
            asyncpg.InsufficientPrivilegeError, server_source_function="ExecWithCheckOptions"
        )
        assert isinstance(error_for_database(error), NotFound)

    @pytest.mark.parametrize(
        "raised",
        [asyncpg.InsufficientPrivilegeError("x"), asyncpg.UndefinedTableError("x"), ValueError("x")],
    )
    def test_a_defect_stays_one(self, raised: Exception):
        assert error_for_database(raised) is None
