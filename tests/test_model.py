"""model/: dice, tokens, the limits of a reply, and what the pocket model says."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from raw_http import user

from mock_electron import call
from mock_electron.model import tokens, tools
from mock_electron.model.completion import CONTEXT_TOKENS, complete
from mock_electron.model.dice import Dice, fingerprint
from mock_electron.model.draft import Draft
from mock_electron.model.prose import answer, recognise
from mock_electron.model.speak import dice_for, speak
from mock_electron.wire import request as wire_request
from mock_electron.wire.request import ChatRequest

DICE = Dice.of(b"test")
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Get the current weather of a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        },
    },
}
MUMBAI = "What's the weather in Mumbai?"


def request(text: str = "Hi", **fields: Any) -> ChatRequest:
    return wire_request.read({"model": "electron", "messages": user(text), **fields})


def said(asked: ChatRequest, *, sampling: str = "steady", occurrence: int = 0) -> Draft:
    return speak(asked, dice_for(asked, 0, sampling, occurrence))


def words(text: str, **fields: Any) -> str:
    content = said(request(text, **fields)).content
    assert content is not None
    return content


# --- dice


def test_dice_are_the_same_in_every_process_and_version() -> None:
    """Recorded outcomes: whoever changes them changes the bytes of every user's test."""
    assert DICE.number("a") == 7740743648806406540
    assert DICE.hex("a") == "6b6ca5561c77898c"
    assert DICE.uuid("a") == "a6e9b0be-fa0d-490e-8027-4d4164e6cf6e"
    assert fingerprint(b"a", b"bc") != fingerprint(b"ab", b"c")


@given(st.text(max_size=20), st.integers(2, 5000), st.integers(-(2**63), 2**63), st.integers(1))
def test_variations_differ(purpose: str, count: int, variation: int, step: int) -> None:
    """Two variations have different outcomes as long as there are enough of them."""
    one = Dice(b"key", variation).variant(purpose, count)
    other = Dice(b"key", variation + step).variant(purpose, count)
    assert 0 <= one < count
    assert (one == other) == (step % count == 0)


@given(st.binary(max_size=20), st.text(max_size=20))
def test_rolls_stay_in_their_range(part: bytes, purpose: str) -> None:
    """A share is from 0 to 1, an id is 16 hex digits, a UUID has the form of version 4."""
    dice = Dice.of(part)
    assert 0 <= dice.share(purpose) < 1
    assert re.fullmatch(r"[0-9a-f]{16}", dice.hex(purpose))
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", dice.uuid(purpose)
    )


# --- tokens


@given(st.text())
def test_tokens_join_to_the_text(text: str) -> None:
    """Whatever the text."""
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


@pytest.mark.parametrize(("text", "cut"), CUTS, ids=[text for text, _ in CUTS])
def test_where_text_is_cut(text: str, cut: list[str]) -> None:
    """Words with their space, punctuation alone, long and non-Latin words in several."""
    assert list(tokens.split(text)) == cut


def test_a_sentence_has_about_as_many_tokens_as_words() -> None:
    """A plain English sentence of 23 words is about 23 tokens."""
    sentence = (
        "The sky looks blue because air molecules scatter the short blue waves of sunlight far more "
        "strongly than the long red ones do."
    )
    assert len(sentence.split()) == 23
    assert 23 <= tokens.count(sentence) <= 25


def test_tool_definitions_are_part_of_the_prompt() -> None:
    """prompt_tokens counts them (D)."""
    assert tokens.count_prompt(request(tools=[WEATHER])) > tokens.count_prompt(request()) + 30


# --- completion


def finished(draft: Draft, **fields: Any) -> Any:
    return complete(draft, request(**fields), 10, DICE)


def test_a_limit_cuts_the_words() -> None:
    """finish_reason length, and exactly max_tokens tokens (I)."""
    reply = finished(Draft("one two three"), max_tokens=2)
    assert (reply.content, reply.finish_reason) == ("one two", "length")
    assert reply.usage.completion_tokens == 2


def test_a_limit_that_just_fits_cuts_nothing() -> None:
    """The end-of-sequence token is not counted (A)."""
    reply = finished(Draft("one two three"), max_tokens=3)
    assert (reply.content, reply.finish_reason) == ("one two three", "stop")


