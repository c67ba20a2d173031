"""Every regular expression takes linear time on any input."""

import re
from collections.abc import Callable
from functools import partial
from typing import Final

import pytest
from patterns import all_patterns
from regex_proof import fault

from mock_electron.model.schema import patterns
from mock_electron.model.schema.pattern_matcher import MOST_VISITS, VISIT, has_one_choice
from mock_electron.model.schema.pattern_parser import read
from mock_electron.model.work import Work

SLOW: Final = (
    # exponential
    (r"(?:a|a)*b", "match"),
    (r"(?:a*)*b", "match"),
    (r"(?:ab|a|b)*c", "match"),
    (r"(?:\w+\s?)+$", "match"),
    (r"(?:/[^~]*)*", "fullmatch"),
    (r"(?:\"\w+\"(?:\s*,?\s*(?:and|or)?\s*))+keys", "match"),
    # two loops on the same text
    (r"a*a*b", "match"),
    (r"\s*:?\s*x", "match"),
    (r"(?:,\s*\w+)*\s*,?\s*and", "match"),
    (r"called\s+([^,\n]+?)(?=\s+on\b|\s*,)", "match"),
    (r"\S+?[.,!]*\s", "match"),
    # the search for a beginning is a loop, too
    (r"a+b", "search"),
    (r"(?i)A+b", "search"),
    (r"\s*\n?\s*$", "search"),
    (r"\bfoo[^.]*bar", "search"),
    (r"\bwhat\b[^?]*?\bmy ([\w' -]+?)\W*$", "search"),
    (r"“[^”]*”", "search"),
    # a look ahead at each place
    (r",(?=[^.!?]*\band\b)", "finditer"),
    (r"(?=a*b)\w+", "search"),
    # it matches at once, but each match reads to the end
    (r"x(?:.*c)?", "finditer"),
    # a bounded number of steps, but a huge one
    (r"(?:a?){24}a{24}", "match"),
    (r".{0,60}.{0,60}.{0,60}x", "match"),
    # not represented in the graph
    (r"(a)\1", "match"),
)
LINEAR: Final = (
    (r"a+b", "match"),
    (r"a*a*", "match"),
    (r"\d+", "finditer"),
    (r"\w+\b", "finditer"),
    (r"(?<!a)a+b", "search"),
    (r"(?<!\s)\s++x", "finditer"),
    (r"\w++x", "match"),
    (r"\bfoo\s+bar", "finditer"),
    (r"\"[^\"]*\"", "finditer"),
    (r"x(?:.*c)?", "search"),
    (r"(?:a|ab)(?:c|bcd)*d", "fullmatch"),
    (r",(?=[^.!?,]*(?:,|\band\b))", "finditer"),
)


def test_every_pattern_of_the_package_is_linear() -> None:
    """No text makes a pattern of the package slow."""
    faults = {
        f"{used.place} ({used.method}): {used.pattern.pattern!r:.200}": reason
        for used in all_patterns()
        if (reason := fault(used.pattern, used.method)) is not None
    }
    assert not faults


def test_the_patterns_are_found() -> None:
    """Patterns in names, tables, dataclasses and calls are all collected."""
    methods = {used.place: used.method for used in all_patterns()}
    assert {
        "model.language.WORD",
        "model.fill.special.SQL",
        "model.words.exact.EXACTLY[1][0]",
        "model.schema.formats.FORMATS['email']['pattern']",
        "model/words/memory.py from_the_conversation",
    } <= methods.keys()
    assert methods["wire.model_server.TOOL_NAME"] == "fullmatch"
    assert len(methods) > 200


@pytest.mark.parametrize(("planted", "proved"), [(SLOW, False), (LINEAR, True)])
def test_the_proof_tells_slow_patterns_from_linear_ones(
    planted: tuple[tuple[str, str], ...], *, proved: bool
) -> None:
    """Each kind of slow pattern is found, and linear ones pass."""
    wrong = [
        (pattern, method)
        for pattern, method in planted
        if (fault(re.compile(pattern), method) is None) != proved
    ]
    assert not wrong


TEXTS: Final = ("", "a", "aab", "b-1", "12", "a\n", "\n", "A a", "é_", "a" * 24, "a" * 23, "abcabc")
SIMPLE: Final = (
    r"^(?:a?){24}a{24}$", r"^(a+)+$", r"a|b-\d", r"\bA\b", r"^\w*$", r"a$", r"\Aa\Z", r"[^a]", r".a",
    r"(?:ab?c?){2}", r"^[a-c]{2,4}?$", r"(|a)b", r"^(?:(?:a|b)+|\d)$", r"\D\W?\S", r"a{0,3}\n",
)  # fmt: skip


def test_simple_patterns_match_as_re_does() -> None:
    """The matcher for patterns of requests finds what `re.search` finds."""
    wrong = [
        (pattern, text)
        for pattern in SIMPLE
        for text in TEXTS
        if patterns.allows(pattern, text, Work().charge) != (re.search(pattern, text) is not None)
    ]
    assert not wrong


def _work(act: Callable[[Callable[[int], None]], object]) -> int:
    units: list[int] = []
    act(units.append)
    return sum(units)


HOSTILE: Final = (
    r"^(?:a?){24}a{24}$", r"^(a+)+$", r"^(a|aa)+$", r"(a|a)*b", r"a*a*a*a*b", r"((((a?){4000}){4000}){4000})b",
    r"(((a{0,999}){0,999}){0,999})b", r"(x|a)*a(x|a){200}z", r"((){4000}){4000}", r"^(?:\s*a?\s*)*$",
)  # fmt: skip


def test_no_pattern_of_a_request_takes_more_than_its_share_of_work() -> None:
    """The work to match and to generate is bounded, however often a pattern repeats."""
    most = VISIT * (MOST_VISITS + 1_000)
    for pattern in HOSTILE:
        for text in ("a" * 23, "a" * 4_000 + "!", " " * 4_000):
            assert _work(partial(patterns.allows, pattern, text)) < most
        assert all(len(made) <= 4_000 for made in patterns.strings(pattern, 0, 3))


def test_re_only_matches_patterns_that_are_proved_to_be_linear() -> None:
    """A pattern that is given to `re` passes the same proof as the package's own."""
    simple = [
        r"^[A-Z]{3}-\d{4}$", r"^.*$", r"^[\s\S]{0,2000}$", r"abc", r"^a{4000}b", r"^(?:a|b)c$", r"^(a)$",
        *SIMPLE, *HOSTILE,
    ]  # fmt: skip
    chosen = [one for one in simple if (parsed := read(one)) is not None and has_one_choice(parsed)]
    assert {r"^[A-Z]{3}-\d{4}$", r"^.*$", r"abc"} <= set(chosen)
    assert not [one for one in chosen if fault(re.compile(one), "search")]
