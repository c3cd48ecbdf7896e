"""Forged access tokens, each with a name.

`build_forgeries(signer)` is for any test that sends them to a route: each must be answered with 401.
"""

from dataclasses import dataclass
from typing import Final

from tests.auth.forged_claims import (
    forge_headers,
    forge_issuers,
    forge_json_texts,
    forge_kids,
    forge_subjects,
    forge_times,
)
from tests.auth.forged_names import forge_names, forge_other_signatures
from tests.auth.forged_signatures import forge_algorithms, forge_shapes, forge_signatures, forge_sizes
from tests.auth.signer import Signer

KINDS: Final = 390
"""How many there are, so that none is lost unnoticed: raise it with each that is added."""


@dataclass(frozen=True)
class Forgery:
    """One token and what is wrong with it."""

    name: str
    token: str


def build_forgeries(signer: Signer) -> list[Forgery]:
    """The corpus, made with the server's own key wherever a forger could not do worse."""
    makers = (
        forge_algorithms,
        forge_signatures,
        forge_other_signatures,
        forge_shapes,
        forge_sizes,
        forge_headers,
        forge_kids,
        forge_issuers,
        forge_times,
        forge_subjects,
        forge_names,
        forge_json_texts,
    )
    forged_tokens = [Forgery(name, token) for maker in makers for name, token in maker(signer)]
    assert len({forgery.name for forgery in forged_tokens}) == len(forged_tokens)
    return forged_tokens
