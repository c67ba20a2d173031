"""The table of settings: every row is checked, read from text, and offered by every face."""

from collections.abc import Callable
from functools import partial
from inspect import signature
from itertools import product
from typing import Any, get_type_hints

import click
import pytest
from rows import each_of

from mock_electron import Electron, Pace, Plan, Settings
from mock_electron.cli.settings import SERVER_DEFAULTS, setting_options
from mock_electron.contract import Target
from mock_electron.engine.lane import Lane
from mock_electron.engine.script.match import Match
from mock_electron.engine.setting_kinds import check, parse_setting
from mock_electron.engine.setting_table import SETTINGS
from mock_electron.engine.settings import Options
from mock_electron.plugin.options import LISTS, OPTIONS, SWITCHES

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"seed": "7"}, "seed must be an integer, got '7'"),
    ({"seed": True}, "seed must be an integer, got True"),
    (
        {"missing": "askk"},
        "unknown missing 'askk'; expected one of 'ask', 'invent'. Did you mean 'ask'?",
    ),
    (
        {"sampling": "vared"},
        "unknown sampling 'vared'; expected one of 'steady', 'varied'. Did you mean 'varied'?",
    ),
    ({"clock": 5}, "unknown clock 5; expected one of 'frozen', 'real'"),
    ({"api_keys": ""}, "api_keys must be a list of non-empty strings, got ('',)"),
    ({"api_keys": 5}, "api_keys must be a list of non-empty strings, got 5"),
    (
        {"plan": "10:x"},
        "unknown plan '10:x'; expected one of 'unlimited', 'standard', 'enterprise', or a Plan, or two integers of at least 1, such as 10:3, for requests per minute and requests in flight; requests in flight must be at least 1, got 'x'",
    ),
    (
        {"pace": [174, 5]},
        "unknown pace [174, 5]; expected one of 'instant', 'electron', 'p95', or a Pace, or times such as 174:5 or 174:5:0.2: milliseconds to the first token, milliseconds between tokens, and a jitter from 0 to 1",
    ),
    ({"api_keys": ("",)}, "api_keys must be a list of non-empty strings, got ('',)"),
    ({"api_keys": ("k", 1)}, "api_keys must be a list of non-empty strings, got ('…', 1)"),
    ({"api_keys": (" ",)}, "api_keys must be printable ASCII without spaces around it"),
    (
        {"api_keys": ("sk_a", "sk_\r\n")},
        "api_keys must be printable ASCII without spaces around it; number 2 is different",
    ),
    (
        {"allow_hosts": ("a.test", "http://b.test")},
        "allow_hosts must be host names such as 'mock.test', without a scheme, a port, a path or "
        "a wildcard, got 'http://b.test'",
    ),
    (
        {"allow_hosts": ["cafe:80"]},
        "allow_hosts must be host names such as 'mock.test', without a scheme, a port, a path or "
        "a wildcard, got 'cafe:80'",
    ),
    (
        {"plan": "standart"},
        "unknown plan 'standart'; expected one of 'unlimited', 'standard', 'enterprise', or a Plan, or two integers of at least 1, such as 10:3, for requests per minute and requests in flight. "
        "Did you mean 'standard'?",
    ),
    (
        {"plan": None},
        "unknown plan None; expected one of 'unlimited', 'standard', 'enterprise', or a Plan, or two integers of at least 1, such as 10:3, for requests per minute and requests in flight",
    ),
    (
        {"pace": "174"},
        "unknown pace '174'; expected one of 'instant', 'electron', 'p95', or a Pace, or times such as 174:5 or 174:5:0.2: milliseconds to the first token, milliseconds between tokens, and a jitter from 0 to 1",
    ),
    (
        {"pace": 3},
        "unknown pace 3; expected one of 'instant', 'electron', 'p95', or a Pace, or times such as 174:5 or 174:5:0.2: milliseconds to the first token, milliseconds between tokens, and a jitter from 0 to 1",
    ),
    ({"drift": 2}, "drift must be a number from 0 to 1, got 2"),
    ({"drift": 10**400}, f"drift must be a number from 0 to 1, got 1{'0' * 98}…"),
    ({"prefix_cache_tokens": -1}, "prefix_cache_tokens must be an integer of at least 0, got -1"),
    (
        {"prefix_cache_idle": 0},
        "prefix_cache_idle must be a number of seconds above 0, up to 1000000000, got 0",
    ),
    ({"fault_header": "yes"}, "fault_header must be True or False, got 'yes'"),
    ({"accept_json_schema": 1}, "accept_json_schema must be True or False, got 1"),
    ({"refuse_broken_arguments": 1}, "refuse_broken_arguments must be True or False, got 1"),
    ({"list_models": 0}, "list_models must be True or False, got 0"),
    ({"reveal": 1}, "reveal must be True or False, got 1"),
    (
        {"cors": "http://localhost:3000/"},
        "cors must be origins such as 'http://localhost:3000', without a path, or '*', got 'http://localhost:3000/'",
    ),
    ({"chunk_tokens": 0}, "chunk_tokens must be an integer of at least 1, got 0"),
    ({"speech_rate": 0}, "speech_rate must be an integer of at least 1, got 0"),
    (
        {"accounts": ("a",)},
        "accounts must be groups of two or more API keys such as 'a:b', got ('…',)",
    ),
    (
        {"named_tool_finish": "length"},
        "unknown named_tool_finish 'length'; expected one of 'tool_calls', 'stop'",
    ),
    ({"not_found": "xml"}, "unknown not_found 'xml'; expected one of 'json', 'html'"),
    ({"body_limit": "x"}, "body_limit must be an integer of at least 1, got 'x'"),
    (
        {"upload_timeout": float("nan")},
        "upload_timeout must be a number of seconds above 0, up to 1000000000, got nan",
    ),
    ({"strict": None}, "strict must be True or False, got None"),
    (
        {"tools": ({"name": "f"},)},
        "tools must be a list of names, or of tools as a request lists them, got ({'name': 'f'},)",
    ),
    ({"journal_exchanges": -1}, "journal_exchanges must be an integer of at least 0, got -1"),
    ({"journal_bytes": 1.5}, "journal_bytes must be an integer of at least 1, got 1.5"),
]

