"""Tests of the hints: a rule that is skipped for want of a hint would not have answered."""

import re
import string
import sys
from collections.abc import Iterable
from itertools import product
from typing import Final

from pocket import turn
from rows import each

from mock_electron.model import language, prose, tool_use
from mock_electron.model.decide import clauses
from mock_electron.model.hear import kinds
from mock_electron.model.hear.times import read_time
from mock_electron.model.hints import folded, mentions
from mock_electron.model.json_mode import asked as json_asked
from mock_electron.model.language import ENGLISH, LANGUAGES
from mock_electron.model.said import FROZEN_DAY
from mock_electron.model.words import HINTS, PROMPT_HINTS, RULES, answer, exact, memory, texts
from mock_electron.model.words.arithmetic import (
    ARITHMETIC_HINTS,
    COUNTED,
    COUNTING_HINTS,
    EXPRESSION,
    SPELLED,
)

arithmetic = sys.modules["mock_electron.model.words.arithmetic"]
"""The module: the package has a function of this name."""
Pattern = re.Pattern[str]
Case = tuple[tuple[Pattern, ...], tuple[str, ...], tuple[str, ...]]
"""Patterns, their hints, and texts that they match: one for each word on which a match may depend."""

CASES: dict[str, Case] = {
    "exactly, in a message": (
        tuple(pattern for pattern, _ in exact.EXACTLY),
        exact.SAYING,
        (
            "repeat after me: x", "reply with exactly x", "respond with only x", "answer just x",
            "reply with 'x'", "say x", "echo x", "output x", "print x", "repeat x", "write: x", "type: x",
        ),
    ),
    "exactly, in a system prompt": (
        (exact.EXACTLY[1][0],),
        exact.REPLYING,
        (
            "reply with exactly 'x'", "respond with only 'x'", "answer verbatim: 'x'",
        ),
    ),
    "either": ((exact.EITHER,), exact.POSITIVE, ("answer yes or no", "reply true/false")),
    "one word": (
        (exact.ONE_WORD,),
        (exact.ONE_WORD_HINT,),
        ("in one word", "with just a single word", "a one-word answer"),
    ),
    "who, in ASCII": (
        (memory.WHO,),
        memory.WHO_IN_ASCII,
        (
            "who are you", "what's your name", "your name?", "introduce yourself",
            "what are you called", "who am i talking to", "qui es-tu", "comment tu t'appelles",
            "comment vous appelez", "wer bist du", "wer sind sie", "chi sei", "come ti chiami",
        ),
    ),
    "summary": (
        (texts.SUMMARY,),
        texts.SUMMARY_HINTS,
        ("summarise: x", "summarize: x", "sum up: x", "tl;dr: x", "tldr: x", "give me a summary of: x"),
    ),
    "translation": (
        (texts.TRANSLATE,),
        texts.TRANSLATION_HINTS,
        ("translate x", "say x", "how do you say x"),
    ),
    "counting": ((COUNTED,), COUNTING_HINTS, ("how many letters in x",)),
    "signs": (
        tuple(pattern for pattern, _ in SPELLED),
        ARITHMETIC_HINTS,
        (
            "1 plus 2", "1 added to 2", "1 minus 2", "1 less 2", "1 times 2", "1 multiplied by 2",
            "1 × 2", "1 x 2", "1 divided by 2", "1 over 2", "1 ÷ 2", "1 − 2",
        ),
    ),
    "expressions": (
        (EXPRESSION,),
        ARITHMETIC_HINTS,
        ("1+2", "1-2", "1*2", "1/2"),
    ),
    "lists": (
        (texts.LIST_ASKED,),
        texts.LIST_HINTS,
        (
            "list two", "give two", "name two", "tell two", "suggest two", "write two", "show two",
            "share two", "recommend two", "what are two", "generate two", "think of two",
            "come up with two",
        ),
    ),
    "length": (
        (prose.BRIEF, prose.SENTENCES),
        prose.LENGTH_HINTS,
        ("brief", "in short", "concise", "a short answer", "a short reply", "two sentences"),
    ),
    "length of an answer": (
        (prose.LENGTH_ASKED,),
        prose.LENGTH_ASKED_HINTS,
        ("x in two words", "x, using just one short sentence"),
    ),
    "topic": (
        (prose.TOPIC,),
        prose.TOPIC_HINTS,
        ("about x", "on the subject of x", "regarding x", "concerning x"),
    ),
    "language": (
        (language.ASKED_FOR,),
        language.ASKED_FOR_HINTS,
        (
            "answer in Hindi", "reply in Hindi", "replies in Hindi", "respond in Hindi",
            "responses in Hindi", "speak Hindi", "talk Hindi", "write Hindi", "converse in Hindi",
            "communicate in Hindi", "say it in Hindi", "use Hindi",
        ),
    ),
    "operations": (
        (arithmetic.OPERATION,),
        ARITHMETIC_HINTS,
        ("1+2", "1-2", "1*2", "1/2", "1 plus 2", "1 over 2"),
    ),
    "without tools": (
        (tool_use.WITHOUT_TOOLS,),
        tool_use.WITHOUT_TOOLS_HINTS,
        ("without using tools", "don't call any function", "do not use the tool", "not a function"),
    ),
    "json": (
        (json_asked.JSON_ASKED, json_asked.FORM_ASKED),
        json_asked.JSON_HINTS,
        ("respond in json", "reply with {name: string}"),
    ),
}  # fmt: skip


