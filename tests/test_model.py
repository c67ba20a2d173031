"""Tests of model/: dice, tokens, the limits of a reply, sampling, and scripted calls."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pocket import request, said, tool, words
from rows import each_of

from mock_electron import call
from mock_electron.model import tokens
from mock_electron.model.completion import CONTEXT_TOKENS, complete
from mock_electron.model.dice import Dice, fingerprint
from mock_electron.model.draft import Draft
from mock_electron.model.once import once
from mock_electron.model.prompt import segments
from mock_electron.wire.request import ChatRequest

DICE = Dice.of(b"test")
WEATHER = tool("get_weather", "Get the current weather of a city", city="string")


def test_a_value_is_computed_once() -> None:
    """The method is called when the attribute is first read, and its docstring is kept."""
    made: list[int] = []

    class Thing:
        @once
        def value(self) -> int:
            """A value."""
            made.append(7)
            return made[-1]

    thing = Thing()
    assert (thing.value, thing.value, made) == (7, 7, [7])
    assert Thing.value.__doc__ == "A value."


# --- dice


def test_dice_are_the_same_in_every_process_and_version() -> None:
    """The dice give the recorded outcomes; other outcomes would change the bytes of users' tests."""
    assert DICE.number("a") == 7740743648806406540
    assert DICE.hex("a") == "6b6ca5561c77898c"
    assert DICE.uuid("a") == "a6e9b0be-fa0d-490e-8027-4d4164e6cf6e"
    assert fingerprint(b"a", b"bc") != fingerprint(b"ab", b"c")


@given(st.text(max_size=20), st.integers(2, 5000), st.integers(-(2**63), 2**63), st.integers(1))
def test_variations_differ(purpose: str, count: int, variation: int, step: int) -> None:
    """Two variations have different outcomes, provided that there are enough."""
    one = Dice(b"key", variation).variant(purpose, count)
    other = Dice(b"key", variation + step).variant(purpose, count)
    assert 0 <= one < count
    assert (one == other) == (step % count == 0)


@given(st.binary(max_size=20), st.text(max_size=20))
def test_rolls_stay_in_their_range(part: bytes, purpose: str) -> None:
    """A share is from 0 to 1, an id has 16 hex digits, a UUID has the form of version 4."""
    dice = Dice.of(part)
    assert 0 <= dice.share(purpose) < 1
    assert re.fullmatch(r"[0-9a-f]{16}", dice.hex(purpose))
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", dice.uuid(purpose)
    )


# --- tokens


@given(st.text())
def test_tokens_join_to_the_text(text: str) -> None:
    """The tokens of any text join to that text, and none is empty."""
    assert "".join(tokens.split(text)) == text
    assert all(tokens.split(text))
    assert tokens.count(text) == len(tokens.split(text))


CUTS = [
    ("Hi! How can I help you today?", ["Hi", "!", " How", " can", " I", " help", " you", " today", "?"]),
    ("don't", ["don", "'t"]),
    ("internationalization", ["intern", "ationa", "lization"]),
    ("in 12345", ["in", " 123", "45"]),
    ("a\n\n  b", ["a", "\n\n ", " b"]),
    ("नमस्ते", ["नम", "स्", "ते"]),
    ("👩‍👧", ["👩", "\u200d", "👧"]),
    ('{"a": 1}', ["{", '"', "a", '"', ":", " 1", "}"]),
]  # fmt: skip


@each_of(CUTS)
def test_where_text_is_cut(text: str, cut: list[str]) -> None:
    """A word includes its space, punctuation is alone, long and non-Latin words are several tokens."""
    assert list(tokens.split(text)) == cut


@given(st.text(st.sampled_from("aZ's0,{ \t\n\x7f"), max_size=30))
def test_a_text_in_ascii_has_the_tokens_of_any_text(text: str) -> None:
    """Its own pattern, which is compiled faster, finds the same tokens."""
    assert tokens.ASCII_TOKEN.findall(text) == tokens.TOKEN.findall(text)


