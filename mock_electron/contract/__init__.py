"""The contract: what Electron promises on the wire, as clauses that anyone can check over HTTP.

    from mock_electron.contract import Target, check

    report = check(Target(base_url="http://127.0.0.1:8787/waves/v1", api_key="sk_mock"))
    assert report.holds

`ContractSuite` runs the clauses as tests. The room is a black box: it knows nothing of the fake
except the version.
"""

from typing import TYPE_CHECKING

from mock_electron.contract.clause import Clause, Confidence, Source
from mock_electron.contract.clock import Clock
from mock_electron.contract.discovery import discovered
from mock_electron.contract.drift import Change, changes, not_compared
from mock_electron.contract.report import Outcome, Report, Result
from mock_electron.contract.run import Contract, Cost, check, cost, results, select
from mock_electron.contract.sections import CLAUSES
from mock_electron.contract.session import UnreachableError
from mock_electron.contract.target import Need, Target
from mock_electron.inputs.attributes import missing_name
from mock_electron.inputs.spelling import did_you_mean

if TYPE_CHECKING:
    from mock_electron.contract.suite import ContractSuite

__all__ = [
    "CLAUSES",
    "Change",
    "Clause",
    "Clock",
    "Confidence",
    "Contract",
    "ContractSuite",
    "Cost",
    "Need",
    "Outcome",
    "Report",
    "Result",
    "Source",
    "Target",
    "UnreachableError",
    "changes",
    "check",
    "cost",
    "discovered",
    "not_compared",
    "results",
    "select",
]


def __getattr__(name: str) -> object:
    if name == "ContractSuite":  # it needs pytest; the command line does not
        from mock_electron.contract.suite import ContractSuite

        return ContractSuite
    hint = did_you_mean(name, __all__)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise missing_name(f"{message}.{hint}" if hint else message, name)


def __dir__() -> list[str]:
    """Return all names, for completion and `help()`, although one is not imported yet."""
    return list(globals().keys() | set(__all__))
