"""What docs/webhooks.md tells partners is so."""

import re
from pathlib import Path
from typing import Any

import pytest

from app.audit.outbox import Announcement
from app.exchange.webhooks.dispatcher import EACH
from app.exchange.webhooks.schedule import DELAYS
from app.exchange.webhooks.sender import SECONDS
from tests.exchange.webhooks.stand import Stand

GUIDE = (Path(__file__).resolve().parents[3] / "docs" / "webhooks.md").read_text(encoding="utf-8")
_UNITS = {"s": 1, "min": 60, "h": 3600}


@pytest.fixture(scope="module")
def examples() -> dict[str, Any]:
    """What the guide's Python defines."""
    defined: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", GUIDE, flags=re.DOTALL):
        exec(block, defined)  # noqa: S102 - our own guide
    return defined


class TestGuide:
    @pytest.mark.parametrize("name", ["verified", "verified_by_library"])
    async def test_its_examples_verify_a_message(self, stand: Stand, examples: dict[str, Any], name: str):
        endpoint = await stand.endpoint()
        await stand.happens("enrolment.accepted")
        await stand.drive()
        (message,) = stand.messages(endpoint)
        assert examples[name](endpoint.secret, message.headers, message.body)["type"] == "enrolment.accepted"
        for secret, headers, body in (
            (endpoint.secret, message.headers, message.body + b" "),
            (endpoint.secret, message.headers | {"webhook-timestamp": "1000000000"}, message.body),
            ("whsec_" + "QUJD" * 11, message.headers, message.body),
        ):
            with pytest.raises(Exception, match=r"(?i)old|sign"):
                examples[name](secret, headers, body)

    def test_every_type_is_listed(self):
        listed = re.findall(r"^\| `(\w+\.\w+)` \|", GUIDE, flags=re.MULTILINE)
        assert listed == [kind.value for kind in Announcement]

    def test_the_numbers_are_those_of_the_code(self):
        words = re.search(r"after about (.*?)\s+and at last three days", GUIDE, flags=re.DOTALL)
        assert words is not None
        told = [int(number) * _UNITS[unit] for number, unit in re.findall(r"(\d+) (s|min|h)\b", words[1])]
        assert told == [delay.total_seconds() for delay in DELAYS]
        assert f"within {SECONDS:.0f} seconds" in GUIDE
        assert f"up to {EACH} at a time" in GUIDE
