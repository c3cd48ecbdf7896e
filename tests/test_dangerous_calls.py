"""Code that could run what somebody sent is not there: the doors that Python and SQL leave open are closed or listed."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in (ROOT / "app").rglob("*.py")
}
NEVER = re.compile(
    r"(?:eval|exec|compile|__import__|os\.(?:system|popen|exec\w*|spawn\w*)|asyncio\.create_subprocess\w*|"
    r"(?:pickle|marshal|shelve|dill|jsonpickle)\.\w+|yaml\.\w+|subprocess\.(?:getoutput|getstatusoutput))"
)
STARTS_PROGRAMS = {
    "app/core/postgres/embedded/account.py": "makes the system's account for PostgreSQL",
    "app/core/postgres/embedded/server.py": "PostgreSQL's own programs",
    "app/core/postgres/schema_dump.py": "pg_dump, for who develops",
    "app/core/process/children.py": "the processes of the API and of jobs",
}
MAKES_PATTERNS = {
    "app/auth/password_rules.py": "of its own parts",
    "app/core/postgres/revise.py": "of names of files, for who develops",
    "app/core/spelling/encodings.py": "of its own table",
    "app/core/spelling/syllables.py": "of its own lists of sounds",
    "app/core/values/text.py": "of those of its own module",
    "app/tenancy/users/schemas.py": "a constant",
    "app/privacy/traces/rules.py": "the numbers of who was erased: their digits, and two letters",
}
COMPOSES_SQL = {
    "app/audit/outbox.py:announce_sql": "an event's name, numbers of parameters, columns named in code",
    "app/audit/service.py:record_event_sql": "an event's name, numbers of parameters, columns named in code",
    "app/auth/keys/resealing.py:select": "tables and columns named in code",
    "app/auth/keys/resealing.py:update": "the same",
    "app/core/postgres/server.py:_is_done": "steps of the setup, before anybody is served",
    "app/core/postgres/server_steps.py:setup_steps": "the same; names of roles come quoted",
    "app/core/postgres/server_steps.py:_extension_step": "the same",
    "app/forms/lists/selects.py:_build_statement": "clauses of its own module",
    "app/insurance/enrolments/intake/statements.py:_follow_up_sql": "clauses of its own module",
    "app/insurance/enrolments/intake/statements.py:_insert_enrolments_sql": "columns named in code",
    "app/insurance/enrolments/intake/statements.py:_update_enrolments_sql": "columns named in code",
    "app/jobs/pruning.py:_sql": "functions named in code",
    "app/ledger/verification/aggregates.py:_build_aggregate_check": "tables and periods named in code",
    "app/ledger/verification/verify.py:_run_check": "checks of its own room",
    "app/people/members/bulk.py:_insert_pending_sql": "columns named in code",
    "app/people/members/bulk.py:_insert_sql": "columns named in code",
    "app/people/members/numbers.py:build_insert": "columns named in code",
    "app/privacy/traces/settling.py:_find_officer": "tables named in code",
    "app/privacy/traces/wiping.py:_read_body": "tables and columns named in code",
}
"""Functions that put SQL together, and of what. None takes a word of a request: values are parameters, always."""

_SQL = re.compile(r"\b(?:select|insert into|update|delete from|call)\s", re.IGNORECASE)


def list_calls(source: str) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def list_composing_functions(source: str) -> Iterator[str]:
    """The functions that put SQL together at run time; a module's own text is fixed when it is imported."""
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.JoinedStr):
                    parts = [part.value for part in node.values if isinstance(part, ast.Constant)]
                    if len(parts) < len(node.values) and _SQL.search("".join(map(str, parts))):
                        yield function.name


class TestPython:
    def test_nothing_is_evaluated_unpickled_or_given_to_a_shell(self) -> None:
        found = {
            (module, name)
            for module, source in MODULES.items()
            for name, call in list_calls(source)
            if NEVER.fullmatch(name) or any(keyword.arg == "shell" for keyword in call.keywords)
        }
        assert found == set()

    def test_programs_are_started_by_these_alone_and_as_lists_of_words(self) -> None:
        starts = [
            (module, call)
            for module, source in MODULES.items()
            for name, call in list_calls(source)
            if name.startswith("subprocess.")
        ]
        assert {module for module, _ in starts} == set(STARTS_PROGRAMS)
        assert not [call for _, call in starts if isinstance(call.args[0], ast.Constant | ast.JoinedStr)]

    def test_no_pattern_is_made_of_what_was_sent(self) -> None:
        found = {
            module
            for module, source in MODULES.items()
            for name, call in list_calls(source)
            if re.fullmatch(r"re\.\w+", name) and call.args and not isinstance(call.args[0], ast.Constant)
        }
        assert found == set(MAKES_PATTERNS)

    def test_they_are_found(self) -> None:
        found = [name for name, _ in list_calls("os.system(x)\npickle.loads(y)\neval(z)\nre.compile(w)")]
        assert [bool(NEVER.fullmatch(name)) for name in found] == [True, True, True, False]


class TestSql:
    def test_is_composed_by_these_alone(self) -> None:
        found = {
            f"{module}:{name}"
            for module, source in MODULES.items()
            for name in list_composing_functions(source)
        }
        assert found == set(COMPOSES_SQL)

    def test_no_function_of_the_database_executes_a_text(self) -> None:
        """In plpgsql EXECUTE runs a text; in a trigger or a grant it is another word."""
        found = [
            f"{path.relative_to(ROOT)}: {line.strip()}"
            for path in (ROOT / "database").rglob("*.sql")
            if path.name != "schema.sql"
            for line in path.read_text(encoding="utf-8").splitlines()
            if re.search(
                r"\bexecute\b(?! (?:function|procedure|on\b))", line.partition("--")[0], re.IGNORECASE
            )
        ]
        assert found == []

    @pytest.mark.parametrize(
        "source",
        [
            'def f(x):\n    db.execute(f"select 1 from t where a = {x}")',
            'async def f(x):\n    return f"""delete from {x}"""',
        ],
    )
    def test_one_with_a_value_in_it_is_found(self, source: str) -> None:
        assert list(list_composing_functions(source)) == ["f"]
        assert list(list_composing_functions(source.replace("{x}", "1"))) == []
