"""Names that a wrong encoding spoilt, and those of every people that it did not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from app.core.spelling.encodings import OldEncoding, decode_old
from app.core.spelling.person_names import PersonName, find_name_damage
from app.core.spelling.syllables import is_syllable

SYLLABLES = [
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Huỳnh",
    "Phan",
    "Vũ",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
    "Thị",
    "Văn",
    "Đình",
    "Quốc",
    "Xuân",
    "Thuỷ",
    "Thủy",
    "Hoà",
    "Hòa",
    "Quyên",
    "Nguyệt",
    "Tuyết",
    "Khuyên",
    "Thoại",
    "Hiếu",
    "Yến",
    "Diệu",
    "Bích",
    "Phượng",
    "Ưng",
    "Ơn",
    "Khương",
    "Thạch",
    "Quỳnh",
    "Giang",
    "Gìn",
    "Nghĩa",
    "Ngoãn",
    "Hoằng",
    "Luyến",
    "Khoái",
    "Quý",
    "Huỳnh",
    "Thuyền",
    "Oanh",
    "Anh",
    "Út",
    "Kiều",
    "Liễu",
    "Tươi",
    "Mười",
    "Chín",
    "Bảy",
    "Sáu",
    "Năm",
    "Tư",
    "Ba",
    "Hai",
    "Một",
    "Ích",
    "Ỷ",
    "Đào",
    "Chiêu",
    "Ngọc",
]

GOOD = [
    "H'Bia Mlô", "Y Thông Ayŭn", "K'Brơi", "A Lềnh", "O'Brien", "H’Hen Niê", "Y Bhôk Êban", "Ksor H'Bông", "Sùng A Páo",
    "Lò Thị Ón", "Vàng A Tủa", "Rah Lan Hê", "Siu Blô", "Đinh Yôn", "Quàng Văn Dợ", "Hồ Thị Păng", "Zơ Râm Thị Nhất",
    "Trần Loïc", "José Rizal", "Zoë Müller", "François Đỗ", "Søren Kierkegaard", "Peña Núñez", "Nguyễn Thị Hoà", "LÃ VĂN BÌNH",
    "Lã Thị Ngà", "Thành viên 12", "Nguyễn Văn A (Bé)", "Lê Hà", "Hà Thì", "Trà My", "Nguyễn Ánh-Dương", "Chu Văn An.",
]  # fmt: skip
SPOILT = {
    "NguyÔn ThÞ §µo": ("tcvn3", "Nguyễn Thị Đào"),
    "TrÇn V¨n H\xadng": ("tcvn3", "Trần Văn Hưng"),
    "NGUYÔN THÞ §µO": ("tcvn3", "NGUYỄN THỊ ĐÀO"),
    "Nguyeãn Thò Ñaøo": ("vni", "Nguyễn Thị Đào"),
    "TRAÀN VAÊN ÑÖÙC": ("vni", "TRẦN VĂN ĐỨC"),
    "Nguyá»…n Thá»‹ HoÃ\xa0n": ("utf_8", "Nguyễn Thị Hoàn"),
    "Nguyá»…n Thá»‹ HoÃ n": ("utf_8", "Nguyễn Thị Hoàn"),
    "Ä\x90áº·ng VÄƒn Æ¯ng": ("utf_8", "Đặng Văn Ưng"),
    "NguyêÞn Thiò ÐaÌo": ("windows_1258", "Nguyễn Thị Đào"),
}
LOST = [
    "Nguy?n Th? ?ào", "Nguy\ufffdn Th\ufffd Hoa", "NGUY?N V?N TH?", "Le Thi ?", "Nguyá»n Thá» Hoa»", "Tr¸n © Hoa Kpă",
    "Nguyá»\u0081 Thá",
]  # fmt: skip


class TestFindNameDamage:
    @pytest.mark.parametrize("name", GOOD)
    def test_names_of_every_people_stay(self, name: str):
        assert find_name_damage(name) is None
        assert TypeAdapter(PersonName).validate_python(name) == name

    @pytest.mark.parametrize("name", SPOILT)
    def test_what_is_certain_is_proposed(self, name: str):
        damage = find_name_damage(name)
        assert damage is not None
        assert (damage.encoding, damage.repaired) == SPOILT[name]

    @pytest.mark.parametrize("name", LOST)
    def test_what_is_lost_is_refused(self, name: str):
        damage = find_name_damage(name)
        assert damage is not None
        assert damage.repaired is None

    @given(st.lists(st.sampled_from(SYLLABLES), min_size=2, max_size=5))
    def test_no_name_in_unicode_is_refused(self, words: list[str]):
        assert find_name_damage(" ".join(words)) is None


class TestPersonName:
    def test_says_what_it_should_be(self):
        with pytest.raises(ValidationError) as refusal:
            TypeAdapter(PersonName).validate_python("NguyÔn ThÞ §µo")
        [error] = refusal.value.errors()
        assert error["type"] == "name_encoding"
        assert error["ctx"]["vi"] == "Họ tên viết theo bảng mã TCVN3 (ABC); đúng ra là “Nguyễn Thị Đào”."

    def test_says_that_it_is_lost(self):
        with pytest.raises(ValidationError) as refusal:
            TypeAdapter(PersonName).validate_python("Nguy?n Th? ?ào")
        assert refusal.value.errors()[0]["type"] == "name_damaged"

    @pytest.mark.parametrize("value", [5, None, ["Lê"]])
    def test_no_text(self, value: object):
        with pytest.raises(ValidationError):
            TypeAdapter(PersonName).validate_python(value)


LATIN = [chr(code) for code in range(0xA1, 0x100)]
LETTERS = {
    OldEncoding.TCVN3: LATIN,
    OldEncoding.VNI: [*LATIN, *(base + mark for base in "aeouyôöAEOUYÔÖ" for mark in LATIN)],
}


def write_in(name: str, encoding: OldEncoding) -> str:
    """Write a name as it looks in an old encoding that is read as Latin letters."""
    if encoding is OldEncoding.UTF_8:
        return name.encode().decode("latin-1")
    spelled = {decode_old(letter, encoding): letter for letter in LETTERS[encoding]}
    # TCVN3 has no capitals with a tone: another font draws its small letters as such.
    return "".join(spelled.get(letter) or spelled.get(letter.lower()) or letter for letter in name)


class TestOldEncodings:
    """Each name in Unicode, written in an old encoding and read as Latin letters, is found again."""

    @given(
        st.lists(st.sampled_from(SYLLABLES), min_size=3, max_size=5),
        st.sampled_from([*LETTERS, OldEncoding.UTF_8]),
    )
    def test_there_and_back(self, words: list[str], encoding: OldEncoding):
        name = " ".join(words)
        spoilt = write_in(name, encoding)
        if spoilt == name:
            return
        assert (decode_old(spoilt, encoding) or "").lower() == name.lower()
        damage = find_name_damage(spoilt)
        wrong = [word for word in spoilt.split() if not is_syllable(word)]
        if len(wrong) > 1:
            assert damage is not None
            assert damage.repaired is not None
            assert damage.repaired.istitle()
            assert all(map(is_syllable, damage.repaired.split()))

    @pytest.mark.parametrize("word", SYLLABLES)
    def test_syllables(self, word: str):
        assert is_syllable(word)

    @pytest.mark.parametrize("word", ["Mlô", "Brơi", "Ayŭn", "Thß", "Ñaøo", "§µo", "H'Bia", "", "Müller"])
    def test_no_syllables(self, word: str):
        assert not is_syllable(word)
