"""Messages of faults in the words of the header `X-Mock-Electron`."""

from typing import Final

from mock_electron._regex import regex

PYTHON_NAME: Final = regex(r"\A(unknown )?([A-Z]\w*\.\w+|retry_after|content_type|kind)(?= )")
"""The Python argument that a message is about."""
OR_NONE: Final = regex(r", or None(?=, got )")


def in_header_words(message: str, name: str) -> str:
    """Return a message in which a directive or an option replaces the Python argument.

    Args:
        message: The message of a fault.
        name: The directive or option that sets the argument.
    """
    found = PYTHON_NAME.match(message)
    if found:
        message = f"{found[1] or ''}{name}{message[found.end() :]}"
    if message.startswith("truncate needs"):
        message = message.replace("'empty'", "empty")
    return OR_NONE.sub("", message, count=1)


def option_of(message: str, is_dated: bool) -> str:
    """Return the option of `fail` that sets the argument of a message.

    Args:
        message: The message of `fail`.
        is_dated: Whether `retry-date` is given.
    """
    argument = message.partition(" ")[0]
    if argument == "retry_after":
        return "retry-date" if is_dated else "retry-after"
    return "fail" if argument == "kind" else argument.replace("_", "-")