def variants(text: str) -> Iterable[str]:
    """Yield a text as it is, in capitals, and with letters that patterns take for ASCII letters."""
    yield text
    yield text.upper()
    for letter, twins in (("s", "ſ"), ("i", "ıİ"), ("k", "\u212a")):
        for twin in twins:
            yield text.replace(letter, twin)


@each(CASES)
def test_a_pattern_that_matches_has_a_hint(case: Case) -> None:
    """A text that matches contains a hint, in any case and with any letters."""
    patterns, hints, listed = case
    for text in listed:
        assert any(pattern.search(text) for pattern in patterns), text
        for variant in variants(text):
            if variant.isascii() or patterns != (memory.WHO,):
                matches = any(pattern.search(variant) for pattern in patterns)
                assert mentions(folded(variant), hints) or not matches, variant


@each(CASES)
def test_each_hint_is_needed(case: Case) -> None:
    """Without one of the hints, a text that matches would not be found."""
    _, hints, _ = case
    texts_of_hint = [text for _, its, listed in CASES.values() if its == hints for text in listed]
    for hint in hints:
        others = tuple(other for other in hints if other != hint)
        assert any(not mentions(text, others) for text in texts_of_hint), hint


def test_patterns_that_ignore_case_find_the_same_letters_in_a_folded_text() -> None:
    """Each character that such a pattern takes for an ASCII letter is folded to this letter."""
    characters = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x110000)]))
    alike = re.compile("[a-z]", re.IGNORECASE).findall(characters)
    assert len(alike) > 2 * len(string.ascii_lowercase)
    for letter in string.ascii_lowercase:
        for character in alike:
            if re.match(letter, character, re.IGNORECASE):
                assert folded(character) == letter


def test_a_skipped_rule_would_not_answer() -> None:
    """For every phrase of all languages, and every text above, a rule without a hint has no answer."""
    phrases = [
        phrase
        for language in LANGUAGES.values()
        for texts_of_kind in language.phrases.values()
        for phrase in texts_of_kind[:2]
    ]
    listed = [text for _, _, its in CASES.values() for text in its]
    wrong = [
        (rule.__name__, text)
        for text in [*listed, *map(str.upper, listed), *phrases]
        for asked in [turn(text)]
        for rule, hints in {**HINTS, **PROMPT_HINTS}.items()
        if not mentions(asked.hints, hints) and rule(asked) is not None
    ]
    assert wrong == []


