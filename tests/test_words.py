"""Tests of the pocket model's text replies: a table for each rule."""

import json
import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pocket import called, request, said, tool, turn, words
from raw_http import user
from rows import each_of

from mock_electron.model import filler, prose
from mock_electron.model.language import ENGLISH, LANGUAGES, detect
from mock_electron.model.results import in_words, is_failure
from mock_electron.model.words.arithmetic import calculate

EXACTLY = [
    ("Reply with exactly: pong", "pong"),
    ("Please reply with exactly 'Hello, world!'", "Hello, world!"),
    ("Respond with only 'OK'", "OK"),
    ('Answer only with "yes".', "yes"),
    ("Reply with just the word ready", "ready"),
    ("Say hello world", "hello world"),
    ("Please say “नमस्ते”", "नमस्ते"),
    ("Repeat after me: I love cats.", "I love cats"),
    ("Just say yes", "yes"),
    ("Echo: one two", "one two"),
]


@each_of(EXACTLY)
def test_it_says_exactly_what_is_requested(message: str, reply: str) -> None:
    """The reply is exactly the requested text."""
    assert words(message) == reply


ARITHMETIC = [
    ("What is 2+2?", "4"),
    ("what's 12 times 3?", "36"),
    ("What is three plus four?", "7"),
    ("Calculate 2 + 3 * 4", "14"),
    ("10 / 4", "2.5"),
    ("7 minus 10", "-3"),
    ("1,000 x 3", "3000"),
    ("What is 9 divided by 3 plus 1?", "4"),
    ("¿Cuánto es 2 + 5?", "7"),
]


@each_of(ARITHMETIC)
def test_simple_arithmetic(message: str, value: str) -> None:
    """The reply contains the value, in the language of the question."""
    assert value in re.findall(r"-?\d+(?:\.\d+)?", words(message))


@pytest.mark.parametrize("expression", ["1 / 0", "+ 1", "1 +", "x"])
def test_what_cannot_be_calculated(expression: str) -> None:
    """An invalid expression has no value and raises nothing."""
    assert calculate(expression) is None


@pytest.mark.parametrize("message", ["Is 2025-02-19 a Wednesday?", "What happened on 22/11/2026?"])
def test_a_date_is_not_a_calculation(message: str) -> None:
    """A date is not taken for a calculation."""
    assert turn(message).message in message
    assert not re.search(r"\b(?:2004|makes)\b", words(message))


COUNTS = [
    ("How many letters are in 'tree'?", "4"),
    ("How many letters does strawberry have?", "10"),
    ("How many r's are in strawberry?", "3"),
    ("How many words are in 'the quick brown fox'?", "4"),
    ("How many vowels are in banana?", "3"),
]


@pytest.mark.parametrize(("message", "count"), COUNTS)
def test_counting(message: str, count: str) -> None:
    """Letters, words, vowels and a single letter are counted."""
    assert count in re.findall(r"\d+", words(message))


@pytest.mark.parametrize(
    ("message", "number"),
    [("Give me three ideas for a party", 3), ("Name 5 colors", 5), ("List two reasons to run", 2)],
)
def test_a_number_of_items(message: str, number: int) -> None:
    """The reply is a numbered list of the requested length, without duplicates."""
    lines = words(message).splitlines()
    assert [line.split(".")[0] for line in lines] == [str(n) for n in range(1, number + 1)]
    assert len({line.split(".", 1)[1] for line in lines}) == number


def test_a_summary_is_shorter_than_the_text() -> None:
    """A summary starts like the text and is less than a third as long."""
    text = "The cat sat on the mat all day. " + "It slept. " * 30
    reply = words(f"Summarize the following text: {text}")
    assert "The cat sat on the mat" in reply
    assert len(reply) < len(text) / 3


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("Translate 'Good morning' to French", "fr"),
        ("Translate this to German: I would like to order a pizza", "de"),
        ("Translate 'thank you for calling us today' into Hindi", "hi"),
    ],
)
def test_a_translation_is_in_the_other_language(message: str, code: str) -> None:
    """A translation is text in the requested language."""
    found = detect(words(message))
    assert found is not None
    assert found.code == code


MEMORIES = [
    (["Hi, my name is Bob."], "What is my name?", "Bob"),
    (["I'm Alice Cooper and I live in Paris."], "Where do I live?", "Paris"),
    (["I am 34 years old"], "How old am I?", "34"),
    (["My favorite color is dark green."], "What's my favorite color?", "dark green"),
    (["Me llamo Carlos."], "¿Cómo me llamo?", "Carlos"),
    (["My name is Bob.", "My name is Rob, sorry."], "What is my name?", "Rob"),
    (["Tell me about trains."], "What did I just ask?", "Tell me about trains."),
]


