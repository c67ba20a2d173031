"""Messages about wrong settings, options and script files: one line, the place, the right form."""

import pickle
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from lanes import ask

import mock_electron
from mock_electron import (
    Electron,
    LateRequestWarning,
    MockElectron,
    ScriptError,
    Settings,
    ShadowedStepWarning,
    StillInFlightError,
    faults,
)
from mock_electron.contract import Target
from mock_electron.engine.lane import Lane
from mock_electron.engine.setting_kinds import parse_setting
from mock_electron.engine.settings import check_names
from mock_electron.inputs.spelling import did_you_mean
from mock_electron.plugin.lanes import OTHERS, _OpenLane
from mock_electron.plugin.options import check_flag, check_ini_options
from mock_electron.scripts import loads

Case = tuple[Callable[[], object], tuple[str, ...]]
"""What is called, and what its message contains."""


def message_of(function: Callable[[], object]) -> str:
    """Return the message of the exception that a function raises; "" if it raises none."""
    try:
        function()
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        return str(error)
    return ""


any_mock: Any = MockElectron
any_lane: Any = _OpenLane
any_target: Any = Target
any_faults: Any = faults
any_package: Any = mock_electron
"""Without their types, for calls that a type checker refuses."""


def differences(cases: list[Case]) -> list[tuple[str, str]]:
    """Return each message that lacks a part, with the part."""
    messages = [(message_of(function), parts) for function, parts in cases]
    return [(message, part) for message, parts in messages for part in parts if part not in message]


SECRET: Final = "sk_live_0123456789"  # noqa: S105 (an example)
REVOKED: Final = "api_keys must not be 'sk_mock_revoked': requests with this key always get 401"
WRONG_KEYS: Final[list[Case]] = [
    (partial(Settings, api_keys=("sk_a", "sk_mock_revoked")), (REVOKED,)),
    (partial(MockElectron, api_keys="sk_mock_revoked"), (REVOKED,)),
    (partial(parse_setting, "api_keys", "sk_a, sk_mock_revoked"), (REVOKED,)),
    (partial(Settings, api_keys=("sk_mock_forbidden",)), ("always get 403",)),
]
SECRETS: Final[list[dict[str, Any]]] = [
    {"api_keys": (SECRET, 1)},
    {"api_keys": {SECRET}},
    {"api_keys": SECRET.encode()},
    {"api_keys": [[SECRET]]},
    {"accounts": [(SECRET, 1)]},
    {"accounts": [(SECRET.encode(), SECRET)]},
    {"accounts": [(SECRET, "sk_mock_standard", "sk_mock_enterprise")]},
]


def test_keys_that_are_always_refused_are_not_accepted_anywhere() -> None:
    """Each way to set `api_keys` refuses the reserved keys, and says which status they get."""
    assert differences(WRONG_KEYS) == []


def test_messages_about_keys_do_not_contain_them() -> None:
    """At most the last four characters of a key are shown, whatever its type."""
    messages = [message_of(partial(Settings.of, **options)) for options in SECRETS]
    assert all("must be" in message for message in messages), messages
    assert not [message for message in messages if "sk_live" in message]


def lane_of(**settings: Any) -> None:
    """Check names as the marker and `electron_lane` do."""
    check_names(settings, OTHERS)


