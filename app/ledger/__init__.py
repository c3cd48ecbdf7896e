"""The ledger (sổ cái): accounts, transactions and postings, written by one writer."""

from app.ledger import errors as errors  # the nouns of what its SQL functions refuse must be known
