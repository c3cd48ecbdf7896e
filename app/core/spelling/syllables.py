"""Whether a word could be a Vietnamese syllable (âm tiết): the sounds that begin one, and those that end it."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

_ONSETS: Final = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
_RHYMES: Final = """
a ai ao au ay ac ach am an ang anh ap at  ăc ăm ăn ăng ăp ăt  âu ây âc âm ân âng âp ât
e eo ec em en eng ep et  ê êu êch êm ên êng ênh êp êt  i ia iu ich im in inh ip it  iêu iêc iêm iên iêng iêp iêt
o oa oai oao oay oe oeo oi oc om on ong op ot oac oach oam oan oang oanh oap oat oăc oăm oăn oăng oăt oen oet oong
ô ôi ôc ôm ôn ông ôp ôt  ơ ơi ơm ơn ơp ơt
u ua ui uy uc um un ung up ut uê uêch uênh uơ uya uân uâng uât uây uych uyên uyêt uyn uynh uyt uyu
uôi uôc uôm uôn uông uôp uôt  ư ưa ưi ưu ưc ưm ưn ưng ưt  ươi ươu ươc ươm ươn ương ươp ươt
y ych yên yêng yêm yêt yêu yn ynh yt
"""
_SYLLABLE: Final = re.compile(f"(?:{'|'.join(_ONSETS.split())})?(?:{'|'.join(_RHYMES.split())})")
_TONES: Final = dict.fromkeys([0x300, 0x301, 0x303, 0x309, 0x323])


@lru_cache(maxsize=8192)
def is_syllable(word: str) -> bool:
    """Whether a word has the sounds of a Vietnamese syllable, whatever its tone and wherever that is written."""
    toneless = unicodedata.normalize("NFD", word.lower()).translate(_TONES)
    return _SYLLABLE.fullmatch(unicodedata.normalize("NFC", toneless)) is not None
