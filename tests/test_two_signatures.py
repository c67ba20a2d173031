"""The functions `reply` and `fail`, and the methods of `electron` with the same names."""

import re
from inspect import signature
from pathlib import Path
from typing import Any, get_type_hints

from mock_electron import Electron, fail, reply
from mock_electron.engine.faults.replacement import FailOptions
from mock_electron.testing.scripting import FailStepOptions, StepWriter
from mock_electron.testing.world_controls import InjectOptions

DOCS = Path(__file__).parent.parent / "docs"
ONLY_METHODS: dict[Any, set[str]] = {
    reply: {*signature(StepWriter.reply).parameters}
    - {*signature(reply).parameters}
    - {"self", "what"},
    fail: {*get_type_hints(FailStepOptions), *get_type_hints(InjectOptions)}
    - {*get_type_hints(FailOptions)},
}


def test_an_argument_of_the_method_alone_names_the_method(electron: Electron) -> None:
    """The message of the function has the call of the method, and that call is accepted."""
    wrong = {}
    known: dict[str, Any] = {"headers": {}, "function": lambda _request: True, "electron": electron}
    for function, names in ONLY_METHODS.items():
        for name in sorted(names):
            given: dict[str, Any] = {name: None}
            try:
                function("Hi!" if function is reply else 503, **given)
            except TypeError as error:
                start, form = str(error).split("; write ")
                eval(form.replace("{…}", "headers"), known)  # noqa: S307 (the form is in this repository)
                if (
                    start == f"{function.__name__}() got an unexpected keyword argument {name!r}"
                    and name in form
                ):
                    continue
                wrong[name] = str(error)
            else:
                wrong[name] = "accepted"
    assert wrong == {}
    assert sum(map(len, ONLY_METHODS.values())) == 8


def test_the_page_says_which_arguments_the_functions_lack() -> None:
    """docs/scripts.md names the arguments of a step, which the function `reply` does not accept."""
    text = (DOCS / "scripts.md").read_text(encoding="utf-8")
    [named] = re.findall(r"^(.*) belong to a step\. The imported functions", text, re.MULTILINE)
    assert {*re.findall("`([a-z]+)`", named)} == ONLY_METHODS[reply]


def test_the_page_says_what_a_method_without_a_result_returns(electron: Electron) -> None:
    """It is not None, so no page says so of these methods."""
    method: Any = electron.fail  # type checkers see None as its result
    assert method(503, every=2) is not None
    claims = re.compile(r"`electron\.(fail|inject|fragment|drift)[^`]*` returns None")
    assert [p.name for p in DOCS.glob("*.md") if claims.search(p.read_text(encoding="utf-8"))] == []
