"""What is told all the same, and why: the page docs/rooms/existence.md in the tests' words."""

NAMES_NOTHING: dict[str, str] = {
    "commune_code": "places are public",
    "province_code": "places are public",
    "hamlet_code": "places are public",
    "place_code": "places are public",
    "place_codes": "places are public",
    "key": "the name of a value of the law, which is public",
    "proof_no": "the number of the paper that proves a support group: nothing is looked up by it",
    "decision_no": "the number of a decision on paper: nothing is looked up by it",
    "id": "chosen by the sender, of so many bits that only who was given one can send it",
}
"""Names of fields that name nothing of anybody's, wherever they are."""

TOLD: dict[str, str] = {
    "GET /v1/places ?parent_code": "places are public",
    "GET /v1/places ?q": "places are public",
    "POST /v1/places code": "places are public",
    "POST /v1/places parent_code": "places are public",
    "POST /v1/enrolments/{enrolment_id}/return reasons/0/code": "a word for a reason",
    "POST /v1/enrolments/{enrolment_id}/reject reasons/0/code": "a word for a reason",
    "POST /v1/enrolments/decisions reasons/0/code": "a word for a reason",
    "POST /v1/data-requests/{request_id}/refuse code": "a word for a reason",
    "POST /v1/auth/second-factor/confirm code": "compared with the sender's own secret alone",
    "POST /v1/auth/second-factor/recovery-codes code": "compared with the sender's own secret alone",
    "POST /v1/auth/second-factor/remove code": "compared with the sender's own secret alone",
    "POST /v1/exports collector/code": "printed as it is sent",
    "POST /v1/premium-payments/{payment_id}/post receipt_no": "a receipt is one for its network",
    "POST /v1/users username": "a name to log in with is one for everybody",
    "POST /v1/organisations code": "a code is one for everybody",
    "POST /v1/clients client_id": "a name to log in with is one for everybody",
    "POST /v1/groups code": "a code is one for its network",
    "POST /v1/savings-models code": "a code is one for its network",
    "POST /v1/savings-models/{model_id}/replicate code": "a code is one for its network",
    "POST /v1/households code": "a code is one for its network",
    "PATCH /v1/households/{household_id} code": "a code is one for its network",
}
"""Fields whose answer names nothing of anybody's, or says that a name is not free, and not whose it is."""
