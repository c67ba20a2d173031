"""A report as JUnit XML, for CI servers."""

from typing import Any
from xml.dom.minidom import parseString

from mock_electron.contract.report import FAIL, SKIP, Report, Result
from mock_electron.contract.table import failure
from mock_electron.inputs.extras import require

require("junitparser", extra="contract", used_by="mock_electron.contract.junit")

from junitparser import (  # noqa: E402 (if it is missing, the line above says so)
    Failure,
    JUnitXml,
    Skipped,
    TestCase,
    TestSuite,
)


def junit(report: Report) -> JUnitXml:
    """Return a document with a suite for each section and a case for each clause."""
    document = JUnitXml("mock-electron contract")
    for section in dict.fromkeys(result.clause.section for result in report.results):
        suite = TestSuite(section)
        members = (result for result in report.results if result.clause.section == section)
        suite.add_testcases([_case(result) for result in members])
        document.add_testsuite(suite)
    return document


def junit_bytes(report: Report) -> bytes:
    """Return the document of `junit` as the bytes of a file."""
    document: Any = junit(report)  # junitparser 3 has no types for `tostring`
    return parseString(document.tostring()).toprettyxml(encoding="utf-8")  # noqa: S318 (our own XML)


def _case(result: Result) -> TestCase:
    case = TestCase(result.clause.id, f"contract.{result.clause.confidence}", time=0)
    if result.outcome is FAIL:
        found = Failure(f"expected {result.expected}, got {result.got}", result.clause.confidence)
        found.text = failure(result)
        case.result = [found]
    if result.outcome is SKIP:
        case.result = [Skipped(result.reason)]
    return case
