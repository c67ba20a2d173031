"""Messages suggest only forms that work, and say what to write instead of a wrong use."""

import re
import socket
from collections.abc import Callable
from typing import Any

import pytest
from lanes import ask

from mock_electron import Electron, MockElectron, Plan, Settings, fail, faults
from mock_electron.engine.faults.by_name import FAULTS
from mock_electron.engine.lane import Lane

any_faults: Any = faults


def electron() -> Any:
    return Electron(Lane(Settings()), "http://mock")


PLAN = "'enterprise', or a Plan, or two integers of at least 1, such as 10:3"
PACE = "'p95', or a Pace, or times such as 174:5 or 174:5:0.2: milliseconds to the first token"
TABLE: list[tuple[Callable[[], object], type[Exception], str]] = [
    (lambda: electron().inject("rest"), TypeError, "got 'rest'. Did you mean faults.Reset()?"),
    (lambda: electron().inject("crlff"), TypeError, ". Did you mean faults.Crlf()?"),
    (lambda: electron().inject("stal=3"), TypeError, ". Did you mean faults.Stall(seconds=2)?"),
    (lambda: electron().reply("x").inject("rest"), TypeError, ". Did you mean faults.Reset()?"),
    (lambda: electron().inject("reset"), TypeError, "; write faults.Reset()"),
    (lambda: electron().fail("resett"), ValueError, ". Did you mean inject(faults.Reset())?"),
    (lambda: electron().when().fail("stal"), ValueError, "inject(faults.Stall(seconds=2))?"),
    (lambda: electron().fail("overloded"), ValueError, " Did you mean 'overloaded'?"),
    (lambda: electron().fail("reset"), TypeError, "; write inject(faults.Reset())"),
    (
        lambda: setattr(electron().settings, "seed", 5),
        AttributeError,
        "cannot be set; write @pytest.mark.electron(seed=…), electron_lane(seed=…) or Mock",
    ),
    (
        lambda: setattr(electron().settings, "plan", "standard"),
        AttributeError,
        "cannot be set; write electron.plan('standard')",
    ),
    (
        lambda: setattr(electron().settings, "sed", 5),
        AttributeError,
        "cannot be set. Did you mean 'seed'?",
    ),
    (lambda: electron().settings.sed, AttributeError, "Did you mean 'seed'?"),
    (lambda: setattr(electron(), "exchanges", 5), AttributeError, "object cannot be set"),
    (lambda: any_faults.Raw("data"), TypeError, "got 'data'; write Raw(['data'])"),
    (lambda: any_faults.Raw(b"data"), TypeError, "got b'data'; write Raw([b'data'])"),
    (lambda: electron().assert_retried(), TypeError, "kind. Write assert_retried(503)."),
    (lambda: electron().explain_miss(), TypeError, "number. Write explain_miss(1)."),
    (lambda: electron().load(), TypeError, "path. Write load('fixtures/weather.yaml')."),
    (lambda: electron().respond_with(), TypeError, "Write respond_with(lambda request: 'Hi!')."),
    (lambda: electron().when().respond_with(), TypeError, "Write respond_with(lambda request"),
    (lambda: electron().inject(), TypeError, "fault. Write inject(faults.Cut(after=3))."),
    (lambda: MockElectron(plan="5"), ValueError, PLAN),  # type: ignore[arg-type]  # the form that type checkers refuse
    (lambda: electron().plan("10"), ValueError, PLAN),
    (lambda: electron().plan("10:x"), ValueError, PLAN),
    (lambda: electron().pace("174:x"), ValueError, PACE),
    (lambda: electron().pace("174"), ValueError, PACE),
    (lambda: Settings(7), TypeError, "; write Settings(seed=7)"),  # type: ignore[call-arg]  # by name only
]


def test_a_wrong_use_gets_the_right_form() -> None:
    """The message ends with what to write."""
    wrong = []
    for use, kind, words in TABLE:
        with pytest.raises(kind) as caught:
            use()
        if words not in str(caught.value):
            wrong.append(str(caught.value))
    assert wrong == []
    assert MockElectron(plan="10:3")._lane.settings.plan == Plan(10, 3)  # type: ignore[arg-type]  # the form that type checkers refuse


def test_an_existing_attribute_is_not_suggested_again() -> None:
    """The attribute exists, but cannot be set."""
    for name in ("exchanges", "url"):
        with pytest.raises(AttributeError) as caught:
            setattr(electron(), name, 5)
        assert str(caught.value).endswith(f"attribute {name!r} of 'Electron' object cannot be set")


def test_every_suggested_fault_can_be_injected() -> None:
    """For a misspelled name of each fault, the message has a call that makes a fault."""
    wrong = []
    for name in FAULTS:
        with pytest.raises(TypeError) as caught:
            electron().inject(f"{name}x")
        form = str(caught.value).partition(" Did you mean ")[2].removesuffix("?")
        if not re.fullmatch(r"faults\.\w+\([\w=]*\)", form):
            wrong.append((name, str(caught.value)))
            continue
        electron().inject(eval(form, {"faults": faults}))  # noqa: S307 (the form is a call)
    assert wrong == []


def test_a_failure_without_retries_says_whether_there_was_one_to_retry() -> None:
    """If no request failed in this way, the client had nothing to retry."""
    mock = electron()
    ask(mock._lane)
    with pytest.raises(AssertionError, match="got 0: no request failed with 503\n"):
        mock.assert_retried(503)
    mock.inject(fail(503))
    ask(mock._lane)
    with pytest.raises(AssertionError, match="expected 1 retry after 503, got 0\n"):
        mock.assert_retried(503)


def test_a_port_that_is_in_use_is_named() -> None:
    """The message has the port, the reason and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with (
            pytest.raises(OSError, match=f"port {port} cannot be used: .+; use `port=0`"),
            MockElectron(port=port),
        ):
            pass
