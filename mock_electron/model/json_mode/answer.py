"""JSON mode: one object (D) of the form that the prompt asks for.

1. The form is the schema of `response_format`, or what the newest prompt has of: a JSON Schema, a template
   or an example, a list of keys, a list of things. `template` and `keys` read them.
2. The values come from the results of tools, then from the message without the words about the form.
   The reply in words is the value of a key such as "answer".
3. Without a form, the results are sent as they are, or the reply in words.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from mock_electron._regex import regex
from mock_electron.model.fill import instance
from mock_electron.model.hints import folded, mentions
from mock_electron.model.json_mode.asked import is_fenced
from mock_electron.model.json_mode.keys import listed
from mock_electron.model.json_mode.kinds import STRING, Schema, list_of, object_of
from mock_electron.model.json_mode.results import found
from mock_electron.model.json_mode.template import like, template
from mock_electron.model.language import ENGLISH
from mock_electron.model.literals import read_printed
from mock_electron.model.results import reading_cost, value_of
from mock_electron.model.schema.resolve import Schemas
from mock_electron.model.schema.valid import admits
from mock_electron.model.turn import Turn
from mock_electron.model.words.exact import exactly_what_was_asked
from mock_electron.model.work import RULE, Work
from mock_electron.model.written import written
from mock_electron.wire import codec

Object = dict[str, Any]


EXACT: Final = ("exactly", "verbatim", "repeat", "echo")
"""With these, an object in a message is the reply, and not an example of one."""


class Form(Struct, frozen=True):
    """The form of a reply.

    schema: its schema.
    text: the text that describes it, and the rest of that text.
    is_typed: whether the text says what the values are.
    """

    schema: Schema
    text: str = ""
    rest: str = ""
    is_typed: bool = True


def answer(turn: Turn, results: Sequence[str], reply: Callable[[Turn], str]) -> str:
    """A reply in JSON; in a code block if the prompt asks for one and `response_format` is text.

    Args:
        turn: The turn.
        results: The tool results that answer the message.
        reply: The reply to a turn in words.
    """
    prompts = f"{turn.system}\n{turn.message}"
    text = written(_value(turn, results, reply), turn.work)
    fenced = turn.request.response_format == "text" and is_fenced(prompts)
    return f"```json\n{text}\n```" if fenced else text


def _value(turn: Turn, results: Sequence[str], reply: Callable[[Turn], str]) -> object:
    is_exact = "{" in turn.hints and mentions(turn.hints, EXACT)
    literal = exactly_what_was_asked(turn) if is_exact else None
    if literal is not None and isinstance(exact := _read(literal), dict):
        return exact
    turn.work.charge(sum(map(reading_cost, results)))
    values = list(map(value_of, results))
    form = _form(turn)
    if form is None:
        return _whole(values) if values else {"answer": reply(_saying(turn, _apart(turn.message)))}
    is_in_message = bool(turn.asked) and form.text is turn.asked[-1]
    message = form.rest if is_in_message else _apart(turn.message) or turn.message
    made = instance(form.schema, turn.said_by_now(message))
    if not isinstance(made, dict):
        return made
    known = found(form.schema, values, turn.work, is_typed=form.is_typed)
    keys = SPOKEN_OF_RESULTS if values else SPOKEN
    spoken = _plain_strings(form.schema, keys) & made.keys() - known.keys()
    if spoken:
        known |= dict.fromkeys(spoken, reply(_saying(turn, message)))
    whole = {key: known.get(key, value) for key, value in made.items()}
    is_valid = not form.is_typed or admits(Schemas(form.schema, turn.work), form.schema, whole)
    return whole if is_valid else made


def _saying(turn: Turn, message: str) -> Turn:
    """The turn of a message without the words about JSON."""
    if message == turn.message or not message:
        return turn
    return replace(turn, written=message)


def _whole(values: Sequence[object]) -> object:
    """The only result if it is an object, else all of them under a name."""
    if len(values) == 1:
        return values[0] if isinstance(values[0], dict) else {"result": values[0]}
    return {"results": list(values)}


SPOKEN: Final = frozenset(("answer", "reply", "response"))
"""Keys whose value is the reply in words."""
SPOKEN_OF_RESULTS: Final = SPOKEN | {
    "description",
    "details",
    "forecast",
    "message",
    "summary",
    "text",
}
"""The same after a tool."""


def _plain_strings(schema: Schema, keys: frozenset[str]) -> frozenset[str]:
    """Those of the keys that take any string."""
    properties = schema.get("properties")
    named = properties.items() if isinstance(properties, dict) else ()
    return frozenset(key for key, one in named if key.lower() in keys and one == STRING)


def _form(turn: Turn) -> Form | None:
    """The form of `response_format`, else of the newest message that has one, else of the system prompt."""
    given = turn.request.body.get("response_format", {}).get("json_schema")
    schema = given.get("schema") if isinstance(given, dict) else None
    if isinstance(schema, dict) and schema:
        return Form(schema)
    for text in (*reversed(turn.asked), turn.system):
        turn.work.charge(RULE + (READ if text.isascii() else READ_ANY) * len(text))
        form = _of_braces(text, turn.work) or _of_list(text) or _of_things(text, turn)
        if form is not None:
            return form
    return None


def _of_list(text: str) -> Form | None:
    keys = listed(text)
    if keys is None:
        return None
    schema, start, end = keys
    return Form(schema, text, _without(text, start, end), is_typed=False)


def _without(text: str, start: int, end: int) -> str:
    """A text without the clause that describes a form, up to the end of the form."""
    begin = max((stop.end() for stop in STOP.finditer(text, 0, start)), default=0)
    return _apart(f"{text[:begin]} {text[end:].lstrip(' .:,;')}")


def _apart(text: str) -> str:
    """A text without its clauses about JSON."""
    clauses = (clause.strip() for clause in STOP.split(text))
    return " ".join(clause for clause in clauses if not mentions(folded(clause), FORMATS)).strip()


FORMATS: Final = ("json", "markdown", "code block", "backtick", "fence")
STOP: Final = regex(r"(?<=[.!?:,])(?=\s)|\n")
THINGS: Final = regex(
    r"\bjson (?:array|list) of (?:(?P<number>\w++) )?|\b(?P<before>\d++|two|three|four|five|six|seven|eight|nine|ten) (?P<things>[\w ]{1,30}?) as (?:a|an) json (?:array|list)\b"
)


def _of_things(text: str, turn: Turn) -> Form | None:
    """ "A JSON array of three colors": a list, or in JSON mode an object with a list."""
    match = THINGS.search(folded(text)) if "json" in text.lower() else None
    if match is None:
        return None
    said = match["number"] or match["before"] or ""
    count = int(said) if said.isdecimal() and len(said) < 3 else ENGLISH.numbers.get(said, 0)
    things = list_of(STRING)
    if 0 < count <= MOST_THINGS:
        things = {**things, "minItems": count, "maxItems": count}
    schema = things if turn.request.response_format == "text" else object_of({"items": things})
    return Form(schema, text, match["things"] or text[match.end() :])


MOST_THINGS: Final = 30


def _of_braces(text: str, work: Work) -> Form | None:
    """A JSON Schema, the last where one explains what a schema is; else the first template."""
    forms: list[tuple[Schema, int, int]] = []
    for start, end, value in _objects(text, work):
        schema = _pasted(value) if isinstance(value, dict) else None
        if schema is not None:
            forms = [(schema, start, end)]
        elif not forms:
            like_it = (
                like(value) if isinstance(value, dict) and value else template(text[start:end])
            )
            forms = [(like_it, start, end)] if like_it is not None else []
    if not forms:
        return None
    schema, start, end = forms[0]
    rest = _without(text, start, end) or _apart(f"{text[:start]} {text[end:]}")
    return Form(schema, text, rest)


def _pasted(value: Object) -> Schema | None:
    """A JSON Schema, or the properties of one."""
    if isinstance(value.get("properties"), dict):
        return value if "type" in value else {"type": "object", **value}
    return object_of(value) if value and all(map(_is_schema, value.values())) else None


def _is_schema(value: object) -> bool:
    return isinstance(value, dict) and value.get("type") in TYPES_OF_SCHEMAS


TYPES_OF_SCHEMAS: Final = ("string", "integer", "number", "boolean", "array", "object")
LENIENT: Final = 5
"""Units of work to read one character of an object."""
READ: Final = 1
READ_ANY: Final = 10
"""Units of work to look for keys in one character of a prompt, in ASCII and in any other: the patterns
ignore case, which is more work with other letters."""
MOST_OBJECTS: Final = 20
LONGEST_OBJECT: Final = 20_000
"""How many braces of a prompt are looked at, and how far, in characters."""
BRACES: Final = regex(r"\{")
BRACE: Final = regex(r"[{}]")


def _objects(text: str, work: Work) -> Iterator[tuple[int, int, object]]:
    """What is in braces in a text, with its value if it is JSON or what Python prints of an object."""
    for start in (match.start() for match in islice(BRACES.finditer(text), MOST_OBJECTS)):
        end = _closing(text, start)
        work.charge(LENIENT * ((end or min(len(text), start + LONGEST_OBJECT)) - start))
        if end:
            yield start, end, _read(text[start:end])


def _closing(text: str, start: int) -> int:
    """The place where the brace at `start` is closed; 0 if it is not closed."""
    depth = 0
    for brace in BRACE.finditer(text, start, start + LONGEST_OBJECT):
        depth += 1 if brace[0] == "{" else -1
        if not depth:
            return brace.end()
    return 0


def _read(text: str) -> object:
    for read in (_json, read_printed):
        try:
            return read(text)
        except (ValueError, codec.MalformedError):
            continue
    return None


def _json(text: str) -> object:
    return codec.decode(text.encode())
