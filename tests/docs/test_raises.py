"""What a docstring names after "Raises:" is an exception that the code can raise."""

import ast
import builtins
import re
from collections.abc import Iterator
from pathlib import Path

APP = Path(__file__).parents[2] / "app"
CLASS_NAME = re.compile(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)*\b")
SEVERAL_WORDS = re.compile(r"(?:[A-Z][a-z]+){2,}")
CODE_SPAN = re.compile(r"`[^`]*`")
"""Says where else to look, as "`FileImport.process`"."""


def classes_of(source: str) -> dict[str, set[str]]:
    """The classes that a module defines, each with its bases."""
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)]
    return {node.name: {ast.unparse(base).rpartition(".")[2] for base in node.bases} for node in nodes}


def exceptions_among(classes: dict[str, set[str]]) -> set[str]:
    """The names of the exceptions: Python's own, and the classes that derive from one."""
    exceptions = {
        name
        for name, value in vars(builtins).items()
        if isinstance(value, type) and issubclass(value, BaseException)
    }
    while found := {name for name, bases in classes.items() if bases & exceptions} - exceptions:
        exceptions |= found
    return exceptions


def raises_sections(source: str) -> Iterator[str]:
    """What stands after "Raises:" in the docstrings of a module, up to the next empty line, without code spans."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(ast.parse(source)):
        text = ast.get_docstring(node) if isinstance(node, documented) else None
        if text and "Raises:" in text:
            yield CODE_SPAN.sub("", text.partition("Raises:")[2].partition("\n\n")[0])


def imported_names(source: str) -> set[str]:
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]
    return {alias.name for node in nodes for alias in node.names}


def wrong_names(source: str, classes: dict[str, set[str]]) -> list[str]:
    """The names after "Raises:" that are other classes, or that look like a class and are none."""
    exceptions = exceptions_among(classes) | (imported_names(source) - classes.keys())
    return [
        name
        for section in raises_sections(source)
        for name in CLASS_NAME.findall(section)
        if name not in exceptions and (name in classes or SEVERAL_WORDS.fullmatch(name))
    ]


def test_every_name_after_raises_is_an_exception() -> None:
    sources = {path.relative_to(APP).as_posix(): path.read_text() for path in APP.rglob("*.py")}
    classes = {name: bases for source in sources.values() for name, bases in classes_of(source).items()}
    assert {"DomainError", "NotFound", "IdTaken"} <= exceptions_among(classes)
    wrong = {path: names for path, source in sources.items() if (names := wrong_names(source, classes))}
    assert wrong == {}


def test_a_wrong_name_is_found() -> None:
    source = '''
from elsewhere import Halted
class Gone(ValueError): ...
class Status(StrEnum): ...
def read():
    """Read it.

    Raises: Gone, KeyError, Halted; Status of a member; GoneAway when it moved; as `TheOther.read`.

    Also AnotherThing.
    """
'''
    assert wrong_names(source, classes_of(source)) == ["Status", "GoneAway"]
