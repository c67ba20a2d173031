"""The pocket model reads the same letters and digits on every Python: those of Unicode 14.0."""

import json
import re
import sys
import unicodedata
from typing import Final

from hypothesis import given
from hypothesis import strategies as st
from lanes import ask, body
from raw_http import user

from mock_electron.engine.lane import Lane
from mock_electron.model.language import ENGLISH
from mock_electron.model.unicode_version import DIGITS, MARK, NEWER, PINNED, pin, restore

LETTERS_AND_DIGITS: Final = 133_547
"""The number of code points for which `str.isalnum` is true in Unicode 14.0."""
ASSIGNED_LATER: Final = "\U00011f04", "\U00031350", "\u1c89", "\ua7cb", "\U0001e4d0", "\U0004fffe"
TOOL: Final = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


def test_the_table_has_all_newer_letters_and_digits() -> None:
    """Without it, each Python knows as many letters and digits as Unicode 14.0."""
    letters = filter(str.isalnum, map(chr, range(sys.maxunicode + 1)))
    assert sum(PINNED.match(letter) is None for letter in letters) == LETTERS_AND_DIGITS
    if unicodedata.unidata_version == "14.0.0":
        ranges = [[int(end, 16) for end in ends.split("-")] for ends in NEWER.split()]
        listed = [code for ends in ranges for code in range(ends[0], ends[-1] + 1)]
        assert {unicodedata.category(chr(code)) for code in listed} == {"Cn"}


def test_a_substitute_is_not_a_letter_in_any_version() -> None:
    """Python's patterns and predicates treat it as on Python 3.11."""
    for character in ASSIGNED_LATER:
        substitute = pin(character)
        assert not any(map(str.isalnum, substitute))
        assert re.search(r"\w|\d|\s", substitute) is None
        assert substitute.lower() == substitute.upper() == substitute


@given(st.lists(st.characters() | st.sampled_from([*ASSIGNED_LATER, *DIGITS, MARK])).map("".join))
def test_restore_undoes_pin(text: str) -> None:
    """Every text comes back, noncharacters included."""
    assert restore(pin(text)) == text


def test_a_substitute_that_was_cut_is_dropped() -> None:
    """The model shortens texts, and may cut inside a substitute."""
    pinned = pin("a\U00011f04")
    assert [restore(pinned[:end]) for end in range(1, 9)] == ["a"] * 7 + ["a\U00011f04"]


def test_the_words_are_the_same_on_every_python() -> None:
    """A newer letter is not a letter: without other letters, nothing was said."""
    for character in ASSIGNED_LATER:
        answer = ask(Lane(), f"{character}{character} {character}")
        said = json.loads(body(answer))["choices"][0]["message"]["content"]
        assert said in ENGLISH.phrases["silence"]


def test_arguments_and_results_keep_the_characters() -> None:
    """A result in JSON may have them as escapes."""
    for character in ASSIGNED_LATER:
        text = f'get_weather(city="{character}x")'
        answer = ask(Lane(), text, tools=[TOOL], tool_choice="required")
        [call] = json.loads(body(answer))["choices"][0]["message"]["tool_calls"]
        assert json.loads(call["function"]["arguments"]) == {"city": f"{character}x"}
        function = {"name": "get_weather", "arguments": json.dumps({"city": character})}
        messages = [
            *user("Weather?"),
            {
                "role": "assistant",
                "tool_calls": [{"id": "1", "type": "function", "function": function}],
            },
            {
                "role": "tool",
                "tool_call_id": "1",
                "content": json.dumps({"place": f"{character}x"}),
            },
        ]
        answer = ask(Lane(), messages=messages)
        said = json.loads(body(answer))["choices"][0]["message"]["content"]
        assert f"place {character}x" in said
