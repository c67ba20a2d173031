"""Wrong values are refused where they are written, and each message says what to write."""

import copy
import pickle
import re
from collections.abc import Callable
from typing import Any, Final

import pytest
from lanes import ask
from rows import each

import mock_electron
from mock_electron import Call, Electron, Pace, Plan, Settings, Usage, fail, faults
from mock_electron.engine.faults.by_name import FAULTS
from mock_electron.engine.lane import Lane
from mock_electron.inputs.values import required_fields
from mock_electron.plugin.lanes import TestLanes
from mock_electron.scripts import loads

Use = tuple[Callable[[Any], object], str]


def electron() -> Electron:
    return Electron(Lane(), "http://mock")


def refused(row: Use) -> None:
    """Assert that a use raises one of these errors, and that its message has these words."""
    use, words = row
    with pytest.raises((TypeError, ValueError, AttributeError)) as raised:
        use(electron())
    assert words in str(raised.value)


def by_words(uses: list[Use]) -> dict[str, Use]:
    return {f"{number}: {words}": (use, words) for number, (use, words) in enumerate(uses)}


async def is_async(_exchange: object) -> bool:
    return True


FILTERS: Final[list[Use]] = [
    (lambda e: e.exchanges.where(200), "where() must be a function of the exchange, got 200; write "),
    (lambda e: e.exchanges.where(200), "write where(status=200)"),
    (lambda e: e.exchanges.where("Hi"), "write where(says='Hi')"),
    (lambda e: e.exchanges.where(re.compile("H.")), "write where(says=re.compile('H.'))"),
    (lambda e: e.exchanges.where(2), "write where(turn=2)"),
    (lambda e: e.exchanges.where({"turn": 2}), "give conditions by name, such as where(says="),
    (lambda e: e.exchanges.where(is_async), "a plain function, not an async one"),
    (lambda e: e.exchanges.where(lambda: True), "a function of one argument, the exchange"),
    (lambda e: e.assert_called(1), "write assert_called(times=1)"),
    (lambda e: e.assert_called(503), "write assert_called(status=503)"),
    (lambda e: e.assert_called("Hi"), "write assert_called(says='Hi')"),
    (lambda e: e.assert_called(True), "such as assert_called(says='weather')"),
    (lambda e: e.assert_cancelled(2), "write assert_cancelled(within_chunks=2)"),
    (lambda e: e.assert_cancelled("Hi"), "write assert_cancelled(says='Hi')"),
    (lambda e: e.assert_cache_hit_rate(0.8), "Write assert_cache_hit_rate(at_least=0.8)"),
    (lambda e: e.assert_cache_hit_rate(0.8, at_least=0.8), "write assert_cache_hit_rate(at_least=0"),
    (lambda e: e.assert_cache_hit_rate("Hi", at_least=0.8), "_rate(says='Hi')"),
    (lambda e: e.assert_peak_in_flight(3), "Write assert_peak_in_flight(at_most=3)"),
    (lambda e: e.assert_tool_results_answered("f"), "answered(except_for=['hang_up'])"),
]  # fmt: skip
ASSERTED: Final[list[Use]] = [
    (lambda e: e.assert_called(times=-1), "times must be an integer of at least 0, or None, got -1"),
    (lambda e: e.assert_retried(503.0), "kind must be a status such as 503, or the name of an err"),
    (lambda e: e.assert_retried(True), "kind must be a status such as 503"),
    (lambda e: e.assert_retried(None), "kind must be a status such as 503"),
    (lambda e: e.assert_retried([503]), "kind must be a status such as 503"),
    (lambda e: e.assert_retried(200), "unknown failure 200"),
    (lambda e: e.assert_retried(503, "2"), "times must be an integer of at least 0, got '2'"),
    (lambda e: e.assert_retried(503, -1), "times must be an integer of at least 0, got -1"),
    (lambda e: e.assert_retried(503, None), "times must be an integer of at least 0, got None"),
    (lambda e: e.assert_retried(503, min_pause="1"), "min_pause must be a number of seconds from 0"),
    (lambda e: e.assert_retried(503, min_pause=-1), "min_pause must be a number of seconds from 0"),
    (lambda e: e.assert_retried(503, min_pause=float("nan")), "min_pause must be a number of sec"),
    (lambda e: e.assert_cancelled(within_chunks="2"), "within_chunks must be an integer of at lea"),
    (lambda e: e.assert_cancelled(within_chunks=-1), "within_chunks must be an integer of at lea"),
    (lambda e: e.assert_cancelled(turn=0), "turn must be an integer of at least 1, got 0"),
    (lambda e: e.assert_cancelled(says=""), "says must not be empty"),
    (lambda e: e.assert_cache_hit_rate(at_least=80), "at_least must be a number from 0 to 1, got 80"),
    (lambda e: e.assert_peak_in_flight(at_most=-1), "at_most must be an integer of at least 0"),
    (lambda e: e.assert_tool_results_answered(except_for=5), "except_for must be a list of names"),
    (lambda e: e.assert_tool_results_answered(except_for=[5]), "except_for: "),
]  # fmt: skip


