"""Keys in texts: in the values of headers, in paths, in query strings and in messages.

A text is divided at separators, and each part is checked alone. So the time is linear in its
length.
"""

import re
from typing import Final

SECRET_NAME: Final = re.compile(
    r"auth|key|token|secret|cookie|credential|passw|signature", re.IGNORECASE
)
"""Names of headers and parameters whose values are secret."""
SECRET_WORD: Final = re.compile(
    r"(?<![a-z])(?:sig|pwd|pass|jwt|hmac|sid)(?![a-z])|session", re.IGNORECASE
)
"""Words in such names. In a sentence, they announce no key."""
SEPARATORS: Final = re.compile(r"([\s&;,?#\"'<>{}()]|%26|%3[Ff]|%23)")
EQUALS: Final = re.compile(r"(=|%3[Dd])")
SCHEMES: Final = ("bearer", "basic", "digest", "apikey")
"""Words that are followed by a key."""
KEY: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:sk|pk|rk|ak|gsk|hf|gh[opsu]|github_pat|glpat|xox[abeprs])[-_]"
    r"|AIza|AKIA|eyJ)[A-Za-z0-9_.\-]{4,}"
)
"""Keys that begin as those of well-known services do, and JSON Web Tokens."""
USER_INFO: Final = re.compile(r"://[^/@]*@")
"""The name and password in a URL."""
SUSPICIOUS: Final = re.compile(
    r"[=@:]|%3[Dd]|[-_]|AIza|AKIA|eyJ|bearer|basic|digest|apikey", re.IGNORECASE
)
"""What every text with a key contains. A text without it is not divided."""
ENCODED: Final = re.compile("(%[0-9A-Fa-f]{2})")
"""A percent-encoded byte."""
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
    return _redact(text) if SUSPICIOUS.search(text) else text


def without_key(text: str, key: str) -> str:
    """Return a text in which an API key is shortened to its end, wherever it occurs.

    It is found inside words, in lowercase as names of headers and directives are, and
    percent-encoded in whole or in part, with any case of the digits.

    Args:
        text: The text.
        key: The API key. If it is too short to be a secret, the text is returned unchanged.
    """
    if not text or len(key) < (SHORTEST_WORD if key.isalpha() else SHORTEST_KEY):
        return text
    for form in dict.fromkeys((key, key.lower())):
        for written in _forms(form):
            text = text.replace(written, shown_end(form))
        if "%" in text:
            for encoded in dict.fromkeys((form, form.encode(errors="replace").decode("latin-1"))):
                text = _without_encoded(text, encoded, shown_end(form))
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


def _without_encoded(text: str, key: str, shown: str) -> str:
    """Return a text in which a percent-encoded key is replaced."""
    parts = ENCODED.split(text)  # every second part is an escape
    decoded = "".join(
        chr(int(part[1:], 16)) if index % 2 else part for index, part in enumerate(parts)
    )
    if key not in decoded:
        return text
    # The characters of the text, each escape being one.
    characters = [one for i, part in enumerate(parts) for one in ([part] if i % 2 else part)]
    pieces, start = [], 0
    while (found := decoded.find(key, start)) >= 0:
        pieces += [*characters[start:found], shown]
        start = found + len(key)
    return "".join([*pieces, *characters[start:]])


def _redact(text: str) -> str:
    parts = SEPARATORS.split(USER_INFO.sub("://…@", text))
    before = ""
    for index in range(0, len(parts), 2):  # a separator follows each part
        part = parts[index]
        if not part:
            continue
        if len(before) >= SHORTEST_NAME and _announces_key(before):
            parts[index] = shown_end(part)
        elif len(part) > SHORTEST_NAME:
            parts[index] = _redact_part(part)
        before = before.rstrip(":") + part if part == ":" else part
    return "".join(parts)


def _announces_key(word: str) -> bool:
    """Return whether a key follows: after `Bearer`, and after `api_key:` as in JSON."""
    is_name = word.endswith(":") and SECRET_NAME.search(word) is not None
    return is_name or word.lower() in SCHEMES


def _redact_part(part: str) -> str:
    """Return `name=value` without a secret value, or a word without a key."""
    name, *rest = EQUALS.split(part, maxsplit=1)
    if rest and rest[1] and is_secret_name(name):
        return name + rest[0] + shown_end(rest[1])
    return KEY.sub(lambda found: shown_end(found[0]), part)
