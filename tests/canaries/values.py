"""Canaries: invented data of people and secrets that are sent everywhere, and may be found only where they belong."""

from typing import Any

MARK = "zqvkan"
"""In every text; no word, and too long to come about in a random one."""
NAME = f"Trần {MARK.title()} Ơi"
NATIONAL_ID = "042184917301"
PHONE = "0987917302"
SOCIAL_INSURANCE_NO = "4291730377"
HEALTH_CARD_NO = "GD4429173038812"
PASSWORD = f"{MARK} con đường làng quê"
TOKEN = f"{MARK}.{MARK}.{MARK}"
KEY = f"{MARK}-key"
BATCH_NATIONAL_IDS = ("042184918", "042184919", "042184920", "042184921")
"""How the numbers of a batch begin; three digits follow."""

_TEXTS: dict[str, str] = {
    "national_id": NATIONAL_ID,
    "phone": PHONE,
    "social_insurance_no": SOCIAL_INSURANCE_NO,
    "health_card_no": HEALTH_CARD_NO,
    "password": PASSWORD,
    "new_password": PASSWORD,
    "full_name": NAME,
    "name": NAME,
}
"""By the name of a field; other texts are sentences with the mark."""

_CODES = ("code", "ref", "username", "key", "client_id", "url")
"""Ends of names of fields that hold what a sender calls a thing, not who somebody is."""


def canary_for(field: str) -> str:
    """The canary for a text field of this name."""
    return _TEXTS.get(field, f"{MARK} {field.replace('_', ' ')} {NATIONAL_ID}")


def is_code(field: str) -> bool:
    """Whether a field names a thing."""
    return field.endswith(_CODES)


def is_secret(field: str) -> bool:
    """Whether a field of an answer holds what its receiver has to keep to themselves."""
    return field.endswith(("token", "secret"))


class CanaryBook:
    """All that must not be found, with the secrets that the server itself gave out."""

    def __init__(self) -> None:
        self.texts = {
            MARK,
            NATIONAL_ID,
            PHONE,
            SOCIAL_INSURANCE_NO,
            HEALTH_CARD_NO.lower(),
            *BATCH_NATIONAL_IDS,
        }

    def add_secrets(self, answer: Any) -> None:
        """Add the tokens and secrets of an answer."""
        if isinstance(answer, dict):
            for name, value in answer.items():
                if isinstance(value, str) and is_secret(name) and len(value) > 16:
                    self.texts.add(value.lower())
                self.add_secrets(value)
        elif isinstance(answer, list):
            for item in answer:
                self.add_secrets(item)

    def find(self, text: str) -> set[str]:
        """The canaries in a text, however their letters are written."""
        lower = text.lower()
        return {canary for canary in self.texts if canary in lower}