NAMES: Final[list[Case]] = [
    (partial(lane_of, scripts="x.yaml"), (" Did you mean 'script'?",)),
    (partial(lane_of, travl=True), (" Did you mean 'travel'?",)),
    (partial(lane_of, port=7), ("unknown setting 'port'; write --electron-port",)),
    (partial(any_mock, scrip="x"), (" Did you mean 'script'?",)),
    (partial(any_mock, prot=1), (" Did you mean 'port'?",)),
    (partial(any_mock, travel=True), ("; write @pytest.mark.electron(travel=True), or ",)),
    (partial(Settings.of, script="x"), ("unknown setting 'script'; write electron.load(…)",)),
    (partial(check_flag, "--electron-travel"), ("'; write @pytest.mark.electron(travel=True)",)),
    (partial(check_flag, "--electron-sed=1"), (" Did you mean '--electron-seed'?",)),
    (partial(check_flag, "--no-electron-strikt"), (" Did you mean '--no-electron-strict'?",)),
    (partial(check_ini_options, ["electron_travel"]), ("write @pytest.mark.electron(travel=T",)),
    (partial(check_ini_options, ["electron_api_key"]), (" Did you mean 'electron_api_keys'?",)),
]
NEAREST: Final[list[tuple[object, list[object], str]]] = [
    ("after", ["rate", "retry_after"], "retry_after"),
    ("after", ["rate"], ""),
    ("status_code", ["status", "step"], "status"),
    ("electron_travel", ["electron_pace", "electron_plan"], ""),
    ("tool", ["tools", "after_tool"], "tools"),
    ("Seed", ["seed", "step"], "seed"),
    ("sd", ["seed", "sd_id"], ""),
    (504, [500, 503], ""),
]


def test_a_suggestion_is_a_name_that_the_place_accepts() -> None:
    """Each place suggests all names it accepts, and names the right place of the others."""
    assert differences(NAMES) == []


def test_a_suggestion_is_near() -> None:
    """A common prefix does not count, a common word does, and short words match exactly."""
    found = [(given, did_you_mean(given, names)) for given, names, _ in NEAREST]
    hints = [f" Did you mean {name!r}?" if name else "" for _, _, name in NEAREST]
    assert found == [(given, hint) for (given, _, _), hint in zip(NEAREST, hints, strict=True)]


STEP_OF: Final = "steps:\n- reply: a\n"
SCRIPTS: Final[list[tuple[str, str]]] = [
    ("steps: [{fail: {status: 503}}]", "unknown fail field 'status'; write kind"),
    ("steps: [{reply: a, when: {says: {regexp: x}}}]", "field 'regexp'; expected 'regex'"),
    ("step: []", "Did you mean 'steps'?"),
    ("reply: a", "It goes inside a step, below steps."),
    ("steps: [{reply: {text: a, usage: {prompt: 1}}}]", "Did you mean 'prompt_tokens'?"),
    ("steps: [{inject: {raw: {frames: [{bas64: eA==}]}}}]", "expected 'base64'"),
    ("steps: [{reply: a, cut: 3}]", "cut must be a mapping, got 3; write {after: 3}"),
    ("steps: [{inject: {stall: 2}}]", "stall must be a mapping, got 2; write {seconds: 2}"),
    ("steps: [{reply: a, when: weather}]", "got 'weather'; write {says: weather}"),
    ("steps: [hello]", "step must be a mapping, got 'hello'; write {reply: hello}"),
    ("steps: {reply: a}", "steps must be a list, got {'reply': 'a'}; put it in a list"),
    ("- reply: a", "; write steps: above the list"),
    (STEP_OF + " pace: instant", "the indentation of this line does not match"),
    (STEP_OF + "    times: 2", "the fields of a mapping need the same indentation"),
    ("steps:\n - reply: a\n  - reply: b", "the indentation of this line does not match"),
    ("steps:\n- reply: !foo a", "unknown tag '!foo'; a text that begins with ! needs quot"),
    ("steps: [{reply: a}", "a bracket is not closed"),
    ("steps: [{reply: 'a", "a quotation mark is not closed"),
    ("steps: []\n---\nsteps: []", "a file must contain one document"),
]


def test_one_mistake_in_a_script_is_one_plain_line() -> None:
    """The line says what to write instead, and has no words of the YAML parser."""
    wrong = []
    for text, words in SCRIPTS:
        message = message_of(partial(loads, text.encode(), "story.yaml"))
        if words not in message or "\n" in message or "<" in message:
            wrong.append((message, words))
    assert wrong == []


def fake() -> Any:
    electron = Electron(Lane(), "http://mock")
    electron.reply("Hi!")
    return electron


