"""Scripts with thousands of steps, and long texts: the work for one request is bounded.

Work is counted, never timed.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from test_script import asked

from mock_electron import reply
from mock_electron.engine.script import conditions, long_text, script
from mock_electron.engine.script.long_text import PLAIN_SEARCHES, LongText
from mock_electron.engine.script.match import Match
from mock_electron.engine.script.match_input import MatchInput
from mock_electron.engine.script.script import MOST_COMPARED, MOST_LISTED, Script
from mock_electron.engine.script.searches import LINEAR_LIMIT, STOPPED, Searches
from mock_electron.engine.script.step import Step

WORDS = "hello " * 10_000


def script_of(*conditions: dict[str, Any]) -> Script:
    found = Script()
    for given in conditions:
        found.add(Step(reply("x"), match=Match.of(**given)))
    return found


def long_request(words: str = WORDS) -> MatchInput:
    messages = [{"role": role, "content": words} for role in ("system", "user", "assistant")]
    results = [{"role": "tool", "tool_call_id": str(n), "content": words[:50]} for n in range(100)]
    return asked([*messages, *results, {"role": "user", "content": words}])


LONG: dict[str, Callable[[int], dict[str, Any]]] = {
    "says": lambda n: {"says": f"hello world {n}"},
    "short": lambda n: {"says": f"o{n}"},
    "anywhere": lambda n: {"anywhere": f"hello {n}"},
    "system": lambda n: {"system": f"hello hello{n}"},
    "results": lambda n: {"tool_result": f"hello {n}"},
    "several": lambda n: {"says": f"a{n}", "anywhere": f"b{n}", "system": f"c{n}"},
    "one text": lambda n: {"says": "bye", "turn": n + 5},
}


def test_an_explanation_of_many_steps_compares_few_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """It lists the nearest ten, describes no other step, and says how many there are."""
    counts = {"described": 0, "compared": 0}

    def counting(name: str, function: Any) -> Any:
        def counted(*args: Any) -> Any:
            counts[name] += 1
            return function(*args)

        return counted

    monkeypatch.setattr(script, "_described", counting("described", script._described))
    monkeypatch.setattr(script, "_similarity", counting("compared", script._similarity))
    wrong = {}
    for kind, given in LONG.items():
        counts.update(described=0, compared=0)
        steps = script_of(*map(given, range(1_000)))
        words = steps.explain(long_request())
        again = steps.explain(long_request())
        is_right = words == again and words.endswith(f"\n… and {1_000 - MOST_LISTED} more")
        listed = words.count("\n- step ")
        most = {"described": 2 * MOST_LISTED, "compared": 2 * MOST_COMPARED}
        if not is_right or listed != MOST_LISTED or counts != most or len(words) > 20_000:
            wrong[kind] = (listed, dict(counts), words[-80:])
    assert wrong == {}


def test_up_to_ten_steps_are_all_listed() -> None:
    """There is no remark on more steps."""
    for count in (1, MOST_LISTED, MOST_LISTED + 1):
        words = script_of(*({"says": f"x{n}"} for n in range(count))).explain(long_request())
        assert words.count("\n- step ") == min(count, MOST_LISTED)
        assert ("more" in words) == (count > MOST_LISTED)


def test_the_nearest_of_many_steps_is_found() -> None:
    """It is listed first, even if it is the last step of a long script."""
    far = [{"says": f"q{n}", "turn": 7} for n in range(3_000)]
    words = script_of(*far, {"says": "helo", "turn": 2}).explain(long_request())
    assert words.splitlines()[1].startswith("- step 3001: says 'helo'")


def test_a_long_text_is_scanned_a_few_times_for_any_number_of_steps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is described while the steps are searched."""
    searched: list[LongText] = []
    original = LongText.__init__

    def counted(self: LongText, given: str) -> None:
        original(self, given)
        searched.append(self)

    monkeypatch.setattr(LongText, "__init__", counted)
    monkeypatch.setattr(conditions, "shown", None)  # to call it would raise
    wrong = {}
    for kind, given in LONG.items():
        searched.clear()
        assert script_of(*map(given, range(1_000))).first(long_request()) is None
        scans = sum(one.scans for one in searched)
        if scans > 3 * PLAIN_SEARCHES or len(searched) > 4:
            wrong[kind] = (scans, len(searched))
    assert wrong == {}


def test_a_search_of_a_long_text_finds_what_it_contains() -> None:
    """The set of the parts never rules out a text that occurs."""
    words = "".join(f"{n} apples and {n * 7} pears; " for n in range(500))
    found, wrong = LongText(words), []
    for n in range(1_000):
        start, size = n * 8 % len(words), n % 300 + 1
        for expected in (words[start : start + size], f"{n} pears", f"{n} apples and", f"z{n}"):
            if found.contains(expected) != (expected in words):
                wrong.append(expected)
    assert wrong == []
    assert len(words) > long_text.LONG


def test_texts_are_searched_together_but_do_not_run_into_each_other() -> None:
    """A text is not found across two messages, whatever it contains."""
    searches, texts = Searches(), ("a\0b", "c", "", "d")
    for expected in ("bc", "b\0c", "cd", "c\0", "\0d", "b\nc"):
        assert not searches.any_contains(texts, expected)
    for expected in ("a\0b", "b", "c", "d", "\0b"):
        assert searches.any_contains(texts, expected)
    assert not searches.any_contains((), "a")


def test_many_regular_expressions_share_a_budget(caplog: pytest.LogCaptureFixture) -> None:
    """The search is stopped with one line in the log; a shared condition is searched once."""
    request, shared = long_request(), re.compile("bye")
    assert (
        script_of(*({"says": shared, "turn": n + 9} for n in range(1_000))).first(request) is None
    )
    assert request.searches.linear.used == len(WORDS)
    patterns = [re.compile(f"bye {n}") for n in range(LINEAR_LIMIT // len(WORDS) + 50)]
    steps = script_of(*({"says": one} for one in patterns))
    assert steps.first(request) is None
    assert request.searches.linear.used == LINEAR_LIMIT
    assert [STOPPED in record.getMessage() for record in caplog.records] == [True]
    (difference,) = Match.of(says=patterns[-1]).differences(request)
    assert difference.endswith(STOPPED)


def test_many_results_use_one_table_of_the_calls() -> None:
    """The tool of each result is looked up in a table, not in all messages."""
    calls = [
        {"id": str(n), "type": "function", "function": {"name": f"f{n}", "arguments": "{}"}}
        for n in range(100)
    ]
    results = [{"role": "tool", "tool_call_id": str(n), "content": "y"} for n in range(100)]
    messages: list[dict[str, Any]] = [
        {"role": "user", "content": "x"},
        {"role": "assistant", "content": None, "tool_calls": calls},
        *results,
    ]
    request = asked(messages)
    found = script_of(*({"after_tool": f"g{n}"} for n in range(500)), {"after_tool": "f99"})
    state = found.first(request)
    assert state is not None
    assert state.number == 501
    assert [request.tool_of(one) for one in request.results] == [f"f{n}" for n in range(100)]
