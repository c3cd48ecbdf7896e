"""Why An Sinh cannot run here, told to the operator."""


class Halt(Exception):
    """Ends the command with status 1; the text is Vietnamese first, English second, and says what to do."""