TEXTS: list[tuple[str, str, Any]] = [
    ("seed", "-7", -7),
    ("sampling", "varied", "varied"),
    ("missing", "invent", "invent"),
    ("clock", "real", "real"),
    ("api_keys", "sk_a, sk_b,", ("sk_a", "sk_b")),
    ("allow_hosts", "a.test, [::1]", ("a.test", "[::1]")),
    ("accounts", "sk_a:sk_b, sk_c:sk_d", (("sk_a", "sk_b"), ("sk_c", "sk_d"))),
    ("plan", "standard", "standard"),
    ("plan", "10:3", Plan(10, 3)),
    ("plan", "50/2", Plan(50, 2)),
    ("pace", "p95", "p95"),
    ("pace", "electron", "electron"),
    ("pace", "174:5", Pace(0.174, 0.005)),
    ("pace", "174:5:0.2", Pace(0.174, 0.005, 0.2)),
    ("drift", "0.5", 0.5),
    ("prefix_cache_tokens", "0", 0),
    ("prefix_cache_idle", "1.5", 1.5),
    ("fault_header", "off", False),
    ("accept_json_schema", "Yes", True),
    ("refuse_broken_arguments", "on", True),
    ("list_models", "true", True),
    ("reveal", "true", True),
    ("cors", "http://[::1]:80,*", ("http://[::1]:80", "*")),
    ("chunk_tokens", "3", 3),
    ("speech_rate", "20", 20),
    ("named_tool_finish", "stop", "stop"),
    ("not_found", "html", "html"),
    ("body_limit", "100", 100),
    ("upload_timeout", "3", 3),
    ("strict", "1", True),
    ("tools", "f,g", ("f", "g")),
    ("journal_exchanges", "5", 5),
    ("journal_bytes", "5", 5),
]

