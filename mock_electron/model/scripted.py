"""`call` and `reply`: how users write the replies of a script, and what they should have written."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, Final, Never, ParamSpec

from mock_electron.inputs.checks import must_be, number
from mock_electron.inputs.keywords import checked_keywords
from mock_electron.inputs.spelling import unknown
from mock_electron.model.draft import Call, Draft
from mock_electron.wire import codec
from mock_electron.wire.reply import FINISH_REASONS, FinishReason, Usage

Arguments = ParamSpec("Arguments")
ScriptedLogprobs = float | Sequence[tuple[str, float]]
"""One log-probability for every token, or a list of all tokens, each with its log-probability."""

REPLY_FORMS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("text", "content", "message", "body"), "reply('Hi!')"),
    **dict.fromkeys(("tool_calls", "calls", "tool", "tools", "call"), "reply(call('f', a=1))"),
    "json": "reply(json.dumps(…))",
    "id": "reply(call('f').with_id('call_1'))",
    "status": "fail(503)",
}
"""What to write instead of keyword arguments that `reply` does not have."""
OF_A_STEP: Final[Mapping[str, str]] = {
    "times": "electron.reply('Hi!', times=2)",
    "pace": "electron.reply('Hi!', pace='electron')",
    "headers": "electron.reply('Hi!', headers={…})",
}
"""What to write instead of arguments that only a step of the script accepts."""


def _needs_name(function: Callable[Arguments, Call]) -> Callable[Arguments, Call]:
    """Decorate `call` so that a call without the tool's name says how to give it."""

    @wraps(function)
    def checked(*args: Arguments.args, **arguments: Arguments.kwargs) -> Call:
        if args:
            return function(*args, **arguments)
        rest = dict(arguments)
        name = rest.pop("name", "get_weather")
        right = _by_name(name, (rest,)) if isinstance(name, str) else "call('get_weather')"
        raise TypeError(f"call() needs the name of the tool without a keyword: write {right}")

    return checked


@_needs_name
def call(name: str, /, *misplaced: Never, **arguments: object) -> Call:
    """Return a tool call for a scripted reply.

    `call(…).with_id("call_1")` has its own id.

    Args:
        name: The tool's name.
        *misplaced: Nothing: arguments are given by name.
        arguments: The arguments of the call, as JSON values.

    Raises:
        TypeError: If the name is not a non-empty string, or an argument is not a JSON value.
        ValueError: If a number is not finite, or a string contains a lone surrogate.

    >>> call("get_weather", city="Mumbai")
    Call(name='get_weather', arguments='{"city": "Mumbai"}')
    """
    if not isinstance(name, str) or not name:
        raise TypeError(f"call(): {must_be('the tool name', 'a non-empty string', name)}")
    if misplaced:
        raise TypeError(
            f"call({name!r}) takes arguments by name: write {_by_name(name, misplaced)}"
        )
    codec.checked_text(name, "the tool name")
    try:
        return Call(name, codec.checked_text(codec.encode_arguments(arguments), "an argument"))
    except (TypeError, ValueError) as error:
        raise type(error)(f"call({name!r}): arguments must be JSON values: {error}") from error


def _by_name(name: str, misplaced: tuple[object, ...]) -> str:
    """Return the call with arguments by name, as it is written."""
    given = misplaced[0]
    if isinstance(given, str):
        given = _object_of(given)
    if not isinstance(given, Mapping):
        return f"call({name!r}, argument=…)"
    if all(isinstance(key, str) and key.isidentifier() for key in given):
        arguments = [f"{key}={value!r}" for key, value in given.items()]
        return f"call({', '.join([repr(name), *arguments])})"
    return f"call({name!r}, **{given!r})"


def _object_of(text: str) -> object:
    """Return the value of JSON text, or None."""
    try:
        return codec.decode(text.encode())
    except (codec.MalformedError, UnicodeEncodeError):
        return None


