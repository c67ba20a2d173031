"""What is wrong with a script file: each problem with its line, in words, with the nearest name."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from mock_electron.inputs.spelling import did_you_mean
from mock_electron.scripts.schema import FAIL, REPLY, SCHEMA, STEP, WHEN

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

Path = tuple[str | int, ...]
"""Where something stands in a document: names of fields, and places in lists, from 0."""

EXCERPT: Final = 40


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. line: from 1; 0 where no line was read. path: where it stands."""

    line: int
    path: Path
    words: str

    @property
    def where(self) -> str:
        """The place as one would say it: `step 2, when: `."""
        if not self.path:
            return ""
        if self.path[0] != "steps" or len(self.path) == 1:
            return f"{self.path[0]}: "
        names = [str(part) for part in self.path[2:] if isinstance(part, str)]
        return ", ".join([f"step {int(self.path[1]) + 1}", *names]) + ": "

    def __str__(self) -> str:
        line = f":{self.line}" if self.line else ""
        return f"{line}: {self.where}{self.words}"


class ScriptError(ValueError):
    """A script file that cannot be used, with all that is wrong with it.

    name: of the file. problems: by their lines.
    """

    def __init__(self, name: str, problems: Iterable[Problem]) -> None:
        self.name = name
        by_line = sorted(problems, key=lambda problem: problem.line)
        self.problems: tuple[Problem, ...] = tuple(by_line)
        super().__init__("\n".join(f"{name}{one}" for one in self.problems))


TYPES: Final[Mapping[str, str]] = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "named fields",
}


@cache
def validator() -> "Draft202012Validator":
    """Made when a file is read: with its formats, jsonschema takes a second to import."""
    from jsonschema import Draft202012Validator

    return Draft202012Validator(SCHEMA)


def found_in(document: object) -> Iterator[tuple[Path, str]]:
    """What the schema has against a document: where, and what."""
    for error in validator().iter_errors(document):
        path: Path = tuple(error.absolute_path)
        describe = WORDS.get(str(error.validator), _otherwise)
        for key, words in describe(error):
            yield (*path, *key), words


Found = Iterator[tuple[Path, str]]


def _unknown_field(error: Any) -> Found:
    """Every field that does not exist, at its own line."""
    known = error.schema["properties"]
    title = error.schema["title"]
    for name in error.instance:
        if name in known:
            continue
        hint = _place_of(name, title) or did_you_mean(name, known)
        fields = f" It has {', '.join(known)}." if known else " It has no fields."
        yield (name,), f"{title} has no field {name!r}.{hint}{'' if hint else fields}"


def _place_of(name: str, title: str) -> str:
    """Where a field belongs that stands one level too high or too deep."""
    if title in PARTS and name in STEP["properties"]:
        return f" It stands beside {title}."
    if title == "step":
        parts = [part for part, schema in PARTS.items() if name in schema["properties"]]
        return f" It belongs into {' or '.join(parts)}." if parts else ""
    return ""


PARTS: Final = {"when": WHEN, "reply": REPLY, "fail": FAIL}


def _wrong_type(error: Any) -> Found:
    expected = error.validator_value
    names = [expected] if isinstance(expected, str) else expected
    is_number = isinstance(error.instance, int | float)
    quotable = "string" in names and is_number and "if" not in error.schema  # a name has no digits
    advice = "; write it in quotation marks" if quotable else ""
    wanted = " or ".join(TYPES[name] for name in names)
    yield (), f"this is {wanted}, not {_shown(error.instance)}{advice}"


def _missing(error: Any) -> Found:
    missing = [name for name in error.validator_value if name not in error.instance]
    if missing:  # one error for each; the first of them says it all
        name = error.message.split("'")[1]
        yield (), f"{error.schema['title']} needs {name}"


def _no_answer(error: Any) -> Found:
    if error.instance.keys() <= STEP["properties"].keys():  # else a name is wrong, which is said
        yield (), "a step answers with reply or fail, or has a fault with inject or cut"


def _unknown_value(error: Any) -> Found:
    choices = [str(choice) for choice in error.validator_value]
    hint = did_you_mean(error.instance, choices)
    yield (), f"there is no {_shown(error.instance)}.{hint} Known: {', '.join(choices)}"


def _too_small(error: Any) -> Found:
    yield (), f"this is at least {error.validator_value}, not {_shown(error.instance)}"


def _too_large(error: Any) -> Found:
    yield (), f"this is at most {error.validator_value}, not {_shown(error.instance)}"


def _empty(_error: Any) -> Found:
    yield (), "this must not be empty"


def _one_name(error: Any) -> Found:
    yield (), f"a {error.schema['title']} has one name, with its fields below it"


def _otherwise(error: Any) -> Found:
    yield (), error.message


WORDS: Final = {
    "additionalProperties": _unknown_field,
    "type": _wrong_type,
    "required": _missing,
    "anyOf": _no_answer,
    "enum": _unknown_value,
    "minimum": _too_small,
    "maximum": _too_large,
    "minLength": _empty,
    "minItems": _empty,
    "minProperties": _one_name,
    "maxProperties": _one_name,
}
"""What each keyword of the schema has to say."""


def _shown(value: Any) -> str:
    text = {True: "true", False: "false", None: "nothing"}.get(value) if _plain(value) else None
    text = text or repr(value)
    return text if len(text) <= EXCERPT else text[: EXCERPT - 1] + "…"


def _plain(value: object) -> bool:
    return value is None or isinstance(value, bool)
