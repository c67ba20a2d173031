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
from mock_electron.model.json_mode.keys import listed
from mock_electron.model.json_mode.template import template
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
    ("repeat after me: um hi", "um hi"),
    ("hi there please repeat after me: um seven thirty pm", "um seven thirty pm"),
    ("reply with exactly: friday no wait saturday", "friday no wait saturday"),
    ("repeat after me: 😀 hi", "😀 hi"),
    ("Repeat after me, -5", "-5"),
    ("Reply with exactly -5", "-5"),
    ("Say -5", "-5"),
    ("echo 👍", "👍"),
    ("Say: wait...", "wait..."),
    ("Repeat after me:\nline one\nline two", "line one\nline two"),
    ('say exactly "I\'m fine"', "I'm fine"),
    ("Say \"it's 5 o'clock\" and nothing else", "it's 5 o'clock"),
    ('Repeat the following text exactly: "A "quoted" word."', 'A "quoted" word.'),
    ('"Say hello"', "hello"),
    ("'repeat after me: hi there'", "hi there"),
    ("Please reply with only the number 7.", "7"),
    ("Answer with the single word yes", "yes"),
    ("reply with exactly the following: a.b-c", "a.b-c"),
    ("Repeat this sentence: The cat sat.", "The cat sat"),
    ("Respond: ping", "ping"),
    ("Type the word hello", "hello"),
    ("This is a test of the line. Say exactly: all clear", "all clear"),
    ("Repite después de mí: hola mundo", "hola mundo"),
    ("Di: buenas tardes", "buenas tardes"),
    ("Sag genau: Guten Tag", "Guten Tag"),
    ("Wiederholen Sie: zwei Bier", "zwei Bier"),
    ("Répète après moi : bonjour", "bonjour"),
    ("Repita depois de mim: tudo bem", "tudo bem"),
    ("Ripeti dopo di me: ciao a tutti", "ciao a tutti"),
    ("मेरे बाद दोहराओ: नमस्ते दुनिया", "नमस्ते दुनिया"),
    ("'नमस्ते' बोलो", "नमस्ते"),
    ("mere baad bolo: theek hai", "theek hai"),
    ("எனக்குப் பிறகு சொல்லுங்கள்: வணக்கம்", "வணக்கம்"),
    ("Повтори за мной: привет", "привет"),
    ("请跟我说：你好", "你好"),
    ("「はい」と言って", "はい"),
]
NOT_EXACTLY = [
    ("Say hello in French", "fr"),
    ("Say 'good morning' in Spanish", "es"),
    ("Answer only in German: what is rain?", "de"),
    ("Say something nice", "en"),
    ("Can you say that again?", "en"),
    ("Reply with exactly two sentences about rain.", "en"),
    ("Respond with only the name of the city", "en"),
]


@each_of(EXACTLY)
def test_it_says_exactly_what_is_requested(message: str, reply: str) -> None:
    """The reply is exactly the requested text."""
    assert words(message) == reply


@each_of(NOT_EXACTLY)
def test_it_does_not_repeat_what_only_describes_a_reply(message: str, code: str) -> None:
    """What the reply is to be like is not the reply, and a text in another language is translated."""
    reply = words(message)
    found = detect(reply)
    assert found is not None
    assert found.code == code
    assert reply not in message


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


@pytest.mark.parametrize(
    ("message", "subject"),
    [
        ("Tell me about my train at 9 AM", "your train at 9 AM"),
        ("Tell me how late am I", "how late are you"),
        ("Tell me about the 9 am flight that I am on", "the 9 am flight that you are on"),
    ],
)
def test_only_i_am_becomes_you_are(message: str, subject: str) -> None:
    """ "AM" is a time of day, and a time is not a number of items."""
    assert prose.recognise(message).words == subject
    assert subject in words(message)


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
    ('["red", "green", "blue"]', "red, green and blue"),
    ('{"slots": ["10:00", "11:30"], "windSpeed": 12.0}', "slots 10:00 and 11:30, wind speed 12"),
    ('{"temp_c": 31.5, "temp_min": 20, "distance_km": 12}', "temp 31.5 degrees Celsius, temp min 20, distance 12 km"),
    ('{"minutes": 35, "price_usd": 9, "humidity_percent": 40}', "35 minutes, price 9 USD, humidity 40 percent"),
    ('{"amount": 1234.5, "currency": "INR"}', "amount 1234.5 INR"),
    ('{"wind": {"value": 21, "unit": "km/h"}}', "wind 21 km/h"),
    ("0.30000000000000004", "0.3"),
    ('{"message": "Booked for 4"}', "Booked for 4"),
    ('{"content": [{"type": "text", "text": "All good."}]}', "All good."),
    ('[{"type": "text", "text": "{\\"temp\\": 3}"}]', "temp 3"),
    ('Result: {"a": 1, "b": [1, 2]}', "Result a 1, b 1 and 2"),
    ('{"a": 1, "b": "x', "a: 1, b: x"),
    ('{"मौसम": "साफ़"}', "मौसम साफ़"),
]  # fmt: skip