@pytest.mark.parametrize(("earlier", "question", "value"), MEMORIES)
def test_it_remembers_the_conversation(earlier: list[str], question: str, value: str) -> None:
    """Facts from earlier messages are recalled, the newest first."""
    messages = [
        m for text in earlier for m in (*user(text), {"role": "assistant", "content": "Ok"})
    ]
    assert value in words("", messages=messages + user(question))


@pytest.mark.parametrize(
    ("system", "name"),
    [
        ("You are Maya, a voice agent.", "Maya"),
        ("Your name is Arjun. Be short.", "Arjun"),
        ("You are an assistant named Max Power.", "Max Power"),
    ],
)
def test_it_knows_the_name_it_was_given(system: str, name: str) -> None:
    """The model answers with the name that the system prompt gives it."""
    assert name in words("Who are you?", system=system)


def test_without_a_name_it_is_an_assistant() -> None:
    """Without a name in the system prompt, the model calls itself an assistant."""
    assert "assistant" in words("Who are you?", system="You are a helpful assistant.").lower()


GREETINGS = [
    ("Hello, how are you?", "greeting"),
    ("Thanks so much!", "thanks"),
    ("Bye", "farewell"),
    ("…", "silence"),
    ("Guten Morgen", "greeting"),
    ("धन्यवाद", "thanks"),
]


@pytest.mark.parametrize(("message", "kind"), GREETINGS)
def test_small_talk(message: str, kind: str) -> None:
    """Greetings, thanks, farewells and silence are answered in the language of the message."""
    language = turn(message).language
    assert words(message) in language.phrases[kind]


SPOKEN = [
    ("What is the capital of France?", "en"),
    ("मुंबई में आज मौसम कैसा है?", "hi"),
    ("আজ ঢাকার আবহাওয়া কেমন?", "bn"),
    ("சென்னையில் இன்று வானிலை எப்படி இருக்கிறது?", "ta"),
    ("హైదరాబాద్‌లో వాతావరణం ఎలా ఉంది?", "te"),
    ("पुण्यात आज हवामान कसे आहे?", "mr"),
    ("આજે અમદાવાદમાં હવામાન કેવું છે?", "gu"),
    ("ಬೆಂಗಳೂರಿನಲ್ಲಿ ಇಂದು ಹವಾಮಾನ ಹೇಗಿದೆ?", "kn"),
    ("കൊച്ചിയിൽ ഇന്ന് കാലാവസ്ഥ എങ്ങനെയുണ്ട്?", "ml"),
    ("ਅੱਜ ਅੰਮ੍ਰਿਤਸਰ ਵਿੱਚ ਮੌਸਮ ਕਿਵੇਂ ਹੈ?", "pa"),
    ("ଆଜି ଭୁବନେଶ୍ୱରରେ ପାଗ କେମିତି ଅଛି?", "or"),
    ("آج کراچی میں موسم کیسا ہے؟", "ur"),
    ("كيف الطقس اليوم في القاهرة؟", "ar"),
    ("¿Qué tiempo hace hoy en Madrid?", "es"),
    ("Quel temps fait-il à Paris aujourd'hui ?", "fr"),
    ("Wie ist das Wetter heute in Berlin?", "de"),
    ("Como está o tempo em Lisboa hoje?", "pt"),
    ("Che tempo fa oggi a Roma?", "it"),
    ("Какая сегодня погода в Москве?", "ru"),
    ("今天北京的天气怎么样？", "zh"),
    ("今日の東京の天気は？", "ja"),
    ("오늘 서울 날씨 어때요?", "ko"),
]


@each_of(SPOKEN)
def test_it_replies_in_the_language_of_the_last_message(message: str, code: str) -> None:
    """The language of a message is detected and used for the reply."""
    asked = turn(message)
    assert asked.language.code == code
    assert any(point.rstrip(".।。") in words(message) for point in asked.language.phrases["point"])


@pytest.mark.parametrize(
    ("system", "code"),
    [
        ("Always answer in Hindi.", "hi"),
        ("You are an agent. Please respond only in Spanish, whatever happens.", "es"),
        ("Speak Tamil with the caller.", "ta"),
        ("Antworte immer auf Deutsch.", "de"),
        ("Be kind.", "en"),
    ],
)
def test_a_system_prompt_that_names_a_language_wins(system: str, code: str) -> None:
    """A language in the system prompt takes precedence over that of the message."""
    assert turn("What is gravity?", system=system).language.code == code


def test_the_language_of_an_earlier_message_is_kept() -> None:
    """If the last message has no words, the language of an earlier one is used."""
    messages = [*user("¿Qué tiempo hace en Madrid?"), {"role": "assistant", "content": "Sol"}]
    assert turn("", messages=messages + user("👍")).language.code == "es"