@checked_keywords(advice="Write reply('Hi!').", forms={**REPLY_FORMS, **OF_A_STEP})
def reply(
    *parts: str | Call,
    filler: str | None = None,
    finish_reason: FinishReason | None = None,
    usage: Usage | Mapping[str, int] | None = None,
    logprobs: ScriptedLogprobs | None = None,
) -> Draft:
    """Return a scripted reply with one text, or with one or more tool calls.

    Args:
        parts: One text, or one or more `call(…)`.
        filler: The text before the calls. Only with calls.
        finish_reason: The finish reason to send. Default: the one that follows from the reply.
        usage: The usage to send, in tokens: `Usage(20, 9)`, or a mapping of its fields. Default:
            the usage that follows from the reply.
        logprobs: The log-probabilities to send if the request asks for them: one number for every
            token, or a list of (token, number). Default: generated values.

    Raises:
        TypeError: If the parts are neither one text nor calls, or an argument has the wrong type.
        ValueError: If an argument has a wrong value.

    >>> reply(call("get_weather", city="Mumbai"), filler="One moment…").content
    'One moment…'
    """
    content, calls = _content_and_calls(parts, filler)
    if finish_reason is not None and finish_reason not in FINISH_REASONS:
        raise ValueError(unknown("finish_reason", finish_reason, FINISH_REASONS))
    return Draft(content, calls, finish_reason, _usage(usage), _logprobs(logprobs, content))


def _content_and_calls(
    parts: tuple[str | Call, ...], filler: str | None
) -> tuple[str | None, tuple[Call, ...]]:
    texts = tuple(part for part in parts if isinstance(part, str))
    calls = tuple(part for part in parts if isinstance(part, Call))
    if len(texts) == len(parts) == 1 and filler is None:
        return codec.checked_text(texts[0], "a reply"), ()
    if len(calls) == len(parts) > 0 and isinstance(filler, str | None):
        return None if filler is None else codec.checked_text(filler, "filler"), calls
    given = [*map(repr, parts), *([] if filler is None else [f"filler={filler!r}"])]
    raise TypeError(
        "reply() takes one text, or one or more call(…) with an optional filler, "
        f"got reply({', '.join(given)}){_right_form(parts)}"
    )


def _right_form(parts: tuple[Any, ...]) -> str:
    """Return what to write instead of parts that are not a reply, or ""."""
    if any(isinstance(part, Draft) for part in parts):
        return "; return reply(…) from a function, or write its arguments here"
    if any(isinstance(part, list | tuple) for part in parts):
        return "; write reply(call(…), call(…)), without a list"
    if any(isinstance(part, str) for part in parts) and len(parts) > 1:
        calls = any(isinstance(part, Call) for part in parts)
        return "; write reply(call(…), filler='…')" if calls else "; join the texts"
    if any(map(callable, parts)):
        return "; write electron.respond_with(function)"
    if any(isinstance(part, Mapping) for part in parts):
        return "; write reply(json.dumps(…)) for JSON text, or reply(call(…)) for a call"
    if parts and all(isinstance(part, str) for part in parts):
        return "; write reply(call(…), filler='…'): a filler comes before calls"
    if not parts:
        return "; write reply('Hi!')"
    return ""


USAGE_FIELDS: Final = Usage.__struct_fields__


def _usage(given: Usage | Mapping[str, int] | None) -> Usage | None:
    if given is None:
        return None
    if isinstance(given, Mapping):
        given = _usage_of_mapping(given)
    if not isinstance(given, Usage):
        raise TypeError(must_be("usage", "a Usage or a mapping of its fields", given))
    return given


def _usage_of_mapping(given: Mapping[str, int]) -> Usage:
    for name in given:
        if name not in USAGE_FIELDS:
            raise ValueError(unknown("usage field", name, USAGE_FIELDS))
    if not {"prompt_tokens", "completion_tokens"} <= given.keys():
        what = "a mapping with prompt_tokens and completion_tokens"
        raise ValueError(must_be("usage", what, dict(given)))
    return Usage(**given)


def _logprobs(
    given: ScriptedLogprobs | None, content: str | None
) -> float | tuple[tuple[str, float], ...] | None:
    if given is None:
        return None
    if not isinstance(given, Sequence):
        return float(number("logprobs", given, most=0))
    pairs = tuple(map(_pair, given))
    joined = "".join(token for token, _ in pairs)
    if joined != (content or ""):
        raise ValueError(
            f"the tokens of logprobs must join to the text {content!r}, got {joined!r}"
        )
    return pairs


def _pair(given: Any) -> tuple[str, float]:
    if isinstance(given, list | tuple) and len(given) == 2 and isinstance(given[0], str):
        token, logprob = given
        if not token:
            raise ValueError("a token in logprobs must not be empty")
        return token, float(number(f"the log-probability of {token!r}", logprob, most=0))
    what = "a number or a list of (token, number)"
    raise TypeError(f"logprobs must be {what}, got a list with {given!r}")
