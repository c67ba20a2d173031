"""Read a template of a JSON object, and return the schema of objects of its form.

A template looks like JSON, but its values may be words that describe a value, blanks, or several
choices: `{"mood": "good" | "bad", "score": <1 to 5>, "tags": [...]}`. Keys and strings may have any
quotation marks or none, commas may be missing, and there may be comments.
"""

from typing import Final

from mock_electron._regex import regex
from mock_electron.model.json_mode.kinds import (
    BOOLEAN,
    FIGURE,
    INTEGER,
    NUMBER,
    STRING,
    Schema,
    by_name,
    list_of,
    object_of,
    of_choices,
    of_words,
)

DEEPEST: Final = 40
"""The levels of an example or a template that are read."""
SPACE: Final = regex(r"(?:[\s,;]++|//[^\n]*+|/\*[^*]*+\*/)*+")
KEY: Final = regex(
    r"(?:\"(?P<double>[^\"\n]*+)\"|'(?P<single>[^'\n]*+)'|(?P<bare>[A-Za-z_$][\w$-]*+))\??\s*+:\s*+"
)
STRINGS: Final = regex(r"\"([^\"\\\n]*+(?:\\.[^\"\\\n]*+)*+)\"|'([^'\n]*+)'")
WORDS: Final = regex(r"[^{}\[\],;|\"\n]++")
OR: Final = regex(r"\s*+(?:\||\bor\b|/(?!/))\s*+")
LIST_OF_IT: Final = regex(r"\s*+\[\s*+\]")
BLANKS: Final = ("", "...", "…", "null", "none")


class NoTemplateError(ValueError):
    """A text in braces is not a template."""


def like(example: object, key: str = "", depth: int = 0) -> Schema:
    """The schema of values like this one. Below DEEPEST levels, any object and any list will do."""
    if isinstance(example, dict):
        inner = example if depth < DEEPEST else {}
        return object_of({name: like(value, name, depth + 1) for name, value in inner.items()})
    if isinstance(example, list):
        first = example[:1] if depth < DEEPEST else []
        return list_of(like(first[0], key.removesuffix("s"), depth + 1) if first else STRING)
    kinds: dict[type, Schema] = {bool: BOOLEAN, int: INTEGER, float: NUMBER}
    return kinds.get(type(example)) or _of_string(str(example or ""), key)


def _of_string(text: str, key: str) -> Schema:
    """A string is an example, unless it is a blank, a list of choices, or the name of a type."""
    if text.strip("<>[] ").lower() in BLANKS:
        return by_name(key)
    if FIGURE.fullmatch(text):
        return STRING
    is_placeholder = text[:1] in "<[(" or " " not in text.strip()
    return (of_words(text) if is_placeholder or "|" in text or " or " in text else None) or STRING


def template(text: str) -> Schema | None:
    """The schema of a template in braces; None if the text is none.

    >>> template("{mood: 'good' | 'bad'}")["properties"]
    {'mood': {'enum': ['good', 'bad']}}
    """
    try:
        return _Reader(text).object(0)
    except NoTemplateError:
        return None


class _Bare(str):
    """Words without quotation marks."""

    __slots__ = ()


def _of_text(text: str, key: str) -> Schema:
    if isinstance(text, _Bare):
        return of_words(text) or by_name(key)
    return _of_string(text, key)


class _Reader:
    __slots__ = ("_at", "_text")

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0

    def object(self, depth: int) -> Schema:
        self._at += 1
        properties: dict[str, Schema] = {}
        while not self._closes("}"):
            key = KEY.match(self._text, self._at)
            if key is None:
                if not self._is_blank():
                    raise NoTemplateError
                continue
            self._at = key.end()
            name = next(filter(None, key.groups()), "")
            properties[name] = self._value(name, depth + 1)
        if not properties and not depth:
            raise NoTemplateError
        return object_of(properties)

    def _closes(self, bracket: str) -> bool:
        """Skip what separates members, and the bracket if it is next."""
        space = SPACE.match(self._text, self._at)
        self._at = space.end() if space else self._at
        if self._at >= len(self._text):
            raise NoTemplateError
        closes = self._text[self._at] == bracket
        self._at += closes
        return closes

    def _is_blank(self) -> bool:
        """Skip "..." between members."""
        for blank in ("...", "…"):
            if self._text.startswith(blank, self._at):
                self._at += len(blank)
                return True
        return False

    def _value(self, key: str, depth: int) -> Schema:
        """A value, one of several strings, or the first of several other values."""
        said: list[str] = []
        schema: Schema | None = None
        while True:
            found = self._term(key, depth)
            many = LIST_OF_IT.match(self._text, self._at)
            if many is not None:
                self._at = many.end()
                found = list_of(_of_text(found, key) if isinstance(found, str) else found)
            if isinstance(found, str):
                said.append(found)
            else:
                schema = schema or found
            again = OR.match(self._text, self._at)
            if again is None:
                break
            self._at = again.end()
        if schema is not None:
            return schema
        return _of_text(said[0], key) if len(said) == 1 else of_choices(said) or by_name(key)

    def _term(self, key: str, depth: int) -> Schema | str:
        if depth > DEEPEST:
            raise NoTemplateError
        if self._text.startswith("{", self._at):
            return self.object(depth)
        if self._text.startswith("[", self._at):
            return self._list(key.removesuffix("s"), depth)
        string = STRINGS.match(self._text, self._at)
        if string is not None:
            self._at = string.end()
            return string[1] if string[2] is None else string[2]
        words = WORDS.match(self._text, self._at)
        if words is None:
            raise NoTemplateError
        self._at = words.end()
        return _Bare(words[0].split("//")[0].strip())

    def _list(self, key: str, depth: int) -> Schema:
        self._at += 1
        items: Schema | None = None
        while not self._closes("]"):
            if not self._is_blank():
                found = self._value(key, depth + 1)
                items = items or found
        return list_of(items or STRING)
