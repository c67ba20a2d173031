"""Regular expressions of users: no text of a request makes a search slow.

Work is counted, never timed. A search that `re` would not finish makes these tests hang.
"""

import re
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lanes import ask
from test_script import asked

from mock_electron import Electron, Settings, reply
from mock_electron.engine.lane import Lane
from mock_electron.engine.script.match import Match
from mock_electron.engine.script.pattern_search import Automaton, Program
from mock_electron.engine.script.script import Script
from mock_electron.engine.script.search_plan import check_pattern, plan_of
from mock_electron.engine.script.searches import LIMIT, STOPPED, Searches
from mock_electron.engine.script.step import Step
from mock_electron.scripts import ScriptError
from mock_electron.scripts.reader import loads

SETS: Final = r"a b c k K ſ s é \w \W \d \s \S [ab] [^a] [a-k] [^\w] [\s_] . \n".split(" ")
ANCHORS: Final = r"^ $ \A \Z \b \B (?m:^) (?m:$)".split(" ")
SCOPED: Final = r"(?i:a) (?-i:k) (?a:\w) (?s:.) (?a:\b)".split(" ")
COUNTS: Final = "* + ? {2} {1,2} {0,3} {2,} *? +? ?? {1,2}?".split(" ")
PATTERNS: Final = st.recursive(
    st.sampled_from([*SETS, *ANCHORS, *SCOPED]),
    lambda parts: st.one_of(
        st.lists(parts, min_size=2, max_size=3).map("".join),
        st.lists(parts | st.just(""), min_size=2, max_size=3).map(lambda o: f"(?:{'|'.join(o)})"),
        st.tuples(parts, st.sampled_from(COUNTS)).map(lambda one: f"(?:{one[0]}){one[1]}"),
        parts.map("({})".format),
    ),
    max_leaves=6,
)
FLAGS: Final = st.lists(st.sampled_from([re.I, re.M, re.S, re.A, re.X])).map(
    lambda flags: re.RegexFlag(sum(set(flags)))
)
TEXTS: Final = st.text("aabc \nkKſsS_1éK", max_size=8)

LINEAR: Final = [
    "weather", "refund|cancel", r"\border \d+\b", r"(?i)order\s+\d+", r"^question \d+$", r"\d+",
    "(?i)^hi", r"weather in (\w+)", r"#\d{4,6}\b", r"(order|invoice) \d+ items", "how .*",
    "(?<!not )refund", "^(?!.*cancel).*refund", r"\b(?:yes|yep|sure)\b", r"[A-Z]{3}-\d{4}",
]  # fmt: skip
"""Everyday patterns that `re` may search for in any text."""
SLOW: Final = [
    r"(a+)+$", r"(a|aa)+$", r"(?:a?){24}a{24}c", r"^(?:a|b|ab)*c$", r"(.*)*x", r"(\w+\s?)+\d$",
    r"((a*)*)*b$", r".*a.*b.*c", r"\s+$", r".*\d", r"a+b", r"(?i)book.*flight", r"\w+@\w+\.\w+",
    r"(x+x+)+y", r"(?m)^(\s*\w+)*:$", r"a{0,30}a{0,30}c", r"(?:(?:a+)?b?)*c",
]  # fmt: skip
"""Patterns that need exponential, quadratic or cubic time in `re`."""
UNSUPPORTED: Final = [r"(a+)+\1", r"(a|aa)+(?=x)", r"(?!b)(a*)*$", r"(?>(a+)+)b", r"(a)?(?(1)(b+)+|c)$",
                      r"(?:a+)++(b+)+c", r"(?:a{1,1000}){1,1000}"]  # fmt: skip
"""Patterns that may take exponential time and that no automaton can search for."""
HOSTILE: Final = [
    "a" * 32 + "b", "a" * 65_535 + "b", " " * 65_535 + "x", "aab\n" * 4_000, "book" * 4_000,
    "".join(map(chr, range(0x4E00, 0x4E00 + 3_000))), "a" * 4_194_303 + "!",
]  # fmt: skip


@settings(max_examples=120)
@given(PATTERNS, FLAGS, TEXTS)
def test_a_search_has_the_same_result_as_re(pattern: str, flags: re.RegexFlag, text: str) -> None:
    """The automaton finds a pattern in a text exactly if `re.search` does."""
    compiled = re.compile(pattern, flags)
    found = compiled.search(text) is not None
    assert Automaton(Program(compiled), lambda _units: None).finds(text) == found
    assert Searches().contains(text, compiled) == found


def test_everyday_patterns_cost_nothing() -> None:
    """`re` searches for them, and nothing is charged."""
    searches = Searches()
    for pattern in LINEAR:
        searches.contains("a" * 10_000, re.compile(pattern))
    assert [pattern for pattern in LINEAR if not plan_of(re.compile(pattern)).is_linear] == []
    assert [pattern for pattern in SLOW if plan_of(re.compile(pattern)).is_linear] == []
    assert searches.work.used == 0


def test_no_text_makes_a_search_slow() -> None:
    """Every search ends within the budget, and is stopped only if the text is very large."""
    wrong = []
    for pattern in map(re.compile, SLOW):
        for text in HOSTILE:
            searches = Searches()
            searches.contains(text, pattern)
            is_ordinary = len(text) < 70_000 and len(set(text)) < 100
            if searches.work.used > LIMIT or (is_ordinary and searches.remark(pattern, text)):
                wrong.append((pattern.pattern, text[:5], len(text), searches.work.used))
    assert wrong == []


