"""inputs/: checks of values, suggestions of names, and keyword arguments of decorated functions."""

import copy
import pickle
import re
import subprocess
import sys
from collections.abc import Callable, Collection, Iterable
from inspect import signature
from math import inf, nan
from typing import Any, ClassVar, Final, TypedDict, Unpack

import pytest
from rows import each_of

import mock_electron
from mock_electron._regex import regex
from mock_electron.contract import Target
from mock_electron.engine.faults.header import parse_header
from mock_electron.inputs import checks, spelling
from mock_electron.inputs.attributes import SuggestsNames
from mock_electron.inputs.keywords import checked_keywords
from mock_electron.inputs.spelling import MOST_NAMES, MOST_WORK, did_you_mean, unknown
from mock_electron.inputs.values import CheckedValue
from mock_electron.serve.http_syntax import Framing
from mock_electron.wire.body import plain_body
from mock_electron.wire.errors import Refusal

PLANS: Final = ("unlimited", "standard")


def error_of(function: Callable[[], object]) -> str:
    """Return the type and the message of the error that the function raises."""
    with pytest.raises((TypeError, ValueError, AttributeError)) as caught:
        function()
    return f"{type(caught.value).__name__}: {caught.value}"


# --- numbers


@pytest.mark.parametrize("value", [True, "1", None, nan, -0.5, 1.5, [1]])
def test_a_boolean_a_string_and_nan_are_not_numbers(value: object) -> None:
    """number() and seconds() refuse booleans, other types, NaN, and numbers out of bounds."""
    expected = f"from 0 to 1, got {value!r}"
    assert error_of(lambda: checks.number("x", value, 0, 1)) == (
        f"ValueError: x must be a number {expected}"
    )
    assert error_of(lambda: checks.seconds("x", value, 1)) == (
        f"ValueError: x must be a number of seconds {expected}"
    )


@pytest.mark.parametrize("value", [0, 0.0, 0.5, 1])
def test_the_bounds_of_a_number_are_included(value: float) -> None:
    """number() and seconds() include both bounds."""
    assert checks.number("x", value, 0, 1) == checks.seconds("x", value, 1) == value


@pytest.mark.parametrize("value", [True, 1.0, "1", None, 0])
def test_only_an_integer_is_a_whole_number(value: object) -> None:
    """whole_number() accepts integers from the minimum, and nothing else."""
    assert checks.whole_number("x", 1, 1) == 1
    assert error_of(lambda: checks.whole_number("x", value, 1)) == (
        f"ValueError: x must be an integer of at least 1, got {value!r}"
    )


# --- values

ACCEPTED: Final[list[tuple[Callable[[], object], object]]] = [
    (lambda: checks.whole_number("seed", -3), -3),
    (lambda: checks.whole_number("times", 1, 1), 1),
    (lambda: checks.whole_number("size", 5, 1, 5), 5),
    (lambda: checks.whole_number("size", 5, most=5), 5),
    (lambda: checks.optional_whole_number("times", None, 1), None),
    (lambda: checks.optional_whole_number("times", 1, 1), 1),
    (lambda: checks.number("drift", 1, 0, 1), 1),
    (lambda: checks.number("drift", 0.25, 0, 1), 0.25),
    (lambda: checks.number("logprob", -1e300, most=0), -1e300),
    (lambda: checks.seconds("delay", 0), 0),
    (lambda: checks.seconds("delay", 3600, 3600.0), 3600),
    (lambda: checks.seconds("upload_timeout", 0.1, above_zero=True), 0.1),
    (lambda: checks.boolean("strict", False), False),
    (lambda: checks.choice("plan", "standard", PLANS), "standard"),
    (lambda: checks.choice("plan", "standard", {"standard": 1}), "standard"),
]


@each_of(ACCEPTED)
def test_a_check_returns_the_value(check: Callable[[], object], value: object) -> None:
    """A check returns the value unchanged, so that callers can use it inline."""
    assert check() is value or check() == value


