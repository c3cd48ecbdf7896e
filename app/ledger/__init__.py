"""The ledger (sổ cái): accounts, transactions and postings, written by one writer."""

from app.ledger import errors as errors  # registers the errors that its SQL functions raise