@given(st.text(st.sampled_from("a.!? \t\n\x1c"), max_size=30))
def test_a_sentence_in_ascii_ends_where_any_sentence_does(text: str) -> None:
    """Its own pattern, which is compiled faster, finds the same ends."""
    assert [end.span() for end in prose.ASCII_SENTENCE_END.finditer(text)] == [
        end.span() for end in prose.SENTENCE_END.finditer(text)
    ]


@pytest.mark.parametrize(
    ("prompt", "sentences"),
    [
        ("Explain gravity in two sentences.", 2),
        ("Explain gravity. Be brief.", 1),
        ("Write one sentence about why the sky is blue.", 1),
    ],
)
def test_a_number_of_sentences(prompt: str, sentences: int) -> None:
    """The reply has the requested number of sentences."""
    for seed in range(10):
        reply = re.sub(
            r"^(?:Sure!|Gladly\.|Of course\.|Certainly\.|Here you go\.) ",
            "",
            words(prompt, seed=seed),
        )
        assert len(re.findall(r"[.?!](?:\s|$)", reply)) == sentences


def test_a_requested_length_is_not_part_of_the_subject() -> None:
    """A requested length is not part of the subject, and days are not items of a list."""
    assert "two sentences" not in words("Explain gravity in two sentences.")
    assert not words("Give me a 3 day itinerary for Rome").startswith("1.")


def test_under_three_sentences_are_at_most_two() -> None:
    """A limit of "under three sentences" means at most two."""
    assert prose.sentence_count("Answer in under three sentences.") == 2
    assert prose.sentence_count("Answer as you like.") is None


def test_in_one_word() -> None:
    """A request for one word gets a reply of one word."""
    assert len(words("What is gravity, in one word?").split()) == 1


def test_two_questions_never_get_the_same_reply() -> None:
    """Questions about different subjects get different replies."""
    questions = [
        f"What is the {thing} of {place}?"
        for thing in ("capital", "flag")
        for place in ("Peru", "Chad", "Laos")
    ]
    assert len({words(question) for question in questions}) == len(questions)


# --- after a tool


