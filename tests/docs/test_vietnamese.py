"""Every Vietnamese sentence that the API can send reads as an officer of the union would write it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from app.core.language import translate_field_error
from tests.docs.vietnamese import find_wording_faults

APP: Final = Path(__file__).parents[2] / "app"
_VIETNAMESE: Final = re.compile(
    "[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE
)
_ALSO_IN_ENGLISH: Final = re.compile(r"đồng|[NQ]Đ|HĐND|\.đ\b")
_FILLED: Final = "{ }"
"""What an f-string is filled with."""
_SENTENCE: Final = re.compile(r"\w[^/]*[.?!]$", re.DOTALL)
_NOT_SENT: Final = (  # what the command prints for who runs it, the forms, the demonstration's data, the registry's page
    "cli.py", "serve.py", "runtime.py", "worker.py", "database_connections.py", "secret_commands.py", "privacy_commands.py",
    "developer_commands.py", "core/postgres", "core/process", "forms/layouts", "demo", "privacy/registry",
    "privacy/concerned.py", "privacy/traces",
)  # fmt: skip


def list_sentences() -> Iterator[tuple[str, str]]:
    """Every sentence with Vietnamese letters in the program, with its place; what is filled in stands as braces."""
    for path in sorted(APP.rglob("*.py")):
        name = str(path.relative_to(APP))
        if not name.startswith(_NOT_SENT):
            for line, text in _texts(ast.parse(path.read_text())):
                if (
                    "\\" not in text
                    and _VIETNAMESE.search(_ALSO_IN_ENGLISH.sub("", text))
                    and _SENTENCE.search(text.strip())
                ):
                    yield f"{name}:{line}", text


def _texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The texts of a module but docstrings, descriptions for the document, and what stands after a number sign."""
    passed: set[int] = set()
    for node in ast.walk(tree):
        if id(node) in passed:
            passed.update(map(id, ast.iter_child_nodes(node)))
        elif (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)) or (
            isinstance(node, ast.keyword) and node.arg in ("description", "summary", "help", "title")
        ):
            passed.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            passed.update(map(id, node.values))
            yield (
                node.lineno,
                "".join(str(one.value) if isinstance(one, ast.Constant) else _FILLED for one in node.values),
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, re.sub(r"\{\w+\}", "{}", node.value)


class TestSentences:
    def test_of_the_program(self):
        sentences = list(list_sentences())
        assert len(sentences) > 300
        assert {place: faults for place, text in sentences if (faults := find_wording_faults(text))} == {}

    def test_amounts_of_filled_texts_have_their_dots(self):
        """`format_dong` writes them; the templates of errors are filled by `DomainError`, with dots as well."""
        assert [place for place, text in list_sentences() if f"{_FILLED} đồng" in text] == []

    def test_enumerations_have_their_own_or(self):
        vi, en = translate_field_error("literal_error", {"expected": "'a', 'b' or 'c'"})
        assert (vi, en) == (
            "Chỉ nhận một trong: 'a', 'b' hoặc 'c'.",
            "One of these is needed: 'a', 'b' or 'c'.",
        )


class TestFaults:
    @pytest.mark.parametrize(("text", "faults"), [
        ("Mức đóng là 1366200 đồng.", ["1366200"]), ("Mức đóng là 1500 đồng.", ["1500 đồng"]),
        ("Mức đóng là 1.366.200 đồng, 29,28 %, tháng 5/2026.", []), ("Tỷ lệ là 29.28 %.", ["29.28 %"]),
        ("Từ tháng 05/2026.", ["tháng 05"]), ("Thiếu rural_poverty_line.", ["rural_poverty_line"]),
        ("Chỉ nhận a or b.", ["b", "or"][1:]), ("Đăng ký đang ở trạng thái “accepted”.", ["accepted"]),
        ("Chỉ nhận một trong: 'months_1' hoặc 'months_3'.", []), ("Tệp CSV phải là UTF-8.", []),
    ])  # fmt: skip
    def test_are_found(self, text: str, faults: list[str]):
        assert [fault for fault in find_wording_faults(text) if fault not in ("a", "b")] == faults
