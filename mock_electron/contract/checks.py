"""Building blocks for checks.

An expectation inspects one value; a check inspects the responses of a probe. Both return a Finding
and never raise, so that a report can be written whatever an endpoint sends.
"""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from mock_electron.contract.clause import Check, Finding
from mock_electron.contract.response import ABSENT, Response, one_line
from mock_electron.contract.response import at as value_at

Expectation = Callable[[Any], Finding]

JSON_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "integer": (int,),
    "object": (dict,),
    "array": (list,),
}
READ_ERRORS: Final = (
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    ArithmeticError,
    StopIteration,
    RecursionError,
)
"""The exceptions that a function may raise when it reads a malformed response."""


def shown(value: Any) -> str:
    """Return a value as a report shows it."""
    return "nothing" if value is ABSENT else one_line(json.dumps(value, ensure_ascii=False))


# --- expectations


def satisfies(description: str, test: Callable[[Any], object]) -> Expectation:
    """Expect a value for which a test is true. A test that raises is false.

    Args:
        description: What the test expects, for a report.
        test: The test.
    """

    def inspect(value: Any) -> Finding:
        try:
            passed = value is not ABSENT and bool(test(value))
        except READ_ERRORS:
            passed = False
        return Finding(description, shown(value), passed)

    return inspect


def equal(expected: Any) -> Expectation:
    """Expect the same JSON; 1 and true differ."""
    text = json.dumps(expected, sort_keys=True)
    return lambda value: Finding(
        shown(expected),
        shown(value),
        value is not ABSENT and json.dumps(value, sort_keys=True) == text,
    )


def matching(pattern: str, description: str) -> Expectation:
    """Expect a string that the whole pattern matches."""
    return satisfies(description, lambda value: re.fullmatch(pattern, value) is not None)


def containing(part: str) -> Expectation:
    """Expect a string that contains a part."""
    return satisfies(f"a string that contains {part!r}", lambda value: part in value)


def json_type(name: str) -> Expectation:
    """Expect a value of a JSON type; a boolean is not an integer."""
    types = JSON_TYPES[name]
    return satisfies(
        f"an {name}",
        lambda value: isinstance(value, types) and not isinstance(value, bool),
    )


def keys(*names: str) -> Expectation:
    """Expect an object with exactly these keys, in this order."""

    def inspect(value: Any) -> Finding:
        got = list(value) if isinstance(value, dict) else value
        return Finding(f"the keys {', '.join(names)}", shown(got), got == list(names))

    return inspect


def length(expected: int) -> Expectation:
    """Expect an array of this length."""
    return lambda value: Finding(
        f"an array of length {expected}",
        shown(value),
        isinstance(value, Sequence) and len(value) == expected,
    )


def absent(value: Any) -> Finding:
    """Expect that the key does not exist."""
    return Finding("nothing", shown(value), value is ABSENT)


# --- checks


def status(*codes: int) -> Check:
    """Check that each response has one of these statuses."""
    expected = " or ".join(f"status {code}" for code in codes)

    def check(*responses: Response) -> Finding:
        wrong = [response for response in responses if response.status not in codes]
        return Finding(expected, summary((wrong or responses)[0]), not wrong)

    return check


def summary(response: Response) -> str:
    """Return the status of a response and the message of its error, for a report."""
    if not response.status:
        return response.failure
    message = response.at("error.message")
    suffix = "" if message is ABSENT else f": {shown(message)}"
    return f"status {response.status}{suffix}"


def at(path: str, expectation: Expectation, *, response: int = 0) -> Check:
    """Check the value at a path of a response's JSON.

    Args:
        path: Dotted path, such as `choices.0.message`; "" is the whole document.
        expectation: What the value must be.
        response: Which of the probe's responses, from 0.
    """

    def check(*responses: Response) -> Finding:
        inspected = responses[response]
        finding = expectation(inspected.at(path))
        if finding.passed or inspected.at(path) is not ABSENT:
            return finding
        missing = f"nothing at {path}" if path else "no JSON"
        return Finding(finding.expected, f"{missing} ({summary(inspected)})", passed=False)

    return check


def header(name: str, expectation: Expectation, *, response: int = 0) -> Check:
    """Check a header of a response.

    Args:
        name: Lowercase name.
        expectation: What the value must be.
        response: Which of the probe's responses, from 0.
    """
    return lambda *responses: expectation(responses[response].header(name))


def reading(read: Callable[..., Any], expectation: Expectation) -> Check:
    """Check a value that a function reads from the responses.

    If the function raises, or returns a list that contains ABSENT, the value is absent.
    """

    def check(*responses: Response) -> Finding:
        try:
            value = read(*responses)
        except READ_ERRORS:
            value = ABSENT
        if isinstance(value, list | tuple) and ABSENT in value:
            value = ABSENT
        finding = expectation(value)
        if value is not ABSENT or finding.passed:
            return finding
        return Finding(finding.expected, summary(responses[0]), passed=False)

    return check


def every_chunk(path: str, expectation: Expectation) -> Check:
    """Check the value at a path of each chunk of a stream, which must have at least one chunk."""

    def check(response: Response) -> Finding:
        findings = [expectation(value_at(chunk, path)) for chunk in response.chunks]
        wrong = [finding for finding in findings if not finding.passed]
        no_chunks = Finding("at least one chunk", summary(response), passed=False)
        return (wrong or findings or [no_chunks])[0]

    return check


def all_of(*checks: Check) -> Check:
    """Check several things; the finding is the first that did not pass."""

    def check(*responses: Response) -> Finding:
        findings = [one(*responses) for one in checks]
        wrong = [finding for finding in findings if not finding.passed]
        return (wrong or findings[-1:])[0]

    return check
