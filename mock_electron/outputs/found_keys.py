"""Keys that are found in one text, to remove them from other forms of it.

`redact_message` finds keys word by word. In a body as JSON, in a command or in base64, the same key
is no word of its own.
"""

from collections.abc import Collection, Iterable
from typing import Final

from mock_electron._regex import regex
from mock_electron.outputs.redaction import SEPARATORS, USER_INFO, redact_message, without_key

ESCAPE: Final = regex(r"\\[\s\S]?")
"""A backslash with the character after it: in JSON, `\\n` is no part of a key that follows."""


def keys_in(texts: Iterable[str]) -> Collection[str]:
    """Return what looks like a key in some texts, such as bodies in JSON, the longest first."""
    found = {key for text in texts for key in _keys(ESCAPE.sub(" ", text))}
    return sorted(found, key=lambda key: (-len(key), key))


def _keys(text: str) -> Iterable[str]:
    yield from (found[3:-1] for found in USER_INFO.findall(text))
    words = SEPARATORS.split(USER_INFO.sub("://…@", text))
    redacted = SEPARATORS.split(redact_message(text))
    yield from (word for word, shown in zip(words, redacted, strict=False) if word != shown)


def without_keys(text: str, keys: Iterable[str]) -> str:
    """Return a text in which keys are shortened to their ends, wherever they occur."""
    for key in keys:
        text = without_key(text, key)
    return text
