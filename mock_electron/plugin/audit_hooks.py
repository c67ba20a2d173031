"""The hooks of the audit: each test is judged at its end, and the run has a section about it.

A test is judged if it has the marker `electron_audit`, or with the option `--electron-audit`. The
audit is imported when the first such test begins.
"""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Final

import pytest

from mock_electron.plugin.options import AUDIT, AUDIT_MARKER, INI, OFF

if TYPE_CHECKING:
    from mock_electron.plugin.audited import AuditedTest

AUDITED: Final["pytest.StashKey[AuditedTest]"] = pytest.StashKey()
IN_REPORT: Final = "electron_audit"
"""The attribute of a report that has what the audit says of its test."""


class AuditHooks:
    """The hooks, and what the audit says of each test.

    Args:
        config: The configuration of the run.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._is_on = (config.getoption(INI + AUDIT) or config.getini(INI + AUDIT) or OFF) != OFF
        self._results: dict[str, Any] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, None, None]:
        """Begin the audit of a test before its fixtures send requests."""
        if self._is_on or item.get_closest_marker(AUDIT_MARKER):
            from mock_electron.plugin.audited import begin

            item.stash[AUDITED] = begin(item)
        yield

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, None, None]:
        """Judge a test, and fail it if it has not failed yet."""
        __tracebackhide__ = True
        audited = item.stash.get(AUDITED, None)
        try:
            yield
        except BaseException:
            if audited is not None:
                audited.judge()
            raise
        if audited is not None:
            audited.may_fail = True  # a failure that unittest has kept comes first
            audited.judge()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, None, None]:
        """Judge a test again if its fixtures have sent requests, or ended them."""
        __tracebackhide__ = True
        audited = item.stash.get(AUDITED, None)
        try:
            yield
        finally:
            if audited is not None:
                audited.close()
        if audited is not None:
            audited.judge(is_last=True)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Add the result to the last report of a test. A worker of pytest-xdist sends it."""
        report = yield
        if AUDITED in item.stash and report.when == "teardown":
            vars(report)[IN_REPORT] = item.stash[AUDITED].result
            del item.stash[AUDITED]
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the result in a report. If a test is repeated, the latest one counts."""
        result = getattr(report, IN_REPORT, None)
        if result is not None:
            self._results[report.nodeid] = result

    def pytest_terminal_summary(
        self, terminalreporter: "pytest.TerminalReporter", config: pytest.Config
    ) -> None:
        """Write the section, if a test was judged or the option is given."""
        if self._is_on or self._results:
            from mock_electron.plugin.audit_summary import write_summary

            write_summary(terminalreporter, self._results, config.getoption("verbose"))
