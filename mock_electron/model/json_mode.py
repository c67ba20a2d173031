"""JSON mode: one object (D) with the keys that the prompt asks for.

The prompt is searched, in this order, for a JSON Schema, an example object, and a list of keys. The
first that is found becomes a schema, and the object is generated from it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

from mock_electron._regex import regex
from mock_electron.model import words
from mock_electron.model.arguments import instance
from mock_electron.model.turn import Turn
from mock_electron.model.work import RULE, Work
from mock_electron.model.written import written
from mock_electron.wire import codec

Schema = Mapping[str, Any]
Object = dict[str, Any]

FENCED: Final = regex(r"```json|json (?:code ?)?block", re.IGNORECASE)
KEYS: Final = regex(
    r"\b(?:keys?|fields?|propert(?:y|ies)|attributes?)\b(?:\s++(?:named|called|are|should be|must be|of))*\s*+(?::\s*+)?"
    r"(?P<list>[A-Za-z_\"'`“][^.!?\n{}]*)",
    re.IGNORECASE,
)
QUOTED_KEY: Final = regex(r"[\"'`“]([A-Za-z_][\w-]*)[\"'`”]")
LISTED_KEY: Final = regex(r"^\W*(?:the |an? )?([A-Za-z_]\w*)")
RUN_OF_QUOTED: Final = r"(?:[\"'`“][A-Za-z_][\w-]*[\"'`”]\s*+(?:,\s*+)?(?:(?:and|or|&)\s*+)?)+"
QUOTED_RUN: Final = regex(
    rf"(?P<before>(?:key|field|property)\s*+){RUN_OF_QUOTED}"
    rf"|{RUN_OF_QUOTED}(?P<after>(?:keys?|fields?|propert(?:y|ies)|array|list)\b)?",
    re.IGNORECASE,
)
"""Quoted names in a row; they are keys if one of the words is before or after them."""
EXTRACTED: Final = regex(
    r"\b(?:extract|identify|give me|return)\s++(?:the\s++)?"
    r"(?P<list>\w++(?:\s*+,\s*+(?!and\s)\w++)*+(?:\s*+,)?+\s++and\s++\w++)\s++(?:from|of|in)\b",
    re.IGNORECASE,
)


def answer(turn: Turn) -> str:
    """An object in JSON; in a code block if the prompt asks for one and `response_format` is text."""
    schema = _schema_of_format(turn) or _schema_of_prompt(turn)
    if schema is None:
        value: object = {"answer": words.answer(turn)}
    else:
        value = instance(schema, turn.said_by_now(_without_objects(turn.message)))
    text = written(value, turn.work)
    fenced = turn.request.response_format == "text" and FENCED.search(
        f"{turn.system}\n{turn.message}"
    )
    return f"```json\n{text}\n```" if fenced else text


def _without_objects(text: str) -> str:
    """The words of a message: a schema or an example in it says nothing of the values."""
    start = text.find("{")
    end = _closing(text, start) if start >= 0 else 0
    if not end or not isinstance(_lenient(text[start:end]), dict):
        return text
    return f"{text[:start]} {text[end:]}".strip() or text


def _schema_of_format(turn: Turn) -> Schema | None:
    given = turn.request.body.get("response_format", {}).get("json_schema")
    schema = given.get("schema") if isinstance(given, dict) else None
    return schema if isinstance(schema, dict) else None


def _schema_of_prompt(turn: Turn) -> Schema | None:
    """The newest message that names keys counts; the system prompt comes last."""
    for text in (*reversed(turn.asked), turn.system):
        turn.work.charge(RULE + (1 if text.isascii() else READ) * len(text))
        objects = list(_objects(text, turn.work))
        for reader in READERS:
            schema = reader(text, objects)
            if schema is not None:
                return schema
    return None


def _pasted_schema(text: str, objects: list[Object]) -> Schema | None:
    """A JSON Schema in the prompt, the last where one explains what a schema is; or its properties."""
    pasted = [value for value in objects if isinstance(value.get("properties"), dict)]
    if pasted:
        return pasted[-1] if "type" in pasted[-1] else {"type": "object", **pasted[-1]}
    bare = (value for value in objects if value and all(map(_is_schema, value.values())))
    found = next(bare, None)
    return (
        None if found is None else {"type": "object", "properties": found, "required": list(found)}
    )


def _is_schema(value: object) -> bool:
    return isinstance(value, dict) and value.get("type") in TYPES_OF_SCHEMAS


TYPES_OF_SCHEMAS: Final = ("string", "integer", "number", "boolean", "array", "object")


def _example(text: str, objects: list[Object]) -> Schema | None:
    """A skeleton such as `{"capitals": [...]}`: its keys, and values of its types."""
    examples = (value for value in objects if value)
    return next((_like(example, "") for example in examples), None)


def _listed(text: str, objects: list[Object]) -> Schema | None:
    """ "with keys name, age and city", "a "setup" key and a "punchline" key"."""
    near = [
        key
        for run in QUOTED_RUN.finditer(text)
        if run["before"] or run["after"]
        for key in QUOTED_KEY.findall(run[0])
    ]
    match = KEYS.search(text)
    quoted = QUOTED_KEY.findall(match["list"]) if match else []
    if near or quoted:
        return _of_keys(list(dict.fromkeys(near + quoted)))
    match = match or EXTRACTED.search(text)
    if match is None:
        return None
    parts = re.split(r",|;|\band\b|&|\bor\b", match["list"])
    found = [LISTED_KEY.match(part) for part in parts]
    return _of_keys([match[1] for match in found if match is not None])


READERS: Final[tuple[Callable[[str, list[Object]], Schema | None], ...]] = (
    _pasted_schema,
    _example,
    _listed,
)


def _of_keys(keys: list[str]) -> Schema | None:
    properties = {key: by_name(key) for key in keys}
    return (
        {"type": "object", "properties": properties, "required": list(properties)} if keys else None
    )


TYPES_SAID: Final[Mapping[str, Schema]] = {
    "string": {"type": "string"},
    "text": {"type": "string"},
    "int": {"type": "integer"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "float": {"type": "number"},
    "boolean": {"type": "boolean"},
    "bool": {"type": "boolean"},
    "list": {"type": "array", "items": {"type": "string"}, "minItems": 1},
    "array": {"type": "array", "items": {"type": "string"}, "minItems": 1},
}

BY_NAME: Final[tuple[tuple[re.Pattern[str], Schema], ...]] = tuple(
    (regex(pattern, re.IGNORECASE), schema)
    for pattern, schema in (
        (
            r"^(?:is|has|can|should|was|did|are)[_A-Z]|^(?:valid|success|available|urgent|enabled|correct)$",
            {"type": "boolean"},
        ),
        (
            r"(?:^|_)(?:age|count|total|quantity|number|year|amount|price|cost|score|rating|population|temperature|confidence|percent|percentage|minutes|hours|days)$",
            {"type": "integer"},
        ),
        (r"(?:^|_)e?mail$", {"type": "string", "format": "email"}),
        (r"(?:^|_)(?:url|link|website)$", {"type": "string", "format": "uri"}),
        (r"(?:^|_)date$", {"type": "string", "format": "date"}),
        (
            r"(?:address|class|status|process|access|news|series|business|progress|success|analysis|basis|pros|cons)$",
            {"type": "string"},
        ),
        (r"(?:[^s\W]s|list)$", {"type": "array", "items": {"type": "string"}, "minItems": 1}),
        (r"", {"type": "string"}),
    )
)
"""What a key's name says of its value; the first that fits."""