def test_a_limit_cuts_the_arguments_of_a_call() -> None:
    """The call breaks off, as a real model's does."""
    draft = Draft(None, (call("get_weather", city="Mumbai"),))
    reply = finished(draft, max_tokens=6)
    assert reply.finish_reason == "length"
    assert reply.tool_calls[0].arguments == '{"city'
    assert reply.usage.completion_tokens == 6


def test_a_call_whose_name_does_not_fit_is_not_begun() -> None:
    """The words stay, the calls are missing, the limit is reached."""
    reply = finished(Draft("One moment", (call("get_weather", city="Mumbai"),)), max_tokens=3)
    assert (reply.content, reply.tool_calls, reply.finish_reason) == ("One moment", (), "length")
    assert reply.usage.completion_tokens == 3


def test_the_context_is_a_limit_too() -> None:
    """Without max_tokens all that is left of the context may be used."""
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
    """The earliest counts; it and all that follows it are cut out (D/I)."""
    reply = finished(Draft("one two three"), stop=stop)
    assert (reply.content, reply.finish_reason) == (left, "stop")


def test_a_stop_string_in_the_filler_ends_the_calls_too() -> None:
    """Nothing is generated after a stop string."""
    reply = finished(Draft("One moment…", (call("f"),)), stop=" moment")
    assert (reply.content, reply.tool_calls, reply.finish_reason) == ("One", (), "stop")


@pytest.mark.parametrize(("choice", "calls"), [("auto", 0), ("required", 1)])
def test_a_stop_string_in_the_filler_spares_a_forced_call(choice: str, calls: int) -> None:
    """required calls exactly one tool (D)."""
    draft = Draft("One moment…", (call("get_weather"),))
    reply = finished(draft, stop=" moment", tools=[WEATHER], tool_choice=choice)
    assert len(reply.tool_calls) == calls
    assert reply.finish_reason == ("tool_calls" if calls else "stop")


def test_a_limit_before_the_stop_string_wins() -> None:
    """What comes first ends the reply."""
    assert finished(Draft("one two three"), stop=["three"], max_tokens=2).finish_reason == "length"


# --- what is said


def test_temperature_0_has_one_fixed_reply() -> None:
    """Whatever the seed and however often it is asked (D)."""
    replies = {words("Name a color", temperature=0, seed=seed) for seed in range(5)}
    assert len(replies) == 1


def test_a_seed_has_its_reply() -> None:
    """The same seed the same reply, another seed another one."""
    replies = [words("Name a color", seed=seed) for seed in range(100)]
    assert replies == [words("Name a color", seed=seed) for seed in range(100)]
    assert len(set(replies)) == 100


def test_without_a_seed_the_reply_is_steady() -> None:
    """However often it is asked, unless sampling is varied."""
    asked = request("Name a color")
    assert len({said(asked, occurrence=n).content for n in range(5)}) == 1


def test_varied_sampling_varies_reproducibly() -> None:
    """Every occurrence another reply, in the same order in every run."""
    asked = request("Name a color")
    series = [said(asked, sampling="varied", occurrence=n).content for n in range(50)]
    assert len(set(series)) == 50
    assert series == [said(asked, sampling="varied", occurrence=n).content for n in range(50)]


def test_fields_that_are_not_interpreted_do_not_change_the_words() -> None:
    """user, metadata, limits and log-probabilities decide nothing of what is said."""
    plain = words("Name a color")
    others: list[dict[str, Any]] = [{"user": "x"}, {"metadata": {}}, {"logprobs": True}]
    assert all(words("Name a color", **fields) == plain for fields in others)


SUBJECTS = [
    ("Write one sentence about why the sky is blue.", "why the sky is blue"),
    ("What is the capital of France?", "the capital of France"),
    ("Tell me about my phone.", "your phone"),
    ("Could you please explain gravity?", "gravity"),
    ("Why is my phone slow?", "Why is my phone slow"),
    ("I like trains. A lot.", "I like trains"),
    ("आज मौसम कैसा है?", "आज मौसम कैसा है"),
]


@pytest.mark.parametrize(("message", "subject"), SUBJECTS, ids=[m for m, _ in SUBJECTS])
def test_a_reply_takes_up_the_subject(message: str, subject: str) -> None:
    """The subject stands in the reply, which is one or two plain sentences."""
    assert recognise(message)[1] == subject
    reply = answer(message, DICE)
    assert subject in reply
    assert reply[-1] in ".?!"


