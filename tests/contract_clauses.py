"""Which clauses are enough to check a whole contract run."""

from mock_electron.contract import CLAUSES
from mock_electron.contract.sections.acceptance import ACCEPTED
from mock_electron.contract.sections.violations import VIOLATIONS

SIMILAR = {
    *(f"request.{row.id}{about}" for row in VIOLATIONS[1:] for about in ("", ".issue")),
    *(clause.id for clause in ACCEPTED[1:]),
}
CHOSEN = tuple(clause for clause in CLAUSES if clause.id not in SIMILAR)
"""The rows of a table are checked in the same way, so one row is enough."""
