"""What to write instead of a method that another object has, or that comes in the wrong order."""

from collections.abc import Mapping
from typing import Any, Final

from mock_electron.engine.setting_table import SET_FORMS
from mock_electron.inputs.attributes import NoResult

OPTIONS_OF_REPLY: Final[Mapping[str, str]] = {
    "filler": "reply(call(…), filler='…')",
    "with_id": "reply(call(…).with_id('call_1'))",
    "every": "electron.inject(fault, every=2)",
    "rate": "electron.inject(fault, rate=0.1)",
    "pace": "reply(…, pace=…)",
    "headers": "reply(…, headers=…)",
    "finish_reason": "reply(…, finish_reason=…)",
    "usage": "reply(…, usage=…)",
    "logprobs": "reply(…, logprobs=…)",
}
OF_A_STEP: Final[Mapping[str, str]] = {
    "when": "electron.when(…).reply(…): the conditions come first",
    "reply": "each answer as its own statement",
    "fail": "each answer as its own statement",
    "respond_with": "each answer as its own statement",
    **OPTIONS_OF_REPLY,
}
OF_WHEN: Final[Mapping[str, str]] = {
    "times": "when(…).reply(…).times(2): the answer comes first",
    "cut": "when(…).reply(…).cut(after=3): the answer comes first",
    "when": "one when(…) with all conditions",
    "call": "when(…).reply(call(…))",
    "load": "electron.load(…)",
    **OPTIONS_OF_REPLY,
}
OF_ELECTRON: Final[Mapping[str, str]] = {
    "times": "electron.reply(…, times=2), or electron.reply(…).times(2)",
    "cut": "electron.reply(…).cut(after=3), or electron.inject(faults.Cut(after=3))",
    "call": "electron.reply(call(…)), with `from mock_electron import call`",
    "faults": "`from mock_electron import faults`",
    "advance": "electron.clock.advance(…)",
    "travel": "electron.clock.travel()",
    "last": "electron.exchanges.last",
    "failed": "electron.exchanges.failed",
    "texts": "electron.exchanges.texts",
    "where": "electron.exchanges.where(…)",
    "save": "electron.exchanges.save(…)",
    "requests": "electron.exchanges",
    "calls": "electron.exchanges",
    "history": "electron.exchanges",
    "journal": "electron.exchanges",
    "traffic": "electron.exchanges",
    "first": "electron.exchanges[0]",
    "exchange": "electron.exchanges.last",
}
SET_ON_ELECTRON: Final[Mapping[str, str]] = {
    **SET_FORMS,
    "travel": "`with electron.clock.travel():`, or @pytest.mark.electron(travel=True)",
    "script": "electron.load('fixtures/weather.yaml')",
    "api_key": "@pytest.mark.electron(api_keys=…)",
}
"""What to write instead of an assignment to an attribute of `electron`."""
NO_STEP: Final[Any] = NoResult(
    "fail", {"times": "fail(503, every=2, times=3)", "when": "fail(503, when=function)"}
)
"""What `fail` returns for an injected error. Type checkers see None."""
