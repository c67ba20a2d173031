"""Keys in texts: in the values of headers, in paths, in query strings and in messages.

A text is divided at separators, and each part is checked alone. So the time is linear in its
length.
"""

import re
from collections.abc import Iterator
from typing import Final

from mock_electron._regex import regex
from mock_electron.outputs.encodings import encodings

SECRET_NAME: Final = regex(
    r"auth|key|token|secret|cookie|credential|passw|signature", re.IGNORECASE
)
"""Names of headers and parameters whose values are secret."""
SECRET_WORD: Final = regex(
    r"(?<![a-z])(?:sig|pwd|pass|jwt|hmac|sid)(?![a-z])|session", re.IGNORECASE
)
"""Words in such names. In a sentence, they announce no key."""
SEPARATORS: Final = regex(r"([\s&;,?#\"'<>{}()]|%26|%3[Ff]|%23)")
EQUALS: Final = regex(r"(=|%3[Dd])")
SCHEMES: Final = ("bearer", "basic", "digest", "apikey")
"""Words that are followed by a key."""
KEY: Final = regex(
    r"(?<![A-Za-z0-9])(?:(?:sk|pk|rk|ak|gsk|hf|gh[opsu]|github_pat|glpat|xox[abeprs])[-_]"
    r"|AIza|AKIA|eyJ)[A-Za-z0-9_.\-]{4,}"
    r"|(?<![A-Za-z0-9])(?:c2tf|c2st|cGtf|cGst|cmtf|cmst|736[Bb](?:5[Ff]|2[Dd]))[A-Za-z0-9+/_=-]{8,}"
)
"""Keys that begin as those of well-known services do, and JSON Web Tokens. Also the base64 of what
begins with `sk_`, `pk_`, `rk_` or these letters and a hyphen, and the hex of `sk_` and `sk-`."""
USER_INFO: Final = regex(r"://[^/@]*@")
"""The name and password in a URL."""
SUSPICIOUS: Final = regex(
    r"[=@:]|%3[Dd]|[-_]|AIza|AKIA|eyJ|c2t|cGt|cGs|cmt|cms|c2s|736b|bearer|basic|digest|apikey",
    re.IGNORECASE,
)
"""What every text with a key contains. A text without it is not divided."""
ENCODED: Final = regex("(%[0-9A-Fa-f]{2})")
"""A percent-encoded byte."""
UNRESERVED: Final = regex("%(2[DdEe]|3[0-9]|[46][1-9A-Fa-f]|5[0-9AaFf]|7[0-9AaEe])")
"""A percent-encoded letter, digit, hyphen, dot, underscore or tilde. It need not be encoded."""
LEAST_SHORTENED: Final = 8
"""The minimum number of characters of a key before an ellipsis that are redacted."""
MOST_SHORTENED: Final = 400
"""The maximum number of characters that a message shows before its ellipsis."""
SHORTEST_NAME: Final = 4
"""The minimum length of what announces a key, such as `key:`, in characters."""
SHORTEST_KEY: Final = 4
"""The minimum length of an API key that counts as a secret, in characters."""
SHORTEST_WORD: Final = 8
"""The same for a key that consists of letters only, which may be an ordinary word."""
ERROR_NAME: Final = regex(r"(?:Error|Exception|Exit|Failed|Interrupt|Warning):$")
"""The name of an exception, which announces a message and not a key: `KeyError:`."""
PASSWORD: Final = regex(r"api.?key|credential|passw|secret", re.IGNORECASE)
"""Names that mean a secret even in a sentence, when `=` and letters with digits follow."""
LONGEST_WORD: Final = 24
"""The length from which what follows `Bearer` is not an English word, in characters."""
LEAST_MIXED: Final = 3
"""How often a key of 8 characters or more changes between letters and digits, at least."""
ALWAYS_RANDOM: Final = 16
"""The length from which a word of letters and digits is a key, in characters."""


def is_secret_name(name: str) -> bool:
    """Return whether the value of a header or parameter of this name is secret."""
    return (SECRET_NAME.search(name) or SECRET_WORD.search(name)) is not None


