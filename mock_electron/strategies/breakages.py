"""What Electron's schema refuses: field by field, wrong values and the issues they must get."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hypothesis import strategies as st

from mock_electron.strategies.issues import (
    ABSENT,
    TYPE_NAMES,
    Issue,
    at,
    custom,
    no_branch,
    no_integer,
    no_literal,
    no_option,
    too_big,
    too_small,
    wrong_type,
)
from mock_electron.strategies.texts import texts


@dataclass(frozen=True, slots=True)
class Breakage:
    """A wrong value, and the issues that it must get, in their order."""

    value: Any
    issues: tuple[Issue, ...]


Breakages = st.SearchStrategy[Breakage]

VALUES: Final[tuple[Any, ...]] = (
    ABSENT,
    None,
    True,
    False,
    5,
    -1,
    0.5,
    "",
    "5",
    [],
    ["a"],
    {},
    {"type": "text"},
)
FAR: Final = 1000


# --- wrong values of a kind


def _each(values: Iterable[Any], issue: Callable[[Any], Issue]) -> Breakages:
    return st.sampled_from([Breakage(value, (issue(value),)) for value in values])


def _not(kind: str, *fine: str) -> Breakages:
    """Values of other types. fine: types that are no error, or another one."""
    wrong = [value for value in VALUES if TYPE_NAMES[type(value)] not in (kind, *fine)]
    return _each(wrong, lambda value: wrong_type(kind, value))


def _optional(kind: str) -> Breakages:
    return _not(kind, "undefined")


def _number(least: int | None = None, most: int | None = None) -> Breakages:
    rows = [_optional("number")]
    if least is not None:
        below = st.integers(least - FAR, least - 1) | st.just(least - 0.25)
        rows.append(below.map(lambda value: Breakage(value, (too_small(least),))))
    if most is not None:
        above = st.integers(most + 1, most + FAR) | st.just(most + 0.25)
        rows.append(above.map(lambda value: Breakage(value, (too_big(most),))))
    return st.one_of(rows)


def _integer(least: int | None = None, most: int | None = None) -> Breakages:
    """A fraction is an issue of its own, beside that of its range."""
    rows = [_optional("number"), _each([1.5], lambda _: no_integer())]
    if least is not None:
        rows += [
            st.integers(least - FAR, least - 1).map(lambda v: Breakage(v, (too_small(least),))),
            st.just(Breakage(least - 0.5, (no_integer(), too_small(least)))),
        ]
    if most is not None:
        rows += [
            st.integers(most + 1, most + FAR).map(lambda v: Breakage(v, (too_big(most),))),
            st.just(Breakage(most + 0.5, (no_integer(), too_big(most)))),
        ]
    return st.one_of(rows)


def _option(*options: str, others: Sequence[str] = ()) -> Breakages:
    """None of these texts. others: wrong ones that are often met."""
    values = [value for value in VALUES if type(value) is not str]
    words = st.sampled_from(["", *others]) | texts().filter(lambda text: text not in options)
    return _each(values, lambda value: no_option(options, value)) | words.map(
        lambda text: Breakage(text, (no_option(options, text),))
    )


def _literal(expected: str) -> Breakages:
    return _each(VALUES, lambda value: no_literal(expected, value))


# --- wrong values inside of others


def _moved(breakage: Breakage, value: object, *place: str | int) -> Breakage:
    return Breakage(value, tuple(at(issue, *place) for issue in breakage.issues))


def _inside(key: str, wrong: Breakages, **others: object) -> Breakages:
    """An object with a wrong member. others: its right ones."""

    def member(breakage: Breakage) -> Breakage:
        own = {} if breakage.value is ABSENT else {key: breakage.value}
        return _moved(breakage, own | others, key)

    return wrong.map(member)


def _among(right: object, wrong: Breakages, most: int) -> Breakages:
    """An array with a wrong element, somewhere among right ones."""
    element = wrong.filter(lambda breakage: breakage.value is not ABSENT)
    sizes = st.integers(0, most - 1).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))

    def array(size_and_place: tuple[int, int], breakage: Breakage) -> Breakage:
        size, place = size_and_place
        value = [right] * place + [breakage.value] + [right] * (size - place)
        return _moved(breakage, value, place)

    return st.builds(array, sizes, element)


def _in_a_branch(wrong: Breakages, number: int, other: Callable[[Any], Issue]) -> Breakages:
    """What one branch of a union of two has against a value, beside what the other one has."""

    def both(breakage: Breakage) -> Breakage:
        branches = [breakage.issues, [other(breakage.value)]]
        return Breakage(breakage.value, (no_branch(*branches[:: -1 if number else 1]),))

    return wrong.map(both)


FUNCTION: Final = {"name": "f", "arguments": "{}"}
CALL: Final = {"id": "call_1", "type": "function", "function": FUNCTION}
CHOICES: Final = ("auto", "none", "required")

_calls: Final = st.one_of(
    _not("object"),
    _inside("id", _not("string"), type="function", function=FUNCTION),
    _inside("type", _literal("function"), id="call_1", function=FUNCTION),
    _inside("function", _not("object"), id="call_1", type="function"),
    *(
        _inside("function", _inside(key, _not("string"), **{other: "{}"}), id="1", type="function")
        for key, other in (("name", "arguments"), ("arguments", "name"))
    ),
    st.just(
        Breakage(
            {},
            (
                at(wrong_type("string", ABSENT), "id"),
                at(no_literal("function", ABSENT), "type"),
                at(wrong_type("object", ABSENT), "function"),
            ),
        )
    ),
)
_no_texts: Final = _each(
    [
        [{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}],
        [{"type": "text", "text": "Hi"}, {"type": "input_audio", "input_audio": {}}],
        ["Hi"],
        [{"type": "text"}],
    ],
    lambda parts: wrong_type("string", parts),
)
_content: Final = _not("string", "null", "undefined", "array") | _no_texts

MESSAGES: Final[Breakages] = st.one_of(
    _not("object", "undefined"),
    _inside("role", _option("system", "user", "assistant", "tool", others=["developer"])),
    _inside("content", _content, role="user"),
    _inside("tool_calls", _not("array", "null", "undefined"), role="assistant"),
    _inside("tool_calls", _among(CALL, _calls, 3), role="assistant", content=None),
    _inside("tool_call_id", _optional("string"), role="tool", content="{}"),
    _inside("tool_call_id", _optional("string"), role="user", content="Hi"),
    st.just(
        Breakage(
            {"role": "tool", "content": "{}"},
            (at(custom("tool_call_id is required when role is 'tool'"), "tool_call_id"),),
        )
    ),
)
"""Wrong messages, to be put among right ones."""

_stops: Final = st.one_of(
    _in_a_branch(
        _not("array", "undefined", "string"), 1, lambda value: wrong_type("string", value)
    ),
    _in_a_branch(_among("a", _optional("string"), 4), 1, lambda value: wrong_type("string", value)),
    _each([["a"] * 5, ["", "b"] * 9], lambda _: too_big(4, "array")),
)
_named: Final = st.one_of(
    _not("object", "undefined", "string"),
    _inside("type", _literal("function"), function={"name": "f"}),
    _inside("function", _not("object"), type="function"),
    _inside("function", _inside("name", _not("string")), type="function"),
    _each(["any", ""], lambda value: wrong_type("object", value)),
)

FIELDS: Final[Mapping[str, Breakages]] = {
    "model": _option("electron", others=["gpt-4o", "Electron"]),
    "messages": st.one_of(
        _not("array"),
        _each([[]], lambda _: too_small(1, "array")),
        _each([[{"role": "user"}] * 201], lambda _: too_big(200, "array")),
    ),
    "temperature": _number(least=0),
    "top_p": _number(least=0, most=1),
    "max_tokens": _integer(least=1),
    "stream": _optional("boolean"),
    "stream_options": _optional("object") | _inside("include_usage", _optional("boolean")),
    "stop": _stops,
    "seed": _integer(),
    "response_format": st.one_of(
        _optional("object"),
        _inside("type", _option("text", "json_object", others=["json_schema", "json"])),
    ),
    "tools": st.one_of(
        _optional("array"),
        _among({}, _not("object", "undefined"), 64),
        _each([[{}] * 65], lambda _: too_big(64, "array")),
    ),
    "tool_choice": _in_a_branch(_named, 1, lambda value: no_option(CHOICES, value)),
    "logit_bias": st.one_of(
        _optional("object"),
        _inside("50256", _optional("number"), a=0),
        st.just(
            Breakage(
                {"a": "1", "10": None, "9": True},
                (
                    at(wrong_type("number", True), "9"),  # JavaScript has indexes first, in order
                    at(wrong_type("number", None), "10"),
                    at(wrong_type("number", "1"), "a"),
                ),
            )
        ),
    ),
    "logprobs": _optional("boolean"),
    "top_logprobs": _integer(least=0, most=20),
    "presence_penalty": _number(least=-2, most=2),
    "frequency_penalty": _number(least=-2, most=2),
    "user": _optional("string"),
    "n": st.one_of(
        _optional("number"),
        _each([2, 5, 128], lambda _: custom("n > 1 is not supported")),
        _each([0.5], lambda _: no_integer()),
        st.just(Breakage(2.5, (no_integer(), custom("n > 1 is not supported")))),
    ),
    "prompt_logprobs": _each(VALUES[1:], lambda _: custom("prompt_logprobs is not supported")),
}
"""Every field of the schema, in the order in which its issues come."""
