"""Content types: their parameters, in whatever order and however quoted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.http.headers import parse_media_type


class TestParseMediaType:
    @pytest.mark.parametrize(
        ("content_type", "name", "is_utf_8"),
        [
            ("text/csv", "text/csv", True),
            ("text/csv; charset=utf-8; header=present", "text/csv", True),
            ("text/csv; header=present; charset=UTF-8", "text/csv", True),
            ('Text/CSV;charset="utf-8"', "text/csv", True),
            ("text/csv; header=present; charset=utf-16", "text/csv", False),
            ('text/csv; note="charset=utf-8"; charset=windows-1258', "text/csv", False),
            ("text/csv ; charset = utf8", "text/csv", True),
            ("text/csv;", "text/csv", True),
        ],
    )
    def test_parameters_in_any_order(self, content_type: str, name: str, is_utf_8: bool):
        media = parse_media_type(content_type)
        assert (media.name, media.is_utf_8, media.is_json) == (name, is_utf_8, False)

    @pytest.mark.parametrize(
        "content_type",
        ["application/json", "application/json; odata=verbose; charset=utf-8", "application/vnd.x+json"],
    )
    def test_json(self, content_type: str):
        assert parse_media_type(content_type).is_json

    @given(st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=60))
    def test_anything_is_parsed(self, content_type: str):
        parse_media_type(content_type)