REFUSED: Final[list[tuple[Callable[[], object], str]]] = [
    (lambda: checks.whole_number("seed", "x"), "seed must be an integer, got 'x'"),
    (lambda: checks.whole_number("seed", True), "seed must be an integer, got True"),
    (lambda: checks.whole_number("seed", 1.0), "seed must be an integer, got 1.0"),
    (lambda: checks.whole_number("times", 0, 1), "times must be an integer of at least 1, got 0"),
    (lambda: checks.whole_number("n", 6, most=5), "n must be an integer of at most 5, got 6"),
    (lambda: checks.whole_number("n", 6, 1, 5), "n must be an integer from 1 to 5, got 6"),
    (lambda: checks.whole_number("n", None, 1), "n must be an integer of at least 1, got None"),
    (
        lambda: checks.optional_whole_number("times", 0, 1),
        "times must be an integer of at least 1, or None, got 0",
    ),
    (lambda: checks.number("rate", 1.5, 0, 1), "rate must be a number from 0 to 1, got 1.5"),
    (lambda: checks.number("rate", False, 0, 1), "rate must be a number from 0 to 1, got False"),
    (lambda: checks.number("x", nan), "x must be a number, got nan"),
    (lambda: checks.number("x", inf), "x must be a number, got inf"),
    (lambda: checks.number("x", 1, most=0.5), "x must be a number of at most 0.5, got 1"),
    (lambda: checks.number("x", 0, 0.5), "x must be a number of at least 0.5, got 0"),
    (
        lambda: checks.seconds("delay", -1, 3600.0),
        "delay must be a number of seconds from 0 to 3600, got -1",
    ),
    (
        lambda: checks.seconds("wait", 0, 60, above_zero=True),
        "wait must be a number of seconds above 0, up to 60, got 0",
    ),
    (
        lambda: checks.seconds("delay", nan, 1),
        "delay must be a number of seconds from 0 to 1, got nan",
    ),
    (lambda: checks.boolean("strict", 1), "strict must be True or False, got 1"),
    (lambda: checks.boolean("strict", None), "strict must be True or False, got None"),
    (
        lambda: checks.choice("plan", "x", PLANS),
        "unknown plan 'x'; expected one of 'unlimited', 'standard'",
    ),
    (
        lambda: checks.choice("plan", "standrd", PLANS, alternative="a Plan"),
        "unknown plan 'standrd'; expected one of 'unlimited', 'standard', or a Plan. "
        "Did you mean 'standard'?",
    ),
    (
        lambda: checks.choice("plan", ["standard"], {"standard": 1}),
        "unknown plan ['standard']; expected 'standard'",
    ),
]


@each_of(REFUSED)
def test_a_check_names_what_is_wrong(check: Callable[[], object], message: str) -> None:
    """The ValueError names the value, says what it must be, and shows what was given."""
    assert error_of(check) == f"ValueError: {message}"


def test_a_function_must_be_callable_and_not_async() -> None:
    """check_function() raises TypeError, with a hint for a value that is not callable."""

    async def later(_request: object) -> bool:
        return True

    checks.check_function("when", len)
    assert error_of(lambda: checks.check_function("when", "x", hint="; give a function")) == (
        "TypeError: when must be a function of the request, got 'x'; give a function"
    )
    assert error_of(lambda: checks.check_function("when", later)) == (
        f"TypeError: when must be a plain function, not an async one, got {later!r}"
    )


# --- names


def test_the_nearest_name_is_suggested() -> None:
    """did_you_mean() returns a sentence with the nearest name, or nothing."""
    assert did_you_mean("sed", ["plan", "seed"]) == " Did you mean 'seed'?"
    assert did_you_mean("zzz", ["plan", "seed"]) == ""
    assert did_you_mean(7, ["plan"]) == ""
    compound = ["requests_per_minute", "in_flight", "peak_in_flight"]
    assert did_you_mean("peak", compound) == " Did you mean 'peak_in_flight'?"
    assert did_you_mean("rpm", compound) == " Did you mean 'requests_per_minute'?"
    assert did_you_mean("in", compound) == did_you_mean("if", compound) == ""
    assert did_you_mean("5033", [503, "seed"]) == " Did you mean 503?"


