"""Access tokens that must not be believed, each with a name.

`forgeries(signer)` is for any test that wants to send them somewhere: every one must end in a 401.
"""

from dataclasses import dataclass

from tests.auth.forged_inside import headers, issuers, json_texts, kids, subjects, times
from tests.auth.forged_outside import algorithms, shapes, signatures, sizes
from tests.auth.signer import Signer


@dataclass(frozen=True)
class Forgery:
    """One token and what is wrong with it."""

    name: str
    token: str


def forgeries(signer: Signer) -> list[Forgery]:
    """The corpus, made with the server's own key wherever a forger could not do worse."""
    makers = (algorithms, signatures, shapes, sizes, headers, kids, issuers, times, subjects, json_texts)
    corpus = [Forgery(name, token) for maker in makers for name, token in maker(signer)]
    assert len({forgery.name for forgery in corpus}) == len(corpus)
    return corpus