def test_only_rules_have_hints() -> None:
    """The tables of hints name no other function."""
    assert [rule for rule in (*HINTS, *PROMPT_HINTS) if rule not in RULES] == []


def test_a_rule_finds_its_hint_in_the_system_prompt() -> None:
    """A system prompt alone makes the rules answer that read it."""
    asked = turn("Is it raining?", system="Always answer YES or NO.")
    assert answer(asked) in ("YES", "NO")


OPERANDS = ("1", "2.5", "3,", " ", "x", "plus", "pluſ", "divided by", "-", "−", "÷", "a")


def test_an_expression_has_an_operation() -> None:
    """A text without OPERATION contains no expression, with its signs in figures or in words."""
    wrong = []
    for parts in product(OPERANDS, repeat=4):
        text = signed = "".join(parts)
        for pattern, sign in SPELLED:
            signed = pattern.sub(sign, signed)
        if EXPRESSION.search(signed) and not arithmetic.OPERATION.search(text):
            wrong.append(text)
    assert wrong == []


CONTEXT = kinds.Context(ENGLISH, FROZEN_DAY)
PIECES = (
    "7", "2025-03-04", "5 p.m.", "12:30", "1.2.3.4", "3/4/2025", "March 3", "3 auguſt", "noon",
    "in 2 days", "a@b.c", "www.a.de", "http://a.b", "3月4日", "5 o'clock", "A-12", "#4", "1,000",
    "555 123 4567", "Oslo", "mai", "12?", "5 p", "m", "6kg", "2nd,", "$20", "९", "-",
)  # fmt: skip


def test_numbers_alone_have_no_other_values() -> None:
    """The short pattern finds the same values as the whole one in every text that it is used for."""
    wrong = []
    for parts in product(PIECES, repeat=2):
        text = " ".join(parts)
        if not kinds.COMPOSED.search(text) and not mentions(folded(text), kinds.DATE_HINTS):
            found = [
                [(match.lastgroup, match[0]) for match in pattern.finditer(text)]
                for pattern in (kinds.SCANNER, kinds.COUNTED)
            ]
            wrong += [text] if found[0] != found[1] else []
    assert wrong == []


def test_no_value_begins_before_the_word_of_the_first_sign() -> None:
    """The search that begins there finds the same values as a search of the whole text."""
    wrong = []
    for parts in product(("Say", "(see", *PIECES), repeat=3):
        text = " ".join(parts)
        whole = [
            (match.lastgroup, match.start(), match.end())
            for match in kinds.SCANNER.finditer(text)
            if kinds.READERS[match.lastgroup or ""](match[0], CONTEXT) is not None
        ]
        found = [(mark.kind, mark.start, mark.end) for mark in kinds._typed(text, CONTEXT)]
        wrong += [text] if found != whole else []
    assert wrong == []


CUTTING: Final = (
    "Rome", "is", "3.5", "nowhere", "\t", "\n", "\x1f", ",", ".", "?", ";", "।", "。", "、", "，", "和",
    "そして", "그리고", "(", ")", "ALſO", *clauses.CONJUNCTIONS,
)  # fmt: skip


def test_a_text_without_a_pause_or_a_conjunction_is_cut_at_commas_only() -> None:
    """A text that is not searched for all cuts has no others, except for spaces around it."""
    texts = [
        joint.join(parts)
        for joint in ("", " ")
        for parts in product(CUTTING, CUTTING, ("Oslo", "."))
    ]
    skipped = [text for text in texts if not clauses.may_be_cut(text)]
    assert [text for text in skipped if clauses.CUT.sub("", text.strip()) != text.strip()] == []
    assert len(skipped) > 100


def test_a_time_in_unusual_letters_is_read() -> None:
    """A time that a pattern finds with such a letter has a value."""
    assert [read_time(text) for text in ("midnight", "MIDNIGHT", "mıdnight", "mİdnight")] == [
        "00:00"
    ] * 4