@each(by_words(FILTERS))
def test_an_argument_without_a_name_says_which_name_it_needs(row: Use) -> None:
    """A filter takes one function without a name, whether or not there are exchanges."""
    refused(row)


@each(by_words(ASSERTED))
def test_assertions_check_their_arguments_before_the_requests(row: Use) -> None:
    """A wrong argument is a TypeError or ValueError, although no request was received."""
    refused(row)


# --- values

REQUIRED: Final[dict[str, Any]] = {
    "seconds": 2,
    "by": 5,
    "prompt_tokens": 5,
    "completion_tokens": 1,
    "name": "f",
    "arguments": "{}",
    "error": fail(503).error,
}
"""Valid values of the fields without a default."""
VALUES: Final[tuple[Any, ...]] = (*FAULTS.values(), faults.Fail, Usage, Plan, Pace, Call, Settings)


def required(kind: Any) -> dict[str, Any]:
    return {name: REQUIRED[name] for name in required_fields(kind)}


@each(
    {f"{kind.__name__}.{name}": (kind, name) for kind in VALUES for name in kind.__struct_fields__}
)
def test_every_field_of_a_value_is_checked(row: tuple[Any, str]) -> None:
    """An object of a foreign type is refused when the value is made, not by a request."""
    kind, name = row
    with pytest.raises((TypeError, ValueError), match=rf"{name}|unknown error"):
        kind(**required(kind) | {name: object()})


@each({kind.__name__: kind for kind in VALUES})
def test_constructors_name_wrong_arguments(kind: Any) -> None:
    """No message has an internal name, and valid values can be copied and pickled."""
    value = kind(**required(kind))
    assert pickle.loads(pickle.dumps(value)) == copy.deepcopy(value) == value  # noqa: S301 (made here)
    for arguments, options in ((range(99), {}), ((), {"nonsense": 1})):
        with pytest.raises(TypeError, match=rf"^{kind.__name__}\(\) (accepts|got)"):
            kind(*arguments, **options)
    if required(kind):
        with pytest.raises(TypeError, match=rf"^{kind.__name__}\(\) needs the argument "):
            kind()


class Untyped:
    """Names without their types, for calls that a type checker refuses."""

    call: Any = staticmethod(mock_electron.call)
    fail: Any = staticmethod(fail)
    Fail: Any = faults.Fail
    Mock: Any = mock_electron.MockElectron
    Usage: Any = Usage
    Call: Any = Call
    open: Any = TestLanes.open


CONSTRUCTED: Final[list[Use]] = [
    (lambda _: Untyped.Fail(503), "Fail.error must be an ApiError, got 503; write fail(503)"),
    (lambda _: Untyped.Fail("overloaded"), "got 'overloaded'; write fail('overloaded')"),
    (lambda _: Untyped.Usage("a", "b"), "usage.prompt_tokens must be an integer of at least 0"),
    (lambda _: Usage(5, -1), "usage.completion_tokens must be an integer of at least 0, got -1"),
    (lambda _: Usage(5, 1, 6), "usage.cached_tokens must be at most usage.prompt_tokens, 5, got 6"),
    (lambda _: Untyped.Usage(5), "Usage() needs the argument completion_tokens"),
    (lambda _: Untyped.Call("f", {"a": 1}), "Call.arguments must be JSON text, got {'a': 1}; write"),
    (lambda _: Untyped.call(name="f", city="Pune"), "write call('f', city='Pune')"),
    (lambda _: Untyped.call(city="Pune"), "write call('get_weather', city='Pune')"),
    (lambda _: Untyped.call(), "call() needs the name of the tool"),
    (lambda _: Untyped.Mock("standard"), "MockElectron() takes settings by name, got 'standard'"),
    (lambda _: Untyped.Mock("standard"), "write MockElectron(plan='standard')"),
    (lambda _: Untyped.Mock("real"), "write MockElectron(clock='real')"),
    (lambda _: Untyped.Mock("a.yaml"), "write MockElectron(script='a.yaml')"),
    (lambda _: Untyped.Mock(7), "write MockElectron(seed=7)"),
    (lambda _: Untyped.open(None, "electron"), "write electron_lane(pace='electron')"),
    (lambda e: e.load({"steps": []}), "path must be the path of a file, got {'steps': []}"),
    (lambda e: e.load(["a.yaml"]), "got ['a.yaml']; load one file at a time"),
    (lambda e: e.load(5), "path must be the path of a file, got 5"),
    (lambda e: e.exchanges.save(5), "path must be the path of a file, got 5; write save('story.ya"),
    (lambda e: e.reply("x").inject(), "inject() needs at least one fault"),
    (lambda e: e.when(turn=1).inject(), "inject() needs at least one fault"),
    (lambda e: e.fail(503, as_date="no", retry_after=1), "as_date must be True or False"),
    (lambda e: e.explain_miss("1"), "number must be an integer of at least 0, got '1'"),
    (lambda e: e.explain_miss(-1), "number must be an integer of at least 0, got -1"),
    (lambda e: e.explain_miss(12), "no exchange has the number 12; there are no exchanges"),
]  # fmt: skip


