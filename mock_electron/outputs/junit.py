"""JUnit XML, for CI servers: suites of cases, which pass, fail or are skipped.

This module needs junitparser, which the extra `contract` installs.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from xml.dom.minidom import parseString

from junitparser import Failure, JUnitXml, Skipped, TestCase, TestSuite
from msgspec import Struct

from mock_electron._regex import regex

NOT_IN_XML = regex("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML cannot contain."""


class Problem(Struct, frozen=True):
    """Why a case fails.

    Attributes:
        message: What is wrong, in a line.
        kind: Its kind.
        text: All about it.
    """

    message: str
    kind: str
    text: str


class Case(Struct, frozen=True):
    """One case.

    Attributes:
        name: Its name.
        group: The name of its class.
        problems: Why it fails.
        skipped: Why it is skipped, or "".
        output: What it has printed, or "".
    """

    name: str
    group: str
    problems: Sequence[Problem] = ()
    skipped: str = ""
    output: str = ""


def junit(title: str, suites: Iterable[tuple[str, Iterable[Case]]]) -> JUnitXml:
    """Return a document.

    Args:
        title: Its name.
        suites: The name and the cases of each suite.
    """
    document = JUnitXml(_xml(title))
    for name, cases in suites:
        suite = TestSuite(_xml(name))
        suite.add_testcases([_case(one) for one in cases])
        document.add_testsuite(suite)
    return document


def junit_bytes(title: str, suites: Iterable[tuple[str, Iterable[Case]]]) -> bytes:
    """Return the document of `junit` as the bytes of a file."""
    document: Any = junit(title, suites)  # junitparser 3 has no types for `tostring`
    return parseString(document.tostring()).toprettyxml(encoding="utf-8")  # noqa: S318 (our own XML)


def _case(one: Case) -> TestCase:
    case = TestCase(_xml(one.name), _xml(one.group), time=0)
    if one.problems:
        case.result = [_failure(problem) for problem in one.problems]
    elif one.skipped:
        case.result = [Skipped(_xml(one.skipped))]
    if one.output:
        case.system_out = _xml(one.output)
    return case


def _failure(problem: Problem) -> Failure:
    found = Failure(_xml(problem.message), _xml(problem.kind))
    found.text = _xml(problem.text)
    return found


def _xml(text: str) -> str:
    """Return a text with a replacement for each character that XML cannot contain."""
    return NOT_IN_XML.sub("\ufffd", text)