@pytest.mark.parametrize(("result", "spoken"), RESULTS, ids=[result for result, _ in RESULTS])
def test_a_result_in_words(result: str, spoken: str) -> None:
    """A result is flattened to text without signs of JSON, and strings are quoted."""
    assert in_words(result) == spoken


def test_a_list_without_a_conjunction() -> None:
    """In other languages, the items of a list have commas between them."""
    assert in_words('["rojo", "verde"]', "") == "rojo, verde"


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
    "Before calling a tool, say a short filler phrase to avoid dead air.",
    "Don't stay silent while you look something up.",
    "Never call a tool without saying something first.",
    "Always tell the caller that you're checking before you use a tool.",
    'Do not leave the caller in silence while a tool is running; say something like "one moment".',
    'Whenever you call a function, fill the pause with a short phrase such as "let me check that for you".',
    "Before each tool call, output one brief sentence that buys time.",
    "If a lookup takes time, let the customer know you are working on it.",
    'Keep the caller engaged with a quick "one moment please" before each tool call.',
    "No dead air! Say something before every function call.",
    "Preface every tool call with a brief acknowledgement.",
    "Give a short verbal cue before invoking any tool.",
    "Before making an API call, say a brief holding phrase.",
    "Always respond with a short sentence before using a tool so that the caller does not hear silence.",
    'Say "Let me pull that up" prior to running a tool; don\'t wait for the result.',
    'Use natural fillers like "hmm, let me see" when calling tools.',
    "Do not use a tool until you've told the caller what you're about to do.",
    "Emit a filler line before tool calls, not after.",
    "Never go quiet while using a tool.",
    "When a tool is needed, first say a short phrase, and don't mention the tool's name.",
    "Tell the user to hold on before you call tools.",
    "Ask the caller to hold for a moment before using a tool.",
    'When calling tools, start with "One moment please".',
    "Include a short spoken message along with every tool call.",
    "Make sure that there is no silence before a tool call: say a short line.",
    "Tool calls take a few seconds, so let the caller know you're on it.",
    "You must not make a tool call without first acknowledging the user.",
    "Prior to using tools, inform the user about the action you're about to take.",
    "Please don't forget to say a short phrase before you call a tool.",
    "The filler should not be longer than five words.",
    "Don't use the same filler twice.",
    "Say a filler before tools, but never more than one.",
    'Before calling get_weather, say "let me have a look".',
    "Never skip the filler.",
    "While a tool runs, tell the caller that it will take just a second.",
    "Say something short before using tools so the caller doesn't think that you hung up.",
    "Don't call a function before saying a few words to the caller.",
    "Instead of going silent, say a short phrase before you look things up.",
    "Speak first, then call the tool: a short phrase such as 'sure, one sec'.",
    "During a lookup, dead air is not acceptable; say a quick phrase.",
    "टूल कॉल करने से पहले हमेशा एक छोटा वाक्य बोलें।",
    "टूल चलते समय चुप न रहें।",
    "कुछ कहे बिना कभी टूल कॉल न करें।",
    "Tool call karne se pehle kuch bolo.",
    "Tool chalate samay chup mat raho.",
    "Di algo breve antes de llamar a una herramienta.",
    "No te quedes en silencio mientras usas una herramienta.",
    "Nunca llames a una herramienta sin decir algo antes.",
    "Avisa al cliente de que estás mirando antes de usar una función.",
    "Sag einen kurzen Satz, bevor du ein Werkzeug aufrufst.",
    "Rufe nie ein Tool auf, ohne vorher etwas zu sagen.",
    "Schweige nicht, während du eine Funktion aufrufst.",
    "Kündige jeden Tool-Aufruf vorher kurz an.",
    "Dis une courte phrase avant d'utiliser un outil.",
    "N'appelle jamais un outil sans dire quelque chose avant.",
    "கருவியைப் பயன்படுத்தும் முன் ஒரு சிறிய வாக்கியம் சொல்லுங்கள்.",
    "When you have to look up an order, tell the caller you're checking so they know you're still there.",
    "Use brief conversational fillers while tools execute.",
    "Before you run any tool, quickly tell the user what you're doing.",
    'Do not call tools without a spoken lead-in such as "okay, let me see".',
    'If you call a tool, precede it with "Just a moment".',
    "It is important to never leave awkward silence: speak a short sentence before each function call.",
    "Accompany every tool call with a short sentence in the content field.",
    "You should verbally acknowledge the caller prior to each tool call.",
    "To avoid dead air, let the caller know you're looking into it before calling any function.",
    "Always output a one-line filler in the user's language before invoking tools; never call tools silently.",
    "Say 'Sure, give me a second' before you check the calendar.",
    "Never invoke tools silently.",
    "Speak naturally and don't be silent when you are fetching data.",
    "Generate a natural filler phrase (max 8 words) before tool calls.",
    "Tell the caller you will check before you use the calendar tool.",
    "Every tool call must be accompanied by a short acknowledgement to the user.",
    "हर टूल कॉल से पहले ग्राहक को बताएं कि आप जाँच कर रहे हैं।",
    "Tool use karte waqt pehle customer ko bolo 'ek second'.",
    "Antes de usar uma ferramenta, diga algo curto.",
    'Antes de consultar una herramienta, di una frase corta como "un momento".',
    'Bitte immer zuerst "Einen Moment" sagen, bevor ein Tool aufgerufen wird.',
    "Lass keine Stille entstehen: sag kurz etwas, bevor du ein Tool benutzt.",
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
    "Don't use fillers when calling tools.",
    "Call tools immediately, without saying anything.",
    "Call tools silently.",
    "Do not announce tool calls.",
    "Never say that you are using a tool.",
    "Do not tell the user which tools you use.",
    "Never mention tools.",
    "Before you call a tool, verify that you have all the details.",
    "Before calling a tool, ask the caller for their name.",
    "Repeat the order back before calling place_order.",
    "If a tool fails, tell the user what happened.",
    "When a tool returns an error, apologise and say that it did not work.",
    "After calling a tool, tell the user the result in a short sentence.",
    "When the tool returns, say the result in one short sentence.",
    "Say nothing before you call a tool.",
    "Do not speak while a tool is running.",
    "Skip the filler and call the tool.",
    "No fillers, no small talk.",
    "Avoid filler words such as um and uh.",
    "Use the lookup tool to check prices before you tell the user a price.",
    "Always check the calendar before saying that a slot is free.",
    "First call the tool, then say a short sentence with the result.",
    "While using tools, be polite.",
    "When you use the search tool, mention the source.",
    "Use the tool to send a short message to the customer.",
    "Summarize tool results in a short sentence.",
    "When you need to look something up, use the search tool.",
    "Keep your answers to one short sentence when using tools.",
    "Never tell the customer anything before looking up the order.",
    "Stay quiet while the tool runs.",
    'Do not say "one moment" before calling a tool.',
    "Just call the tool; no preamble.",
    "Answer in one short sentence. Use get_weather for the weather.",
    "You can check the weather, search for hotels and look up orders.",
    "Check the balance first.",
    "Greet the caller first.",
    "Say goodbye before you call end_call.",
    "Don't acknowledge the request before calling a tool, just call it.",
    "टूल कॉल करने से पहले कुछ मत कहें।",
    "टूल इस्तेमाल करने से पहले पुष्टि करें।",
    "Tool call karne se pehle kuch mat bolo.",
    "No digas nada antes de usar una herramienta.",
    "Pide confirmación antes de usar una herramienta.",
    "Usa la herramienta antes de responder.",
    "Sag nichts, bevor du ein Tool benutzt.",
    "Frag nach einer Bestätigung, bevor du ein Tool benutzt.",
    "Rufe Tools still auf.",
    "Ne dis rien avant d'utiliser un outil.",
    "Never use a tool unless the user asks.",
    "Do not say that you are an AI. Use tools when needed.",
    "You must call a tool before answering any question about orders.",
    "If you don't know the answer, say that you don't know or use the search tool.",
    "Before using the transfer tool, get the caller's consent.",
    "Tell users what you can do: check orders, search products.",
    "Don't read tool results aloud word for word.",
    "Use tools silently and never narrate.",
    "Keep it short. Tools: get_weather, get_time.",
    "Say the confirmation number twice after the booking tool returns.",
    "Always speak in short sentences. You have tools.",
    "Do not make up answers; look it up first.",
    "When the user says goodbye, call the end_call function.",
    "If the user says something unclear, ask again before using a tool.",
    "Respond without calling tools where possible.",
    "Do not produce any text before a tool call.",
    "No text before tool calls.",
    "Output only the tool call, nothing else.",
    "Use check_stock first, then tell the customer how many there are.",
    "Ask one short question at a time before calling book_visit.",
    "टूल का उपयोग केवल ज़रूरत पड़ने पर करें।",
    "Wenn du etwas nicht weißt, benutze das Tool.",
    "Usa las herramientas cuando sea necesario.",
    "Antworte kurz. Benutze Tools, bevor du antwortest.",
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