RESULTS = [
    ('{"temperature": 31, "condition": "humid"}', "temperature 31, condition humid"),
    ('{"ok": true, "next": null, "items": [{"id": 1}, {"id": 2}]}', "ok yes, next nothing, items id 1, items id 2"),
    ("It is 31 degrees.", '"It is 31 degrees."'),
    ("31", "31"),
    ('"sunny"', '"sunny"'),
    ("", "nothing"),
    ("[]", "nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("result", "spoken"), RESULTS, ids=[result for result, _ in RESULTS])
def test_a_result_in_words(result: str, spoken: str) -> None:
    """A result is flattened to text, and strings are quoted."""
    assert in_words(result) == spoken


FAILURES = [
    ("Error: no such city", True),
    ('{"error": "not found"}', True),
    ('{"status": "error", "message": "x"}', True),
    ('{"success": false}', True),
    ("Traceback (most recent call last): …", True),
    ("Could not reach the server", True),
    ('{"error": null, "temperature": 31}', False),
    ('{"status": "ok"}', False),
    ("The trial was without error", False),
    ("31", False),
]


@each_of(FAILURES)
def test_a_failure_is_recognised(result: str, failed: bool) -> None:
    """A failed result is recognised by its keys, its status or its first words."""
    assert is_failure(result) == failed


def test_a_failure_leads_to_words_that_say_so() -> None:
    """After a failed call, the reply reports the failure and makes no further call."""
    messages = user("What's the weather in Mumbai?") + called(
        "get_weather", {"city": "Mumbai"}, "Error: station down"
    )
    draft = said(request(messages=messages, tools=[tool("get_weather", city="string")]))
    assert draft.calls == ()
    assert draft.content is not None
    assert "station down" in draft.content
    assert any(
        draft.content.startswith(phrase.split("{")[0]) for phrase in ENGLISH.phrases["failure"]
    )


def test_all_results_are_reported() -> None:
    """The reply contains the results of all calls."""
    messages = user("The weather in Mumbai and in Delhi?")
    messages = [
        *messages,
        *called("get_weather", {"city": "Mumbai"}, '{"temperature": 31}', 1),
        *called("get_weather", {"city": "Delhi"}, '{"temperature": 18}', 2),
    ]
    reply = words("", messages=messages, tools=[tool("get_weather", city="string")])
    assert "31" in reply
    assert "18" in reply


# --- the filler


ASKED = [
    "Use a short filler phrase before calling a tool.",
    "Always acknowledge the request before you use tools.",
    "Let the caller know that you are looking it up.",
    "Before using a tool, say something like 'one moment'.",
    "Say something short before every tool call.",
    "When you need to call a tool, first tell the user what you are doing while they wait.",
    "Never use a tool without first saying a short filler.",
    "Don't call a tool without acknowledging the user first.",
    "First say something like 'let me check', then call the tool.",
    "When you use a tool, tell the user that you are looking it up.",
    "Speak a brief phrase prior to invoking any function.",
    "Announce what you're doing before each function call.",
    "Precede every tool call with a short phrase such as 'one moment'.",
    "When calling tools, also include a short spoken phrase.",
    "If you need to look something up, say 'Let me check' first.",
    "Antes de usar una herramienta, di una frase corta.",
    "Bevor du ein Tool benutzt, sag kurz Bescheid.",
    "टूल इस्तेमाल करने से पहले कुछ कहें।",
    "在调用工具之前先说一句话。",
]
NOT_ASKED = [
    "You are a helpful assistant.",
    "Never use filler words.",
    "Do not acknowledge the request.",
    "Answer without filler.",
    "Use the tools.",
    "Acknowledge that you are an AI if asked.",
    "Let the user know about prices.",
    "Tell the caller their name before ending the call.",
    "Filler phrases are forbidden.",
    "Fillers are not allowed.",
    "Ask for confirmation before calling a tool.",
    "Don't say anything before calling tools.",
    "",
]


@each_of((system,) for system in ASKED)
def test_a_filler_is_asked_for(system: str) -> None:
    """These system prompts ask for a filler."""
    assert filler.wanted(system)


@each_of((system,) for system in NOT_ASKED)
def test_a_filler_is_not_asked_for(system: str) -> None:
    """These system prompts do not ask for a filler, or forbid it."""
    assert not filler.wanted(system)


@pytest.mark.parametrize(("message", "code"), SPOKEN[:3] + SPOKEN[-3:], ids=lambda value: value)
def test_the_filler_is_in_the_language_of_the_last_message(message: str, code: str) -> None:
    """The filler is one of the phrases of the message's language."""
    asked = turn(message, system="Say a filler before using tools.")
    generic = {
        phrase.replace("{thing}", "the weather") for phrase in LANGUAGES[code].phrases["filler"]
    }
    assert filler.phrase(asked, "get_weather") in generic


def test_the_filler_is_a_new_one_each_time_in_a_chain() -> None:
    """Consecutive fillers in a chain of calls differ."""
    messages = user("Weather?")
    spoken = []
    for number in range(4):
        spoken.append(filler.phrase(turn("", messages=messages), "get_weather"))
        messages = [*messages, *called("get_weather", {"n": number}, "1", number)]
    assert all(one != other for one, other in pairwise(spoken))


# --- JSON mode


JSON_KEYS: list[tuple[str, dict[str, Any]]] = [
    ('A joke with a "setup" key and a "punchline" key', {"setup": str, "punchline": str}),
    ("Extract with keys name, age and city: Bob is 30", {"name": str, "age": int, "city": str}),
    ('Use this form: {"capitals": [...], "count": 3}', {"capitals": list, "count": int}),
    ('Answer as {"is_urgent": true, "score": 0.5}', {"is_urgent": bool, "score": (int, float)}),
    ("JSON with fields: title (string), tags (list), year (int)", {"title": str, "tags": list, "year": int}),
    ('Fill {"type": "object", "properties": {"mood": {"enum": ["good", "bad"]}}, "required": ["mood"]}', {"mood": str}),
    ("Name a color as JSON.", {"answer": str}),
    ('He said "hello".', {"answer": str}),
]  # fmt: skip


@each_of(JSON_KEYS)
def test_json_mode_has_the_keys_that_are_asked_for(message: str, keys: dict[str, Any]) -> None:
    """The object has the keys that the message or the system prompt names, with fitting types."""
    for fields in ({"text": message}, {"text": "Go on", "system": message}):
        content = words(**fields, response_format={"type": "json_object"})
        value = json.loads(content)
        assert list(value) == list(keys)
        assert all(isinstance(value[key], kind) for key, kind in keys.items())


def test_a_system_prompt_that_asks_for_json() -> None:
    """A system prompt that asks for JSON is obeyed without response_format."""
    assert json.loads(
        words("A color?", system='Always respond in JSON with the key "color".')
    ).keys() == {"color"}


def test_json_schema_is_followed() -> None:
    """With json_schema accepted, the object satisfies the schema."""
    from mock_electron.wire import request as wire_request

    schema = {
        "type": "object",
        "properties": {"n": {"type": "integer", "minimum": 5}},
        "required": ["n"],
    }
    body = {
        "model": "electron",
        "messages": user("Give me n"),
        "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}},
    }
    content = said(wire_request.parse_request(body, accept_json_schema=True)).content
    assert content is not None
    assert json.loads(content)["n"] >= 5