@pytest.mark.filterwarnings("ignore:.*without an answer")
@each(by_words(CONSTRUCTED))
def test_wrong_arguments_name_the_right_form(row: Use) -> None:
    """No message is one of Python's own."""
    refused(row)


def test_explain_miss_says_which_exchange_is_wrong() -> None:
    """An exchange instead of its number, a number that does not exist, one without a reply."""
    mock = electron()
    mock.fail(503)
    ask(mock._lane, "Hi")
    explain: Any = mock.explain_miss
    with pytest.raises(TypeError, match=r"the number of an exchange.*; write explain_miss\(0\)$"):
        explain(mock.exchanges.last)
    with pytest.raises(ValueError, match=r"^no exchange has the number 1; the only one is 0$"):
        explain(1)
    with pytest.raises(ValueError, match=r"^exchange #0 has no reply: #0 .* 503"):
        explain(0)


# --- small messages

SMALL: Final[list[Use]] = [
    (lambda e: e.fail(status=503), "Write fail(503)."),
    (lambda e: e.when(turn=1).fail(code=503), "Write fail(503)."),
    (lambda _: Untyped.fail(status=503), "Write fail(503)."),
    (lambda e: e.reply(text="Hi!"), "write reply('Hi!')"),
    (lambda e: e.when(temperature=0), "unknown condition 'temperature'; write parameters={'temperat"),
    (lambda e: e.exchanges.where(seed=7), "unknown condition 'seed'; write parameters={'seed': 7}"),
    (lambda e: e.when(text="x"), "unknown condition 'text'; write says='x'"),
    (lambda e: e.when(sayz="x"), "Did you mean 'says'?"),
    (lambda e: e.reset("script exchanges"), "write reset('script', 'exchanges')"),
    (lambda e: e.reset("script, cache"), "write reset('script', 'cache')"),
    (lambda e: e.reset(["faults", "limits"]), "write reset('faults', 'limits')"),
    (lambda e: e.reset("scrpt"), "Did you mean 'script'?"),
    (lambda e: e.respond_with(lambda: "x"), "respond_with() must be a function of one argument, the"),
    (lambda e: e.when(turn=1).respond_with(lambda a, b: "x"), "must be a function of one argument"),
    (lambda e: e.when(lambda: True), "the argument of when() must be a function of one argument"),
    (lambda e: e.fail(503, when=lambda: True), "when must be a function of one argument"),
    (lambda e: e.journal, "write electron.exchanges"),
    (lambda e: e.requests, "write electron.exchanges"),
    (lambda e: e.calls, "write electron.exchanges"),
    (lambda e: e.first, "write electron.exchanges[0]"),
    (lambda e: e.exchanges.first, "write exchanges[0]"),
]  # fmt: skip


@pytest.mark.filterwarnings("ignore:.*without an answer")
@each(by_words(SMALL))
def test_small_mistakes_name_the_right_form(row: Use) -> None:
    """Names of other libraries, and functions that cannot be called with one argument."""
    refused(row)


def test_a_function_with_more_optional_arguments_is_accepted() -> None:
    """Only a function that cannot be called with the request alone is refused."""
    mock = electron()
    mock.respond_with(lambda request, *more, other=None: "x")
    mock.respond_with(str)
    mock.when(bool).reply("x")
    assert not mock.exchanges.where(bool)