def test_one_sentence_is_one_sentence() -> None:
    """As asked."""
    for seed in range(20):
        reply = words("Write one sentence about why the sky is blue.", seed=seed)
        assert len(re.findall(r"[.?!](?:\s|$)", reply.removeprefix("Sure! "))) <= 2


@pytest.mark.parametrize("message", ["Hi", "Hello there!", "Thanks a lot", "Bye!", "", "…"])
def test_small_talk_is_answered_as_such(message: str) -> None:
    """Greetings, thanks, farewells and silence are not taken for questions."""
    assert '"' not in answer(message, DICE)


# --- tools


def test_the_documented_example() -> None:
    """The weather in Mumbai calls get_weather with the city (D)."""
    draft = said(request(MUMBAI, tools=[WEATHER]))
    assert draft == Draft(None, (call("get_weather", city="Mumbai"),))


def test_a_tool_that_does_not_fit_is_not_called() -> None:
    """auto: words, where nothing was asked of the tool."""
    assert said(request("Hi there", tools=[WEATHER])).calls == ()


@pytest.mark.parametrize(
    ("choice", "called"),
    [
        ("none", 0),
        ("auto", 1),
        ("required", 1),
        ({"type": "function", "function": {"name": "g"}}, 1),
    ],
)
def test_tool_choice_is_obeyed(choice: Any, called: int) -> None:
    """none: words; required and named: exactly one call."""
    other = {"type": "function", "function": {"name": "g"}}
    draft = said(request(MUMBAI, tools=[WEATHER, other], tool_choice=choice))
    assert len(draft.calls) == called
    if isinstance(choice, dict):
        assert draft.calls == (call("g"),)


def test_required_calls_a_tool_even_if_none_fits() -> None:
    """Exactly one (D), with arguments that the schema asks for."""
    [made] = said(request("Hi", tools=[WEATHER], tool_choice="required")).calls
    assert list(json.loads(made.arguments)) == ["city"]


ASKED_FOR_FILLER = [
    "Use a short filler phrase before calling a tool.",
    "Always acknowledge the request before you use tools.",
    "Let the caller know that you are looking it up.",
    "Before using a tool, say something like 'one moment'.",
    "Say something short before every tool call.",
]
NOT_ASKED_FOR_FILLER = [
    "You are a helpful assistant.",
    "Never use filler words.",
    "Do not acknowledge the request.",
    "Answer without filler.",
    "",
]


@pytest.mark.parametrize("prompt", ASKED_FOR_FILLER)
def test_the_filler_is_spoken_if_asked_for(prompt: str) -> None:
    """The system prompt asks; content stands beside the call (D)."""
    messages = [{"role": "system", "content": prompt}, *user(MUMBAI)]
    draft = said(request(messages=messages, tools=[WEATHER]))
    assert draft.content
    assert "weather" in draft.content
    assert draft.calls


@pytest.mark.parametrize("prompt", NOT_ASKED_FOR_FILLER)
def test_the_filler_is_spoken_only_if_asked_for(prompt: str) -> None:
    """Without that, content is null (D)."""
    messages = [{"role": "system", "content": prompt}, *user(MUMBAI)]
    draft = said(request(messages=messages, tools=[WEATHER]))
    assert draft.content is None
    assert draft.calls


