"""mock-electron: a deterministic fake of Smallest AI's Electron chat endpoint.

    def test_greets(electron):
        electron.reply("Hi!")
        ...

The names in `__all__` are the public API. Each is imported on first use, so that
`import mock_electron` is fast.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

from mock_electron._version import __version__ as __version__

if TYPE_CHECKING:
    from mock_electron import faults as faults
    from mock_electron.engine.answer import Outcome as Outcome
    from mock_electron.engine.cache_miss import CacheMiss as CacheMiss
    from mock_electron.engine.clock import LaneClock as LaneClock
    from mock_electron.engine.exchange import Exchange as Exchange
    from mock_electron.engine.faults.replacement import fail as fail
    from mock_electron.engine.journal import StillInFlightError as StillInFlightError
    from mock_electron.engine.pace import Pace as Pace
    from mock_electron.engine.pace import PaceName as PaceName
    from mock_electron.engine.plan import Plan as Plan
    from mock_electron.engine.plan import PlanName as PlanName
    from mock_electron.engine.settings import Settings as Settings
    from mock_electron.mock import MockElectron as MockElectron
    from mock_electron.model.draft import Call as Call
    from mock_electron.model.draft import Draft as Draft
    from mock_electron.model.explain import Explanation as Explanation
    from mock_electron.model.scripted import call as call
    from mock_electron.model.scripted import reply as reply
    from mock_electron.scripts.problems import Problem as Problem
    from mock_electron.scripts.problems import ScriptError as ScriptError
    from mock_electron.testing.categories import LateRequestWarning as LateRequestWarning
    from mock_electron.testing.categories import ShadowedStepWarning as ShadowedStepWarning
    from mock_electron.testing.categories import UnansweredWhenWarning as UnansweredWhenWarning
    from mock_electron.testing.electron import Electron as Electron
    from mock_electron.testing.scripting import Scripted as Scripted
    from mock_electron.testing.scripting import When as When
    from mock_electron.traffic.comparison.what_if import WhatIf as WhatIf
    from mock_electron.traffic.exchanges import Exchanges as Exchanges
    from mock_electron.traffic.rates import Rates as Rates
    from mock_electron.traffic.reading import JournalError as JournalError
    from mock_electron.traffic.reading import read_journal as read_journal
    from mock_electron.traffic.turn import Turn as Turn
    from mock_electron.traffic.turns import Turns as Turns
    from mock_electron.trials.outcomes import TrialOutcome as TrialOutcome
    from mock_electron.trials.outcomes import TrialRun as TrialRun
    from mock_electron.trials.report import BadCell as BadCell
    from mock_electron.trials.report import FaultReport as FaultReport
    from mock_electron.wire.errors import ApiError as ApiError
    from mock_electron.wire.errors import ErrorName as ErrorName
    from mock_electron.wire.reply import Alternative as Alternative
    from mock_electron.wire.reply import FinishReason as FinishReason
    from mock_electron.wire.reply import Reply as Reply
    from mock_electron.wire.reply import TokenLogprob as TokenLogprob
    from mock_electron.wire.reply import ToolCall as ToolCall
    from mock_electron.wire.reply import Usage as Usage
    from mock_electron.wire.request import ChatRequest as ChatRequest
    from mock_electron.wire.request import Message as Message
    from mock_electron.wire.request import Tool as Tool

_MODULES: Final = {
    "Alternative": "mock_electron.wire.reply",
    "ApiError": "mock_electron.wire.errors",
    "BadCell": "mock_electron.trials.report",
    "CacheMiss": "mock_electron.engine.cache_miss",
    "Call": "mock_electron.model.draft",
    "ChatRequest": "mock_electron.wire.request",
    "Draft": "mock_electron.model.draft",
    "Electron": "mock_electron.testing.electron",
    "ErrorName": "mock_electron.wire.errors",
    "Exchange": "mock_electron.engine.exchange",
    "Exchanges": "mock_electron.traffic.exchanges",
    "Explanation": "mock_electron.model.explain",
    "FaultReport": "mock_electron.trials.report",
    "FinishReason": "mock_electron.wire.reply",
    "JournalError": "mock_electron.traffic.reading",
    "LaneClock": "mock_electron.engine.clock",
    "LateRequestWarning": "mock_electron.testing.categories",
    "Message": "mock_electron.wire.request",
    "MockElectron": "mock_electron.mock",
    "Outcome": "mock_electron.engine.answer",
    "Pace": "mock_electron.engine.pace",
    "PaceName": "mock_electron.engine.pace",
    "Plan": "mock_electron.engine.plan",
    "PlanName": "mock_electron.engine.plan",
    "Problem": "mock_electron.scripts.problems",
    "Rates": "mock_electron.traffic.rates",
    "Reply": "mock_electron.wire.reply",
    "ScriptError": "mock_electron.scripts.problems",
    "Scripted": "mock_electron.testing.scripting",
    "Settings": "mock_electron.engine.settings",
    "ShadowedStepWarning": "mock_electron.testing.categories",
    "StillInFlightError": "mock_electron.engine.journal",
    "TokenLogprob": "mock_electron.wire.reply",
    "Tool": "mock_electron.wire.request",
    "ToolCall": "mock_electron.wire.reply",
    "TrialOutcome": "mock_electron.trials.outcomes",
    "TrialRun": "mock_electron.trials.outcomes",
    "Turn": "mock_electron.traffic.turn",
    "Turns": "mock_electron.traffic.turns",
    "UnansweredWhenWarning": "mock_electron.testing.categories",
    "Usage": "mock_electron.wire.reply",
    "WhatIf": "mock_electron.traffic.comparison.what_if",
    "When": "mock_electron.testing.scripting",
    "call": "mock_electron.model.scripted",
    "fail": "mock_electron.engine.faults.replacement",
    "read_journal": "mock_electron.traffic.reading",
    "reply": "mock_electron.model.scripted",
}
_SUBMODULES: Final = {
    "faults": (),
    "audit": ("Audit", "Finding", "Repair", "Rule", "Saving", "Thresholds", "Verdict"),
    "contract": ("Contract", "ContractSuite", "Target", "check", "select"),
    "strategies": (
        *("chat_requests", "conversations", "invalid_chat_requests", "replies", "streams"),
        *("tool_schemas", "tools"),
    ),
}
"""The public modules, and their names that a user may look for in this package."""
_FIXTURES: Final = (
    *("electron", "electron_contract", "electron_env", "electron_lane", "electron_server"),
    *("electron_session", "electron_target"),
)
"""The fixtures of the pytest plugin."""
__all__ = [
    "Alternative",
    "ApiError",
    "BadCell",
    "CacheMiss",
    "Call",
    "ChatRequest",
    "Draft",
    "Electron",
    "ErrorName",
    "Exchange",
    "Exchanges",
    "Explanation",
    "FaultReport",
    "FinishReason",
    "JournalError",
    "LaneClock",
    "LateRequestWarning",
    "Message",
    "MockElectron",
    "Outcome",
    "Pace",
    "PaceName",
    "Plan",
    "PlanName",
    "Problem",
    "Rates",
    "Reply",
    "ScriptError",
    "Scripted",
    "Settings",
    "ShadowedStepWarning",
    "StillInFlightError",
    "TokenLogprob",
    "Tool",
    "ToolCall",
    "TrialOutcome",
    "TrialRun",
    "Turn",
    "Turns",
    "UnansweredWhenWarning",
    "Usage",
    "WhatIf",
    "When",
    "__version__",
    "call",
    "fail",
    "faults",
    "read_journal",
    "reply",
]


def __getattr__(name: str) -> object:
    if name in _SUBMODULES:
        return import_module(f"{__name__}.{name}")
    if name not in _MODULES:
        from mock_electron.inputs.attributes import missing_name

        raise missing_name(_no_such_name(name), name)
    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    """Return the public names, for completion and `help()`, although they are not imported yet."""
    return list({name for name in globals() if name.startswith("__")} | set(__all__))


def _no_such_name(name: str) -> str:
    """Return the message for a name that this package does not have."""
    from mock_electron.engine.faults import catalogue
    from mock_electron.inputs.spelling import did_you_mean

    message = f"module {__name__!r} has no attribute {name!r}"
    if name in _FIXTURES:
        return f"{message}; {name} is a pytest fixture: make it an argument of the test"
    names = _SUBMODULES | {"faults": tuple(one for one in vars(catalogue) if one[0].isupper())}
    module = next((module for module, known in names.items() if name in known), "")
    if module:
        return f"{message}; write `from {__name__}.{module} import {name}`"
    hint = "" if name.startswith("_") else did_you_mean(name, __all__)
    return f"{message}.{hint}" if hint else message
