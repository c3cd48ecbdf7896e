"""What docs/webhooks.md tells partners is correct."""

import re
from pathlib import Path
from typing import Any

import pytest

from app.audit.outbox import Announcement
from app.webhooks.sending.dispatcher import MAX_PER_ENDPOINT
from app.webhooks.sending.schedule import RETRY_DELAYS
from app.webhooks.sending.sender import ATTEMPT_SECONDS
from tests.webhooks.scenario import WebhookScenario

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")
_UNITS = {"s": 1, "min": 60, "h": 3600}


@pytest.fixture(scope="module")
def examples() -> dict[str, Any]:
    """The names that the guide's Python defines."""
    defined: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", GUIDE, flags=re.DOTALL):
        exec(block, defined)  # noqa: S102 - our own guide
    return defined


class TestGuide:
    @pytest.mark.parametrize("name", ["verified", "verified_by_library"])
    async def test_its_examples_verify_a_message(
        self, scenario: WebhookScenario, examples: dict[str, Any], name: str
    ):
        endpoint = await scenario.create_endpoint()
        await scenario.emit_event("enrolment.accepted")
        await scenario.deliver_due()
        (message,) = scenario.received_messages(endpoint)
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
        documented = [
            int(number) * _UNITS[unit] for number, unit in re.findall(r"(\d+) (s|min|h)\b", words[1])
        ]
        assert documented == [delay.total_seconds() for delay in RETRY_DELAYS]
        assert f"within {ATTEMPT_SECONDS:.0f} seconds" in GUIDE
        assert f"up to {MAX_PER_ENDPOINT} at a time" in GUIDE