WRONG_TEXTS: list[tuple[str, str, str]] = [
    ("seed", "x", "seed must be an integer, got 'x'"),
    ("drift", "much", "drift must be a number, got 'much'"),
    ("drift", "2", "drift must be a number from 0 to 1, got 2.0"),
    ("strict", "perhaps", "strict must be true or false, got 'perhaps'"),
    ("clock", "broken", "unknown clock 'broken'; expected one of 'frozen', 'real'"),
    ("plan", "10", "unknown plan '10'; expected one of 'unlimited', 'standard', 'enterprise', or"),
    ("plan", "0:3", "unknown plan '0:3'; expected one of"),
    (
        "pace",
        "fast",
        "unknown pace 'fast'; expected one of 'instant', 'electron', 'p95', or times such",
    ),
    ("pace", "1:2:3:4", "unknown pace '1:2:3:4'; expected one of"),
]


WRONG_PARTS: list[tuple[str, str, str]] = [
    ("plan", "0:3", "; requests per minute must be at least 1, got '0'"),
    ("plan", "10:2.5", "; requests in flight must be at least 1, got '2.5'"),
    ("pace", "10:0.5:9", "; the jitter must be from 0 to 1, got '9'"),
    ("pace", "-1:5", "; the milliseconds to the first token must be from 0 to 3600000, got '-1'"),
    ("pace", "174:", "; the milliseconds between tokens must be from 0 to 3600000, got ''"),
    ("pace", "nan:5", "; the milliseconds to the first token must be from 0 to 3600000, got 'nan'"),
]
"""Texts of plans and paces, and the end of the message about each."""


@each_of(WRONG_PARTS)
def test_the_wrong_part_of_a_text_is_named(name: str, text: str, end: str) -> None:
    """A text with the right number of parts is nearly right."""
    with pytest.raises(ValueError, match="unknown") as refused:
        parse_setting(name, text)
    assert str(refused.value).endswith(end)


@each_of(WRONG)
def test_a_wrong_value_is_one_clear_message(options: dict[str, Any], message: str) -> None:
    """The message names the setting, what it must be, the value, and the nearest choice."""
    with pytest.raises(ValueError, match=r"unknown|must be") as refused:
        Settings.of(**options)
    assert str(refused.value) == message


def test_several_values_may_be_given_as_a_list_and_one_alone() -> None:
    """A list is the same as a tuple, and one text the same as a list of one."""
    settings = [name for name, row in SETTINGS.items() if row.is_list]
    assert settings == ["api_keys", "allow_hosts", "accounts", "cors", "tools"]
    for name in settings:
        several, one = ("ab:c", "d:ef"), "ab:c"
        if name in ("allow_hosts", "tools"):
            several, one = ("ab", "c"), "ab"
        if name == "cors":
            several, one = ("http://a", "*"), "http://a"
        wanted = Settings.of(**{name: several})
        assert Settings.of(**{name: list(several)}) == wanted
        assert Settings.of(**{name: one}) == Settings.of(**{name: (one,)})


def test_python_accepts_the_text_forms_of_a_plan_and_a_pace() -> None:
    """The page of the settings shows these forms for every place, the methods included."""
    assert Settings.of(plan="10:3").plan == Plan(10, 3)
    assert Settings.of(pace="174:5:0.2").pace == Pace(0.174, 0.005, 0.2)
    electron = Electron(Lane(), "http://mock")
    plan: Any = electron.plan
    pace: Any = electron.pace
    plan("5:1")
    pace("174:5")
    assert electron.settings.plan == Plan(5, 1)
    assert electron.settings.pace == Pace(0.174, 0.005)
    given: Any = "0:7"
    step = electron.reply("Hi!", pace=given)
    assert step._lane.script()[0].step.pace == Pace(each=0.007)


