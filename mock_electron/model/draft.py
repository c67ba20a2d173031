"""What is to be said, before it is cut into tokens and limits apply."""

from dataclasses import dataclass

from mock_electron.wire import codec


@dataclass(frozen=True, slots=True)
class Call:
    """A call that the reply makes: the tool's name and its arguments as JSON text."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Draft:
    """Words, calls, or both: with calls, the words are the filler spoken before them."""

    content: str | None
    calls: tuple[Call, ...] = ()


def call(name: str, /, **arguments: object) -> Call:
    """A tool call for a scripted reply.

    name: the tool's name. arguments: what it is called with; anything that JSON can say.
    Raises TypeError or ValueError for anything else.

    >>> call("get_weather", city="Mumbai")
    Call(name='get_weather', arguments='{"city": "Mumbai"}')
    """
    if not isinstance(name, str) or not name:
        raise TypeError(f"call() takes the tool's name first, as a string, not {name!r}")
    try:
        return Call(name, codec.checked_text(codec.encode_arguments(arguments), "an argument"))
    except (TypeError, ValueError) as error:
        raise type(error)(f"call({name!r}): arguments must be JSON values: {error}") from error


def reply(*what: str | Call, filler: str | None = None) -> Draft:
    """A reply: one text, or one or more calls.

    filler: words to be spoken before the calls. Raises TypeError for anything else.

    >>> reply(call("get_weather", city="Mumbai"), filler="One moment…").content
    'One moment…'
    """
    texts = tuple(part for part in what if isinstance(part, str))
    calls = tuple(part for part in what if isinstance(part, Call))
    if len(texts) == len(what) == 1 and filler is None:
        return Draft(codec.checked_text(texts[0], "a reply"))
    if len(calls) == len(what) > 0 and isinstance(filler, str | None):
        words = None if filler is None else codec.checked_text(filler, "a filler")
        return Draft(words, calls)
    raise TypeError(
        "reply() takes one text, or one or more call(…) with an optional filler=…, "
        f"not reply({', '.join(map(repr, what))}{'' if filler is None else f', filler={filler!r}'})"
    )
