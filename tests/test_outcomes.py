"""A user function, which the server calls, can end the test with a failure, a skip or an exit."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from lanes import ask

from mock_electron import Electron, MockElectron
from mock_electron.testing.raised import outcome_of

TESTS = """
    import asyncio
    import sys
    import unittest

    import pytest
    from mock_electron import fail

    from raw_http import chat, user

    BODY = {"messages": user("Hi")}

    def throw(error):
        raise error

    END = {
        "fail": lambda: pytest.fail("no city"),
        "skip": lambda: pytest.skip("not today"),
        "unittest": lambda: throw(unittest.SkipTest("not today")),
        "xfail": lambda: pytest.xfail("a known problem"),
        "exit": lambda: sys.exit(3),
        "assert": lambda: throw(AssertionError("no city")),
        "cancelled": lambda: throw(asyncio.CancelledError()),
        "base": lambda: throw(BaseException("stop")),
    }
    PLACES = {
        "respond_with": lambda e, f: e.respond_with(f),
        "when": lambda e, f: e.when(f).reply("x"),
        "a step": lambda e, f: e.when(says="Hi").respond_with(f),
        "inject": lambda e, f: e.inject(fail(503), when=f),
    }

    @pytest.mark.parametrize("swallows", [True, False])
    @pytest.mark.parametrize("how, place", [
        *((how, "respond_with") for how in END), *(("fail", place) for place in PLACES)
    ])
    def test_it(electron, how, place, swallows):
        PLACES[place](electron, lambda request: END[how]())
        response = chat(electron, BODY)
        error = response.json["error"]
        if not (
            response.status == 500
            and error["request_id"] == response.headers["x-request-id"]
            and [e.answered_by for e in electron.exchanges] == ["function"]
        ):
            raise KeyboardInterrupt("the envelope or the exchange is missing")
        assert swallows

    def test_an_error_of_the_function_is_no_outcome(electron):
        electron.respond_with(lambda request: 1 / 0)
        assert chat(electron, BODY).status == 500

    def test_another_failure_stays(electron):
        assert chat(electron, BODY).status == 201
"""


@pytest.fixture
def outcomes(pytester: pytest.Pytester) -> pytest.RunResult:
    pytester.makepyfile(TESTS)
    return pytester.runpytest_inprocess("-rs")


def test_the_test_ends_as_its_function_asks(outcomes: pytest.RunResult) -> None:
    """The client gets the envelope, the journal has the exchange, and the test has the outcome."""
    outcomes.assert_outcomes(failed=19, passed=1, skipped=4, xfailed=2)
    outcomes.stdout.fnmatch_lines(["*SKIPPED*not today*"])
    outcomes.stdout.fnmatch_lines(["E * Failed: no city"])
    outcomes.stdout.fnmatch_lines(["*#0 turn 1 'Hi' -> Failed: no city | 500 | refused, function"])
    outcomes.stdout.no_fnmatch_line("*mock_electron/*.py:*: *")  # no frame of the fake


def test_exit_ends_the_run(pytester: pytest.Pytester) -> None:
    """`pytest.exit()` and KeyboardInterrupt in a user function end the run."""
    pytester.makepyfile(
        """
        import pytest
        from raw_http import chat, user

        def test_first(electron):
            electron.respond_with(lambda request: pytest.exit("enough"))
            chat(electron, {"messages": user("Hi")})

        def test_second():
            assert False
        """
    )
    result = pytester.runpytest_inprocess()
    result.stdout.fnmatch_lines(["*Exit: enough*"])
    result.assert_outcomes(failed=0)


@pytest.mark.parametrize("error", [SystemExit(3), AssertionError("no city"), BaseException("stop")])
def test_the_end_of_a_block_raises_it_again(error: BaseException) -> None:
    """MockElectron does the same outside pytest's fixture."""

    def broken(request: object) -> Any:
        raise error

    def run() -> None:
        with MockElectron() as electron:
            electron.respond_with(broken)
            assert ask(electron._lane).status == 500

    with pytest.raises(type(error)) as raised:
        run()
    assert raised.value is error


def test_the_first_outcome_counts() -> None:
    """An ordinary error of the function is not an outcome."""
    errors: list[BaseException] = [ValueError("x"), asyncio.CancelledError(), SystemExit(3)]
    mock = MockElectron()
    raising: list[Callable[[], BaseException]] = [lambda e=e: e for e in errors]  # type: ignore[misc]  # mypy cannot infer a default
    lane = mock._lane

    def broken(request: object) -> Any:
        raise raising.pop(0)()

    lane.respond_with(broken)
    assert outcome_of(lane) is None
    statuses = [ask(lane).status for _ in errors]
    assert statuses == [500] * 3
    assert outcome_of(lane) is errors[1]
    assert outcome_of(lane, (ValueError,)) is errors[0]


class OddError(Exception):
    """An exception that cannot be written."""

    def __str__(self) -> str:
        raise ValueError("no text")


class Neither:
    """A value without a truth value, as an array has none."""

    def __bool__(self) -> bool:
        raise OddError


def odd(_: object) -> Any:
    raise OddError


def neither(_: object) -> Any:
    return Neither()


ODD: dict[str, Callable[[Electron], object]] = {
    "respond_with": lambda e: e.respond_with(odd),
    "when": lambda e: e.when(odd).reply("x"),
    "the truth value for when": lambda e: e.when(neither).reply("x"),
    "the truth value for fail": lambda e: e.fail(503, when=neither),
}


@pytest.mark.parametrize("place", ODD.values(), ids=ODD.keys())
def test_an_odd_exception_is_recorded_as_that_of_the_function(
    place: Callable[[Electron], object], caplog: pytest.LogCaptureFixture
) -> None:
    """Even if it cannot be written. The log does not blame the mock."""
    with MockElectron() as electron:
        place(electron)
        assert ask(electron._lane).status == 500
        last = electron.exchanges.last
        electron.reset("exchanges")
        electron._lane.raised.clear()
    assert last.raised == "OddError: <its __str__ raises an exception>"
    assert last.answered_by == "function"
    assert "mock-electron failed" not in caplog.text