def enter(context: Any) -> None:
    with context:
        pass


def exchange() -> Any:
    lane = Lane()
    ask(lane, "Hi")
    return lane.exchanges()[0]


NO_MODULE: Final = "module 'mock_electron.faults' has no attribute "
USES: Final[list[Case]] = [
    (lambda: any_faults.Timeout(), (NO_MODULE, "; write faults.Silence() or faults.Stall(")),
    (lambda: any_faults.reset(), (NO_MODULE, " Did you mean 'Reset'?")),
    (lambda: any_package.replay, ("module 'mock_electron' has no attribute", "mean 'reply'?")),
    (lambda: fake().clock.sleep(1), ("; write advance(60), or sleep inside `with electron.c",)),
    (lambda: fake().clock.tick(1), ("; write advance(60)",)),
    (lambda: fake().clock.set(1), ("; write advance(60)",)),
    (lambda: enter(fake().clock.travel), ("write `with electron.clock.travel():`",)),
    (lambda: enter(MockElectron), ("write `with MockElectron() as electron:`",)),
    (lambda: any_target("http://x"), ("; write Target(base_url='http://x')",)),
    (lambda: exchange().status_code, ("; write status",)),
    (lambda: exchange().response, ("; write chat_reply, or response_body",)),
    (lambda: exchange().content, ("; write text",)),
    (lambda: exchange().respons_headers, (" Did you mean 'response_headers'?",)),
    (lambda: exchange().temperature, ("; write chat_request.temperature",)),
    (lambda: exchange().tool_calls, ("; write chat_reply.tool_calls",)),
    (lambda: exchange().chat_reply.text, ("; write content",)),
    (lambda: exchange().chat_reply.tool_call, (" Did you mean 'tool_calls'?",)),
    (lambda: exchange().chat_request.last.text, ("; write content",)),
    (lambda: exchange().chat_request.model, ("; write body['model']",)),
    (lambda: exchange().chat_usage.input_tokens, ("; write prompt_tokens",)),
    (lambda: any_lane(any_package).reply("x"), ("; write electron_lane().reply",)),
    (lambda: fake().reply("a", filler="b"), ("; write reply(call(…), filler='…')",)),
    (lambda: fake().reply(text="x"), ("'text'; write reply('Hi!')",)),
    (lambda: fake().reply(content="x"), ("'content'; write reply('Hi!')",)),
    (lambda: fake().reply(tool_calls=[]), ("'tool_calls'; write reply(call('f', a=1))",)),
    (
        lambda: fake().fail(503, 2),
        ("Write fail(503). For two requests, write fail(503, times=2).",),
    ),
    (lambda: fake().fail(503, after=1), (" Did you mean 'retry_after'?",)),
    (lambda: fake().plan(10, 3), ("or plan(requests_per_minute=10, in_flight=3).",)),
    (lambda: fake().plan(rpm=3), (" Did you mean 'requests_per_minute'?",)),
    (lambda: fake().when(lambda: True), ("must be a function of one argument",)),
    (lambda: fake().respond_with(lambda: "x"), ("must be a function of one argument",)),
    (lambda: fake().inject(faults.Reset(), when=lambda: True), ("a function of one argument",)),
    (lambda: fake().exchanges.where(lambda: True), ("a function of one argument",)),
]


def test_mistakes_name_the_right_form_without_internal_names() -> None:
    """Each message says what to write instead, and names no internal module."""
    assert differences(USES) == []
    assert not [text for text in map(message_of, (use for use, _ in USES)) if ".engine." in text]


def test_public_exceptions_have_their_public_name() -> None:
    """Reports show `mock_electron.StillInFlightError`, and so on."""
    raised = (ScriptError, StillInFlightError, LateRequestWarning, ShadowedStepWarning)
    assert {kind.__module__ for kind in raised} == {"mock_electron"}
    assert pickle.loads(pickle.dumps(StillInFlightError("x"))).args == ("x",)  # noqa: S301 (its own bytes)
