"""A report as JUnit XML, as CI servers show it."""

from junitparser import Failure, JUnitXml, Skipped, TestCase, TestSuite

from mock_electron.contract.report import FAIL, SKIP, Report, Result
from mock_electron.contract.table import failure


def junit(report: Report) -> JUnitXml:
    """A suite for each section, a case for each clause."""
    document = JUnitXml("mock-electron contract")
    for section in dict.fromkeys(result.clause.section for result in report.results):
        suite = TestSuite(section)
        for result in report.results:
            if result.clause.section == section:
                suite.add_testcase(_case(result))
        document.add_testsuite(suite)
    return document


def _case(result: Result) -> TestCase:
    case = TestCase(result.clause.id, f"contract.{result.clause.confidence}", time=0)
    if result.outcome is FAIL:
        found = Failure(f"expected {result.expected}, got {result.got}", result.clause.confidence)
        found.text = failure(result)
        case.result = [found]
    if result.outcome is SKIP:
        case.result = [Skipped(result.reason)]
    return case