def by_name(key: str) -> Schema:
    """The schema that a key's name suggests."""
    return next(schema for pattern, schema in BY_NAME if pattern.search(key))


DEEPEST: Final = 40
"""The levels of an example that are read."""


def _like(example: object, key: str, depth: int = 0) -> Schema:
    """The schema of values like this one. Below DEEPEST levels, any object and any list will do."""
    if isinstance(example, dict):
        inner = example if depth < DEEPEST else {}
        properties = {name: _like(value, name, depth + 1) for name, value in inner.items()}
        return {"type": "object", "properties": properties, "required": list(properties)}
    if isinstance(example, list):
        first = example[:1] if depth < DEEPEST else []
        items = _like(first[0], key.removesuffix("s"), depth + 1) if first else {"type": "string"}
        return {"type": "array", "items": items, "minItems": 1}
    kinds: dict[type, Schema] = {
        bool: {"type": "boolean"},
        int: {"type": "integer"},
        float: {"type": "number"},
    }
    return kinds.get(type(example)) or _of_placeholder(example, key)


def _of_placeholder(example: object, key: str) -> Schema:
    """A string or a blank: a placeholder may name the type, as in `"<number>"`."""
    if isinstance(example, str) and "|" in example:
        return {"enum": example.split("|")}
    said = str(example or "").strip("<>.… []").lower()
    named = TYPES_SAID.get(said)
    return named or (by_name(key) if said in ("", "null", "...") else {"type": "string"})


LENIENT: Final = 5
"""Units of work to read one character of an object."""
READ: Final = 10
"""Units of work to look for keys in one character of a prompt that is not ASCII: the patterns ignore
case, which is ten times as much work with other letters."""
MOST_OBJECTS: Final = 20
LONGEST_OBJECT: Final = 20_000
"""How many braces of a prompt are looked at, and how far, in characters."""


def _objects(text: str, work: Work) -> Iterator[Object]:
    """The JSON objects in a text. Blanks and trailing commas are accepted."""
    for start in (match.start() for match in islice(re.finditer(r"\{", text), MOST_OBJECTS)):
        end = _closing(text, start)
        work.charge(LENIENT * ((end or min(len(text), start + LONGEST_OBJECT)) - start))
        value = _lenient(text[start:end]) if end else None
        if isinstance(value, dict):
            yield value


def _closing(text: str, start: int) -> int:
    """The place where the brace at `start` is closed; 0 if it is not closed."""
    depth = 0
    for brace in BRACE.finditer(text, start, start + LONGEST_OBJECT):
        depth += 1 if brace[0] == "{" else -1
        if not depth:
            return brace.end()
    return 0


BRACE: Final = regex(r"[{}]")


FORGIVEN: Final = tuple(
    (regex(pattern), replacement)
    for pattern, replacement in (
        (r"\[\s*(?:\.\.\.|…)\s*\]", "[]"),
        (r",\s*(?:\.\.\.|…)", ""),
        (
            r":\s*(?:\.\.\.|…|<[^<>]*>|(?:string|str|number|integer|int|float|boolean|bool|list|array)\b)",
            ": null",
        ),
        (r"'", '"'),
        (r",\s*([}\]])", r"\1"),
    )
)


def _lenient(text: str) -> object:
    for pattern, replacement in ((None, ""), *FORGIVEN):
        text = pattern.sub(replacement, text) if pattern else text
        try:
            return codec.decode(text.encode())
        except (codec.MalformedError, UnicodeEncodeError):
            continue
    return None