@pytest.mark.parametrize(
    ("name", "thing"),
    [("get_weather", "the weather"), ("trackParcel", "the parcel"), ("book_visit", "that")],
)
def test_the_filler_names_what_is_looked_up(name: str, thing: str) -> None:
    """The filler of a tool that does something names nothing: "the book visit" is no thing."""
    spoken = filler.phrase(turn("Go on"), name)
    assert spoken in {phrase.replace("{thing}", thing) for phrase in ENGLISH.phrases["filler"]}


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


JSON_WANTED: list[tuple[str, Any]] = [
    ("Reply as JSON with keys name and age: Bob is 30", {"name": "Bob", "age": 30}),
    ("Give me a JSON object with name and age. Bob is 30.", {"name": "Bob", "age": 30}),
    ("JSON please: name and age of Bob, who is 30", {"name": "Bob", "age": 30}),
    ("Extract the name and the age as JSON: Bob is 30 years old.", {"name": "Bob", "age": 30}),
    ("Give me the name and the city as JSON. I'm Asha and live in Delhi", {"name": "Asha", "city": "Delhi"}),
    ("I am Ravi from Pune, age 41. Return JSON with first name, city and age.", {"first_name": "Ravi", "city": "Pune", "age": 41}),
    ("Return JSON with the following fields:\n- name: the name\n- age: the age (integer)\n- city: where they live\n\nBob is 30 and lives in Pune.", {"name": "Bob", "age": 30, "city": "Pune"}),
    ("Return {name: string, age: number} for Bob, 30", {"name": "Bob", "age": 30}),
    ("interface Person { name: string; age: number; }\nReturn JSON that matches this. Bob is 30", {"name": "Bob", "age": 30}),
    ("return {'type':'object','properties':{'n':{'type':'integer'}},'required':['n']} as JSON: n is 7", {"n": 7}),
    ('Answer in the format {"sentiment": "positive" | "negative", "score": 1-5}: I hate it, a negative 2', {"sentiment": "negative", "score": 2}),
    ('Classify: "It is negative". Reply with JSON, key "sentiment" one of "positive", "negative" or "neutral"', {"sentiment": "negative"}),
    ('Return JSON: {"priority": "low|medium|high", "due": "YYYY-MM-DD"}. High priority, by 2025-03-01', {"priority": "high", "due": "2025-03-01"}),
    ("Antworte als JSON mit den Schlüsseln name und alter: Tim ist 30", {"name": "Tim", "alter": 30}),
    ("What is 2+2? Answer in JSON.", {"answer": "2 + 2 is 4."}),
    ('Reply with exactly this JSON: {"ok": false, "why": "x"}', {"ok": False, "why": "x"}),
]  # fmt: skip


