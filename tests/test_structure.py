"""What a newcomer relies on: folders that one can look through, and one module for each public name."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

APP = Path(__file__).parents[1] / "app"
MAX_MODULES = 15
HANDLERS = APP / "routers"
"""A handler bears the name of its operation, often that of the service function it calls."""
DEMO = APP / "demo"
"""The chapters of the demonstration data have the same parts each."""


def public_names(source: str) -> Iterator[str]:
    """The functions, classes and constants that a module defines; type variables are its own."""
    for node in ast.parse(source).body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names = [name]
            case ast.Assign(value=ast.Call(func=ast.Name(id="TypeVar"))):
                names = []
            case ast.Assign(targets=targets):
                names = [target.id for target in targets if isinstance(target, ast.Name)]
            case ast.AnnAssign(target=ast.Name(id=name)):
                names = [name]
            case _:
                names = []
        yield from (name for name in names if not name.startswith("_"))


def defined_twice(sources: dict[str, str]) -> dict[str, list[str]]:
    """Names that several modules define, with the modules. sources: text by module."""
    modules: dict[str, list[str]] = defaultdict(list)
    for module, source in sources.items():
        for name in set(public_names(source)):
            modules[name].append(module)
    return {name: sorted(found) for name, found in modules.items() if len(found) > 1}


def crowded(root: Path) -> dict[str, int]:
    """Folders with more modules than one can look through, with their number."""
    numbers: dict[str, int] = defaultdict(int)
    for path in root.rglob("*.py"):
        numbers[str(path.parent.relative_to(root))] += path.name != "__init__.py"
    return {folder: number for folder, number in numbers.items() if number > MAX_MODULES}


def test_a_public_name_is_defined_in_one_module():
    paths = [path for path in APP.rglob("*.py") if not {HANDLERS, DEMO} & set(path.parents)]
    assert len(paths) > 300
    assert defined_twice({str(path.relative_to(APP)): path.read_text() for path in paths}) == {}


def test_a_second_definition_is_found():
    first, second = (
        "from x import A\nT = TypeVar('T')\ndef find(): ...",
        "find: int = 1\nT = TypeVar('T')\nA = 2",
    )
    assert defined_twice({"one": first, "two": second}) == {"find": ["one", "two"]}


def test_no_folder_is_crowded():
    assert crowded(APP) == crowded(APP.parent / "tests") == {}


def test_a_crowded_folder_is_found(tmp_path: Path):
    for number in range(MAX_MODULES + 1):
        (tmp_path / f"module_{number}.py").touch()
    assert crowded(tmp_path) == {".": MAX_MODULES + 1}