@given(st.text(st.sampled_from("aZé's0,{ \t\n\x7f\xa0\u200dनमे😀"), max_size=60))
def test_the_words_of_a_text_have_the_tokens_of_the_text(text: str) -> None:
    """Most texts are cut word by word, and get the same tokens as if they were cut at once."""
    assert list(tokens.of(text)) == tokens.TOKEN.findall(text)


def test_the_tokens_of_words_are_kept_within_bounds() -> None:
    """Neither many words nor long ones fill the memory, and replies share their tokens."""
    for number in range(2 * tokens.KEPT_WORDS):
        tokens.of(f"word{number} {'x' * 40}{number}")
    kept = tokens._words
    assert 0 < len(kept) <= tokens.KEPT_WORDS
    assert max(map(len, kept)) <= tokens.LONGEST_KEPT
    first, second = tokens.of("The sea is blue"), tokens.of("The sky is blue")
    assert first[-1] is second[-1]


def test_a_sentence_has_about_as_many_tokens_as_words() -> None:
    """A plain English sentence of 23 words has 23 to 25 tokens."""
    sentence = (
        "The sky looks blue because air molecules scatter the short blue waves of sunlight far more "
        "strongly than the long red ones do."
    )
    assert len(sentence.split()) == 23
    assert 23 <= tokens.count(sentence) <= 25


def test_tool_definitions_are_part_of_the_prompt() -> None:
    """The prompt tokens include the tool definitions (D)."""

    def size(asked: ChatRequest) -> int:
        return sum(len(part.tokens()) for part in segments(asked))

    assert size(request(tools=[WEATHER])) > size(request()) + 30


# --- completion


def finished(draft: Draft, **fields: Any) -> Any:
    return complete(draft, request(**fields), 10, DICE)


def test_a_limit_cuts_the_words() -> None:
    """A text is cut to exactly max_tokens tokens, with finish_reason length (I)."""
    reply = finished(Draft("one two three"), max_tokens=2)
    assert (reply.content, reply.finish_reason) == ("one two", "length")
    assert reply.usage.completion_tokens == 2


def test_a_limit_that_just_fits_cuts_nothing() -> None:
    """The end-of-sequence token does not count towards max_tokens (A)."""
    reply = finished(Draft("one two three"), max_tokens=3)
    assert (reply.content, reply.finish_reason) == ("one two three", "stop")


def test_a_limit_cuts_the_arguments_of_a_call() -> None:
    """The arguments of a call are cut in the middle, as by a real model."""
    draft = Draft(None, (call("get_weather", city="Mumbai"),))
    reply = finished(draft, max_tokens=6)
    assert reply.finish_reason == "length"
    assert reply.tool_calls[0].arguments == '{"city'
    assert reply.usage.completion_tokens == 6


def test_a_call_whose_name_does_not_fit_is_not_begun() -> None:
    """If a call's name exceeds the limit, the text is sent without the call."""
    reply = finished(Draft("One moment", (call("get_weather", city="Mumbai"),)), max_tokens=3)
    assert (reply.content, reply.tool_calls, reply.finish_reason) == ("One moment", (), "length")
    assert reply.usage.completion_tokens == 3


def test_the_context_is_a_limit_too() -> None:
    """Without max_tokens, a reply is cut at the end of the context."""
    reply = complete(Draft("one two three"), request(), CONTEXT_TOKENS - 1, DICE)
    assert (reply.content, reply.finish_reason) == ("one", "length")


STOPS = [
    (["two"], "one "),
    (["three", "two"], "one "),
    (["ne tw"], "o"),
    (["one"], ""),
    (["absent"], "one two three"),
]


@pytest.mark.parametrize(("stop", "left"), STOPS)
def test_a_stop_string_ends_the_words(stop: list[str], left: str) -> None:
    """The text ends before the earliest stop string (D/I)."""
    reply = finished(Draft("one two three"), stop=stop)
    assert (reply.content, reply.finish_reason) == (left, "stop")


def test_a_stop_string_in_the_filler_ends_the_calls_too() -> None:
    """Calls after a stop string in the filler are not generated."""
    reply = finished(Draft("One moment…", (call("f"),)), stop=" moment")
    assert (reply.content, reply.tool_calls, reply.finish_reason) == ("One", (), "stop")


