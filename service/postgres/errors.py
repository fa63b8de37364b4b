"""The one error of the embedded server: a sentence that says what, where and how to mend it."""


class PostgresError(Exception):
    """The embedded server cannot be had; the text is for the person at the terminal."""