@each_of(JSON_WANTED)
def test_json_is_asked_for_in_words(message: str, value: Any) -> None:
    """The usual phrasings ask for JSON. Its values are from the message, and not from the request for it."""
    got = json.loads(words(message, temperature=0))
    assert got.keys() == value.keys()
    assert {key: got[key] for key in got if key != "answer"} == {
        key: value[key] for key in value if key != "answer"
    }
    assert "answer" not in value or "4" in got["answer"]


JSON_SYSTEMS = [
    "When the user asks a question, reply in JSON.",
    "You are a JSON generator. Only output JSON.",
    "Output: JSON",
    "I want the result in JSON format.",
    "The output should be formatted as a JSON instance that conforms to the JSON schema below.",
    'Your reply should follow this structure:\n{\n  "a": "..."\n}',
    "Answer using this schema: {answer: string}",
    'Respond in the following format:\n```json\n{"x": 1}\n```',
    "Réponds en JSON",
    "Ответь в формате JSON",
    "请用JSON回答",
    "JSONで答えて",
    "JSON में जवाब दो",
]


@each_of((system,) for system in JSON_SYSTEMS)
def test_a_system_prompt_asks_for_json(system: str) -> None:
    """The reply to anything is JSON then."""
    reply = words("Name a color.", system=system).removeprefix("```json").removesuffix("```")
    assert isinstance(json.loads(reply), dict)