@pytest.mark.parametrize(("choice", "calls"), [("auto", 0), ("required", 1)])
def test_a_stop_string_in_the_filler_does_not_prevent_a_forced_call(
    choice: str, calls: int
) -> None:
    """With tool_choice required, a stop string does not prevent the call (D)."""
    draft = Draft("One moment…", (call("get_weather"),))
    reply = finished(draft, stop=" moment", tools=[WEATHER], tool_choice=choice)
    assert len(reply.tool_calls) == calls
    assert reply.finish_reason == ("tool_calls" if calls else "stop")


def test_a_limit_before_the_stop_string_wins() -> None:
    """Whichever of the limit and the stop string comes first ends the reply."""
    assert finished(Draft("one two three"), stop=["three"], max_tokens=2).finish_reason == "length"


# --- sampling


def test_temperature_0_has_one_fixed_reply() -> None:
    """With temperature 0, the seed and the occurrence do not change the reply (D)."""
    replies = {words("Name a color", temperature=0, seed=seed) for seed in range(5)}
    assert len(replies) == 1


def test_a_seed_determines_the_reply() -> None:
    """The same seed gives the same reply, and another seed gives another reply."""
    replies = [words("Name a color", seed=seed) for seed in range(100)]
    assert replies == [words("Name a color", seed=seed) for seed in range(100)]
    assert len(set(replies)) == 100


def test_without_a_seed_the_reply_is_steady() -> None:
    """Without a seed, a repeated request gets the same reply unless sampling is varied."""
    asked = request("Name a color")
    assert len({said(asked, occurrence=n).content for n in range(5)}) == 1


def test_varied_sampling_varies_reproducibly() -> None:
    """With varied sampling, every occurrence gets another reply, in the same order in every run."""
    asked = request("Name a color")
    series = [said(asked, sampling="varied", occurrence=n).content for n in range(50)]
    assert len(set(series)) == 50
    assert series == [said(asked, sampling="varied", occurrence=n).content for n in range(50)]


def test_fields_that_are_not_interpreted_do_not_change_the_words() -> None:
    """user, metadata, limits and log-probabilities do not change the content."""
    plain = words("Name a color")
    others: list[dict[str, Any]] = [{"user": "x"}, {"metadata": {}}, {"logprobs": True}]
    assert all(words("Name a color", **fields) == plain for fields in others)


# --- streams


TEXTS = ["नमस्ते दुनिया", "👩‍👩‍👧 👍🏽", 'say "hi"\n\tthen', "北京的天气", "naïve café"]


@pytest.mark.parametrize("text", TEXTS)
def test_a_stream_is_cut_anywhere_except_inside_a_character(text: str) -> None:
    """Tokens end inside words, before vowel signs and inside emoji sequences, but not inside characters."""
    pieces = tokens.split(text)
    assert len(pieces) > 1
    assert all(piece.encode().decode() == piece for piece in pieces)
    [made] = Draft(None, (call("f", text=text),)).calls
    fragments = tokens.split(made.arguments)
    assert "".join(fragments) == made.arguments
    assert len(fragments) > len(pieces)


def test_arguments_are_cut_next_to_an_escape() -> None:
    """A fragment of arguments may end with a backslash, so a client cannot decode each one alone."""
    fragments = tokens.split(call("f", text='say "hi"').arguments)
    assert any(fragment.endswith("\\") for fragment in fragments)


# --- scripted calls


@pytest.mark.parametrize(
    ("arguments", "problem"), [({"x": {1, 2}}, TypeError), ({"x": float("nan")}, ValueError)]
)
def test_a_call_with_arguments_that_are_not_json(
    arguments: dict[str, Any], problem: type[Exception]
) -> None:
    """call() raises an error that names the call if an argument is not a JSON value."""
    with pytest.raises(problem, match=r"call\('f'\): arguments must be JSON values"):
        call("f", **arguments)


def test_a_call_without_a_name() -> None:
    """call() raises TypeError if the tool name is empty."""
    with pytest.raises(TypeError, match="tool name must be a non-empty string, got ''"):
        call("")