RESULTS = [
    ('{"temperature": 31, "condition": "humid"}', "temperature 31, condition humid"),
    ('{"ok": true, "next": null, "items": [{"id": 1}, {"id": 2}]}', "ok yes, next nothing, items id 1, items id 2"),
    ("It is 31 degrees.", "It is 31 degrees"),
    ("31", "31"),
    ('"sunny"', "sunny"),
    ("", "nothing"),
    ("[]", "nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("result", "spoken"), RESULTS, ids=[result for result, _ in RESULTS])
def test_a_tool_result_is_used(result: str, spoken: str) -> None:
    """After a tool's result a sentence says it, and no tool is called again."""
    messages = [
        *user(MUMBAI),
        {"role": "assistant", "tool_calls": [{"id": "c", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}]},
        {"role": "tool", "tool_call_id": "c", "content": result},
    ]  # fmt: skip
    draft = said(request(messages=messages, tools=[WEATHER]))
    assert draft.calls == ()
    assert draft.content is not None
    assert draft.content.endswith(f"{spoken}.")


ARGUMENTS: list[tuple[Any, str, Any]] = [
    ({"type": "string"}, 'Look up "blue moon" now', "blue moon"),
    ({"type": "string"}, "Go to San Francisco, CA today", "San Francisco, CA"),
    ({"type": "integer"}, "Give me 3 of them", 3),
    ({"type": "number"}, "It is -2.5 now", -2.5),
    ({"type": "integer", "minimum": 4}, "Some of them", 4),
    ({"type": "boolean"}, "Do it", True),
    ({"type": "boolean"}, "Don't do it", False),
    ({"type": "null"}, "x", None),
    ({"type": ["string", "null"]}, 'Say "x"', "x"),
    ({"enum": ["celsius", "fahrenheit"]}, "In Fahrenheit please", "fahrenheit"),
    ({"enum": [1, 2]}, "x", 1),
    ({"const": "fixed"}, "x", "fixed"),
    ({"type": "array", "items": {"type": "integer"}}, "The 7 dwarfs", [7]),
    ({"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}, "5", {"n": 5}),
    ({"type": "object"}, "x", {}),
    ({"type": "string", "default": "x"}, "go", "x"),
    ({"type": 5}, 'Say "x"', "x"),
    (True, "x", "x"),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "message", "value"), ARGUMENTS, ids=repr)
def test_arguments_come_from_the_words(schema: Any, message: str, value: Any) -> None:
    """As the schema asks for them."""
    parameters = {"type": "object", "properties": {"value": schema}, "required": ["value"]}
    offered = {"type": "function", "function": {"name": "f", "parameters": parameters}}
    [made] = said(request(message, tools=[offered], tool_choice="required")).calls
    assert json.loads(made.arguments) == {"value": value}


def test_optional_arguments_only_if_they_are_spoken_of() -> None:
    """Required ones always."""
    properties = {"city": {"type": "string"}, "days": {"type": "integer"}}
    parameters = {"type": "object", "properties": properties, "required": ["city"]}
    offered = {"type": "function", "function": {"name": "f", "parameters": parameters}}
    for message, expected in [("In Oslo", ["city"]), ("In Oslo for 3 days", ["city", "days"])]:
        [made] = said(request(message, tools=[offered], tool_choice="required")).calls
        assert list(json.loads(made.arguments)) == expected


def test_a_tool_is_called_by_its_name() -> None:
    """Whatever else is offered."""
    offered = [WEATHER, {"type": "function", "function": {"name": "lookup_order"}}]
    [made] = said(request("Use the tool lookup_order", tools=offered)).calls
    assert made.name == "lookup_order"


def test_words_of_identifiers() -> None:
    """camelCase and snake_case are split, plurals lose their ending."""
    assert list(tools.words_of("getOrders lookup_order HTTPStatus")) == [
        "get", "order", "lookup", "order", "http", "status",
    ]  # fmt: skip


# --- JSON mode


@pytest.mark.parametrize(
    ("message", "keys"),
    [
        ('Reply in JSON with the keys "setup" and "punchline".', ["setup", "punchline"]),
        ("Name a color as JSON.", ["answer"]),
        ('He said "hello".', ["answer"]),
    ],
)
def test_json_mode_gives_one_object(message: str, keys: list[str]) -> None:
    """With the keys that the prompt puts in quotation marks (D: one object)."""
    content = words(message, response_format={"type": "json_object"})
    assert list(json.loads(content)) == keys


# --- scripted calls


@pytest.mark.parametrize(
    ("arguments", "problem"), [({"x": {1, 2}}, TypeError), ({"x": float("nan")}, ValueError)]
)
def test_a_call_with_what_json_cannot_say(
    arguments: dict[str, Any], problem: type[Exception]
) -> None:
    """An error where it is written, which names the call."""
    with pytest.raises(problem, match=r"call\('f'\): arguments must be JSON values"):
        call("f", **arguments)


def test_a_call_without_a_name() -> None:
    """An error where it is written."""
    with pytest.raises(TypeError, match="takes the tool's name first"):
        call("")
