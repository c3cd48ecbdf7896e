"""The error that ends a command, with a message for the operator."""


class FatalError(Exception):
    """Ends the command with status 1; the text is Vietnamese first, English second, and says what to do."""