def shown_end(secret: str) -> str:
    """Return an ellipsis and the last four characters of a secret, if it is long enough."""
    return f"…{secret[-4:]}" if len(secret) > 8 else "…" if secret else ""


def without_secrets(value: object) -> object:
    """Return a value that should be a secret, or a list of them, as messages may show it."""
    if isinstance(value, str):
        return shown_end(value)
    if isinstance(value, dict):
        return {without_secrets(name): without_secrets(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        shown = map(without_secrets, value)
        return list(shown) if isinstance(value, list) else tuple(shown)
    return value if value is None or isinstance(value, int | float) else type(value)


def redact(text: str, key: str = "") -> str:
    """Return a text in which everything that looks like a key is shortened to its end.

    Args:
        text: The text.
        key: The API key of the request, which is redacted wherever it appears.

    >>> redact("https://a.example/?api_key=0123456789&page=2")
    'https://a.example/?api_key=…6789&page=2'
    """
    text = without_key(text, key)
    if "%" in text:
        plain = UNRESERVED.sub(lambda escape: chr(int(escape[1], 16)), text)
        redacted = _redact(plain)
        if plain != text and redacted != plain:
            return redacted
    return _redact(text) if SUSPICIOUS.search(text) else text


def redact_message(text: str, key: str = "") -> str:
    """Return a sentence in which everything that looks like a key is shortened to its end.

    In a sentence, words such as `key:`, `max_tokens=` and `Bearer` are often followed by ordinary
    words and numbers, which are kept. In a query string, they are followed by a key.

    Args:
        text: The sentence: the message of an error, an exception or a fault.
        key: The API key of the request, which is redacted wherever it appears.

    >>> redact_message("KeyError: 'city'; max_tokens=512; Bearer 0123456789abcdef")
    "KeyError: 'city'; max_tokens=512; Bearer …cdef"
    """
    text = without_key(text, key)
    return _redact(text, is_message=True) if SUSPICIOUS.search(text) else text


def without_key(text: str, key: str) -> str:
    """Return a text in which an API key is shortened to its end, wherever it occurs.

    It is found inside words, in lowercase as names of headers and directives are, in base64 and
    hex, and percent-encoded in whole or in part, with any case of the digits.

    Args:
        text: The text.
        key: The API key. If it is too short to be a secret, the text is returned unchanged.
    """
    if not text or len(key) < (SHORTEST_WORD if key.isalpha() else SHORTEST_KEY):
        return text
    if len(text) < len(key) and "…" not in text:  # every form is at least as long as the key
        return text
    for form in dict.fromkeys((key, key.lower())):
        for written in _forms(form):
            text = text.replace(written, shown_end(form))
    for encoded in encodings(key):
        text = text.replace(encoded, shown_end(key))
    if "%" in text:
        text = _without_encoded(text, dict(_percent_encoded(key)))
    return _without_shortened(text, key) if len(key) > LEAST_SHORTENED and "…" in text else text


def _forms(key: str) -> tuple[str, ...]:
    """Return a key as received and as it appears in JSON and in the `repr` of a string."""
    escaped = key.replace("\\", "\\\\")
    return tuple(
        dict.fromkeys((key, escaped, escaped.replace('"', '\\"'), escaped.replace("'", "\\'")))
    )


def _without_shortened(text: str, key: str) -> str:
    """Return a text in which no message ends within a long key: `unknown directive 'abcdefgh…`."""
    parts = text.split("…")
    for form in dict.fromkeys((key, key.lower())):
        start = form[:LEAST_SHORTENED]
        for index, part in enumerate(parts[:-1]):
            place = part.find(start, max(0, len(part) - MOST_SHORTENED))
            while place >= 0 and not form.startswith(part[place:]):
                place = part.find(start, place + 1)
            if place >= 0:
                parts[index] = part[:place]
    return "…".join(parts)


def _percent_encoded(key: str) -> Iterator[tuple[str, str]]:
    """Yield what a percent-encoded text may contain, after decoding, and what replaces it."""
    for form in dict.fromkeys((key, key.lower())):
        for decoded in (form, form.encode(errors="replace").decode("latin-1")):
            yield decoded, shown_end(form)
    for encoded in encodings(key):
        yield encoded, shown_end(key)


def _without_encoded(text: str, replacements: dict[str, str]) -> str:
    """Return a text in which percent-encoded keys are replaced."""
    parts = ENCODED.split(text)  # every second part is an escape
    decoded = "".join(
        chr(int(part[1:], 16)) if index % 2 else part for index, part in enumerate(parts)
    )
    found = [form for form in replacements if form in decoded]
    if not found:
        return text
    # The characters of the text, each escape being one.
    characters = [one for i, part in enumerate(parts) for one in ([part] if i % 2 else part)]
    for form in found:
        characters, decoded = _replaced(characters, decoded, form, replacements[form])
    return "".join(characters)


def _replaced(characters: list[str], decoded: str, form: str, shown: str) -> tuple[list[str], str]:
    """Return the characters of a text, and the decoded text, with another form of the key."""
    pieces: list[str] = []
    start = 0
    while (found := decoded.find(form, start)) >= 0:
        pieces += [*characters[start:found], *shown]
        start = found + len(form)
    return [*pieces, *characters[start:]], decoded.replace(form, shown)


def _redact(text: str, *, is_message: bool = False) -> str:
    parts = SEPARATORS.split(USER_INFO.sub("://…@", text))
    before = ""
    for index in range(0, len(parts), 2):  # a separator follows each part
        part = parts[index]
        if not part:
            continue
        if len(before) >= SHORTEST_NAME and _announces_key(before):
            if not is_message or _is_announced(part, before):
                parts[index] = shown_end(part)
            else:
                parts[index] = KEY.sub(_end_of, part)
        elif len(part) > SHORTEST_NAME:
            is_in_query = index > 0 and parts[index - 1] in "?&"
            parts[index] = _redact_part(part, is_message=is_message and not is_in_query)
        before = before.rstrip(":") + part if part == ":" else part
    return "".join(parts)


def _announces_key(word: str) -> bool:
    """Return whether a key follows: after `Bearer`, and after `api_key:` as in JSON."""
    is_name = word.endswith(":") and SECRET_NAME.search(word) is not None
    return is_name or word.lower() in SCHEMES


def _is_announced(word: str, before: str) -> bool:
    """Return whether a word of a sentence is the key that the word before it announces."""
    if before.lower() in SCHEMES:
        return len(word) >= LONGEST_WORD or _is_random(word) or _is_base64(word)
    return ERROR_NAME.search(before) is None and _is_random(word)


def _is_random(word: str) -> bool:
    """Return whether a part of a word, between punctuation, mixes letters and digits as keys do."""
    return any(map(_is_random_run, re.findall("[A-Za-z0-9]+", word)))


def _is_random_run(run: str) -> bool:
    changes = len(re.findall("(?<=[0-9])[A-Za-z]|(?<=[A-Za-z])[0-9]", run))
    enough = 1 if len(run) >= ALWAYS_RANDOM else LEAST_MIXED
    return len(run) >= SHORTEST_WORD and changes >= enough


def _is_base64(word: str) -> bool:
    """Return whether a word changes between lowercase and uppercase letters as base64 does."""
    return len(re.findall("(?<=[a-z])[A-Z]", word)) >= LEAST_MIXED


def _redact_part(part: str, *, is_message: bool) -> str:
    """Return `name=value` without a secret value, or a word without a key."""
    name, *rest = EQUALS.split(part, maxsplit=1)
    is_secret = bool(rest and rest[1]) and is_secret_name(name)
    if is_secret and not (is_message and not _is_secret_value(name, rest[1])):
        return name + rest[0] + shown_end(rest[1])
    return KEY.sub(_end_of, part)


def _is_secret_value(name: str, value: str) -> bool:
    """Return whether `name=value` in a sentence contains a key."""
    is_mixed = re.search("[A-Za-z]", value) is not None and re.search("[0-9]", value) is not None
    return _is_random(value) or (is_mixed and PASSWORD.search(name) is not None)


def _end_of(found: re.Match[str]) -> str:
    return shown_end(found[0])
