"""Errors that the records of campaigns share."""

from app.core.errors import Conflict


class AlreadyCorrected(Conflict):
    """The record already has a correction; a further one must correct that."""

    code = "already_corrected"
    vi = "Bản ghi này đã được đính chính; hãy đính chính bản mới nhất."
    en = "This record has already been corrected; correct the newest one."
