"""A report as JUnit XML, for CI servers."""

from collections.abc import Iterator

from mock_electron.contract.report import FAIL, SKIP, Report, Result
from mock_electron.contract.table import failure
from mock_electron.inputs.extras import require

require("junitparser", extra="contract", used_by="mock_electron.contract.junit")

from junitparser import JUnitXml  # noqa: E402 (if it is missing, the line above says so)

from mock_electron.outputs import junit as xml  # noqa: E402 (it needs junitparser too)

TITLE = "mock-electron contract"


def junit(report: Report) -> JUnitXml:
    """Return a document with a suite for each section and a case for each clause."""
    return xml.junit(TITLE, _suites(report))


def junit_bytes(report: Report) -> bytes:
    """Return the document of `junit` as the bytes of a file."""
    return xml.junit_bytes(TITLE, _suites(report))


def _suites(report: Report) -> Iterator[tuple[str, list[xml.Case]]]:
    for section in dict.fromkeys(result.clause.section for result in report.results):
        members = (result for result in report.results if result.clause.section == section)
        yield section, [_case(result) for result in members]


def _case(result: Result) -> xml.Case:
    confidence = result.clause.confidence
    problems = []
    if result.outcome is FAIL:
        words = f"expected {result.expected}, got {result.got}"
        problems = [xml.Problem(words, confidence, failure(result))]
    skipped = result.reason if result.outcome is SKIP else ""
    return xml.Case(result.clause.id, f"contract.{confidence}", problems, skipped)
