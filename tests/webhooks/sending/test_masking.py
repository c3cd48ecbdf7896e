"""What a receiver answered is kept without what could tell of a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.webhooks.sending.masking import HIDDEN, mask_answer


@pytest.mark.parametrize(
    "text",
    [
        "ok",
        '{"error": "invalid_signature"}',
        '{"code": 4015, "detail": "unknown field: amount"}',
        "<h1>502 Bad Gateway</h1><hr>nginx/1.22",
        "Internal Server Error",
        "since 2026 at line 1024",
        "",
    ],
)
def test_what_tells_of_the_receiver_stays(text: str):
    assert mask_answer(text) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("no member 042190000123", "no member …"),
        ("card DN4797915071234 of 0912 000 111", "card DN… of …"),
        ('{"name": "Nguyễn Thị Hoa", "id": 7}', '{"name": "…", "id": 7}'),
        ("NGUYEN THI HOA is not known", "… is not known"),
        ("unknown: thị hoa", "unknown: … hoa"),
        ("write to hoa.nguyen@example.vn, please", "write to … please"),
        ("token eyJhbGciOiJFUzI1NiJ9_abcdef", "token …"),
        ("25.000.000 đ", "… …"),
        ("call 0912/000/111 or (091) 200-0111", "call … or (…"),
        ("born on 12/05/1980", "born on …"),
        (r'{"name": "Nguy\u1ec5n Th\u1ecb Hoa"}', '{"name": "…"}'),
        ("Nguy&#7877;n Th&#x1ecb; Hoa", "…"),
        ("name=Nguy%E1%BB%85n+Hoa", "name=…+Hoa"),
        ("Nguye\u0302\u0303n", "…"),
    ],
)
def test_what_tells_of_a_person_goes(text: str, masked: str):
    assert mask_answer(text) == masked


def test_what_cannot_be_stored_goes():
    assert mask_answer(r"a\u0000b\ud83d %00") == "a\ufffdb\ufffd \ufffd"


def test_a_number_that_was_cut_off_goes_whole():
    assert mask_answer("of member 042", is_cut=True) == "of member …"


@given(
    st.text(alphabet=' .-:{}"a', max_size=12),
    st.from_regex(r"\d{5,15}", fullmatch=True),
    st.text(alphabet=' .-:{}"a', max_size=12),
)
def test_no_number_of_a_person_is_left(before: str, number: str, after: str):
    masked = mask_answer(before + number + after)
    assert number not in masked
    assert HIDDEN in masked
