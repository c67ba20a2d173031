"""How a run is judged, by default and by the user's function."""

from typing import Any

import pytest
from openai.types.chat import ChatCompletion
from rows import each

from mock_electron import Settings, TrialOutcome, TrialRun
from mock_electron.traffic.exchanges import exchanges_of
from mock_electron.trials.outcomes import judged, same

EXCHANGES = exchanges_of((), 0, "", Settings())


def ran(
    returned: Any = None, raised: BaseException | None = None, expected: Any = "yes"
) -> TrialRun:
    return TrialRun("Reset() in #0", (), returned, raised, expected, EXCHANGES)


def completion(number: int, text: str = "Hi") -> ChatCompletion:
    """Return a completion that has its own id, time and usage."""
    return ChatCompletion.model_validate(
        {
            "id": f"chatcmpl-{number}",
            "object": "chat.completion",
            "created": number,
            "model": "electron",
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": text},
                    "finish_reason": "stop",
                }
            ],
        }
    )


class CustomError(Exception):
    """An error of the code under test."""


def failed() -> BaseException:
    """Return what `pytest.fail()` raises."""
    with pytest.raises(pytest.fail.Exception) as caught:
        pytest.fail("no")
    return caught.value


JUDGED: dict[str, tuple[TrialRun, TrialOutcome, str]] = {
    "the same": (ran("yes"), "recovered", ""),
    "another text": (ran("no"), "wrong answer", "returned 'no', not 'yes'"),
    "nothing": (ran(None), "wrong answer", "returned None, not 'yes'"),
    "an exception": (ran(raised=CustomError("down")), "clean failure", "raised CustomError: down"),
    "an exit": (ran(raised=SystemExit(1)), "clean failure", "raised SystemExit: 1"),
    "an assertion": (ran(raised=AssertionError()), "wrong answer", "raised AssertionError"),
    "a failure": (ran(raised=failed()), "wrong answer", "raised Failed: no"),
    "several lines": (
        ran(raised=CustomError("one\ntwo")),
        "clean failure",
        "raised CustomError: one",
    ),
    "a key": (
        ran(raised=CustomError("Bearer sk_live_0123456789abcdef")),
        "clean failure",
        "raised CustomError: Bearer …cdef",
    ),
}


@each(JUDGED)
def test_the_default(row: tuple[TrialRun, TrialOutcome, str]) -> None:
    """The reason says what was seen, on one line and without keys."""
    run, outcome, reason = row
    assert judged(run, None, ()) == (outcome, reason)


def test_only_listed_exceptions_are_clean() -> None:
    """Any other one means that the code did not expect the fault."""
    assert judged(ran(raised=CustomError()), None, (CustomError,))[0] == "clean failure"
    outcome, reason = judged(ran(raised=KeyError("choices")), None, (CustomError, OSError))
    assert (outcome, reason) == (
        "wrong answer",
        "raised KeyError: 'choices', which is not listed in clean",
    )


def test_the_function_decides() -> None:
    """None means the default."""
    assert judged(ran("yes"), lambda run: "side effect twice", ())[0] == "side effect twice"
    assert judged(ran("yes"), lambda run: None, ())[0] == "recovered"
    with pytest.raises(ValueError, match="unknown outcome 'twice'"):
        judged(ran("yes"), lambda run: "twice", ())  # type: ignore[arg-type, return-value]  # a mistake


def test_results_that_change_cannot_be_compared() -> None:
    """A recovery would seem a wrong answer. The function can still judge."""
    with pytest.raises(ValueError, match="return only what stays the same"):
        judged(ran("no"), None, (), is_steady=False)
    assert judged(ran("no"), lambda run: "recovered", (), is_steady=False)[0] == "recovered"
    assert judged(ran(raised=CustomError()), None, (), is_steady=False)[0] == "clean failure"


SAME: dict[str, tuple[Any, Any, bool]] = {
    "texts": ("a", "a", True),
    "completions": (completion(1), completion(2), True),
    "other texts": (completion(1), completion(1, "Ho"), False),
    "in a list": ([completion(1), 1], [completion(2), 1], True),
    "in a dict": ({"a": completion(1)}, {"a": completion(2)}, True),
    "a message": (completion(1).choices[0].message, completion(2).choices[0].message, True),
    "a completion and its text": (completion(1), "Hi", False),
    "own ids": ({"id": 1}, {"id": 2}, False),
}


@each(SAME)
def test_ids_of_completions_do_not_count(row: tuple[Any, Any, bool]) -> None:
    """They differ between a request and its retry. What the user returns otherwise counts."""
    one, other, expected = row
    assert same(one, other) is expected
