"""The words in which checks are written.

An expectation looks at one value, a check at the responses of a probe. Both answer with a finding,
and none of them raises: whatever an endpoint sends, a report can be written.
"""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from mock_electron.contract.clause import Check, Finding
from mock_electron.contract.response import ABSENT, Response, shown
from mock_electron.contract.response import at as value_at

Expectation = Callable[[Any], Finding]

KINDS: Final[dict[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "object": (dict,),
    "array": (list,),
}
UNREADABLE: Final = (
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    ArithmeticError,
    StopIteration,
    RecursionError,
)
"""What a function raises that reads an answer in which nothing is as it should be."""


def written(value: Any) -> str:
    """A value as a report shows it."""
    return "nothing" if value is ABSENT else shown(json.dumps(value, ensure_ascii=False))


# --- expectations


def holds(words: str, test: Callable[[Any], object]) -> Expectation:
    """The value passes a test, which these words describe. A test that raises is not passed."""

    def look(value: Any) -> Finding:
        try:
            passed = value is not ABSENT and bool(test(value))
        except UNREADABLE:
            passed = False
        return Finding(words, written(value), passed)

    return look


def equal(expected: Any) -> Expectation:
    """The same JSON, with numbers and booleans told apart."""
    text = json.dumps(expected, sort_keys=True)
    return lambda value: Finding(
        written(expected),
        written(value),
        value is not ABSENT and json.dumps(value, sort_keys=True) == text,
    )


def any_of(*expected: Any) -> Expectation:
    return holds(" or ".join(map(written, expected)), lambda value: value in expected)


def matching(pattern: str, words: str) -> Expectation:
    """A string that the whole pattern matches."""
    return holds(words, lambda value: re.fullmatch(pattern, value) is not None)


def containing(part: str) -> Expectation:
    return holds(f"a string with {part!r} in it", lambda value: part in value)


def a(kind: str) -> Expectation:
    """A value of this kind of JSON; a boolean is no number."""
    types = KINDS[kind]
    return holds(
        f"an {kind}" if kind[0] in "aio" else f"a {kind}",
        lambda value: isinstance(value, types) and not isinstance(value, bool),
    )


def keys(*names: str) -> Expectation:
    """An object with these keys, in this order, and no others."""

    def look(value: Any) -> Finding:
        got = list(value) if isinstance(value, dict) else value
        return Finding(f"the keys {', '.join(names)}", written(got), got == list(names))

    return look


def length(expected: int) -> Expectation:
    words = f"{expected} of them"
    return lambda value: Finding(
        words, written(value), isinstance(value, Sequence) and len(value) == expected
    )


def absent(value: Any) -> Finding:
    """There is no such key."""
    return Finding("nothing", written(value), value is ABSENT)


# --- checks


def status(*codes: int) -> Check:
    """Every response has one of these statuses."""
    words = " or ".join(f"status {code}" for code in codes)

    def check(*responses: Response) -> Finding:
        wrong = [response for response in responses if response.status not in codes]
        return Finding(words, told(wrong[0] if wrong else responses[0]), not wrong)

    return check


def told(response: Response) -> str:
    """What became of a request, in few words: the status, and what an error says."""
    if not response.status:
        return response.failure
    message = response.at("error.message")
    said = "" if message is ABSENT else f": {written(message)}"
    return f"status {response.status}{said}"


def at(path: str, expectation: Expectation, *, of: int = 0) -> Check:
    """What stands at a path of a response's JSON. of: which response, from 0."""

    def check(*responses: Response) -> Finding:
        found = expectation(responses[of].at(path))
        if found.holds or responses[of].at(path) is not ABSENT:
            return found
        where = f"nothing at {path}" if path else "no JSON"
        return Finding(found.expected, f"{where} ({told(responses[of])})", holds=False)

    return check


def header(name: str, expectation: Expectation, *, of: int = 0) -> Check:
    """A header of a response, by its name in small letters."""
    return lambda *responses: expectation(responses[of].header(name))


def of(read: Callable[..., Any], expectation: Expectation) -> Check:
    """What a function reads from the responses. Where it cannot be read, nothing is found."""

    def check(*responses: Response) -> Finding:
        try:
            value = read(*responses)
        except UNREADABLE:
            value = ABSENT
        if isinstance(value, list | tuple) and ABSENT in value:
            value = ABSENT
        found = expectation(value)
        if value is not ABSENT or found.holds:
            return found
        return Finding(found.expected, told(responses[0]), holds=False)

    return check


def every_chunk(path: str, expectation: Expectation) -> Check:
    """What stands at a path of each chunk of a stream; there is at least one chunk."""

    def check(response: Response) -> Finding:
        findings = [expectation(value_at(chunk, path)) for chunk in response.chunks]
        wrong = [finding for finding in findings if not finding.holds]
        none = Finding("at least one chunk", told(response), holds=False)
        return (wrong or findings or [none])[0]

    return check


def all_of(*checks: Check) -> Check:
    """All of the checks; the first that does not hold is what was found."""

    def check(*responses: Response) -> Finding:
        findings = [one(*responses) for one in checks]
        wrong = [finding for finding in findings if not finding.holds]
        return (wrong or findings[-1:])[0]

    return check