def test_an_unknown_setting_suggests_the_nearest() -> None:
    """The message lists all settings too."""
    with pytest.raises(TypeError, match=r"unknown setting 'sead'; .* Did you mean 'seed'\?"):
        Settings.of(sead=1)


@each_of(TEXTS)
def test_a_setting_is_read_from_text(name: str, text: str, value: object) -> None:
    """A command line and an ini file give the same value as Python does."""
    assert parse_setting(name, text) == value
    assert getattr(Settings.of(**{name: value}), name) == value


@each_of(WRONG_TEXTS)
def test_a_wrong_text_is_one_clear_message(name: str, text: str, message: str) -> None:
    """The message shows the text as it was written."""
    with pytest.raises(ValueError, match=r"unknown|must be") as refused:
        parse_setting(name, text)
    assert str(refused.value).startswith(message)


def test_every_row_is_in_these_tables() -> None:
    """A new setting is tested."""
    assert {name for options, _ in WRONG for name in options} == set(SETTINGS)
    assert {name for name, _, _ in TEXTS} == set(SETTINGS)


def test_the_options_for_type_checkers_are_the_settings() -> None:
    """`Options` has a line for each row of `Settings`."""
    assert list(Options.__annotations__) == list(SETTINGS)


def test_the_types_of_settings_can_be_read() -> None:
    """Documentation generators evaluate the annotations and show the signature."""
    hints = get_type_hints(Settings)
    assert [name for name in hints if not name.startswith("_")] == list(SETTINGS)
    assert "function" not in str(signature(Settings))


def test_the_defaults_are_valid() -> None:
    """Every default passes its own check unchanged, and `Settings` has it."""
    for name, row in SETTINGS.items():
        assert check(row, name, row.default) == row.default == getattr(Settings(), name)


def test_pytest_has_an_option_for_each_row() -> None:
    """`script` is the only option that is not a setting."""
    assert set(OPTIONS) == {*SETTINGS, "script"}
    assert set(SWITCHES) == {name for name in SETTINGS if SETTINGS[name].is_switch}
    others = {"script", "audit_rules", "audit_thresholds"}
    assert set(LISTS) == {name for name in SETTINGS if SETTINGS[name].is_list} | others


def test_serve_has_an_option_for_each_row() -> None:
    """With the same help and, except for the clock, the same default."""

    @click.command()
    @setting_options
    def command(**_settings: object) -> None:
        pass

    rows = {option.name: option for option in command.params if isinstance(option, click.Option)}
    assert list(rows) == list(SETTINGS)
    for name, option in rows.items():
        assert (option.help or "").startswith(SETTINGS[name].help)
        if not SETTINGS[name].is_list:
            assert option.default == SERVER_DEFAULTS.get(name, SETTINGS[name].default)


def _with_field(make: Callable[..., object], field: str, value: str) -> object:
    return make(**{field: value})


def test_every_place_that_takes_a_key_checks_it() -> None:
    """A key that no header can contain unchanged is an error, which does not show the key."""
    places: dict[str, Callable[[Any], object]] = {
        "api_keys": lambda key: Settings(api_keys=(key,)),
        "accounts": lambda key: Settings(accounts=(("sk_a", key),)),
        "api_key": lambda key: Match.of(api_key=key),
    }
    target = partial(Target, base_url="http://localhost/v1", api_key="k")
    for field in ("limited_key", "forbidden_key", "other_key"):
        places[field] = partial(_with_field, target, field)
    wrong = []
    for (name, place), key in product(places.items(), ("é", " b", "b ", "\x1b")):
        try:
            place(key)
        except ValueError as error:
            if f"{name} must be printable ASCII without spaces around it" in str(error):
                continue
        wrong.append((name, key))
    assert wrong == []
