"""`LaneAudit`: the audit of one lane of a journal file."""

from collections.abc import Mapping
from typing import Any

from mock_electron.audit.finding import Finding
from mock_electron.audit.report import Audit, Level
from mock_electron.audit.safe_text import safe
from mock_electron.inputs.values import FrozenValue
from mock_electron.traffic.exchanges import Exchanges
from mock_electron.traffic.lines import counted


class LaneAudit(FrozenValue, frozen=True):
    """The audit of one lane of a journal file.

    Attributes:
        journal: The name of the file.
        lane: The name of the lane.
        exchanges: Its exchanges.
        audit: What was found in them.
        lines: The line of each exchange in the file, from 1, by its number.
    """

    journal: str
    lane: str
    exchanges: Exchanges
    audit: Audit
    lines: Mapping[int, int] = {}

    @property
    def title(self) -> str:
        """The file, the lane, and the number of exchanges."""
        number = counted(len(self.exchanges), "exchange")
        return f"{safe(self.journal)}, {self.name}: {number}"

    @property
    def name(self) -> str:
        """The lane, as a text shows it."""
        return f"lane {safe(self.lane)}"

    def level(self, finding: Finding) -> Level:
        """Return what a finding does."""
        return self.audit.levels[finding.rule]

    def line(self, finding: Finding) -> int:
        """Return the line of the first exchange of a finding in the file; 1 without one."""
        return self.lines.get(finding.exchanges[0], 1) if finding.exchanges else 1

    def to_dict(self) -> dict[str, Any]:
        """Return the audit as a dict of JSON values."""
        place = {"journal": safe(self.journal), "lane": safe(self.lane)}
        return {**place, "exchanges": len(self.exchanges), **self.audit.to_dict()}

    def __str__(self) -> str:
        return f"{self.title}\n\n{self.audit}"
