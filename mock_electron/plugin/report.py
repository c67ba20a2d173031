"""The report of a failed test: its exchanges, hints, and the command that runs it again."""

import os
import shlex
from collections.abc import Iterable, Iterator
from typing import Final

import pytest

from mock_electron.engine.exchange import Exchange
from mock_electron.engine.summary import MAX_REASON
from mock_electron.plugin.cause import Cause
from mock_electron.plugin.options import ALL_OPTIONS, INI, as_flag
from mock_electron.testing.categories import NO_ANSWER, WITHOUT_ANSWER
from mock_electron.testing.electron import Electron
from mock_electron.testing.failing import NO_CHAT_REQUEST, NO_REQUEST, request_hints
from mock_electron.testing.interceptors import advice_after
from mock_electron.testing.unawaited import may_be_awaited, unawaited
from mock_electron.testing.wrong_calls import wrong_calls
from mock_electron.traffic.lines import lines
from mock_electron.wire import errors

MOST_SHOWN: Final = 30
"""The maximum number of exchanges of one lane that the report of a test shows."""


def exchanges_section(electron: Electron, reason: str, cause: Cause) -> str:
    """Return the exchanges of one lane, unless the text of the failure lists them already.

    Args:
        electron: The lane.
        reason: The text of the failure.
        cause: The cause of the failure.
    """
    exchanges = electron.exchanges_so_far.with_others
    shown = exchanges[-MOST_SHOWN:]
    left_out = len(exchanges) - len(shown) + exchanges.dropped
    earlier = f"  ({left_out} earlier)\n" if left_out else ""
    is_listed = bool(shown) and all(str(exchange) in reason for exchange in shown)
    listed = "  listed above" if is_listed else f"{earlier}{lines(shown)}"
    text = [f"Exchanges at {electron._url}, seed {electron.settings.seed}:", listed]
    is_explained = NO_REQUEST in reason or NO_CHAT_REQUEST in reason
    is_unawaited = any(map(may_be_awaited, cause.objects))
    may_explain = cause.hints or is_unawaited or electron.exchanges_so_far
    found = [*advice_after(cause.errors, electron._name), *wrong_calls(electron, cause.errors)]
    if not is_explained and cause.is_mistake:  # such as an attribute of a coroutine
        found += [one.hint for one in unawaited(cause.frames, cause.objects)]
    if not is_explained and may_explain:
        found += request_hints(electron, cause.frames, found, cause.test)
    found += _unanswered(electron, reason)
    text += [f"Hint: {hint}" for hint in dict.fromkeys(found) if hint not in reason]
    return "\n".join([*text, *_refusals(shown, reason)])


def _unanswered(electron: Electron, reason: str) -> list[str]:
    """Return a line for each `when(…)` without an answer that a failure does not list already."""
    pending = [one for one in electron._lane.pending if not one.answered]
    listed = [one for one in pending if f"{one.location}: {WITHOUT_ANSWER}" in reason]
    return [f"{one.location}: {NO_ANSWER}" for one in pending if one not in listed]


def _refusals(exchanges: Iterable[Exchange], reason: str) -> Iterator[str]:
    """Yield what the lines of a strict lane's refusals leave out: why each step did not match.

    The text of the failure may have it already, from the assertion or from the client's error.
    """
    for exchange in exchanges:
        if exchange.error is not None and exchange.error.name == errors.NOT_SCRIPTED.name:
            head, *steps = exchange.error.message.split("\n")
            steps = [head, *steps] if len(head) > MAX_REASON else steps
            if steps and not all(_is_in(reason, step) for step in steps):
                yield "\n".join([f"#{exchange.number}:", *steps])


def _is_in(reason: str, line: str) -> bool:
    """Return whether a text has a line, perhaps inside the `repr` of a string."""
    return line in reason or repr(line)[1:-1] in reason


def replay_command(item: pytest.Item, seed: int) -> str:
    """Return the line with the command that runs only this test, with the options of this run.

    Args:
        item: The test.
        seed: The seed of the markers and options. A lane that sets its own seed sets it again.
    """
    config = item.config
    path = os.path.relpath(item.path, config.invocation_params.dir)
    _, *names = item.nodeid.split("::")
    given = {name: config.getoption(INI + name) for name in ALL_OPTIONS}
    given["seed"] = str(seed)
    given["api_keys"] = None  # keys must not appear in logs
    flags = [as_flag(name, text) for name, text in given.items() if text is not None]
    return "Replay: " + shlex.join(
        ["pytest", "::".join([path, *names]), *_ini_flags(config), *flags]
    )


def _ini_flags(config: pytest.Config) -> Iterator[str]:
    """Yield the flags that select or override the ini file, which contains settings too."""
    for flag, name in (("--config-file", "inifilename"), ("--rootdir", "rootdir")):
        if config.getoption(name):
            yield f"{flag}={config.getoption(name)}"
    for override in config.getoption("override_ini") or ():
        yield f"--override-ini={override}"
