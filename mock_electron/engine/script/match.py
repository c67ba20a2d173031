"""Which requests a step is for. A match that fails says how; the bool follows from that."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from inspect import iscoroutinefunction
from typing import Any, Final

from mock_electron.engine.script.conditions import CONDITIONS, Text
from mock_electron.engine.script.match_input import MatchInput
from mock_electron.engine.tool_names import tool_name
from mock_electron.inputs.numbers import is_whole
from mock_electron.inputs.spelling import did_you_mean
from mock_electron.wire import codec, schema
from mock_electron.wire.request import ChatRequest

Predicate = Callable[[ChatRequest], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Which requests; all that is given must hold. A text stands in another, or is compiled.

    says: in the last message of the user, who has just spoken; or, with after_tool or
        tool_result, had spoken before the tool was called.
    system: in the system prompt. anywhere: in any message.
    turn: the number of assistant messages so far, and one more.
    tools: these are on offer; an empty tuple, none is.
    after_tool: the newest message is a result of this tool. tool_result: in that result.
    stream: whether a stream is asked for.
    headers: of the request, by name. api_key: as it stands behind `Bearer`.
    parameters: fields of the request, such as temperature.
    predicate: a function of the request.

    Raises TypeError or ValueError for what makes no sense.
    """

    says: Text | None = None
    system: Text | None = None
    anywhere: Text | None = None
    turn: int | None = None
    tools: tuple[str, ...] | None = None
    after_tool: str | None = None
    tool_result: Text | None = None
    stream: bool | None = None
    headers: tuple[tuple[str, Text], ...] | None = None
    api_key: str | None = None
    parameters: tuple[tuple[str, Any], ...] | None = None
    predicate: Predicate | None = None

    def __post_init__(self) -> None:
        for name in ("says", "system", "anywhere", "tool_result"):
            _check_text(name, getattr(self, name))
        for name in ("after_tool", "api_key"):
            given = getattr(self, name)
            if given is not None and not (isinstance(given, str) and given):
                raise TypeError(f"{name} is a name, not {given!r}")
        if self.turn is not None and not is_whole(self.turn, 1):
            raise ValueError(f"turn is a whole number from 1, not {self.turn!r}")
        if self.stream is not None and not isinstance(self.stream, bool):
            raise TypeError(f"stream is True or False, not {self.stream!r}")
        if self.predicate is not None and not callable(self.predicate):
            raise TypeError(
                f"when() takes conditions by name, such as says='weather', or a function of the "
                f"request, not {self.predicate!r}"
            )

        if iscoroutinefunction(self.predicate):
            raise TypeError(
                "when() takes a plain function; what an async one returns is always true"
            )

    @classmethod
    def of(cls, **conditions: Any) -> "Match":
        """A match from conditions as a user writes them: tools, headers, parameters as they are.

        Raises TypeError, with the nearest name, for a condition that does not exist.
        """
        for name in conditions:
            if name not in CONDITIONS:
                known = ", ".join(CONDITIONS)
                hint = did_you_mean(name, CONDITIONS)
                raise TypeError(f"there is no condition {name!r}.{hint} Conditions: {known}.")
        read = {
            name: READ[name](given) if name in READ and given is not None else given
            for name, given in conditions.items()
        }
        return cls(**read)

    @property
    def given(self) -> dict[str, Any]:
        """The conditions that are given, by name."""
        named = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: value for name, value in named if value is not None}

    def differences(self, asked: MatchInput) -> tuple[str, ...]:
        """How the request differs from what is expected, in words; nothing where it matches."""
        found = (CONDITIONS[name](self, asked) for name in self.given)
        return tuple(filter(None, found))

    def holds(self, asked: MatchInput) -> bool:
        """Whether the request is what is expected."""
        return not any(CONDITIONS[name](self, asked) for name in self.given)


def _check_text(name: str, given: object) -> None:
    if given is None or isinstance(given, re.Pattern):
        return
    if codec.checked_text(given, name) == "":
        raise ValueError(f"{name} is '', which stands in every text; leave it out")


def _read_tools(given: Any) -> tuple[str, ...]:
    names = (given,) if isinstance(given, str) else tuple(given)
    return tuple(map(tool_name, names))


def _read_headers(given: Any) -> tuple[tuple[str, Text], ...]:
    if not isinstance(given, Mapping):
        raise TypeError(f"headers are names with texts, such as {{'x-trace': '7'}}, not {given!r}")
    for name, text in given.items():
        _check_text(f"the header {name!r}", text)
    return tuple((str(name).lower(), text) for name, text in given.items())


def _read_parameters(given: Any) -> tuple[tuple[str, Any], ...]:
    if not isinstance(given, Mapping):
        raise TypeError(
            f"parameters are fields of a request, such as {{'temperature': 0}}, not {given!r}"
        )
    for name in given:
        if name not in schema.PARAMETERS:
            hint = did_you_mean(name, schema.PARAMETERS)
            raise ValueError(f"a request has no parameter {name!r}.{hint}")
    return tuple(given.items())


READ: Final[Mapping[str, Callable[[Any], Any]]] = {
    "tools": _read_tools,
    "headers": _read_headers,
    "parameters": _read_parameters,
}


ANY: Final = Match()
"""Every request."""
