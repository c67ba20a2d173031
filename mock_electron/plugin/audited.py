"""The audit of one test: of all lanes that it has used."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import pytest

from mock_electron.audit.report import Audit, finding_text
from mock_electron.audit.run import audit
from mock_electron.engine.journal import StillInFlightError
from mock_electron.engine.lane import Lane
from mock_electron.plugin.audit_log import TestLog
from mock_electron.plugin.audit_marker import terms_of
from mock_electron.plugin.audit_summary import Broken, reported
from mock_electron.plugin.options import AUDIT_MARKER
from mock_electron.plugin.scopes import place_of
from mock_electron.plugin.stashed import LANES, SESSION
from mock_electron.testing.electron import Electron
from mock_electron.testing.settling import BLOCKED_TIME
from mock_electron.traffic.exchanges import Exchanges, exchanges_of
from mock_electron.traffic.lines import counted

ADVICE = f'To accept a finding: @pytest.mark.{AUDIT_MARKER}(ignore={{"RULE": "REASON"}})'


class _State(NamedTuple):
    """How far the journal of a lane is."""

    opened: int
    forgotten: int
    in_flight: int

    @classmethod
    def of(cls, lane: Lane) -> "_State":
        journal = lane.journal
        return cls(journal.opened, journal.forgotten, journal.number_in_flight)


class _Judged(NamedTuple):
    """The audit of a lane, and the state of its journal then."""

    state: _State
    audit: Audit


class AuditedTest:
    """The audit of one test.

    Args:
        item: The test.

    Attributes:
        may_fail: Whether the test may fail: it has not failed yet.

    Raises:
        ValueError: If a marker is wrong.
        TypeError: If an argument of a marker has the wrong type.
    """

    def __init__(self, item: pytest.Item) -> None:
        self._item = item
        self._terms = terms_of(item)
        self._begun = {id(one._lane): one._lane.journal.opened for one in self._shared()}
        self._judged: dict[str, _Judged] = {}
        self._log = TestLog()
        self.may_fail: bool = False

    def judge(self, *, is_last: bool = False) -> None:
        """Judge the lanes that have changed, and fail the test if it may fail.

        While an answer is in flight, its lane is judged at the end of the test only: a fixture may
        still close the stream.

        Args:
            is_last: Whether the test has ended, with its fixtures.
        """
        if self._terms.exempt:
            return
        for electron in self._electrons():
            self._judge(electron, is_last=is_last)
        failures = list(self._failures())
        if failures and self.may_fail and self._terms.fails:
            self.may_fail = False  # once is enough
            names = ", ".join(dict.fromkeys(name for name, _ in failures))
            head = f"the audit found {counted(len(failures), 'problem')}: {names}"
            shown = "\n\n".join([head, *(text for _, text in failures), ADVICE])
            pytest.fail(shown + place_of(self._item), pytrace=False)

    def close(self) -> None:
        """Keep no more of the log."""
        self._log.close()

    @property
    def result(self) -> list[Any] | None:
        """What the audit says of the test, as a report carries it; None without requests."""
        if not self._judged:
            return None
        audits = [judged.audit for judged in self._judged.values()]
        verdicts = [(n, v.outcome) for one in audits for n, v in one.verdicts.items()]
        return reported(verdicts, [broken for one in audits for broken in self._broken(one)])

    def _electrons(self) -> Iterator[Electron]:
        if LANES in self._item.stash:
            yield from self._item.stash[LANES].electrons
        yield from self._shared()

    def _shared(self) -> Sequence[Electron]:
        """Return the lane of the whole run, if the test uses it."""
        stash, names = self._item.config.stash, getattr(self._item, "fixturenames", ())
        is_used = SESSION in stash and "electron_session" in names
        return stash[SESSION].electrons if is_used else ()

    def _judge(self, electron: Electron, *, is_last: bool) -> None:
        lane, known = electron._lane, self._judged.get(electron._url)
        with suppress(StillInFlightError):
            lane.exchanges(BLOCKED_TIME)
        state = _State.of(lane)
        is_known = known is not None and (
            known.state == state or known.state.forgotten != state.forgotten
        )
        if is_known or (state.in_flight and not is_last):
            return
        exchanges = self._exchanges(electron)
        if exchanges:
            terms = self._terms
            found = audit(
                exchanges, levels=terms.levels, thresholds=terms.thresholds, logs=self._log.text
            )
            self._judged[electron._url] = _Judged(state, found)

    def _exchanges(self, electron: Electron) -> Exchanges:
        """Return the exchanges of this test in a lane."""
        lane = electron._lane
        first = self._begun.get(id(lane), 0) - lane.journal.forgotten
        every = [one for one in lane.peek() if one.number >= first]
        return exchanges_of(every, lane.journal.dropped, electron._url, lane.settings)

    def _failures(self) -> Iterator[tuple[str, str]]:
        """Yield the ids of the findings that fail, and their texts."""
        for url, judged in self._judged.items():
            where = f"at {url}: " if len(self._judged) > 1 else ""
            for finding in self._terms.failing(judged.audit):
                yield finding.id, where + finding_text(finding)

    def _broken(self, one: Audit) -> Iterator[Broken]:
        failing = set(map(id, self._terms.failing(one)))
        for finding in one:
            warns = one.levels[finding.rule] == "warn"
            effect = "fails" if id(finding) in failing else "warns" if warns else "ignored"
            words = f"{finding.title} ({counted(len(finding.exchanges), 'exchange')})"
            yield Broken(finding.rule, words, effect)


def begin(item: pytest.Item) -> AuditedTest:
    """Return the audit of a test. Fail the test if its marker is wrong."""
    try:
        return AuditedTest(item)
    except (TypeError, ValueError) as error:
        wrong = str(error)
    # Outside the handler, so that the report shows one error.
    pytest.fail(f"@pytest.mark.{AUDIT_MARKER}: {wrong}{place_of(item)}", pytrace=False)
