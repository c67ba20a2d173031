"""What is to be said, before it is cut into tokens and limits apply."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from math import isfinite
from typing import Any, Final

from mock_electron.inputs.spelling import did_you_mean
from mock_electron.wire import codec
from mock_electron.wire.reply import FINISH_REASONS, Usage

ScriptedLogprobs = float | Sequence[tuple[str, float]]
"""One log-probability for all tokens, or every token with its own."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call that the reply makes: the tool's name and its arguments as JSON text."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Draft:
    """Words, calls, or both: with calls, the words are the filler spoken before them.

    finish_reason, usage: these, whatever the reply comes to; None, as it comes.
    logprobs: for all tokens, or (token, log-probability) for each; None, as the dice have it.
    """

    content: str | None
    calls: tuple[Call, ...] = ()
    finish_reason: str | None = None
    usage: Usage | None = None
    logprobs: float | tuple[tuple[str, float], ...] | None = None


def call(name: str, /, **arguments: object) -> Call:
    """A tool call for a scripted reply.

    name: the tool's name. arguments: what it is called with; anything that JSON can say.
    Raises TypeError or ValueError for anything else.

    >>> call("get_weather", city="Mumbai")
    Call(name='get_weather', arguments='{"city": "Mumbai"}')
    """
    if not isinstance(name, str) or not name:
        raise TypeError(f"call() takes the tool's name first, as a string, not {name!r}")
    codec.checked_text(name, "the name of a tool")
    try:
        return Call(name, codec.checked_text(codec.encode_arguments(arguments), "an argument"))
    except (TypeError, ValueError) as error:
        raise type(error)(f"call({name!r}): arguments must be JSON values: {error}") from error


def reply(
    *what: str | Call,
    filler: str | None = None,
    finish_reason: str | None = None,
    usage: Usage | Mapping[str, int] | None = None,
    logprobs: ScriptedLogprobs | None = None,
) -> Draft:
    """A reply: one text, or one or more calls.

    filler: words to be spoken before the calls. finish_reason, usage: these, whatever the reply
    comes to; a usage is Usage(20, 9), or its fields by name. logprobs: sent where they are asked
    for: one number for all tokens, or a list of (token, number).
    Raises TypeError or ValueError for anything else.

    >>> reply(call("get_weather", city="Mumbai"), filler="One moment…").content
    'One moment…'
    """
    content, calls = _said(what, filler)
    if finish_reason is not None and finish_reason not in FINISH_REASONS:
        choices = ", ".join(map(repr, FINISH_REASONS))
        hint = did_you_mean(finish_reason, FINISH_REASONS)
        raise ValueError(f"finish_reason is one of {choices}, not {finish_reason!r}.{hint}")
    return Draft(content, calls, finish_reason, _usage(usage), _logprobs(logprobs, content))


def _said(what: tuple[str | Call, ...], filler: str | None) -> tuple[str | None, tuple[Call, ...]]:
    texts = tuple(part for part in what if isinstance(part, str))
    calls = tuple(part for part in what if isinstance(part, Call))
    if len(texts) == len(what) == 1 and filler is None:
        return codec.checked_text(texts[0], "a reply"), ()
    if len(calls) == len(what) > 0 and isinstance(filler, str | None):
        return None if filler is None else codec.checked_text(filler, "a filler"), calls
    raise TypeError(
        "reply() takes one text, or one or more call(…) with an optional filler=…, "
        f"not reply({', '.join(map(repr, what))}{'' if filler is None else f', filler={filler!r}'})"
    )


USAGE_FIELDS: Final = tuple(field.name for field in fields(Usage))


def _usage(given: Usage | Mapping[str, int] | None) -> Usage | None:
    if given is None:
        return None
    if isinstance(given, Mapping):
        for name in given:
            if name not in USAGE_FIELDS:
                hint = did_you_mean(name, USAGE_FIELDS)
                raise ValueError(f"usage has {', '.join(USAGE_FIELDS)}, but no {name!r}.{hint}")
        if not {"prompt_tokens", "completion_tokens"} <= given.keys():
            raise ValueError("usage needs prompt_tokens and completion_tokens")
        given = Usage(**given)
    if not isinstance(given, Usage):
        raise TypeError(f"usage is Usage(prompt_tokens, completion_tokens), not {given!r}")
    for name in USAGE_FIELDS:
        count = getattr(given, name)
        if type(count) is not int or count < 0:
            raise ValueError(f"usage: {name} is a number of tokens, not {count!r}")
    if given.cached_tokens > given.prompt_tokens:
        raise ValueError("usage: cached_tokens are some of the prompt_tokens, not more")
    return given


def _logprobs(
    given: ScriptedLogprobs | None, content: str | None
) -> float | tuple[tuple[str, float], ...] | None:
    if given is None:
        return None
    if not isinstance(given, Sequence):
        return _logprob(given)
    pairs = tuple(map(_pair, given))
    if "".join(token for token, _ in pairs) != (content or ""):
        raise ValueError(f"the tokens of logprobs joined are not the text {content!r}")
    return pairs


def _pair(given: Any) -> tuple[str, float]:
    if isinstance(given, list | tuple) and len(given) == 2 and isinstance(given[0], str):
        if not given[0]:
            raise ValueError("logprobs: a token has at least one character")
        return given[0], _logprob(given[1])
    raise TypeError(f"logprobs is a number, or a list of (token, number), and {given!r} is neither")


def _logprob(given: Any) -> float:
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    if not (is_number and isfinite(given) and given <= 0):
        raise ValueError(f"a log-probability is a number of at most 0, not {given!r}")
    return float(given)