def test_results_for_long_texts() -> None:
    """The results are right where `re` would take too long."""
    long = "a" * 60_000
    expected = [
        (r"(a+)+$", long, True),
        (r"(a+)+$", f"{long}b", False),
        (r"(a|aa)+b", f"{long}b", True),
        (r".*a.*b.*c", f"{long}bc", True),
        (r".*a.*b.*c", f"{long}cb", False),
        (r"\s+$", " " * 60_000 + "x", False),
        (r"\s+$", "x" + " " * 60_000, True),
        (r"(?m)^(\w+ ?)+:$", f"{long}\nto be:\n{long}", True),
    ]
    wrong = [
        (pattern, found)
        for pattern, text, found in expected
        if Searches().contains(text, re.compile(pattern)) != found
    ]
    assert wrong == []


def test_searches_of_one_request_share_a_budget() -> None:
    """Many steps do not get more work than one, and the result depends on the request only."""
    patterns = [re.compile(rf"(a+)+{number}$") for number in range(50)]
    used, found = [], []
    for _ in range(2):
        searches = Searches()
        found.append([searches.contains("a" * 30_000, pattern) for pattern in patterns])
        used.append(searches.work.used)
        assert searches.remark(patterns[0], "a" * 30_000) == ""
        assert STOPPED in searches.remark(patterns[-1], "a" * 30_000)
    assert used[0] == used[1] <= LIMIT
    assert found[0] == found[1]


def test_only_re_can_search_for_a_lookaround() -> None:
    """A search that `re` may not finish is stopped."""
    searches, pattern = Searches(), re.compile(r"(\w+) \1")
    assert searches.contains("say bye bye", pattern)
    assert not searches.contains("a" * 2_000, pattern)
    assert searches.remark(pattern, "a" * 2_000)


CONDITIONS: list[dict[str, Any]] = [
    {"says": 0}, {"system": 0}, {"anywhere": 0}, {"tool_result": 0}, {"headers": {"X-A": 0}}
]  # fmt: skip


def test_a_pattern_that_may_take_exponential_time_is_refused() -> None:
    """The message names the condition and what to change; a file's error names the place."""
    for pattern in UNSUPPORTED:
        with pytest.raises(ValueError, match=r"^says must be a regular expression that cannot"):
            Match.of(says=re.compile(pattern))
    for condition in CONDITIONS:
        for pattern, reason in ((UNSUPPORTED[0], "a back reference"), ("(" * 5_000, "invalid")):
            text = repr(condition).replace("0", f"{{regex: '{pattern}'}}")
            with pytest.raises(ScriptError, match=rf"^s\.yaml:2: step 1, when, .*{reason}"):
                loads(f"steps:\n- when: {text}\n  reply: x".encode(), "s.yaml")
    with pytest.raises(ValueError, match=r"^text must be .* it has a back reference, so write no"):
        Electron(Lane(Settings()), "http://mock").exchanges.where(text=re.compile(UNSUPPORTED[0]))
    with pytest.raises(ValueError, match=r"^says must be .*; it is too large, so"):
        check_pattern("says", re.compile("(?:a?b?){1,2000}"))


def test_a_stopped_search_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    """The explanation of the step says so each time, and the log once for each text."""
    text, slow = "a" * 600_000, re.compile("(a+)+b")
    messages = [{"role": "system", "content": text}, {"role": "user", "content": text}]
    match_input = asked(messages, stream=False)
    for condition in ("says", "system", "anywhere"):
        given_conditions: Any = {condition: slow}
        (difference,) = Match.of(**given_conditions).differences(match_input)
        assert difference.startswith(f"{condition} regex '(a+)+b', but ")
        assert difference.endswith(f"; {STOPPED}")
    logged = [record.getMessage() for record in caplog.records]
    assert logged == [f"regex '(a+)+b': {STOPPED}"]


def test_steps_explanations_and_filters_use_the_same_searches() -> None:
    """A hostile text blocks none of them."""
    slow, text = re.compile("(a+)+$"), "a" * 40 + "b"
    script = Script()
    script.add(
        Step(reply("x"), match=Match.of(says=slow, headers={"x-trace": slow}, anywhere=slow))
    )
    script.add(Step(reply("y"), match=Match.of(says=re.compile("b$"), system=slow)))
    match_input = asked(
        [{"role": "system", "content": text[1:-1]}, {"role": "user", "content": text}]
    )
    state = script.first(match_input)
    assert state is not None
    assert state.number == 2
    assert "says regex '(a+)+$', but the user said" in script.explain(match_input)

    lane = Lane(Settings())
    ask(lane, text)
    exchanges = Electron(lane, "http://mock").exchanges
    assert len(exchanges.where(says=slow)) == 0
    assert len(exchanges.where(says=re.compile("(a+)+b"))) == 1


def test_a_long_text_of_combining_marks_is_not_normalised() -> None:
    """The remark on Unicode forms needs quadratic time for such a text, so it is left out."""
    text = "\u0301\u0316" * 1_000_000
    (difference,) = Match.of(says="\xe9").differences(asked([{"role": "user", "content": text}]))
    assert "Unicode form" not in difference