NO_JSON_WANTED = [
    "Could you show me all the files with the '.json' extension in this directory?",
    "You will get JSON from the API.",
    "Speak plainly, no JSON.",
    "My JSON file is broken, help.",
    'The user data is given as JSON: {"name": "Bob"}',
    'Reply to the customer. Customer: {"name": "Bob"}',
    "Never speak raw JSON to the caller.",
    "Call the tool with JSON arguments.",
    "What is JSON?",
    "How do I parse JSON in Python?",
    "Do not answer in JSON. What is rain?",
    "The tools return JSON. What's up?",
    'I got this JSON: {"a": 1}. What does it mean?',
    'Save {"a": 1}',
    "What does {x} mean in the answer?",
]


@each_of((message,) for message in NO_JSON_WANTED)
def test_words_about_json_ask_for_none(message: str) -> None:
    """A message about JSON gets a reply in words."""
    assert not words(message).startswith(("{", "`"))


FORMS: list[tuple[str, Any]] = [
    ("{mood: 'good' | 'bad'}", {"mood": {"enum": ["good", "bad"]}}),
    ('{"n": 1 | 2}', {"n": {"enum": [1, 2]}}),
    ('{"a": string | null, b?: number[]}', {"a": {"type": "string"}, "b": {"type": "array", "items": {"type": "number"}, "minItems": 1}}),
    ('{"ok": true/false, "n": <integer from 1 to 5>}', {"ok": {"type": "boolean"}, "n": {"type": "integer", "minimum": 1, "maximum": 5}}),
    ('{"a": "low/high", // or so\n "b": ...,}', {"a": {"enum": ["low", "high"]}, "b": {"type": "string"}}),
    ('{"items": [{"id": int}, ...]}', {"items": {"type": "array", "minItems": 1, "items": {"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]}}}),
]  # fmt: skip


@each_of(FORMS)
def test_a_template_says_what_its_values_are(text: str, properties: Any) -> None:
    """Words, blanks and choices in a template become a schema."""
    schema = template(text)
    assert schema is not None
    assert schema["properties"] == properties


@each_of((text,) for text in ("{", "{}", "{x}", "{a: }}", '{"a": [}', "{a: " * 60))
def test_what_is_no_template(text: str) -> None:
    """Other texts in braces are no templates."""
    assert template(text) is None


LISTED: list[tuple[str, list[str]]] = [
    ("with keys: title (string), year (integer)", ["title", "year"]),
    ('a "verdict" ("yes" or "no") and a "reason" key', ["verdict", "reason"]),
    ("JSON containing the title, a short summary and tags", ["title", "short_summary", "tags"]),
    ("as JSON with first name, last name and email for Bob, bob@x.org", ["first_name", "last_name", "email"]),
    ("keys a, b", ["a", "b"]),
    ("JSON with a boolean field urgent and a number field score", ["urgent", "score"]),
    ("fields:\n1. **name**: who\n2. **age**: how old\n\nBob, 3", ["name", "age"]),
    ("JSON con las claves nombre y edad", ["nombre", "edad"]),
]  # fmt: skip


@each_of(LISTED)
def test_keys_are_listed(text: str, keys: list[str]) -> None:
    """The keys are found in the usual forms of a list."""
    found = listed(text)
    assert found is not None
    assert sorted(found[0]["properties"]) == sorted(keys)


@each_of([("What is the key to happiness?",), ("JSON with it",), ("the fields of wheat",)])
def test_no_keys_are_listed(text: str) -> None:
    """Other uses of the words list no keys."""
    assert listed(text) is None or text == "the fields of wheat"


@pytest.mark.parametrize(
    ("message", "count"),
    [
        ("Return a JSON array of three colors", 3),
        ("List 4 colors as a JSON array", 4),
        ("Answer with a JSON list of colors", 1),
    ],
)
def test_a_json_array_of_things(message: str, count: int) -> None:
    """A list is sent as such, but not in JSON mode, which has objects only."""
    listed = json.loads(words(message))
    assert len(listed) == count
    assert all("color" in item for item in listed)
    assert (
        len(json.loads(words(message, response_format={"type": "json_object"}))["items"]) == count
    )


FENCES = [
    ("Give me JSON in a code block with keys a and b", True),
    ("Answer in JSON, wrapped in triple backticks", True),
    ("Use ```json fences for the JSON you reply with", True),
    ("Reply in JSON, no markdown fences, keys a, b", False),
    ("Reply in JSON. Do not wrap it in a code block.", False),
    ("Reply in JSON", False),
]


@each_of(FENCES)
def test_json_in_a_code_block(message: str, is_fenced: bool) -> None:
    """A code block is there if it is asked for, and never in JSON mode."""
    assert words(message).startswith("```json\n{") is is_fenced
    assert words(message, response_format={"type": "json_object"}).startswith("{")


JSON_AFTER_A_TOOL: list[tuple[str, str, str, Any]] = [
    ("Weather in Pune? Answer in JSON", "", '{"temperature": 31}', {"temperature": 31}),
    ("Weather in Pune? Answer in JSON", "", "It is 31 degrees.", {"result": "It is 31 degrees."}),
    ("Weather in Pune? Answer in JSON with keys city and temperature", "", '{"temperature": 31, "city": "Pune"}', {"city": "Pune", "temperature": 31}),
    ("Weather in Pune?", 'Respond in JSON: {"temperature": int}', '{"temperature": 31}', {"temperature": 31}),
    ("Weather in Pune?", 'Respond in JSON: {"city": string, "temp": number}', '{"temperature": 31}', {"city": "Pune", "temp": 31}),
    ("Weather in Pune?", "Respond in JSON with keys temperature_c, wind_speed and conditions", '{"temperature": 31, "condition": "humid", "wind": {"speed_kmh": 12}}', {"temperature_c": 31, "wind_speed": 12, "conditions": "humid"}),
    ("Weather in Pune?", 'Reply as JSON {"sky": "clear"|"grey", "at": "YYYY-MM-DD"}', '{"sky": "grey", "at": "2025-03-01"}', {"sky": "grey", "at": "2025-03-01"}),
    ("Weather in Pune?", 'Respond in JSON: {"days": [{"day": string, "high": number}]}', '[{"day": "Mon", "high": 3}, {"day": "Tue", "high": 4}]', {"days": [{"day": "Mon", "high": 3}, {"day": "Tue", "high": 4}]}),
    ("Weather in Pune?", "Respond in JSON", '{"error": "no station"}', {"error": "no station"}),
]  # fmt: skip


@each_of(JSON_AFTER_A_TOOL)
def test_json_after_a_tool_has_the_result(
    message: str, system: str, result: str, value: Any
) -> None:
    """The JSON after a tool result contains the result."""
    messages = [
        *([{"role": "system", "content": system}] if system else []),
        *user(message),
        *called("get_weather", {"city": "Pune"}, result),
    ]
    weather = tool("get_weather", "Get the weather of a city", city="string")
    assert json.loads(words("", messages=messages, tools=[weather])) == value


def test_the_answer_in_json_after_a_tool_has_the_result() -> None:
    """A key for the answer has the sentence with the result."""
    messages = [
        {"role": "system", "content": 'Respond in JSON with keys "answer" and "mood" ("good" or "bad")'},
        *user("Weather in Pune?"),
        *called("get_weather", {"city": "Pune"}, '{"temperature": 31}'),
    ]  # fmt: skip
    value = json.loads(words("", messages=messages, tools=[tool("get_weather", city="string")]))
    assert "31" in value["answer"]
    assert value["mood"] in ("good", "bad")


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
