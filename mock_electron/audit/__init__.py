"""The audit: whether a client uses Electron well, as far as its requests show it.

evidence.py    what the rules see
rules/         the rules: one module for each practice, and the table of all
finding.py     what a rule says: a verdict with findings
thresholds.py  the figures by which the rules judge
savings.py     what a repaired client would not have spent
bill.py        what the requests cost
safe_text.py   texts without keys and control characters
written.py     levels and thresholds as text
run.py         the rules run over a journal
report.py      the result
"""

from mock_electron.audit.bill import Bill as Bill
from mock_electron.audit.evidence import Evidence as Evidence
from mock_electron.audit.finding import Finding as Finding
from mock_electron.audit.finding import Repair as Repair
from mock_electron.audit.finding import Saving as Saving
from mock_electron.audit.finding import Verdict as Verdict
from mock_electron.audit.finding import judged as judged
from mock_electron.audit.finding import not_applicable as not_applicable
from mock_electron.audit.finding import not_observable as not_observable
from mock_electron.audit.report import Audit as Audit
from mock_electron.audit.rule import Rule as Rule
from mock_electron.audit.rules import RULES as RULES
from mock_electron.audit.run import audit as audit
from mock_electron.audit.thresholds import Thresholds as Thresholds