@each({str(row): row for row in ((200, "fail"), (530, "fail"), ("nope", "assert_retried"))})
def test_a_name_that_is_not_near_is_not_suggested(row: tuple[Any, str]) -> None:
    """Two letters or digits in common are not enough for a short name."""
    value, method = row
    with pytest.raises(ValueError, match="expected one of") as raised:
        getattr(electron(), method)(value)
    assert "Did you mean" not in str(raised.value)


def test_an_empty_sequence_says_why() -> None:
    """Nothing was received, or nothing was selected."""
    mock = electron()
    with pytest.raises(
        IndexError, match=r"there are 0: no request .* at http://mock was received$"
    ):
        assert mock.exchanges.last
    ask(mock._lane, "Hi")
    with pytest.raises(IndexError, match=r"there are 0: no exchange was selected$"):
        assert mock.exchanges.where(turn=3).last


def test_the_cache_hit_rate_names_its_conditions() -> None:
    """The message of the assertion has the conditions, and says whether any request met them."""
    mock = electron()
    ask(mock._lane, "Hi")
    expected = "rate of at least 0.8 with turn=3, but no request meets the conditions"
    with pytest.raises(AssertionError, match=expected):
        mock.assert_cache_hit_rate(at_least=0.8, turn=3)
    mock.fail(503)
    ask(mock._lane, "Ho")
    with pytest.raises(AssertionError, match="with status=503, but it has no reply"):
        mock.assert_cache_hit_rate(at_least=0.8, status=503)


SCRIPTS: Final[dict[str, str]] = {
    "reply: It's 31: warm": "at column 17; a text with a colon and a space needs quotation marks",
    "reply: 'It's warm'": "at column 14; a text with quotation marks needs other quotation marks",
    "reply: @home": "a text that begins with this character needs quotation marks",
    "reply: *home": "a text that begins with * needs quotation marks",
    "reply: {{user.content}}": "write {{…}} in quotation marks",
    "reply: {calls: [{name: f, arguments: {a: b}}]}": "write a call as {get_weather: {city: Pune}}",
    "{reply: a, when: {temperature: 0}}": "unknown condition 'temperature'. It goes inside parameters.",
}


@each({text: (text, words) for text, words in SCRIPTS.items()})
def test_script_files_name_the_right_form(row: tuple[str, str]) -> None:
    """Texts that YAML reads as something else, and calls in the format of OpenAI."""
    text, words = row
    with pytest.raises(mock_electron.ScriptError) as raised:
        loads(f"steps:\n- {text}\n".encode(), "story.yaml")
    assert "story.yaml:2: " in str(raised.value)
    assert words in str(raised.value)


def test_the_log_shows_the_user_function_only(caplog: pytest.LogCaptureFixture) -> None:
    """No frame of this package, no chained traceback, and the line of the function."""

    def nothing(_request: object) -> Any:
        return None

    def fails(_request: object) -> Any:
        raise KeyError("city")

    mock = electron()
    for function in (nothing, fails):
        mock.respond_with(function)
        ask(mock._lane, "Hi")
    first, second = (record.getMessage() for record in caplog.records)
    line = nothing.__code__.co_firstlineno
    assert "returned None; it must return a text" in first
    assert first.rstrip().endswith(f"it is defined at test_wrong_values.py:{line}")
    assert "Traceback" not in first
    assert "in fails" in second
    assert "mock_electron/" not in first + second


def test_a_step_with_only_faults_ends_the_search() -> None:
    """The pocket model answers, and no later step is used."""
    mock = electron()
    mock.when(says="Hi").inject(faults.Crlf())
    mock.reply("c")
    mock.respond_with(lambda _: "d")
    ask(mock._lane, "Hi")
    assert mock.exchanges.last.step == 1
    assert mock.exchanges.texts not in (["c"], ["d"])


def test_the_short_report_has_the_line_of_the_test(pytester: pytest.Pytester) -> None:
    """`--tb=line` and the summary name the test, not a file of this package."""
    pytester.makepyfile(
        """
        def test_index(electron):
            electron.exchanges.last
        """
    )
    shown = pytester.runpytest_inprocess("--tb=line").stdout.str()
    assert "test_the_short_report_has_the_line_of_the_test.py:2: IndexError: no exchange" in shown
    assert "mock_electron/" not in shown
