"""Search names and generated codes."""

from uuid import UUID

import pytest
from pydantic import TypeAdapter

from app.core.values.ids import uuid7
from app.core.values.text import Code
from app.savings.naming import build_search_text, generate_code, split_search_words


def matches(typed: str, *names: str) -> bool:
    looked_into = " " + build_search_text(*names)
    return all(f" {word}" in looked_into for word in split_search_words(typed))


class TestSearchText:
    @pytest.mark.parametrize("typed", ["heo", "lợn", "Nuôi LỢN đất", "nuoi heo dat", "tiết kiệm lon"])
    @pytest.mark.parametrize("name", ["Nuôi heo đất tiết kiệm", "Nuôi lợn đất tiết kiệm"])
    def test_heo_and_lon_are_one(self, typed: str, name: str):
        assert matches(typed, name)

    def test_an_alias_is_found(self):
        assert matches("vuon rau", "Tiết kiệm an sinh", "Vườn rau an sinh")

    def test_every_word_must_be_there(self):
        assert not matches("heo vàng", "Nuôi heo đất")

    def test_words_are_found_by_their_beginning_only(self):
        assert not matches("eo", "Nuôi heo đất")


class TestMadeCode:
    def test_the_same_id_gives_the_same_code(self):
        row_id = uuid7()
        assert generate_code("T-18628", row_id) == generate_code("T-18628", row_id)

    def test_ids_of_one_moment_give_different_codes(self):
        codes = {generate_code("T", uuid7()) for _ in range(200)}
        assert len(codes) == 200

    def test_it_is_a_code(self):
        created = generate_code("T-18628", UUID(int=2**128 - 1))
        assert TypeAdapter(Code).validate_python(created) == "T-18628-ZZZZZZ"