def compared(monkeypatch: pytest.MonkeyPatch, given: str, names: Iterable[str]) -> tuple[str, int]:
    """Return the suggestion, and the number of pairs of characters of all that were compared."""
    work = []

    def counted(given: str, names: Collection[str]) -> str:
        work.append(sum(len(given) * len(name) for name in names))
        return nearest(given, names)

    nearest = spelling._nearest
    with monkeypatch.context() as patch:
        patch.setattr(spelling, "_nearest", counted)
        return did_you_mean(given, names), sum(work)


@pytest.mark.parametrize("length", [2, 90])
@pytest.mark.parametrize("mistake", ["04711x", "x04711"])
def test_a_near_name_among_many_takes_limited_work(
    length: int, mistake: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clients give names too: lanes, tools, keys. The order of many names does not matter."""
    names = [f"{'x' * length}{number:05}" for number in range(10_000)]
    given = f"{'x' * length}{mistake}"
    suggestion, work = compared(monkeypatch, given, names)
    assert suggestion == f" Did you mean {names[4711]!r}?"
    assert 0 < work <= MOST_WORK
    assert compared(monkeypatch, given, names[::-1])[0] == suggestion


def test_a_near_name_among_short_ones_takes_limited_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each name takes time, however short it is."""
    names = [chr(0x4E00 + number) for number in range(10_000)]
    assert compared(monkeypatch, "y", names)[1] <= MOST_NAMES


def test_a_very_long_name_is_near_to_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """A body of megabytes may consist of one key, and so may the name of a tool."""
    assert compared(monkeypatch, "says" * 100_000, ["says"]) == ("", 0)
    assert compared(monkeypatch, "says", ["says" * 100_000])[1] == 0


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    """unknown() lists the known names. It suggests one if there are several."""
    assert unknown("tool", "aa", ["a"]) == "unknown tool 'aa'; expected 'a'"
    assert unknown("error", 50, [500, "x"]) == (
        "unknown error 50; expected one of 500, 'x'. Did you mean 500?"
    )
    assert unknown("tool", "b", ["a"]) == "unknown tool 'b'; expected 'a'"
    assert unknown("tool", "b", []) == "unknown tool 'b'; expected none"
    assert unknown("pace", "b", [], alternative="a Pace") == "unknown pace 'b'; expected a Pace"


class Thing(SuggestsNames):
    speed = 1
    _secret = 2


def test_a_missing_attribute_suggests_the_nearest() -> None:
    """SuggestsNames adds the nearest public name to an AttributeError."""
    thing: Any = Thing()
    assert error_of(lambda: thing.sped) == (
        "AttributeError: 'Thing' object has no attribute 'sped'. Did you mean 'speed'?"
    )
    assert error_of(lambda: thing._secre) == (
        "AttributeError: 'Thing' object has no attribute '_secre'"
    )
    assert not hasattr(thing, "sped")


def test_a_missing_attribute_has_one_hint() -> None:
    """Python does not add its own suggestion when it prints the error."""
    program = "from mock_electron import Electron\nfrom mock_electron.engine.lane import Lane\n"
    program += "Electron(Lane(), '').repy"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ran.stderr.splitlines()[-1] == (
        "AttributeError: 'Electron' object has no attribute 'repy'. Did you mean 'reply'?"
    )


# --- keyword arguments


class Basic(TypedDict, total=False):
    seed: int


class Options(Basic, total=False):
    clock: str


@checked_keywords
def plain(first: object = None, /, other: int = 0, *, named: int = 0) -> tuple[object, int, int]:
    """Return the arguments."""
    return first, other, named


@checked_keywords
def bare() -> None:
    """Accept no arguments."""


@checked_keywords
def unpacking(name: str = "", **options: Unpack[Options]) -> Options:
    """Return the options."""
    return options


def test_known_keywords_reach_the_function() -> None:
    """A decorated function receives its arguments, and keeps its name and docstring."""
    assert plain(1, other=2, named=3) == (1, 2, 3)
    assert unpacking("x", seed=1, clock="real") == {"seed": 1, "clock": "real"}
    assert (plain.__name__, plain.__doc__) == ("plain", "Return the arguments.")


@pytest.mark.parametrize(
    ("function", "keyword", "words"),
    [
        (plain, "namd", " Did you mean 'named'? It accepts other, named."),
        (plain, "first", " It accepts other, named."),
        (bare, "x", " It accepts no keyword arguments."),
        (unpacking, "sed", " Did you mean 'seed'? It accepts name, seed, clock."),
        (unpacking, "clok", " Did you mean 'clock'? It accepts name, seed, clock."),
        (unpacking, "options", " It accepts name, seed, clock."),
    ],
)
def test_an_unknown_keyword_suggests_the_nearest(
    function: Callable[..., object], keyword: str, words: str
) -> None:
    """The TypeError names the function and the keyword, and lists what is accepted.

    The keys of an unpacked TypedDict count, inherited ones included.
    """
    assert error_of(lambda: function(**{keyword: 1})) == (
        f"TypeError: {function.__name__}() got an unexpected keyword argument {keyword!r}.{words}"
    )


def test_a_method_does_not_list_self() -> None:
    """`self` is not one of the accepted names of a method."""

    class Holder:
        @checked_keywords
        def method(self, *, seed: int = 0) -> int:
            return seed

    holder: Any = Holder()
    assert holder.method(seed=2) == 2
    assert error_of(lambda: holder.method(x=1)).endswith("'x'. It accepts seed.")


class Point(CheckedValue, frozen=True):
    row: int = 0
    column: int = 0
    kind: ClassVar[str] = "point"

    @property
    def distance(self) -> int:
        return self.row + self.column


def test_an_unknown_field_suggests_the_nearest() -> None:
    """CheckedValue does for a constructor what checked_keywords does for a function."""
    make: Any = Point
    assert make(row=2) == Point(2)
    assert error_of(lambda: make(colum=1)) == (
        "TypeError: Point() got an unexpected keyword argument 'colum'. Did you mean 'column'? "
        "It accepts row, column."
    )
    assert error_of(lambda: make(kind="x")).endswith(" It accepts row, column.")
    assert error_of(lambda: make(distance=1)) == (
        "TypeError: Point() does not accept distance: it is computed from the other attributes"
    )
    assert "accepts 2 arguments without a name" in error_of(lambda: make(1, 2, 3))


def test_a_checked_value_is_an_ordinary_struct() -> None:
    """It can be copied and pickled, it keeps its signature, and it has no further attributes."""
    point = Point(1, column=2)
    unpickled = pickle.loads(pickle.dumps(point))  # noqa: S301 (the test made it)
    assert copy.copy(point) == copy.deepcopy(point) == unpickled == point
    assert list(signature(Point).parameters) == ["row", "column"]
    assert not hasattr(point, "__dict__")


def test_a_field_of_a_value_cannot_be_deleted() -> None:
    """The error is an AttributeError, as for an assignment."""
    point = Point(1)
    assert error_of(lambda: delattr(point, "row")) == (
        "AttributeError: attribute 'row' of 'Point' object cannot be deleted"
    )
    assert point.row == 1


def test_rich_prints_the_repr_of_a_value() -> None:
    """A value with a repr of its own has no other form for rich; fields of others are listed."""
    for own in (
        mock_electron.faults.Cut(after=1),
        mock_electron.call("f"),
        mock_electron.fail(503),
    ):
        assert type(own).__rich_repr__ is None
    assert mock_electron.Usage(1, 2).__rich_repr__()[0] == ("prompt_tokens", 1)


def test_secrets_are_not_shown() -> None:
    """Neither the repr, nor rich, nor an error for arguments without a name shows a key."""
    target = Target(base_url="http://localhost/v1", api_key="sk_secret")
    make: Any = Target
    shown = (
        f"{target!r} {target.__rich_repr__()} {mock_electron.Settings(api_keys=('sk_secret',))!r}"
    )
    assert "sk_secret" not in shown
    assert "sk_secret" not in error_of(lambda: make("http://localhost/v1", "sk_secret"))
    assert error_of(lambda: make(base_url="http://x/v1", api_key=b"sk_secret")) == (
        "TypeError: api_key must be a string, got a value of the type bytes"
    )
    assert error_of(lambda: make(base_url="http://x/v1", api_key=None)) == (
        "TypeError: api_key must be a string, got None"
    )
    assert error_of(lambda: make(base_url=None, api_key="sk")).startswith(
        "TypeError: base_url must be a string, got None"
    )


def test_a_lazy_pattern_can_be_copied_and_pickled() -> None:
    """Whether it was used or not."""
    lazy = regex("[0-9]+")
    for _ in range(2):
        copies = copy.copy(lazy), pickle.loads(pickle.dumps(lazy))  # noqa: S301 (the test made it)
        assert [one.findall("a 12") for one in copies] == [["12"], ["12"]]
        assert lazy.findall("a 12") == ["12"]


PUBLIC: Final[list[tuple[Callable[..., object], str]]] = [
    (mock_electron.Pace, "'eech'. Did you mean 'each'? It accepts first, each, jitter, overhead."),
    (mock_electron.Plan, "'in_fligt'. Did you mean 'in_flight'?"),
    (mock_electron.Usage, "'promt_tokens'. Did you mean 'prompt_tokens'?"),
    (mock_electron.Call, "'nam'. Did you mean 'name'?"),
    (mock_electron.Settings, "'sed'. Did you mean 'seed'?"),
    (mock_electron.reply, "'fillr'. Did you mean 'filler'?"),
    (Target, "'base_ur'. Did you mean 'base_url'?"),
    (mock_electron.faults.Cut, "'aftr'. Did you mean 'after'?"),
    (mock_electron.faults.Reset, "'after'. It accepts no keyword arguments."),
    (mock_electron.faults.UnknownTool, "'nam'. Did you mean 'name'? It accepts name."),
]


@each_of(PUBLIC)
def test_a_public_value_suggests_the_nearest_keyword(
    make: Callable[..., object], words: str
) -> None:
    """The values that a test creates refuse a misspelled keyword with the nearest one."""
    name = words.split("'")[1]
    assert f"got an unexpected keyword argument {words}" in error_of(lambda: make(**{name: 1}))


def test_untyped_options_cannot_be_checked() -> None:
    """checked_keywords refuses a function whose **kwargs do not name a TypedDict."""

    def untyped(**options: Any) -> None: ...

    def bare_options(**options) -> None: ...  # type: ignore[no-untyped-def]  # wrong on purpose

    for function in (untyped, bare_options):
        with pytest.raises(TypeError, match=re.escape("must type **options as Unpack")):
            checked_keywords(function)


def test_a_message_needs_no_repr_of_the_value() -> None:
    """Python refuses to write an integer of more than 4,300 digits."""
    assert checks.must_be("n", "small", 10**5000) == "n must be small, got a value of type int"


def test_a_long_value_is_cut_the_same_way_in_every_room() -> None:
    """A message shows at most 100 characters of a wrong value, and marks the cut."""
    long = "x" * 200
    rows: list[Callable[[], object]] = [
        lambda: mock_electron.Settings.of(seed=long),
        lambda: mock_electron.Settings.of(plan=long),
        lambda: parse_header(f"cut={long}"),
        lambda: parse_header(long),
        lambda: Framing([(b"transfer-encoding", long.encode())]),
        lambda: plain_body("", long, b"", 1),
    ]
    messages = []
    for make in rows:
        with pytest.raises((ValueError, Refusal)) as caught:
            make()
        messages.append(str(caught.value))
    shown = f"'{long[:98]}…"
    assert [text for text in messages if shown not in text] == []
