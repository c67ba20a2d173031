"""What `mock-electron audit` reads: journals, logs, rates, levels and thresholds."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import click
import msgspec

from mock_electron.audit.lane_audit import LaneAudit
from mock_electron.audit.report import Level
from mock_electron.audit.run import audit
from mock_electron.audit.thresholds import Thresholds
from mock_electron.audit.written import levels_of, thresholds_of
from mock_electron.cli.options import NotRunError
from mock_electron.inputs.spelling import escaped, unknown
from mock_electron.inputs.values import FrozenValue
from mock_electron.traffic.exchanges import Exchanges
from mock_electron.traffic.rates import Rates, rates_of
from mock_electron.traffic.reading import DEFAULT_LANE, JournalError, parse_journal

STDIN: Final = "-"
STDIN_NAME: Final = "standard input"
Value = TypeVar("Value")


class Judgement(FrozenValue, frozen=True):
    """By what journals are judged.

    Attributes:
        levels: What the findings of each rule do.
        thresholds: The figures by which the rules judge.
        rates: What tokens cost, or None.
        logs: The text of the client's log, or None.
    """

    levels: Mapping[str, Level]
    thresholds: Thresholds
    rates: Rates | None
    logs: str | None

    @classmethod
    def of(
        cls,
        rules: Sequence[str],
        thresholds: Sequence[str],
        rates: str | None,
        logs: Sequence[str],
    ) -> "Judgement":
        """Return what the options give.

        Raises:
            click.UsageError: If one is wrong.
        """
        levels = _given("--rule", levels_of, rules)
        figures = _given("--threshold", thresholds_of, thresholds)
        prices = None if rates is None else _given("--rates", rates_of, rates)
        texts = [_content(log, "--logs").decode(errors="replace") for log in logs]
        return cls(levels, figures, prices, "\n".join(texts) if texts else None)

    def judge(self, journal: "Journal") -> Iterator[LaneAudit]:
        """Yield the audits of the lanes of a journal."""
        for name, exchanges in journal.lanes.items():
            found = audit(
                exchanges,
                levels=self.levels,
                thresholds=self.thresholds,
                logs=self.logs,
                rates=self.rates,
            )
            lines = journal.lines.get(name, {})
            yield LaneAudit(journal.name, name, exchanges, found, lines)


class Journal(FrozenValue, frozen=True):
    """A journal file.

    Attributes:
        name: Its name.
        lanes: The exchanges of each lane.
        lines: The line of each exchange, by its number, by the name of its lane.
    """

    name: str
    lanes: Mapping[str, Exchanges]
    lines: Mapping[str, Mapping[int, int]]


def read_journals(files: Sequence[str], lanes: Sequence[str]) -> list[Journal]:
    """Return the journals in files.

    Args:
        files: The names of the files; `-` is standard input.
        lanes: The names of the lanes that are wanted. None means all.

    Raises:
        NotRunError: If a file cannot be read, or no file has a lane that is wanted.
    """
    found, problems = list[Journal](), list[str]()
    for file in dict.fromkeys(files):
        try:
            found.append(_journal(_content(file), STDIN_NAME if file == STDIN else file))
        except (JournalError, NotRunError) as error:
            problems.append(str(error))
    if problems:
        raise NotRunError("\n".join(problems))
    known = list(dict.fromkeys(name for journal in found for name in journal.lanes))
    for lane in lanes:
        if lane not in known:
            raise NotRunError(f"--lane: {unknown('lane', lane, known)}")
    return [_with_lanes(journal, lanes) for journal in found] if lanes else found


def _given(option: str, read: Callable[[Any], Value], value: object) -> Value:
    try:
        return read(value)
    except (TypeError, ValueError) as error:
        raise click.UsageError(f"{option}: {error}") from error


def _content(file: str, option: str = "") -> bytes:
    """Return the content of a file or of standard input. Raise NotRunError if it cannot be read."""
    try:
        return sys.stdin.buffer.read() if file == STDIN else Path(file).read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        reason = getattr(error, "strerror", None) or str(error)
        place = f"{option} {escaped(file)}".strip()
        raise NotRunError(f"{place}: cannot be read: {reason}") from error


class _Place(msgspec.Struct):
    number: int
    lane: str = DEFAULT_LANE


PLACE: Final = msgspec.json.Decoder(_Place)


def _journal(data: bytes, name: str) -> Journal:
    lanes = parse_journal(data, name)
    lines: dict[str, dict[int, int]] = {}
    for number, text in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if text.strip():
            place = PLACE.decode(text)
            lines.setdefault(place.lane, {})[place.number] = number
    return Journal(name, lanes, lines)


def _with_lanes(journal: Journal, lanes: Sequence[str]) -> Journal:
    chosen = {name: one for name, one in journal.lanes.items() if name in lanes}
    return Journal(journal.name, chosen, journal.lines)
